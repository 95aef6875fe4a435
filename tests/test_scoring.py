"""A run of scoring: one row or one error row for each input, in order, in the file asked for."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import in_process
import pandas as pd
import pytest
from distinct_texts import distinct_pages, write_jsonl

from pipeline.decision import Decision
from pipeline.reading import read_decisions
from pipeline.scored_table import COLUMNS
from pipeline.scorer import Scorer
from pipeline.scoring import ScoringError, Summary, score_files
from pipeline.tally import Tally

PAGES = 23
BAD = {3: "", 11: "only three words", 22: "\0" * 50}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of decisions in which three rows are not decisions."""
    texts = list(distinct_pages(PAGES, length=2000))
    for place, text in BAD.items():
        texts[place] = text
    return write_jsonl(tmp_path_factory.mktemp("inputs") / "year.jsonl", texts)


@pytest.fixture(scope="module")
def expected(inputs: Path, bundle: Path) -> list[dict[str, Any]]:
    """The rows that the scorer alone gives."""
    scorer = Scorer.load(bundle)
    read = (one for one in read_decisions([inputs]) if isinstance(one, Decision))
    return [scorer.row(reading) for reading in scorer.read(read)]


def read_scores(path: Path) -> list[dict[str, Any]]:
    """Read a scored table with the types of its columns."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_dict("records")  # type: ignore[return-value]
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                name: float(cell)
                if name.startswith("p_")
                else (cell == "True" if name == "review" else cell)
                for name, cell in row.items()
            }
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def one_job(inputs: Path, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with one job and small parts."""
    folder = tmp_path_factory.mktemp("one_job")
    score_files([inputs], folder / "scores.csv", model=bundle, part_items=4)
    return folder


def test_a_real_run_gives_the_rows_of_the_scorer(
    one_job: Path, expected: list[dict[str, Any]]
) -> None:
    assert read_scores(one_job / "scores.csv") == expected
    errors = read_scores(one_job / "errors.jsonl")
    assert [error["position"] for error in errors] == list(BAD)
    assert [error["kind"] for error in errors] == ["empty", "too_short", "binary"]
    assert all(error["source"].endswith(f"row {error['position'] + 1}") for error in errors)
    assert sorted(path.name for path in one_job.iterdir()) == ["errors.jsonl", "scores.csv"]


def test_more_jobs_give_the_same_bytes(
    inputs: Path, bundle: Path, one_job: Path, tmp_path: Path
) -> None:
    score_files([inputs], tmp_path / "scores.csv", model=bundle, part_items=4, jobs=2)
    for name in ("scores.csv", "errors.jsonl"):
        assert (tmp_path / name).read_bytes() == (one_job / name).read_bytes()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    in_process.use(monkeypatch)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".CSV"])
def test_every_format_holds_the_same_rows(
    suffix: str, inputs: Path, bundle: Path, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    output = tmp_path / f"scores{suffix}"
    score_files([inputs], output, model=bundle)
    output = output.rename(output.with_suffix(suffix.lower()))
    rows = read_scores(output)
    assert rows == expected
    assert list(rows[0]) == list(COLUMNS)


@pytest.mark.usefixtures("quick")
def test_how_the_inputs_fall_into_parts_does_not_show(
    inputs: Path, bundle: Path, one_job: Path, tmp_path: Path
) -> None:
    for size in (1, 7, 1000):
        output = tmp_path / f"{size}.csv"
        score_files([inputs], output, model=bundle, part_items=size)
        assert output.read_bytes() == (one_job / "scores.csv").read_bytes()


@pytest.mark.usefixtures("quick")
def test_the_summary_adds_up(inputs: Path, bundle: Path, tmp_path: Path) -> None:
    summary = score_files([inputs, tmp_path / "gone"], tmp_path / "scores.csv", model=bundle)
    assert (summary.inputs, summary.scored, summary.errors) == (PAGES + 1, PAGES - 3, 4)
    rows = read_scores(tmp_path / "scores.csv")
    assert summary.tally.outcomes == Counter(row["outcome"] for row in rows)
    assert summary.tally.review == sum(row["review"] for row in rows)
    assert summary.tally.faults == {"empty": 1, "too_short": 1, "binary": 1, "missing": 1}
    lines = summary.lines()
    assert lines[0] == "scored 20 + errors 4 = inputs 24"
    assert f"wrote {tmp_path / 'scores.csv'}" in lines
    assert any(f"see {tmp_path / 'errors.jsonl'}" in line for line in lines)
    assert summary.memory > 50_000_000


@pytest.mark.usefixtures("quick")
def test_only_errors_still_give_a_table(bundle: Path, tmp_path: Path) -> None:
    summary = score_files(["/gone.txt"], tmp_path / "scores.csv", model=bundle)
    assert (summary.scored, summary.errors) == (0, 1)
    assert (tmp_path / "scores.csv").read_text().strip().split(",") == list(COLUMNS)
    assert "errors: 1 missing" in summary.text()


@pytest.mark.usefixtures("quick")
def test_views_and_priors_reach_the_scorer(inputs: Path, bundle: Path, tmp_path: Path) -> None:
    score_files([inputs], tmp_path / "a.jsonl", model=bundle, view="complaint", prior="2022-23")
    scorer = Scorer.load(bundle, "complaint", prior="2022-23")
    read = (one for one in read_decisions([inputs]) if isinstance(one, Decision))
    assert read_scores(tmp_path / "a.jsonl") == [scorer.row(one) for one in scorer.read(read)]


@pytest.mark.usefixtures("quick")
def test_cells_are_safe_in_a_spreadsheet(bundle: Path, tmp_path: Path) -> None:
    row = {"text": next(distinct_pages(1)), "authority": "=1+1", "ref": "@x", "category": "-2"}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row))
    score_files([path], tmp_path / "scores.csv", model=bundle)
    (scored,) = read_scores(tmp_path / "scores.csv")
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        for cell in scored.values()
        if isinstance(cell, str)
    )


