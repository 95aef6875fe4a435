"""Scoring a few inputs together; where one of them does harm, each by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.decision import Decision, Problem
from pipeline.decoding import shown
from pipeline.items import Item, make_decision
from pipeline.scorer import Reading, Scorer
from pipeline.time_out import DocumentTimeoutError, time_limit

MOST_TOGETHER: Final = 500_000
"""Characters; longer texts are read one by one, so that memory stays flat."""
SHARE_OF_TIME_OUT: Final = 20
"""Texts that are read together take this part of the time-out of one at the most, so that who
watches this process still hears of each in time."""
CHECK: Final = "check that it is one decision."


@dataclass(frozen=True, slots=True)
class Input:
    """An item to score, its place among all inputs, and what is known to be wrong with it."""

    item: Item
    position: int
    fault: Problem | None = None

    def problem(self, kind: str, said: str) -> Problem:
        """Return an error row for this input."""
        source = self.item.source
        return Problem(source, self.position, kind, f"{shown(source)} {said}")


@dataclass(frozen=True, slots=True)
class Scored:
    """What was found in a decision, and its row of the scored table."""

    reading: Reading
    row: dict[str, Any]


def score_batch(
    scorer: Scorer, inputs: Sequence[Input], time_out: float
) -> Iterator[Scored | Problem]:
    """Yield what comes of each input, in order. Nothing is raised.

    ``time_out`` is the number of seconds that one input may take.
    """
    made = [one.fault or _decision(one, time_out) for one in inputs]
    together = _score_together(
        scorer, [one for one in made if isinstance(one, Decision)], time_out / SHARE_OF_TIME_OUT
    )
    for given, one in zip(inputs, made, strict=True):
        if isinstance(one, Problem):
            yield one
        elif together is None:
            yield _score_alone(scorer, given, one, time_out)
        else:
            yield next(together)


def _decision(given: Input, time_out: float) -> Decision | Problem:
    """Return the decision in an item, or what is wrong with it."""
    try:
        with time_limit(time_out):
            return make_decision(given.item, given.position)
    except (DocumentTimeoutError, Exception) as error:
        return _as_problem(given, error, time_out)


def _score_together(
    scorer: Scorer, decisions: Sequence[Decision], seconds: float
) -> Iterator[Scored] | None:
    """Return what comes of all decisions, or None where one of them stands in the way."""
    if len(decisions) > 1 and sum(len(one.text) for one in decisions) > MOST_TOGETHER:
        return None
    try:
        with time_limit(seconds):
            return iter(_scored(scorer, decisions))
    except (DocumentTimeoutError, Exception):
        return None


def _score_alone(
    scorer: Scorer, given: Input, decision: Decision, time_out: float
) -> Scored | Problem:
    try:
        with time_limit(time_out):
            return _scored(scorer, [decision])[0]
    except (DocumentTimeoutError, Exception) as error:
        return _as_problem(given, error, time_out)


def _scored(scorer: Scorer, decisions: Sequence[Decision]) -> list[Scored]:
    return [
        Scored(reading, {name: writable(cell) for name, cell in scorer.row(reading).items()})
        for reading in scorer.read_batch(decisions)
    ]


def _as_problem(given: Input, error: BaseException, time_out: float) -> Problem:
    if isinstance(error, DocumentTimeoutError):
        said = f"took longer than {time_out:g} seconds and was given up: {CHECK}"
        return given.problem("time_out", said)
    if isinstance(error, MemoryError):
        return given.problem("memory", f"needs more memory than there is: {CHECK}")
    what = f"{type(error).__name__}: {shown(error)}"
    said = f"could not be scored ({what}): please report it together with the text."
    return given.problem("failed", said)


def writable(cell: Any) -> Any:
    """Return a cell that can be written as UTF-8: half a surrogate pair becomes ``?``."""
    if not isinstance(cell, str) or cell.isascii():
        return cell
    return cell.encode("utf-8", "replace").decode("utf-8")
