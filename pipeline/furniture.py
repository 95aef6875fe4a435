"""Marks that belong together: the lines of a cookie notice, of the header, of a contents list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.headings import LONGEST_HEADING, SUBHEADING, LineRule
from pipeline.lines import LONGEST_HEADER_LINE, SENTENCE_END, Lines
from pipeline.marks import Mark

CONTENTS = LineRule("furniture", "contents", re.compile(""))
FEWEST_IN_CONTENTS = 3
"""Main headings in a row, with no text between them, that make a contents list."""
FEWEST_IN_LIST = 3
"""Unlisted headings in a row that make a list of something else."""
MOST_LINES_OF_VALUE = 3
"""A category, ">" and a sub-category."""


def join_blocks(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Return `marks` with each block of lines that belong together as one mark."""
    if _may_have_list(marks):
        marks = _without_lists(_join_contents(marks))
    else:
        marks = [mark for mark in marks if not mark.is_item]
    rules = [mark.rule for mark in marks if mark.rule]
    if any(rule.label == "header" for rule in rules):
        marks = _join_header(lines, marks)
    if any(rule.begins_banner for rule in rules):
        marks = _join_banner(marks)
    return marks


def _may_have_list(marks: Sequence[Mark]) -> bool:
    """Whether lines enough for a list stand in a row: three, or any under "Contents"."""
    enough = min(FEWEST_IN_LIST, FEWEST_IN_CONTENTS)
    in_a_row = 1
    for one, other in pairwise(marks):
        if one.next_line == other.line and _are_in_a_row(one, other):
            in_a_row += 1
            if in_a_row == enough or one.label == "furniture":
                return True
        else:
            in_a_row = 1
    return False


def _are_in_a_row(one: Mark, other: Mark) -> bool:
    """Whether two neighbours may be lines of one list."""
    return not one.rule and not other.rule and one.is_right_above(other)


def _without_lists(marks: list[Mark]) -> list[Mark]:
    """Drop unlisted lines that follow each other without text: a list that lost its marks."""
    kept: list[Mark] = []
    run: list[Mark] = []
    for mark in marks:
        if not (mark.is_unlisted and run and run[-1].is_right_above(mark)):
            kept.extend(run if len(run) < FEWEST_IN_LIST else ())
            run = []
        (run if mark.is_unlisted else kept).append(mark)
    return kept + (run if len(run) < FEWEST_IN_LIST else [])


# ---- header and cookie notice -------------------------------------------------------------


def _join_header(lines: Lines, marks: list[Mark]) -> list[Mark]:
    """Make one block of the header lines and the short lines among them.

    Those are the title, right before the first, and values on lines of their own.
    """
    kept: list[Mark] = []
    blocks: list[Mark] = []
    block: Mark | None = None
    for mark in marks:
        if mark.rule is None:
            kept.append(mark)
        elif mark.rule.label != "header":
            kept.append(mark)
            block = None
        elif block and _only_short_lines(lines, block.next_line, mark.line):
            block.next_line, block.rule, block.text = mark.next_line, mark.rule, mark.text
        else:
            block = mark
            block.line = _title_start(lines, mark, kept)
            kept.append(block)
            blocks.append(block)
    headings = {mark.line for mark in kept if mark.label}
    for block in blocks:
        block.next_line = _value_end(lines, block, headings)
        begin, end = block.line, block.next_line
        kept = [mark for mark in kept if mark.rule or not begin <= mark.line < end]
    return kept


def _is_header(mark: Mark) -> bool:
    return mark.rule is not None and mark.rule.label == "header"


def _only_short_lines(lines: Lines, start: int, end: int) -> bool:
    spans = lines.between(start, end)
    return len(spans) <= MOST_LINES_OF_VALUE and all(
        stop - begin <= LONGEST_HEADER_LINE for begin, stop in spans
    )


def _title_start(lines: Lines, first: Mark, before: Sequence[Mark]) -> int:
    """Return where the header begins: with a short line before its first field, the title."""
    i = lines.index(first.line) - 1
    if i < 0 or first.rule is None or first.rule.name == "title":
        return first.line
    start, end = lines.spans[i]
    is_known = bool(before) and not before[-1].is_unlisted and start < before[-1].next_line
    is_sentence = lines.text[end - 1] in SENTENCE_END and lines.text[end - 1] != ")"
    if is_known or is_sentence or end - start > LONGEST_HEADING:
        return first.line
    return start


def _value_end(lines: Lines, block: Mark, headings: set[int]) -> int:
    """Return where the header ends: after the value of its last field, on the next line."""
    if block.rule is None or block.rule.opens or not block.text.endswith(":"):
        return block.next_line
    i = lines.index(block.next_line)
    if i == len(lines.spans) or block.next_line in headings:
        return block.next_line
    start, end = lines.spans[i]
    return lines.next_start(i) if end - start <= LONGEST_HEADING else block.next_line


def _join_banner(marks: list[Mark]) -> list[Mark]:
    """Make one block of a cookie notice, of which there must be a mark.

    It goes on to the header or the summary, or else to its last line that is known as such.
    """
    banner = [mark for mark in marks if mark.rule and mark.rule.begins_banner]
    first, end = banner[0], banner[-1].next_line
    ahead = (mark for mark in marks if mark.line > first.line and (mark.label or _is_header(mark)))
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
        is_row = i + 1 < len(marks) and _are_in_a_row(marks[i], marks[i + 1])
        run = _headings_in_a_row(marks, i) if is_row else [marks[i]]
        i += len(run)
        if len(run) > 1 and _is_contents(run):
            kept.append(Mark(run[0].line, 0, 0, "", run[-1].next_line, rule=CONTENTS))
        else:
            kept += [mark for mark in run if not mark.is_item]
    return kept


def _headings_in_a_row(marks: Sequence[Mark], first: int) -> list[Mark]:
    """Return the mark at `first` and those after it that may be one contents list with it.

    Two headings that are the same are not in one list. The last is left out where it is the
    first heading after the list: text follows it, and it does not come again.
    """
    run = [marks[first]]
    seen = {marks[first].text.lower()}
    for i in range(first + 1, len(marks)):
        mark = marks[i]
        wording = mark.text.lower()
        if not (_are_in_a_row(run[-1], mark) and mark.is_bare) or wording in seen:
            break
        run.append(mark)
        seen.add(wording)
    if len(run) > 1 and not run[-1].is_item:
        after = first + len(run)
        followed_by_heading = after < len(marks) and run[-1].is_right_above(marks[after])
        comes_again = any(_are_same(marks[i], run[-1]) for i in range(after, len(marks)))
        if not followed_by_heading and not comes_again:
            run.pop()
    return run


def _are_same(one: Mark, other: Mark) -> bool:
    return one.label == other.label if one.label else one.text.lower() == other.text.lower()


def _is_contents(run: Sequence[Mark]) -> bool:
    """Whether two or more headings in a row have a title, or name sections enough."""
    sections = {mark.label for mark in run} - {"", "furniture", SUBHEADING}
    return run[0].label == "furniture" or len(sections) >= FEWEST_IN_CONTENTS
