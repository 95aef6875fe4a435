"""Marks that belong together: the lines of a cookie notice, of the header, of a contents list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.headings import LONGEST_HEADING, SUBHEADING, LineRule
from pipeline.lines import Lines
from pipeline.marks import LONGEST_HEADER_LINE, Mark

CONTENTS = LineRule("furniture", "contents", re.compile(""))
FEWEST_IN_CONTENTS = 3
"""Headings in a row, with no text between them, that make a contents list."""


def join_blocks(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Return `marks` with each block of lines that belong together as one mark."""
    marks = _join_contents(marks)
    marks = _join_header(lines, marks)
    return _join_banner(marks)


def _joined(start: int, end: int, rule: LineRule | None) -> Mark:
    return Mark(start, start, start, "", end, rule=rule)


# ---- header and cookie notice -------------------------------------------------------------


def _join_header(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Short lines between header lines are values that stand on lines of their own."""
    header = [i for i, mark in enumerate(marks) if mark.rule and mark.rule.label == "header"]
    if not header:
        return marks
    first, last = marks[header[0]], marks[header[-1]]
    start, end = first.line, last.next_line
    between = [span for span in lines.spans if start <= span[0] < end]
    if any(stop - begin > LONGEST_HEADER_LINE for begin, stop in between):
        return marks
    assert last.rule is not None
    if last.text.endswith(":") and not last.rule.opens:
        end = _after_value(lines, end)
    if first.rule and first.rule.name != "title":
        start = _title_before(lines, start, marks)
    block = _joined(start, end, last.rule)
    before = [mark for mark in marks[: header[0]] if mark.line < start]
    return [*before, block, *(mark for mark in marks[header[-1] + 1 :] if mark.line >= end)]


def _after_value(lines: Lines, start: int) -> int:
    """Return the end of the value on the line at `start`, after a field that has none."""
    for i, (begin, stop) in enumerate(lines.spans):
        if begin == start and stop - begin <= LONGEST_HEADING:
            return lines.next_start(i)
    return start


def _title_before(lines: Lines, start: int, marks: Sequence[Mark]) -> int:
    """Return the start of the title: a short line right before the header, not furniture."""
    known = {mark.line for mark in marks if mark.rule}
    before = [span for span in lines.spans if span[0] < start]
    if before and before[-1][1] - before[-1][0] <= LONGEST_HEADING and before[-1][0] not in known:
        return before[-1][0]
    return start


def _join_banner(marks: list[Mark]) -> list[Mark]:
    """A cookie notice goes on to the header or the summary, else to its last line so known."""
    banner = [mark for mark in marks if mark.rule and mark.rule.begins_banner]
    if not banner:
        return marks
    start, end = banner[0].line, banner[-1].next_line
    ahead = next(
        (
            m
            for m in marks
            if m.line > start and (m.heading or (m.rule and m.rule.label == "header"))
        ),
        None,
    )
    if ahead and (ahead.rule or ahead.label == "summary"):
        end = ahead.line
    block = _joined(start, end, banner[0].rule)
    return [
        *(mark for mark in marks if mark.line < start),
        block,
        *(mark for mark in marks if mark.line >= end),
    ]


# ---- contents list ------------------------------------------------------------------------


def _join_contents(marks: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    i = 0
    while i < len(marks):
        length = _contents_length(marks, i)
        if length:
            kept.append(
                Mark(marks[i].line, 0, 0, "", marks[i + length - 1].next_line, rule=CONTENTS)
            )
        elif not marks[i].is_bulleted:
            kept.append(marks[i])
        i += length or 1
    return kept


def _contents_length(marks: Sequence[Mark], first: int) -> int:
    """Return how many marks from `first` on are a contents list, or 0."""
    if first + 1 == len(marks) or marks[first].next_line != marks[first + 1].line:
        return 0
    titled = marks[first].label == "furniture"
    run: list[Mark] = []
    for mark in marks[first:]:
        follows_at_once = not run or run[-1].next_line == mark.line
        repeats = any(mark.text.lower() == other.text.lower() for other in run)
        if mark.rule or not mark.is_bare or not follows_at_once or repeats:
            break
        run.append(mark)
    if run and not run[-1].is_bulleted and _is_heading_of_text(marks, first + len(run) - 1):
        run.pop()
    sections = {mark.label for mark in run} - {"", "furniture", SUBHEADING}
    return len(run) if len(sections) >= FEWEST_IN_CONTENTS or (titled and sections) else 0


def _is_heading_of_text(marks: Sequence[Mark], i: int) -> bool:
    """Whether the last line of a run of headings is the first heading after the list."""
    followed_by_heading = i + 1 < len(marks) and marks[i + 1].line == marks[i].next_line
    comes_again = any(mark.label == marks[i].label for mark in marks[i + 1 :])
    return not followed_by_heading and not comes_again
