"""Scores beside what is published: outcomes that differ, and grounds cited or not cited."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.decision import OUTCOMES
from pipeline.report_words import OUTCOME_NAMES, ground_label
from pipeline.statutes import grounds_of


def outcomes_crossed(scores: pd.DataFrame) -> pd.DataFrame:
    """Return how many decisions of each published outcome (rows) got which score (columns).

    Decisions whose copy prints no outcome are left out.
    """
    known = scores.loc[scores["published_outcome"] != ""]
    table = pd.crosstab(known["published_outcome"], known["outcome"])
    table = table.reindex(index=list(OUTCOMES), columns=list(OUTCOMES), fill_value=0)
    names = [OUTCOME_NAMES[outcome] for outcome in OUTCOMES]
    return table.set_axis(pd.Index(names, name="published"), axis="index").set_axis(
        pd.Index(names, name="identified"), axis="columns"
    )


def disagreements(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose outcome is not the published one, the surest of them first.

    With a column ``certainty``: the probability of the outcome that was identified.
    """
    differ = (scores["published_outcome"] != "") & (
        scores["outcome"] != scores["published_outcome"]
    )
    certainty = scores[[f"p_{outcome}" for outcome in OUTCOMES]].max(axis="columns")
    rows = scores.loc[differ].assign(certainty=certainty[differ])
    return rows.sort_values("certainty", ascending=False, kind="stable")


def grounds_compared(scores: pd.DataFrame) -> pd.DataFrame:
    """Return, for each ground, how many decisions cite it, read like it, or do both.

    ``cited``: a provision of the ground is cited. ``identified``: the words of the decision
    read like it, citations masked. ``only_cited`` and ``only_identified`` are what to look at.
    """
    cited = _flags(scores["provisions"].map(lambda ids: grounds_of(_parts(ids))))
    identified = _flags(scores["grounds"].map(lambda names: set(_parts(names))))
    cited, identified = cited.align(identified, join="outer", fill_value=False)
    table = pd.DataFrame(
        {
            "cited": cited.sum(),
            "identified": identified.sum(),
            "both": (cited & identified).sum(),
            "only_cited": (cited & ~identified).sum(),
            "only_identified": (identified & ~cited).sum(),
        }
    )
    table.index = pd.Index([ground_label(str(name)) for name in table.index], name="ground")
    return table.sort_values("cited", ascending=False, kind="stable")


def _parts(joined: str) -> list[str]:
    return [part for part in joined.split("|") if part]


def _flags(names: pd.Series[Any]) -> pd.DataFrame:
    """Return a table of truth values, a row for each set of names and a column for each name."""
    every = sorted(set().union(*names))
    return pd.DataFrame(
        {name: [name in row for row in names] for name in every}, index=names.index, dtype=bool
    )
