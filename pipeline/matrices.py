"""The matrix of many texts, made batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.features import SectionNgrams
from pipeline.ngrams import Ngrams

AT_ONCE = 1_000


def matrix_of(
    features: SectionNgrams, texts: Iterable[Ngrams], at_once: int = AT_ONCE
) -> csr_matrix:
    """Return what ``features.transform(texts)`` gives, shape (n_texts, n_features).

    ``texts`` are read once, ``at_once`` of them at a time, and beside the matrix itself no more
    than half its size is held in memory.
    """
    left = iter(texts)
    data: list[NDArray[np.float32]] = []
    indices: list[NDArray[np.int32]] = []
    lengths: list[NDArray[np.int_]] = []
    while batch := list(islice(left, at_once)):
        part = features.transform(batch)
        data.append(part.data)
        indices.append(part.indices)
        lengths.append(np.diff(part.indptr))
    ends = np.cumsum(np.concatenate([[0], *lengths]))
    return csr_matrix(
        (_joined(data, np.float32), _joined(indices, np.int32), ends),
        shape=(len(ends) - 1, len(features.idf_)),
    )


def _joined(parts: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    """Return the parts as one array and let go of them."""
    joined = np.concatenate([np.empty(0, dtype), *parts])
    parts.clear()
    return joined
