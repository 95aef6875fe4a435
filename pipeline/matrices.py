"""Matrices of many texts: made batch by batch, and as held-out texts must see them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.features import N_BLOCKS, SectionNgrams
from pipeline.ngrams import Ngrams

AT_ONCE = 1_000
ROOM = 1_000_000
"""Cells there is room for to begin with."""


def matrix_of(
    features: SectionNgrams, texts: Iterable[Ngrams], at_once: int = AT_ONCE
) -> csr_matrix:
    """Return what ``features.transform(texts)`` gives, shape (n_texts, n_features).

    ``texts`` are read once, ``at_once`` of them at a time, and little more memory is held than the
    matrix itself takes.
    """
    left = iter(texts)
    cells = np.empty(ROOM, dtype=np.float32)
    columns = np.empty(ROOM, dtype=np.int32)
    lengths: list[NDArray[np.int_]] = [np.zeros(1, dtype=np.int_)]
    end = 0
    while batch := list(islice(left, at_once)):
        part = features.transform(batch)
        start, end = end, end + part.nnz
        if end > len(cells):
            # Large arrays grow where they stand. What is added is written to, so add little.
            size = end + end // 10
            cells.resize(size, refcheck=False)
            columns.resize(size, refcheck=False)
        cells[start:end] = part.data
        columns[start:end] = part.indices
        lengths.append(np.diff(part.indptr))
    ends = np.cumsum(np.concatenate(lengths))
    return csr_matrix((cells[:end], columns[:end], ends), shape=(len(ends) - 1, len(features.idf_)))


def as_fitted_on(features: SectionNgrams, X: csr_matrix, texts: NDArray[np.bool_]) -> csr_matrix:
    """Return X as it would be had ``features`` been fitted on some of its rows alone.

    ``texts`` marks those rows, shape (n_rows,). A text that is held out must not bring words
    into the vocabulary: they would weigh nothing and yet lengthen its row, so that its score
    is lower than that of a text which is really new, and probabilities calibrated on such scores
    are too sure.
    """
    df = np.bincount(X[texts].indices, minlength=X.shape[1])
    idf = np.log((1 + np.count_nonzero(texts)) / (1 + df)) + 1
    change = np.where(df >= features.min_df, idf / features.idf_, 0).astype(np.float32)
    cells = X.data * change.take(X.indices)
    rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    blocks = rows * N_BLOCKS + features.blocks_.take(X.indices)
    lengths = np.sqrt(np.bincount(blocks, cells * cells, X.shape[0] * N_BLOCKS))
    cells /= np.where(lengths, lengths, 1).astype(np.float32).take(blocks)
    fitted = csr_matrix((cells, X.indices.copy(), X.indptr.copy()), shape=X.shape)
    fitted.eliminate_zeros()
    return fitted
