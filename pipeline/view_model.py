"""Everything that was learnt for one view, and what it says of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore

from pipeline.batches import batched
from pipeline.conformal import set_threshold
from pipeline.cuts import COMPLETENESS, completeness, random_copies
from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.features import BATCH, SectionNgrams, Weighted
from pipeline.models import GroundsClassifier, OutcomeClassifier
from pipeline.ngrams import JoinedNgrams, Ngrams, joined, label_flags, name_vocabulary
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
        return self.predict_all([text])[0]

    def predict_all(self, texts: Iterable[Ngrams]) -> list[Prediction]:
        """Return what the model says of each text; the same as of each by itself, but faster."""
        return [
            prediction
            for batch in batched(texts, BATCH)
            for prediction in self.predict_joined(joined(batch))
        ]

    def predict_joined(self, texts: JoinedNgrams) -> list[Prediction]:
        """Return what the model says of each of a few texts."""
        weighted = self.outcome_features.weigh(texts)
        probabilities = self.outcome.predict_proba(weighted.matrix)
        grounds = self.grounds.predict_proba(
            weighted.matrix
            if self.grounds_features is self.outcome_features
            else self.grounds_features.weigh(texts).matrix
        )
        ends = np.cumsum(texts.lengths)[:-1]
        pulls = np.split(self._pull(weighted, probabilities.argmax(axis=1)), ends)
        labels = _labels_present(texts)
        known = _share_known(texts, weighted.known, self.view.outcome_sections)
        return [
            Prediction(
                probabilities=probabilities[number],
                outcome_set=probabilities[number] >= self.thresholds[completeness(labels[number])],
                grounds=grounds[number],
                pull=pulls[number],
                known=known[number],
            )
            for number in range(len(texts))
        ]

    def _pull(self, weighted: Weighted, likeliest: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the pull of each n-gram towards the likeliest outcome of its text."""
        matrix = weighted.matrix
        outcomes = np.repeat(likeliest, np.diff(matrix.indptr))
        # The coefficients of a feature add up to nothing over the outcomes, as L2 keeps them so:
        # what a feature does for one outcome is what it does against the mean of all.
        coefficients = self.outcome.coef_.ravel().take(
            matrix.indices * np.intp(len(OUTCOMES)) + outcomes
        )
        return weighted.share_out(matrix.data * coefficients)


def _labels_present(texts: JoinedNgrams) -> list[list[str]]:
    """Return the labels of the sections that each text has words in."""
    cells = texts.numbers * len(SECTION_LABELS) + texts.ngrams.sections
    counts = np.bincount(cells, minlength=len(texts) * len(SECTION_LABELS))
    return [
        [label for label, count in zip(SECTION_LABELS, row, strict=True) if count]
        for row in counts.reshape(len(texts), -1).tolist()
    ]


def _share_known(
    texts: JoinedNgrams, known: NDArray[np.bool_], labels: tuple[str, ...]
) -> list[float]:
    """Return the share of known n-grams among those in sections of ``labels``, 0 of none."""
    read = label_flags(labels).take(texts.ngrams.sections)
    ends = np.cumsum(texts.lengths)
    readable, found = (
        np.diff(np.append(0, np.cumsum(flags)).take(ends), prepend=0) for flags in (read, known)
    )
    shares: list[float] = (found / np.maximum(readable, 1)).tolist()
    return shares


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
