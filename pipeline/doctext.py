"""The text and the tokens of a Doc as plain values, kept while the Doc lives.

``Doc.text`` joins its tokens anew at every call, which takes nearly as long as making them. The
components need it one after the other, so it is built once at most, and not at all where the
tokenizer still had it in hand. ``Doc.to_array`` is slow once other Docs have been worked on, for
a token of spaCy's is large and no longer in the cache.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, LOWER
from spacy.tokens import Doc

_TEXTS: WeakKeyDictionary[Doc, str] = WeakKeyDictionary()
_TOKENS: WeakKeyDictionary[Doc, NDArray[np.uint64]] = WeakKeyDictionary()


def remember_text(doc: Doc, text: str) -> None:
    """Keep `text`, which must be the text that `doc` was made from, until `doc` is gone."""
    _TEXTS[doc] = text


def text_of(doc: Doc) -> str:
    """Return ``doc.text``."""
    text = _TEXTS.get(doc)
    if text is None:
        text = doc.text
        if text:
            _TEXTS[doc] = text
    return text


def tokens_of(doc: Doc) -> NDArray[np.uint64]:
    """Return hash of the lower case and first character of each token, shape (n_tokens, 2)."""
    tokens = _TOKENS.get(doc)
    # A component may have split tokens since, or merged some.
    if tokens is None or len(tokens) != len(doc):
        tokens = doc.to_array([LOWER, IDX]).reshape(-1, 2).astype(np.uint64, copy=False)
        _TOKENS[doc] = tokens
    return tokens
