"""Near-duplicates by MinHash (Broder 1997) over runs of five words.

datasketch proposes candidate pairs by locality-sensitive hashing; each candidate is then
compared exactly, so a reported similarity is the true Jaccard index of the two sets.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SHINGLE_WORDS = 5
PERMUTATIONS = 256
RECALL = 0.98
"""Least probability with which a pair just at the threshold is proposed."""

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
    hashed = {crc32(run.encode()) for run in runs(words(text), SHINGLE_WORDS)}
    return np.fromiter(sorted(hashed), np.uint32, len(hashed))


def jaccard(first: Shingles, second: Shingles) -> float:
    """Return the share of shingles that two texts have in common, 0 where both have none."""
    common = np.intersect1d(first, second, assume_unique=True).size
    union = first.size + second.size - common
    return float(common / union) if union else 0.0


def bands_and_rows(threshold: float) -> tuple[int, int]:
    """Return bands and rows of the hashing that keep `RECALL` with the fewest false candidates.

    A pair of similarity s is proposed with probability 1 - (1 - s^rows)^bands.
    """
    fitting = [
        (PERMUTATIONS // rows, rows)
        for rows in range(1, 17)
        if 1 - (1 - threshold**rows) ** (PERMUTATIONS // rows) >= RECALL
    ]
    return fitting[-1] if fitting else (PERMUTATIONS, 1)


def near_duplicates(texts: Mapping[str, str], threshold: float) -> list[Pair]:
    """Return the pairs of `texts` with a Jaccard index of `threshold` or more, sorted.

    Texts of fewer than five words have no shingles and pair with nothing.
    """
    index = MinHashLSH(num_perm=PERMUTATIONS, params=bands_and_rows(threshold))
    by_name = {name: shingles(text) for name, text in texts.items()}
    pairs: list[Pair] = []
    for name, own in by_name.items():
        if not own.size:
            continue
        signature = MinHash(num_perm=PERMUTATIONS, hashfunc=int)
        signature.update_batch(own)
        for other in index.query(signature):
            similarity = jaccard(own, by_name[other])
            if similarity >= threshold:
                pairs.append(Pair(min(name, other), max(name, other), similarity))
        index.insert(name, signature)
    return sorted(pairs)


def clusters(names: Sequence[Name], links: Sequence[tuple[Name, Name]]) -> list[int]:
    """Return a cluster number for each name; linked names share one, directly or by others."""
    position = {name: number for number, name in enumerate(names)}
    rows = [position[first] for first, _ in links]
    columns = [position[second] for _, second in links]
    graph = coo_matrix((np.ones(len(links)), (rows, columns)), shape=(len(names), len(names)))
    _, labels = connected_components(graph, directed=False)
    return [int(label) for label in labels]
