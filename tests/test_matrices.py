"""A matrix made batch by batch is the matrix."""

import numpy as np
import pytest

from pipeline.decision import SECTION_LABELS
from pipeline.features import SectionNgrams
from pipeline.matrices import as_fitted_on, matrix_of
from pipeline.ngrams import Ngrams

RNG = np.random.default_rng(3)


def text():
    n = int(RNG.integers(0, 30))
    sections = RNG.integers(len(SECTION_LABELS), size=n).astype(np.uint8)
    hashes = RNG.integers(20, size=n).astype(np.uint64)
    return Ngrams(hashes, sections, np.arange(n, dtype=np.int32), np.zeros(n, np.uint8))


TEXTS = [text() for _ in range(25)]


@pytest.mark.parametrize("at_once", [1, 7, 25, 100])
def test_batches_change_nothing(at_once):
    features = SectionNgrams(min_df=1).fit(TEXTS)
    whole, made = features.transform(TEXTS), matrix_of(features, iter(TEXTS), at_once)
    assert made.shape == whole.shape
    assert made.dtype == np.float32
    assert made.indices.dtype == np.int32
    assert (made != whole).nnz == 0


def test_no_texts_give_a_matrix_without_rows():
    features = SectionNgrams(min_df=1).fit(TEXTS)
    assert matrix_of(features, []).shape == (0, len(features.idf_))


def test_a_matrix_as_fitted_on_some_texts_is_that_of_features_fitted_on_them():
    everything = SectionNgrams(min_df=2).fit(TEXTS)
    some = np.arange(len(TEXTS)) % 3 != 0
    fewer = SectionNgrams(min_df=2).fit(
        [one for one, kept in zip(TEXTS, some, strict=True) if kept]
    )
    found = as_fitted_on(everything, everything.transform(TEXTS), some)
    expected = fewer.transform(TEXTS).toarray()
    assert len(fewer.idf_) < found.shape[1]
    assert found.nnz == np.count_nonzero(expected)
    column_of = {
        (hash_, block): column
        for hash_, columns in zip(everything.vocabulary_, everything.columns_, strict=True)
        for block, column in enumerate(columns)
        if column >= 0
    }
    for hash_, columns in zip(fewer.vocabulary_, fewer.columns_, strict=True):
        for block, column in enumerate(columns):
            if column >= 0:
                same = found[:, [column_of[hash_, block]]].toarray()[:, 0]
                assert same == pytest.approx(expected[:, column], abs=1e-6)
