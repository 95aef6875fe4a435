"""The lines of a text, with or without its line breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipeline.headings import HeadingRules

LineSpan = tuple[int, int]
"""Start and end of a line, without the space around it."""

LINE = re.compile(r"\S[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*")
SENTENCE_END = ".!?:;)]”’\"'"
SHORTEST_WRAPPED = 45
"""Characters; a line that ends in mid-sentence was wrapped if it is as long as this."""
FEWEST_SECTIONS = 3
"""Sections that a decision has at the least."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text that are not blank."""

    text: str
    spans: list[LineSpan]

    def next_start(self, i: int) -> int:
        """Return where the line after line `i` begins, or the length of the text."""
        return self.spans[i + 1][0] if i + 1 < len(self.spans) else len(self.text)

    def continues(self, i: int) -> bool:
        """Whether line `i` goes on with a sentence or a list of the line before."""
        if i == 0:
            return False
        before, end = self.spans[i - 1]
        last = self.text[end - 1]
        if last in ",;>":
            return True
        if end - before < SHORTEST_WRAPPED or last in SENTENCE_END:
            return False
        gap = self.text[end : self.spans[i][0]]
        return gap.count("\n") < 2 and gap.count("\r") < 2

    def is_continued(self, i: int) -> bool:
        """Whether the line after line `i` begins in mid-sentence."""
        start = self.next_start(i)
        return start < len(self.text) and self.text[start].islower()


def find_lines(text: str) -> Lines:
    """Return the lines of `text`, whatever marks their ends."""
    spans = []
    for found in LINE.finditer(text):
        start, end = found.span()
        if text[end - 1].isspace():
            end = start + len(found.group().rstrip())
        spans.append((start, end))
    return Lines(text, spans)


def cut_at_headings(lines: Lines, rules: HeadingRules) -> Lines:
    """Return the lines that a text must have had before its line breaks were lost.

    A line is cut before and after each heading in it, if they are enough for a decision.
    """
    spans = [part for span in lines.spans for part in _cut(lines.text, span, rules)]
    return Lines(lines.text, spans)


def _cut(text: str, span: LineSpan, rules: HeadingRules) -> list[LineSpan]:
    start, end = span
    edges = {start, end}
    labels = set()
    last = start
    for found in rules.inline.finditer(text, start, end):
        wording = found["heading"]
        if wording is not None:
            before = text[last : found.start()].rstrip()
            if before and before[-1] not in SENTENCE_END:
                continue
            heading = rules.listed(wording)
            labels.add(heading.label if heading else "")
        edges.update(found.span())
        last = found.end()
    if len(labels) < FEWEST_SECTIONS:
        return [span]
    parts = (LINE.search(text, *part) for part in pairwise(sorted(edges)))
    return [(part.start(), part.start() + len(part.group().rstrip())) for part in parts if part]
