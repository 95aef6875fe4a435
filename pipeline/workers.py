"""Parts to scored parts: one after another, on many processes, or on a cluster.

Wherever a part goes, it is scored by a `SupervisedScorer` there, so that a document that
crashes, hangs or takes all the memory does no harm to the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.cluster import score_on_cluster
from pipeline.errors import ScoringError
from pipeline.feed import Feed
from pipeline.hosted import score_here
from pipeline.parts import Part, ScoredPart, Settings
from pipeline.supervised import SupervisedScorer

IDLE: Final = 20
"""Seconds without a part after which a worker of joblib's own ends."""


def score_parts(
    parts: Iterator[Part],
    settings: Settings,
    *,
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
) -> Iterator[ScoredPart]:
    """Yield the scored parts, each as soon as it is done.

    ``backend`` is ``dask`` or the name of a joblib backend. Parts that are lost because a
    worker died are scored again, here.

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
    feed = Feed(parts)
    while not feed.at_end:
        if backend == "dask":
            yield from score_on_cluster(feed, settings, scheduler)
        else:
            yield from _score_with_joblib(feed, settings, backend, jobs)
        if lost := feed.take_back():
            with SupervisedScorer(settings) as scorer:
                for part in lost:
                    yield scorer.score(part)


def _score_with_joblib(
    feed: Feed, settings: Settings, backend: str, jobs: int
) -> Iterator[ScoredPart]:
    """Yield scored parts until the parts end or a worker dies."""
    import joblib

    try:
        parallel = joblib.Parallel(
            n_jobs=jobs,
            backend=backend,
            return_as="generator_unordered",
            batch_size=1,
            **({"idle_worker_timeout": IDLE} if backend == "loky" else {}),
        )
    except ValueError as error:
        raise ScoringError(f"There is no backend {backend!r}: {error}.") from None
    tasks = (joblib.delayed(score_here)(part, settings) for part in feed.open())
    try:
        for scored in parallel(tasks):
            feed.done(scored.number)
            yield scored
    except ValueError:
        raise
    except Exception:  # each backend has an error of its own for a worker that died
        pass
    finally:
        feed.close()
    feed.reraise()
