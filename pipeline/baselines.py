"""Other models on the same time split: what each part of ours is worth, and what is not needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from pipeline.controls import outcome_codes
from pipeline.cuts import CUTS, cut
from pipeline.features import SectionNgrams
from pipeline.labelled import Labelled
from pipeline.matrices import matrix_of
from pipeline.measure import macro_f1
from pipeline.models import OutcomeClassifier, logistic
from pipeline.ngrams import CUE, PAIR, Ngrams
from pipeline.view_model import with_copies
from pipeline.views import VIEWS

FULL = VIEWS["full"]
SHOWN_CUTS = ("whole", "summary missing", "ends after role")


def compare_models(
    labelled: Labelled, train: NDArray[np.int_], test: NDArray[np.int_]
) -> dict[str, Any]:
    """Return macro-F1 on whole and cut-off test decisions for each model, and for calibrations
    the log loss.
    """
    variants: dict[str, Callable[[], dict[str, float]]] = {
        "ours": lambda: _ours(labelled, train, test),
        "ours without cues": lambda: _ours(labelled, train, test, without=CUE),
        "ours without word pairs": lambda: _ours(labelled, train, test, without=PAIR),
        "ours without section blocks": lambda: _ours(labelled, train, test, by_section=False),
        "ours without whole-text block": lambda: _ours(labelled, train, test, whole=False),
        "ours trained on whole copies only": lambda: _ours(labelled, train, test, copies=False),
        "TF-IDF + logistic regression": lambda: _plain(
            labelled, train, test, LogisticRegression(C=30, solver="newton-cg")
        ),
        "TF-IDF + linear SVM": lambda: _plain(labelled, train, test, LinearSVC()),
    }
    return {
        "models": {name: run() for name, run in variants.items()},
        "calibration": _calibrations(labelled, train, test),
    }


def _ours(
    labelled: Labelled,
    train: NDArray[np.int_],
    test: NDArray[np.int_],
    *,
    without: int | None = None,
    copies: bool = True,
    **options: Any,
) -> dict[str, float]:
    def read(row: int) -> Ngrams:
        text = labelled.texts[row]
        return text if without is None else text.where(text.kinds != without)

    learnt = with_copies(FULL, [read(row) for row in train], seed=0)
    if not copies:
        learnt = learnt[: len(train)]
    codes = outcome_codes(labelled.table)
    features = SectionNgrams(FULL.outcome_sections, **options).fit(learnt.texts)
    model = logistic(OutcomeClassifier().strength, len(learnt))
    model.fit(matrix_of(features, learnt), codes[train][learnt.rows])
    return {
        name: macro_f1(
            codes[test],
            model.predict(features.transform([cut(read(row), CUTS[name]) for row in test])),
        )
        for name in SHOWN_CUTS
    }


def _plain(
    labelled: Labelled, train: NDArray[np.int_], test: NDArray[np.int_], classifier: Any
) -> dict[str, float]:
    """The recipe of LexGLUE (Chalkidis et al. 2022): tf-idf of the words, one linear model."""

    def words(row: int, labels: tuple[str, ...]) -> list[str]:
        return [str(one) for one in cut(labelled.texts[row], labels).hashes]

    def as_is(tokens: list[str]) -> list[str]:
        return tokens

    codes = outcome_codes(labelled.table)
    model = make_pipeline(TfidfVectorizer(analyzer=as_is, sublinear_tf=True, min_df=2), classifier)
    model.fit([words(row, CUTS["whole"]) for row in train], codes[train])
    return {
        name: macro_f1(codes[test], model.predict([words(row, CUTS[name]) for row in test]))
        for name in SHOWN_CUTS
    }


def _calibrations(
    labelled: Labelled, train: NDArray[np.int_], test: NDArray[np.int_]
) -> dict[str, float]:
    """Return the log loss on whole test decisions under each way to calibrate."""
    copies = with_copies(FULL, [labelled.texts[row] for row in train], seed=0)
    codes = outcome_codes(labelled.table)
    folds = labelled.table["fold"].to_numpy()[train][copies.rows]
    features = SectionNgrams(FULL.outcome_sections).fit(copies.texts)
    X, y = matrix_of(features, copies), codes[train][copies.rows]
    X_test = features.transform([labelled.texts[row] for row in test])
    base = logistic(OutcomeClassifier().strength, len(copies))

    def loss(probabilities: NDArray[np.float64]) -> float:
        right = probabilities[np.arange(len(test)), codes[test]]
        return float(-np.log(np.clip(right, 1e-15, 1)).mean())

    losses = {"none": loss(softmax(base.fit(X, y).decision_function(X_test), axis=1))}
    for method in ("temperature", "sigmoid", "isotonic"):
        calibrated = CalibratedClassifierCV(
            base, method=method, cv=PredefinedSplit(folds), ensemble=False
        )
        losses[method] = loss(calibrated.fit(X, y).predict_proba(X_test))
    return losses
