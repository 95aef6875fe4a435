"""Copies that lack sections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cuts import (
    CUTS,
    N_KINDS,
    READ,
    TRAINING_CUTS,
    WHOLE,
    WITHOUT_HEADINGS,
    Copies,
    completeness,
    cut,
    draw_kinds,
    without_headings,
)
from pipeline.decision import SECTION_LABELS
from pipeline.ngrams import Ngrams

EVERY = np.arange(len(SECTION_LABELS), dtype=np.uint8)
TEXT = Ngrams(EVERY.astype(np.uint64), EVERY, EVERY.astype(np.int32), np.zeros_like(EVERY))


def labels(text):
    return {SECTION_LABELS[code] for code in text.sections}


def test_a_cut_copy_has_the_sections_that_are_left():
    assert labels(cut(TEXT, CUTS["ends after role"])) == {"summary", "complaint", "scope", "role"}
    assert labels(cut(TEXT, CUTS["summary missing"])) == set(READ) - {"summary"}


@pytest.mark.parametrize("name", CUTS)
def test_no_copy_has_more_than_the_whole(name):
    assert set(CUTS[name]) <= set(CUTS["whole"])


def test_a_copy_without_headings_has_every_word_in_unknown():
    copy = without_headings(TEXT)
    assert labels(copy) == {"unknown"}
    assert (copy.hashes == TEXT.hashes).all()


def test_kinds_are_drawn_evenly_never_twice_and_the_same_for_a_seed():
    drawn = np.array(draw_kinds(4000, 3, np.random.default_rng(5)))
    assert drawn.shape == (3, 4000)
    assert WHOLE not in drawn
    assert all(len(set(kinds)) == 3 for kinds in drawn.T)
    counts = np.bincount(drawn.ravel(), minlength=N_KINDS)[1:]
    assert counts == pytest.approx(np.full(N_KINDS - 1, 12000 / (N_KINDS - 1)), rel=0.1)
    assert (drawn == draw_kinds(4000, 3, np.random.default_rng(5))).all()


def test_with_as_many_rounds_as_kinds_every_text_has_every_kind():
    drawn = np.array(draw_kinds(50, N_KINDS - 1, np.random.default_rng(5)))
    assert (np.sort(drawn, axis=0) == np.arange(1, N_KINDS)[:, None]).all()


def test_copies_are_cut_when_they_are_asked_for():
    copies = Copies([TEXT, TEXT], np.array([0, 1, 1]), np.array([WHOLE, WITHOUT_HEADINGS, 1]))
    assert copies[0] is TEXT
    assert labels(copies[1]) == {"unknown"}
    assert labels(copies[2]) == labels(cut(TEXT, TRAINING_CUTS[1]))
    assert len(copies[1:]) == len(copies.where(np.array([False, True, True]))) == 2


@given(
    st.lists(st.lists(st.sampled_from(READ), max_size=6), min_size=1, max_size=5),
    st.lists(st.integers(0, N_KINDS - 1), min_size=1, max_size=9),
)
def test_the_labels_of_copies_are_those_their_words_have(texts, kinds):
    codes = [np.array([SECTION_LABELS.index(one) for one in text], np.uint8) for text in texts]
    made = [Ngrams(one.astype(np.uint64), one, one.astype(np.int32), one) for one in codes]
    rows = np.arange(len(kinds)) % len(texts)
    copies = Copies(made, rows, np.array(kinds))
    found = [{SECTION_LABELS[at] for at in np.flatnonzero(row)} for row in copies.labels()]
    assert found == [labels(copy) for copy in copies]


@pytest.mark.parametrize(
    ("present", "kind"),
    [
        (("summary", "complaint", "findings", "decision"), "whole"),
        (("summary", "role", "decision"), "whole"),
        (("complaint", "findings", "decision"), "part"),
        (("summary", "complaint", "findings"), "part"),
        (("summary", "complaint", "role"), "start"),
        (("unknown",), "start"),
        ((), "start"),
    ],
)
def test_how_much_a_copy_holds(present, kind):
    assert completeness(present) == kind
