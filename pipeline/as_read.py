"""Findings in the coordinates of the text that was read, its header included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.decision import Decision, Section

BLANK = 4
"""A cut of no more characters took out blank lines; a header field is longer."""


def sections_as_read(decision: Decision, sections: Iterable[Section]) -> list[Section]:
    """Return the sections of a decision so that they partition the text that was read.

    The header fields were cut out before the sections were found; here they are a section
    ``header``, together with what follows them if that is one.
    """
    cuts = dict(decision.cuts)
    found: list[Section] = []
    for section in sections:
        start = decision.offset_as_read(section.start)
        cut_end = cuts.get(start, start)
        if cut_end - start > BLANK and section.label != "header":
            found.append(Section("header", "", start, cut_end))
        if found and section.label != "header":
            start = cut_end
        found.append(replace(section, start=start))
    length = len(decision.text) + sum(end - start for start, end in decision.cuts)
    ends = [section.start for section in found[1:]] + [length]
    return (
        [replace(section, end=end) for section, end in zip(found, ends, strict=True)]
        if found
        else []
    )
