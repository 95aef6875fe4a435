"""A document that crashes, hangs or takes all memory costs itself and nothing else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from distinct_texts import distinct_pages
from poisoned import poison

from pipeline import supervised
from pipeline.bundle import read_manifest
from pipeline.errors import ScoringError
from pipeline.items import Item
from pipeline.part_scorer import score_part
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.supervised import SupervisedScorer

TIME_OUT = 1.5


def settings_for(model: Path, **changes: Any) -> Settings:
    fingerprint = read_manifest(model)["files"]["full.joblib"]["sha256"]
    usual: dict[str, Any] = {"time_out": TIME_OUT, "memory": 600 << 20}
    return Settings(str(model), fingerprint, **{**usual, **changes})


@pytest.fixture(scope="module")
def poisoned(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that does harm."""
    return poison(bundle, tmp_path_factory.mktemp("poisoned") / "model")


@pytest.fixture(autouse=True)
def _the_harm_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(supervised, "GRACE", 1.0)


def part_with(harms: dict[int, str], size: int = 9) -> Part:
    """Return a part in which the documents at some places carry a harmful word."""
    texts = list(distinct_pages(size, length=1500, layouts=("plain",)))
    for place, word in harms.items():
        texts[place] = texts[place].replace("The complaint\n", f"The complaint\n{word}\n", 1)
        assert word in texts[place]
    return Part(
        3,
        30,
        tuple(Item(f"{n}.txt", text.encode(), ".txt") for n, text in enumerate(texts)),
    )


def kinds(scored: ScoredPart) -> dict[str, int]:
    return dict(scored.tally.faults)


def test_each_harm_costs_one_document(poisoned: Path) -> None:
    harms = {0: "zzkill", 2: "zzhang", 3: "zzdeaf", 5: "zzexhaust", 8: "zzfail"}
    with SupervisedScorer(settings_for(poisoned)) as scorer:
        scored = scorer.score(part_with(harms))
        assert kinds(scored) == {"crash": 1, "time_out": 2, "memory": 1, "failed": 1}
        assert scored.tally.scored == 4
        # The child that is there now scores the next part as if nothing had been.
        after = scorer.score(part_with({}))
        assert (after.tally.scored, after.tally.errors) == (9, 0)


def test_a_crash_amid_others_is_laid_to_the_right_document(poisoned: Path) -> None:
    with SupervisedScorer(settings_for(poisoned)) as scorer:
        scored = scorer.score(part_with({4: "zzkill"}, size=12))
    assert kinds(scored) == {"crash": 1}
    assert scored.tally.scored == 11


def test_the_rest_of_the_part_is_scored_as_ever(poisoned: Path, bundle: Path) -> None:
    part = part_with({1: "zzfail"}, size=4)
    with SupervisedScorer(settings_for(poisoned)) as scorer:
        scored = scorer.score(part)
    assert scored.tally.faults == {"failed": 1}
    innocent = Part(3, 30, tuple(item for place, item in enumerate(part.items) if place != 1))
    alone = score_part(innocent, settings_for(bundle))
    assert scored.tally.outcomes == alone.tally.outcomes
    assert scored.tally.known == pytest.approx(alone.tally.known)


def test_a_child_killed_from_outside_costs_nothing(poisoned: Path) -> None:
    with SupervisedScorer(settings_for(poisoned, time_out=30)) as scorer:
        scorer._await_ready()
        first = scorer._child.pid
        threading.Timer(0.15, scorer._child.kill).start()
        scored = scorer.score(part_with(dict.fromkeys(range(30), "zzdawdle"), size=30))
        assert scorer._child.pid != first
    assert (scored.tally.scored, scored.tally.errors) == (30, 0)


def test_a_child_that_is_gone_is_started_again(bundle: Path) -> None:
    with SupervisedScorer(settings_for(bundle)) as scorer:
        scorer._await_ready()
        scorer._child.kill()
        scorer._child.wait()
        assert scorer.score(part_with({}, size=2)).tally.scored == 2


def test_a_child_that_cannot_start_says_why(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no model in"):
        SupervisedScorer(Settings(str(tmp_path), "0")).score(part_with({}, size=1))
    other = Settings(str(bundle), "0" * 64)
    with pytest.raises(ScoringError, match="not the one of this run"):
        SupervisedScorer(other).score(part_with({}, size=1))


def test_a_child_that_dies_at_once_is_not_started_for_ever(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ScoringError, match="could not start"):
        SupervisedScorer(settings_for(bundle)).score(part_with({}, size=1))
