"""Look titles of instruments up in a text, backwards from their last word.

Capitals, punctuation, "and", "of", "the" and "(England)" make no difference, so that
"Housing Grants Construction & Regeneration Act 1996" is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.statutes import Instrument, Registry

NOUNS = ("Act", "Regulations", "Order", "Rules")
"""The last word of every title that is looked up; other names are abbreviations."""

_WORD = re.compile(r"[A-Za-z0-9]+(?:[-‐‑][A-Za-z0-9]+)*")
_HYPHENS = str.maketrans("", "", "-‐‑")
_SILENT = frozenset({"and", "the", "of", "etc", "england"})
# Nothing but a bracket or "etc." may stand between a title and its last word: "the Act" ends
# no title, even where the words before it are "Care and".
_SILENT_AT_THE_END = frozenset({"etc", "england"})
_WINDOWS = (30, 60, 190)
"""Characters before the last word that are looked at: enough for most titles, for all."""


@dataclass(slots=True)
class _Node:
    """A word of a title; ``before`` leads to the words that may stand before it."""

    before: dict[str, _Node] = field(default_factory=dict)
    instruments: list[Instrument] = field(default_factory=list)


@dataclass
class TitleIndex:
    """The names in a registry, ready to be looked up."""

    roots: dict[str, _Node] = field(default_factory=dict)
    """By noun; below it the titles, word by word from the last to the first."""
    abbreviations: dict[str, str] = field(default_factory=dict)
    """Alias without a noun ("MHA", "LGA 1974") -> path; empty where two share it."""
    pointers: Mapping[str, str] = field(default_factory=dict)
    """What "the 1974 Act" means where nothing of that year was named."""

    @classmethod
    def of(cls, registry: Registry) -> TitleIndex:
        """Build the index of a registry."""
        index = cls(pointers=registry.pointers)
        for instrument in registry.instruments.values():
            for name in (instrument.title, *instrument.aliases):
                index._add(name, instrument)
        return index

    def _add(self, name: str, instrument: Instrument) -> None:
        stem = re.sub(r"\s+\d{4}$", "", name)
        noun = stem.rpartition(" ")[2]
        if noun not in NOUNS:
            clash = self.abbreviations.get(name, instrument.path) != instrument.path
            self.abbreviations[name] = "" if clash else instrument.path
            return
        node = self.roots.setdefault(noun, _Node())
        for word in reversed(_words(stem[: -len(noun)])):
            node = node.before.setdefault(word, _Node())
        if instrument not in node.instruments:
            node.instruments.append(instrument)

    def title_before(self, text: str, at: int, noun: str) -> tuple[int, list[Instrument]] | None:
        """Return start and instruments of the longest title whose noun begins at ``at``."""
        if at == 0 or noun not in self.roots or not (text[at - 1].isspace() or text[at - 1] == ")"):
            return None
        for width in _WINDOWS:
            start = max(0, at - width)
            found, complete = self._walk(text, start, at, self.roots[noun])
            if complete or start == 0:
                break
        return found

    def _walk(
        self, text: str, start: int, at: int, node: _Node
    ) -> tuple[tuple[int, list[Instrument]] | None, bool]:
        """Go back while the words make a title; tell whether they ended inside the window."""
        words = _WORD.findall(text, start, at)
        best: tuple[int, list[Instrument]] | None = None
        silent = _SILENT_AT_THE_END
        while words:
            printed = words.pop()
            at = text.rfind(printed, start, at)
            word = printed.lower() if printed.isalnum() else _normal(printed)
            if (following := node.before.get(word)) is not None:
                node, silent = following, _SILENT
                if node.instruments:
                    best = (at, node.instruments)
            elif word == "wales" and len(words) <= 2:
                return best, False
            elif word == "wales" and [one.lower() for one in words[-2:]] == ["england", "and"]:
                at = text.rfind(words[-2], start, at)
                del words[-2:]
            elif word not in silent:
                # The first word of the window may be the tail of a longer one.
                return best, bool(words)
        return best, False


def _normal(word: str) -> str:
    return word.translate(_HYPHENS).lower()


def _words(title: str) -> list[str]:
    words = [_normal(word) for word in _WORD.findall(title.replace("England and Wales", "England"))]
    return [word for word in words if word not in _SILENT]
