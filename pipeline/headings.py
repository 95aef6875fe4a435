"""The rules by which a line is known for a heading. The rules themselves are `headings.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from pipeline.decision import SECTION_LABELS

RULES = Path(__file__).with_name("headings.toml")
SUBHEADING = "subheading"
LABELS = frozenset({*SECTION_LABELS, SUBHEADING})

Entry = Mapping[str, Any]
"""One table of `headings.toml`, as `tomllib` reads it."""

REQUIRED = {
    "heading": ("label", "heading", "examples", "counter_examples"),
    "keyword": ("label", "words", "examples", "counter_examples"),
    "line": ("label", "name", "pattern", "examples", "counter_examples"),
}

WORD = re.compile(r"[a-z0-9]+")
APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ′")
LIST_NUMBER = re.compile(
    r"(?:[#*_>]+[^\S\n]*)*"
    r"(?:(?:\(?\d{1,3}(?:\.\d{1,3})*[.):]*|\(?[a-z][.)]+|\(?[ivx]{1,4}[.)]+)\s+)?",
    re.IGNORECASE,
)
"""What may stand before a heading: marks of a markup language, and a list number."""
TRAILING = " \t\u00a0#*_.:-–—"
"""What may stand after a heading on its line."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that was matched: the label it stands for, and how firmly."""

    label: str
    also_subheading: bool = False
    """Whether the same words also stand as a sub-heading elsewhere."""


@dataclass(frozen=True, slots=True)
class LineRule:
    """A line known by its shape."""

    label: str
    name: str
    pattern: re.Pattern[str]
    ends_section: bool = False
    opens: str = ""
    begins_banner: bool = False
    inline: str = ""
    """The pattern for a text that lost its line breaks."""


def normalise(heading: str) -> str:
    """Return `heading` as it is compared: its words in lower case, without apostrophes."""
    return " ".join(WORD.findall(heading.lower().translate(APOSTROPHES)))


