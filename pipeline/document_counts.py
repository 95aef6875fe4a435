"""How many texts each feature stands in, counted in memory that grows with the features only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 8_000_000
"""Features gathered before they are counted: a few thousand decisions, some 60 MB."""


class DocumentCounts:
    """Number of texts that each 64-bit hash stands in."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._gathered: list[NDArray[np.uint64]] = []
        self._size = 0
        self._hashes = np.empty(0, dtype=np.uint64)
        self._counts = np.empty(0, dtype=np.int32)

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Count one text, whose hashes may repeat."""
        self._gathered.append(np.unique(hashes))
        self._size += len(self._gathered[-1])
        if self._size >= self._at_once:
            self._count()

    def at_least(self, count: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return the hashes that stand in ``count`` texts or more, sorted, and their counts."""
        self._count()
        often = self._counts >= count
        return self._hashes[often], self._counts[often]

    def _count(self) -> None:
        """Count what was gathered, in one sort, and merge it with what is known already."""
        if not self._gathered:
            return
        found, counts = np.unique(np.concatenate(self._gathered), return_counts=True)
        self._gathered, self._size = [], 0
        places = np.searchsorted(self._hashes, found)
        known = np.zeros(len(found), dtype=np.bool_)
        inside = places < len(self._hashes)
        known[inside] = self._hashes[places[inside]] == found[inside]
        self._counts[places[known]] += counts[known].astype(np.int32)
        new = ~known
        self._hashes = np.insert(self._hashes, places[new], found[new])
        self._counts = np.insert(self._counts, places[new], counts[new])
