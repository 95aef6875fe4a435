"""Near-duplicates: texts that share so many of their runs of five words.

Pairs are found exactly, by what Bayardo, Ma and Srikant (2007, Scaling Up All Pairs Similarity
Search) observed: two sets that are alike share some of their rarest members, so common phrases
need not be looked up at all.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

SHINGLE_WORDS = 5
PRODUCTS = 20_000_000
"""So many pairs of equal shingles are counted at once: some 300 MB."""
EPSILON = 1e-9
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Odd, its bits as good as random: the golden ratio times 2 to the power of 64."""

Shingles = npt.NDArray[np.uint32]
Name = TypeVar("Name", bound=Hashable)


class Pair(NamedTuple):
    """Two texts, named by their keys, and the Jaccard index of their shingles."""

    first: str
    second: str
    similarity: float


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case, without punctuation."""
    return re.findall(r"\w+", text.lower())


def runs(tokens: Sequence[str], length: int) -> set[str]:
    """Return every run of `length` neighbouring words, joined by spaces."""
    windows = zip(*(islice(tokens, start, None) for start in range(length)), strict=False)
    return {" ".join(window) for window in windows}


def shingles(text: str) -> Shingles:
    """Return the sorted 32-bit hashes of the five-word runs of `text`."""
    hashes = np.array([crc32(word.encode()) for word in words(text)], dtype=np.uint64)
    runs_of_five = np.zeros(max(0, len(hashes) - SHINGLE_WORDS + 1), dtype=np.uint64)
    for place in range(SHINGLE_WORDS):
        runs_of_five *= FACTOR
        runs_of_five += hashes[place : place + len(runs_of_five)]
    # The high bits depend on every word, the low ones only on the low ones of each.
    return np.unique(((runs_of_five * FACTOR) >> np.uint64(32)).astype(np.uint32))


def jaccard(first: Shingles, second: Shingles) -> float:
    """Return the share of shingles that two texts have in common, 0 where both have none."""
    common = np.intersect1d(first, second, assume_unique=True).size
    union = first.size + second.size - common
    return float(common / union) if union else 0.0


def near_duplicates(texts: Mapping[str, str], threshold: float) -> list[Pair]:
    """Return the pairs of `texts` with a Jaccard index of `threshold` or more, sorted.

    Texts of fewer than five words have no shingles and pair with nothing. Raises `ValueError`
    where `threshold` is not above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError("The threshold must be above 0 and at most 1.")
    by_name = {name: shingles(text) for name, text in texts.items()}
    names = [name for name, own in by_name.items() if own.size]
    sets = [by_name[name] for name in names]
    pairs = []
    for one, other in candidates(sets, threshold):
        similarity = jaccard(sets[one], sets[other])
        if similarity >= threshold:
            first, second = sorted((names[one], names[other]))
            pairs.append(Pair(first, second, similarity))
    return sorted(pairs)


def candidates(sets: Sequence[Shingles], threshold: float) -> Iterator[tuple[int, int]]:
    """Yield pairs of indices into `sets`; those with that Jaccard index are all among them.

    No set may be empty. Where x has n members, and y shares as many with it as the threshold
    asks, one of them is among the n - ceil(threshold * n) + 1 rarest of x. What x and y share
    is at most what these parts of them share, and what is left of the one whose part ends
    with the rarer member.
    """
    if not sets:
        return
    sizes = np.array([own.size for own in sets])
    looked_up = sizes - np.ceil(threshold * sizes - EPSILON).astype(int) + 1
    rare, ends = _rarest(sets, looked_up)
    others = rare.T.tocsr()
    work = np.cumsum(rare @ np.diff(others.indptr))
    starts = [0, *np.searchsorted(work, np.arange(PRODUCTS, work[-1], PRODUCTS)), len(sets)]
    for start, stop in pairwise(starts):
        shared = (rare[start:stop] @ others).tocoo()
        later = shared.col > shared.row + start
        one, other = shared.row[later] + start, shared.col[later]
        left = np.where(ends[one] < ends[other], *((sizes - looked_up)[[one, other]]))
        needed = threshold / (1 + threshold) * (sizes[one] + sizes[other])
        enough = shared.data[later] + left >= needed - EPSILON
        yield from zip(one[enough].tolist(), other[enough].tolist(), strict=True)


def _rarest(
    sets: Sequence[Shingles], looked_up: npt.NDArray[np.int_]
) -> tuple[csr_matrix, npt.NDArray[np.int_]]:
    """Return the rarest members of each set as a matrix of ones, and the rank of their last.

    Members of one set only are left out of the matrix, which has a row for each set.
    """
    members, counts = np.unique(np.concatenate(sets), return_counts=True)
    ranks = np.empty(len(members), dtype=np.int32)
    ranks[np.argsort(counts, kind="stable")] = np.arange(len(members), dtype=np.int32)
    alone = np.count_nonzero(counts == 1)
    rows: list[npt.NDArray[np.int32]] = []
    ends = np.empty(len(sets), dtype=int)
    for number, own in enumerate(sets):
        rarest = np.sort(ranks[np.searchsorted(members, own)])[: looked_up[number]]
        ends[number] = rarest[-1]
        rows.append(rarest[np.searchsorted(rarest, alone) :] - np.int32(alone))
    columns = np.concatenate(rows)
    matrix = csr_matrix(
        (
            np.ones(len(columns), dtype=np.int32),
            columns,
            np.cumsum([0, *(len(row) for row in rows)]),
        ),
        shape=(len(sets), len(members) - alone),
    )
    return matrix, ends


def clusters(names: Sequence[Name], links: Sequence[tuple[Name, Name]]) -> list[int]:
    """Return a cluster number for each name; linked names share one, directly or by others."""
    position = {name: number for number, name in enumerate(names)}
    rows = [position[first] for first, _ in links]
    columns = [position[second] for _, second in links]
    graph = coo_matrix((np.ones(len(links)), (rows, columns)), shape=(len(names), len(names)))
    _, labels = connected_components(graph, directed=False)
    return [int(label) for label in labels]
