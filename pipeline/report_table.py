"""Read a scored table (CSV, Parquet or JSON lines) and check it, for the report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

import pandas as pd

from pipeline.decision import OUTCOMES, Outcome
from pipeline.report_words import name_of
from pipeline.scored_table import COLUMNS, PROBABILITIES

# What HTML cannot carry, or what a browser would drop: control characters, lone surrogates
# and non-characters. One sign for one, so that offsets hold.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ISO_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_YES, _NO = {"true", "1", "yes"}, {"false", "0", "no", ""}


class ReportError(ValueError):
    """A report that cannot be made. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section of a decision: label and character offsets into the text that was read."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that weighs for the outcome. ``start`` is an offset as in `Stretch`."""

    section: str
    start: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class ScoredDecision:
    """One row of a scored table, taken apart."""

    ref: str
    source: str
    authority: str
    category: str
    date: str
    """ISO date, or empty."""
    outcome: Outcome
    probabilities: tuple[float, ...]
    """In the order of `OUTCOMES`."""
    outcome_set: tuple[str, ...]
    review: bool
    published: str
    """The published outcome, or empty."""
    ground: str
    grounds: tuple[str, ...]
    ground_probabilities: tuple[tuple[str, float], ...]
    """Highest first."""
    provisions: tuple[str, ...]
    sections: tuple[Stretch, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    model: str

    @property
    def name(self) -> str:
        """The reference; where there is none, the file it was read from."""
        return name_of(self.ref, self.source)

    @property
    def probability(self) -> float:
        """Probability of the identified outcome."""
        return self.probabilities[OUTCOMES.index(self.outcome)]


def showable(text: str) -> str:
    """Return the text with every character that HTML cannot carry replaced, one for one."""
    return _UNSHOWABLE.sub("\ufffd", text)


def read_scored_table(path: Path) -> pd.DataFrame:
    """Return the table with typed columns: text, floats for `PROBABILITIES`, bool ``review``.

    ``evidence`` stays JSON and joined columns stay joined; `scored_decision` takes a row
    apart. Raises `ReportError` where the file is no scored table.
    """
    if not path.is_file():
        raise ReportError(f"There is no file {path}; give the table that was scored.")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReportError(
            f"{path} is not a scored table: the name must end in .csv, .parquet or .jsonl."
        )
    try:
        table = reader(path)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ReportError(
            f"{path} cannot be read as a table ({reason}); score the decisions again."
        ) from error
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ReportError(
            f"{path} is not a complete scored table: it lacks the "
            f"column{'s' if len(missing) > 1 else ''} {', '.join(missing)}."
        )
    if table.empty:
        raise ReportError(f"{path} has no rows: no decision was scored, so nothing can be shown.")
    return _typed(table.loc[:, list(COLUMNS)].reset_index(drop=True), path)


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _read_json_lines(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a line is no JSON object")
    return pd.DataFrame(rows)


_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": _read_csv,
    ".parquet": pd.read_parquet,
    ".jsonl": _read_json_lines,
}


def _text(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return showable(str(value))


def _typed(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    typed = pd.DataFrame(index=table.index)
    for column in COLUMNS:
        if column in PROBABILITIES:
            typed[column] = _probabilities(table[column], column, path)
        else:
            texts = [_text(value).strip() for value in table[column]]
            typed[column] = pd.Series(texts, index=table.index, dtype=object)
    typed["review"] = _flags(typed["review"], path)
    typed["date"] = typed["date"].where(typed["date"].map(_is_date), "")
    _check_outcomes(typed["outcome"], "outcome", path, allowed=set(OUTCOMES))
    _check_outcomes(typed["published_outcome"], "published_outcome", path, {*OUTCOMES, ""})
    return typed


def _is_date(value: str) -> bool:
    return _ISO_DATE.fullmatch(value) is not None


def _refuse(path: Path, row: int, column: str, problem: str) -> NoReturn:
    raise ReportError(
        f"{path}: row {row + 1} has {problem} in the column {column}. "
        "If the table was edited by hand, score the decisions again."
    )


def _probabilities(values: pd.Series[Any], column: str, path: Path) -> pd.Series[float]:
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    wrong = ~numbers.between(0, 1)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        _refuse(path, row, column, f'"{values.iloc[row]}", which is no probability from 0 to 1,')
    return numbers


def _flags(values: pd.Series[Any], path: Path) -> pd.Series[bool]:
    lowered = values.str.lower()
    wrong = ~lowered.isin(_YES | _NO)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        _refuse(path, row, "review", f'"{values.iloc[row]}", neither true nor false,')
    return lowered.isin(_YES)


def _check_outcomes(values: pd.Series[Any], column: str, path: Path, allowed: set[str]) -> None:
    wrong = ~values.isin(allowed)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        _refuse(path, row, column, f'"{values.iloc[row]}", which is none of the three outcomes,')


def _parts(joined: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in joined.split("|") if part.strip())


def scored_decision(row: Any, position: int) -> ScoredDecision:
    """Take one row apart, as `DataFrame.itertuples` gives it.

    ``position`` counts from 0, for messages. Raises `ReportError` where a joined column or
    the evidence does not have its shape.
    """
    column = "sections"
    try:
        sections = tuple(_stretch(part) for part in _parts(row.sections))
        column = "ground_probabilities"
        grounds = [_named_probability(part) for part in _parts(row.ground_probabilities)]
        column = "evidence"
        evidence = tuple(_sentence(item) for item in json.loads(row.evidence or "[]"))
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"Row {position + 1} of the scored table has a column {column} that cannot be read. "
            "If the table was edited by hand, score the decisions again."
        ) from error
    return ScoredDecision(
        ref=row.ref,
        source=row.source,
        authority=row.authority,
        category=row.category,
        date=row.date,
        outcome=cast(Outcome, row.outcome),
        probabilities=tuple(float(getattr(row, column)) for column in PROBABILITIES),
        outcome_set=tuple(part for part in _parts(row.outcome_set) if part in OUTCOMES),
        review=bool(row.review),
        published=row.published_outcome,
        ground=row.ground,
        grounds=_parts(row.grounds),
        ground_probabilities=tuple(sorted(grounds, key=lambda named: -named[1])),
        provisions=_parts(row.provisions),
        sections=sections,
        evidence=evidence,
        warnings=_parts(row.warnings),
        model=row.model,
    )


def _stretch(part: str) -> Stretch:
    label, offsets = part.rsplit(":", 1)
    start, end = offsets.split("-")
    return Stretch(label, int(start), int(end))


def _named_probability(part: str) -> tuple[str, float]:
    name, probability = part.rsplit("=", 1)
    return name, float(probability)


def _sentence(item: dict[str, Any]) -> Evidence:
    return Evidence(
        section=showable(str(item["section"])),
        start=int(item["start"]),
        text=showable(str(item["text"])),
        weight=float(item["weight"]),
    )
