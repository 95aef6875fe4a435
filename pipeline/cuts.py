"""Copies of decisions lack sections; these are the ways in which they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from pipeline.decision import SECTION_LABELS
from pipeline.ngrams import NEVER_READ, Ngrams, label_flags

READ = tuple(label for label in SECTION_LABELS if label not in NEVER_READ)
_TO_COMPLAINT = ("summary", "complaint")
_TO_ROLE = (*_TO_COMPLAINT, "scope", "role")
_TO_FINDINGS = (*_TO_ROLE, "consideration", "background", "findings")

CUTS: dict[str, tuple[str, ...]] = {
    "whole": READ,
    "summary missing": tuple(label for label in READ if label != "summary"),
    "ends after complaint": _TO_COMPLAINT,
    "ends after role": _TO_ROLE,
    "ends after findings": _TO_FINDINGS,
}
"""Name of each kind of copy, and the sections that are left."""

TRAINING_CUTS: tuple[tuple[str, ...], ...] = (
    *CUTS.values(),
    ("summary",),
    tuple(label for label in READ if label != "action"),
    tuple(label for label in READ if label not in ("action", "decision")),
)

_UNKNOWN = np.uint8(SECTION_LABELS.index("unknown"))


def cut(text: Ngrams, labels: tuple[str, ...]) -> Ngrams:
    """Return the text as a copy that has only ``labels``."""
    return text.within(label_flags(labels))


def without_headings(text: Ngrams) -> Ngrams:
    """Return the text as a copy whose headings were all lost: everything is ``unknown``."""
    return replace(text, sections=np.full_like(text.sections, _UNKNOWN))


WHOLE, WITHOUT_HEADINGS = 0, len(TRAINING_CUTS)
N_KINDS = len(TRAINING_CUTS) + 1
"""Kinds of copies in training: the index of a cut in `TRAINING_CUTS`, or `WITHOUT_HEADINGS`."""


def draw_kinds(count: int, rounds: int, rng: np.random.Generator) -> list[NDArray[np.int_]]:
    """Return ``rounds`` kinds of cut-off copies for each of ``count`` texts, no kind twice.

    Each entry of the list has one kind for every text, shape (count,). What copies lack is drawn
    without regard to their outcome, so that a model trained on them cannot take the absence of
    a section for a sign; with `N_KINDS` - 1 rounds every text has a copy of every kind.
    """
    kinds = np.tile(np.arange(1, N_KINDS), (count, 1))
    return list(rng.permuted(kinds, axis=1)[:, :rounds].T)


@dataclass(frozen=True)
class Copies(Sequence[Ngrams]):
    """Copies of texts, each cut only when it is asked for: many of them take no memory."""

    texts: Sequence[Ngrams]
    rows: NDArray[np.int_]
    """Index of the text that each copy is of, shape (n_copies,)."""
    kinds: NDArray[np.int_]
    """Kind of each copy, shape (n_copies,)."""

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Ngrams: ...

    @overload
    def __getitem__(self, index: slice) -> Copies: ...

    def __getitem__(self, index: int | slice) -> Ngrams | Copies:
        if isinstance(index, slice):
            return Copies(self.texts, self.rows[index], self.kinds[index])
        text, kind = self.texts[int(self.rows[index])], int(self.kinds[index])
        if kind == WHOLE:
            return text
        if kind == WITHOUT_HEADINGS:
            return without_headings(text)
        return cut(text, TRAINING_CUTS[kind])

    def where(self, keep: NDArray[np.bool_]) -> Copies:
        """Return those that are marked in ``keep``, shape (n_copies,)."""
        return Copies(self.texts, self.rows[keep], self.kinds[keep])

    def labels(self) -> NDArray[np.bool_]:
        """Return which sections each copy has words in, shape (n_copies, n_labels)."""
        n_labels = len(SECTION_LABELS)
        held = np.array([np.bincount(text.sections, minlength=n_labels) > 0 for text in self.texts])
        left = np.array([label_flags(labels) for labels in TRAINING_CUTS])
        lost = self.kinds == WITHOUT_HEADINGS
        labels: NDArray[np.bool_] = held[self.rows]
        labels &= left[np.where(lost, WHOLE, self.kinds)]
        labels[lost, _UNKNOWN] = labels[lost].any(axis=1)
        labels[lost] &= np.arange(n_labels) == _UNKNOWN
        return labels


def completeness(labels: Iterable[str]) -> str:
    """Return ``whole``, ``part`` or ``start``: how much of a decision a copy holds.

    A copy is whole that has a summary and a final decision; a start ends before findings
    and decision. Sets of outcomes are calibrated for each apart (Mondrian conformal
    prediction: Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World,
    section 4.5); the probabilities themselves do not depend on it.
    """
    present = set(labels)
    if {"summary", "decision"} <= present:
        return "whole"
    return "part" if {"findings", "decision"} & present else "start"


COMPLETENESS = ("whole", "part", "start")
