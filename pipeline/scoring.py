"""Many decisions to one table, whatever happens on the way.

Inputs are scored in parts (`pipeline.parts`), which wait in a folder beside the output until
all are there; then they are joined. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.bundle import DEFAULT, read_manifest
from pipeline.conformal import read_prior
from pipeline.drift import drift_lines, drift_warnings
from pipeline.errors import ScoringError
from pipeline.items import read_items
from pipeline.joining import WRITERS, join_faults, join_rows
from pipeline.parts import MOST_BYTES, MOST_ITEMS, PartFolder, Settings, divide
from pipeline.run import Run
from pipeline.summary import Summary
from pipeline.survey import count_items, survey
from pipeline.tally import Tally
from pipeline.workers import score_parts

__all__ = ["ScoringError", "Summary", "score_files"]

TIME_OUT = 60.0
"""Seconds that one document may take."""


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
        The output cannot be written, there are no inputs, an input changes while it is
        read, or the run to resume is another.
    pipeline.bundle.BundleError
        The model cannot be used.
    ValueError
        There is no such prior.
    """
    started = time.monotonic()
    names = [os.fspath(one) for one in inputs]
    output = Path(output)
    errors = Path(errors) if errors else output.with_name("errors.jsonl")
    _refuse_bad_names(names, output, errors)
    if dry_run:
        found = survey(names)
        tally = Tally(inputs=found.inputs, faults=found.faults_by_kind)
        return Summary(tally, output, errors, survey=found)
    manifest = read_manifest(Path(model))
    settings = Settings(
        str(Path(model).resolve()), _fingerprint(manifest, model, view), view, prior, time_out
    )
    folder = PartFolder(output)
    try:
        folder.open(_about(names, settings, part_items), resume=resume)
        run = Run(folder, divide(read_items(names), part_items), show=not quiet and _on_terminal())
        run.expected = count_items(names) if run.show else None
        parts = score_parts(
            run.to_score(), settings, jobs=jobs, backend=backend, scheduler=scheduler
        )
        run.keep(parts)
        files = run.finished_files()
        tally = join_faults(files, errors)
        run.check(tally)
        join_rows(files, output)
        folder.remove()
    except OSError as error:
        raise _system_error(error, output) from error
    finally:
        folder.close()
    return Summary(
        tally,
        output,
        errors,
        seconds=time.monotonic() - started,
        resumed=run.resumed,
        memory=run.memory(),
        drift=tuple(drift_lines(tally, manifest)),
        warnings=tuple(drift_warnings(tally, manifest)),
    )


def _refuse_bad_names(inputs: list[str], output: Path, errors: Path) -> None:
    """Raise ScoringError for names that no run can have, before any work."""
    if not inputs:
        raise ScoringError("There is nothing to score: name files, folders, or - for a pipe.")
    if output.suffix.lower() not in WRITERS:
        raise ScoringError(
            f"{output} must end in one of {', '.join(WRITERS)}: the suffix says how to write it."
        )
    if output.absolute() == errors.absolute():
        raise ScoringError(f"Scores and errors cannot both go to {output}: choose another name.")
    for path in (output, errors):
        _refuse_unwritable(path)
        if any(name != "-" and _same_file(Path(name), path) for name in inputs):
            raise ScoringError(f"{path} is one of the inputs: choose another name.")


def _refuse_unwritable(path: Path) -> None:
    if not path.parent.is_dir():
        raise ScoringError(f"{path} cannot be written: there is no folder {path.parent}.")
    if path.is_dir():
        raise ScoringError(f"{path} is a folder: give the name of a file.")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise ScoringError(f"{path} may not be written by this user: choose another place.")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _fingerprint(manifest: Mapping[str, Any], model: str | Path, view: str) -> str:
    try:
        return str(manifest["files"][f"{view}.joblib"]["sha256"])
    except (KeyError, TypeError):
        raise ScoringError(
            f"The model in {model} has no view {view!r}: train it again, or choose another view."
        ) from None


def _about(inputs: list[str], settings: Settings, part_items: int) -> dict[str, Any]:
    """Return what must be the same for a run to be resumed."""
    mix = read_prior(settings.prior)
    return {
        "inputs": inputs,
        "view": settings.view,
        "model": settings.fingerprint,
        "prior": None if mix is None else mix.tolist(),
        "part size": [part_items, MOST_BYTES],
    }


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _system_error(error: OSError, output: Path) -> ScoringError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ScoringError(
            f"The disk of {output} is full: free some space and run it again with --resume."
        )
    return ScoringError(
        f"{output} cannot be written ({error.strerror or error}): choose another place, "
        "or mend what is wrong and run it again with --resume."
    )
