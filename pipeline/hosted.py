"""Scoring in a process that belongs to somebody else: a worker of a pool or a cluster."""

from __future__ import annotations

import threading

from pipeline.parts import Part, ScoredPart, Settings
from pipeline.supervised import SupervisedScorer

_own = threading.local()


def score_here(part: Part, settings: Settings) -> ScoredPart:
    """Score a part in the watched child of this thread, started when first needed.

    The child ends by itself when there is no more to do.

    Raises
    ------
    ScoringError
        The child cannot start.
    """
    scorer: SupervisedScorer | None = getattr(_own, "scorer", None)
    if scorer is None or scorer.settings != settings:
        if scorer is not None:
            scorer.close()
        scorer = _own.scorer = SupervisedScorer(settings)
    try:
        return scorer.score(part)
    except BaseException:
        scorer.close()
        _own.scorer = None
        raise
