"""The marks of a text: lines, or beginnings of lines, that may be headings or furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.headings import LIST_NUMBER, TRAILING, Heading, HeadingRules, LineRule

LineSpan = tuple[int, int]
"""Start and end of a line, without the space around it."""

LINE = re.compile(r"\S[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*")
BULLET = re.compile(r"[-–—•·▪●◦]|\*\s|o\s")
QUOTATION_MARKS = "“\"‘'"
SENTENCE_END = ".!?:;)]”’\"'"
PAGE_NUMBER = re.compile(r"[\s.…·]{2,}\d{0,3}$|\s\d{1,3}$")

LONGEST_HEADING = 90
"""Characters; a longer line is a paragraph."""
LONGEST_MISSPELT = 60
MOST_WORDS = 11
LONGEST_LINE_WITHOUT_HEADINGS = 1_500
"""A line longer than this may be a whole decision that lost its line breaks."""
FEWEST_HEADINGS = 3
"""Sections that a decision has at the least, if its headings stand on lines of their own."""

HEADING_SHAPE = re.compile(
    # begins with a capital, or is a day ("14 October", "8 and 9 October") or a year
    r"(?:[A-Z]|\d{1,2}\s(?:[a-z]+\s\d{1,2}\s)?[A-Z][a-z]|(?:19|20)\d\d\b)"
    # and does not end as a sentence or a list item does
    r"[^\n]*(?<![.;:,!\s])"
)
RUNNING_TEXT = re.compile(
    r"[.!;]\s+[A-Z(]|\b(?:sections?|paragraphs?|schedules?|regulations?)\s\d|\bAct\s\d{4},|@|https?:"
)


@dataclass(slots=True)
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
    heading: Heading | None = None
    """What the rules say; None for a line that only looks like a heading."""
    rule: LineRule | None = None
    """For a line known by its shape."""
    bare: bool = True
    """Whether the heading has the line to itself."""
    bulleted: bool = False
    """Whether it is an item of a list; no heading unless the list is one of contents."""
    parted: bool = True
    """Whether more than a space parts it from the text that follows on its line."""
    opens: str = ""
    """Label of the section it opens, once that is decided."""

    @property
    def label(self) -> str:
        """Label of the listed heading, or ``""``."""
        return self.heading.label if self.heading else ""

    @property
    def is_firm(self) -> bool:
        """Whether it is a listed heading that is never a sub-heading."""
        return self.heading is not None and not self.heading.also_subheading


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
        if self.text[end - 1] in ",;>":
            return True
        gap = self.text[end : self.spans[i][0]]
        apart = gap.count("\n") > 1 or gap.count("\r") > 1
        wrapped = end - before > LONGEST_MISSPELT - 15 and self.text[end - 1] not in SENTENCE_END
        return wrapped and not apart

    def is_continued(self, i: int) -> bool:
        """Whether the line after line `i` begins in the middle of a sentence."""
        start = self.next_start(i)
        return start < len(self.text) and self.text[start].islower()


def find_lines(text: str) -> Lines:
    """Return the lines of `text`, whatever marks their ends."""
    return Lines(
        text, [(m.start(), m.start() + len(m.group().rstrip())) for m in LINE.finditer(text)]
    )


def find_marks(text: str, rules: HeadingRules) -> tuple[Lines, list[Mark]]:
    """Return the lines of `text` and the marks among them, in order.

    Where a decision was pasted as one line, the lines are those it must have had.
    """
    lines = find_lines(text)
    marks = list(_marks(lines, rules))
    longest = max((end - start for start, end in lines.spans), default=0)
    if longest > LONGEST_LINE_WITHOUT_HEADINGS and _sections(marks) < FEWEST_HEADINGS:
        lines = _cut_long_lines(lines, rules)
        marks = list(_marks(lines, rules))
    return lines, _without_doubtful(marks)


def _sections(marks: Sequence[Mark]) -> int:
    return len({mark.label for mark in marks if mark.heading and mark.parted})


def _marks(lines: Lines, rules: HeadingRules) -> Iterator[Mark]:
    in_header, in_list = True, False
    taken = 0
    for i, (start, end) in enumerate(lines.spans):
        if start < taken:
            continue
        mark = None
        if end - start <= LONGEST_HEADING or (in_header and end - start <= 2 * LONGEST_HEADING):
            mark = _short_line(lines, i, rules, in_header=in_header, in_list=in_list)
        if mark is None and rules.may_begin(lines.text[start : start + 24]):
            mark = _run_in(lines, i, rules)
        if mark is not None:
            if mark.heading is not None and mark.bare:
                taken = mark.end
            in_header = in_header and (mark.heading is None or mark.bulleted)
            yield mark
        last = lines.text[end - 1]
        in_list = mark is None and (last == ":" or (in_list and last not in SENTENCE_END))


# ---- a heading on a line of its own -------------------------------------------------------


def _short_line(
    lines: Lines, i: int, rules: HeadingRules, *, in_header: bool, in_list: bool
) -> Mark | None:
    start, end = lines.spans[i]
    line = lines.text[start:end]
    number = LIST_NUMBER.match(line)
    indent = number.end() if number else 0
    wording = line[indent:].rstrip(TRAILING)
    mark = Mark(start, start + indent, start + indent + len(wording), wording, lines.next_start(i))
    if in_header:
        mark.rule = rules.line(line, in_header=True)
        if mark.rule and not _is_heading_after_all(lines, i, rules, wording):
            return mark
        mark.rule = None
    if not wording or len(line) > LONGEST_HEADING:
        return None
    if BULLET.match(line):
        mark.heading = rules.listed(PAGE_NUMBER.sub("", line[1:]))
        mark.bulleted = True
        return mark if mark.heading else None
    mark.heading = rules.listed(wording)
    if mark.heading:
        return None if _is_running_text(lines, i, mark) else mark
    mark.rule = rules.line(line)
    if mark.rule:
        return mark
    if wording[0].islower() or wording[0] in QUOTATION_MARKS:
        return None
    if rules.begins_heading(wording):
        joined = _joined(lines, i, wording, rules)
        if joined:
            return joined
    if in_list or lines.continues(i):
        return None
    if len(wording) <= LONGEST_MISSPELT:
        mark.heading = rules.nearest(wording)
        if mark.heading:
            return mark
    unnumbered = indent == 0
    return mark if unnumbered and looks_like_heading(line) and not lines.is_continued(i) else None


def looks_like_heading(line: str) -> bool:
    """Whether a line that is not listed has the shape of a heading."""
    return (
        HEADING_SHAPE.fullmatch(line) is not None
        and len(line.split()) <= MOST_WORDS
        and RUNNING_TEXT.search(line) is None
    )


def _is_heading_after_all(lines: Lines, i: int, rules: HeadingRules, wording: str) -> bool:
    """Whether "Decision:" on a line of its own is a heading, as a paragraph follows it."""
    if rules.listed(wording) is None or i + 1 == len(lines.spans):
        return False
    start, end = lines.spans[i + 1]
    return end - start > LONGEST_HEADING


def _is_running_text(lines: Lines, i: int, mark: Mark) -> bool:
    """Whether a line that reads like a heading is part of a sentence or a list."""
    if mark.text[0].islower() or not mark.is_firm:
        return lines.continues(i)
    return False


def _joined(lines: Lines, i: int, wording: str, rules: HeadingRules) -> Mark | None:
    """Return a heading split over two lines, perhaps with a stray line between them."""
    first = lines.spans[i][0]
    for j in range(i + 1, min(i + 3, len(lines.spans))):
        start, end = lines.spans[j]
        rest = lines.text[start:end].rstrip(TRAILING)
        heading = rules.listed(f"{wording} {rest}") if len(rest) <= LONGEST_HEADING else None
        if heading:
            begin = first if j == i + 1 else start
            stop = start + len(rest)
            text = lines.text[begin:stop]
            return Mark(first, begin, stop, text, lines.next_start(j), heading)
    return None


# ---- a heading that shares its line with text ---------------------------------------------


def _run_in(lines: Lines, i: int, rules: HeadingRules) -> Mark | None:
    start, end = lines.spans[i]
    found = rules.run_in.match(lines.text, start, end)
    if found is None or BULLET.match(lines.text, start):
        return None
    wording = found["heading"]
    begin, stop = found.span("heading")
    parted = found["parted"] is not None
    if parted and wording[0].islower() and lines.continues(i):
        return None
    return Mark(
        start,
        begin,
        stop,
        wording,
        lines.next_start(i),
        rules.listed(wording),
        bare=False,
        parted=parted,
    )


def _without_doubtful(marks: list[Mark]) -> list[Mark]:
    """Drop headings that only a space parts from the text, where they may be its first words.

    "The complaint Mr X made was late" begins like a heading that lost its line break. It is
    one only where the section has no better heading, and other headings lost theirs too.
    """
    certain = {mark.label for mark in marks if mark.heading and mark.parted}
    doubtful = {mark.label for mark in marks if mark.heading and not mark.parted} - certain
    return [
        mark
        for mark in marks
        if mark.parted
        or (mark.label in doubtful and (mark.is_firm or len(doubtful) >= FEWEST_HEADINGS - 1))
    ]


def _cut_long_lines(lines: Lines, rules: HeadingRules) -> Lines:
    """Cut lines before and after every heading within them, if there are enough of those."""
    spans: list[LineSpan] = []
    for start, end in lines.spans:
        cuts = {start, end}
        labels: set[str] = set()
        last = start
        for found in rules.inline.finditer(lines.text, start, end):
            before = lines.text[last : found.start()].rstrip()
            wording = found["heading"]
            if wording is None:
                cuts.update(found.span())
                last = found.end()
            elif not before or before[-1] in SENTENCE_END:
                heading = rules.listed(wording)
                labels.add(heading.label if heading else "")
                cuts.update(found.span())
                last = found.end()
        if len(labels) < FEWEST_HEADINGS:
            cuts = {start, end}
        places = sorted(cuts)
        for begin, stop in zip(places, places[1:], strict=False):
            piece = lines.text[begin:stop]
            stripped = piece.strip()
            if stripped:
                begin += piece.index(stripped[0])
                spans.append((begin, begin + len(stripped)))
    return Lines(lines.text, spans)
