"""Lines that may be headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.headings import LIST_NUMBER, TRAILING, Heading, HeadingRules, LineRule

LineSpan = tuple[int, int]
"""Start and end of a line without the space around it."""

LINE = re.compile(r"\S[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*")
LONGEST_HEADING = 90
LONGEST_MISSPELT = 60
MOST_WORDS = 11
BULLET = re.compile(r"[-–—•·▪●◦]|\*\s|o\s")
LOOKS_LIKE_HEADING = re.compile(
    r"(?:[A-Z‘“\"'](?=[^\n]*[A-Za-z])|\d{1,2}\s(?:[a-z]+\s\d{1,2}\s)?[A-Z][a-z]|(?:19|20)\d\d\b)"
    r"[^\n]*(?<![.;:,!\s])"
)
RUNNING_TEXT = re.compile(
    r"[.!?;:]\s+\S.*[.!?;:]\s|[.!;]\s+[A-Z]|\b(?:sections?|paragraphs?|schedules?|regulations?)\s\d|\bAct\s\d{4},"
)
SENTENCE_END = ".!?:;)]”’\"'"
LEADERS = re.compile(r"[\s.…·]{2,}\d{0,3}$|\s\d{1,3}$")
CONTENTS = re.compile("contents|on this page|in this decision")
CONTENTS_RULE = LineRule("furniture", "contents", re.compile(""))
FEWEST_IN_CONTENTS = 3


@dataclass(slots=True)
class Mark:
    """A line, or the beginning of one, that may be a heading."""

    line: int
    """Where its line begins, list number included."""
    start: int
    end: int
    text: str
    """The heading as printed."""
    next_line: int
    """Where the next line begins that is not blank, or the end of the text."""
    heading: Heading | None = None
    """None for a line that looks like a heading but is not listed."""
    rule: LineRule | None = None
    glued: bool = False
    bare: bool = True
    """Whether the heading has the line to itself."""
    bulleted: bool = False
    opens: str = ""

    @property
    def label(self) -> str:
        return self.heading.label if self.heading else ""

    @property
    def is_unlisted(self) -> bool:
        return self.heading is None and self.rule is None


def find_lines(text: str, rules: HeadingRules) -> list[LineSpan]:
    """Return the lines of `text` that are not blank."""
    return [(m.start(), m.start() + len(m.group().rstrip())) for m in LINE.finditer(text)]


def find_marks(text: str, lines: Sequence[LineSpan], rules: HeadingRules) -> list[Mark]:
    """Return everything in `text` that may be a heading, furniture or a signature."""
    marks: list[Mark] = []
    skip = 0
    for i, (start, end) in enumerate(lines):
        if i < skip:
            continue
        following = lines[i + 1][0] if i + 1 < len(lines) else len(text)
        mark = None
        if end - start <= LONGEST_HEADING:
            mark, skip = _short_line(text, lines, i, following, rules)
        if mark is None and rules.may_begin(text[start : start + 24]):
            mark = _run_in(text, start, end, following, rules)
        if mark is not None:
            marks.append(mark)
    return marks


def _short_line(
    text: str, lines: Sequence[LineSpan], i: int, following: int, rules: HeadingRules
) -> tuple[Mark | None, int]:
    start, end = lines[i]
    line = text[start:end]
    bulleted = BULLET.match(line) is not None
    number = LIST_NUMBER.match(line)
    inner = number.end() if number else 0
    wording = line[inner:].rstrip(TRAILING)
    mark = Mark(start, start + inner, start + inner + len(wording), wording, following)
    if not wording:
        return None, 0
    if bulleted:
        mark.heading = rules.listed(LEADERS.sub("", line[1:]))
        mark.bulleted = True
        return (mark if mark.heading else None), 0
    mark.heading = rules.listed(wording)
    if mark.heading:
        if wording[0].islower() and _continues(text, lines, i):
            return None, 0
        return mark, 0
    mark.rule = rules.line(line)
    if mark.rule:
        if mark.rule.label == "header" or mark.rule.begins_banner:
            return None, 0
        return mark, 0
    joined = _joined(text, lines, i, wording, rules)
    if joined:
        return joined
    if wording[0].islower() or len(wording) > LONGEST_MISSPELT + 20:
        return None, 0
    if len(wording) <= LONGEST_MISSPELT and not _continues(text, lines, i):
        mark.heading = rules.nearest(wording)
        if mark.heading:
            return mark, 0
    if (
        inner
        or not looks_like_heading(line)
        or _continues(text, lines, i)
        or _is_continued(text, following)
    ):
        return None, 0
    return mark, 0


def looks_like_heading(line: str) -> bool:
    """Whether a line that is not listed has the shape of a heading."""
    return (
        LOOKS_LIKE_HEADING.fullmatch(line) is not None
        and len(line.split()) <= MOST_WORDS
        and RUNNING_TEXT.search(line) is None
    )


def _continues(text: str, lines: Sequence[LineSpan], i: int) -> bool:
    """Whether line `i` goes on with a sentence or a list that the line before began."""
    if i == 0:
        return False
    before, end = lines[i - 1]
    start = lines[i][0]
    if text[end - 1] in ",;":
        return True
    apart = text.count("\n", end, start) > 1 or text.count("\r", end, start) > 2
    return not apart and end - before > LONGEST_MISSPELT and text[end - 1] not in SENTENCE_END


def _is_continued(text: str, following: int) -> bool:
    return following < len(text) and text[following].islower()


def _joined(
    text: str, lines: Sequence[LineSpan], i: int, wording: str, rules: HeadingRules
) -> tuple[Mark, int] | None:
    """A heading split over two lines, perhaps with a stray line between them."""
    if not rules.begins_heading(wording):
        return None
    for j in range(i + 1, min(i + 3, len(lines))):
        start, end = lines[j]
        if end - start > LONGEST_HEADING:
            continue
        rest = text[start:end].rstrip(TRAILING)
        heading = rules.listed(f"{wording} {rest}")
        if heading:
            first = lines[i][0]
            following = lines[j + 1][0] if j + 1 < len(lines) else len(text)
            begin = first if j == i + 1 else start
            stop = start + len(rest)
            return Mark(first, begin, stop, text[begin:stop], following, heading), j + 1
    return None


def _run_in(text: str, start: int, end: int, following: int, rules: HeadingRules) -> Mark | None:
    found = rules.run_in.match(text, start, end)
    if found is None or not (found["colon"] or found["glued"] is not None):
        return None
    heading = rules.listed(found["heading"])
    begin, stop = found.span("heading")
    return Mark(
        start,
        begin,
        stop,
        found["heading"],
        following,
        heading,
        glued=found["glued"] is not None,
        bare=False,
    )


def set_contents_apart(text: str, marks: list[Mark]) -> list[Mark]:
    """Replace a contents list, headings in a row with no text between, by one furniture mark."""
    kept: list[Mark] = []
    i = 0
    while i < len(marks):
        length = _contents_length(marks, i)
        if length:
            run = marks[i : i + length]
            kept.append(
                Mark(
                    run[0].line,
                    run[0].start,
                    run[-1].end,
                    "",
                    run[-1].next_line,
                    rule=CONTENTS_RULE,
                )
            )
            i += length
        else:
            if not marks[i].bulleted:
                kept.append(marks[i])
            i += 1
    return kept


def _contents_length(marks: Sequence[Mark], first: int) -> int:
    seen: set[str] = set()
    labels: set[str] = set()
    i = first
    titled = marks[first].label == "furniture"
    while i < len(marks):
        mark = marks[i]
        if mark.rule is not None or not mark.bare or mark.text.lower() in seen:
            break
        if i > first and marks[i - 1].next_line != mark.line:
            break
        if mark.label not in ("", "furniture", "subheading"):
            labels.add(mark.label)
        seen.add(mark.text.lower())
        i += 1
    if i > first and i < len(marks) + 1:
        last = marks[i - 1]
        followed_by_text = i == len(marks) or marks[i].line != last.next_line
        again = any(m.label == last.label and m.label and not m.bulleted for m in marks[i:])
        if followed_by_text and not last.bulleted and not again:
            i -= 1
            labels.discard(last.label)
    return i - first if len(labels) >= FEWEST_IN_CONTENTS or (titled and labels) else 0
