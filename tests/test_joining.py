"""Joined files hold every row of every part, in order, and replace the old only when whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.joining import BATCH, WRITERS, join_faults, join_rows
from pipeline.part_files import RECORD, PartRecord, part_file, read_record
from pipeline.tally import Tally

SCHEMA = pa.schema([("text", pa.string()), ("p", pa.float64()), ("review", pa.bool_())])
ROWS = st.fixed_dictionaries(
    {
        "text": st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
        "p": st.integers(0, 10_000).map(lambda n: n / 10_000),
        "review": st.booleans(),
    }
)
Row = dict[str, Any]


def fault(number: int) -> Row:
    return {"source": f"ü{number}", "position": number, "kind": "empty", "sentence": "It is."}


def write_parts(folder: Path, parts: list[list[Row]]) -> list[Path]:
    files = []
    for number, rows in enumerate(parts):
        tally = Tally(inputs=len(rows) + 1, scored=len(rows))
        record = PartRecord(f"digest {number}", tally, (fault(number),))
        files.append(folder / f"part-{number:05}.parquet")
        files[-1].write_bytes(part_file(rows, SCHEMA, record))
    return files


def read_back(path: Path) -> list[Row]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]
    if path.suffix == ".parquet":
        rows: list[Row] = pq.read_table(path).to_pylist()
        return rows
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {"text": row["text"], "p": float(row["p"]), "review": row["review"] == "True"}
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("suffix", WRITERS)
@given(parts=st.lists(st.lists(ROWS, max_size=4), min_size=1, max_size=4))
def test_every_row_comes_back(
    suffix: str, parts: list[list[Row]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    output = folder / f"scores{suffix}"
    join_rows(write_parts(folder, parts), output)
    assert read_back(output) == [row for part in parts for row in part]


@pytest.mark.parametrize("suffix", WRITERS)
def test_rows_of_large_parts_keep_their_order(suffix: str, tmp_path: Path) -> None:
    rows = [{"text": str(n), "p": n / 10, "review": n % 2 == 0} for n in range(2 * BATCH + 7)]
    output = tmp_path / f"scores{suffix}"
    join_rows(write_parts(tmp_path, [rows[:3], rows[3:]]), output)
    assert read_back(output) == rows
    assert not list(tmp_path.glob(".*"))


def test_pandas_reads_what_was_written(tmp_path: Path) -> None:
    rows = [{"text": 'a "quoted", text\nof two lines', "p": 0.25, "review": True}]
    files = write_parts(tmp_path, [rows])
    for suffix in WRITERS:
        join_rows(files, tmp_path / f"scores{suffix}")
    assert pd.read_csv(tmp_path / "scores.csv").to_dict("records") == rows
    assert pd.read_parquet(tmp_path / "scores.parquet").to_dict("records") == rows
    assert pd.read_json(tmp_path / "scores.jsonl", lines=True).to_dict("records") == rows


def test_no_trace_of_the_parts_is_left_in_the_output(tmp_path: Path) -> None:
    output = tmp_path / "scores.parquet"
    join_rows(write_parts(tmp_path, [[{"text": "x", "p": 1.0, "review": False}]]), output)
    assert RECORD not in (pq.read_schema(output).metadata or {})


def test_error_rows_are_joined_and_counts_summed(tmp_path: Path) -> None:
    rows = [{"text": "x", "p": 1.0, "review": False}]
    tally = join_faults(write_parts(tmp_path, [rows, rows * 2]), tmp_path / "errors.jsonl")
    assert (tally.inputs, tally.scored) == (5, 3)
    assert read_back(tmp_path / "errors.jsonl") == [fault(0), fault(1)]


def test_no_errors_leave_no_file_and_no_old_one(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(part_file([], SCHEMA, PartRecord("x", Tally(), ())))
    errors = tmp_path / "errors.jsonl"
    errors.write_text("of an earlier run")
    join_faults([path], errors)
    assert not errors.exists()


def test_an_output_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    output = tmp_path / "scores.csv"
    output.write_text("old")
    files = write_parts(tmp_path, [[{"text": "x", "p": 1.0, "review": False}]] * 2)
    files[1].write_bytes(files[1].read_bytes()[:-20])
    with pytest.raises((OSError, pa.ArrowException)):
        join_rows(files, output)
    assert output.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {
        "scores.csv",
        *(path.name for path in files),
    }


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_part_that_was_cut_short_is_not_taken_for_a_whole_one(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("part")
    (file,) = write_parts(folder, [[{"text": "x", "p": 0.5, "review": True}]])
    record = read_record(file)
    assert record is not None
    assert record.tally.scored == 1
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    assert read_record(file) is None
