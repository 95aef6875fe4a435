"""Everything that was learnt for one view, and what it says of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore

from pipeline.conformal import set_threshold
from pipeline.cuts import COMPLETENESS, completeness, random_copies
from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.features import SectionNgrams, Weighted
from pipeline.models import GroundsClassifier, OutcomeClassifier
from pipeline.ngrams import Ngrams, label_flags, name_vocabulary
from pipeline.views import View

COPIES = 4
"""Cut-off copies of each training text, beside the whole one; fewer in a large corpus, where
other texts do their work."""
ROWS = 100_000
"""Copies are added only up to about this many rows, which bounds the memory of training."""


@dataclass(frozen=True)
class Lesson:
    """What a view learns from: parallel sequences, one entry for each decision."""

    texts: list[Ngrams]
    outcomes: NDArray[np.str_]
    grounds: NDArray[np.bool_]
    """Shape (n_decisions, n_grounds)."""
    ground_names: tuple[str, ...]
    folds: NDArray[np.int_]
    """Decisions of one fold are held out together when probabilities are calibrated."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one view says of one text."""

    probabilities: NDArray[np.float64]
    """Calibrated, in the order of `OUTCOMES`."""
    outcome_set: NDArray[np.bool_]
    """Which outcomes belong to the conformal set; none where the model is sure of none."""
    grounds: NDArray[np.float64]
    """Calibrated, in the order of ``GroundsClassifier.grounds_``."""
    pull: NDArray[np.float32]
    """For each n-gram of the text, how far it pulls the score of the likeliest outcome away
    from the mean of the three; exact, since the model is linear."""
    known: float
    """Share of the n-grams the view reads that are in the model's vocabulary."""


@dataclass
class ViewModel:
    """The trained features and heads of one view."""

    view: View
    outcome_features: SectionNgrams
    outcome: OutcomeClassifier
    grounds_features: SectionNgrams
    """The same object as ``outcome_features`` where both read the same sections."""
    grounds: GroundsClassifier
    trained_on: NDArray[np.float64]
    """Share of each outcome among the training decisions, in the order of `OUTCOMES`."""
    thresholds: dict[str, float]
    """Probability from which an outcome is in the set, by `pipeline.cuts.completeness`."""
    vocabulary: bytes
    """The n-grams of ``outcome_features`` in words, joined by newlines, UTF-8."""

    def predict(self, text: Ngrams) -> Prediction:
        """Return what the model says of one text."""
        weighted = self.outcome_features.weigh(text)
        coefficients = self.outcome.coef_.take(weighted.columns, axis=0)
        scores = weighted.weights @ coefficients + self.outcome.intercept_
        probabilities = self.outcome.calibrate(scores)
        mean = coefficients @ np.full(len(OUTCOMES), 1 / len(OUTCOMES), dtype=np.float32)
        toward = weighted.weights * (coefficients[:, probabilities.argmax()] - mean)
        known = np.zeros(len(text.hashes), dtype=np.bool_)
        known[weighted.origins] = True
        read = label_flags(self.view.outcome_sections)[text.sections].sum()
        return Prediction(
            probabilities=probabilities,
            outcome_set=probabilities >= self.thresholds[completeness(labels_of(text))],
            grounds=self._predict_grounds(text, weighted),
            pull=weighted.share_out(toward, len(text.hashes)),
            known=np.count_nonzero(known) / read if read else 0.0,
        )

    def _predict_grounds(self, text: Ngrams, weighted: Weighted) -> NDArray[np.float64]:
        if self.grounds_features is not self.outcome_features:
            weighted = self.grounds_features.weigh(text)
        coefficients = self.grounds.coef_.take(weighted.columns, axis=0)
        return self.grounds.calibrate(weighted.weights @ coefficients + self.grounds.intercept_)


def fit_view(
    view: View, lesson: Lesson, strings: StringStore | None = None, seed: int = 0
) -> ViewModel:
    """Train both heads of one view on whole and cut-off copies of the lesson's texts.

    ``strings`` holds the words of the Docs that the texts were read from; without it the
    n-grams of the model have no names.
    """
    texts, rows = with_copies(view, lesson.texts, seed)
    folds = lesson.folds[rows]
    # Copies repeat the words of their text: vocabulary and idf are of the decisions alone.
    features = SectionNgrams(view.outcome_sections).fit(lesson.texts)
    X = features.transform(texts)
    outcome = OutcomeClassifier().fit(X, lesson.outcomes[rows], folds)
    same = view.grounds_sections == view.outcome_sections
    grounds_features = features if same else SectionNgrams(view.grounds_sections).fit(lesson.texts)
    # One copy of each is enough here: a ground seldom rests on one section alone.
    few = slice(0, 2 * len(lesson.texts))
    grounds = GroundsClassifier().fit(
        X[few] if same else grounds_features.transform(texts[few]),
        lesson.grounds[rows[few]],
        folds[few],
        list(lesson.ground_names),
        lesson.grounds.sum(axis=0),
    )
    codes = np.searchsorted(OUTCOMES, lesson.outcomes)
    return ViewModel(
        view=view,
        outcome_features=features,
        outcome=outcome,
        grounds_features=grounds_features,
        grounds=grounds,
        trained_on=np.bincount(codes, minlength=len(OUTCOMES)) / len(codes),
        thresholds=_thresholds(texts, outcome.held_out_, codes[rows]),
        vocabulary=_name(features, lesson.texts, strings),
    )


def with_copies(
    view: View, texts: Sequence[Ngrams], seed: int
) -> tuple[list[Ngrams], NDArray[np.int_]]:
    """Return the texts and some cut-off copies of each, with the decision each is of.

    Copies of which the view could read nothing are left out.
    """
    rng = np.random.default_rng(seed)
    rows = list(range(len(texts)))
    copies = list(texts)
    readable = label_flags(tuple({*view.outcome_sections, *view.grounds_sections}))
    for _ in range(max(1, min(COPIES, ROWS // len(texts)))):
        for row, copy in enumerate(random_copies(texts, rng)):
            if readable[copy.sections].any():
                rows.append(row)
                copies.append(copy)
    return copies, np.array(rows)


def _name(features: SectionNgrams, texts: Sequence[Ngrams], strings: StringStore | None) -> bytes:
    if strings is None:
        return b""
    return "\n".join(name_vocabulary(features.vocabulary_, texts, strings)).encode()


def _thresholds(
    texts: Sequence[Ngrams], probabilities: NDArray[np.float64], codes: NDArray[np.int_]
) -> dict[str, float]:
    """Return the set threshold for each kind of copy, from held-out probabilities."""
    kinds = np.array([completeness(labels_of(text)) for text in texts])
    return {
        kind: set_threshold(probabilities[kinds == kind], codes[kinds == kind])
        for kind in COMPLETENESS
    }


def labels_of(text: Ngrams) -> list[str]:
    """Return the labels of the sections that a text has words in."""
    return [SECTION_LABELS[code] for code in np.flatnonzero(np.bincount(text.sections))]
