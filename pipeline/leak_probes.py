"""How well does what should say nothing tell the outcome?

Each probe reads one poor view of a decision (its length, its headings, which sections it has,
the recited powers) and learns the outcome from that alone, by logistic regression over the
five folds of the corpus. Real decisions leak in the same ways; the figures are there to be
known, so that models are made not to lean on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.corpus import Record, prose

View = Callable[[Record], Any]


def probe_leaks(records: Sequence[Record], folds: Sequence[int]) -> pd.Series[float]:
    """Return the macro-F1 of each probe, on predictions pooled over the folds.

    `folds` gives the fold of each record, in the same order. The first entry, ``majority``, is
    what the commonest outcome scores.
    """
    outcomes = np.array([record.outcome for record in records])
    scores = {}
    for name, (view, estimator) in _probes().items():
        read = [view(record) for record in records]
        guessed = cross_val_predict(estimator, read, outcomes, cv=PredefinedSplit(folds))
        scores[name] = float(f1_score(outcomes, guessed, average="macro"))
    return pd.Series(scores, name="macro-F1")


def _probes() -> dict[str, tuple[View, Any]]:
    classify = LogisticRegression(C=10, solver="newton-cg", max_iter=1000)
    of_names = make_pipeline(DictVectorizer(), classify)
    of_text = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), classify
    )
    return {
        "majority": (_length, DummyClassifier()),
        "length": (_length, make_pipeline(StandardScaler(), classify)),
        "category and year": (_category_and_year, of_names),
        "sections present": (_labels, of_names),
        "headings": (_headings, of_names),
        "role section": (lambda record: prose(record, only=("role",)), of_text),
        "complaint section": (lambda record: prose(record, only=("complaint",)), of_text),
    }


def _length(record: Record) -> list[float]:
    length = len(prose(record).split())
    return [length, float(np.log(length))]


def _category_and_year(record: Record) -> dict[str, str]:
    return {"category": record.category, "year": record.date[:4]}


def _labels(record: Record) -> dict[str, int]:
    return {section.label: 1 for section in record.sections}


def _headings(record: Record) -> dict[str, int]:
    return {section.heading: 1 for section in record.sections}