class HeadingRules:
    """The rules, compiled.

    ``entries`` are the tables of `headings.toml` by their kind (``heading``, ``keyword``,
    ``line``). Raises `ValueError` where an entry is incomplete or has an unknown label.
    """

    def __init__(self, entries: Mapping[str, Sequence[Entry]]) -> None:
        self.entries = {kind: [dict(e) for e in entries.get(kind, ())] for kind in REQUIRED}
        for kind, tables in self.entries.items():
            for entry in tables:
                _check(kind, entry)
        self._headings = {
            normalise(wording): Heading(entry["label"], entry.get("also_subheading", False))
            for entry in self.entries["heading"]
            for wording in (entry["heading"], *entry.get("variants", ()))
        }
        self._wordings = list(self._headings)
        self._beginnings = {
            " ".join(wording.split()[:count])
            for wording in self._wordings
            for count in range(1, len(wording.split()))
        }
        self._by_first_word = {wording.split()[0] for wording in self._wordings}
        self._keywords = [
            (entry["label"], re.compile(rf"\b(?:{_alternatives(entry['words'])})\b"))
            for entry in self.entries["keyword"]
        ]
        self.lines = [
            LineRule(
                entry["label"],
                entry["name"],
                re.compile(entry["pattern"], re.IGNORECASE),
                entry.get("ends_section", False),
                entry.get("opens", ""),
                entry.get("begins_banner", False),
                entry.get("inline", ""),
            )
            for entry in self.entries["line"]
        ]
        self._lines_anywhere = [
            rule for rule in self.lines if rule.label != "header" and not rule.begins_banner
        ]
        self._near: dict[str, Heading | None] = {}

    # ---- own lines ----

    def listed(self, line: str) -> Heading | None:
        """Return the heading that `line` is, spelling included, or None."""
        return self._headings.get(normalise(line))

    def nearest(self, line: str) -> Heading | None:
        """Return the heading that `line` is but for slips of the keyboard, or None.

        Optimal string alignment distance: one slip in a short heading, up to three in a long
        one. Meant for lines that look like headings, never for running text.
        """
        wording = normalise(line)
        if wording not in self._near:
            found = extractOne(
                wording, self._wordings, scorer=OSA.distance, score_cutoff=_slips(wording)
            )
            if len(self._near) > 10_000:
                self._near.clear()
            self._near[wording] = self._headings[found[0]] if found else None
        return self._near[wording]

    def begins_heading(self, line: str) -> bool:
        """Whether `line` is the first words of a heading, and not all of them."""
        return normalise(line) in self._beginnings

    def about(self, line: str) -> str:
        """Return the label that the words of an unlisted heading speak for, or ``""``."""
        wording = normalise(line)
        return next((label for label, words in self._keywords if words.search(wording)), "")

    def line(self, line: str, *, in_header: bool = False) -> LineRule | None:
        """Return the rule whose shape the whole of `line` has, or None.

        Header lines and cookie notices are known only before the first heading.
        """
        return next(
            (
                rule
                for rule in (self.lines if in_header else self._lines_anywhere)
                if rule.pattern.fullmatch(line)
            ),
            None,
        )

    # ---- headings that share their line with text ----

    def may_begin(self, line: str) -> bool:
        """Whether `line` begins with the first word of a heading (a quick test)."""
        first = WORD.search(line[:24].lower().translate(APOSTROPHES))
        return first is not None and (
            first.group() in self._by_first_word
            or any(first.group().startswith(word) for word in self._one_word)
        )

    @cached_property
    def _one_word(self) -> tuple[str, ...]:
        return tuple(wording for wording in self._wordings if " " not in wording)

    @cached_property
    def _printed(self) -> str:
        """An alternation of every wording, longest first, as it may be printed."""
        wordings = {
            wording
            for entry in self.entries["heading"]
            if entry["label"] != SUBHEADING
            for wording in (entry["heading"], *entry.get("variants", ()))
        }
        return "|".join(_as_printed(w) for w in sorted(wordings, key=len, reverse=True))

    @cached_property
    def run_in(self) -> re.Pattern[str]:
        """A heading at the beginning of a line that runs on into text.

        Groups: ``heading``; ``parted`` where more than a space, or nothing at all, stands
        between it and the text.
        """
        return re.compile(
            rf"{LIST_NUMBER.pattern}(?P<heading>(?i:{self._printed}))"
            r"(?:(?P<parted>\s*:|\s+[-–—](?=\s)|(?=[A-Z][a-z]*\b))|\s+(?=[A-Z0-9•(\"'“‘]))",
        )

    @cached_property
    def inline(self) -> re.Pattern[str]:
        """A heading (group ``heading``) or another line of the page, in the middle of a line."""
        others = "|".join(rule.inline for rule in self.lines if rule.inline)
        return re.compile(
            rf"(?P<heading>(?=[A-Z])(?i:{self._printed}))(?:\s*:(?=\s)|(?=\s*[A-Z0-9•(\"'“‘]))"
            rf"|(?i:{others})"
        )

    # ---- the rules as data ----

    @classmethod
    def from_toml(cls, text: str) -> HeadingRules:
        """Return the rules written in `text`. Raises `ValueError` where it is not right."""
        try:
            return cls(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"The heading rules are not valid TOML: {error}.") from error


def load_rules() -> HeadingRules:
    """Return the rules that come with the package."""
    return HeadingRules.from_toml(RULES.read_text(encoding="utf-8"))


def _check(kind: str, entry: Entry) -> None:
    name = entry.get("heading") or entry.get("name") or entry.get("label", "without a label")
    missing = [key for key in REQUIRED[kind] if not entry.get(key)]
    if missing:
        raise ValueError(f"The [[{kind}]] entry {name!r} lacks {', '.join(missing)}.")
    if entry["label"] not in LABELS:
        raise ValueError(
            f"The [[{kind}]] entry {name!r} has the label {entry['label']!r}; "
            f"use one of {', '.join(sorted(LABELS))}."
        )


def _slips(wording: str) -> int:
    """Return how many slips of the keyboard are forgiven in a heading of this length."""
    if len(wording) < 7:
        return 0
    return 1 if len(wording) < 14 else 2 if len(wording) < 26 else 3


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(normalise(word)) for word in words)


def _as_printed(wording: str) -> str:
    words = (re.sub("['’]", "['’‘`´]?", re.escape(word)) for word in wording.split())
    return r"\s+".join(words)
