"""Counts of what was scored, which add up over parts and processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pipeline.scorer import Reading

WANTED_HEADINGS = frozenset(("complaint", "findings", "decision"))
"""A whole decision has at least these sections under headings of their own."""


@dataclass
class Tally:
    """Counts over some inputs."""

    inputs: int = 0
    scored: int = 0
    review: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """Inputs that were not scored, by kind of fault."""
    sections: Counter[str] = field(default_factory=Counter)
    """Characters by section label."""
    without_headings: int = 0
    """Scored decisions that lack one of `WANTED_HEADINGS`."""
    known: float = 0.0
    """Sum over the scored decisions of the share of words and word pairs known to the model."""

    @property
    def errors(self) -> int:
        """Inputs that were not scored."""
        return sum(self.faults.values())

    def add_reading(self, reading: Reading) -> None:
        """Count one scored decision."""
        self.inputs += 1
        self.scored += 1
        self.review += reading.review
        self.outcomes[reading.outcome] += 1
        self.known += reading.known
        for section in reading.sections:
            self.sections[section.label] += section.end - section.start
        headed = {section.label for section in reading.sections if section.heading}
        self.without_headings += not headed >= WANTED_HEADINGS

    def add_fault(self, kind: str) -> None:
        """Count one input that was not scored."""
        self.inputs += 1
        self.faults[kind] += 1

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain objects that JSON can hold."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in values.items()
        }

    @classmethod
    def of(cls, counts: dict[str, Any]) -> Self:
        """Return the tally that `as_dict` made ``counts`` of."""
        made: dict[str, Any] = {
            name: Counter(value) if isinstance(value, dict) else value
            for name, value in counts.items()
        }
        return cls(**made)


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of some tallies."""
    return sum(tallies, Tally())
