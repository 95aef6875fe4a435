"""How well the models do on decisions they have not seen, and what that is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from pipeline.baselines import compare_models
from pipeline.controls import outcome_codes, run_controls
from pipeline.corpus import load
from pipeline.cuts import CUTS, cut
from pipeline.extraction import measure_extraction
from pipeline.labelled import Labelled, read_labelled
from pipeline.measure import accuracy_by, measure_grounds, measure_outcomes, reliability
from pipeline.ngrams import Ngrams
from pipeline.training import describe, lesson
from pipeline.view_model import ViewModel, fit_view
from pipeline.views import VIEWS

SEEDS = (0, 1, 2)
SHARES = (0.25, 0.5, 0.75, 1.0)
JOBS = 2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Guess:
    """Predictions for some decisions; the rows of all arrays are parallel to ``rows``."""

    rows: NDArray[np.int_]
    probabilities: NDArray[np.float64]
    sets: NDArray[np.bool_]
    grounds: NDArray[np.float64]
    """Shape (n, all grounds); NaN where a ground has no model."""
    predicted_grounds: NDArray[np.bool_]


def evaluate(
    corpus: Path, out: Path | None, *, quick: bool = False, say: Say = lambda _: None
) -> str:
    """Measure the models on ``corpus`` and return the main figures as text.

    With ``out``, ``evaluation.json``, the model card ``README.md`` and its plots are written
    there. ``quick`` uses one seed and leaves out learning curve and comparisons.

    Raises
    ------
    pipeline.corpus.CorpusError
        The corpus cannot be read.
    """
    from pipeline.model_card import summary, write_card

    labelled = read_labelled(corpus)
    say(f"Read {len(labelled)} decisions from {corpus}")
    seeds = SEEDS[:1] if quick else SEEDS
    figures: dict[str, Any] = {"corpus": describe(labelled), "seeds": len(seeds)}
    if any(corpus.glob("*.jsonl")):
        say("Sections and provisions against the annotations")
        figures["extraction"] = measure_extraction(load(corpus))
    say("Time split: trained on the earlier decisions, tested on the later ones")
    figures["time_split"] = _time_split(labelled, seeds)
    say("Five folds, near-duplicates and contrast twins kept together")
    figures["folds"] = _folds(labelled, seeds)
    if not quick:
        say("Learning curve and comparison with other models")
        figures["learning_curve"] = _learning_curve(labelled)
        figures["comparison"] = compare_models(labelled, *sides(labelled))
    figures = _rounded(figures)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "evaluation.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
        write_card(figures, out)
        say(f"Wrote evaluation.json, README.md and plots in {out}")
    return summary(figures)


def sides(labelled: Labelled) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return the numbers of the decisions on the train and the test side of the time split."""
    side = labelled.table["side"].to_numpy(dtype=str)
    return np.flatnonzero(side == "train"), np.flatnonzero(side == "test")


def guess(
    model: ViewModel, labelled: Labelled, rows: NDArray[np.int_], texts: Iterable[Ngrams]
) -> Guess:
    """Return what ``model`` says of ``texts``, which are copies of the decisions in ``rows``."""
    found = model.predict_all(texts)
    grounds = np.full((len(found), len(labelled.ground_names)), np.nan)
    modelled = [labelled.ground_names.index(name) for name in model.grounds.grounds_]
    grounds[:, modelled] = [one.grounds for one in found]
    predicted = np.zeros(grounds.shape, dtype=bool)
    predicted[:, modelled] = grounds[:, modelled] >= model.grounds.thresholds_
    return Guess(
        rows,
        np.array([one.probabilities for one in found]),
        np.array([one.outcome_set for one in found]),
        grounds,
        predicted,
    )


# ---- time split ----


