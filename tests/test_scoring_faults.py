"""Full disks, read-only folders, inputs that change, workers that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import in_process
import psutil
import pytest
from distinct_texts import distinct_pages, write_jsonl

from pipeline import scoring
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.scoring import ScoringError, score_files


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return list(distinct_pages(40, length=1500))


@pytest.fixture
def inputs(texts: list[str], tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in.jsonl", texts)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    in_process.use(monkeypatch)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 100 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)):
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def mount(*arguments: str) -> bool:
    try:
        return subprocess.run(["mount", *arguments], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.usefixtures("quick")
def test_a_full_disk_is_said_and_what_was_done_is_kept(
    inputs: Path, bundle: Path, small_disk: Path, tmp_path: Path
) -> None:
    output = small_disk / "scores.csv"
    output.write_text("of last year")
    with pytest.raises(ScoringError, match=r"disk of .* is full: free some space .*--resume"):
        score_files([inputs], output, model=bundle, part_items=4)
    assert output.read_text() == "of last year"
    assert [path.name for path in small_disk.iterdir() if path.is_file()] == ["scores.csv"]
    kept = len(list(small_disk.glob("*.parts/part-*.parquet")))
    assert kept > 0
    assert not list(small_disk.glob("*.parts/*.tmp"))

    assert mount("-o", "remount,size=10m", str(small_disk))
    summary = score_files([inputs], output, model=bundle, part_items=4, resume=True)
    assert summary.resumed == 4 * kept
    score_files([inputs], tmp_path / "whole.csv", model=bundle)
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.usefixtures("quick")
def test_a_disk_that_fills_while_the_parts_are_joined(
    inputs: Path, bundle: Path, small_disk: Path
) -> None:
    assert mount("-o", "remount,size=10m", str(small_disk))
    output = small_disk / "scores.csv"
    filler = small_disk / "filler"

    def fill(*arguments: Any) -> Any:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 12))
        return join_rows(*arguments)

    join_rows = scoring.join_rows
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scoring, "join_rows", fill)
        with pytest.raises(ScoringError, match="is full"):
            score_files([inputs], output, model=bundle)
    filler.unlink()
    assert sorted(path.name for path in small_disk.iterdir()) == ["scores.csv.parts"]
    score_files([inputs], output, model=bundle, resume=True)
    assert sorted(path.name for path in small_disk.iterdir()) == ["scores.csv"]


def no_work(*_arguments: Any, **_options: Any) -> Iterator[ScoredPart]:
    raise AssertionError("work began although nothing can be written")


def test_a_read_only_folder_is_said_before_any_work(
    inputs: Path, bundle: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mount("-o", "remount,ro", str(small_disk))
    monkeypatch.setattr(scoring, "score_parts", no_work)
    with pytest.raises(ScoringError, match=r"may not be written|cannot be written"):
        score_files([inputs], small_disk / "scores.csv", model=bundle)
    with pytest.raises(ScoringError, match=r"may not be written|cannot be written"):
        score_files([inputs], inputs.with_name("s.csv"), model=bundle, errors=small_disk / "e")


@pytest.mark.skipif(os.geteuid() == 0, reason="no folder is closed to root")
def test_a_folder_of_somebody_else_is_said_before_any_work(
    inputs: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    monkeypatch.setattr(scoring, "score_parts", no_work)
    with pytest.raises(ScoringError, match="may not be written"):
        score_files([inputs], closed / "scores.csv", model=bundle)


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write('{"text": ""}\n')


def rewrite(path: Path) -> None:
    path.write_text('{"text": ""}\n')


@pytest.mark.parametrize("change", [grow, rewrite, Path.unlink])
def test_an_input_that_changes_on_the_way_stops_the_run(
    change: Callable[[Path], None],
    inputs: Path,
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output = tmp_path / "scores.csv"
    output.write_text("of last year")
    changed = False

    def score_parts(parts: Iterator[Part], settings: Settings, **_: Any) -> Iterator[ScoredPart]:
        nonlocal changed
        for scored in in_process.score_in_process(parts, settings):
            if not changed:
                change(inputs)
                changed = True
            yield scored

    monkeypatch.setattr(scoring, "score_parts", score_parts)
    with pytest.raises(ScoringError, match=r"in\.jsonl changed while it was read"):
        score_files([inputs], output, model=bundle, part_items=4)
    assert output.read_text() == "of last year"
    assert not (tmp_path / "errors.jsonl").exists()


def test_a_page_that_vanishes_on_the_way_becomes_an_error_row(
    texts: list[str], bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, text in enumerate(texts[:9]):
        (folder / f"{number}.txt").write_text(text, "utf-8")

    def score_parts(parts: Iterator[Part], settings: Settings, **_: Any) -> Iterator[ScoredPart]:
        for scored in in_process.score_in_process(parts, settings):
            (folder / "7.txt").unlink(missing_ok=True)
            yield scored

    monkeypatch.setattr(scoring, "score_parts", score_parts)
    summary = score_files([folder], tmp_path / "scores.csv", model=bundle, part_items=2)
    assert (summary.scored, summary.errors) == (8, 1)
    assert "7.txt does not exist" in (tmp_path / "errors.jsonl").read_text()


@pytest.mark.parametrize("victim", ["joblib.externals.loky", "pipeline.supervised_child"])
def test_a_worker_that_is_killed_costs_no_decision(
    victim: str, inputs: Path, bundle: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.csv"
    killed: list[int] = []
    over = threading.Event()

    def kill_one() -> None:
        while not over.wait(0.01):
            if list(tmp_path.glob("*.parts/part-*.parquet")):
                killed.append(kill_a_child_that_runs(victim))
                return

    killer = threading.Thread(target=kill_one)
    killer.start()
    summary = score_files([inputs], output, model=bundle, part_items=1, jobs=2)
    over.set()
    killer.join()
    assert killed
    assert (summary.scored, summary.errors) == (40, 0)
    score_parts = in_process.score_in_process
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scoring, "score_parts", score_parts)
        score_files([inputs], tmp_path / "whole.csv", model=bundle)
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


SCRIPT = """
import sys
from pipeline.scoring import score_files
source, output, model = sys.argv[1:]
score_files([source], output, model=model, part_items=1)
"""


def test_a_run_that_is_killed_leaves_no_process_behind(
    inputs: Path, bundle: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", SCRIPT, str(inputs), str(tmp_path / "s.csv"), str(bundle)]
    main = psutil.Popen(command)
    while not list(tmp_path.glob("*.parts/part-*.parquet")):
        assert main.poll() is None
        time.sleep(0.01)
    below = main.children(recursive=True)
    assert below
    main.kill()
    main.wait()
    _, running = psutil.wait_procs(below, timeout=60)
    assert not running


def kill_a_child_that_runs(program: str) -> int:
    """Kill one process below this one whose command names ``program``."""
    for process, command in children():
        if program in command and "resource_tracker" not in command:
            process.kill()
            return int(process.pid)
    raise AssertionError(f"no process runs {program}")


def children() -> list[tuple[psutil.Process, str]]:
    """Return the processes below this one and their commands."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            found.append((process, " ".join(process.cmdline())))
    return found
