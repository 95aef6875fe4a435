"""One schema for the project's corpus and for downloaded decisions."""

import pandas as pd
import pytest
from sample_record import sample_record

from pipeline.corpus import load
from pipeline.corpus_table import TABLE, bare_text, table_faults, to_table


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return to_table(load())


def test_corpus_fits_the_schema_also_after_parquet(table, tmp_path) -> None:
    assert list(table.columns) == list(TABLE.columns)
    assert table_faults(table) == []
    table.to_parquet(tmp_path / "corpus.parquet")
    assert table_faults(pd.read_parquet(tmp_path / "corpus.parquet")) == []


def test_downloaded_decisions_need_no_annotation(table) -> None:
    columns = ["hard", "contrast_of", "grounds", "provisions"]
    assert table_faults(table.drop(columns=columns)) == []


def test_text_is_the_decision_and_nothing_around_it() -> None:
    text = bare_text(sample_record())
    assert text.startswith("Summary: The Council lost Ms P's form.\n")
    assert text.endswith("Final decision\nI uphold the complaint.\n")
    assert "Thornmere" not in text


@pytest.mark.parametrize(
    ("column", "value", "saying"),
    [
        ("ref", "91/002/890", "ref must look like '20 006 486' ('91/002/890')."),
        ("authority", " ", "authority must not be empty (' ')."),
        ("outcome", "Upheld", "outcome must be one of"),
        ("date", "2021-13-01", "date must be a day written as YYYY-MM-DD ('2021-13-01')."),
        ("hard", "very", "hard must be empty or one of"),
        ("contrast_of", "itself", "contrast_of must look like"),
        ("grounds", "discretion", "grounds must be a list of names"),
        ("provisions", [3], "provisions must be a list of names"),
        ("text", "", "text must not be empty"),
    ],
)
def test_faults_are_named(table, column, value, saying) -> None:
    faulty = table.head(20).copy()
    faulty.at[7, column] = value
    (fault,) = table_faults(faulty)
    assert saying in fault
    assert fault.startswith(str(faulty.at[7, "ref"]))


def test_missing_columns_and_repeated_references_are_named(table) -> None:
    faulty = table.head(20).drop(columns=["text"])
    faulty.at[7, "ref"] = faulty.at[3, "ref"]
    assert table_faults(faulty) == [
        "text is a column that the table must have.",
        f"{faulty.at[3, 'ref']}: ref occurs more than once ({faulty.at[3, 'ref']!r}).",
    ]