def _time_split(labelled: Labelled, seeds: tuple[int, ...]) -> dict[str, Any]:
    train, test = sides(labelled)
    jobs = [(view, seed) for view in VIEWS for seed in seeds]
    guesses = dict(
        zip(
            jobs,
            Parallel(n_jobs=JOBS)(
                delayed(_train_and_guess_copies)(labelled, view, train, test, seed)
                for view, seed in jobs
            ),
            strict=True,
        )
    )
    figures: dict[str, Any] = {"train": len(train), "test": len(test), "views": {}}
    for view in VIEWS:
        runs = [guesses[view, seed] for seed in seeds]
        figures["views"][view] = {
            "outcome": _mean([_outcome_figures(labelled, run["whole"]) for run in runs]),
            "grounds": _mean([_grounds_figures(labelled, run["whole"]) for run in runs]),
            "copies": {
                name: _mean([_outcome_figures(labelled, run[name]) for run in runs])
                for name in CUTS
            },
            **_factors(labelled, runs[0]["whole"]),
            "pairs": _mean([_pairs(labelled, run["whole"]) for run in runs]),
            "controls": run_controls(labelled, train, test, VIEWS[view].outcome_sections),
        }
    return figures


def _train_and_guess_copies(
    labelled: Labelled, view: str, train: NDArray[np.int_], test: NDArray[np.int_], seed: int
) -> dict[str, Guess]:
    model = fit_view(VIEWS[view], lesson(labelled, train), seed=seed)
    return {
        name: guess(model, labelled, test, (cut(labelled.texts[row], labels) for row in test))
        for name, labels in CUTS.items()
    }


# ---- folds ----


def _folds(labelled: Labelled, seeds: tuple[int, ...]) -> dict[str, Any]:
    folds = labelled.table["fold"].to_numpy()
    jobs = [(view, seed, fold) for view in VIEWS for seed in seeds for fold in np.unique(folds)]
    guesses = Parallel(n_jobs=JOBS)(
        delayed(_train_and_guess_fold)(labelled, view, folds, fold, seed)
        for view, seed, fold in jobs
    )
    pooled: dict[tuple[str, int], list[Guess]] = {}
    for (view, seed, _), found in zip(jobs, guesses, strict=True):
        pooled.setdefault((view, seed), []).append(found)
    figures: dict[str, Any] = {"views": {}}
    for view in VIEWS:
        runs = [_together(pooled[view, seed]) for seed in seeds]
        figures["views"][view] = {
            "outcome": _mean([_outcome_figures(labelled, run) for run in runs]),
            "grounds": _mean([_grounds_figures(labelled, run) for run in runs]),
            **_factors(labelled, runs[0]),
            "pairs": _mean([_pairs(labelled, run) for run in runs]),
            "controls": _fold_controls(labelled, folds, VIEWS[view].outcome_sections),
        }
    return figures


def _fold_controls(
    labelled: Labelled, folds: NDArray[np.int_], sections: tuple[str, ...]
) -> dict[str, float]:
    return _mean(
        [
            run_controls(
                labelled, np.flatnonzero(folds != fold), np.flatnonzero(folds == fold), sections
            )
            for fold in np.unique(folds)
        ]
    )


def _train_and_guess_fold(
    labelled: Labelled, view: str, folds: NDArray[np.int_], fold: int, seed: int
) -> Guess:
    rows = np.flatnonzero(folds == fold)
    model = fit_view(VIEWS[view], lesson(labelled, np.flatnonzero(folds != fold)), seed=seed)
    return guess(model, labelled, rows, (labelled.texts[row] for row in rows))


def _together(parts: list[Guess]) -> Guess:
    return Guess(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.sets for part in parts]),
        np.concatenate([part.grounds for part in parts]),
        np.concatenate([part.predicted_grounds for part in parts]),
    )


# ---- learning curve ----


def _learning_curve(labelled: Labelled) -> list[dict[str, float]]:
    train, test = sides(labelled)
    points = [(share, seed) for share in SHARES for seed in SEEDS]
    scores = Parallel(n_jobs=JOBS)(
        delayed(_learn_from)(labelled, train, test, share, seed) for share, seed in points
    )
    return [
        {"decisions": round(share * len(train)), **_mean(scores[i : i + len(SEEDS)])}
        for i, share in zip(range(0, len(scores), len(SEEDS)), SHARES, strict=True)
    ]


