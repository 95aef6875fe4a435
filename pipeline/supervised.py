"""A child process that scores parts under watch: whatever it dies of costs one document.

The child reads a few items together, and says after each that it is done with it. When it dies,
or says nothing for too long, the few it was at are read one by one; when it does so again, the
item it was at becomes an error row, and the part is scored again without it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from pipeline.batches import TOGETHER
from pipeline.decision import Problem
from pipeline.errors import ScoringError
from pipeline.parts import Part, ScoredPart, Settings

GRACE: Final = 5.0
"""Seconds beyond the time-out in which the child may still give up by itself."""
LOOK_EVERY: Final = 0.5
"""Seconds between looks at how far the child has come."""


class SupervisedScorer:
    """Scores parts in a child process, which is started anew whenever it dies."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._start()

    def score(self, part: Part) -> ScoredPart:
        """Return the scored part.

        Raises
        ------
        ScoringError
            The child cannot start, or dies where no item is to blame.
        """
        faults: dict[int, Problem] = {}
        suspect = -1
        alone: set[int] = set()
        while True:
            self._await_ready()
            result = self._try(part, faults, alone)
            if isinstance(result, ScoredPart):
                return result
            place, kind = result
            status = self._restart()
            if place < len(part.items) and place not in alone:
                # A few were read together; which of them does the harm shows one by one.
                alone.update(range(place, place + TOGETHER))
            elif kind == "crash" and place != suspect:
                # Whoever ends the child from outside hits an innocent document: try again.
                suspect = place
            elif place >= len(part.items) or place in faults:
                raise ScoringError(
                    f"The scoring process ended ({_ending(status)}) with the documents of part "
                    f"{part.number} done: free some memory, and run it again with --resume."
                )
            else:
                faults[place] = _problem(part, place, kind, status, self.settings.time_out)

    def close(self) -> None:
        """End the child."""
        self._stop()

    def _restart(self) -> int:
        """Start another child and return the exit status of the one before."""
        status = self._stop()
        self._start()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        child_tasks, tasks = os.pipe()
        results, child_results = os.pipe()
        self._ticks, child_ticks = os.pipe()
        ends = (child_tasks, child_results, child_ticks)
        os.set_blocking(self._ticks, False)
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "pipeline.supervised_child", *map(str, ends)],
            pass_fds=ends,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        for end in ends:
            os.close(end)
        self._tasks = Connection(tasks, readable=False)
        self._results = Connection(results, writable=False)
        self._ready = False
        with suppress(BrokenPipeError):
            self._tasks.send(self.settings)

    def _stop(self) -> int:
        """End the child and return its exit status."""
        if self._child.poll() is None:
            self._child.kill()
        status = self._child.wait()
        if self._ticks >= 0:
            os.close(self._ticks)
            self._ticks = -1
        self._tasks.close()
        self._results.close()
        return status

    def _await_ready(self) -> None:
        if self._ready:
            return
        try:
            answer = self._results.recv()
        except EOFError:
            raise ScoringError(
                f"The scoring process could not start ({_ending(self._stop())}): "
                "look for a message above, or free some memory."
            ) from None
        if isinstance(answer, Exception):
            raise answer
        self._ready = True

    def _try(
        self, part: Part, faults: dict[int, Problem], alone: set[int]
    ) -> ScoredPart | tuple[int, str]:
        """Return the scored part, or the place at which the child died or hung, and which."""
        done = 0
        try:
            self._tasks.send((part, faults, alone))
            deadline = self._deadline()
            while not self._results.poll(LOOK_EVERY):
                if ticks := self._ticked():
                    done += ticks
                    deadline = self._deadline()
                elif time.monotonic() > deadline:
                    return done, "time_out"
            result = self._results.recv()
        except (EOFError, ConnectionError):
            return done + self._ticked(), "crash"
        if isinstance(result, Exception):
            raise result
        self._ticked()
        return cast(ScoredPart, result)

    def _deadline(self) -> float:
        return time.monotonic() + self.settings.time_out + GRACE

    def _ticked(self) -> int:
        """Return how many items the child has finished since this was last asked."""
        count = 0
        with suppress(BlockingIOError):
            while ticks := os.read(self._ticks, 1 << 16):
                count += len(ticks)
        return count


def _problem(part: Part, place: int, kind: str, status: int, time_out: float) -> Problem:
    item = part.items[place]
    if kind == "time_out":
        said = f"took longer than {time_out:g} seconds and was given up"
    else:
        said = f"ended the scoring process ({_ending(status)})"
    sentence = f"{item.source} {said}: check that it is one decision."
    return Problem(item.source, part.first + place, kind, sentence)


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
