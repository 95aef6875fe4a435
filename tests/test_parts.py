"""Parts hold all inputs in order, and a part's file is whole or not there."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ScoringError
from pipeline.items import Item
from pipeline.parts import MANIFEST, Part, PartFolder, divide, write_whole

ITEMS = st.lists(
    st.binary(max_size=40).map(lambda data: Item(f"{data.hex()}.txt", data, ".txt")), max_size=60
)


@given(ITEMS, st.integers(1, 20), st.integers(1, 200))
def test_parts_hold_every_item_once_in_order(items: list[Item], most: int, size: int) -> None:
    parts = list(divide(items, most, size))
    assert [item for part in parts for item in part.items] == items
    assert [part.number for part in parts] == list(range(len(parts)))
    assert [part.first for part in parts] == [
        sum(len(before.items) for before in parts[:number]) for number in range(len(parts))
    ]
    for part in parts:
        assert 1 <= len(part.items) <= most
        # Only the last item of a part may take it over the size.
        assert sum(item.size for item in part.items[:-1]) < size
    for part in parts[:-1]:
        assert len(part.items) == most or sum(item.size for item in part.items) >= size


@given(ITEMS, st.integers(1, 20))
def test_what_comes_later_does_not_move_a_part(items: list[Item], most: int) -> None:
    whole = list(divide(items, most))
    shorter = list(divide(items[: len(items) // 2], most))
    assert whole[: len(shorter) - 1] == shorter[:-1]


def test_a_part_is_known_by_its_place_and_its_items() -> None:
    one, two = Item("1.txt", b"1", ".txt"), Item("2.txt", b"2", ".txt")
    parts = [
        Part(0, 0, (one, two)),
        Part(1, 0, (one, two)),
        Part(0, 1, (one, two)),
        Part(0, 0, (two, one)),
        Part(0, 0, (one,)),
    ]
    assert len({part.digest() for part in parts}) == len(parts)
    assert Part(0, 0, (one, two)).digest() == parts[0].digest()


@pytest.fixture
def folder(tmp_path: Path) -> PartFolder:
    return PartFolder(tmp_path / "scores.csv")


ABOUT: dict[str, Any] = {"inputs": ["a.txt"], "model": "123", "prior": None}


def begin(folder: PartFolder) -> None:
    folder.open(ABOUT, resume=False)
    for number in (0, 2, 11):
        write_whole(folder.file(number), b"part")
    (folder.path / "part-00003.parquet.tmp").write_bytes(b"half")
    folder.close()


def test_resuming_keeps_whole_parts_only(folder: PartFolder) -> None:
    begin(folder)
    folder.open(ABOUT, resume=True)
    assert folder.files() == [folder.file(number) for number in (0, 2, 11)]
    assert not list(folder.path.glob("*.tmp"))
    folder.close()


def test_beginning_anew_throws_old_parts_away(folder: PartFolder) -> None:
    begin(folder)
    folder.open(ABOUT, resume=False)
    assert folder.files() == []
    folder.close()


@pytest.mark.parametrize("change", [{"inputs": ["b.txt"]}, {"model": "124"}, {"prior": [1, 0, 0]}])
def test_another_run_is_not_resumed(folder: PartFolder, change: dict[str, Any]) -> None:
    begin(folder)
    with pytest.raises(ScoringError, match=f"another {next(iter(change))} .*leave --resume out"):
        folder.open({**ABOUT, **change}, resume=True)
    assert len(folder.files()) == 3
    folder.close()


@pytest.mark.parametrize("manifest", [None, b"", b"{", b"[]", b"\xff"])
def test_parts_without_a_manifest_are_not_trusted(
    folder: PartFolder, manifest: bytes | None
) -> None:
    begin(folder)
    (folder.path / MANIFEST).unlink()
    if manifest is not None:
        (folder.path / MANIFEST).write_bytes(manifest)
    folder.open(ABOUT, resume=True)
    assert folder.files() == []
    assert json.loads((folder.path / MANIFEST).read_text())["inputs"] == ["a.txt"]
    folder.close()


def test_two_runs_cannot_share_an_output(folder: PartFolder, tmp_path: Path) -> None:
    folder.open(ABOUT, resume=False)
    other = PartFolder(tmp_path / "scores.csv")
    with pytest.raises(ScoringError, match="Another run"):
        other.open(ABOUT, resume=False)
    folder.close()
    other.open(ABOUT, resume=False)
    other.remove()
    assert not other.path.exists()


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def half(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
