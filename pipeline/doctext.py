"""The text of a Doc, kept while the Doc lives.

``Doc.text`` joins its tokens anew at every call, which takes two thirds as long as making the
tokens. The components need it one after the other, so it is built once at most, and not at
all where the tokenizer still had it in hand.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from spacy.tokens import Doc

_TEXTS: WeakKeyDictionary[Doc, str] = WeakKeyDictionary()


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
