"""The text of a Doc, kept while it lives."""

from __future__ import annotations

import gc

import spacy

from pipeline import doctext
from pipeline.doctext import remember_text, text_of, tokens_of
from pipeline.nlp import build_nlp


def test_text_is_that_of_the_doc() -> None:
    doc = spacy.blank("en")(" The  complaint\n\nMr X ")
    assert text_of(doc) == doc.text
    assert text_of(doc) is text_of(doc)


def test_the_tokenizer_may_hand_it_over() -> None:
    text = "The complaint\n\nMr X"
    doc = spacy.blank("en").make_doc(text)
    remember_text(doc, text)
    assert text_of(doc) is text


def test_an_empty_doc_may_be_filled() -> None:
    nlp = spacy.blank("en")
    doc = nlp("")
    assert text_of(doc) == ""
    doc.from_bytes(nlp("Mr X").to_bytes())
    assert text_of(doc) == "Mr X"


def test_it_goes_with_the_doc() -> None:
    doc = spacy.blank("en")("Mr X")
    text_of(doc)
    before = len(doctext._TEXTS)
    del doc
    gc.collect()
    assert len(doctext._TEXTS) == before - 1


def test_tokens_are_read_anew_once_one_was_split():
    nlp = build_nlp()
    doc = nlp.make_doc("Mr X complains")
    assert tokens_of(doc) is tokens_of(doc)
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[2], ["comp", "lains"], heads=[(doc[2], 0), (doc[2], 1)])
    assert tokens_of(doc)[:, 1].tolist() == [0, 3, 5, 9]


def test_an_empty_doc_has_no_tokens():
    assert tokens_of(build_nlp().make_doc("")).shape == (0, 2)
