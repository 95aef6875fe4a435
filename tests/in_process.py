"""Scoring without processes of its own, for tests of what is around the scoring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline import scoring
from pipeline.part_scorer import score_part
from pipeline.parts import Part, ScoredPart, Settings


def score_in_process(
    parts: Iterator[Part], settings: Settings, **_options: Any
) -> Iterator[ScoredPart]:
    """Yield the scored parts, scored in this process."""
    for part in parts:
        yield score_part(part, settings)


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `pipeline.scoring.score_files` score in this process."""
    monkeypatch.setattr(scoring, "score_parts", score_in_process)
