"""Candidate pairs are found, and their similarity is exact."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import neardup
from pipeline.neardup import (
    candidates,
    clusters,
    jaccard,
    near_duplicates,
    runs,
    shingles,
    words,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PARAGRAPH = " ".join(f"{a}{b}" for a in LETTERS[:10] for b in LETTERS[:10])


def test_words_and_runs() -> None:
    assert words("The Council's “plan”, 2021!") == ["the", "council", "s", "plan", "2021"]
    assert runs(["a", "b", "c"], 2) == {"a b", "b c"}
    assert runs(["a"], 2) == set()


def test_similarity_counted_by_hand() -> None:
    # Runs of five: abcde bcdef cdefg / bcdef cdefg defgh; 2 in common of 4.
    assert jaccard(shingles("a b c d e f g"), shingles("b c d e f g h")) == 0.5
    assert jaccard(shingles("one two"), shingles("one two")) == 0.0


def test_pairs_above_the_threshold_are_found() -> None:
    tokens = PARAGRAPH.split()
    texts = {
        "whole": PARAGRAPH,
        "changed": " ".join([*tokens[:50], "here", "it", "differs", *tokens[53:]]),
        "third": " ".join([*tokens[:36], *(f"x{n}" for n in range(64))]),
        "other": " ".join(f"y{n}" for n in range(100)),
        "short": "far too short",
        "again": "far too short",
    }
    found = [(pair.first, pair.second) for pair in near_duplicates(texts, 0.2)]
    assert ("changed", "whole") in found
    assert ("third", "whole") in found
    assert not {"other", "short", "again"} & {name for pair in found for name in pair}
    assert [pair[:2] for pair in near_duplicates(texts, 0.5)] == [("changed", "whole")]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=6, max_size=30), max_size=6))
def test_pairs_and_similarities_are_those_of_a_full_comparison(texts) -> None:
    named = {str(number): " ".join(tokens) for number, tokens in enumerate(texts)}
    expected = []
    for one, other in combinations(sorted(named), 2):
        first, second = (runs(named[name].split(), 5) for name in (one, other))
        similarity = len(first & second) / len(first | second)
        if similarity >= 0.3:
            expected.append((one, other, similarity))
    assert near_duplicates(named, 0.3) == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 12), min_size=1, max_size=10), max_size=10),
    st.sampled_from([0.2, 1 / 3, 0.5, 0.6, 0.75, 1.0]),
    st.sampled_from([1, 7, 1000]),
)
def test_no_pair_at_the_threshold_is_missed_whatever_is_counted_at_once(sets, threshold, at_once):
    arrays = [np.array(sorted(members), dtype=np.uint32) for members in sets]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neardup, "PRODUCTS", at_once)
        found = list(candidates(arrays, threshold))
    assert len(found) == len(set(found))
    assert set(found) >= {
        (one, other)
        for one, other in combinations(range(len(sets)), 2)
        if jaccard(arrays[one], arrays[other]) >= threshold
    }


def test_a_phrase_that_all_share_makes_no_candidates() -> None:
    common = list(range(100))
    sets = [np.array(common + [1000 * n + k for k in range(200)], np.uint32) for n in range(1, 9)]
    assert list(candidates(sets, 0.5)) == []


@pytest.mark.parametrize("threshold", [0, -0.1, 1.1])
def test_a_threshold_that_means_nothing_is_refused(threshold) -> None:
    with pytest.raises(ValueError, match="above 0"):
        near_duplicates({"a": PARAGRAPH}, threshold)


def test_clusters_follow_links() -> None:
    numbers = clusters(["a", "b", "c", "d", "e"], [("a", "b"), ("b", "e")])
    assert numbers[0] == numbers[1] == numbers[4]
    assert len({numbers[0], numbers[2], numbers[3]}) == 3
    assert clusters([], []) == []
