"""What somebody hands over in a notebook, as decisions: a text, a path, a table, a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from pipeline.decision import Decision, Problem
from pipeline.decoding import UnreadableError
from pipeline.inputs import READABLE
from pipeline.items import Item, make_decision
from pipeline.reading import read_decisions, read_text
from pipeline.tables import known_columns, require_text_column

Given: TypeAlias = "Decision | str | Path | pd.DataFrame | Iterable[Given]"
"""A decision, its text or HTML, a path (file, folder or zip archive), a table with a column of
texts, or several of these."""

LONGEST_PATH = 255


class Decisions(list[Decision]):
    """Decisions that were read, and ``problems``: those that could not be, and why.

    A notebook shows it as a table. ``problems`` are in order, ``position`` counts all items
    from 0.
    """

    def __init__(self, decisions: Iterable[Decision] = (), problems: Iterable[Problem] = ()):
        super().__init__(decisions)
        self.problems = list(problems)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each decision: what its header said, and its length in words."""
        return pd.DataFrame(
            {
                "ref": decision.ref,
                "authority": decision.authority,
                "category": decision.category,
                "date": decision.date,
                "published_outcome": decision.outcome or "",
                "words": len(decision.text.split()),
                "source": decision.source,
            }
            for decision in self
        )

    def __repr__(self) -> str:
        left_out = f" and {len(self.problems)} problems" if self.problems else ""
        return f"{len(self)} decisions{left_out}"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.table.to_html(max_rows=20)}"


def read_given(given: Given) -> Decisions:
    """Return a Decision or a Problem for each item of what was given.

    ``source`` is the path; ``row 12`` for ``table.loc[12]``; ``item 3`` for the text at that
    place of a list, counted from 0. A table may name its columns as a file may.
    """
    if isinstance(given, Decisions):
        return given
    decisions, problems = [], []
    for position, found in enumerate(_read(given)):
        if isinstance(found, Decision):
            decisions.append(found)
        else:
            problems.append(replace(found, position=position))
    return Decisions(decisions, problems)


def looks_like_path(line: str) -> bool:
    """Say whether a string is meant as a path, not as a text.

    >>> looks_like_path("decisions/2024.zip"), looks_like_path("my decision.txt")
    (True, True)
    >>> looks_like_path("The Council was at fault.")
    False
    """
    if not line.strip() or "\n" in line:
        return False
    if not any(letter.isspace() for letter in line) or Path(line).suffix.lower() in READABLE:
        return True
    return len(line) <= LONGEST_PATH and Path(line).exists()


def _read(given: Any, source: str = "") -> Iterator[Decision | Problem]:
    if isinstance(given, Decision):
        yield given
    elif isinstance(given, Path) or (isinstance(given, str) and looks_like_path(given)):
        yield from read_decisions([given])
    elif isinstance(given, str):
        yield _of_text(given, source)
    elif isinstance(given, pd.DataFrame):
        yield from _of_table(given)
    elif isinstance(given, Iterable) and not isinstance(given, bytes | dict):
        for place, one in enumerate(given):
            yield from _read(one, f"item {place}")
    else:
        yield Problem(
            source,
            0,
            "not_text",
            f"{source or 'What was given'} is of the type {type(given).__name__}, which holds no "
            "decision: give a text, a path, a table with a column of texts, or a list of those.",
        )


def _of_text(text: str, source: str) -> Decision | Problem:
    try:
        return read_text(text, source)
    except UnreadableError as error:
        sentence = error.sentence if source else error.sentence.capitalize()
        return Problem(source, 0, error.kind, sentence)


def _of_table(table: pd.DataFrame) -> Iterator[Decision | Problem]:
    columns = known_columns(table.columns)
    try:
        require_text_column(columns, "The table", "column")
    except UnreadableError as error:
        yield Problem("", 0, error.kind, error.sentence)
        return
    cells = [table[name] for name in columns.values()]
    for label, *values in zip(table.index, *cells, strict=True):
        row = {field: _cell(value) for field, value in zip(columns, values, strict=True)}
        yield make_decision(Item(f"row {label}", row), 0)


def _cell(value: Any) -> Any:
    """Return a cell as a file would have it: None where pandas has one of its missing values."""
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