def _learn_from(
    labelled: Labelled, train: NDArray[np.int_], test: NDArray[np.int_], share: float, seed: int
) -> dict[str, float]:
    chosen = np.random.default_rng(seed).permutation(train)[: round(share * len(train))]
    model = fit_view(VIEWS["full"], lesson(labelled, np.sort(chosen)), seed=seed)
    texts = (labelled.texts[row] for row in test)
    figures = _outcome_figures(labelled, guess(model, labelled, test, texts))
    return {"macro_f1": figures["macro_f1"], "log_loss": figures["log_loss"]}


# ---- figures ----


def _outcome_figures(labelled: Labelled, found: Guess) -> dict[str, Any]:
    codes = outcome_codes(labelled.table)[found.rows]
    hard = labelled.table["hard"].notna().to_numpy()[found.rows]
    right = found.probabilities.argmax(axis=1) == codes
    return {
        **measure_outcomes(codes, found.probabilities, found.sets),
        "hard_accuracy": float(right[hard].mean()) if hard.any() else None,
    }


def _grounds_figures(labelled: Labelled, found: Guess) -> dict[str, Any]:
    modelled = ~np.isnan(found.grounds).any(axis=0)
    Y = labelled.grounds[found.rows]
    names = tuple(np.array(labelled.ground_names)[modelled])
    figures = measure_grounds(
        Y[:, modelled], found.grounds[:, modelled], found.predicted_grounds[:, modelled], names
    )
    rare = ~modelled & labelled.grounds.any(axis=0)
    figures["too_rare"] = {
        str(name): int(count)
        for name, count in zip(
            np.array(labelled.ground_names)[rare], labelled.grounds.sum(axis=0)[rare], strict=True
        )
    }
    return figures


def _factors(labelled: Labelled, found: Guess) -> dict[str, Any]:
    table = labelled.table.iloc[found.rows]
    codes = outcome_codes(labelled.table)[found.rows]
    predicted = found.probabilities.argmax(axis=1)
    factors = {
        "category": table["category"].to_numpy(dtype=str),
        "year": table["date"].str[:4].to_numpy(dtype=str),
        "hard": table["hard"].fillna("none").to_numpy(dtype=str),
    }
    confusion = np.zeros((3, 3), dtype=int)
    np.add.at(confusion, (codes, predicted), 1)
    return {
        "by": {name: accuracy_by(values, codes, predicted) for name, values in factors.items()},
        "confusion": confusion.tolist(),
        "reliability": reliability(predicted == codes, found.probabilities.max(axis=1)),
    }


def _pairs(labelled: Labelled, found: Guess) -> dict[str, float]:
    """Return how often both twins of a contrast pair are right, among pairs seen whole."""
    codes = outcome_codes(labelled.table)[found.rows]
    right = found.probabilities.argmax(axis=1) == codes
    refs = labelled.table["ref"].to_numpy(dtype=str)[found.rows]
    is_right = dict(zip(refs, right, strict=True))
    base_of = labelled.table["contrast_of"].iloc[found.rows]
    both = [
        is_right[ref] and is_right[base]
        for ref, base in zip(refs, base_of, strict=True)
        if isinstance(base, str) and base in is_right
    ]
    return {"n": len(both), "both_right": float(np.mean(both)) if both else 0.0}


def _mean(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of figures of the same shape; counts and names stay what they are."""
    first = runs[0]
    means: dict[str, Any] = {}
    for key, value in first.items():
        values = [run.get(key, value) for run in runs]
        if isinstance(value, dict):
            means[key] = _mean(values)
        elif isinstance(value, float) and all(isinstance(one, float) for one in values):
            means[key] = float(np.mean(values))
        else:
            means[key] = value
    return means


def _rounded(figures: Any) -> Any:
    if isinstance(figures, dict):
        return {key: _rounded(value) for key, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [_rounded(value) for value in figures]
    return round(figures, 4) if isinstance(figures, float) else figures
