"""The spaCy pipeline: a fast tokenizer and the two components that read a decision."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from pipeline.doctext import remember_text

# A bare number before a bracket ("24A(6") is one token in spaCy's English; citations need
# it to be three. The site also prints U+2010 and U+2011 where a keyboard gives "-".
BRACKET_INFIXES = (r"(?<=[0-9A-Za-z)\]])[(\[]", r"(?<=[)\]])(?=[0-9A-Za-z])")
HYPHEN_INFIX = r"(?<=[A-Za-z])[\u2010\u2011](?=[A-Za-z])"

MAX_CHARACTERS = 1_000_000
"""Longest text the pipeline takes; a decision of 60 pages has some 200,000 characters."""

CACHED_CHUNKS = 100_000
"""So many words, with the signs that cling to them, the tokenizer remembers how to divide: ten
times spaCy's number, for what it has not seen takes it many times as long."""


class DecisionTokenizer(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer, with the text kept at hand for the components that read it."""

    def __call__(self, text: str) -> Doc:
        """Return the Doc of a text."""
        doc: Doc = super().__call__(text)
        remember_text(doc, text)
        return doc


def make_tokenizer(nlp: Language) -> DecisionTokenizer:
    """Return spaCy's English tokenizer without its special cases.

    Contractions and emoticons are some 1,300 special cases that cost nine tenths of the
    time and do nothing for these texts. The rules for prefixes, suffixes and infixes stay.
    """
    defaults = nlp.Defaults
    infixes = [*(defaults.infixes or ()), *BRACKET_INFIXES, HYPHEN_INFIX]
    return DecisionTokenizer(
        nlp.vocab,
        rules={},
        prefix_search=compile_prefix_regex(defaults.prefixes or ()).search,
        suffix_search=compile_suffix_regex(defaults.suffixes or ()).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
        url_match=None,
        max_cache_size=CACHED_CHUNKS,
    )


def build_nlp() -> Language:
    """Return the pipeline that every other room uses.

    ``nlp(text)`` gives a Doc with ``doc.spans["sections"]``, ``["headings"]``,
    ``["subheadings"]`` and ``["provisions"]``. Blank English: nothing is downloaded.
    """
    nlp = spacy.blank("en")
    nlp.max_length = MAX_CHARACTERS
    nlp.tokenizer = make_tokenizer(nlp)
    nlp.add_pipe("decision_sections")
    nlp.add_pipe("statute_provisions")
    return nlp
