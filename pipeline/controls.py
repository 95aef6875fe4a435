"""What a score must be seen beside: models that read what should say nothing, or little.

A figure near 1.00 is a question; these are the answers. Each control is trained and tested on
the same decisions as the model it stands beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.decision import OUTCOMES
from pipeline.features import SectionNgrams
from pipeline.labelled import Labelled
from pipeline.measure import macro_f1

Reader = Callable[[Labelled, NDArray[np.int_]], Any]


def run_controls(
    labelled: Labelled, train: NDArray[np.int_], test: NDArray[np.int_], sections: Sequence[str]
) -> dict[str, float]:
    """Return the macro-F1 of each control on the decisions numbered in ``test``.

    Controls that read sections or headings read those of ``sections``: what a view may read
    is what its controls may read.
    """
    codes = outcome_codes(labelled.table)
    scores = {}
    for name, (read, estimator) in _controls(sections).items():
        fitted = estimator.fit(read(labelled, train), codes[train])
        scores[name] = macro_f1(codes[test], fitted.predict(read(labelled, test)))
    return scores


def outcome_codes(table: pd.DataFrame) -> NDArray[np.int_]:
    """Return the outcome of each decision as an index into `pipeline.decision.OUTCOMES`."""
    codes: NDArray[np.int_] = np.searchsorted(OUTCOMES, table["outcome"].to_numpy(dtype=str))
    return codes


def _controls(sections: Sequence[str]) -> dict[str, tuple[Reader, Pipeline]]:
    def logistic() -> LogisticRegression:
        return LogisticRegression(C=10, solver="newton-cg", max_iter=500)

    controls: dict[str, tuple[Reader, Pipeline]] = {
        "majority": (_lengths(sections), make_pipeline(DummyClassifier())),
        "category and year": (_category_and_year, make_pipeline(DictVectorizer(), logistic())),
        "length alone": (_lengths(sections), make_pipeline(StandardScaler(), logistic())),
    }
    if len(sections) > 1:
        names = make_pipeline(DictVectorizer(), logistic())
        controls["which sections exist"] = (_labels(sections), clone(names))
        controls["headings alone"] = (_headings(sections), clone(names))
    if "role" in sections:
        role = make_pipeline(SectionNgrams(("role",)), logistic())
        controls["role section alone"] = (_texts, role)
    return controls


def _lengths(sections: Sequence[str]) -> Reader:
    def read(labelled: Labelled, rows: NDArray[np.int_]) -> NDArray[np.float64]:
        total = np.array(
            [
                sum(length for label, length in lengths if label in sections)
                for lengths in labelled.table["lengths"].iloc[rows]
            ],
            dtype=float,
        )
        return np.column_stack([total, np.log1p(total)])

    return read


def _category_and_year(labelled: Labelled, rows: NDArray[np.int_]) -> list[dict[str, str]]:
    table = labelled.table.iloc[rows]
    return [
        {"category": category, "year": date[:4], "both": f"{category} {date[:4]}"}
        for category, date in zip(table["category"], table["date"], strict=True)
    ]


def _labels(sections: Sequence[str]) -> Reader:
    def read(labelled: Labelled, rows: NDArray[np.int_]) -> list[dict[str, int]]:
        return [
            {label: 1 for label, _ in lengths if label in sections}
            for lengths in labelled.table["lengths"].iloc[rows]
        ]

    return read


def _headings(sections: Sequence[str]) -> Reader:
    def read(labelled: Labelled, rows: NDArray[np.int_]) -> list[dict[str, int]]:
        return [
            {heading: 1 for label, heading in headings if label in sections}
            for headings in labelled.table["headings"].iloc[rows]
        ]

    return read


def _texts(labelled: Labelled, rows: NDArray[np.int_]) -> Sequence[Any]:
    return [labelled.texts[row] for row in rows]
