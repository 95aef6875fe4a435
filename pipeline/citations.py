"""Find what a text cites: pinpoints ("section 9") and instruments ("the Care Act 2014").

Pure recognition. Which instrument a pinpoint belongs to is left to `pipeline.resolution`.
Plain string search finds the few places worth a look; the parsers run only there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from pipeline.pinpoints import Group, parse_group
from pipeline.statutes import Instrument, Registry

MentionKind = Literal["title", "short", "unknown", "year", "pronoun"]

# What is left of a keyword without its first letter, so that one search serves both cases.
_KEYWORD_TAILS = ("ection", "egulation", "chedule", "aragraph", "rticle", "ule ")
_KEYWORD_PLACES = ("Part ", "Parts ", "Class ", "SECTION", "SCHEDULE", "PARAGRAPH", "REGULATION")
_SHORT_PLACES = (
    "reg ",
    "reg.",
    "regs",
    "Reg ",
    "Reg.",
    "Regs",
    "Sch",
    "sch ",
    "sch.",
    "para",
    "Para",
)
_SECTION_SIGN = re.compile(r"[sS]s?\.?[^\S\n]?\d")
_LETTER = re.compile(r"[A-Za-z]")

_NOUN_PLACES = ("Act", "Regulations", "regulations", "Order", "Rules", " act 1", " act 2")
_NOUN = re.compile(r"[Aa]ct(?![a-z])|ACT\b|[Rr]egulations\b|Order\b|Rules\b")
_YEAR = re.compile(
    r"[^\S\n]*\n?[^\S\n]*,?(?:[^\S\n]of)?[^\S\n]*\n?[^\S\n]*((?:18|19|20)\d\d)(?!\d)"
)
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-‐‑][A-Za-z0-9]+)*")
_SILENT_WORDS = frozenset({"and", "the", "of", "etc", "england"})
_LONGEST_TITLE = 190

_POINTER = re.compile(
    r"(?P<word>(?:[Tt]he|[Tt]hat|[Tt]his|[Tt]hose|[Tt]hese)(?:\s{1,3}(?:same|said))?|[Ss]ame)"
    r"\s{1,3}(?:(?P<year>(?:18|19|20)\d\d)\s{1,3})?$"
)
_CAPITALISED = re.compile(
    r"(?:\(?[A-Z][\w'’-]*\)?,?\s{1,3}(?:(?:and|of|the|for|to|in|from|&)\s{1,3}){0,3}){1,14}$"
)
_OPENING_WORDS = frozenset(
    "a an the this that these those under by in from see and or of section sections since when"
    " while as if for with both where although after before at on to it its but so because per".split()
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


@dataclass
class TitleIndex:
    """Titles of the registry, word by word from the last to the first.

    Capitals, punctuation, "and", "of", "the" and "(England)" make no difference.
    """

    nouns: dict[str, dict[str, object]] = field(default_factory=dict)
    abbreviations: dict[str, str] = field(default_factory=dict)
    """Alias without a noun ("MHA", "LGA 1974") -> path; empty where two share it."""

    @classmethod
    def of(cls, registry: Registry) -> TitleIndex:
        """Build the index of a registry."""
        index = cls()
        for instrument in registry.instruments.values():
            for name in (instrument.title, *instrument.aliases):
                index._add(name, instrument)
        return index

    def _add(self, name: str, instrument: Instrument) -> None:
        stem = re.sub(r"\s+\d{4}$", "", name)
        noun = stem.rpartition(" ")[2]
        if noun not in {"Act", "Regulations", "Order", "Rules"}:
            clash = self.abbreviations.get(name, instrument.path) != instrument.path
            self.abbreviations[name] = "" if clash else instrument.path
            return
        node = self.nouns.setdefault(noun, {})
        for word in reversed(_words(stem[: -len(noun)])):
            node = node.setdefault(word, {})  # type: ignore[assignment]
        found = node.setdefault("", [])
        assert isinstance(found, list)
        if instrument not in found:
            found.append(instrument)

    def title_before(self, text: str, at: int, noun: str) -> tuple[int, list[Instrument]] | None:
        """Return start and instruments of the longest title that ends before ``at``."""
        root = self.nouns.get(noun, {})
        window_start = max(0, at - _LONGEST_TITLE)
        window = text[window_start:at]
        if not window[-1:].isspace() and window[-1:] != ")":
            return None
        words = list(_WORD.finditer(window))
        node: dict[str, object] = root
        best: tuple[int, list[Instrument]] | None = None
        for position in range(len(words) - 1, -1, -1):
            word = _normal(words[position].group())
            following = node.get(word)
            if following is None:
                if word in _SILENT_WORDS or _is_england_and_wales(words, position):
                    continue
                break
            assert isinstance(following, dict)
            node = following
            found = node.get("")
            if isinstance(found, list):
                best = (window_start + words[position].start(), found)
        return best


def _is_england_and_wales(words: list[re.Match[str]], position: int) -> bool:
    return [word.group().lower() for word in words[max(0, position - 2) : position + 1]] == [
        "england",
        "and",
        "wales",
    ]


def _normal(word: str) -> str:
    return re.sub(r"[-‐‑]", "", word).lower() if not word.isalnum() else word.lower()


def _words(title: str) -> list[str]:
    words = [_normal(word) for word in _WORD.findall(title.replace("England and Wales", "England"))]
    return [word for word in words if word not in _SILENT_WORDS]


def find(text: str, index: TitleIndex) -> Citations:
    """Find the pinpoints and the instruments that a text names."""
    return Citations(find_groups(text), find_mentions(text, index))


def find_groups(text: str) -> list[Group]:
    """Return the pinpoints of a text, grouped by keyword, in order and without overlap."""
    groups: list[Group] = []
    end = 0
    for at in sorted(set(_keyword_places(text))):
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


def _keyword_places(text: str) -> Iterator[int]:
    """Yield where a keyword may begin: at the start of a word that is no possessive s."""
    for at in _places(text, _KEYWORD_TAILS):
        if at > 0 and _starts_word(text, at - 1):
            yield at - 1
    for at in _places(text, _KEYWORD_PLACES + _SHORT_PLACES):
        if _starts_word(text, at):
            yield at
    for match in _SECTION_SIGN.finditer(text):
        if _starts_word(text, match.start()):
            yield match.start()


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
