"""The data behind the table of the report, as script files.

A page opened from disk may not fetch JSON, but it may load a script. The files are plain
ASCII: JSON inside one call. Columns are stored whole, texts that repeat once, and what only
shows when a row is opened lies in files of its own that are loaded when they are asked for.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.report_table import ScoredDecision
from pipeline.report_words import (
    OUTCOME_NAMES,
    SECTION_NAMES,
    ground_label,
    name_of,
    provision_link,
)
from pipeline.statutes import display

DETAILS_IN_A_FILE = 500
LONGEST_SENTENCE = 400
"""Longer evidence is cut short in the details, so that large reports stay small."""


def write_script(path: Path, function: str, *arguments: Any) -> None:
    """Write ``report.function(arguments)`` as a script of ASCII characters only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = ",".join(json.dumps(argument, separators=(",", ":")) for argument in arguments)
    path.write_text(f'"use strict";report.{function}({listed});\n', encoding="ascii")


def _repeated(values: pd.Series[str], label: Callable[[str], str] = str) -> dict[str, Any]:
    """Return each different value once, in order of its label, and the place of each row's."""
    distinct = sorted(set(values), key=lambda value: (label(value).casefold(), value))
    place = {value: number for number, value in enumerate(distinct)}
    return {
        "values": distinct,
        "labels": [label(value) for value in distinct],
        "codes": [place[value] for value in values],
    }


def _set_code(joined: str) -> int:
    """Return an outcome set as a number: one bit for each of `OUTCOMES`."""
    parts = joined.split("|")
    return sum(1 << bit for bit, outcome in enumerate(OUTCOMES) if outcome in parts)


def _digits(numbers: Iterable[int]) -> str:
    return "".join(map(str, numbers))


def table_data(table: pd.DataFrame, *, pages: bool) -> dict[str, Any]:
    """Return the columns that the table shows, sorts and filters.

    Columns of one digit a row are strings: outcome (place in `OUTCOMES`; for
    ``published`` 3 means none), set (bits) and review (0 or 1). Probabilities are
    whole thousandths.
    """
    place = {outcome: number for number, outcome in enumerate((*OUTCOMES, ""))}
    return {
        "count": len(table),
        "pages": pages,
        "detailsInAFile": DETAILS_IN_A_FILE,
        "outcomes": [OUTCOME_NAMES[outcome] for outcome in OUTCOMES],
        "outcomeValues": list(OUTCOMES),
        "names": [name_of(*pair) for pair in zip(table["ref"], table["source"], strict=True)],
        "authority": _repeated(table["authority"]),
        "category": _repeated(table["category"]),
        "ground": _repeated(table["ground"], lambda name: ground_label(name) if name else ""),
        "date": _repeated(table["date"]),
        "outcome": _digits(place[outcome] for outcome in table["outcome"]),
        "published": _digits(place[outcome] for outcome in table["published_outcome"]),
        "set": _digits(map(_set_code, table["outcome_set"])),
        "review": _digits(table["review"].astype(int)),
        "probabilities": [
            [round(1000 * value) for value in table[f"p_{outcome}"]] for outcome in OUTCOMES
        ],
    }


class Details:
    """What shows when a row is opened, for reports without a page for each decision.

    Rows go in one by one; a file is written whenever `DETAILS_IN_A_FILE` are together.
    Provisions, grounds and sections are numbered, and their names written once by `finish`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: list[list[Any]] = []
        self._files = 0
        self._provisions: dict[str, int] = {}
        self._grounds: dict[str, int] = {}

    def add(self, decision: ScoredDecision) -> None:
        """Take the next row."""
        self._rows.append(
            [
                decision.source,
                [self._number(self._provisions, name) for name in decision.provisions],
                [
                    [self._number(self._grounds, name), round(1000 * probability)]
                    for name, probability in decision.ground_probabilities
                ],
                [
                    [_section_number(item.section), _short(item.text), round(item.weight, 2)]
                    for item in decision.evidence
                ],
                list(decision.warnings),
            ]
        )
        if len(self._rows) == DETAILS_IN_A_FILE:
            self._write()

    def finish(self) -> None:
        """Write the rows that are left and the names."""
        if self._rows:
            self._write()
        write_script(
            self._folder / "names.js",
            "addNames",
            {
                "provisions": [[display(name), provision_link(name)] for name in self._provisions],
                "grounds": [ground_label(name) for name in self._grounds],
                "sections": [SECTION_NAMES[label] for label in SECTION_LABELS],
            },
        )

    def _write(self) -> None:
        write_script(
            self._folder / f"details-{self._files}.js", "addDetails", self._files, self._rows
        )
        self._files += 1
        self._rows = []

    @staticmethod
    def _number(numbers: dict[str, int], name: str) -> int:
        return numbers.setdefault(name, len(numbers))


def _section_number(label: str) -> int:
    known = label if label in SECTION_NAMES else "unknown"
    return SECTION_LABELS.index(known)


def _short(text: str) -> str:
    return textwrap.shorten(text, LONGEST_SENTENCE, placeholder=" …")
