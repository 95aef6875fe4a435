"""How many texts each feature stands in, counted in memory that grows with the features only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 8_000_000
"""Features gathered before they are counted: a few thousand decisions, some 100 MB."""


class DocumentCounts:
    """Document frequencies of 64-bit feature hashes, each with the block it belongs to."""

    def __init__(self, n_blocks: int, at_once: int = AT_ONCE) -> None:
        self.n_texts = 0
        self._at_once = at_once
        self._hashes: list[NDArray[np.uint64]] = []
        self._blocks: list[NDArray[np.uint8]] = []
        self._gathered = 0
        self._keys = [np.empty(0, dtype=np.uint64) for _ in range(n_blocks)]
        self._counts = [np.empty(0, dtype=np.int32) for _ in range(n_blocks)]

    def add(self, hashes: NDArray[np.uint64], blocks: NDArray[np.uint8]) -> None:
        """Count one text; ``hashes`` and ``blocks`` are parallel and may repeat."""
        hashes, first = np.unique(hashes, return_index=True)
        self._hashes.append(hashes)
        self._blocks.append(blocks[first])
        self.n_texts += 1
        self._gathered += len(hashes)
        if self._gathered >= self._at_once:
            self._count()

    def at_least(
        self, count: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int32]]:
        """Return hash, block and number of texts of what stands in ``count`` texts or more.

        The three arrays are parallel and in the order of the hashes.
        """
        self._count()
        often = [counts >= count for counts in self._counts]
        hashes = np.concatenate([keys[kept] for keys, kept in zip(self._keys, often, strict=True)])
        counts = np.concatenate(
            [counts[kept] for counts, kept in zip(self._counts, often, strict=True)]
        )
        sizes = [np.count_nonzero(kept) for kept in often]
        blocks = np.repeat(np.arange(len(sizes), dtype=np.uint8), sizes)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], blocks[order], counts[order]

    def _count(self) -> None:
        """Count what was gathered: one sort, and one merge with what is known already."""
        if not self._hashes:
            return
        hashes, blocks = np.concatenate(self._hashes), np.concatenate(self._blocks)
        for block in range(len(self._keys)):
            found, counts = np.unique(hashes[blocks == block], return_counts=True)
            self._merge(block, found, counts.astype(np.int32))
        self._hashes, self._blocks, self._gathered = [], [], 0

    def _merge(self, block: int, found: NDArray[np.uint64], counts: NDArray[np.int32]) -> None:
        keys, totals = self._keys[block], self._counts[block]
        places = np.searchsorted(keys, found)
        known = np.zeros(len(found), dtype=np.bool_)
        inside = places < len(keys)
        known[inside] = keys[places[inside]] == found[inside]
        totals[places[known]] += counts[known]
        self._keys[block] = np.insert(keys, places[~known], found[~known])
        self._counts[block] = np.insert(totals, places[~known], counts[~known])
