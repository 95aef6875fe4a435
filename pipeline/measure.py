"""Measures of predictions against published outcomes and cited grounds; nothing is fitted here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    label_ranking_average_precision_score,
    log_loss,
    precision_recall_fscore_support,
)

from pipeline.decision import OUTCOMES

BINS = 10


def measure_outcomes(
    codes: NDArray[np.int_], probabilities: NDArray[np.float64], sets: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return the figures of one set of outcome predictions.

    ``codes`` index `OUTCOMES`, shape (n,); ``probabilities`` and ``sets`` have shape (n, 3).
    """
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, support = precision_recall_fscore_support(
        codes, predicted, labels=range(len(OUTCOMES)), zero_division=0
    )
    single = sets.sum(axis=1) == 1
    right = predicted == codes
    return {
        "n": len(codes),
        "macro_f1": macro_f1(codes, predicted),
        "accuracy": float(right.mean()),
        "log_loss": float(log_loss(codes, probabilities, labels=range(len(OUTCOMES)))),
        "brier": float(((probabilities - np.eye(len(OUTCOMES))[codes]) ** 2).sum(axis=1).mean()),
        "ece": calibration_error(right, probabilities.max(axis=1)),
        "coverage": float(sets[np.arange(len(codes)), codes].mean()),
        "set_size": float(sets.sum(axis=1).mean()),
        "review_rate": float(1 - single.mean()),
        "accuracy_outside_review": float(right[single].mean()) if single.any() else None,
        "classes": {
            outcome: {
                "precision": float(precision[code]),
                "recall": float(recall[code]),
                "f1": float(f1[code]),
                "n": int(support[code]),
            }
            for code, outcome in enumerate(OUTCOMES)
        },
    }


def macro_f1(codes: NDArray[np.int_], predicted: NDArray[np.int_]) -> float:
    """Return the mean F1 over the outcomes that occur among ``codes``."""
    labels = np.unique(codes)
    return float(f1_score(codes, predicted, labels=labels, average="macro", zero_division=0))


def calibration_error(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    """Return the expected calibration error of the likeliest outcome, ten equal bins.

    Naeini, Cooper and Hauskrecht 2015, Obtaining Well Calibrated Probabilities Using Bayesian
    Binning, section 4.
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence, BINS) - np.bincount(bins, right, BINS)
    return float(np.abs(gaps).sum() / len(right))


def reliability(
    right: NDArray[np.bool_], confidence: NDArray[np.float64]
) -> list[tuple[float, float, int]]:
    """Return mean confidence, accuracy and number for each bin that is not empty."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (
            float(confidence[bins == b].mean()),
            float(right[bins == b].mean()),
            int((bins == b).sum()),
        )
        for b in range(BINS)
        if (bins == b).any()
    ]


def measure_grounds(
    Y: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    predicted: NDArray[np.bool_],
    names: tuple[str, ...],
) -> dict[str, Any]:
    """Return the figures of one set of grounds predictions, all shapes (n, n_grounds)."""
    each = f1_score(Y, predicted, average=None, zero_division=0)
    cited = Y.any(axis=1)
    return {
        "n": len(Y),
        "micro_f1": float(f1_score(Y, predicted, average="micro", zero_division=0)),
        "macro_f1": float(f1_score(Y, predicted, average="macro", zero_division=0)),
        "ranking": float(label_ranking_average_precision_score(Y[cited], probabilities[cited])),
        "primary_is_cited": float(Y[np.arange(len(Y)), probabilities.argmax(axis=1)][cited].mean()),
        "grounds": {
            name: {"f1": float(score), "n": int(count)}
            for name, score, count in zip(names, each, Y.sum(axis=0), strict=True)
        },
    }


def accuracy_by(
    values: NDArray[Any], codes: NDArray[np.int_], predicted: NDArray[np.int_]
) -> dict[str, dict[str, float]]:
    """Return number, accuracy and macro-F1 for each value of a factor such as the category."""
    return {
        str(value): {
            "n": int((values == value).sum()),
            "accuracy": float(accuracy_score(codes[values == value], predicted[values == value])),
            "macro_f1": macro_f1(codes[values == value], predicted[values == value]),
        }
        for value in sorted(set(values))
    }
