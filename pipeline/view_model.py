"""Everything that was learnt for one view, and what it says of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from spacy.strings import StringStore

from pipeline.batches import TOGETHER, batched
from pipeline.calibration import Refit
from pipeline.conformal import set_threshold
from pipeline.cuts import COMPLETENESS, N_KINDS, WHOLE, Copies, completeness, draw_kinds
from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.features import SectionNgrams, Weighted
from pipeline.matrices import as_fitted_on, matrix_of
from pipeline.models import GroundsClassifier, OutcomeClassifier
from pipeline.ngrams import JoinedNgrams, Ngrams, joined, label_flags, name_vocabulary
from pipeline.views import View

COPIES = N_KINDS - 1
"""Cut-off copies of each training text beside the whole one: one of every kind, but fewer in a
large corpus, where other texts do their work."""
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
    apart: NDArray[np.bool_] | None = None
    """Decisions to calibrate on instead, which no head is fitted to, shape (n_decisions,). Folds
    make the most of a small corpus; in a large one a part of it is enough."""

    def learnt_from(self) -> list[Ngrams]:
        """Return the texts that features are fitted to: all that are not set apart."""
        if self.apart is None:
            return self.texts
        return [text for text, apart in zip(self.texts, self.apart, strict=True) if not apart]


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

    def predict_all(self, texts: Iterable[Ngrams]) -> list[Prediction]:
        """Return what the model says of each text."""
        return [
            prediction
            for batch in batched(texts, TOGETHER)
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
    copies = with_copies(view, lesson.texts, seed)
    # Copies repeat the words of their text: vocabulary and idf are of the decisions alone.
    learnt_from = lesson.learnt_from()
    features = SectionNgrams(view.outcome_sections).fit(learnt_from)
    rows = _Rows.of(features, lesson, copies)
    outcome = _fit_outcome(features, lesson, rows)
    codes = np.searchsorted(OUTCOMES, lesson.outcomes)
    calibrated_on = rows.copies if rows.apart is None else rows.apart
    thresholds = _thresholds(calibrated_on, outcome.held_out_, codes[calibrated_on.rows])
    # One copy of each is enough here: a ground seldom rests on one section alone.
    few = copies[: 2 * len(lesson.texts)]
    if view.grounds_sections == view.outcome_sections:
        grounds_features = features
        rows = rows.first(few, lesson)
    else:
        grounds_features = SectionNgrams(view.grounds_sections).fit(learnt_from)
        rows = _Rows.of(grounds_features, lesson, few)
    return ViewModel(
        view=view,
        outcome_features=features,
        outcome=outcome,
        grounds_features=grounds_features,
        grounds=_fit_grounds(grounds_features, lesson, rows),
        trained_on=np.bincount(codes, minlength=len(OUTCOMES)) / len(codes),
        thresholds=thresholds,
        vocabulary=_name(features, learnt_from, strings),
    )


@dataclass(frozen=True)
class _Rows:
    """The matrix that heads are fitted to, and the one that they are calibrated on, if any."""

    copies: Copies
    X: csr_matrix
    apart: Copies | None = None
    X_apart: csr_matrix | None = None

    @classmethod
    def of(cls, features: SectionNgrams, lesson: Lesson, copies: Copies) -> Self:
        fitted, apart = _parted(lesson, copies)
        X_apart = None if apart is None else matrix_of(features, apart)
        return cls(fitted, matrix_of(features, fitted), apart, X_apart)

    def first(self, copies: Copies, lesson: Lesson) -> Self:
        """Return the rows of ``copies`` alone, which are the first of those that were given."""
        fitted, apart = _parted(lesson, copies)
        X_apart = None if apart is None else _first_rows(self.X_apart, len(apart))
        return replace(
            self, copies=fitted, X=_first_rows(self.X, len(fitted)), apart=apart, X_apart=X_apart
        )


def _parted(lesson: Lesson, copies: Copies) -> tuple[Copies, Copies | None]:
    if lesson.apart is None:
        return copies, None
    apart = lesson.apart[copies.rows]
    return copies.where(~apart), copies.where(apart)


def _first_rows(X: csr_matrix, n_rows: int) -> csr_matrix:
    """Return the first rows of X, without a copy where these are all."""
    return X if n_rows == X.shape[0] else X[:n_rows]


def _fit_outcome(features: SectionNgrams, lesson: Lesson, rows: _Rows) -> OutcomeClassifier:
    y = lesson.outcomes[rows.copies.rows]
    if lesson.apart is None or rows.apart is None:
        folds = lesson.folds[rows.copies.rows]
        refit = _refit(features, rows.copies)
        return OutcomeClassifier().fit(rows.X, y, folds, len(lesson.texts), refit)
    y_apart = lesson.outcomes[rows.apart.rows]
    n_apart = int(lesson.apart.sum())
    return OutcomeClassifier().fit_apart(rows.X, y, rows.X_apart, y_apart, n_apart)


def _fit_grounds(features: SectionNgrams, lesson: Lesson, rows: _Rows) -> GroundsClassifier:
    Y, positives = lesson.grounds[rows.copies.rows], lesson.grounds.sum(axis=0)
    names = list(lesson.ground_names)
    if lesson.apart is None or rows.apart is None:
        folds = lesson.folds[rows.copies.rows]
        refit = _refit(features, rows.copies)
        n_decisions = len(lesson.texts)
        return GroundsClassifier().fit(rows.X, Y, folds, names, positives, n_decisions, refit)
    Y_apart = lesson.grounds[rows.apart.rows]
    n_apart = int(lesson.apart.sum())
    return GroundsClassifier().fit_apart(
        rows.X, Y, rows.X_apart, Y_apart, names, positives, n_apart
    )


def _refit(features: SectionNgrams, copies: Copies) -> Refit:
    """Return what fits the features to the whole texts among some rows."""
    whole = copies.kinds == WHOLE
    return lambda X, rows: as_fitted_on(features, X, whole & rows)


def with_copies(view: View, texts: Sequence[Ngrams], seed: int) -> Copies:
    """Return the texts and some cut-off copies of each: the whole ones come first.

    Copies of which the view could read nothing are left out.
    """
    rng = np.random.default_rng(seed)
    rounds = max(1, min(COPIES, ROWS // len(texts)))
    whole = np.full(len(texts), WHOLE)
    kinds = np.concatenate([whole, *draw_kinds(len(texts), rounds, rng)])
    copies = Copies(texts, np.tile(np.arange(len(texts)), rounds + 1), kinds)
    readable = label_flags(tuple({*view.outcome_sections, *view.grounds_sections}))
    keep = np.any(copies.labels() & readable, axis=1)
    keep[: len(texts)] = True
    return copies.where(keep)


def _name(features: SectionNgrams, texts: Sequence[Ngrams], strings: StringStore | None) -> bytes:
    if strings is None:
        return b""
    return "\n".join(name_vocabulary(features.vocabulary_, texts, strings)).encode()


def _thresholds(
    copies: Copies, probabilities: NDArray[np.float64], codes: NDArray[np.int_]
) -> dict[str, float]:
    """Return the set threshold for each kind of copy, from held-out probabilities."""
    kinds = np.array([completeness(names_of(held)) for held in copies.labels()])
    return {
        kind: set_threshold(probabilities[kinds == kind], codes[kinds == kind])
        for kind in COMPLETENESS
    }


def names_of(held: NDArray[Any]) -> list[str]:
    """Return the section labels whose entries in ``held`` are not zero."""
    return [SECTION_LABELS[code] for code in np.flatnonzero(held)]
