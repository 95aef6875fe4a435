"""What a model leans on: the features with the largest weights for each outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.decision import OUTCOMES
from pipeline.features import BLOCK_NAMES
from pipeline.view_model import ViewModel


def top_terms(model: ViewModel, most: int = 15) -> pd.DataFrame:
    """Return the features that pull hardest towards each outcome, hardest first.

    Columns ``outcome``, ``rank`` (from 1), ``term``, ``block`` (the whole text, or the group of
    sections the term stands in) and ``weight``: the coefficient less the mean of the three
    outcomes, since only differences between outcomes count. A term that begins with ``cue``
    is one of ``cues.toml``.
    """
    terms, blocks = _names(model)
    weights = model.outcome.coef_ - model.outcome.coef_.mean(axis=1, keepdims=True)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "outcome": outcome,
                    "rank": range(1, len(columns) + 1),
                    "term": terms[columns],
                    "block": blocks[columns],
                    "weight": weights[columns, code].astype(float).round(2),
                }
            )
            for code, outcome in enumerate(OUTCOMES)
            for columns in [np.argsort(-weights[:, code], kind="stable")[:most]]
        ],
        ignore_index=True,
    )


def _names(model: ViewModel) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the term and the block of each feature."""
    features = model.outcome_features
    named = np.array(model.vocabulary.decode().split("\n"), dtype=object)
    terms = np.empty(len(features.idf_), dtype=object)
    rows, blocks = np.nonzero(features.columns_ >= 0)
    terms[features.columns_[rows, blocks]] = named[rows]
    return terms, np.array(BLOCK_NAMES, dtype=object)[features.blocks_]
