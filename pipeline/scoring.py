"""Many decisions to one table, whatever happens on the way.

Inputs are scored in parts (`pipeline.parts`), which wait in a folder beside the output until
all are there; then they are joined. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.bundle import DEFAULT, read_manifest
from pipeline.conformal import read_prior
from pipeline.items import read_items
from pipeline.joining import WRITERS, join_faults, join_rows
from pipeline.part_files import read_record
from pipeline.parts import (
    MOST_BYTES,
    MOST_ITEMS,
    Part,
    PartFolder,
    ScoringError,
    Settings,
    divide,
    write_whole,
)
from pipeline.tally import Tally
from pipeline.workers import score_parts

__all__ = ["ScoringError", "Summary", "score_files"]

TIME_OUT = 60.0
"""Seconds that one document may take."""


@dataclass(frozen=True)
class Summary:
    """What came of a run."""

    tally: Tally
    output: Path | None
    errors_file: Path | None
    seconds: float = 0.0
    resumed: int = 0
    """Inputs whose scores an earlier, interrupted run had left."""
    memory: int = 0
    """Most memory that the processes of the run used, in bytes."""
    notes: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return self.tally.inputs

    @property
    def scored(self) -> int:
        """Number of rows in the output."""
        return self.tally.scored

    @property
    def errors(self) -> int:
        """Number of rows in the error file."""
        return self.tally.errors

    def text(self) -> str:
        """Return the summary as lines for a terminal."""
        tally = self.tally
        lines = [f"scored {tally.scored} + errors {tally.errors} = inputs {tally.inputs}"]
        if self.output:
            lines.append(f"wrote {self.output}")
        return "\n".join(lines)


def score_files(
    inputs: Iterable[str | Path],
    output: str | Path,
    *,
    model: str | Path = DEFAULT,
    view: str = "full",
    prior: str = "corpus",
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
    resume: bool = False,
    errors: str | Path | None = None,
    quiet: bool = False,
    dry_run: bool = False,
    time_out: float = TIME_OUT,
    part_items: int = MOST_ITEMS,
) -> Summary:
    """Score every decision of ``inputs`` and write one row for each to ``output``.

    Parameters
    ----------
    inputs
        Files, folders, or ``-``, as `pipeline.reading.read_decisions` takes them.
    output
        File to write; its suffix, ``.csv``, ``.parquet`` or ``.jsonl``, says how.
    model, view, prior
        As `pipeline.scorer.Scorer.load`.
    jobs, backend, scheduler
        Number of processes, joblib backend, and address of the scheduler for ``dask``.
    resume
        Go on with a run that was stopped; nothing is scored twice.
    errors
        File for one JSON line for each input that was not scored; ``errors.jsonl`` beside
        the output where it is not given.
    quiet
        Show no progress.
    dry_run
        Only say what would be read.
    time_out
        Seconds that one document may take.
    part_items
        Most inputs in one part.

    Raises
    ------
    ScoringError
        The output cannot be written, there are no inputs, or the run to resume is another.
    pipeline.bundle.BundleError
        The model cannot be used.
    ValueError
        There is no such prior.
    """
    started = time.monotonic()
    names = [os.fspath(one) for one in inputs]
    output = Path(output)
    errors = Path(errors) if errors else output.with_name("errors.jsonl")
    if not names:
        raise ScoringError("There is nothing to score: name files, folders, or - for a pipe.")
    for path in (output, errors):
        _refuse_unwritable(path)
    if output.suffix.lower() not in WRITERS:
        raise ScoringError(
            f"{output} should end in one of {', '.join(WRITERS)}: the suffix says how to write it."
        )
    manifest = read_manifest(Path(model))
    if f"{view}.joblib" not in manifest["files"]:
        raise ScoringError(f"The model in {model} has no view {view!r}.")
    mix = read_prior(prior)
    settings = Settings(str(Path(model).resolve()), view, prior, time_out)
    about = {
        "inputs": names,
        "model": manifest["files"][f"{view}.joblib"]["sha256"],
        "view": view,
        "prior": None if mix is None else mix.tolist(),
        "part size": [part_items, MOST_BYTES],
    }
    folder = PartFolder(output)
    try:
        folder.open(about, resume=resume)
        run = _Run(folder, divide(read_items(names), part_items))
        for scored in score_parts(
            run.to_score(), settings, jobs=jobs, backend=backend, scheduler=scheduler
        ):
            write_whole(folder.file(scored.number), scored.file)
        files = run.finished_files()
        tally = join_faults(files, errors)
        join_rows(files, output)
        folder.remove()
    except OSError as error:
        raise _system_error(error, output) from error
    finally:
        folder.close()
    return Summary(tally, output, errors, time.monotonic() - started)


class _Run:
    """The parts of a run, and which of them an earlier run has left."""

    def __init__(self, folder: PartFolder, parts: Iterator[Part]) -> None:
        self.folder = folder
        self.parts = parts
        self.inputs = 0
        self.resumed = 0
        self.count = 0

    def to_score(self) -> Iterator[Part]:
        """Yield the parts that have no file yet."""
        for part in self.parts:
            self.inputs += len(part.items)
            self.count += 1
            path = self.folder.file(part.number)
            record = read_record(path) if path.exists() else None
            if record is None:
                yield part
                continue
            if record.digest != part.digest():
                raise ScoringError(
                    "The inputs have changed since the run that is to be resumed "
                    f"(between {part.items[0].source} and {part.items[-1].source}): "
                    "leave --resume out to begin anew."
                )
            self.resumed += len(part.items)

    def finished_files(self) -> list[Path]:
        """Return the files of all parts, once every one is there."""
        files = self.folder.files()
        expected = [self.folder.file(number) for number in range(self.count)]
        if files[: self.count] != expected:
            raise ScoringError(f"Parts are missing in {self.folder.path}: run with --resume.")
        if len(files) > self.count:
            raise ScoringError(
                "The inputs have become fewer since the run that is to be resumed: "
                "leave --resume out to begin anew."
            )
        if not files:
            raise ScoringError("There is nothing to score in the inputs.")
        return files


def _refuse_unwritable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise ScoringError(f"{path} cannot be written: there is no folder {folder}.")
    if path.is_dir():
        raise ScoringError(f"{path} is a folder: give the name of a file.")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise ScoringError(f"{path} may not be written by this user: choose another place.")


def _system_error(error: OSError, output: Path) -> ScoringError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ScoringError(
            f"The disk of {output} is full: free some space and run it again with --resume."
        )
    return ScoringError(
        f"{output} cannot be written ({error.strerror or error}): "
        "choose another place, or mend it and run it again with --resume."
    )
