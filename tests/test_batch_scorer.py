"""Inputs that are scored together come out as each by itself, whatever one of them does."""

from __future__ import annotations

from pathlib import Path

import poisoned
import pytest
from distinct_texts import distinct_pages

from pipeline import batch_scorer, part_scorer
from pipeline.batch_scorer import Input, Scored, score_batch
from pipeline.bundle import read_manifest
from pipeline.decision import Decision, Problem
from pipeline.items import Item
from pipeline.parts import Part, Settings
from pipeline.scorer import Reading, Scorer


def inputs(texts: list[str]) -> list[Input]:
    return [
        Input(Item(f"{place}.txt", text.encode("utf-8", "surrogatepass"), ".txt"), place)
        for place, text in enumerate(texts)
    ]


def outcome(found: Scored | Problem) -> object:
    return found.row if isinstance(found, Scored) else found


def note_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each later call of `Scorer.read_batch` adds its number of texts."""
    sizes: list[int] = []
    read_batch = Scorer.read_batch

    def noting(self: Scorer, decisions: list[Decision]) -> list[Reading]:
        sizes.append(len(decisions))
        return read_batch(self, decisions)

    monkeypatch.setattr(Scorer, "read_batch", noting)
    return sizes


def _without_model(found: object) -> object:
    return {**found, "model": ""} if isinstance(found, dict) else found


@pytest.fixture(scope="module")
def texts() -> list[str]:
    pages = list(distinct_pages(11, seed=5, layouts=("numbered", "dashed", "plain", "html")))
    return [
        *pages[:4],
        "Summary: x",
        *pages[4:],
        "The complaint\n\nMr X says.",
        "é \U0001d4b3 \ud835" * 90,
    ]


@pytest.fixture(scope="module")
def scorer(bundle: Path) -> Scorer:
    return Scorer.load(bundle)


def test_together_and_alone_are_the_same_to_the_last_digit(
    scorer: Scorer, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = note_sizes(monkeypatch)
    together = list(map(outcome, score_batch(scorer, inputs(texts), 600)))
    assert sizes == [len(texts) - 3]  # three are too short to be decisions
    alone = [outcome(*score_batch(scorer, [one], 60)) for one in inputs(texts)]
    assert together == alone


@pytest.mark.parametrize("view", ["reasons", "complaint"])
def test_the_other_views_too(bundle: Path, texts: list[str], view: str) -> None:
    scorer = Scorer.load(bundle, view)
    together = list(map(outcome, score_batch(scorer, inputs(texts), 600)))
    assert together == [outcome(*score_batch(scorer, [one], 60)) for one in inputs(texts)]


def test_one_that_fails_costs_no_other(
    bundle: Path, scorer: Scorer, texts: list[str], tmp_path: Path
) -> None:
    harmed = [*texts]
    harmed[2] = harmed[2].replace("The complaint", "The complaint\n\nzzfail", 1)
    harmed[7] = harmed[7].replace("The complaint", "The complaint\n\nzzhang", 1)
    bad = Scorer.load(poisoned.poison(bundle, tmp_path / "model"))
    found = [outcome(one) for one in score_batch(bad, inputs(harmed), 2)]
    expected = [outcome(one) for one in score_batch(scorer, inputs(texts), 60)]
    changed = {
        place: one
        for place, (one, other) in enumerate(zip(found, expected, strict=True))
        if _without_model(one) != _without_model(other)
    }
    assert {place: getattr(one, "kind", one) for place, one in changed.items()} == {
        2: "failed",
        7: "time_out",
    }


def test_what_is_known_to_do_harm_is_not_touched(scorer: Scorer, texts: list[str]) -> None:
    fault = Problem("1.txt", 1, "crash", "It ended the scoring process.")
    given = inputs(texts[:3])
    given[1] = Input(given[1].item, 1, fault)
    kinds = [type(one) for one in score_batch(scorer, given, 60)]
    assert kinds == [Scored, Problem, Scored]


def test_long_texts_are_read_one_by_one(
    scorer: Scorer, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [outcome(one) for one in score_batch(scorer, inputs(texts), 60)]
    monkeypatch.setattr(batch_scorer, "MOST_TOGETHER", 1_000)
    sizes = note_sizes(monkeypatch)
    assert [outcome(one) for one in score_batch(scorer, inputs(texts), 60)] == expected
    assert set(sizes) == {1}


def test_words_beyond_those_that_are_kept_go_with_their_part(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = read_manifest(bundle)["files"]["full.joblib"]["sha256"]
    settings = Settings(str(bundle), fingerprint)
    strings = part_scorer.load_scorer(settings).nlp.vocab.strings

    def score(words: list[str]) -> int:
        text = f"The complaint\n\nMr X says {' '.join(words)} and complains of it at length."
        item = Item("a.txt", text.encode(), ".txt")
        return part_scorer.score_part(Part(0, 0, (item,)), settings).tally.scored

    kept, gone = ([f"{letter}{n}word" for n in range(50)] for letter in "jq")
    assert score(kept) == 1
    assert all(word in strings for word in kept)
    monkeypatch.setattr(part_scorer, "KEPT_WORDS", 0)
    assert score(gone) == 1
    assert not any(word in strings for word in gone)
