"""Find what a text cites: pinpoints ("section 9") and instruments ("the Care Act 2014").

Pure recognition. Which instrument a pinpoint belongs to is left to `pipeline.resolution`.
Plain string search finds the few places worth a look; the parsers run only there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.pinpoints import Group, parse_group
from pipeline.statutes import Instrument
from pipeline.titles import TitleIndex

MentionKind = Literal["title", "short", "unknown", "year", "pronoun"]

# The first letters of every keyword. One pass of this cheap pattern over the text finds the
# few places where the parser is worth a call; the parser then reads the keyword properly.
_KEYWORD_START = re.compile(
    r"[sSrRpPAC](?:ect|ecs?[. ]|EC|s?\.?\s?\d"  # section, sec., s 9, ss. 9
    r"|egu|egs?[. ]|EG|ule"  # regulation, reg., rule
    r"|ched|chs?[. ]|CH"  # schedule, sch.
    r"|ara|arts? |AR[AT]|rt|lass )"  # paragraph, para., Part, Art., Article, Class
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d{1,2}[A-Z]?\s{1,2}\d[A-Z]{2}\b|S\d{1,3}[A-Z]\d")
_ARTICLE_START = (
    " art",
    "(art",
    "\nart",
    "\xa0art",
)  # kept out of the pattern: a small "a" would slow it by half

_NOUN_PLACES = ("Act", "ACT", "Regulations", "regulations", "Order", "Rules", " act 1", " act 2")
_NOUN = re.compile(r"[Aa]ct(?![a-z])|ACT\b|[Rr]egulations\b|Order\b|Rules\b")
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
_DEFINITION = re.compile(
    r"\s{0,3}\((?:hereafter|hereinafter|referred to as|known as|called)?[^\S\n]*"
    r"(?:the[^\S\n])?[\"'‘“]?(?:the[^\S\n])?(?P<name>[A-Z0-9][A-Za-z0-9&.-]*(?:[^\S\n][A-Z][\w&]*){0,5})"
    r"[\"'’”]?\)"
)


@dataclass(frozen=True, slots=True)
class Mention:
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
    return Citations(find_groups(text), find_mentions(text, index))


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


def _places(text: str, needles: Iterable[str]) -> Iterator[int]:
    for needle in needles:
        at = text.find(needle)
        while at >= 0:
            yield at
            at = text.find(needle, at + 1)


def _keyword_places(text: str) -> list[int]:
    """Return where a keyword may begin: at the start of a word that is no possessive s."""
    places = [match.start() for match in _KEYWORD_START.finditer(text)]
    articles = [at + 1 for at in _places(text, _ARTICLE_START)]
    if text.startswith("art"):
        articles.append(0)
    if articles:
        places = sorted(places + articles)
    return [at for at in places if _starts_word(text, at) and not _POSTCODE.match(text, at)]


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
    places = sorted({at + 1 if text[at] == " " else at for at in _places(text, _NOUN_PLACES)})
    for at in places:
        match = _NOUN.match(text, at)
        if match is None or not _starts_word(text, at):
            continue
        mention = _mention(text, match, index)
        if mention is None:
            continue
        while mentions and mentions[-1].start >= mention.start:
            mentions.pop()
        if mentions and mentions[-1].end > mention.start:
            mentions.pop()
        mentions.append(mention)
    return mentions


def _mention(text: str, noun_match: re.Match[str], index: TitleIndex) -> Mention | None:
    at, end = noun_match.span()
    noun = noun_match.group().capitalize()
    year_match = _YEAR.match(text, end)
    year = int(year_match[1]) if year_match else 0
    title = index.title_before(text, at, noun)
    if title is not None:
        return _titled(text, title, (at, end), noun, year_match)
    if year_match:
        end = year_match.end()
    elif pointer := _POINTER.search(text, max(0, at - 24), at):
        nearest = pointer["word"].lower() != "the"
        return Mention(
            pointer.start(), end, "year" if pointer["year"] else "pronoun", noun,
            year=int(pointer["year"] or 0), nearest=nearest,
        )  # fmt: skip
    if noun_match.group()[0].islower():
        return None
    before = _CAPITALISED.search(text, max(0, at - 120), at)
    if before is None or (not year and before.group().split()[0].lower() in _OPENING_WORDS):
        return None
    return Mention(before.start(), end, "unknown", noun, year=year)


def _titled(
    text: str,
    title: tuple[int, list[Instrument]],
    noun_span: tuple[int, int],
    noun: str,
    year_match: re.Match[str] | None,
) -> Mention | None:
    start, instruments = title
    end = noun_span[1]
    if year_match:
        end = year_match.end()
        year = int(year_match[1])
        paths = tuple(one.path for one in instruments if one.year == year)
        if not paths:
            return Mention(start, end, "unknown", noun, year=year)
        definition = _DEFINITION.match(text, end)
        return Mention(
            start, end, "title", noun, paths, year, definition["name"] if definition else ""
        )
    if text[noun_span[0]].islower() or _goes_on_before(text, start):
        return None if text[noun_span[0]].islower() else Mention(start, end, "unknown", noun)
    definition = _DEFINITION.match(text, end)
    paths = tuple(one.path for one in instruments)
    return Mention(
        start, end, "short", noun, paths, defines=definition["name"] if definition else ""
    )


def _goes_on_before(text: str, start: int) -> bool:
    """Tell whether a title without year is the tail of a longer one that is not known."""
    before = re.search(r"([A-Z][\w'’-]*) (?:(?:and|of) )?$", text[max(0, start - 30) : start])
    return before is not None and before[1].lower() not in _OPENING_WORDS
