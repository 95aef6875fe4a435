"""Copies that lack sections."""

import numpy as np
import pytest

from pipeline.cuts import (
    CUTS,
    READ,
    TRAINING_CUTS,
    completeness,
    cut,
    random_copies,
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


def test_copies_are_drawn_evenly_and_the_same_for_a_seed():
    copies = random_copies([TEXT] * 4000, np.random.default_rng(5))
    kinds = {tuple(sorted(labels(copy))) for copy in copies}
    assert len(kinds) == len({tuple(sorted(kept)) for kept in TRAINING_CUTS}) + 1
    again = random_copies([TEXT] * 4000, np.random.default_rng(5))
    assert all(labels(one) == labels(other) for one, other in zip(copies, again, strict=True))


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
