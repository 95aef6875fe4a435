"""What the models read of a Doc: hashed words and word pairs, each with its section.

Only alphabetic tokens of two letters or more count, so list marks, numbers, references and
punctuation never reach a model and the layout of a copy cannot change a score. Headings,
sub-headings and citations are masked; header and furniture are left out altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore, get_string_id
from spacy.tokens import Doc

from pipeline.cues import CueMatcher
from pipeline.decision import SECTION_LABELS
from pipeline.doctext import text_of, tokens_of
from pipeline.hashes import pair_hash

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
_CODE_OF_HASH: dict[int, int] = {get_string_id(label): code for label, code in _LABEL_CODE.items()}
_MASKED = _LABEL_CODE["furniture"]
_NEVER_READ = {_LABEL_CODE[label] for label in NEVER_READ}
_SPACE = ord(" ")

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


@dataclass(frozen=True, slots=True)
class JoinedNgrams:
    """The n-grams of several texts, one text after another."""

    ngrams: Ngrams
    numbers: NDArray[np.int64]
    """Which text, from 0, each n-gram is of."""
    lengths: NDArray[np.int64]
    """How many n-grams each text has."""

    def __len__(self) -> int:
        return len(self.lengths)

    def split(self) -> list[Ngrams]:
        """Return the n-grams of each text."""
        ends = np.cumsum(self.lengths)[:-1]
        ngrams = self.ngrams
        arrays = (ngrams.hashes, ngrams.sections, ngrams.offsets, ngrams.kinds)
        return [
            Ngrams(*parts)
            for parts in zip(*(np.split(array, ends) for array in arrays), strict=True)
        ]


def joined(texts: Sequence[Ngrams]) -> JoinedNgrams:
    """Return the n-grams of one text or more as one."""
    lengths = np.array([len(text.hashes) for text in texts], dtype=np.int64)
    return JoinedNgrams(
        Ngrams(
            np.concatenate([text.hashes for text in texts]),
            np.concatenate([text.sections for text in texts]),
            np.concatenate([text.offsets for text in texts]),
            np.concatenate([text.kinds for text in texts]),
        ),
        np.repeat(np.arange(len(texts)), lengths),
        lengths,
    )


@lru_cache
def label_flags(labels: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return one flag per section label, true for ``labels``."""
    flags = np.array([label in labels for label in SECTION_LABELS])
    flags.flags.writeable = False
    return flags


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens of several Docs, one Doc after another; the first four arrays are parallel."""

    lower: NDArray[np.uint64]
    """Hash of the word in lower case."""
    starts: NDArray[np.int64]
    """Character at which it begins in ``text``."""
    numbers: NDArray[np.int64]
    """Which Doc it is of."""
    codes: NDArray[np.uint8]
    """Section label code; masked tokens are coded as ``furniture``."""
    sections: list[tuple[int, int, int]]
    """First token, end and label code of each section."""
    text: str
    first_characters: NDArray[np.int64]
    """Where each Doc begins in ``text``."""


def _tokens_of(docs: Sequence[Doc]) -> _Tokens:
    lower, starts = np.ascontiguousarray(np.concatenate([tokens_of(doc) for doc in docs]).T)
    texts = [text_of(doc) for doc in docs]
    first_characters = np.cumsum([0, *map(len, texts)])
    numbers = np.repeat(np.arange(len(docs)), [len(doc) for doc in docs])
    sections: list[tuple[int, int, int]] = []
    masked: list[tuple[int, int]] = []
    first = 0
    for doc in docs:
        spans = doc.spans
        sections += [
            (first + span.start, first + span.end, _CODE_OF_HASH[span.label])
            for span in spans.get("sections", ())
        ]
        for group in MASKED_GROUPS:
            masked += [(first + span.start, first + span.end) for span in spans.get(group, ())]
        first += len(doc)
    codes = np.full(len(lower), _MASKED, dtype=np.uint8)
    for start, end, code in sections:
        if code not in _NEVER_READ:
            codes[start:end] = code
    for start, end in masked:
        codes[start:end] = _MASKED
    return _Tokens(
        lower,
        starts.view(np.int64) + first_characters.take(numbers),
        numbers,
        codes,
        sections,
        "".join(texts),
        first_characters,
    )


def word_flags(text: str, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each token whether it is a word: all letters, and two of them or more.

    The same as spaCy's ``is_alpha`` and length, but for all tokens at once. ``starts`` holds
    the character at which each begins.
    """
    if not len(starts):
        return np.zeros(0, dtype=np.bool_)
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    is_letter = ((characters | np.uint32(32)) - np.uint32(ord("a")) < 26).astype(np.int32)
    for place in np.flatnonzero(characters > 127).tolist():
        is_letter[place] = text[place].isalpha()
    ends = np.append(starts[1:], len(text))
    so_far = np.cumsum(is_letter, dtype=np.int32)
    letters = so_far.take(ends - 1) - so_far.take(starts) + is_letter.take(starts)
    # A word may be followed by the one space that belongs to its token.
    others = ends - starts - letters - (characters.take(ends - 1) == _SPACE)
    flags: NDArray[np.bool_] = (others <= 0) & (letters > 1)
    return flags


def read_ngrams(doc: Doc, cues: CueMatcher | None = None) -> Ngrams:
    """Return the words, word pairs and cues of a Doc, in that order.

    A pair is two words that follow each other in one section once everything else
    (numbers, marks, line breaks) is left out.
    """
    return read_joined([doc], cues).ngrams


def read_joined(docs: Sequence[Doc], cues: CueMatcher | None = None) -> JoinedNgrams:
    """Return the n-grams of one Doc or more, those of each as `read_ngrams` has them."""
    tokens = _tokens_of(docs)
    words = np.flatnonzero(word_flags(tokens.text, tokens.starts) & (tokens.codes != _MASKED))
    hashes = tokens.lower.take(words)
    # Of two words that follow each other: one section label and one text.
    places = tokens.numbers.take(words) * len(SECTION_LABELS) + tokens.codes.take(words)
    pairs = np.flatnonzero(places[1:] == places[:-1])
    found = [hashes, pair_hash(hashes.take(pairs), hashes.take(pairs + 1))]
    found_at: list[NDArray[np.integer[Any]]] = [words, words.take(pairs)]
    if cues is not None:
        cue_hashes, cue_tokens = cues.find(tokens.lower, tokens.codes, tokens.sections)
        found.append(cue_hashes)
        found_at.append(cue_tokens)
    at = np.concatenate(found_at)
    numbers = tokens.numbers.take(at)
    kinds = np.repeat(np.arange(len(found), dtype=np.uint8), [len(part) for part in found])
    # The sort is stable: within a text, words, pairs and cues stay in that order.
    order = np.argsort(numbers, kind="stable")
    at, numbers = at.take(order), numbers.take(order)
    offsets = tokens.starts.take(at) - tokens.first_characters.take(numbers)
    ngrams = Ngrams(
        np.concatenate(found).take(order),
        tokens.codes.take(at),
        offsets.astype(np.int32),
        kinds.take(order),
    )
    return JoinedNgrams(ngrams, numbers, np.bincount(numbers, minlength=len(docs)))


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
