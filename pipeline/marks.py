"""The marks of a text: lines, or beginnings of lines, that may be headings or furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.headings import (
    LONGEST_HEADING,
    SUBHEADING,
    TRAILING,
    Heading,
    HeadingRules,
    KnownLine,
    LineRule,
)
from pipeline.lines import (
    FEWEST_SECTIONS,
    LONGEST_HEADER_LINE,
    SENTENCE_END,
    Lines,
    cut_at_headings,
    find_lines,
)

FEWEST_CERTAIN_WORDS = 4
"""A heading of so many words is no beginning of a sentence."""


@dataclass(slots=True, eq=False)
class Mark:
    """A line, or the beginning of one, that may be a heading, furniture or a header line."""

    line: int
    """Offset at which the line begins, list number included."""
    start: int
    end: int
    """Offsets of the heading as printed."""
    text: str
    """The heading as printed."""
    next_line: int
    """Offset of the next line that is not blank, or the length of the text."""
    label: str = ""
    """Of a listed heading; empty for a line that only looks like a heading."""
    is_firm: bool = False
    """Whether it is a listed heading that is never a sub-heading."""
    rule: LineRule | None = None
    """For a line known by its shape."""
    is_bare: bool = True
    """Whether the heading has the line to itself."""
    is_item: bool = False
    """Whether it can only be in a list of contents."""
    is_parted: bool = True
    """Whether something other than a space parts it from the text on its line."""
    opens: str = ""
    """Label of the section it opens, once that is decided."""

    @property
    def is_unlisted(self) -> bool:
        """Whether it only looks like a heading."""
        return not self.label and self.rule is None

    def is_right_above(self, other: Mark) -> bool:
        """Whether no text stands between this heading and `other`."""
        return self.is_bare and self.next_line == other.line


def find_marks(text: str, rules: HeadingRules) -> tuple[Lines, list[Mark]]:
    """Return the lines of `text` and the marks among them, in order.

    Where a decision was pasted as one line, the lines are those it must have had.
    """
    lines = find_lines(text)
    marks = _marks(lines, rules)
    if _count_sections(marks) < FEWEST_SECTIONS:
        lines = cut_at_headings(lines, rules)
        marks = _marks(lines, rules)
    return lines, _without_doubtful(marks)


def _count_sections(marks: Sequence[Mark]) -> int:
    return len({mark.label for mark in marks if mark.label and mark.is_parted})


@dataclass(slots=True)
class _Style:
    """How the headings of a text are printed, as far as it has been read."""

    numbered: bool = False
    colon: bool = False


def _marks(lines: Lines, rules: HeadingRules) -> list[Mark]:
    marks: list[Mark] = []
    text, run_in = lines.text, rules.run_in
    in_header, in_list, seen_heading = True, False, False
    style = _Style()
    taken = 0
    for i, (start, end) in enumerate(lines.spans):
        if start < taken:
            continue
        mark = None
        length = end - start
        if in_header and length <= LONGEST_HEADER_LINE:
            mark = _header_line(lines, i, rules)
        if mark is None and length <= LONGEST_HEADING:
            mark = _short_line(lines, i, rules, style, in_list=in_list)
        if mark is None and (found := run_in.match(text, start, end)):
            mark = _run_in(lines, i, found, rules)
        if mark is None:
            # A contents list before the header is headings without text.
            in_header = in_header and not seen_heading
            last = text[end - 1]
            in_list = last == ":" or (in_list and last not in SENTENCE_END)
            continue
        marks.append(mark)
        in_list = False
        if mark.label:
            seen_heading = seen_heading or not mark.is_item
            if mark.is_bare:
                taken = mark.end
        if seen_heading and not mark.is_bare:
            in_header = False
    return marks


# ---- a line by itself ---------------------------------------------------------------------


def _header_line(lines: Lines, i: int, rules: HeadingRules) -> Mark | None:
    """A line of the header, a cookie notice or furniture, before the first heading."""
    start, end = lines.spans[i]
    line = lines.text[start:end]
    rule = rules.line(line, in_header=True)
    if rule is None:
        return None
    if not rule.opens and rules.listed(line) and i + 1 < len(lines.spans):
        # "Decision:" is a heading if a paragraph follows, and a field if its value does.
        begin, stop = lines.spans[i + 1]
        if stop - begin > LONGEST_HEADING:
            return None
    return Mark(start, start, end, line, lines.next_start(i), rule=rule)


def _short_line(
    lines: Lines, i: int, rules: HeadingRules, style: _Style, *, in_list: bool
) -> Mark | None:
    start, end = lines.spans[i]
    known = rules.read(lines.text[start:end])
    if known is None:
        return None
    begin = start + known.indent
    mark = Mark(
        start,
        begin,
        begin + len(known.wording),
        known.wording,
        lines.next_start(i),
        *_heading(known.heading),
        known.rule,
        is_item=known.is_item,
    )
    if known.rule or known.is_item:
        return mark
    if known.begins_heading and (known.heading is None or lines.is_continued(i)):
        joined = _joined(lines, i, known.wording, rules)
        if joined:
            return joined
    if mark.is_firm and not known.wording[0].islower():
        style.numbered, style.colon = known.has_number, known.has_colon
        return mark
    return mark if _stands_alone(lines, i, known, style, in_list=in_list) else None


def _stands_alone(lines: Lines, i: int, known: KnownLine, style: _Style, *, in_list: bool) -> bool:
    """Whether a line that may be a heading is one, and no part of a sentence or list."""
    if in_list:
        return False
    if known.heading and not known.is_misspelt:
        ends_sentence = known.wording[0].islower() or lines.text[lines.spans[i][1] - 1] == "."
        return not (ends_sentence and lines.continues(i))
    if lines.continues(i) or lines.is_continued(i):
        return False
    in_style = known.has_number <= style.numbered and known.has_colon <= style.colon
    return known.heading is not None or (known.looks_like_heading and in_style)


def _joined(lines: Lines, i: int, wording: str, rules: HeadingRules) -> Mark | None:
    """Return a heading split over two lines, perhaps with a stray line between them."""
    first = lines.spans[i][0]
    for j in range(i + 1, min(i + 3, len(lines.spans))):
        start, end = lines.spans[j]
        if end - start > LONGEST_HEADING:
            continue
        rest = lines.text[start:end].rstrip(TRAILING)
        heading = rules.listed(f"{wording} {rest}")
        if heading:
            begin = first if j == i + 1 else start
            stop = start + len(rest)
            text = lines.text[begin:stop]
            return Mark(first, begin, stop, text, lines.next_start(j), *_heading(heading))
    return None


def _heading(heading: Heading | None) -> tuple[str, bool]:
    """Return label and firmness of what the rules say."""
    if heading is None:
        return "", False
    return heading.label, not heading.also_subheading and heading.label != SUBHEADING


# ---- a heading that shares its line with text ---------------------------------------------


def _run_in(lines: Lines, i: int, found: re.Match[str], rules: HeadingRules) -> Mark | None:
    """Return the heading that `found` at the beginning of line `i`, or None in mid-sentence."""
    wording = found["heading"]
    if wording[0].islower() and lines.continues(i):
        return None
    begin, stop = found.span("heading")
    return Mark(
        found.start(),
        begin,
        stop,
        wording,
        lines.next_start(i),
        *_heading(rules.listed(wording)),
        is_bare=False,
        is_parted=found["parted"] is not None,
    )


def _without_doubtful(marks: list[Mark]) -> list[Mark]:
    """Drop headings that only a space parts from the text, where they may be its first words.

    "The complaint Mr X made was late" begins like a heading that lost its line break. It is
    one only where its section has no better heading, and several headings lost theirs; or
    where it is too long for the beginning of a sentence.
    """
    if not [mark for mark in marks if not mark.is_parted]:
        return marks
    certain = {mark.label for mark in marks if mark.label and mark.is_parted}
    doubtful = {mark.label for mark in marks if not mark.is_parted} - certain
    if len(doubtful) < FEWEST_SECTIONS:
        doubtful.clear()
    return [
        mark
        for mark in marks
        if mark.is_parted
        or mark.label in doubtful
        or (mark.is_firm and len(mark.text.split()) >= FEWEST_CERTAIN_WORDS)
    ]
