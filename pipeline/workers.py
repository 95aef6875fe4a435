"""Parts to scored parts: in one watched process, or in many through joblib."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

import joblib

from pipeline.parts import Part, ScoredPart, ScoringError, Settings
from pipeline.supervised import SupervisedScorer


def score_parts(
    parts: Iterator[Part],
    settings: Settings,
    *,
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
) -> Iterator[ScoredPart]:
    """Yield the scored parts, each as soon as it is done.

    One local job runs in a watched child (`SupervisedScorer`). More run on a joblib backend;
    the parts that are lost when a worker dies are scored again in a watched child, which
    finds the document to blame.

    Raises
    ------
    ScoringError
        The backend is not there, or a process cannot start.
    """
    if jobs == 1 and backend == "loky":
        with SupervisedScorer(settings) as scorer:
            for part in parts:
                yield scorer.score(part)
        return
    with ExitStack() as opened:
        options = _backend_options(backend, jobs, scheduler, opened)
        feed = _Feed(parts)
        while not feed.at_end:
            yield from _one_round(feed, settings, options)
            if feed.given_out:
                with SupervisedScorer(settings) as scorer:
                    for part in feed.take_back():
                        yield scorer.score(part)


def _one_round(feed: _Feed, settings: Settings, options: dict[str, Any]) -> Iterator[ScoredPart]:
    """Yield scored parts until the parts end or the backend loses one."""
    tasks = (joblib.delayed(_score_part)(part, settings) for part in feed.round())
    with joblib.parallel_config(**options):
        parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1)
        try:
            for scored in parallel(tasks):
                feed.done(scored.number)
                yield scored
        except ValueError:
            raise
        except Exception:  # each backend has its own error for a worker that died
            feed.stop()
    feed.reraise()


def _score_part(part: Part, settings: Settings) -> ScoredPart:
    from pipeline.part_scorer import score_part

    return score_part(part, settings)


def _backend_options(
    backend: str, jobs: int, scheduler: str | None, opened: ExitStack
) -> dict[str, Any]:
    if backend != "dask":
        return {"backend": backend, "n_jobs": jobs}
    try:
        from dask.distributed import Client
    except ImportError:
        raise ScoringError(
            "The dask backend needs dask.distributed: install the extra `distributed`."
        ) from None
    if not scheduler:
        raise ScoringError("The dask backend needs the address of a scheduler: add --scheduler.")
    try:
        client = opened.enter_context(Client(scheduler, set_as_default=False, timeout=10))
    except (OSError, ValueError) as error:
        raise ScoringError(
            f"No Dask scheduler answers at {scheduler} ({error}): check the address."
        ) from None
    return {"backend": "dask", "client": client, "n_jobs": -1}


class _Feed:
    """Gives out parts to a backend's threads, and remembers those that have not come back.

    An error in the making of parts must not be raised in such a thread, where it would be
    lost; it ends the round and is raised by `reraise`.
    """

    def __init__(self, parts: Iterator[Part]) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._open = False
        self._error: BaseException | None = None
        self.given_out: dict[int, Part] = {}
        self.at_end = False

    def round(self) -> Self:
        """Begin to give out parts."""
        self._open = True
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Part:
        with self._lock:
            if not self._open or self.at_end or self._error:
                raise StopIteration
            try:
                part = next(self._parts, None)
            except BaseException as error:
                self._error = error
                raise StopIteration from None
            if part is None:
                self.at_end = True
                raise StopIteration
            self.given_out[part.number] = part
            return part

    def done(self, number: int) -> None:
        """Forget a part that has come back."""
        with self._lock:
            del self.given_out[number]

    def stop(self) -> None:
        """Give out nothing more in this round."""
        with self._lock:
            self._open = False

    def take_back(self) -> list[Part]:
        """Return the parts that have not come back, in order, and forget them."""
        with self._lock:
            lost = [self.given_out[number] for number in sorted(self.given_out)]
            self.given_out.clear()
            return lost

    def reraise(self) -> None:
        """Raise what went wrong in the making of parts."""
        if self._error:
            raise self._error
