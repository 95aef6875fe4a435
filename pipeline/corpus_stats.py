"""`decisions corpus stats`: what is in the corpus, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.corpus import CORPUS, Record, load, prose
from pipeline.corpus_check import split_corpus
from pipeline.decision import OUTCOMES
from pipeline.leak_probes import probe_leaks
from pipeline.neardup import runs, words

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RUN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Counts:
    """What can be counted in a corpus. The tables have a column for each outcome and ``all``."""

    records: int
    words: int
    twins: int
    provisions: int
    """Distinct provisions in the gold annotations."""
    outcomes: pd.DataFrame
    categories: pd.DataFrame
    years: pd.DataFrame
    hard: pd.DataFrame
    sides: pd.DataFrame
    grounds: pd.DataFrame
    lengths: pd.DataFrame
    """Words by outcome (rows) at the quantiles 5, 25, 50, 75 and 95 % (columns)."""
    unique_runs: float
    """Share of the eight-word runs outside the role section that stand in one record only,
    contrast twins left out."""


def count(records: Sequence[Record], splits: pd.DataFrame) -> Counts:
    """Return the counts of `records`, whose split has the columns ``ref`` and ``side``."""
    lengths = pd.Series([len(prose(record).split()) for record in records])
    outcomes = pd.Series([record.outcome for record in records])
    sides = dict(zip(splits["ref"], splits["side"], strict=True))
    return Counts(
        records=len(records),
        words=int(lengths.sum()),
        twins=sum(record.contrast_of is not None for record in records),
        provisions=len({cited.id for record in records for cited in record.provisions}),
        outcomes=_by_outcome((record, "records") for record in records),
        categories=_by_outcome((record, record.category) for record in records),
        years=_by_outcome((record, record.date[:4]) for record in records),
        hard=_by_outcome((record, record.hard or "none") for record in records),
        sides=_by_outcome((record, sides[record.ref]) for record in records),
        grounds=_by_outcome((record, ground) for record in records for ground in record.grounds),
        lengths=_lengths(lengths, outcomes),
        unique_runs=_unique_runs(records),
    )


def stats(folder: Path = CORPUS) -> tuple[Counts, pd.Series[float]]:
    """Return the counts of the corpus in `folder` and the scores of the leak probes.

    Raises `CorpusError` where the corpus cannot be read.
    """
    records = load(folder)
    splits = split_corpus(records)
    return count(records, splits), probe_leaks(records, splits["fold"].tolist())


def _by_outcome(values: Iterable[tuple[Record, str]]) -> pd.DataFrame:
    """Return a table of counts: a row for each value, in order, a column for each outcome."""
    pairs = [(value, record.outcome) for record, value in values]
    counted = pd.DataFrame(pairs, columns=["value", "outcome"])
    table = pd.crosstab(counted["value"], counted["outcome"])
    table = table.reindex(columns=list(OUTCOMES), fill_value=0)
    table.columns.name = None
    table.index.name = None
    return table.assign(all=table.sum(axis=1))


def _lengths(lengths: pd.Series[int], outcomes: pd.Series[str]) -> pd.DataFrame:
    table = lengths.groupby(outcomes).quantile(np.array(QUANTILES)).unstack().round().astype(int)
    table = table.reindex([outcome for outcome in OUTCOMES if outcome in table.index])
    table.columns = pd.Index([f"{quantile:.0%}" for quantile in QUANTILES])
    return table


def _unique_runs(records: Sequence[Record]) -> float:
    originals = [record for record in records if record.contrast_of is None]
    seen: Counter[str] = Counter()
    for record in originals:
        lines = prose(record, without=("role",)).splitlines()
        seen.update({run for line in lines for run in runs(words(line), RUN_WORDS)})
    return sum(times == 1 for times in seen.values()) / max(1, len(seen))
