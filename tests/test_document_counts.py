"""Counting in batches is counting."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document_counts import DocumentCounts

TEXTS = st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12)


@given(TEXTS, st.integers(1, 20), st.integers(1, 3))
def test_counts_are_those_of_a_counter_whatever_the_size_of_a_batch(texts, at_once, least):
    counts = DocumentCounts(at_once)
    expected: Counter[int] = Counter()
    for text in texts:
        counts.add(np.array(text, dtype=np.uint64))
        expected.update(set(text))
    hashes, found = counts.at_least(least)
    often = {key: count for key, count in sorted(expected.items()) if count >= least}
    assert hashes.tolist() == list(often)
    assert found.tolist() == list(often.values())
