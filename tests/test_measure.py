"""Measures worked out by hand."""

import numpy as np
import pytest

from pipeline.measure import (
    accuracy_by,
    calibration_error,
    macro_f1,
    measure_grounds,
    measure_outcomes,
    reliability,
)

CODES = np.array([0, 0, 1, 2])
PROBABILITIES = np.array([[0.8, 0.1, 0.1], [0.4, 0.6, 0.0], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
SETS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]], dtype=bool)


def test_outcomes_by_hand():
    figures = measure_outcomes(CODES, PROBABILITIES, SETS)
    assert figures["accuracy"] == 0.75
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert figures["log_loss"] == pytest.approx(-np.log([0.8, 0.4, 0.8, 0.6]).mean())
    assert figures["brier"] == pytest.approx((0.06 + 0.72 + 0.06 + 0.24) / 4)
    assert figures["coverage"] == 0.75
    assert figures["set_size"] == 1.0
    assert figures["review_rate"] == 0.5
    assert figures["accuracy_outside_review"] == 1.0
    assert figures["classes"]["closed_after_initial_enquiries"]["recall"] == 0.5


def test_calibration_error_by_hand():
    right = np.array([True, False, True, True])
    confidence = np.array([0.95, 0.91, 0.55, 0.52])
    assert calibration_error(right, confidence) == pytest.approx((0.86 + 0.93) / 4)
    assert calibration_error(np.ones(4, bool), np.ones(4)) == 0


def test_reliability_keeps_every_decision():
    bins = reliability(np.array([True, False]), np.array([1.0, 0.05]))
    assert sum(number for _, _, number in bins) == 2


def test_an_outcome_that_does_not_occur_does_not_count():
    assert macro_f1(np.array([0, 0]), np.array([0, 0])) == 1.0


def test_grounds_by_hand():
    Y = np.array([[1, 0], [1, 1], [0, 0]], dtype=bool)
    predicted = np.array([[1, 0], [0, 1], [0, 1]], dtype=bool)
    probabilities = np.array([[0.9, 0.2], [0.4, 0.8], [0.1, 0.7]])
    figures = measure_grounds(Y, probabilities, predicted, ("late", "merits"))
    assert figures["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert figures["grounds"]["late"] == {"f1": pytest.approx(2 / 3), "n": 2}
    assert figures["primary_is_cited"] == 1.0
    assert figures["ranking"] == 1.0


def test_by_factor():
    by = accuracy_by(np.array(["a", "a", "b", "b"]), CODES, PROBABILITIES.argmax(axis=1))
    assert by["a"]["accuracy"] == 0.5
    assert by["b"] == {"n": 2, "accuracy": 1.0, "macro_f1": 1.0}
