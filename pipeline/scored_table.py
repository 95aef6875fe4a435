"""The scored table: what every output has, whatever its format."""

from __future__ import annotations

from typing import Final

from pipeline.decision import OUTCOMES

PROBABILITIES: Final = tuple(f"p_{outcome}" for outcome in OUTCOMES)

COLUMNS: Final = (
    "ref",
    "source",
    "authority",
    "category",
    "date",
    "outcome",
    *PROBABILITIES,
    "outcome_set",
    "review",
    "published_outcome",
    "ground",
    "grounds",
    "ground_probabilities",
    "provisions",
    "sections",
    "evidence",
    "warnings",
    "model",
)
"""Names of the columns, in order."""
