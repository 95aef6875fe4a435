"""Find what a text cites: pinpoints ("section 9") and instruments ("the Care Act 2014").

Pure recognition. Which instrument a pinpoint belongs to is left to `pipeline.resolution`.
Plain string search finds the few places worth a look; the parsers run only there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.pinpoints import Group, Pinpoint, parse_group
from pipeline.statutes import Instrument
from pipeline.titles import TitleIndex

MentionKind = Literal["title", "short", "unknown", "year", "pronoun"]

# The first letters of every keyword.
_KEYWORD_START = re.compile(
    r"[sSrRpPAC](?:ect|ecs?[.\s]|EC|s?\.?\s?\d"  # section, sec., s 9, ss. 9
    r"|egu|egs?[.\s]|EG|ule"  # regulation, reg., rule
    r"|ched|chs?[.\s]|CH"  # schedule, sch.
    r"|ara|arts?\s|AR[AT]|rt|lass\s)"  # paragraph, para., Part, Art., Article, Class
    r"|(?<![^ (\n\xa0])art"  # article, art.
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d{1,2}[A-Z]?\s{1,2}\d[A-Z]{2}\b|S\d{1,3}[A-Z]\d")
# A number follows every keyword, and digits are rare where s, r and p are everywhere: so the
# text is read backwards, from a number to the word before it. For the search to have a single
# character to look for, all digits are made 0. What is not ASCII is read as ?, and may be a
# digit or a space. Between the two stands what `pipeline.spaced.SPACE` allows: up to seven
# characters; and the longest keyword has eleven letters.
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_SPACES = rb"[\s?\x1c-\x1f]{0,7}"
_WORD_BACKWARDS = (
    rb"([A-Z]{0,2})" + _SPACES + rb"\.?"
    rb"[A-Za-z]{0,10}(?:[sSrRpP]|[rR]A|ra)(?![A-Za-z])"
)
_NUMBERED_WORD_BACKWARDS = (
    re.compile(rb"0" + _WORD_BACKWARDS),
    re.compile(rb"\?" + _WORD_BACKWARDS),
)
# The only keywords that may stand before letters.
_LETTERED = (
    re.compile(rb"P(?:arts?|ARTS?)" + _SPACES + rb"[IVX]"),
    re.compile(rb"Class" + _SPACES + rb"[A-Z]"),
)

# One pattern for each first letter: that is looked for far faster than one of several letters.
_NOUNS = (
    re.compile(r"A(?:ct(?![a-z])|CT\b)"),
    re.compile(r"R(?:egulations|ules)\b"),
    re.compile(r"Order\b"),
)
_SMALL_NOUNS = (
    (" act 1", re.compile(r"(?<= )act(?= 1)")),
    (" act 2", re.compile(r"(?<= )act(?= 2)")),
    ("regulations", re.compile(r"regulations\b")),
)
"""Words in small letters, which are common: their patterns, and what to look for before."""
_YEAR = re.compile(
    r"[^\S\n]*\n?[^\S\n]*,?(?:[^\S\n]of)?[^\S\n]*\n?[^\S\n]*((?:18|19|20)\d\d)(?!\d)"
)

_POINTER = re.compile(
    r"(?P<word>(?:[Tt]he|[Tt]hat|[Tt]his|[Tt]hose|[Tt]hese)(?:\s{1,3}(?:same|said))?|[Ss]ame)"
    r"\s{1,3}(?:(?P<year>(?:18|19|20)\d\d)\s{1,3})?$"
)
_CAPITALISED = re.compile(
    r"(?:\(?[A-Z][\w'’-]*\)?,?\s{1,3}(?:(?:and|of|the|for|to|in|from|&)\s{1,3}){0,3}){1,14}$"
)
_OPENING_WORDS = frozenset(
    {"a", "an", "the", "this", "that", "these", "those", "it", "its", "under", "by", "in", "from"}
    | {"see", "and", "or", "of", "section", "sections", "since", "when", "while", "as", "if"}
    | {"for", "with", "both", "where", "although", "after", "before", "at", "on", "to", "but"}
    | {"so", "because", "per", "our", "their", "how", "what", "which", "does", "is", "was"}
)
_CAPITAL_BEFORE = re.compile(r"([A-Z][\w'’-]*) (?:(?:and|of) )?$")
_CAPITAL_WORD = re.compile(r"\(?[A-Z][\w'’-]*")
_TO_THE = re.compile(r"\s{1,3}(?:to|of|in)\s{1,3}(?:the\s{1,3})?")
_NEXT_PARAGRAPH = re.compile(r"(?:,?\s{1,3}\(?as\s{1,3}amended\)?)?,\s{1,3}")
_DEFINITION = re.compile(
    r"\s{0,3}\((?:hereafter|hereinafter|referred to as|known as|called)?[^\S\n]*"
    r"(?:the[^\S\n])?[\"'‘“]?(?:the[^\S\n])?(?P<name>[A-Z0-9][A-Za-z0-9&.-]*(?:[^\S\n][A-Z][\w&]*){0,5})"
    r"[\"'’”]?\)"
)


class Mention(NamedTuple):
    """An instrument as it is named in the text. Offsets are characters, end exclusive."""

    start: int
    end: int
    kind: MentionKind
    noun: str
    """``Act``, ``Regulations``, ``Order`` or ``Rules``."""
    paths: tuple[str, ...] = ()
    """Candidates, as paths of instruments; none for pointers and for unknown titles."""
    year: int = 0
    """Of "the 2014 Act" and of an unknown title; 0 where no year is printed."""
    defines: str = ""
    """The name that a bracket after it gives it: ``MHA``, ``Act``, ``2014 Act``."""
    nearest: bool = False
    """Whether a pointer says "that Act" or "the same Act", not just "the Act"."""


@dataclass(frozen=True, slots=True)
class Citations:
    """What `find` saw, each list in order of print."""

    groups: list[Group]
    mentions: list[Mention]


def find(text: str, index: TitleIndex) -> Citations:
    """Find the pinpoints and the instruments that a text names."""
    groups, mentions = find_groups(text), find_mentions(text, index)
    if any(group.kind == "paragraph" for group in groups):
        groups = list(_join_split_schedules(text, groups, mentions))
    return Citations(groups, mentions)


def find_groups(text: str) -> list[Group]:
    """Return the pinpoints of a text, grouped by keyword, in order and without overlap."""
    groups: list[Group] = []
    end = 0
    for at in _keyword_places(text):
        if at < end:
            continue
        group = parse_group(text, at)
        if group is not None:
            groups.append(group)
            end = group.end
    return groups


def _keyword_places(text: str) -> list[int]:
    """Return where a keyword may begin: at the start of a word that is no possessive s."""
    return [
        at
        for at in _numbered_words(text)
        if _KEYWORD_START.match(text, at)
        and _starts_word(text, at)
        and not _POSTCODE.match(text, at)
    ]


def _numbered_words(text: str) -> list[int]:
    """Return where words begin that a number follows, as far as they may be keywords."""
    zeros = text.encode("ascii", "replace").translate(_DIGITS_AS_ZERO)
    backwards = zeros[::-1]
    places = []
    for pattern in _NUMBERED_WORD_BACKWARDS:
        for match in pattern.finditer(backwards):
            places.append(len(text) - match.end())
            if match[1]:  # "Schedule A1", or "S9"
                places.append(len(text) - match.end(1))
    for pattern in _LETTERED:
        places += [match.start() for match in pattern.finditer(zeros)]
    return sorted(set(places))


def _starts_word(text: str, at: int) -> bool:
    if at == 0:
        return True
    before = text[at - 1]
    if before in "'’":
        return at < 2 or not text[at - 2].isalnum()
    return not before.isalnum()


def find_mentions(text: str, index: TitleIndex) -> list[Mention]:
    """Return the instruments that a text names or points to; the longest title wins."""
    mentions: list[Mention] = []
    for match in _nouns(text):
        mention = _mention(text, match, index)
        if mention is None:
            continue
        while mentions and mentions[-1].start >= mention.start:
            mentions.pop()
        if mentions and mentions[-1].end > mention.start:
            mentions.pop()
        mentions.append(mention)
    return mentions


def _nouns(text: str) -> list[re.Match[str]]:
    """Return the words that may end the name of an instrument, in order of print."""
    patterns = [*_NOUNS, *(pattern for needle, pattern in _SMALL_NOUNS if needle in text)]
    found = [
        match
        for pattern in patterns
        for match in pattern.finditer(text)
        if _starts_word(text, match.start())
    ]
    return sorted(found, key=re.Match.start)


def _mention(text: str, noun_match: re.Match[str], index: TitleIndex) -> Mention | None:
    """Read the instrument whose noun was found: a known title, a pointer, an unknown title."""
    at, end = noun_match.span()
    noun = noun_match.group().capitalize()
    year_match = _YEAR.match(text, end)
    year = int(year_match[1]) if year_match else 0
    end = year_match.end() if year_match else end
    typed_small = text[at].islower()
    title = index.title_before(text, at, noun)
    if title is not None and (year or not typed_small):
        return _titled(text, title, at, end, noun, year)
    pointer = None if year else _POINTER.search(text, max(0, at - 24), at)
    if pointer:
        kind: MentionKind = "year" if pointer["year"] else "pronoun"
        year = int(pointer["year"] or 0)
        nearest = pointer["word"].lower() != "the"
        return Mention(pointer.start(), end, kind, noun, year=year, nearest=nearest)
    start = None if typed_small else _start_of_capitals(text, at)
    return None if start is None else Mention(start, end, "unknown", noun, year=year)


def _titled(
    text: str, title: tuple[int, list[Instrument]], at: int, end: int, noun: str, year: int
) -> Mention:
    start, instruments = title
    kind: MentionKind = "title" if year else "short"
    if year:
        instruments = [one for one in instruments if one.year == year]
    elif _goes_on_before(text, start):
        start, instruments = _start_of_capitals(text, at) or start, []
    if not instruments:
        return Mention(start, end, "unknown", noun, year=year)
    definition = _DEFINITION.match(text, end) if "(" in text[end : end + 4] else None
    paths = tuple([one.path for one in instruments])
    return Mention(start, end, kind, noun, paths, year, definition["name"] if definition else "")


def _goes_on_before(text: str, start: int) -> bool:
    """Tell whether a title without year is the tail of a longer one that is not known."""
    before = _CAPITAL_BEFORE.search(text, max(0, start - 30), start)
    return before is not None and before[1].lower() not in _OPENING_WORDS


def _start_of_capitals(text: str, at: int) -> int | None:
    """Return where the capitalised words before an offset begin, "The", "Under", ... left out."""
    run = _CAPITALISED.search(text, max(0, at - 120), at)
    if run is None:
        return None
    start = run.start()
    for word in _CAPITAL_WORD.finditer(text, start, at):
        if word.group().lower() not in _OPENING_WORDS:
            return word.start()
    return None


def _join_split_schedules(
    text: str, found: list[Group], mentions: list[Mention]
) -> Iterator[Group]:
    """Join "Schedule 5 to the Act" and ", paragraph 5A" where only the Act stands between."""
    ends = {mention.start: mention.end for mention in mentions}
    groups = iter(found)
    group = next(groups, None)
    for following in groups:
        assert group is not None
        if group.kind == "schedule" and following.kind == "paragraph":
            joined = _joined(text, group, following, ends)
            if joined is not None:
                group = joined
                continue
        yield group
        group = following
    if group is not None:
        yield group


def _joined(text: str, schedule: Group, paragraph: Group, ends: dict[int, int]) -> Group | None:
    of = _TO_THE.match(text, schedule.end)
    end = ends.get(of.end()) if of else None
    outer = schedule.pinpoints[0].path
    if end is None or len(schedule.pinpoints) != 1 or outer.count("/") != 1:
        return None
    if not _NEXT_PARAGRAPH.fullmatch(text, end, paragraph.start):
        return None
    first = paragraph.pinpoints[0].start
    pinpoints = tuple(
        Pinpoint(
            schedule.start if one.start == first else one.start, one.end, f"{outer}/{one.path}"
        )
        for one in paragraph.pinpoints
    )
    return Group("schedule", schedule.start, paragraph.end, pinpoints)
