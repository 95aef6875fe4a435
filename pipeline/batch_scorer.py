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
"""Bytes of inputs that are read together; larger ones are read one by one, so that memory stays
flat."""
SHARE_OF_TIME_OUT: Final = 20
LONGEST_TOGETHER: Final = 2.0
"""Seconds. Inputs that are read together get that long at the most, and a twentieth of the
time-out of one: then each is read by itself, and who watches this process hears of it in time."""
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
    harmless = [one for one in inputs if one.fault is None]
    together = _score_together(
        scorer, harmless, min(time_out / SHARE_OF_TIME_OUT, LONGEST_TOGETHER)
    )
    for one in inputs:
        if one.fault:
            yield one.fault
        elif together is None:
            yield _score_alone(scorer, one, time_out)
        else:
            yield next(together)


def _score_together(
    scorer: Scorer, inputs: Sequence[Input], seconds: float
) -> Iterator[Scored | Problem] | None:
    """Return what comes of all inputs, or None where each is to be scored by itself."""
    if len(inputs) < 2 or sum(one.item.size for one in inputs) > MOST_TOGETHER:
        return None
    try:
        with time_limit(seconds):
            return iter(_score(scorer, inputs))
    except (DocumentTimeoutError, Exception):
        # Which of them it was shows when each is scored by itself.
        return None


def _score_alone(scorer: Scorer, one: Input, time_out: float) -> Scored | Problem:
    try:
        with time_limit(time_out):
            return _score(scorer, [one])[0]
    except DocumentTimeoutError:
        said = f"took longer than {time_out:g} seconds and was given up: {CHECK}"
        return one.problem("time_out", said)
    except MemoryError:
        return one.problem("memory", f"needs more memory than there is: {CHECK}")
    except Exception as error:  # one document must never cost the others
        what = f"{type(error).__name__}: {shown(error)}"
        said = f"could not be scored ({what}): please report it together with the text."
        return one.problem("failed", said)


def _score(scorer: Scorer, inputs: Sequence[Input]) -> list[Scored | Problem]:
    found = [make_decision(one.item, one.position) for one in inputs]
    decisions = [one for one in found if isinstance(one, Decision)]
    readings = iter(scorer.read_batch(decisions) if decisions else [])
    return [one if isinstance(one, Problem) else _scored(scorer, next(readings)) for one in found]


def _scored(scorer: Scorer, reading: Reading) -> Scored:
    row = scorer.row(reading)
    return Scored(reading, {name: writable(cell) for name, cell in row.items()})


def writable(cell: Any) -> Any:
    """Return a cell that can be written as UTF-8: half a surrogate pair becomes ``?``."""
    if not isinstance(cell, str) or cell.isascii():
        return cell
    return cell.encode("utf-8", "replace").decode("utf-8")
