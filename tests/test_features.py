"""The transformer against weights worked out by hand, and against scikit-learn's contract."""

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import (
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)
from spacy.tokens import DocBin

from pipeline.decision import SECTION_LABELS
from pipeline.features import N_BLOCKS, SectionNgrams
from pipeline.ngrams import WORD, Ngrams, joined
from pipeline.nlp import build_nlp

SUMMARY, COMPLAINT, DECISION = (
    SECTION_LABELS.index(label) for label in ("summary", "complaint", "decision")
)


def text(*entries):
    """Return n-grams of (hash, section code) pairs."""
    hashes, sections = zip(*entries, strict=True) if entries else ((), ())
    n = len(hashes)
    return Ngrams(
        np.array(hashes, np.uint64),
        np.array(sections, np.uint8),
        np.arange(n, dtype=np.int32),
        np.full(n, WORD, np.uint8),
    )


A = text((1, SUMMARY), (1, SUMMARY), (2, SUMMARY), (3, COMPLAINT))
B = text((1, SUMMARY), (2, COMPLAINT), (3, COMPLAINT))


def fit(texts=(A, B), **options):
    return SectionNgrams(min_df=1, **options).fit(texts)


def test_a_feature_is_an_ngram_in_a_block():
    features = fit()
    # Whole text: 1, 2, 3. Summary: 1, 2. Matter (complaint): 2, 3.
    assert list(features.vocabulary_) == [1, 2, 3]
    assert len(features.idf_) == 7
    assert features.columns_.shape == (3, N_BLOCKS)


def test_weights_by_hand():
    features = fit(whole=False)
    row = features.transform([A]).toarray()[0]
    one, two = 1 + np.log(2), 1.0
    idf_one = np.log(3 / 3) + 1
    idf_two = np.log(3 / 2) + 1
    norm = np.hypot(one * idf_one, two * idf_two)
    summary = [column for column in range(len(row)) if features.blocks_[column] == 1]
    weights = sorted(row[summary])
    assert weights == pytest.approx(sorted([one * idf_one / norm, two * idf_two / norm]), rel=1e-6)


def test_every_block_that_a_text_has_is_of_length_one():
    features = fit()
    row = features.transform([A]).toarray()[0]
    for block in np.unique(features.blocks_[row != 0]):
        assert np.linalg.norm(row[features.blocks_ == block]) == pytest.approx(1, rel=1e-6)


def test_what_is_shared_out_over_occurrences_adds_up_to_the_matrix():
    together = joined([A, text(), B])
    weighted = fit().weigh(together)
    shares = weighted.share_out(weighted.matrix.data)
    summed = np.bincount(together.numbers, shares, 3)
    assert summed == pytest.approx(np.asarray(weighted.matrix.sum(axis=1)).ravel(), rel=1e-6)


def test_a_text_weighs_the_same_among_others():
    features = fit()
    together = features.weigh(joined([A, text((99, SUMMARY)), B, A])).matrix
    for row, one in enumerate([A, text((99, SUMMARY)), B, A]):
        alone = features.weigh(joined([one])).matrix
        assert (together[row] != alone).nnz == 0


def test_sections_that_are_not_read_do_not_count():
    features = fit(sections=("complaint",))
    changed = text((1, SUMMARY), (7, DECISION), (3, COMPLAINT))
    alone = text((3, COMPLAINT))
    assert (features.transform([changed]) != features.transform([alone])).nnz == 0


def test_rare_features_are_left_out():
    features = SectionNgrams(min_df=2).fit([A, B])
    assert set(features.vocabulary_) == {1, 2, 3}
    assert len(features.idf_) == 5  # 2 stands in the summary of one text, the complaint of one


def test_the_most_frequent_features_stay():
    features = fit([A, B, text((1, SUMMARY))], max_features=1, by_section=False)
    assert list(features.vocabulary_) == [1]


@pytest.mark.parametrize("texts", [[], [text()], [text((1, SUMMARY))]])
def test_too_little_to_learn_from_is_said_in_words(texts):
    with pytest.raises(ValueError, match="nothing to learn from"):
        SectionNgrams(min_df=2).fit(texts)


def test_unknown_words_and_empty_texts_give_empty_rows():
    matrix = fit().transform([text((99, SUMMARY)), text()])
    assert matrix.shape == (2, 7)
    assert matrix.nnz == 0


def test_fitting_does_not_depend_on_the_order_of_texts():
    one, other = fit((A, B)), fit((B, A))
    assert (one.vocabulary_ == other.vocabulary_).all()
    assert (one.idf_ == other.idf_).all()
    assert (one.columns_ == other.columns_).all()


def test_docs_and_doc_bins_give_the_same_matrix():
    nlp = build_nlp()
    docs = list(nlp.pipe(["Summary: no fault.\n\nThe complaint\n\nA hedge.", "Summary: fault."]))
    features = SectionNgrams(min_df=1).fit(docs)
    from_bin = features.transform(DocBin(docs=docs, store_user_data=False))
    assert issparse(from_bin)
    assert (from_bin != features.transform(docs)).nnz == 0


def test_the_estimator_contract():
    check_no_attributes_set_in_init("SectionNgrams", SectionNgrams())
    check_parameters_default_constructible("SectionNgrams", SectionNgrams())
    features = SectionNgrams(sections=("complaint",), min_df=1)
    assert clone(features).get_params() == features.get_params()
    assert features.fit([A, B]) is features
    with pytest.raises(NotFittedError):
        SectionNgrams().transform([A])


def test_what_was_fitted_before_is_forgotten():
    features = fit([A, B])
    features.transform([A])
    other = text((7, SUMMARY), (8, SUMMARY), (9, COMPLAINT))
    fresh = fit([other]).transform([other])
    assert (features.fit([other]).transform([other]) != fresh).nnz == 0


def test_too_many_texts_at_once_are_refused():
    features = fit([A, B])
    features.idf_ = range(1 << 30)
    with pytest.raises(ValueError, match="too many at once"):
        features.weigh(joined([A, B]))
