"""The lines of a text, with or without its line breaks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.headings import PARTED, HeadingRules

LineSpan = tuple[int, int]
"""Start and end of a line, without the space around it."""

PRINTED = re.compile(r"\S(?:.*\S)?", re.DOTALL)
"""The part of a line without the space around it."""
SENTENCE_END = ".!?:;)]”’\"'"
SHORTEST_WRAPPED = 45
"""Characters; a line that ends in mid-sentence was wrapped if it is as long as this."""
NO_SENTENCE = re.compile(rf"{PARTED}|\s+(?:Mr|Mrs|Ms|Miss|Dr)\s")
"""What stands after a heading, but hardly after the same words in a sentence."""
LONGEST_HEADER_LINE = 180
FEWEST_SECTIONS = 3
"""Sections that a decision has at the least."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text that are not blank."""

    text: str
    spans: list[LineSpan]

    def index(self, start: int) -> int:
        """Return the index of the first line that begins at `start` or later."""
        return bisect_left(self.spans, (start, 0))

    def between(self, start: int, end: int) -> list[LineSpan]:
        """Return the lines that begin from `start` on and before `end`."""
        return self.spans[self.index(start) : self.index(end)]

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
        start = self.spans[i][0]
        return self.text.count("\n", end, start) < 2 and self.text.count("\r", end, start) < 2

    def is_continued(self, i: int) -> bool:
        """Whether the line after line `i` begins in mid-sentence."""
        start = self.next_start(i)
        return start < len(self.text) and self.text[start].islower()


def find_lines(text: str) -> Lines:
    """Return the lines of `text`, whatever marks their ends."""
    spans: list[LineSpan] = []
    end = 0
    for line in text.splitlines(keepends=True):
        end += len(line)
        printed = line.lstrip()
        if printed:
            start = end - len(printed)
            spans.append((start, start + len(printed.rstrip())))
    return Lines(text, spans)


def cut_at_headings(lines: Lines, rules: HeadingRules) -> Lines:
    """Return the lines that a text must have had before its line breaks were lost.

    Each line is cut before and after every heading in it. Nothing is cut unless the text has
    the headings of a decision; where those end in a colon, only such are headings.
    """
    found = [match for span in lines.spans for match in _headings_within(lines.text, span, rules)]
    with_colon = [match for match in found if match.group().endswith(":") or not match["heading"]]
    if _count_sections(with_colon, rules) >= FEWEST_SECTIONS:
        found = with_colon
    if _count_sections(found, rules) < FEWEST_SECTIONS:
        return lines
    edges = {edge for span in lines.spans for edge in span}
    edges.update(edge for match in found for edge in match.span())
    parts = (PRINTED.search(lines.text, *pair) for pair in pairwise(sorted(edges)))
    return Lines(lines.text, [part.span() for part in parts if part])


def _headings_within(text: str, span: LineSpan, rules: HeadingRules) -> Iterator[re.Match[str]]:
    """Yield the headings in a line that stand at its start, after a sentence or with a colon."""
    if span[1] - span[0] <= LONGEST_HEADER_LINE and rules.line(text[slice(*span)], in_header=True):
        return
    last = span[0]
    for match in rules.inline.finditer(text, *span):
        before = text[last : match.start()].rstrip()
        after_sentence = not before or before[-1] in SENTENCE_END
        if _is_heading(match, text, rules, after_sentence=after_sentence):
            yield match
            last = match.end()


def _is_heading(
    match: re.Match[str], text: str, rules: HeadingRules, *, after_sentence: bool
) -> bool:
    heading = rules.listed(match["heading"] or "")
    if heading is None:
        return True
    with_colon = match.group().endswith(":")
    if heading.also_subheading:
        return after_sentence and (with_colon or NO_SENTENCE.match(text, match.end()) is not None)
    return after_sentence or with_colon


def _count_sections(matches: Iterable[re.Match[str]], rules: HeadingRules) -> int:
    headings = (rules.listed(match["heading"]) for match in matches if match["heading"])
    return len({heading.label for heading in headings if heading})
