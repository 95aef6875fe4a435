"""The rules by which a line is known for a heading. The rules themselves are `headings.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from pipeline.decision import SECTION_LABELS
from pipeline.remembered import Remembered

RULES = Path(__file__).with_name("headings.toml")
SUBHEADING = "subheading"
LABELS = (*SECTION_LABELS, SUBHEADING)

Entry = Mapping[str, Any]
"""One table of `headings.toml`, as `tomllib` reads it."""
REQUIRED = {
    "heading": ("label", "heading", "examples", "counter_examples"),
    "keyword": ("label", "words", "examples", "counter_examples"),
    "line": ("label", "name", "pattern", "examples", "counter_examples"),
}

LONGEST_HEADING = 90
"""Characters; a longer line is a paragraph."""
LONGEST_MISSPELT = 60
MOST_WORDS = 11

WORD = re.compile(r"[a-z0-9]+")
APOSTROPHES = "'’‘`´ʼ′"
QUOTATION_MARKS = "“\"‘'"
BULLET = re.compile(r"[-–—•·▪●◦]|[*o]\s")
LIST_NUMBER = re.compile(
    r"(?:[#*_>][#*_>\s]*+)?+"
    r"(?P<number>(?:\(?\d{1,3}(?:\.\d{1,3})*+[.):]*+|\(?[a-z][.)]++|\(?[ivx]{1,4}[.)]++)\s++)?+",
    re.IGNORECASE,
)
"""What may stand before a heading: marks of a markup language, and a list number.

Possessive, as no heading begins with these: where none follows, no shorter number is tried."""
TRAILING = " \t\u00a0#*_.:-–—"
"""What may stand after a heading on its line."""
PARTED = (
    r"\s*:|\s+[-–—](?=\s)|(?=[A-Z][a-z]*\b)"
    r"|\s*(?=\d{1,3}[.)]\s)|\s+(?=(?:The|This|These|We|It|He|She|They|In|On|At|My|Our)\s)"
)
"""What stands between a heading and the text on its line: a colon, a dash, nothing, a list
number, or a space before a word that has a capital only as the first of a sentence."""
ALSO_TAKEN_FOR = {"s": "ſ", "k": "\u212a", "i": "İı"}
"""What ``(?i)`` takes for a letter besides its capital: long s, kelvin sign, Turkish i."""
PAGE_NUMBER = re.compile(r"[\s.…·]{2,}\d{0,3}$|\s\d{1,3}$")
HEADING_SHAPE = re.compile(
    # begins with a capital, or is a day ("14 October", "8 and 9 October") or a year
    r"(?:[A-Z]|\d{1,2}\s(?:[a-z]+\s\d{1,2}\s)?[A-Z][a-z]|(?:19|20)\d\d\b)"
    # and does not end as a sentence or a list item does
    r"[^\n]*(?<![.;:,!\s])"
)
RUNNING_TEXT = re.compile(
    r"[.!;]\s+[A-Z(]|@|https?:|\bAct\s\d{4},"
    r"|\b(?:sections?|paragraphs?|schedules?|regulations?)\s\d"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A listed heading."""

    label: str
    also_subheading: bool = False
    """Whether the same words also stand as a sub-heading elsewhere."""


