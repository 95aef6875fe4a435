"""The child of `pipeline.supervised`: reads parts from a pipe and scores them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

IDLE: Final = 60.0
"""Seconds without a part after which the child ends; the parent starts another when needed."""


def main(tasks: Connection, results: Connection, ticks: int) -> None:
    """Score parts until the parent closes the pipe or has no more.

    The first answer says that the model is loaded, or why not; then there is one for each part.
    """
    settings = tasks.recv()
    try:
        from pipeline.part_scorer import load_scorer, score_part
        from pipeline.peak_memory import limit_memory

        load_scorer(settings)
        limit_memory(settings.memory)
    except Exception as error:
        results.send(error)
        return
    results.send("ready")
    while tasks.poll(IDLE):
        part, faults, alone = tasks.recv()
        try:
            answer: object = score_part(
                part, settings, faults, lambda: os.write(ticks, b"."), alone=alone
            )
        except Exception as error:
            answer = error
        results.send(answer)


if __name__ == "__main__":
    fds = [int(argument) for argument in sys.argv[1:]]
    # The parent ends the work by closing the pipes, or by dying.
    with suppress(EOFError, BrokenPipeError):
        main(Connection(fds[0], writable=False), Connection(fds[1], readable=False), fds[2])
