"""A run that was stopped goes on where it was, scores nothing twice, and ends the same."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import in_process
import pytest
from distinct_texts import distinct_pages, write_jsonl
from poisoned import poison

from pipeline import scoring
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.scoring import ScoringError, score_files

PART = 3
KILLS = 10


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Texts of which every fourth is not a decision."""
    pages = list(distinct_pages(20, length=1500))
    return [page if number % 4 else "" for number, page in enumerate(pages)]


@pytest.fixture
def inputs(texts: list[str], tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in.jsonl", texts)


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Stopping:
    """Let scoring run in this process, and stop when it is told to."""
    found = Stopping()
    monkeypatch.setattr(scoring, "score_parts", found.score_parts)
    return found


class Stopping:
    """Scores parts in this process up to a number of them; keeps count."""

    def __init__(self) -> None:
        self.after: int | None = None
        self.scored: list[int] = []

    def score_parts(
        self, parts: Iterator[Part], settings: Settings, **_options: Any
    ) -> Iterator[ScoredPart]:
        self.scored = []
        for scored in in_process.score_in_process(parts, settings):
            if len(self.scored) == self.after:
                raise KeyboardInterrupt
            self.scored.append(scored.number)
            yield scored


def whole_run(inputs: Path, bundle: Path, folder: Path) -> dict[str, bytes]:
    """Return what a run that nobody stops writes."""
    folder.mkdir()
    score_files([inputs], folder / "scores.csv", model=bundle, part_items=PART)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(inputs: Path, bundle: Path, **options: Any) -> scoring.Summary:
    output = inputs.with_name("out") / "scores.csv"
    output.parent.mkdir(exist_ok=True)
    return score_files([inputs], output, model=bundle, part_items=PART, **options)


def written(inputs: Path) -> dict[str, bytes]:
    folder = inputs.with_name("out")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def interrupt(inputs: Path, bundle: Path, stopping: Stopping, after: int, **options: Any) -> None:
    stopping.after = after
    with pytest.raises(KeyboardInterrupt):
        run(inputs, bundle, **options)
    stopping.after = None


@pytest.mark.parametrize("after", [0, 1, 4, 6])
def test_what_was_scored_is_not_scored_again(
    after: int, inputs: Path, bundle: Path, stopping: Stopping, tmp_path: Path
) -> None:
    expected = whole_run(inputs, bundle, tmp_path / "whole")
    interrupt(inputs, bundle, stopping, after)
    assert written(inputs) == {}
    summary = run(inputs, bundle, resume=True)
    assert stopping.scored == list(range(after, 7))
    assert summary.resumed == PART * after
    assert written(inputs) == expected
    assert not list(inputs.with_name("out").glob("*.parts"))


def test_a_run_can_be_stopped_many_times(
    inputs: Path, bundle: Path, stopping: Stopping, tmp_path: Path
) -> None:
    expected = whole_run(inputs, bundle, tmp_path / "whole")
    for _ in range(3):
        interrupt(inputs, bundle, stopping, 2, resume=True)
    run(inputs, bundle, resume=True)
    assert stopping.scored == [6]
    assert written(inputs) == expected


def test_without_resume_everything_is_scored(
    inputs: Path, bundle: Path, stopping: Stopping
) -> None:
    interrupt(inputs, bundle, stopping, 4)
    assert run(inputs, bundle).resumed == 0
    assert stopping.scored == list(range(7))


def test_resume_with_nothing_to_resume_begins(
    inputs: Path, bundle: Path, stopping: Stopping
) -> None:
    run(inputs, bundle, resume=True)
    assert stopping.scored == list(range(7))


def test_a_damaged_part_is_scored_again(
    inputs: Path, bundle: Path, stopping: Stopping, tmp_path: Path
) -> None:
    expected = whole_run(inputs, bundle, tmp_path / "whole")
    interrupt(inputs, bundle, stopping, 5)
    parts = sorted(inputs.with_name("out").glob("*.parts/part-*.parquet"))
    parts[1].write_bytes(b"")
    parts[3].write_bytes(parts[3].read_bytes()[:-9])
    run(inputs, bundle, resume=True)
    assert stopping.scored == [1, 3, 5, 6]
    assert written(inputs) == expected


CHANGES = {
    "the first text": lambda texts: [texts[1], *texts[1:]],
    "a middle text": lambda texts: [*texts[:10], "", *texts[11:]],
    "the order": lambda texts: [texts[1], texts[0], *texts[2:]],
    "fewer texts": lambda texts: texts[:8],
    "no texts": lambda _: [],
    "one text more in front": lambda texts: ["", *texts],
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_inputs_are_not_mixed_with_old_scores(
    change: str, texts: list[str], inputs: Path, bundle: Path, stopping: Stopping
) -> None:
    interrupt(inputs, bundle, stopping, 6)
    write_jsonl(inputs, CHANGES[change](texts))
    with pytest.raises(ScoringError, match=r"(have changed|have become fewer) .*resume"):
        run(inputs, bundle, resume=True)
    assert written(inputs) == {}


def test_another_model_is_not_mixed_with_old_scores(
    inputs: Path, bundle: Path, stopping: Stopping, tmp_path: Path
) -> None:
    interrupt(inputs, bundle, stopping, 2)
    other = poison(bundle, tmp_path / "other")
    with pytest.raises(ScoringError, match="another model"):
        run(inputs, other, resume=True)
    with pytest.raises(ScoringError, match="another view"):
        run(inputs, bundle, resume=True, view="complaint")


def test_a_stop_while_the_parts_are_joined_loses_nothing(
    inputs: Path, bundle: Path, stopping: Stopping, tmp_path: Path, monkeypatch: Any
) -> None:
    expected = whole_run(inputs, bundle, tmp_path / "whole")

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    for name in ("join_faults", "join_rows"):
        with monkeypatch.context() as patched:
            patched.setattr(scoring, name, stop)
            with pytest.raises(KeyboardInterrupt):
                run(inputs, bundle, resume=True)
        assert "scores.csv" not in written(inputs)
    run(inputs, bundle, resume=True)
    assert stopping.scored == []
    assert written(inputs) == expected


SCRIPT = """
import sys
from pipeline.scoring import score_files
source, output, model = sys.argv[1:]
score_files([source], output, model=model, part_items=2, resume=True)
"""


def test_ten_kills_at_random_moments_end_in_the_same_bytes(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    slow = poison(bundle, tmp_path / "model")
    pages = distinct_pages(80, length=1500, layouts=("plain",))
    pages = [page.replace("The complaint\n", "The complaint\nzzdawdle\n", 1) for page in pages]
    inputs = write_jsonl(tmp_path / "in.jsonl", ["", *pages])
    in_process.use(monkeypatch)
    score_files([inputs], tmp_path / "whole.csv", model=slow, errors=tmp_path / "whole.jsonl")

    chance = random.Random(6)
    output = tmp_path / "out" / "scores.csv"
    output.parent.mkdir()
    command = [sys.executable, "-c", SCRIPT, str(inputs), str(output), str(slow)]
    before: dict[str, tuple[int, int]] = {}
    for _ in range(KILLS):
        child = subprocess.Popen(command, start_new_session=True)
        wait_for_parts(output, len(before) + chance.randrange(4), child)
        time.sleep(chance.random() * 0.1)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert not output.exists()
        after = parts_of(output)
        assert before.items() <= after.items(), "a finished part was written again"
        before = after
    assert len(before) < 41, "the run was over before the last kill; make it longer"
    subprocess.run(command, check=True)
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert output.with_name("errors.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert sorted(path.name for path in output.parent.iterdir()) == ["errors.jsonl", "scores.csv"]
    shutil.rmtree(slow)


def parts_of(output: Path) -> dict[str, tuple[int, int]]:
    """Return what tells each finished part from one that was written again."""
    found = {}
    for path in output.parent.glob("*.parts/part-*.parquet"):
        status = path.stat()
        found[path.name] = (status.st_ino, status.st_mtime_ns)
    return found


def wait_for_parts(output: Path, count: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while len(parts_of(output)) < count and time.monotonic() < deadline:
        assert child.poll() is None, "the run ended by itself"
        time.sleep(0.005)
