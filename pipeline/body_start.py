"""Where the decision proper begins, below cookie banner, contents list and header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.fields import TITLE, plain, tidy
from pipeline.header_fields import INLINE_BODY, is_known, label_alone, whole_line_fields
from pipeline.reading_rules import BANNER, BODY_LINE

PROSE_WORDS: Final = 20
MAX_PROSE_ABOVE: Final = 12
"""Paragraphs that may stand above the first heading; a cookie banner has some five."""

MAX_LINES_ABOVE: Final = 300

MAX_LOOK: Final = 4_000
"""Characters of a line that are looked at; a whole page in one line has its header there."""

LIST_ITEM = re.compile(r" *(?:\d{1,3}[.)]|[-\u2022*]) +\S")
FINAL_DECISION = re.compile(r"[ *_#>]*the ombudsm[ae]n.?s.? final decision", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its place in the text, its end with the newline, its look.

    ``look`` is the line without its newline, with plain signs (`pipeline.fields.plain`), as
    far as a header can reach into it.
    """

    start: int
    end: int
    look: str


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of a text that are not blank."""
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline + 1
        look = plain(text[start : min(end, start + MAX_LOOK)]).removesuffix("\n")
        if look.strip() or end - start > MAX_LOOK + 1:
            yield Line(start, end, look)
        start = end


def head_of(text: str) -> tuple[list[Line], int]:
    """Return the first lines of a text and the index of the one where the decision begins.

    That is the first main heading or ``Summary:``. Where none comes soon, it is the first
    paragraph below the title, or the first that is not of a cookie banner. The index is
    the number of lines where nothing begins.
    """
    source = lines_of(text)
    lines: list[Line] = []
    prose: list[int] = []
    title = -1
    in_contents = False
    upcoming = next(source, None)
    while upcoming and len(prose) <= MAX_PROSE_ABOVE and len(lines) < MAX_LINES_ABOVE:
        line, upcoming = upcoming, next(source, None)
        lines.append(line)
        in_contents = _is_contents_entry(line, upcoming, text, in_contents)
        if not in_contents and _begins_body(line, upcoming):
            return lines + ([upcoming] if upcoming else []), len(lines) - 1
        if is_prose(line.look):
            prose.append(len(lines) - 1)
        elif title < 0 and TITLE.fullmatch(tidy(line.look)):
            title = len(lines) - 1
    below_title = [index for index in prose if index > title >= 0]
    outside_banner = [index for index in prose if not BANNER.search(lines[index].look)]
    candidates = below_title or outside_banner
    return lines, candidates[0] if candidates else len(lines)


def _begins_body(line: Line, following: Line | None) -> bool:
    look = line.look
    if BODY_LINE.match(look):
        return following is None or not _labels_next(look, following.look)
    return len(look.split()) >= PROSE_WORDS and INLINE_BODY.search(look) is not None


def _labels_next(look: str, following: str) -> bool:
    """Say whether ``Decision :`` is the label of the next line, not a heading."""
    name, has_colon = label_alone(look)
    value = tidy(following)
    return bool(name) and ((has_colon and len(value.split()) <= 8) or is_known(name, value))


def _is_contents_entry(line: Line, following: Line | None, text: str, in_contents: bool) -> bool:
    """Say whether a heading is an entry of a list of contents: another heading stands next
    to it, and it comes again further down."""
    if following is None or not BODY_LINE.match(line.look) or len(line.look.split()) > 10:
        return False
    if not in_contents and (
        not BODY_LINE.match(following.look) or len(following.look.split()) > 10
    ):
        return False
    heading = text[line.start : line.end].strip(" \n#.:0123456789)-\u2022")
    return text.find(heading, line.end) >= 0


def is_prose(look: str) -> bool:
    """Say whether a line is a paragraph, or an item of a list, and no field."""
    words = len(look.split())
    if words < 6 or (words < PROSE_WORDS and not LIST_ITEM.match(look)):
        return False
    return not whole_line_fields(look)
