"""How well decisions are divided into sections: against the corpus, laid out in every way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.corpus import Record
from pipeline.decision import Section
from pipeline.layouts import LAYOUTS
from pipeline.render import random_quirks, render

Divider = Callable[[str], list[Section]]
"""From a text to its sections."""


@dataclass
class Agreement:
    """Boundaries and characters on which two divisions of texts agree, counted."""

    both: int = 0
    found: int = 0
    gold: int = 0
    same: int = 0
    characters: int = 0

    def add(self, found: Sequence[Section], gold: Sequence[Section]) -> None:
        """Count one text, divided in two ways."""
        boundaries, gold_boundaries = (
            {section.start for section in division[1:]} for division in (found, gold)
        )
        self.found += len(boundaries)
        self.gold += len(gold_boundaries)
        self.both += len(boundaries & gold_boundaries)
        self.characters += gold[-1].end
        self.same += sum(
            max(0, min(one.end, other.end) - max(one.start, other.start))
            for one in found
            for other in gold
            if one.label == other.label
        )

    @property
    def boundary_f1(self) -> float:
        """Harmonic mean of precision and recall of the boundaries between sections."""
        return 2 * self.both / max(1, self.found + self.gold)

    @property
    def label_accuracy(self) -> float:
        """Share of the characters whose section has the right label."""
        return self.same / max(1, self.characters)


def corpus_agreement(records: Iterable[Record], divide: Divider) -> dict[str, Agreement]:
    """Return the agreement with the gold sections by layout, as usual and with quirks of copies."""
    scores = {f"{layout}{kind}": Agreement() for layout in LAYOUTS for kind in ("", ", quirks")}
    for record in records:
        for layout in LAYOUTS:
            for kind, quirks in (("", {}), (", quirks", random_quirks(record, seed=7))):
                page = render(record, layout, **quirks)
                scores[layout + kind].add(divide(page.text), page.sections)
    return scores
