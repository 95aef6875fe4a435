"""The matrix of many texts, made batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.features import SectionNgrams
from pipeline.ngrams import Ngrams

AT_ONCE = 1_000
ROOM = 10_000_000
"""Cells there is room for to begin with."""


def matrix_of(
    features: SectionNgrams, texts: Iterable[Ngrams], at_once: int = AT_ONCE
) -> csr_matrix:
    """Return what ``features.transform(texts)`` gives, shape (n_texts, n_features).

    ``texts`` are read once, ``at_once`` of them at a time, and no more memory is held than the
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
            # An array of this size grows where it stands; what is not written to takes no memory.
            cells.resize(2 * end, refcheck=False)
            columns.resize(2 * end, refcheck=False)
        cells[start:end] = part.data
        columns[start:end] = part.indices
        lengths.append(np.diff(part.indptr))
    ends = np.cumsum(np.concatenate(lengths))
    return csr_matrix((cells[:end], columns[:end], ends), shape=(len(ends) - 1, len(features.idf_)))
