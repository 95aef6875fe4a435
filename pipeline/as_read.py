"""Findings in the coordinates of the text that was read, its header included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.decision import Decision, Section


def sections_as_read(decision: Decision, sections: Iterable[Section]) -> list[Section]:
    """Return the sections of a decision so that they partition the text that was read.

    The header fields were cut out before the sections were found; here they are a section
    ``header``, together with what follows them if that is one.
    """
    cut_at = dict(decision.cuts)
    found: list[Section] = []
    for section in sections:
        start, end = map(decision.offset_as_read, (section.start, section.end))
        fields_end = cut_at.get(start)
        if fields_end is not None and section.label != "header":
            found.append(Section("header", "", start, fields_end))
            start = fields_end
        if found and found[-1].label == section.label == "header":
            start = found.pop().start
        found.append(replace(section, start=start, end=end))
    if found:
        length = len(decision.text) + sum(end - start for start, end in decision.cuts)
        found[-1] = replace(found[-1], end=length)
    return found
