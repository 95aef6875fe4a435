"""Sentences and their weights."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decision import Section
from pipeline.evidence import find_evidence, sentence_bounds
from pipeline.ngrams import Ngrams

TEXT = "Mr X. Brown complains. We found no fault.\n\n  1. The Council paid. It has apologised."
SECTIONS = [Section("summary", "", 0, 43), Section("findings", "", 43, len(TEXT))]


def sentences(text):
    bounds = sentence_bounds(text)
    return [text[start:end].strip() for start, end in itertools.pairwise(bounds)]


def ngrams(*offsets):
    n = len(offsets)
    return Ngrams(
        np.zeros(n, np.uint64),
        np.zeros(n, np.uint8),
        np.array(offsets, np.int32),
        np.zeros(n, np.uint8),
    )


def test_sentences_end_where_a_reader_ends_them():
    assert sentences(TEXT) == [
        "Mr X. Brown complains.",
        "We found no fault.",
        "1. The Council paid.",
        "It has apologised.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It paid £3.50 in all.",
        "See s.24A of the Act.",
        "Mr B. had no reply.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text):
    assert len(sentences(text)) == 1


def test_the_heaviest_sentences_come_first_with_their_section():
    at = [TEXT.index(word) for word in ("fault", "paid", "apologised")]
    found = find_evidence(TEXT, SECTIONS, ngrams(*at), np.array([1.0, 3.0, 2.0], np.float32))
    assert [TEXT[one.start : one.end] for one in found] == [
        "The Council paid.",
        "It has apologised.",
        "We found no fault.",
    ]
    assert [one.section for one in found] == ["findings", "findings", "summary"]
    assert [one.weight for one in found] == [3, 2, 1]


def test_weights_within_a_sentence_add_up():
    at = [TEXT.index("found"), TEXT.index("fault")]
    (one,) = find_evidence(TEXT, SECTIONS, ngrams(*at), np.array([1.0, 0.5], np.float32))
    assert one.weight == pytest.approx(1.5)


def test_a_sentence_that_pulls_the_other_way_is_no_evidence():
    at = TEXT.index("fault")
    assert find_evidence(TEXT, SECTIONS, ngrams(at), np.array([-1.0], np.float32)) == []


def test_no_words_no_evidence():
    assert find_evidence("", [], ngrams(), np.array([], np.float32)) == []


@given(st.text(max_size=300))
def test_sentences_partition_any_text(text):
    bounds = sentence_bounds(text)
    assert "".join(text[a:b] for a, b in itertools.pairwise(bounds)) == text
