"""Parts scored on a Dask cluster.

Not through joblib's Dask backend, which waits for ever for a task that the cluster gave up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pipeline.errors import ScoringError
from pipeline.feed import Feed
from pipeline.hosted import score_here
from pipeline.parts import ScoredPart, Settings

CONNECT: Final = 10
"""Seconds to wait for a scheduler."""
AHEAD: Final = 2
"""Parts that each thread of the cluster has in hand or waiting."""


def score_on_cluster(feed: Feed, settings: Settings, scheduler: str | None) -> Iterator[ScoredPart]:
    """Yield scored parts until the parts end or the cluster loses one for good.

    A part whose worker dies is given to another worker by Dask itself.

    Raises
    ------
    ScoringError
        No scheduler answers, it has no workers, or a worker cannot load the model.
    """
    with _connect(scheduler) as client:
        from dask.distributed import as_completed

        threads = sum(client.nthreads().values())
        parts = feed.open()
        running = as_completed(loop=client.loop)

        def submit() -> None:
            part = next(parts, None)
            if part is not None:
                key = f"part-{part.number}-{settings.fingerprint[:8]}"
                running.add(client.submit(score_here, part, settings, key=key, pure=False))

        try:
            for _ in range(AHEAD * threads):
                submit()
            for future in running:
                submit()
                error = future.exception()
                if isinstance(error, ValueError):
                    raise error
                if error is not None:
                    break
                scored = future.result()
                feed.done(scored.number)
                yield scored
        finally:
            feed.close()
    feed.reraise()


def _connect(scheduler: str | None) -> Any:
    if not scheduler:
        raise ScoringError("The dask backend needs the address of a scheduler: add --scheduler.")
    try:
        from dask.distributed import Client
    except ImportError:
        raise ScoringError(
            "The dask backend needs dask.distributed: install this program with its extra "
            "`distributed`."
        ) from None
    try:
        client = Client(scheduler, set_as_default=False, timeout=CONNECT)
    except (OSError, ValueError) as error:
        raise ScoringError(
            f"No Dask scheduler answers at {scheduler} ({error}): check the address."
        ) from None
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError:
        client.close()
        raise ScoringError(f"The scheduler at {scheduler} has no workers: start some.") from None
    return client
