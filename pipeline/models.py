"""The estimators: one outcome, several grounds, each a calibrated linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from pipeline.calibration import (
    Refit,
    best_f1_threshold,
    fit_temperature,
    held_out_scores,
    succeed,
    unchanged,
)
from pipeline.decision import OUTCOMES

MIN_POSITIVES = 12
"""A ground with fewer decisions in the training corpus gets no model of its own."""
MIN_APART = 3
"""Nor has one with fewer rows among those set apart to calibrate on."""

MANY_ROWS = 10_000
"""Above so many rows the solver goes through them one by one: a few times are enough then."""


def logistic(strength: float, n_rows: int, *, binary: bool = False) -> LogisticRegression:
    """Return an unweighted logistic regression; ``strength`` is scikit-learn's C.

    Balanced class weights would have to be undone before a score is a probability. On more
    than `MANY_ROWS` rows the solver is SAGA (Defazio, Bach and Lacoste-Julien 2014), whose time
    grows with the rows and little else.
    """
    if n_rows > MANY_ROWS:
        tol = 1e-1 if binary else 1e-2
        return LogisticRegression(C=strength, solver="saga", tol=tol, max_iter=100, random_state=0)
    # The fastest solvers on small matrices: a third of the time of L-BFGS.
    if binary:
        return LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=1e-2, max_iter=1000, random_state=0
        )
    return LogisticRegression(C=strength, solver="newton-cg", tol=1e-3, max_iter=200)


class OutcomeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multinomial logistic regression with temperature scaling and conformal sets.

    The temperature is the one that minimises the log loss of held-out scores (Guo, Pleiss,
    Sun and Weinberger 2017, On Calibration of Modern Neural Networks, section 4.2).

    Parameters
    ----------
    strength
        Inverse of the L2 penalty (scikit-learn's C).

    Attributes
    ----------
    classes_
        The outcomes, in the order of `OUTCOMES`.
    coef_, intercept_
        Shapes (n_features, 3) and (3,), float32.
    temperature_
        Positive; scores are divided by it.
    n_decisions_
        How many decisions the probabilities were calibrated on.
    held_out_
        Calibrated probabilities of the rows that were calibrated on, from models that had not
        seen them, shape (n_rows, 3); not kept in a bundle.
    """

    def __init__(self, strength: float = 30.0) -> None:
        self.strength = strength

    def fit(
        self,
        X: csr_matrix,
        y: NDArray[np.str_],
        folds: NDArray[np.int_],
        n_decisions: int,
        refit: Refit = unchanged,
    ) -> Self:
        """Fit on X, shape (n_rows, n_features); rows of one fold are held out together.

        The rows are copies of ``n_decisions`` decisions; ``refit`` fits their features to the
        other folds when one is held out.
        """
        codes = self._codes(y)
        base = logistic(self.strength, X.shape[0])
        (scores,) = held_out_scores(base, X, codes[:, None], folds, refit)
        return self._finish(base.fit(X, codes), scores, codes, n_decisions)

    def fit_apart(
        self,
        X: csr_matrix,
        y: NDArray[np.str_],
        X_apart: csr_matrix,
        y_apart: NDArray[np.str_],
        n_apart: int,
    ) -> Self:
        """Fit on X and calibrate on rows set apart for that: one fit where folds need six.

        The rows set apart are copies of ``n_apart`` decisions.
        """
        codes, codes_apart = self._codes(y), self._codes(y_apart)
        model = logistic(self.strength, X.shape[0]).fit(X, codes)
        return self._finish(model, model.decision_function(X_apart), codes_apart, n_apart)

    def _codes(self, y: NDArray[np.str_]) -> NDArray[np.int_]:
        missing = sorted(set(OUTCOMES) - set(y))
        if missing:
            raise ValueError(
                f"The training corpus has no decision that is {', '.join(missing)}; "
                "all three outcomes are needed to train."
            )
        codes: NDArray[np.int_] = np.searchsorted(OUTCOMES, y)
        return codes

    def _finish(
        self,
        model: LogisticRegression,
        scores: NDArray[np.float64],
        codes: NDArray[np.int_],
        n_decisions: int,
    ) -> Self:
        self.classes_ = np.array(OUTCOMES)
        self.temperature_ = fit_temperature(scores, codes)
        self.n_decisions_ = n_decisions
        self.held_out_ = self.calibrate(scores)
        self.coef_ = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self.intercept_ = model.intercept_.astype(np.float32)
        return self

    def decision_function(self, X: csr_matrix) -> NDArray[np.float32]:
        """Return scores before calibration, shape (n_rows, 3)."""
        check_is_fitted(self)
        scores: NDArray[np.float32] = X @ self.coef_ + self.intercept_
        return scores

    def predict_proba(self, X: csr_matrix) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n_rows, 3)."""
        return self.calibrate(self.decision_function(X))

    def calibrate(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the probabilities of scores, shape (..., 3), none surer than `succeed` allows."""
        # For one row, SciPy's softmax takes as long as all the rest of a prediction.
        scaled = scores.astype(np.float64) / self.temperature_
        odds = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        probabilities: NDArray[np.float64] = odds / odds.sum(axis=-1, keepdims=True)
        return succeed(probabilities, self.n_decisions_, len(OUTCOMES))

    def predict(self, X: csr_matrix) -> NDArray[np.str_]:
        """Return the likeliest outcome of each row."""
        outcomes: NDArray[np.str_] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return outcomes

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coef_")

    def __getstate__(self) -> dict[str, Any]:
        return without_held_out(super().__getstate__())


class GroundsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One logistic regression for each ground, Platt-scaled, with its own threshold.

    Scale and offset are fitted on held-out scores (Platt 1999, Probabilistic Outputs for
    Support Vector Machines); the threshold is the one with the best F1 on the same.

    Parameters
    ----------
    strength
        Inverse of the L2 penalty (scikit-learn's C).
    min_positives
        Grounds with fewer positives are listed in ``too_rare_`` instead.

    Attributes
    ----------
    grounds_
        Names of the grounds with a model, in the order of the columns.
    too_rare_
        Names of those without, with their number of positives.
    coef_, intercept_
        Shapes (n_features, n_grounds) and (n_grounds,), float32.
    scale_, offset_
        Platt's A and B, shape (n_grounds,).
    n_decisions_
        How many decisions the probabilities were calibrated on.
    thresholds_
        Probability from which a ground is predicted, shape (n_grounds,).
    held_out_
        As in `OutcomeClassifier`, shape (n_rows, n_grounds).
    """

    def __init__(self, strength: float = 30.0, min_positives: int = MIN_POSITIVES) -> None:
        self.strength = strength
        self.min_positives = min_positives

    def fit(
        self,
        X: csr_matrix,
        Y: NDArray[np.bool_],
        folds: NDArray[np.int_],
        names: list[str],
        positives: NDArray[np.int_],
        n_decisions: int,
        refit: Refit = unchanged,
    ) -> Self:
        """Fit on X, shape (n_rows, n_features), and Y, shape (n_rows, len(names)).

        ``positives`` counts decisions with each ground, ``n_decisions`` all of them; rows may be
        more, since a decision can stand among them whole and cut off. ``refit`` as in
        `OutcomeClassifier.fit`.
        """
        chosen = self._choose(names, positives, positives >= self.min_positives)
        base = logistic(self.strength, X.shape[0], binary=True)
        Y = Y[:, chosen]
        scores = held_out_scores(base, X, Y, folds, refit)
        fits = [
            calibrated_fit(base.fit(X, y), of_y, y, n_decisions)
            for y, of_y in zip(Y.T, scores, strict=True)
        ]
        return self._finish(fits, n_decisions)

    def fit_apart(
        self,
        X: csr_matrix,
        Y: NDArray[np.bool_],
        X_apart: csr_matrix,
        Y_apart: NDArray[np.bool_],
        names: list[str],
        positives: NDArray[np.int_],
        n_apart: int,
    ) -> Self:
        """Fit on X and calibrate on rows set apart for that; the grounds side by side.

        The rows set apart are copies of ``n_apart`` decisions, and a ground needs `MIN_APART`
        positives among them.
        """
        enough = (positives >= self.min_positives) & (Y_apart.sum(axis=0) >= MIN_APART)
        chosen = self._choose(names, positives, enough)

        def fit_one(column: int) -> _GroundFit:
            model = logistic(self.strength, X.shape[0], binary=True).fit(X, Y[:, column])
            scores = model.decision_function(X_apart)
            return calibrated_fit(model, scores, Y_apart[:, column], n_apart)

        # Threads share the matrix, and the solver lets go of Python's lock.
        jobs = -1 if X.shape[0] > MANY_ROWS else 1
        work = Parallel(n_jobs=jobs, prefer="threads")
        return self._finish(work(delayed(fit_one)(column) for column in chosen), n_apart)

    def _choose(
        self, names: list[str], positives: NDArray[np.int_], enough: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Name the grounds with a model and those without; return the columns of the former."""
        self.grounds_ = tuple(name for name, ok in zip(names, enough, strict=True) if ok)
        self.too_rare_ = {
            name: int(count)
            for name, count, ok in zip(names, positives, enough, strict=True)
            if not ok
        }
        if not self.grounds_:
            raise ValueError(
                f"No ground has {self.min_positives} decisions in the training corpus; "
                "train on more decisions."
            )
        return np.flatnonzero(enough)

    def _finish(self, fits: list[_GroundFit], n_decisions: int) -> Self:
        self.n_decisions_ = n_decisions
        self.coef_ = np.stack([fit.coef for fit in fits], axis=1).astype(np.float32)
        self.intercept_ = np.array([fit.intercept for fit in fits], dtype=np.float32)
        self.scale_ = np.array([fit.scale for fit in fits])
        self.offset_ = np.array([fit.offset for fit in fits])
        self.thresholds_ = np.array([fit.threshold for fit in fits])
        self.held_out_ = np.stack([fit.held_out for fit in fits], axis=1)
        return self

    def predict_proba(self, X: csr_matrix) -> NDArray[np.float64]:
        """Return the calibrated probability of each ground, shape (n_rows, n_grounds)."""
        check_is_fitted(self)
        return self.calibrate(X @ self.coef_ + self.intercept_)

    def calibrate(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the probabilities of scores, shape (..., n_grounds); see `succeed`."""
        probabilities: NDArray[np.float64] = expit(
            self.scale_ * scores.astype(np.float64) + self.offset_
        )
        return succeed(probabilities, self.n_decisions_, 2)

    def predict(self, X: csr_matrix) -> NDArray[np.bool_]:
        """Return which grounds reach their threshold, shape (n_rows, n_grounds)."""
        predicted: NDArray[np.bool_] = self.predict_proba(X) >= self.thresholds_
        return predicted

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coef_")

    def __getstate__(self) -> dict[str, Any]:
        return without_held_out(super().__getstate__())


@dataclass(frozen=True, slots=True)
class _GroundFit:
    coef: NDArray[np.float64]
    intercept: float
    scale: float
    offset: float
    threshold: float
    held_out: NDArray[np.float64]


def without_held_out(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of an estimator without what only its training needs."""
    return {name: value for name, value in state.items() if name != "held_out_"}


def calibrated_fit(
    model: LogisticRegression, scores: NDArray[np.float64], y: NDArray[np.bool_], n_decisions: int
) -> _GroundFit:
    """Return a binary model with Platt's scaling and threshold, from held-out scores of y."""
    platt = LogisticRegression(C=np.inf).fit(scores[:, None], y)
    scale, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    held_out = succeed(expit(scale * scores + offset), n_decisions, 2)
    return _GroundFit(
        model.coef_[0],
        float(model.intercept_[0]),
        scale,
        offset,
        best_f1_threshold(y, held_out),
        held_out,
    )
