"""The figures of ``models/evaluation.json`` as tables, for notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.decision import OUTCOMES
from pipeline.report_words import OUTCOME_NAMES, ground_label

FIGURES = Path(__file__).resolve().parent.parent / "models" / "evaluation.json"

OUTCOME_FIGURES = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "hard_accuracy": "accuracy, hard cases",
    "log_loss": "log loss",
    "ece": "calibration error",
    "coverage": "set coverage",
    "set_size": "set size",
    "review_rate": "for review",
    "accuracy_outside_review": "accuracy outside review",
}


def read_figures(path: Path = FIGURES) -> dict[str, Any]:
    """Return what ``decisions evaluate`` measured.

    Raises
    ------
    ValueError
        The file is missing or is none of its files; the message says how to make it.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        figures = None
    if not isinstance(figures, dict) or "time_split" not in figures:
        raise ValueError(f"There are no figures in {path}; `make evaluate` writes them.")
    return figures


def views_table(figures: Mapping[str, Any], split: str = "time_split") -> pd.DataFrame:
    """Return a row of figures for each view; ``split`` is ``time_split`` or ``folds``."""
    views = figures[split]["views"]
    rows = {
        name: _outcome_row(view["outcome"]) | {"grounds micro-F1": view["grounds"]["micro_f1"]}
        for name, view in views.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def copies_table(figures: Mapping[str, Any], view: str = "full") -> pd.DataFrame:
    """Return a row of figures for each kind of copy, the whole one and those cut off."""
    copies = figures["time_split"]["views"][view]["copies"]
    return pd.DataFrame.from_dict(
        {name: _outcome_row(one) for name, one in copies.items()}, orient="index"
    )


def beside_controls(
    figures: Mapping[str, Any], view: str = "full", split: str = "time_split"
) -> dict[str, float]:
    """Return the macro-F1 of a view and, weakest first, of its controls before it."""
    found = figures[split]["views"][view]
    controls = sorted(found["controls"].items(), key=lambda pair: pair[1])
    return {**dict(controls), f"view {view}": found["outcome"]["macro_f1"]}


def classes_table(figures: Mapping[str, Any], view: str = "full") -> pd.DataFrame:
    """Return precision, recall, F1 and number of later decisions of each outcome."""
    classes = figures["time_split"]["views"][view]["outcome"]["classes"]
    return pd.DataFrame(
        [classes[outcome] for outcome in OUTCOMES],
        index=[OUTCOME_NAMES[outcome] for outcome in OUTCOMES],
    )


def factor_table(figures: Mapping[str, Any], factor: str, split: str = "folds") -> pd.DataFrame:
    """Return accuracy for each ``category``, ``year`` or ``hard`` kind, a column for each view."""
    views = figures[split]["views"]
    columns = {
        name: {value: one["accuracy"] for value, one in view["by"][factor].items()}
        for name, view in views.items()
    }
    numbers = {value: one["n"] for value, one in views["full"]["by"][factor].items()}
    return pd.DataFrame({"decisions": numbers, **columns})


def grounds_table(figures: Mapping[str, Any]) -> pd.DataFrame:
    """Return the F1 of each ground on later decisions, a column for each view."""
    views = figures["time_split"]["views"]
    columns = {
        name: {ground: one["f1"] for ground, one in view["grounds"]["grounds"].items()}
        for name, view in views.items()
    }
    numbers = {name: one["n"] for name, one in views["full"]["grounds"]["grounds"].items()}
    table = pd.DataFrame({"decisions": numbers, **columns})
    table.index = pd.Index([ground_label(str(name)) for name in table.index])
    return table.sort_values("decisions", ascending=False, kind="stable")


def _outcome_row(outcome: Mapping[str, Any]) -> dict[str, float]:
    return {title: outcome[name] for name, title in OUTCOME_FIGURES.items()}
