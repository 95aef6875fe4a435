"""The two estimators on small matrices whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.base import clone
from sklearn.metrics import f1_score, log_loss

from pipeline import models
from pipeline.calibration import best_f1_threshold, fit_temperature, succeed
from pipeline.decision import OUTCOMES
from pipeline.models import GroundsClassifier, OutcomeClassifier

RNG = np.random.default_rng(7)


def toy(n=120, noise=0.5):
    """Return X, outcomes and folds; column k is high where the outcome is number k."""
    codes = np.arange(n) % 3
    X = np.eye(3)[codes] + noise * RNG.normal(size=(n, 3))
    return csr_matrix(X.astype(np.float32)), np.array(OUTCOMES)[codes], np.arange(n) // 3 % 4


def test_outcomes_are_learnt_and_probabilities_add_up():
    X, y, folds = toy()
    model = OutcomeClassifier().fit(X, y, folds, 120)
    probabilities = model.predict_proba(X)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (model.predict(X) == y).mean() > 0.8
    assert (np.array(OUTCOMES)[probabilities.argmax(axis=1)] == model.predict(X)).all()


def unsucceeded(probabilities, n=120):
    """Return what the rule of succession was applied to."""
    return (probabilities * (n + 3) - 1) / n


def test_held_out_probabilities_are_of_models_that_had_not_seen_the_row():
    X, y, folds = toy()
    held_out = OutcomeClassifier().fit(X, y, folds, 120).held_out_
    # Flip the labels of one fold: its own held-out probabilities must not change.
    flipped = y.copy()
    flipped[folds == 0] = np.roll(y[folds == 0], 1)
    again = OutcomeClassifier().fit(X, flipped, folds, 120)
    scale = OutcomeClassifier().fit(X, y, folds, 120).temperature_ / again.temperature_
    before = np.log(unsucceeded(held_out[folds == 0]))
    after = np.log(unsucceeded(again.held_out_[folds == 0]))
    assert np.diff(before) * scale == pytest.approx(np.diff(after), abs=1e-3)


def test_training_twice_gives_the_same_weights():
    X, y, folds = toy()
    one, other = (OutcomeClassifier().fit(X, y, folds, 120) for _ in range(2))
    assert (one.coef_ == other.coef_).all()
    assert one.temperature_ == other.temperature_


@pytest.mark.parametrize("missing", OUTCOMES)
def test_a_corpus_without_an_outcome_is_refused(missing):
    X, y, folds = toy()
    keep = y != missing
    with pytest.raises(ValueError, match=missing):
        OutcomeClassifier().fit(X[keep], y[keep], folds[keep], 80)


def test_the_temperature_undoes_a_stretch():
    codes = RNG.integers(3, size=4000)
    honest = np.eye(3)[codes] * 1.5 + RNG.normal(size=(4000, 3))
    honest *= fit_temperature(honest, codes) ** -1
    assert fit_temperature(5 * honest, codes) == pytest.approx(5, rel=0.02)
    stretched = log_loss(codes, softmax(5 * honest, axis=1))
    assert log_loss(codes, softmax(honest, axis=1)) < stretched


@given(st.integers(1, 10_000), st.lists(st.floats(-80, 80), min_size=3, max_size=3))
def test_no_probability_is_surer_than_the_decisions_vouch_for(n, scores):
    p = softmax(np.array(scores))
    capped = succeed(p, n, 3)
    assert capped.sum() == pytest.approx(1)
    assert 1 / (n + 3) - 1e-12 <= capped.min() <= capped.max() <= (n + 1) / (n + 3) + 1e-12
    assert (np.diff(capped[np.argsort(p)]) >= 0).all()
    assert succeed(np.array([1.0, 0.0, 0.0]), n, 3)[0] == pytest.approx((n + 1) / (n + 3))


def test_both_estimators_keep_to_what_the_decisions_vouch_for():
    X, y, folds = toy(noise=0.01)
    certain = 1000 * X
    outcome = OutcomeClassifier().fit(X, y, folds, 40)
    assert outcome.predict_proba(certain).max() == pytest.approx(41 / 43)
    assert outcome.held_out_.max() <= 41 / 43
    Y = (y == OUTCOMES[0])[:, None]
    grounds = GroundsClassifier().fit(X, Y, folds, ["late"], Y.sum(axis=0), 40)
    assert grounds.predict_proba(certain).max() == pytest.approx(41 / 42)
    assert grounds.predict_proba(certain).min() == pytest.approx(1 / 42)


def test_rows_set_apart_calibrate_and_are_not_learnt_from():
    X, y, _ = toy()
    X_apart, y_apart, _ = toy(noise=1.0)
    model = OutcomeClassifier().fit_apart(X, y, X_apart, y_apart, 120)
    assert model.held_out_.shape == (120, 3)
    shuffled = OutcomeClassifier().fit_apart(X, y, X_apart, np.roll(y_apart, 1), 120)
    assert (model.coef_ == shuffled.coef_).all()
    assert shuffled.temperature_ > model.temperature_
    Y, Y_apart = ((labels == OUTCOMES[0])[:, None] for labels in (y, y_apart))
    grounds = GroundsClassifier().fit_apart(X, Y, X_apart, Y_apart, ["late"], Y.sum(axis=0), 120)
    assert grounds.held_out_.shape == (120, 1)
    assert f1_score(Y[:, 0], grounds.predict(X)[:, 0]) > 0.7


def test_a_ground_without_positives_set_apart_is_too_rare():
    X, y, _ = toy()
    Y = np.stack([y == OUTCOMES[0], y == OUTCOMES[1]], axis=1)
    Y_apart = Y & [True, False]
    names, positives = ["late", "premature"], Y.sum(axis=0)
    model = GroundsClassifier().fit_apart(X, Y, X, Y_apart, names, positives, 120)
    assert model.grounds_ == ("late",)
    assert model.too_rare_ == {"premature": 40}


def test_many_rows_are_learnt_as_well_and_the_same_each_time(monkeypatch):
    X, y, folds = toy(600)
    few = OutcomeClassifier().fit(X, y, folds, 600)
    monkeypatch.setattr(models, "MANY_ROWS", 100)
    many, again = (OutcomeClassifier().fit(X, y, folds, 600) for _ in range(2))
    assert (many.coef_ == again.coef_).all()
    assert log_loss(y, many.predict_proba(X)) == pytest.approx(
        log_loss(y, few.predict_proba(X)), rel=0.05
    )
    Y = np.stack([y == outcome for outcome in OUTCOMES], axis=1)
    fits = [
        GroundsClassifier().fit_apart(X, Y, X, Y, list("abc"), Y.sum(axis=0), 600) for _ in range(2)
    ]
    assert (fits[0].coef_ == fits[1].coef_).all()


def test_rare_grounds_are_listed_and_not_modelled():
    X, _, folds = toy()
    Y = np.zeros((120, 2), dtype=bool)
    Y[::3, 0] = True
    Y[:5, 1] = True
    model = GroundsClassifier().fit(X, Y, folds, ["late", "premature"], Y.sum(axis=0), 120)
    assert model.grounds_ == ("late",)
    assert model.too_rare_ == {"premature": 5}
    assert model.predict_proba(X).shape == (120, 1)
    assert f1_score(Y[:, 0], model.predict(X)[:, 0]) > 0.7


def test_no_ground_with_enough_decisions_is_refused():
    X, _, folds = toy()
    Y = np.zeros((120, 1), dtype=bool)
    with pytest.raises(ValueError, match="train on more decisions"):
        GroundsClassifier().fit(X, Y, folds, ["late"], Y.sum(axis=0), 120)


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
