"""Candidate pairs are found, and their similarity is exact."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.neardup import (
    bands_and_rows,
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


def test_more_rows_for_higher_thresholds() -> None:
    # 1 - (1 - 0.2^2)^128 = 0.995; 1 - (1 - 0.2^3)^85 = 0.49. 1 - (1 - 0.5^4)^64 = 0.984.
    assert bands_and_rows(0.2) == (128, 2)
    assert bands_and_rows(0.5) == (64, 4)
    assert bands_and_rows(0.001) == (256, 1)


def test_clusters_follow_links() -> None:
    numbers = clusters(["a", "b", "c", "d", "e"], [("a", "b"), ("b", "e")])
    assert numbers[0] == numbers[1] == numbers[4]
    assert len({numbers[0], numbers[2], numbers[3]}) == 3
    assert clusters([], []) == []
