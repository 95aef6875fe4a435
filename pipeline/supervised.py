"""A child process that scores parts under watch: whatever it dies of costs one document.

The child says after each item that it is done with it. When it dies, or says nothing for too
long, the item it was at becomes an error row, and the part is scored again without it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pipeline.decision import Problem
from pipeline.parts import Part, ScoredPart, ScoringError, Settings

GRACE: Final = 5.0
"""Seconds beyond the time-out in which the child may still give up by itself."""


class SupervisedScorer:
    """Scores parts in a child process, which is started anew whenever it dies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._start()

    def score(self, part: Part) -> ScoredPart:
        """Return the scored part.

        Raises
        ------
        ScoringError
            The child cannot start, or dies where no item is to blame.
        """
        faults: dict[int, Problem] = {}
        while True:
            self._await_ready()
            result = self._try(part, faults)
            if isinstance(result, ScoredPart):
                return result
            place, kind = result
            status = self._stop()
            if place >= len(part.items) or place in faults:
                raise ScoringError(
                    f"The scoring process ended ({_ending(status)}) after the last document of "
                    f"part {part.number}: free some memory, and run it again with --resume."
                )
            faults[place] = _problem(part, place, kind, status, self._settings.time_out)
            self._start()

    def close(self) -> None:
        """End the child."""
        self._stop()

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
        for end in ends:
            os.set_inheritable(end, True)
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
            self._tasks.send(self._settings)

    def _stop(self) -> int:
        """End the child and return its exit status."""
        if self._child.poll() is None:
            self._child.kill()
        status = self._child.wait()
        with suppress(OSError):
            os.close(self._ticks)
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

    def _try(self, part: Part, faults: dict[int, Problem]) -> ScoredPart | tuple[int, str]:
        """Return the scored part, or the place at which the child died or hung, and which."""
        done = 0
        patience = self._settings.time_out + GRACE
        try:
            self._tasks.send((part, faults))
            while True:
                ready = wait([self._results, self._ticks], patience)
                if not ready:
                    return done, "time_out"
                if self._results in ready:
                    result = self._results.recv()
                    if isinstance(result, Exception):
                        raise result
                    assert isinstance(result, ScoredPart)
                    self._drain_ticks(len(part.items) - done)
                    return result
                ticks = os.read(self._ticks, 1 << 16)
                if not ticks:
                    raise EOFError
                done += len(ticks)
        except (EOFError, ConnectionError):
            return done + self._last_ticks(), "crash"

    def _drain_ticks(self, expected: int) -> None:
        while expected > 0:
            expected -= len(os.read(self._ticks, expected))

    def _last_ticks(self) -> int:
        """Return how many items a dead child had finished beyond those counted so far."""
        last = 0
        while ticks := os.read(self._ticks, 1 << 16):
            last += len(ticks)
        return last


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
