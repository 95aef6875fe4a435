"""The model card and the summary on the terminal: figures in, words out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.models import MIN_POSITIVES
from pipeline.plots import draw_all
from pipeline.show import OUTCOME_NAMES
from pipeline.statutes import load_registry

TEMPLATES = Path(__file__).with_name("templates")


ENCODER = Path(__file__).resolve().parent.parent / "models" / "encoder.json"
"""What ``tests/bench/compare_encoder.py`` measured."""


def write_card(figures: Mapping[str, Any], folder: Path) -> None:
    """Write ``README.md`` and ``plots/`` into a folder."""
    (folder / "README.md").write_text(card(figures), encoding="utf-8")
    draw_all(figures, folder / "plots")


def card(figures: Mapping[str, Any]) -> str:
    """Return the model card as Markdown."""
    # Markdown, not HTML: nothing here is escaped, and nothing here comes from a decision.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("model_card.md.j2").render(
        figures=figures,
        names=OUTCOME_NAMES,
        labels={name: ground.label for name, ground in load_registry().grounds.items()},
        min_positives=MIN_POSITIVES,
        encoder=encoder_figures(figures),
    )


def encoder_figures(figures: Mapping[str, Any], path: Path = ENCODER) -> dict[str, Any] | None:
    """Return the figures of the sentence encoder; None where there are none of this corpus."""
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found if found["corpus"] == figures["corpus"]["fingerprint"] else None


def summary(figures: Mapping[str, Any]) -> str:
    """Return the main figures for a terminal, each beside its controls."""
    lines = []
    for split, title in (("time_split", "Later decisions"), ("folds", "Five folds")):
        lines.append(f"\n{title}")
        lines.append(
            f"  {'view':<10}{'macro-F1':>9}{'majority':>9}{'best control':>14}"
            f"{'hard':>7}{'ECE':>7}{'coverage':>9}{'review':>8}{'grounds':>9}"
        )
        for name, view in figures[split]["views"].items():
            outcome, controls = view["outcome"], view["controls"]
            lines.append(
                f"  {name:<10}{outcome['macro_f1']:>9.3f}{controls['majority']:>9.3f}"
                f"{max(controls.values()):>14.3f}{outcome['hard_accuracy'] or 0:>7.3f}"
                f"{outcome['ece']:>7.3f}{outcome['coverage']:>9.3f}"
                f"{outcome['review_rate']:>8.0%}{view['grounds']['micro_f1']:>9.3f}"
            )
    lines.append("\nCopies that lack sections (later decisions, view full)")
    for name, outcome in figures["time_split"]["views"]["full"]["copies"].items():
        lines.append(
            f"  {name:<22}macro-F1 {outcome['macro_f1']:.3f}   ECE {outcome['ece']:.3f}   "
            f"coverage {outcome['coverage']:.3f}   review {outcome['review_rate']:.0%}"
        )
    return "\n".join([*lines, *_extraction(figures)])


def _extraction(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures of sections and provisions, where they were measured."""
    if "extraction" not in figures:
        return []
    found = figures["extraction"]
    lines = ["\nSections, by layout (boundary F1, label accuracy by character)"]
    for name, row in found["sections"].items():
        lines.append(f"  {name:<22}{row['boundary_f1']:.4f}  {row['label_accuracy']:.4f}")
    lines.append("\nProvisions, by decision (precision, recall, right)")
    for name, row in found["provisions"].items():
        lines.append(f"  {name:<22}{row['precision']:.4f}  {row['recall']:.4f}  {row['right']:>5}")
    lines.append(
        f"\nProvisions, hand-labelled hard sentences: F1 {found['gold']['all']['f1']:.4f}, "
        f"wrong links {found['wrong_links']}"
    )
    return lines
