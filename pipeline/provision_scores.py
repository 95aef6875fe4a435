"""How well provisions are found: against hand-labelled sentences and against the corpus."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.decision import Resolution
from pipeline.resolution import Resolved
from pipeline.statutes import load_registry

GOLD_FILE = Path(__file__).resolve().parent.parent / "corpus" / "gold" / "provisions.jsonl"
"""Sentences whose provisions a reader labelled by hand."""

Finder = Callable[[str], list[Resolved]]
"""From a text to its provisions: `pipeline.provisions.StatuteProvisions.find`."""


@dataclass
class Score:
    """Right, false and missed answers, counted."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the answers that are right; 1 where there is none."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 where nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = 2 * self.right + self.false + self.missed
        return 2 * self.right / both if both else 1.0

    def count(self, expected: Counter[Any], got: Counter[Any]) -> None:
        """Add one text's answers."""
        self.right += (expected & got).total()
        self.false += (got - expected).total()
        self.missed += (expected - got).total()


@dataclass(frozen=True, slots=True)
class GoldProvision:
    """A provision as a reader labelled it."""

    id: str
    text: str
    how: Resolution


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A hand-labelled sentence; ``form`` names what is hard about it."""

    text: str
    form: str
    provisions: tuple[GoldProvision, ...]


def load_gold(path: Path) -> list[GoldSentence]:
    """Read hand-labelled sentences from JSON lines."""
    sentences = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        provisions = tuple(GoldProvision(**provision) for provision in row["provisions"])
        sentences.append(GoldSentence(row["text"], row["form"], provisions))
    return sentences


def as_gold(text: str, found: Iterable[Resolved]) -> Counter[GoldProvision]:
    """Return what was found in a text in the shape of the labels."""
    return Counter(GoldProvision(one.id, text[one.start : one.end], one.how) for one in found)


def gold_scores(sentences: Iterable[GoldSentence], find: Finder) -> dict[str, Score]:
    """Score sentences by id, surface text and resolution together.

    The keys are ``all``, ``how: <resolution>`` and ``form: <form>``.
    """
    scores: dict[str, Score] = defaultdict(Score)
    for sentence in sentences:
        expected = Counter(sentence.provisions)
        got = as_gold(sentence.text, find(sentence.text))
        scores["all"].count(expected, got)
        scores[f"form: {sentence.form}"].count(expected, got)
        for how in {one.how for one in expected | got}:
            scores[f"how: {how}"].count(*(_only(how, counter) for counter in (expected, got)))
    return dict(scores)


def _only(how: Resolution, counter: Counter[GoldProvision]) -> Counter[GoldProvision]:
    return Counter({one: number for one, number in counter.items() if one.how == how})


def wrong_links(sentences: Iterable[GoldSentence], find: Finder) -> list[tuple[str, str]]:
    """Return (text, id) for every id that a reader did not see in the sentence."""
    wrong = []
    for sentence in sentences:
        seen = {one.id for one in sentence.provisions}
        found = {one.id for one in find(sentence.text) if one.id}
        wrong += [(sentence.text, provision) for provision in sorted(found - seen)]
    return wrong


def corpus_scores(cited: Iterable[tuple[str, Iterable[str]]], find: Finder) -> dict[str, Score]:
    """Score texts by the set of ids that each cites.

    ``cited`` holds a text and its ids. The keys are ``all``, ``form: section`` (and so on, by
    what the id names), and ``how: named`` (and so on, right and false answers only: the corpus
    does not say how an id is to be found).
    """
    scores: dict[str, Score] = defaultdict(Score)
    for text, provisions in cited:
        expected = set(provisions)
        ways = {one.id: one.how for one in find(text) if one.id}
        _count(scores, "all", expected, set(ways))
        forms = {provision: form_of(provision) for provision in expected | set(ways)}
        for form in set(forms.values()):
            _count(
                scores,
                f"form: {form}",
                {one for one in expected if forms[one] == form},
                {one for one in ways if forms[one] == form},
            )
        for how in set(ways.values()):
            found = {one for one in ways if ways[one] == how}
            _count(scores, f"how: {how}", expected & found, found)
    return dict(scores)


def _count(
    scores: Mapping[str, Score], key: str, expected: Iterable[Hashable], got: Iterable[Hashable]
) -> None:
    scores[key].count(Counter(expected), Counter(got))


def form_of(provision: str) -> str:
    """Return what an id names: ``section``, ``subsection``, ``schedule``, ..., ``instrument``."""
    instrument = load_registry().instrument_of(provision)
    path = provision.removeprefix(instrument.path).strip("/") if instrument else provision
    if not path:
        return "instrument"
    kind, *numbers = path.split("/")
    return "subsection" if kind == "section" and len(numbers) > 1 else kind
