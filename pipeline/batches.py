"""Lists of a few, from many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

TOGETHER = 8
"""Decisions that are read together: enough to share what numpy takes for each step, few enough
for their arrays to stay in the cache of a processor."""

T = TypeVar("T")


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of ``size`` things, the last perhaps of fewer.

    `itertools.batched` from Python 3.12 on.
    """
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
