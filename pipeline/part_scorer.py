"""Scoring one part: items in, the bytes of a part file out. Runs in any process."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.bundle import read_manifest
from pipeline.decision import Problem
from pipeline.decoding import shown
from pipeline.errors import ScoringError
from pipeline.items import Item, make_decision
from pipeline.part_files import PartRecord, part_file
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.peak_memory import peak_memory
from pipeline.scored_table import COLUMNS
from pipeline.scorer import Scorer
from pipeline.tally import Tally
from pipeline.time_out import DocumentTimeoutError, time_limit

TYPES = {name: pa.float64() for name in COLUMNS if name.startswith("p_")} | {"review": pa.bool_()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in COLUMNS])

KEPT_WORDS: Final = 50_000
"""So many words stay in the memory of a process, some 30 MB; later ones go with their part.

The tokenizer is fast with words that it has seen, and forgets those it first meets in a
memory zone.
"""
CHECK = "check that it is one decision."

# spaCy's memory zones belong to one thread at a time; a Dask worker may have several.
_ONE_AT_A_TIME = threading.Lock()


def score_part(
    part: Part,
    settings: Settings,
    known_faults: Mapping[int, Problem] | None = None,
    after_each: Callable[[], object] = lambda: None,
) -> ScoredPart:
    """Score the items of a part, in order; what cannot be scored becomes an error row.

    ``known_faults`` are items that must not be touched again, by place in the part.
    ``after_each`` is called after each item.
    """
    with _ONE_AT_A_TIME:
        return _score_part(load_scorer(settings), part, settings, known_faults or {}, after_each)


def _score_part(
    scorer: Scorer,
    part: Part,
    settings: Settings,
    known_faults: Mapping[int, Problem],
    after_each: Callable[[], object],
) -> ScoredPart:
    rows: list[dict[str, Any]] = []
    faults: list[Problem] = []
    tally = Tally()
    with ExitStack() as zone:
        in_zone = False
        for place, item in enumerate(part.items):
            if not in_zone and len(scorer.nlp.vocab) > KEPT_WORDS:
                zone.enter_context(scorer.nlp.memory_zone())
                in_zone = True
            found = known_faults.get(place) or _score(
                scorer, item, part.first + place, settings.time_out, tally
            )
            if isinstance(found, Problem):
                faults.append(found)
                tally.add_fault(found.kind)
            else:
                rows.append(found)
            after_each()
    record = PartRecord(part.digest(), tally, tuple(map(error_row, faults)))
    return ScoredPart(
        part.number,
        part_file(rows, SCHEMA, record),
        tally,
        f"{platform.node()} {os.getpid()}",
        peak_memory(),
    )


@lru_cache(maxsize=1)
def load_scorer(settings: Settings) -> Scorer:
    """Load the model once for each process.

    Raises
    ------
    pipeline.bundle.BundleError
        The model cannot be used.
    ScoringError
        It is not the one that the run began with.
    """
    found = read_manifest(Path(settings.model))["files"][f"{settings.view}.joblib"]["sha256"]
    if found != settings.fingerprint:
        raise ScoringError(
            f"The model in {settings.model} on {platform.node()} is not the one of this run: "
            "give every worker the same model."
        )
    return Scorer.load(Path(settings.model), settings.view, prior=settings.prior, mmap=True)


def _score(
    scorer: Scorer, item: Item, position: int, time_out: float, tally: Tally
) -> dict[str, Any] | Problem:
    """Return the row of an item, or what is wrong with it. Nothing is raised."""
    try:
        with time_limit(time_out):
            decision = make_decision(item, position)
            if isinstance(decision, Problem):
                return decision
            reading = scorer.read_one(decision)
            row = scorer.row(reading)
    except DocumentTimeoutError:
        said = f"took longer than {time_out:g} seconds and was given up: {CHECK}"
        return Problem(item.source, position, "time_out", f"{shown(item.source)} {said}")
    except MemoryError:
        said = f"needs more memory than there is: {CHECK}"
        return Problem(item.source, position, "memory", f"{shown(item.source)} {said}")
    except Exception as error:  # one document must never cost the others
        what = f"{type(error).__name__}: {shown(error)}"
        said = f"could not be scored ({what}): please report it together with the text."
        return Problem(item.source, position, "failed", f"{shown(item.source)} {said}")
    tally.add_reading(reading)
    return {name: writable(cell) if isinstance(cell, str) else cell for name, cell in row.items()}


def writable(text: str) -> str:
    """Return a text that can be written as UTF-8: half a surrogate pair becomes ``?``."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def error_row(problem: Problem) -> dict[str, Any]:
    """Return a problem as a row of the error file."""
    return {
        "source": writable(problem.source),
        "position": problem.position,
        "kind": problem.kind,
        "sentence": writable(problem.sentence),
    }
