"""Taking items from files loses nothing and changes nothing."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from distinct_texts import distinct_pages, write_jsonl

from pipeline.decision import Decision, Problem
from pipeline.errors import ScoringError
from pipeline.items import Fault, Item, make_decision, read_items
from pipeline.reading import read_decisions


def as_decisions(items: Iterator[Item]) -> list[Decision | Problem]:
    return [make_decision(item, position) for position, item in enumerate(items)]


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """One input of every kind, and some that cannot be read."""
    texts = list(distinct_pages(12, layouts=("numbered", "html")))
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, text in enumerate(texts[:4]):
        (folder / f"{number}.{'html' if number % 2 else 'txt'}").write_text(text, "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 10)
    table = pd.DataFrame({"text": texts[4:6], "ref": ["1", "2"]})
    table.to_csv(tmp_path / "table.csv", index=False)
    table.to_parquet(tmp_path / "table.parquet")
    write_jsonl(tmp_path / "table.jsonl", texts[6:8])
    with (tmp_path / "table.jsonl").open("a") as file:
        file.write('{"text": "broken\n')
    (tmp_path / "no_text.csv").write_text("a,b\n1,2\n")
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("one.txt", texts[8])
        archive.writestr("../two.txt", texts[9])
        archive.write(tmp_path / "table.jsonl", "rows.jsonl")
    names = ("table.csv", "table.parquet", "table.jsonl", "no_text.csv", "pack.zip", "gone.txt")
    return [folder, *(tmp_path / name for name in names)]


def test_items_become_what_reading_gives(inputs: list[Path]) -> None:
    expected = list(read_decisions(inputs))
    assert len(expected) > 15
    assert any(isinstance(one, Problem) for one in expected)
    assert as_decisions(read_items(inputs)) == expected


@pytest.mark.parametrize("kind", ["text", "html", "rows"])
def test_standard_input_becomes_what_reading_gives(kind: str, tmp_path: Path) -> None:
    pages = list(distinct_pages(2, layouts=("html" if kind == "html" else "plain",)))
    if kind == "rows":
        data = write_jsonl(tmp_path / "rows.jsonl", pages).read_bytes()
    else:
        data = pages[0].encode()
    expected = list(read_decisions(["-"], stdin=io.BytesIO(data)))
    assert as_decisions(read_items(["-"], io.BytesIO(data))) == expected
    assert len(expected) == (2 if kind == "rows" else 1)


def test_items_travel_and_are_told_apart(inputs: list[Path]) -> None:
    items = list(read_items(inputs))
    assert pickle.loads(pickle.dumps(items)) == items
    assert len({item.digest() for item in items}) == len(items)
    again = [item.digest() for item in read_items(inputs)]
    assert again == [item.digest() for item in items]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Item("a.txt", b"x", ".txt"), Item("a.txt", b"y", ".txt")),
        (Item("a.txt", b"x", ".txt"), Item("b.txt", b"x", ".txt")),
        (Item("a", b"x", ".txt"), Item("a", b"x", ".html")),
        (Item("a", {"text": "x"}), Item("a", {"html": "x"})),
        (Item("a", {"text": "x"}), Item("a", {"text": "x", "outcome": "upheld"})),
        (Item("a", {"text": 1}), Item("a", {"text": "1"})),
        (Item("a", Fault("empty", "x")), Item("a", Fault("missing", "x"))),
    ],
)
def test_whatever_changes_the_result_changes_the_digest(one: Item, other: Item) -> None:
    assert one.digest() != other.digest()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".zip"])
def test_a_table_that_grows_while_it_is_read_stops_the_run(suffix: str, tmp_path: Path) -> None:
    rows = write_jsonl(tmp_path / "rows.jsonl", list(distinct_pages(3, length=500)))
    path = tmp_path / f"table{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(rows, "rows.jsonl")
    elif suffix == ".csv":
        pd.read_json(rows, lines=True).to_csv(path, index=False)
    else:
        path = rows
    items = read_items([path])
    next(items)
    with path.open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ScoringError, match="changed while it was read"):
        list(items)


def test_a_table_that_vanishes_while_it_is_read_stops_the_run(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "rows.jsonl", list(distinct_pages(3, length=500)))
    items = read_items([path])
    next(items)
    path.unlink()
    with pytest.raises(ScoringError, match="changed while it was read"):
        list(items)


def test_a_page_that_vanishes_or_changes_costs_itself(tmp_path: Path) -> None:
    for number, text in enumerate(distinct_pages(4, length=500)):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    items = read_items([tmp_path])
    next(items)
    (tmp_path / "1.txt").unlink()
    kinds = [item.content.kind if isinstance(item.content, Fault) else "" for item in items]
    assert kinds == ["missing", "", ""]


def test_a_page_that_is_written_while_it_is_read_is_not_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(next(distinct_pages(1)), "utf-8")
    times = iter(range(10**9, 10**9 + 10))
    real_stat = Path.stat

    def touched(path: Path, **options: bool) -> os.stat_result:
        if path == page:
            os.utime(page, (next(times),) * 2)
        return real_stat(path, **options)

    monkeypatch.setattr(Path, "stat", touched)
    (item,) = read_items([page])
    assert isinstance(item.content, Fault)
    assert item.content.kind == "changed"
