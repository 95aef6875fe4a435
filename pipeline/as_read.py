"""Findings in the coordinates of the text that was read, its header included."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.decision import Decision, Section

BLANK = 4
"""A cut of no more characters took out blank lines; a header field is longer."""


def sections_as_read(decision: Decision, sections: Iterable[Section]) -> list[Section]:
    """Return the sections of a decision so that they partition the text that was read.

    The header fields were cut out before the sections were found; here they are a section
    ``header``, together with what follows them if that is one.
    """
    cuts = dict(decision.cuts)
    starts: list[int] = []
    names: list[tuple[str, str]] = []
    for section in sections:
        start = decision.offset_as_read(section.start)
        cut_end = cuts.get(start, start)
        if cut_end - start > BLANK and section.label != "header":
            starts.append(start)
            names.append(("header", ""))
        if starts and section.label != "header":
            start = cut_end
        starts.append(start)
        names.append((section.label, section.heading))
    ends = [*starts[1:], len(decision.text) + sum(end - start for start, end in decision.cuts)]
    return [
        Section(label, heading, start, end)
        for (label, heading), start, end in zip(names, starts, ends, strict=False)
    ]
