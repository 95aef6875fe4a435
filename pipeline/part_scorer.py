"""Scoring one part: items in, the bytes of a part file out. Runs in any process."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import ExitStack
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.batch_scorer import Input, score_batch, writable
from pipeline.batches import TOGETHER, batched
from pipeline.bundle import read_manifest
from pipeline.decision import Problem
from pipeline.errors import ScoringError
from pipeline.part_files import PartRecord, part_file
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.peak_memory import peak_memory
from pipeline.scored_table import COLUMNS
from pipeline.scorer import Scorer
from pipeline.tally import Tally

TYPES = {name: pa.float64() for name in COLUMNS if name.startswith("p_")} | {"review": pa.bool_()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in COLUMNS])

KEPT_WORDS: Final = 50_000
"""So many words stay in the memory of a process, some 30 MB; those that it meets later go with
their part.

The tokenizer is fast with words that it has seen, and forgets those it first meets in a
memory zone.
"""
BYTES_OF_A_WORD: Final = 6

# spaCy's memory zones belong to one thread at a time; a Dask worker may have several.
_ONE_AT_A_TIME = threading.Lock()


def score_part(
    part: Part,
    settings: Settings,
    known_faults: Mapping[int, Problem] | None = None,
    after_each: Callable[[], object] = lambda: None,
    *,
    alone: Set[int] = frozenset(),
) -> ScoredPart:
    """Score the items of a part, in order; what cannot be scored becomes an error row.

    ``known_faults`` are items that must not be touched again, by place in the part.
    ``after_each`` is called after each item, and before the next is begun where its place is in
    ``alone``.
    """
    with _ONE_AT_A_TIME:
        scorer = load_scorer(settings)
        return _score_part(scorer, part, settings, known_faults or {}, after_each, alone)


def _score_part(
    scorer: Scorer,
    part: Part,
    settings: Settings,
    known_faults: Mapping[int, Problem],
    after_each: Callable[[], object],
    alone: Set[int],
) -> ScoredPart:
    rows: list[dict[str, Any]] = []
    faults: list[Problem] = []
    tally = Tally()
    with ExitStack() as zone:
        in_zone = False
        for places in _batches(len(part.items), alone):
            coming = sum(part.items[place].size for place in places) // BYTES_OF_A_WORD
            if not in_zone and len(scorer.nlp.vocab) + coming > KEPT_WORDS:
                zone.enter_context(scorer.nlp.memory_zone())
                in_zone = True
            inputs = [
                Input(part.items[place], part.first + place, known_faults.get(place))
                for place in places
            ]
            for found in score_batch(scorer, inputs, settings.time_out):
                if isinstance(found, Problem):
                    faults.append(found)
                    tally.add_fault(found.kind)
                else:
                    rows.append(found.row)
                    tally.add_reading(found.reading)
                after_each()
    record = PartRecord(part.digest(), tally, tuple(map(error_row, faults)))
    return ScoredPart(
        part.number,
        part_file(rows, SCHEMA, record),
        tally,
        f"{platform.node()} {os.getpid()}",
        peak_memory(),
    )


def _batches(count: int, alone: Set[int]) -> Iterator[list[int]]:
    """Yield the places of a part in order, a few together, those in ``alone`` by themselves."""
    for by_itself, places in groupby(range(count), alone.__contains__):
        yield from batched(places, 1 if by_itself else TOGETHER)


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


def error_row(problem: Problem) -> dict[str, Any]:
    """Return a problem as a row of the error file."""
    return {
        "source": writable(problem.source),
        "position": problem.position,
        "kind": problem.kind,
        "sentence": writable(problem.sentence),
    }
