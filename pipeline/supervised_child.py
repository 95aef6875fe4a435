"""The child of `pipeline.supervised`: reads parts from a pipe and scores them."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection


def main(tasks: Connection, results: Connection, ticks: int) -> None:
    """Score parts until the parent closes the pipe."""
    settings = tasks.recv()
    try:
        from pipeline.part_scorer import load_scorer, score_part

        load_scorer(settings)
    except Exception as error:
        results.send(error)
        return
    results.send("ready")
    while True:
        try:
            part, faults = tasks.recv()
        except EOFError:
            return
        try:
            answer: object = score_part(part, settings, faults, lambda: os.write(ticks, b"."))
        except Exception as error:
            answer = error
        results.send(answer)


if __name__ == "__main__":
    fds = [int(argument) for argument in sys.argv[1:]]
    main(Connection(fds[0], writable=False), Connection(fds[1], readable=False), fds[2])
