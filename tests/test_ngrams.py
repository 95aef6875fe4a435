"""What a model reads of a Doc, and what it must never read."""

import numpy as np
import pytest

from pipeline.cues import CueMatcher
from pipeline.decision import SECTION_LABELS
from pipeline.ngrams import CUE, PAIR, WORD, name_vocabulary, read_joined, read_ngrams
from pipeline.nlp import build_nlp

TEXT = """The Ombudsman's final decision:

Summary: We will not investigate this complaint about a hedge.

The complaint

  1. Mr X says the Council cut 24 hedges down in 2021.

Back to top

The Ombudsman's role and powers

  1. We may decide not to start. (Local Government Act 1974, section 24A(6), as amended)

Final decision

  1. We will not investigate.
"""


@pytest.fixture(scope="module")
def nlp():
    return build_nlp()


@pytest.fixture(scope="module")
def cues(nlp):
    return CueMatcher(nlp)


def words(nlp, text, cues=None, label=None):
    """Return the words, pairs and cues of a text, or of its sections of one label."""
    ngrams = read_ngrams(nlp(text), cues)
    if label is not None:
        ngrams = ngrams.where(ngrams.sections == SECTION_LABELS.index(label))
    vocabulary = np.unique(ngrams.hashes)
    # The names need the words of the whole text, pairs being named by their two words.
    return set(name_vocabulary(vocabulary, [read_ngrams(nlp(text), cues)], nlp.vocab.strings))


def test_words_and_pairs_of_a_section(nlp):
    found = words(nlp, TEXT, label="complaint")
    assert {"mr", "says", "the council", "council cut", "hedges down", "down in"} <= found


def test_a_number_between_two_words_does_not_part_them(nlp):
    assert "cut hedges" in words(nlp, TEXT, label="complaint")


@pytest.mark.parametrize("unread", ["local", "government", "act", "section", "amended local"])
def test_citations_are_masked(nlp, unread):
    assert unread not in words(nlp, TEXT)


@pytest.mark.parametrize("unread", ["summary", "back", "role", "powers", "final", "x", "24"])
def test_headings_furniture_numbers_and_single_letters_are_not_read(nlp, unread):
    assert unread not in words(nlp, TEXT)


def test_a_pair_never_spans_two_sections(nlp):
    assert "hedge mr" not in words(nlp, TEXT)


def test_cues_stand_in_the_section_that_speaks(nlp, cues):
    ngrams = read_ngrams(nlp(TEXT), cues)
    sections = {SECTION_LABELS[code] for code in ngrams.sections[ngrams.kinds == CUE]}
    assert sections == {"summary", "decision"}


def test_offsets_are_where_the_words_stand(nlp, cues):
    doc = nlp(TEXT)
    ngrams = read_ngrams(doc, cues)
    for hashed, offset in zip(
        ngrams.hashes[ngrams.kinds == WORD], ngrams.offsets[ngrams.kinds == WORD], strict=True
    ):
        word = nlp.vocab.strings[int(hashed)]
        assert TEXT[offset : offset + len(word)].lower() == word


def test_the_order_of_a_pair_counts(nlp):
    one = read_ngrams(nlp("Summary: fault no"))
    other = read_ngrams(nlp("Summary: no fault"))
    assert not set(one.hashes[one.kinds == PAIR]) & set(other.hashes[other.kinds == PAIR])


@pytest.mark.parametrize("text", ["", " ", "\n\n", "1. 2. 3.", "Final decision"])
def test_texts_without_words_have_no_ngrams(nlp, cues, text):
    assert len(read_ngrams(nlp(text), cues).hashes) == 0


def test_every_name_of_the_vocabulary_is_found(nlp, cues):
    texts = [read_ngrams(nlp(TEXT), cues)]
    vocabulary = np.unique(texts[0].hashes)
    names = name_vocabulary(vocabulary, texts, nlp.vocab.strings)
    assert all(names)
    assert len(set(names)) == len(names)


def test_nothing_runs_from_one_text_into_the_next(nlp, cues):
    docs = [nlp("The decision\n\nWe found no"), nlp(""), nlp("fault here."), nlp(TEXT)]
    for doc, here in zip(docs, read_joined(docs, cues).split(), strict=True):
        alone = read_ngrams(doc, cues)
        assert here.hashes.tolist() == alone.hashes.tolist()
        assert here.offsets.tolist() == alone.offsets.tolist()