@pytest.mark.usefixtures("quick")
def test_half_a_surrogate_pair_does_no_harm(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = {"text": next(distinct_pages(1)) + "\ud800", "authority": "A\udfff", "url": "\ud801"}
    path.write_text(json.dumps(row) + "\n" + json.dumps({"text": "", "ref": "\ud800"}))
    for suffix in (".csv", ".jsonl", ".parquet"):
        summary = score_files([path], tmp_path / f"scores{suffix}", model=bundle)
        assert (summary.scored, summary.errors) == (1, 1)


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>text</p>")
    summary = score_files(
        [inputs, tmp_path / "page.html", tmp_path / "gone.txt"],
        tmp_path / "scores.csv",
        model=tmp_path / "no model",
        dry_run=True,
    )
    assert summary.inputs == PAGES + 2
    text = summary.text()
    assert "would read 1 .html file, 23 rows" in text
    assert "could not read 1:" in text
    assert "gone.txt does not exist" in text
    assert summary.errors == 1
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def no_work(*_arguments: Any, **_options: Any) -> Iterator[None]:
    raise AssertionError("work began before the names were checked")


@pytest.mark.parametrize(
    ("inputs_given", "changes", "said"),
    [
        ([], {}, "nothing to score"),
        (["x.txt"], {"output": "scores.xlsx"}, "must end in one of .csv, .jsonl, .parquet"),
        (["x.txt"], {"output": "scores"}, "must end in one of"),
        (["x.txt"], {"output": "none/scores.csv"}, "no folder none"),
        (["x.txt"], {"output": "folder.csv"}, "is a folder"),
        (["x.txt"], {"output": "file.csv/scores.csv"}, "no folder file.csv"),
        (["x.txt"], {"errors": "none/errors.jsonl"}, "no folder none"),
        (["x.txt"], {"errors": "scores.csv"}, "cannot both go"),
        (["file.csv"], {"output": "file.csv"}, "is one of the inputs"),
        (["x.txt"], {"view": "whole"}, "no view 'whole'"),
        (["x.txt"], {"prior": "1066"}, "no outcome mix '1066'"),
        (["x.txt"], {"model": "none"}, "no model in none"),
    ],
)
def test_what_cannot_run_is_refused_before_any_work(
    inputs_given: list[str],
    changes: dict[str, Any],
    said: str,
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.scoring.score_parts", no_work)
    monkeypatch.setattr("pipeline.scoring.read_items", no_work)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.csv").write_text("text\n")
    before = sorted(tmp_path.rglob("*"))
    options = {"output": "scores.csv", "model": bundle, **changes}
    with pytest.raises(ValueError, match=said):
        score_files(inputs_given, options.pop("output"), **options)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"backend": "nonesuch", "jobs": 2}, "no backend 'nonesuch'"),
        ({"backend": "dask"}, "add --scheduler"),
        ({"backend": "dask", "scheduler": "tcp://127.0.0.1:9"}, "No Dask scheduler answers"),
    ],
)
def test_a_backend_that_is_not_there_is_named(
    options: dict[str, Any],
    said: str,
    inputs: Path,
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.cluster.CONNECT", 0.5)
    with pytest.raises(ScoringError, match=said):
        score_files([inputs], tmp_path / "scores.csv", model=bundle, **options)
    assert not (tmp_path / "scores.csv").exists()


def test_the_rate_counts_this_run_only() -> None:
    summary = Summary(
        tally=Tally(inputs=100, scored=100),
        output=Path("scores.csv"),
        errors_file=Path("errors.jsonl"),
        seconds=2.0,
        resumed=60,
    )
    assert summary.rate == 20
    assert "60 of them by an earlier run" in summary.text()
