"""The error that stops a run of scoring."""

from __future__ import annotations


class ScoringError(ValueError):
    """A run that cannot start or go on. The message says why and what to do."""
