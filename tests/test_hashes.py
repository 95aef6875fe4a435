"""The index of hashes finds what a binary search finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.hashes import HashIndex

LARGEST = 2**64 - 1
HASHES = st.integers(0, LARGEST) | st.integers(0, 300) | st.integers(LARGEST - 300, LARGEST)


@given(st.sets(HASHES, max_size=80), st.lists(HASHES, max_size=40))
def test_every_hash_is_found_at_its_place_and_no_other(held: set[int], others: list[int]) -> None:
    sorted_hashes = np.array(sorted(held), dtype=np.uint64)
    asked = np.array([*others, *held], dtype=np.uint64)
    places, known = HashIndex(sorted_hashes).find(asked)
    assert known.tolist() == [int(one) in held for one in asked]
    assert (sorted_hashes[places[known]] == asked[known]).all()
