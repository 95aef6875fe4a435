"""What the models read of a Doc: hashed words and word pairs, each with its section.

Only alphabetic tokens of two letters or more count, so list marks, numbers, references and
punctuation never reach a model and the layout of a copy cannot change a score. Headings,
sub-headings and citations are masked; header and furniture are left out altogether.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_ALPHA, LENGTH, LOWER, SPACY
from spacy.strings import StringStore
from spacy.tokens import Doc

from pipeline.cues import CueMatcher
from pipeline.decision import SECTION_LABELS

MASKED_GROUPS = ("headings", "subheadings", "citations")
NEVER_READ = ("header", "furniture", "signature")

# Sections that do the same work share a salt, so that "no fault" in a summary and in a
# paragraph of law are two features. What exists in a copy is never itself a feature.
SECTION_GROUPS: dict[str, tuple[str, ...]] = {
    "opening": ("summary",),
    "matter": ("complaint", "scope", "not_investigated"),
    "powers": ("role",),
    "reasons": ("background", "consideration", "findings"),
    "result": ("action", "decision"),
    "unknown": ("unknown",),
}
GROUP_NAMES = tuple(SECTION_GROUPS)

WORD, PAIR, CUE = 0, 1, 2

_LABEL_CODE: dict[str, int] = {label: code for code, label in enumerate(SECTION_LABELS)}
_PAIR = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)
_LEFT = np.uint64(64 - 29)

GROUP_OF_LABEL = np.full(len(SECTION_LABELS), len(GROUP_NAMES), dtype=np.uint8)
for _code, _labels in enumerate(SECTION_GROUPS.values()):
    for _label in _labels:
        GROUP_OF_LABEL[_LABEL_CODE[_label]] = _code


@dataclass(frozen=True, slots=True)
class Ngrams:
    """The words, word pairs and cues of one Doc; four parallel arrays of length n."""

    hashes: NDArray[np.uint64]
    """64-bit hash of each word, pair or cue."""
    sections: NDArray[np.uint8]
    """Index into `SECTION_LABELS` of the section it stands in."""
    offsets: NDArray[np.int32]
    """Character at which its first token begins."""
    kinds: NDArray[np.uint8]
    """`WORD`, `PAIR` or `CUE`."""

    def within(self, codes: NDArray[np.bool_]) -> Ngrams:
        """Return those whose section is marked in ``codes`` (one flag per section label)."""
        return self.where(codes[self.sections])

    def where(self, keep: NDArray[np.bool_]) -> Ngrams:
        """Return those that are marked in ``keep``, shape (n,)."""
        return Ngrams(self.hashes[keep], self.sections[keep], self.offsets[keep], self.kinds[keep])


@lru_cache
def label_flags(labels: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return one flag per section label, true for ``labels``."""
    flags = np.array([label in labels for label in SECTION_LABELS])
    flags.flags.writeable = False
    return flags


def pair_hash(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hash of each ordered pair of word hashes."""
    return ((first << _TURN) | (first >> _LEFT)) * _PAIR ^ second


def token_sections(doc: Doc) -> NDArray[np.uint8]:
    """Return the section label code of each token, masked tokens coded as ``furniture``."""
    furniture = _LABEL_CODE["furniture"]
    codes = np.full(len(doc), furniture, dtype=np.uint8)
    for span in doc.spans.get("sections", ()):
        if span.label_ not in NEVER_READ:
            codes[span.start : span.end] = _LABEL_CODE[span.label_]
    for group in MASKED_GROUPS:
        for span in doc.spans.get(group, ()):
            codes[span.start : span.end] = furniture
    return codes


def read_ngrams(doc: Doc, cues: CueMatcher | None = None) -> Ngrams:
    """Return the words, word pairs and cues of a Doc, in that order.

    A pair is two words that follow each other in one section once everything else
    (numbers, marks, line breaks) is left out.
    """
    if not len(doc):
        empty = np.empty(0, dtype=np.uint8)
        return Ngrams(empty.astype(np.uint64), empty, empty.astype(np.int32), empty)
    lower, alpha, length, spaced = doc.to_array([LOWER, IS_ALPHA, LENGTH, SPACY]).T
    offsets = np.cumsum(length + spaced) - (length + spaced)
    codes = token_sections(doc)
    words = np.flatnonzero((alpha != 0) & (length > 1) & (codes != _LABEL_CODE["furniture"]))
    pairs = np.flatnonzero(codes[words[1:]] == codes[words[:-1]])
    hashes = [lower[words], pair_hash(lower[words[pairs]], lower[words[pairs + 1]])]
    tokens: list[NDArray[Any]] = [words, words[pairs]]
    if cues is not None:
        cue_hashes, cue_tokens = cues.find(doc, codes)
        hashes.append(cue_hashes)
        tokens.append(cue_tokens)
    places = np.concatenate(tokens)
    kinds = np.repeat(np.arange(len(hashes), dtype=np.uint8), [len(part) for part in hashes])
    starts = offsets[places].astype(np.int32)
    return Ngrams(np.concatenate(hashes), codes[places], starts, kinds)


def name_vocabulary(
    vocabulary: NDArray[np.uint64], texts: Iterable[Ngrams], strings: StringStore
) -> list[str]:
    """Return the n-grams of a sorted vocabulary in words, for explanation.

    ``texts`` must hold each of them and ``strings`` the words of the Docs they were read from.
    """
    names = [""] * len(vocabulary)
    unnamed = np.ones(len(vocabulary), dtype=bool)
    for text in texts:
        if not unnamed.any():
            break
        places = np.minimum(np.searchsorted(vocabulary, text.hashes), len(vocabulary) - 1)
        wanted = (vocabulary[places] == text.hashes) & unnamed[places]
        if not wanted.any():
            continue
        words = np.flatnonzero(text.kinds == WORD)
        for entry in np.flatnonzero(wanted):
            if text.kinds[entry] == PAIR:
                first = np.searchsorted(text.offsets[words], text.offsets[entry])
                both = text.hashes[words[first : first + 2]]
                names[places[entry]] = " ".join(strings[int(word)] for word in both)
            else:
                names[places[entry]] = strings[int(text.hashes[entry])]
        unnamed[places[wanted]] = False
    return names
