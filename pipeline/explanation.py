"""What was found in one decision, for people: text in a console, HTML in a notebook."""

from __future__ import annotations

import io
from dataclasses import asdict
from functools import cache
from types import SimpleNamespace

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from rich.console import Console

from pipeline import show
from pipeline.decision import OUTCOMES, Decision
from pipeline.report_table import scored_decision
from pipeline.report_text import Marker, ShownText, show_text
from pipeline.report_words import (
    OUTCOME_NAMES,
    ground_description,
    ground_label,
    percent,
    provision_link,
    section_name,
    spoken_date,
)
from pipeline.scorer import Reading, Scorer

WIDTH = 100
"""Columns of the plain form."""
MOST_GROUNDS = 5
"""Grounds that are shown; those that were identified always are."""


class Explanation:
    """One decision and all that was found in it. `pipeline.api.Model.explain` returns one.

    As the last line of a notebook cell it shows itself. ``reading`` is what it rests on.
    """

    def __init__(self, reading: Reading, scorer: Scorer) -> None:
        self.reading = reading
        self._scorer = scorer

    @property
    def decision(self) -> Decision:
        """The decision as it was read."""
        return self.reading.decision

    @property
    def outcome(self) -> str:
        """The likeliest outcome."""
        return self.reading.outcome

    @property
    def probabilities(self) -> dict[str, float]:
        """Calibrated probability of each outcome."""
        return dict(zip(OUTCOMES, self.reading.probabilities.tolist(), strict=True))

    @property
    def sections(self) -> pd.DataFrame:
        """Columns label, heading, start, end: characters of ``decision.text``."""
        return pd.DataFrame(map(asdict, self.reading.sections))

    @property
    def provisions(self) -> pd.DataFrame:
        """Columns as the fields of `pipeline.decision.Provision`, one row a citation."""
        return pd.DataFrame(map(asdict, self.reading.provisions))

    @property
    def evidence(self) -> pd.DataFrame:
        """The sentences that weigh most: section, weight, sentence."""
        return pd.DataFrame(
            {
                "section": one.section,
                "weight": one.weight,
                "sentence": self.decision.text[one.start : one.end],
            }
            for one in self.reading.evidence
        )

    def __repr__(self) -> str:
        page = io.StringIO()
        # In a notebook Rich would show the page at once instead of writing it.
        console = Console(file=page, width=WIDTH, force_jupyter=False)
        show.explanation(self.reading, self._scorer, console)
        return "\n".join(line.rstrip() for line in page.getvalue().splitlines())

    def _repr_html_(self) -> str:
        reading = self.reading
        shown = list(reading.grounds)[: max(MOST_GROUNDS, len(reading.predicted_grounds))]
        return _template().render(
            decision=self.decision,
            reading=reading,
            probabilities=self.probabilities,
            grounds={name: reading.grounds[name] for name in shown},
            cited=_cited(reading),
            text=self._text(),
            task=self._scorer.model.view.task,
            model=self._scorer.name,
        )

    def _text(self) -> ShownText:
        scored = scored_decision(SimpleNamespace(**self._scorer.row(self.reading)), 0)
        return show_text(self.decision, scored, _marker()(self.decision.text))


def _cited(reading: Reading) -> dict[str, tuple[str, list[str]]]:
    """Return each provision once: its name, its address, and the sections that cite it."""
    cited: dict[str, tuple[str, list[str]]] = {}
    for found in reading.provisions:
        name = found.display or f"{found.text} (Act not named)"
        _, sections = cited.setdefault(name, (provision_link(found.id), []))
        if section_name(found.section) not in sections:
            sections.append(section_name(found.section))
    return cited


@cache
def _marker() -> Marker:
    return Marker()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["names"] = OUTCOME_NAMES
    environment.filters.update(
        ground=ground_label,
        percent=percent,
        ground_means=ground_description,
        section=section_name,
        spoken=spoken_date,
    )
    return environment.get_template("explanation.html.j2")
