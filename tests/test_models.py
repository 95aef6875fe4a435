"""The two estimators on small matrices whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.base import clone
from sklearn.metrics import f1_score, log_loss

from pipeline.decision import OUTCOMES
from pipeline.models import (
    GroundsClassifier,
    OutcomeClassifier,
    best_f1_threshold,
    fit_temperature,
)

RNG = np.random.default_rng(7)


def toy(n=120, noise=0.5):
    """Return X, outcomes and folds; column k is high where the outcome is number k."""
    codes = np.arange(n) % 3
    X = np.eye(3)[codes] + noise * RNG.normal(size=(n, 3))
    return csr_matrix(X.astype(np.float32)), np.array(OUTCOMES)[codes], np.arange(n) // 3 % 4


def test_outcomes_are_learnt_and_probabilities_add_up():
    X, y, folds = toy()
    model = OutcomeClassifier().fit(X, y, folds)
    probabilities = model.predict_proba(X)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (model.predict(X) == y).mean() > 0.8
    assert (np.array(OUTCOMES)[probabilities.argmax(axis=1)] == model.predict(X)).all()


def test_held_out_probabilities_are_of_models_that_had_not_seen_the_row():
    X, y, folds = toy()
    held_out = OutcomeClassifier().fit(X, y, folds).held_out_
    # Flip the labels of one fold: its own held-out probabilities must not change.
    flipped = y.copy()
    flipped[folds == 0] = np.roll(y[folds == 0], 1)
    again = OutcomeClassifier().fit(X, flipped, folds)
    scale = OutcomeClassifier().fit(X, y, folds).temperature_ / again.temperature_
    before = np.log(held_out[folds == 0])
    after = np.log(again.held_out_[folds == 0])
    assert np.diff(before) * scale == pytest.approx(np.diff(after), abs=1e-3)


def test_training_twice_gives_the_same_weights():
    X, y, folds = toy()
    one, other = (OutcomeClassifier().fit(X, y, folds) for _ in range(2))
    assert (one.coef_ == other.coef_).all()
    assert one.temperature_ == other.temperature_


@pytest.mark.parametrize("missing", OUTCOMES)
def test_a_corpus_without_an_outcome_is_refused(missing):
    X, y, folds = toy()
    keep = y != missing
    with pytest.raises(ValueError, match=missing):
        OutcomeClassifier().fit(X[keep], y[keep], folds[keep])


def test_the_temperature_undoes_a_stretch():
    codes = RNG.integers(3, size=4000)
    honest = np.eye(3)[codes] * 1.5 + RNG.normal(size=(4000, 3))
    honest *= fit_temperature(honest, codes) ** -1
    assert fit_temperature(5 * honest, codes) == pytest.approx(5, rel=0.02)
    stretched = log_loss(codes, softmax(5 * honest, axis=1))
    assert log_loss(codes, softmax(honest, axis=1)) < stretched


def test_rare_grounds_are_listed_and_not_modelled():
    X, _, folds = toy()
    Y = np.zeros((120, 2), dtype=bool)
    Y[::3, 0] = True
    Y[:5, 1] = True
    model = GroundsClassifier().fit(X, Y, folds, ["late", "premature"], Y.sum(axis=0))
    assert model.grounds_ == ("late",)
    assert model.too_rare_ == {"premature": 5}
    assert model.predict_proba(X).shape == (120, 1)
    assert f1_score(Y[:, 0], model.predict(X)[:, 0]) > 0.7


def test_no_ground_with_enough_decisions_is_refused():
    X, _, folds = toy()
    Y = np.zeros((120, 1), dtype=bool)
    with pytest.raises(ValueError, match="train on more decisions"):
        GroundsClassifier().fit(X, Y, folds, ["late"], Y.sum(axis=0))


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60).filter(
        lambda rows: any(y for y, _ in rows)
    )
)
def test_no_other_threshold_has_a_better_f1(rows):
    y = np.array([label for label, _ in rows])
    p = np.array([score / 20 for _, score in rows])
    best = f1_score(y, p >= best_f1_threshold(y, p))
    assert all(f1_score(y, p >= other) <= best + 1e-9 for other in np.unique(p))


def test_estimators_can_be_cloned():
    for model in (OutcomeClassifier(strength=2), GroundsClassifier(strength=2, min_positives=3)):
        assert clone(model).get_params() == model.get_params()
