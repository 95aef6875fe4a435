"""Which decisions are for training and which for testing.

Two splits at once: by time (what a model meets in use is later than what it learnt from) and
five folds for cross-validation. Near-duplicates and contrast twins form a cluster, and a
cluster is never parted: it stands in one fold and on one side of the time split.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.neardup import clusters, near_duplicates

TEST_FROM = "2024-07-01"
FOLDS = 5
SEED = 20240701
SAME_TEXT = 0.5
"""Similarity from which two decisions count as one text; corpora hold far lower ones apart."""

COLUMNS = ("ref", "side", "fold", "cluster")


def split(
    table: pd.DataFrame, texts: Mapping[str, str], *, test_from: str = TEST_FROM
) -> pd.DataFrame:
    """Return the split of `table`: a row for each decision, sorted by reference.

    Parameters
    ----------
    table
        Columns ``ref`` (unique), ``date`` (ISO), ``outcome`` and, if present, ``hard`` and
        ``contrast_of``.
    texts
        What near-duplicates are sought in, by reference.
    test_from
        First day of the test side.

    Returns
    -------
    Columns ``ref``; ``side``, ``train`` or ``test``; ``fold``, 0 to 4; ``cluster``, the
    reference of the decision that speaks for the cluster: the oldest that is nobody's twin.
    Its date decides the side of all.

    Raises `ValueError` where there are fewer clusters than folds.
    """
    rows = table.sort_values("ref").reset_index(drop=True)
    result = pd.DataFrame({"ref": rows["ref"], "cluster": _clusters(rows, texts)})
    if result["cluster"].nunique() < FOLDS:
        raise ValueError(f"{FOLDS} folds need at least {FOLDS} decisions that differ.")
    dates = dict(zip(rows["ref"], rows["date"], strict=True))
    result["side"] = [
        "test" if dates[speaker] >= test_from else "train" for speaker in result["cluster"]
    ]
    result["fold"] = _folds(_strata(rows), result["cluster"])
    return result[list(COLUMNS)]


def read_splits(path: Path) -> pd.DataFrame:
    """Return a split as `write_splits` wrote it."""
    return pd.read_csv(path, dtype={"ref": str, "side": str, "fold": int, "cluster": str})


def write_splits(splits: pd.DataFrame, path: Path) -> None:
    """Write a split as CSV."""
    splits.to_csv(path, index=False, lineterminator="\n")


def _clusters(rows: pd.DataFrame, texts: Mapping[str, str]) -> list[str]:
    refs = list(rows["ref"])
    twin_of = _twins(rows)
    known = set(refs)
    links = [(twin, base) for twin, base in twin_of.items() if base in known]
    links += [(pair.first, pair.second) for pair in near_duplicates(texts, SAME_TEXT)]
    numbers = clusters(refs, links)
    speakers: dict[int, str] = {}
    by_age = sorted(zip(rows["date"], refs, numbers, strict=True))
    for twins_too in (False, True):
        for _, ref, number in by_age:
            if twins_too or ref not in twin_of:
                speakers.setdefault(number, ref)
    return [speakers[number] for number in numbers]


def _twins(rows: pd.DataFrame) -> dict[str, str]:
    if "contrast_of" not in rows:
        return {}
    return {
        ref: base
        for ref, base in zip(rows["ref"], rows["contrast_of"], strict=True)
        if isinstance(base, str) and base
    }


def _strata(rows: pd.DataFrame) -> pd.Series[str]:
    """Return outcome and hard kind together.

    What has fewer members than there are folds joins a larger stratum: a rare kind the plain
    decisions of its outcome, a rare outcome the commonest stratum.
    """
    outcomes = rows["outcome"].astype(str) + "/"
    strata = outcomes
    if "hard" in rows:
        strata = outcomes + rows["hard"].fillna("").astype(str)
        strata = strata.where(_members(strata) >= FOLDS, outcomes)
    return strata.where(_members(strata) >= FOLDS, strata.mode()[0])


def _members(strata: pd.Series[str]) -> pd.Series[int]:
    return strata.map(strata.value_counts())


def _folds(strata: pd.Series[str], groups: pd.Series[str]) -> list[int]:
    folds = np.zeros(len(strata), dtype=int)
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for number, (_, test) in enumerate(splitter.split(strata, strata, groups)):
        folds[test] = number
    return [int(fold) for fold in folds]
