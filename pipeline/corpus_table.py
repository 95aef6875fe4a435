"""The corpus as a flat table: one row for each decision, one schema for every corpus.

The same schema holds for the corpus of the project and for decisions that a user has
downloaded; there the columns that only an annotated corpus has may be absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from pipeline.corpus import HARD_KINDS, REF, Record
from pipeline.decision import OUTCOMES
from pipeline.render import render


def _names(values: pd.Series[Any]) -> pd.Series[bool]:
    # Parquet gives lists back as arrays.
    return values.map(
        lambda items: (
            isinstance(items, list | np.ndarray) and all(isinstance(item, str) for item in items)
        )
    )


def _text(values: pd.Series[str]) -> pd.Series[bool]:
    return values.str.strip() != ""


def _iso_date(values: pd.Series[str]) -> pd.Series[bool]:
    return pd.to_datetime(values, format="%Y-%m-%d", errors="coerce").notna()


IS_TEXT = pa.Check(_text, error="must not be empty")
IS_NAMES = pa.Check(_names, error="must be a list of names")
IS_DATE = pa.Check(_iso_date, error="must be a day written as YYYY-MM-DD")
IS_REF = pa.Check.str_matches(rf"^(?:{REF.pattern})$", error="must look like '20 006 486'")
IS_OUTCOME = pa.Check.isin(OUTCOMES, error=f"must be one of {', '.join(OUTCOMES)}")
IS_HARD = pa.Check.isin(HARD_KINDS, error=f"must be empty or one of {', '.join(HARD_KINDS)}")

TABLE = pa.DataFrameSchema(
    {
        "ref": pa.Column(str, IS_REF, unique=True, report_duplicates="exclude_first"),
        "authority": pa.Column(str, IS_TEXT),
        "category": pa.Column(str),
        "subcategory": pa.Column(str),
        "date": pa.Column(str, IS_DATE),
        "outcome": pa.Column(str, IS_OUTCOME),
        "hard": pa.Column(None, IS_HARD, nullable=True, required=False),
        "contrast_of": pa.Column(None, IS_REF, nullable=True, required=False),
        "text": pa.Column(str, IS_TEXT),
        "grounds": pa.Column(None, IS_NAMES, required=False),
        "provisions": pa.Column(None, IS_NAMES, required=False),
    }
)
"""``date`` is ISO text; ``text`` the decision without its header, signature and furniture;
``grounds`` names and ``provisions`` ids are lists; ``hard`` and ``contrast_of`` may be null."""


def to_table(records: Iterable[Record]) -> pd.DataFrame:
    """Return `records` as a table of the schema `TABLE`, sorted by reference."""
    rows = [
        {
            "ref": record.ref,
            "authority": record.authority,
            "category": record.category,
            "subcategory": record.subcategory,
            "date": record.date,
            "outcome": record.outcome,
            "hard": record.hard,
            "contrast_of": record.contrast_of,
            "text": bare_text(record),
            "grounds": list(record.grounds),
            "provisions": [cited.id for cited in record.provisions],
        }
        for record in sorted(records, key=lambda record: record.ref)
    ]
    table = pd.DataFrame(rows, columns=list(TABLE.columns))
    return table.astype({"hard": object, "contrast_of": object})


def bare_text(record: Record) -> str:
    """Return the headings and paragraphs of `record`, a line each, and nothing around them."""
    page = render(record, "plain", header="none")
    return page.text[: page.sections[len(record.sections) - 1].end]


def table_faults(table: pd.DataFrame) -> list[str]:
    """Return what is wrong with `table` by the schema, a sentence for each fault."""
    try:
        TABLE.validate(table, lazy=True)
    except SchemaErrors as error:
        return [_sentence(case, table) for _, case in error.failure_cases.iterrows()]
    return []


SAYINGS = {
    "field_uniqueness": "occurs more than once",
    "column_in_dataframe": "is a column that the table must have",
    "not_nullable": "must not be empty",
}


def _sentence(case: pd.Series[Any], table: pd.DataFrame) -> str:
    """Return one failure of pandera in words."""
    check = SAYINGS.get(case["check"], case["check"])
    value = str(case["failure_case"])
    shown = value if len(value) <= 60 else value[:60] + "…"
    if pd.isna(case["index"]):
        return f"{shown} {check}."
    row = table.loc[case["index"]]
    return f"{row.get('ref', case['index'])}: {case['column']} {check} ({shown!r})."
