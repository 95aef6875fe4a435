"""Marks that belong together: the lines of a cookie notice, of the header, of a contents list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.headings import LONGEST_HEADING, SUBHEADING, LineRule
from pipeline.lines import Lines
from pipeline.marks import LONGEST_HEADER_LINE, Mark

CONTENTS = LineRule("furniture", "contents", re.compile(""))
FEWEST_IN_CONTENTS = 3
"""Main headings in a row, with no text between them, that make a contents list."""
FEWEST_IN_LIST = 3
"""Unlisted headings in a row that make a list of something else."""


def join_blocks(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Return `marks` with each block of lines that belong together as one mark."""
    marks = _without_lists(_join_contents(marks))
    if any(map(_is_header, marks)):
        marks = _join_header(lines, marks)
    return _join_banner(marks)


def _without_lists(marks: list[Mark]) -> list[Mark]:
    """Drop unlisted lines that follow each other without text: a list that lost its marks."""
    kept: list[Mark] = []
    run: list[Mark] = []
    for mark in marks:
        unlisted = mark.heading is None and mark.rule is None
        if not (unlisted and run and run[-1].next_line == mark.line):
            kept.extend(run if len(run) < FEWEST_IN_LIST else ())
            run = []
        (run if unlisted else kept).append(mark)
    return kept + (run if len(run) < FEWEST_IN_LIST else [])


# ---- header and cookie notice -------------------------------------------------------------


def _join_header(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Make one block of the header lines and the short lines among them.

    Those are the title, right before the first, and values on lines of their own.
    """
    kept: list[Mark] = []
    block: Mark | None = None
    for mark in marks:
        if not _is_header(mark):
            kept.append(mark)
            block = None if mark.rule else block
        elif block and _only_short_lines(lines, block.next_line, mark.line):
            block.next_line, block.rule, block.text = mark.next_line, mark.rule, mark.text
        else:
            block = mark
            block.line = _title_start(lines, mark, kept)
            kept.append(block)
    blocks = [mark for mark in kept if _is_header(mark)]
    for block in blocks:
        block.next_line = _value_end(lines, block)
    return [mark for mark in kept if mark.rule or not _is_within(mark, blocks)]


def _is_header(mark: Mark) -> bool:
    return mark.rule is not None and mark.rule.label == "header"


def _is_within(mark: Mark, blocks: Sequence[Mark]) -> bool:
    return any(block.line <= mark.line < block.next_line for block in blocks)


def _only_short_lines(lines: Lines, start: int, end: int) -> bool:
    between = (span for span in lines.spans if start <= span[0] < end)
    return all(stop - begin <= LONGEST_HEADER_LINE for begin, stop in between)


def _title_start(lines: Lines, first: Mark, before: Sequence[Mark]) -> int:
    """Return where the header begins: with a short line before its first field, the title."""
    if first.rule is None or first.rule.name == "title":
        return first.line
    known = {mark.line for mark in before if mark.rule}
    above = [span for span in lines.spans if span[0] < first.line]
    if above and above[-1][1] - above[-1][0] <= LONGEST_HEADING and above[-1][0] not in known:
        return above[-1][0]
    return first.line


def _value_end(lines: Lines, block: Mark) -> int:
    """Return where the header ends: after the value of its last field, on the next line."""
    if block.rule is None or block.rule.opens or not block.text.endswith(":"):
        return block.next_line
    for i, (begin, stop) in enumerate(lines.spans):
        if begin == block.next_line and stop - begin <= LONGEST_HEADING:
            return lines.next_start(i)
    return block.next_line


def _join_banner(marks: list[Mark]) -> list[Mark]:
    """Make one block of a cookie notice.

    It goes on to the header or the summary, or else to its last line that is known as such.
    """
    banner = [mark for mark in marks if mark.rule and mark.rule.begins_banner]
    if not banner:
        return marks
    first, end = banner[0], banner[-1].next_line
    ahead = (
        mark for mark in marks if mark.line > first.line and (mark.heading or _is_header(mark))
    )
    stop = next(ahead, None)
    if stop and (stop.rule or stop.label == "summary"):
        end = stop.line
    first.next_line = end
    return [mark for mark in marks if mark is first or not first.line <= mark.line < end]


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
