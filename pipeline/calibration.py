"""From the scores of linear models to probabilities, by rows that the models had not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, precision_recall_curve

Refit = Callable[[csr_matrix, NDArray[np.bool_]], csr_matrix]
"""Gives a matrix as it would be had its features been fitted on the rows that are marked."""


def unchanged(X: csr_matrix, rows: NDArray[np.bool_]) -> csr_matrix:  # noqa: ARG001
    """Return X: for features that were not fitted."""
    return X


def held_out_scores(
    model: LogisticRegression,
    X: csr_matrix,
    Y: NDArray[Any],
    folds: NDArray[np.int_],
    refit: Refit = unchanged,
) -> list[NDArray[np.float64]]:
    """Return the decision scores of each row from models that have not seen its fold.

    One entry for each column of Y, shape (n_rows, n_targets).
    """
    scores: list[dict[int, NDArray[np.float64]]] = [{} for _ in Y.T]
    for fold in np.unique(folds):
        seen = folds != fold
        X_fold = refit(X, seen)
        X_seen, X_held_out = X_fold[seen], X_fold[~seen]
        for found, y in zip(scores, Y.T, strict=True):
            found[fold] = model.fit(X_seen, y[seen]).decision_function(X_held_out)
    return [_in_place(found, folds) for found in scores]


def _in_place(
    found: dict[int, NDArray[np.float64]], folds: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Return the scores of all folds in the order of the rows."""
    (one, *_) = found.values()
    scores = np.empty((len(folds), *one.shape[1:]))
    for fold, of_fold in found.items():
        scores[folds == fold] = of_fold
    return scores


def fit_temperature(scores: NDArray[np.float64], codes: NDArray[np.int_]) -> float:
    """Return the temperature in [0.05, 20] with the least log loss."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(scores / np.exp(log_temperature), axis=1)
        return float(log_loss(codes, probabilities, labels=range(scores.shape[1])))

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(found.x))


def best_f1_threshold(y: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    """Return the probability threshold with the best F1."""
    precision, recall, thresholds = precision_recall_curve(y, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(thresholds[f1[:-1].argmax()])


def succeed(probabilities: NDArray[np.float64], n: int, n_classes: int) -> NDArray[np.float64]:
    """Return probabilities no surer than ``n`` decisions can vouch for.

    Laplace's rule of succession: (n p + 1) / (n + n_classes), so that what was right n times out
    of n is held to be right with (n + 1) / (n + n_classes) the next time (Jaynes 2003,
    Probability Theory: The Logic of Science, chapter 18). The order stays, and so does a sum
    of one over the classes.
    """
    capped: NDArray[np.float64] = (n * probabilities + 1) / (n + n_classes)
    return capped
