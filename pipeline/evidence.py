"""Which sentences of a decision weigh most in what the model says of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.decision import Section
from pipeline.ngrams import Ngrams

SENTENCES = 3

# A full stop after an initial ("Mr X. Y") or in "s. 24A" ends no sentence. The pattern begins
# with the signs that can end one, which lets the search run from sign to sign.
_END = re.compile(r"[.!?;:\n](?:(?<=\n)\n*|(?<=[^\s.][^\s.][.!?;:])[”’\"')\]]*\s+(?=[^a-z\s]))")

_LIST_MARK = re.compile(r"\s*(?:(?:\d{1,3}[.)]|[-•*])\s+)?")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence and its weight; offsets are characters of the text, end exclusive."""

    section: str
    start: int
    end: int
    weight: float
    """Sum of the contributions of its n-grams to the score of the likeliest outcome, less
    their mean over the three outcomes."""


def sentence_bounds(text: str) -> list[int]:
    """Return where each sentence of a text begins, and at last the length of the text."""
    bounds = [0, *(match.end() for match in _END.finditer(text))]
    return bounds if text and bounds[-1] == len(text) else [*bounds, len(text)]


def find_evidence(
    text: str,
    sections: Sequence[Section],
    ngrams: Ngrams,
    pull: NDArray[np.float32],
    most: int = SENTENCES,
) -> list[Evidence]:
    """Return the sentences that pull hardest towards the likeliest outcome, hardest first.

    ``pull`` is one number for each n-gram (`pipeline.view_model.Prediction.pull`). Sentences
    that pull the other way are not evidence, so there may be fewer than ``most``.
    """
    if not len(pull):
        return []
    bounds = sentence_bounds(text)
    by_character = np.bincount(ngrams.offsets, pull, len(text))
    weights = np.add.reduceat(by_character, bounds[:-1])
    starts = [section.start for section in sections]
    found = []
    for sentence in np.argsort(-weights, kind="stable")[:most].tolist():
        if weights[sentence] <= 0:
            break
        start, end = bounds[sentence], bounds[sentence + 1]
        mark = _LIST_MARK.match(text, start, end)
        start = mark.end() if mark else start
        end = start + len(text[start:end].rstrip())
        section = sections[bisect_right(starts, start) - 1].label
        found.append(Evidence(section, start, end, float(weights[sentence])))
    return found
