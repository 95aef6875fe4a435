"""Copies of decisions lack sections; these are the ways in which they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

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


def random_copies(texts: Sequence[Ngrams], rng: np.random.Generator) -> list[Ngrams]:
    """Return one copy of each text, cut at random, now and then with its headings lost.

    What a copy lacks is drawn without regard to its outcome, so that a model trained on
    copies cannot take the absence of a section for a sign.
    """
    draws = rng.integers(len(TRAINING_CUTS) + 1, size=len(texts))
    return [
        without_headings(text) if draw == len(TRAINING_CUTS) else cut(text, TRAINING_CUTS[draw])
        for text, draw in zip(texts, draws, strict=True)
    ]


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