@dataclass(frozen=True, slots=True)
class LineRule:
    """A kind of line that is known by its shape."""

    label: str
    name: str
    pattern: re.Pattern[str]
    ends_section: bool = False
    opens: str = ""
    begins_banner: bool = False
    inline: str = ""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What can be said of a short line by itself."""

    indent: int
    """Length of the list number before the wording."""
    wording: str
    heading: Heading | None = None
    is_misspelt: bool = False
    """Whether `heading` is meant but for slips of the keyboard."""
    rule: LineRule | None = None
    is_item: bool = False
    """Whether a bullet or page number shows that it can only be in a list of contents."""
    begins_heading: bool = False
    """Whether these are the first words of a heading."""
    looks_like_heading: bool = False
    """Whether an unlisted line has the shape of a heading, but for number and colon."""
    has_number: bool = False
    has_colon: bool = False


class HeadingRules:
    """The rules, compiled.

    ``entries`` are the tables of `headings.toml` by kind: ``heading``, ``keyword``, ``line``.
    Raises `ValueError` where an entry is incomplete or has an unknown label.
    """

    def __init__(self, entries: Mapping[str, Sequence[Entry]]) -> None:
        self.entries = {kind: [dict(entry) for entry in entries.get(kind, ())] for kind in REQUIRED}
        for kind, tables in self.entries.items():
            for entry in tables:
                _check(kind, entry)
        self._headings: dict[str, Heading] = {}
        for entry in self.entries["heading"]:
            heading = Heading(entry["label"], entry.get("also_subheading", False))
            for wording in _wordings(entry):
                if self._headings.setdefault(normalise(wording), heading) is not heading:
                    raise ValueError(
                        f"The heading {wording!r} stands in two entries; take it out of one."
                    )
        self._beginnings = {
            " ".join(words[:count])
            for words in map(str.split, self._headings)
            for count in range(1, len(words))
        }
        self._of_length: dict[int, list[str]] = {}
        for wording in self._headings:
            self._of_length.setdefault(len(wording), []).append(wording)
        self._keywords = re.compile(
            "|".join(rf"\b({_alternatives(entry['words'])})\b" for entry in self.entries["keyword"])
            or "(?!)"
        )
        self._line_rules = [_line_rule(entry) for entry in self.entries["line"]]
        self._in_header = _with_alternation(self._line_rules)
        self._anywhere = _with_alternation(
            [rule for rule in self._line_rules if rule.label != "header" and not rule.begins_banner]
        )
        self._read_lines = Remembered(self._read)
        self._header_lines = Remembered(self._header_line)
        self._subjects = Remembered(self._about)

    @classmethod
    def from_toml(cls, text: str) -> HeadingRules:
        """Return the rules written in `text`. Raises `ValueError` where it is not right."""
        try:
            return cls(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"The heading rules are not valid TOML: {error}.") from error

    # ---- a line by itself ----

    def read(self, line: str) -> KnownLine | None:
        """Return what `line` may be, or None where it can be no heading and no furniture.

        What it is may depend on the lines around it; those are not looked at here.
        """
        return self._read_lines[line]

    def _read(self, line: str) -> KnownLine | None:
        if line[-1] in ",;":
            return None
        if BULLET.match(line):
            return None if line[-1] in ".:" else self._item(line[1:])
        indent, has_number = _prefix(line)
        printed = line[indent:].rstrip(TRAILING)
        if not printed or printed[0] in QUOTATION_MARKS:
            return None
        wording = normalise(printed)
        heading = self._headings.get(wording)
        rule = None if heading else self.line(line)
        misspelt = looks = False
        if not heading and not rule:
            if printed[0].islower():
                return None
            if printed[-1].isdigit() and self._item(line):
                return self._item(line)
            heading = self._nearest(wording)
            misspelt = heading is not None
            looks = looks_like_heading(line[indent:].rstrip(" \u00a0#*_:"))
        begins = wording in self._beginnings
        if not (heading or rule or begins or looks):
            return None
        return KnownLine(
            indent,
            printed,
            heading,
            misspelt,
            rule,
            begins_heading=begins,
            looks_like_heading=looks,
            has_number=has_number,
            has_colon=line.rstrip(" \u00a0*_").endswith(":"),
        )

    def _item(self, line: str) -> KnownLine | None:
        heading = self.listed(PAGE_NUMBER.sub("", line[_prefix(line)[0] :]))
        return KnownLine(0, line, heading, is_item=True) if heading else None

    def listed(self, line: str) -> Heading | None:
        """Return the heading that `line` is, spelling included, or None."""
        return self._headings.get(normalise(line))

    def _nearest(self, wording: str) -> Heading | None:
        """Return the heading that `wording` is but for slips of the keyboard, or None.

        Optimal string alignment distance: one slip in a short heading, three in a long one.
        """
        if len(wording) > LONGEST_MISSPELT:
            return None
        slips = _slips(wording)
        lengths = range(len(wording) - slips, len(wording) + slips + 1) if slips else ()
        choices = [choice for length in lengths for choice in self._of_length.get(length, ())]
        found = extractOne(wording, choices, scorer=OSA.distance, score_cutoff=slips)
        return self._headings[found[0]] if found else None

    def about(self, line: str) -> str:
        """Return the label that the first telling word of an unlisted heading speaks for, or ""."""
        return self._subjects[line]

    def _about(self, line: str) -> str:
        found = self._keywords.search(normalise(line))
        if found is None or found.lastindex is None:
            return ""
        label: str = self.entries["keyword"][found.lastindex - 1]["label"]
        return label

    def line(self, line: str, *, in_header: bool = False) -> LineRule | None:
        """Return the rule whose shape the whole of `line` has, or None.

        Header lines and cookie notices are known only before the first heading.
        """
        if in_header and len(line) <= LONGEST_HEADING:
            return self._header_lines[line]
        return self._header_line(line) if in_header else _rule_of(line, *self._anywhere)

    def _header_line(self, line: str) -> LineRule | None:
        return _rule_of(line, *self._in_header)

    # ---- headings that share their line with text ----

    @cached_property
    def run_in(self) -> re.Pattern[str]:
        """A heading at the beginning of a line that runs on into text.

        Groups: ``heading``; ``parted`` where it cannot be the first words of a sentence, as
        `PARTED` follows ("The complaintMr X says"); else it may be ("The complaint Mr X made").
        """
        return re.compile(
            rf"{LIST_NUMBER.pattern}(?P<heading>{self._printed})"
            rf"(?:(?P<parted>{PARTED})|\s+(?=[A-Z0-9•(\"'“‘]))"
        )

    @cached_property
    def inline(self) -> re.Pattern[str]:
        """A heading (group ``heading``) or another line of the page, in the middle of a line."""
        others = "|".join(rule.inline for rule in self._line_rules if rule.inline)
        return re.compile(
            rf"{others or '(?!)'}|(?P<heading>(?=[A-Z])(?:{self._printed}))"
            r"(?:\s*:(?=\s|\Z)|(?=\s*(?:[A-Z0-9•(\"'“‘]|\Z)))"
        )

    @cached_property
    def _printed(self) -> str:
        """An alternation of every wording as it may be printed, by first letter and first word.

        The first letter stands before ``(?i:)`` as a set: `re` passes over a set that the next
        character is not in, and goes into every ``(?i:)``.
        """
        words: dict[str, dict[str, set[str]]] = {}
        for entry in self.entries["heading"]:
            barred = "".join(rf"(?!\s+{re.escape(word)}\b)" for word in entry.get("not_before", ()))
            for wording in _wordings(entry) if entry["label"] != SUBHEADING else ():
                first, *others = wording.lower().split()
                letter = first[0] if first[0] in ascii_lowercase else ""
                rest = "".join(rf"\s+{_as_printed(word)}" for word in others)
                rests = words.setdefault(letter, {}).setdefault(first.removeprefix(letter), set())
                rests.add(rest + barred)
        return "|".join(
            f"{_either_case(letter)}(?i:{'|'.join(starmap(_first_word, firsts.items()))})"
            for letter, firsts in words.items()
        )


def load_rules() -> HeadingRules:
    """Return the rules that come with the package."""
    return HeadingRules.from_toml(RULES.read_text(encoding="utf-8"))


def normalise(heading: str) -> str:
    """Return `heading` as it is compared: its words in lower case, without apostrophes."""
    heading = heading.lower()
    for apostrophe in APOSTROPHES:
        heading = heading.replace(apostrophe, "")
    return " ".join(WORD.findall(heading))


def looks_like_heading(line: str) -> bool:
    """Whether a line that is not listed has the shape of a heading."""
    return (
        HEADING_SHAPE.fullmatch(line) is not None
        and len(line.split()) <= MOST_WORDS
        and RUNNING_TEXT.search(line) is None
    )


def _check(kind: str, entry: Entry) -> None:
    name = entry.get("heading") or entry.get("name") or entry.get("label", "without a label")
    missing = [key for key in REQUIRED[kind] if not entry.get(key)]
    if missing:
        raise ValueError(f"The [[{kind}]] entry {name!r} lacks {', '.join(missing)}.")
    if kind == "heading" and not all(map(normalise, _wordings(entry))):
        raise ValueError(f"The [[heading]] entry {name!r} has a variant without letters.")
    if entry["label"] not in LABELS:
        raise ValueError(
            f"The [[{kind}]] entry {name!r} has the label {entry['label']!r}; "
            f"use one of {', '.join(LABELS)}."
        )


def _wordings(entry: Entry) -> tuple[str, ...]:
    return (entry["heading"], *entry.get("variants", ()))


def _line_rule(entry: Entry) -> LineRule:
    try:
        pattern = re.compile(entry["pattern"], re.IGNORECASE)
        re.compile(entry.get("inline", ""))
    except re.error as error:
        raise ValueError(
            f"The pattern of [[line]] {entry['name']!r} is not right: {error}."
        ) from error
    return LineRule(
        entry["label"],
        entry["name"],
        pattern,
        entry.get("ends_section", False),
        entry.get("opens", ""),
        entry.get("begins_banner", False),
        entry.get("inline", ""),
    )


def _with_alternation(rules: list[LineRule]) -> tuple[list[LineRule], re.Pattern[str]]:
    """Return `rules` with one pattern that tells quickly whether any of them matches."""
    patterns = "|".join(f"(?:{rule.pattern.pattern})" for rule in rules)
    return rules, re.compile(patterns or "(?!)", re.IGNORECASE)


def _rule_of(line: str, rules: Sequence[LineRule], any_of_them: re.Pattern[str]) -> LineRule | None:
    line = " ".join(line.split())
    if not any_of_them.fullmatch(line):
        return None
    return next(rule for rule in rules if rule.pattern.fullmatch(line))


def _prefix(line: str) -> tuple[int, bool]:
    """Return the length of what stands before a heading, and whether that is a list number."""
    found = LIST_NUMBER.match(line)
    assert found is not None, "the pattern matches the beginning of any line"
    return found.end(), bool(found["number"])


def _slips(wording: str) -> int:
    """Return how many slips of the keyboard are forgiven in a heading of this length."""
    if len(wording) < 6:
        return 0
    return 1 if len(wording) < 14 else 2 if len(wording) < 26 else 3


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(normalise(word)) for word in words)


def _as_printed(word: str) -> str:
    return re.sub("['’]", "['’‘`´]?", re.escape(word))


def _first_word(word: str, rests: set[str]) -> str:
    return f"{_as_printed(word)}(?:{'|'.join(sorted(rests, key=len, reverse=True))})"


def _either_case(letter: str) -> str:
    return f"[{letter}{letter.upper()}{ALSO_TAKEN_FOR.get(letter, '')}]" if letter else ""
