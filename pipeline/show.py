"""What the commands about one decision print: JSON for programs, tables for people."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from spacy.tokens import Doc

from pipeline.as_read import sections_as_read
from pipeline.decision import OUTCOMES, Decision
from pipeline.provisions import read_provisions
from pipeline.scorer import Reading, Scorer
from pipeline.sections import read_sections
from pipeline.statutes import load_registry

OUTCOME_NAMES = {
    "closed_after_initial_enquiries": "Closed after initial enquiries",
    "not_upheld": "Not upheld",
    "upheld": "Upheld",
}
BAR = 30
MOST_GROUNDS = 5


def sections(decision: Decision, doc: Doc, as_json: bool) -> str:
    """Return the sections, with character offsets into the text that was read."""
    found = sections_as_read(decision, read_sections(doc))
    if as_json:
        return _json([asdict(section) for section in found])
    return "\n".join(f"{one.start:>7} {one.end:>7}  {one.label:<17}{one.heading}" for one in found)


def provisions(decision: Decision, doc: Doc, as_json: bool) -> str:
    """Return the provisions, with character offsets into the text that was read."""
    at = decision.offset_as_read
    rows = [
        {
            "id": found.id,
            "display": found.display,
            "text": found.text,
            "start": at(found.start),
            "end": at(found.end),
            "section": found.section,
            "act_resolved": found.act_resolved,
        }
        for found in read_provisions(doc)
    ]
    if as_json:
        return _json(rows)
    return "\n".join(
        f"{row['start']:>7} {row['end']:>7}  {row['section']:<15} {row['act_resolved']:<15} "
        f"{row['display'] or '?'}  [{row['text']}]"
        for row in rows
    )


def explanation(reading: Reading, scorer: Scorer, console: Console | None = None) -> None:
    """Print all that was found in one decision, in colour on a terminal."""
    (console or Console()).print(
        Group(
            _title(reading.decision),
            _probabilities(reading),
            _grounds(reading),
            _evidence(reading),
            _sections(reading),
            _provisions(reading),
            *(Text(f"! {warning}", style="yellow") for warning in reading.warnings),
            Text(f"\nModel {scorer.name}: {scorer.model.view.task}.", style="dim"),
        )
    )


def _title(decision: Decision) -> Text:
    name = decision.authority or "Authority not given"
    text = Text(f"{name} ({decision.ref or 'no reference'})", style="bold")
    facts = [decision.category, decision.date]
    if decision.outcome:
        facts.append(f"published as: {OUTCOME_NAMES[decision.outcome]}")
    text.append("\n" + " · ".join(filter(None, facts)) + "\n", style="not bold")
    return text


def _probabilities(reading: Reading) -> Table:
    table = Table.grid(padding=(0, 2))
    for outcome, probability in zip(OUTCOMES, reading.probabilities, strict=True):
        chosen = outcome == reading.outcome
        table.add_row(
            Text(OUTCOME_NAMES[outcome], style="bold" if chosen else ""),
            Text("█" * round(probability * BAR), style="green" if chosen else "dim"),
            f"{probability:.2f}",
        )
    names = " or ".join(OUTCOME_NAMES[outcome].lower() for outcome in reading.outcome_set)
    table.add_row("", "", "")
    table.add_row("Outcome set (90 %)", names or "none: the model is sure of no outcome", "")
    table.add_row("For review", "yes" if reading.review else "no", "")
    return table


def _grounds(reading: Reading) -> Group:
    labels = load_registry().grounds
    rows = Table.grid(padding=(0, 2))
    for name, probability in list(reading.grounds.items())[:MOST_GROUNDS]:
        style = "bold" if name in reading.predicted_grounds else "dim"
        rows.add_row(Text(labels[name].label, style=style), f"{probability:.2f}")
    return Group(_heading("Grounds, by the words (citations masked)"), rows)


def _evidence(reading: Reading) -> Group:
    rows = Table.grid(padding=(0, 2))
    for one in reading.evidence:
        sentence = " ".join(reading.decision.text[one.start : one.end].split())
        rows.add_row(Text(one.section, style="cyan"), Text(sentence))
    return Group(_heading("Sentences that weigh most"), rows)


def _sections(reading: Reading) -> Group:
    rows = Table.grid(padding=(0, 2))
    for section in reading.sections:
        if section.label != "furniture":
            length = len(reading.decision.text[section.start : section.end].split())
            rows.add_row(Text(section.label, style="cyan"), section.heading, f"{length} words")
    return Group(_heading("Sections"), rows)


def _provisions(reading: Reading) -> Group:
    rows = Table.grid(padding=(0, 2))
    for found in reading.provisions:
        name = found.display or f"{found.text} (Act not named)"
        rows.add_row(Text(found.section, style="cyan"), name, Text(found.act_resolved, "dim"))
    return Group(_heading("Provisions cited"), rows)


def _heading(text: str) -> Padding:
    return Padding(Text(text, style="bold underline"), (1, 0, 0, 0))


def _json(rows: object) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2)
