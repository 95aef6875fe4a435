"""The figures of the report's first page: counts, shares and their intervals."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from pipeline.decision import OUTCOMES
from pipeline.report_table import ReportError, showable
from pipeline.report_words import OUTCOME_NAMES, ground_label, name_of, review_reason
from pipeline.scored_table import PROBABILITIES

PUBLISHED_MIX: dict[str, float] = {
    "closed_after_initial_enquiries": 0.59,
    "not_upheld": 0.10,
    "upheld": 0.30,
}
"""Estimated mix of all published decisions of 2022-23; rounding leaves 1 % over."""

PUBLISHED_YEAR = "2022-23"
QUEUE_LENGTH = 25
MOST_ERRORS = 200
MOST_GROUPS = 1000
MOST_MONTHS = 180
MOST_TREND_MONTHS = 36
_UPHELD = OUTCOMES.index("upheld")


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % Wilson interval, all from 0 to 1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class MixLine:
    """One outcome: its share here, and its share of all published decisions."""

    outcome: str
    name: str
    share: Share
    published: float


@dataclass(frozen=True, slots=True)
class Group:
    """Decisions that have a category, an authority, a month or a ground in common."""

    value: str
    """As in the table; a month as ``2021-03``, a year as ``2021``."""
    label: str
    counts: tuple[int, ...]
    """In the order of `OUTCOMES`."""
    upheld: Share

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Identified outcomes against published ones, where a published one is known."""

    counts: tuple[tuple[int, ...], ...]
    """Rows: published; columns: identified; both in the order of `OUTCOMES`."""

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))

    @property
    def same(self) -> Share:
        return share(sum(self.counts[i][i] for i in range(len(OUTCOMES))), self.total)


@dataclass(frozen=True, slots=True)
class Queued:
    """A decision that a person should read."""

    position: int
    name: str
    authority: str
    outcome: str
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class ScoringError:
    """An input that could not be scored."""

    source: str
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page says."""

    total: int
    first_date: str
    last_date: str
    undated: int
    models: tuple[str, ...]
    mix: tuple[MixLine, ...]
    categories: tuple[Group, ...]
    authorities: tuple[Group, ...]
    months: tuple[Group, ...]
    """Every month from the first to the last; every year where they are very many."""
    trend: tuple[Group, ...]
    """The months where they are few, else the years: a month alone has too few decisions."""
    grounds: tuple[Group, ...]
    agreement: Agreement
    review: Share
    review_reasons: tuple[tuple[str, int], ...]
    queue: tuple[Queued, ...]


def share(count: int, total: int) -> Share:
    """Return a share with its 95 % interval by Wilson (1927); 0 to 1 where the total is 0."""
    if total == 0:
        return Share(0, 0, 0.0, 1.0)
    z = 1.959964
    p = count / total
    middle = p + z * z / (2 * total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return Share(count, total, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def make_overview(table: pd.DataFrame) -> Overview:
    """Return the figures of a table as `read_scored_table` gives it."""
    dates = sorted(date for date in table["date"] if date)
    months = _periods(table, "M")
    if len(months) > MOST_MONTHS:
        months = _periods(table, "Y")
    return Overview(
        total=len(table),
        first_date=dates[0] if dates else "",
        last_date=dates[-1] if dates else "",
        undated=len(table) - len(dates),
        models=tuple(sorted(set(table["model"]) - {""})),
        mix=_mix(table),
        categories=_by_size(_groups(table, table["category"])),
        authorities=_by_size(_groups(table, table["authority"])),
        months=months,
        trend=months if len(months) <= MOST_TREND_MONTHS else _periods(table, "Y"),
        grounds=_by_size(_groups(table, table["ground"], ground_label)),
        agreement=_agreement(table),
        review=share(int(table["review"].sum()), len(table)),
        review_reasons=_review_reasons(table),
        queue=_queue(table),
    )


def _mix(table: pd.DataFrame) -> tuple[MixLine, ...]:
    counts = table["outcome"].value_counts()
    return tuple(
        MixLine(
            outcome,
            OUTCOME_NAMES[outcome],
            share(int(counts.get(outcome, 0)), len(table)),
            PUBLISHED_MIX[outcome],
        )
        for outcome in OUTCOMES
    )


def _groups(
    table: pd.DataFrame, by: pd.Series[str], label_of: Callable[[str], str] = str
) -> list[Group]:
    crossed = pd.crosstab(by, table["outcome"]).reindex(columns=list(OUTCOMES), fill_value=0)
    rows = zip(crossed.index, crossed.to_numpy().tolist(), strict=True)
    return [
        Group(value, label_of(value) if value else "Not given", tuple(counts), _upheld(counts))
        for value, counts in rows
    ]


def _by_size(groups: list[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda group: -group.total))


def _upheld(counts: Sequence[int]) -> Share:
    return share(counts[_UPHELD], sum(counts))


def _periods(table: pd.DataFrame, length: Literal["M", "Y"]) -> tuple[Group, ...]:
    """Return every month or year from the first to the last, also those without a decision."""
    dated = table.loc[table["date"] != ""]
    if dated.empty:
        return ()
    periods = pd.PeriodIndex(dated["date"].str[:7], freq="M").asfreq(length)
    names = pd.Series(periods.astype(str), index=dated.index)
    found = {group.value: group for group in _groups(dated, names)}
    nothing = Group("", "", (0,) * len(OUTCOMES), share(0, 0))
    return tuple(
        replace(
            found.get(str(period), nothing),
            value=str(period),
            label=period.strftime("%b %Y" if length == "M" else "%Y"),
        )
        for period in pd.period_range(periods.min(), periods.max(), freq=length)
    )


def period_of(groups: Sequence[Group]) -> str:
    """Return ``month`` or ``year``, whichever the groups are."""
    return "month" if groups and "-" in groups[0].value else "year"


def _agreement(table: pd.DataFrame) -> Agreement:
    pairs = Counter(zip(table["published_outcome"], table["outcome"], strict=True))
    return Agreement(
        tuple(tuple(pairs[published, found] for found in OUTCOMES) for published in OUTCOMES)
    )


def _review_reasons(table: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    queued = table.loc[table["review"]]
    reasons = map(review_reason, queued["outcome_set"], queued["warnings"])
    return tuple(Counter(reasons).most_common())


def _queue(table: pd.DataFrame) -> tuple[Queued, ...]:
    """Return the decisions to review whose outcome is the least certain."""
    queued = table.loc[table["review"]]
    certainty = queued[list(PROBABILITIES)].max(axis=1)
    return tuple(
        Queued(
            position=int(position),
            name=name_of(row.ref, row.source),
            authority=row.authority,
            outcome=row.outcome,
            probability=float(getattr(row, f"p_{row.outcome}")),
            reason=review_reason(row.outcome_set, row.warnings),
        )
        for position in certainty.sort_values(kind="stable").index[:QUEUE_LENGTH]
        for row in [table.loc[position]]
    )


def read_errors(path: Path) -> list[ScoringError]:
    """Read an ``errors.jsonl``. Raises `ReportError` where it is none; blank lines pass."""
    if not path.is_file():
        raise ReportError(f"There is no file {path}; leave the list of errors out or name it.")
    try:
        with path.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        return [
            ScoringError(*(showable(str(row[key])) for key in ("source", "kind", "sentence")))
            for row in rows
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} is not a list of scoring errors (JSON lines with source, position, kind and "
            "sentence)."
        ) from error
