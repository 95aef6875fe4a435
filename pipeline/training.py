"""From a labelled corpus to a bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.bundle import save_bundle
from pipeline.decision import OUTCOMES
from pipeline.labelled import Labelled, read_labelled
from pipeline.view_model import Lesson, ViewModel, fit_view
from pipeline.views import VIEWS

LARGE = 8_000
"""From so many decisions on, probabilities are calibrated on a part of them, not on folds."""
PARTS = 10
"""That part is one of so many."""


def train(
    corpus: Path, folder: Path, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train every view on all decisions of ``corpus`` and write the bundle to ``folder``.

    Returns what the manifest says of the corpus. ``say`` is told of each step.

    Raises
    ------
    pipeline.corpus.CorpusError
        The corpus cannot be read.
    ValueError
        It is too small or too one-sided to learn from.
    """
    say(f"Reading {corpus}")
    labelled = read_labelled(corpus)
    views: dict[str, ViewModel] = {}
    for view in VIEWS.values():
        say(f"Training the view '{view.name}' ({view.task}) on {len(labelled)} decisions")
        views[view.name] = fit_view(view, lesson(labelled), labelled.nlp.vocab.strings)
    about = {"corpus": describe(labelled)}
    save_bundle(folder, views, about)
    say(f"Saved the model in {folder}")
    return about


def lesson(labelled: Labelled, rows: NDArray[np.int_] | None = None) -> Lesson:
    """Return the decisions numbered in ``rows``, or all of them, as a lesson."""
    chosen = np.arange(len(labelled)) if rows is None else rows
    table = labelled.table.iloc[chosen]
    return Lesson(
        texts=[labelled.texts[row] for row in chosen],
        outcomes=table["outcome"].to_numpy(dtype=str),
        grounds=labelled.grounds[chosen],
        ground_names=labelled.ground_names,
        folds=table["fold"].to_numpy(),
        apart=_apart(table),
    )


def _apart(table: pd.DataFrame) -> NDArray[np.bool_] | None:
    """Return which decisions of a large corpus to calibrate on; None where folds are to serve.

    A cluster of near-duplicates is never parted. What it is called decides, so that the choice
    does not change with the order of the decisions.
    """
    if len(table) < LARGE:
        return None
    return np.array([crc32(name.encode()) % PARTS == 0 for name in table["cluster"]])


def describe(labelled: Labelled) -> dict[str, Any]:
    """Return what a manifest says of the corpus a model was trained on."""
    counts = labelled.table["outcome"].value_counts()
    return {
        "name": labelled.name,
        "fingerprint": labelled.fingerprint,
        "decisions": len(labelled),
        "outcomes": {outcome: int(counts.get(outcome, 0)) for outcome in OUTCOMES},
        "dates": [labelled.table["date"].min(), labelled.table["date"].max()],
    }
