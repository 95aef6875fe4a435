"""Notes on how far a run's decisions are from those of training."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pipeline.drift import drift_lines, drift_warnings, shift
from pipeline.tally import Tally

MANIFEST = {
    "corpus": {"outcomes": {"closed_after_initial_enquiries": 60, "not_upheld": 10, "upheld": 30}}
}


def tally(**changes: Any) -> Tally:
    """Return the counts of a run that is like the corpus, with some changes."""
    usual: dict[str, Any] = {
        "inputs": 1000,
        "scored": 1000,
        "known": 850.0,
        "without_headings": 20,
        "sections": Counter(summary=1000, findings=8900, unknown=100, furniture=5000),
        "outcomes": Counter(closed_after_initial_enquiries=600, not_upheld=100, upheld=300),
    }
    return Tally(**{**usual, **changes})


def test_no_warning_for_decisions_like_those_of_training() -> None:
    assert list(drift_warnings(tally(), MANIFEST)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"known": 300.0}, "70% of the words and word pairs do not occur"),
        ({"sections": Counter(unknown=500, findings=500)}, "50% of the text stands under no"),
        ({"without_headings": 600}, "60% of the decisions lack the heading"),
        ({"outcomes": Counter(upheld=1000)}, "far from that of the training corpus"),
        ({"outcomes": Counter(upheld=1000)}, "far from that of all decisions published in"),
    ],
)
def test_each_kind_of_drift_is_warned_of(changes: dict[str, Any], said: str) -> None:
    assert any(said in warning for warning in drift_warnings(tally(**changes), MANIFEST))


def test_a_corpus_with_another_mix_than_the_published_suggests_a_prior() -> None:
    manifest = {"corpus": {"outcomes": {"not_upheld": 50, "upheld": 50}}}
    (warning,) = drift_warnings(tally(), manifest)
    assert "--prior 2022-23" in warning


def test_a_handful_of_decisions_warns_of_nothing() -> None:
    few = tally(inputs=5, scored=5, known=0.0, outcomes=Counter(upheld=5))
    assert list(drift_warnings(few, MANIFEST)) == []
    assert len(list(drift_lines(few, MANIFEST))) == 2


def test_nothing_scored_says_nothing() -> None:
    nothing = Tally(inputs=3, faults=Counter(empty=3))
    assert list(drift_lines(nothing, MANIFEST)) == []
    assert list(drift_warnings(nothing, MANIFEST)) == []


def test_the_mixes_stand_beside_each_other() -> None:
    unseen, mixes = drift_lines(tally(), MANIFEST)
    assert "not seen: 15%" in unseen
    assert "no known heading: 1.0%" in unseen
    assert "usual heading: 2%" in unseen
    assert "here 60%/10%/30%, training corpus 60%/10%/30%, 2022-23 60%/10%/30%" in mixes


def test_shift_is_the_share_that_would_have_to_move() -> None:
    one = {"closed_after_initial_enquiries": 0.5, "not_upheld": 0.5, "upheld": 0.0}
    other = {"closed_after_initial_enquiries": 0.25, "not_upheld": 0.5, "upheld": 0.25}
    assert shift(one, other) == pytest.approx(0.25)
    assert shift(one, one) == 0
