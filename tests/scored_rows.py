"""Scored tables for the tests of the report, made from the corpus without any model."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.corpus import Record, load
from pipeline.decision import OUTCOMES, Section
from pipeline.render import render
from pipeline.scored_table import COLUMNS

LAYOUTS = ("numbered", "dashed", "plain")
SENTENCE = re.compile(r"\b[A-Z][^.?!\n]{40,300}\.")
WARNINGS = (
    "The text ends before the final decision.",
    "It cites no time limit although the text reads like a late complaint.",
)


def scored_rows(
    count: int, *, folder: str = "decisions", seed: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield rows of a scored table with their ``text``: corpus records in changing layouts.

    One row in nine is unsure and marked for review, one in twenty-five differs from the
    published outcome, one in thirty has no reference, one in fifty no date.
    """
    chance = random.Random(seed)
    records = _records()
    for number in range(count):
        record = records[number % len(records)]
        page = render(record, LAYOUTS[number // len(records) % len(LAYOUTS)], seed=number)
        source = f"{folder}/{number:05}.txt"
        yield {**_row(record, page.text, page.sections, source, chance), "text": page.text}


@cache
def _records() -> list[Record]:
    return load()


def _row(
    record: Record, text: str, sections: list[Section], source: str, chance: random.Random
) -> dict[str, Any]:
    unsure = chance.random() < 1 / 9
    outcome = chance.choice(OUTCOMES) if chance.random() < 1 / 25 else record.outcome
    sure = chance.uniform(0.45, 0.7) if unsure else chance.uniform(0.86, 0.999)
    others = [other for other in OUTCOMES if other != outcome]
    part = chance.random() * (1 - sure)
    probabilities = {outcome: sure, others[0]: part, others[1]: 1 - sure - part}
    possible = [outcome, max(others, key=probabilities.__getitem__)] if unsure else [outcome]
    warnings = [chance.choice(WARNINGS)] if chance.random() < 0.04 else []
    grounds = {name: chance.uniform(0.55, 0.98) for name in record.grounds}
    main = max(grounds, key=grounds.__getitem__, default="")
    return {
        "ref": "" if chance.random() < 1 / 30 else record.ref,
        "source": source,
        "authority": record.authority,
        "category": record.category,
        "date": "" if chance.random() < 1 / 50 else record.date,
        "outcome": outcome,
        **{f"p_{name}": round(probabilities[name], 4) for name in OUTCOMES},
        "outcome_set": "|".join(possible),
        "review": unsure or bool(warnings),
        "published_outcome": "" if chance.random() < 0.1 else record.outcome,
        "ground": main,
        "grounds": "|".join(grounds),
        "ground_probabilities": "|".join(f"{name}={value:.2f}" for name, value in grounds.items()),
        "provisions": "|".join(provision.id for provision in record.provisions),
        "sections": "|".join(f"{part.label}:{part.start}-{part.end}" for part in sections),
        "evidence": json.dumps(_evidence(text, sections, chance)),
        "warnings": "|".join(warnings),
        "model": "3f9c1d7a",
    }


def _evidence(text: str, sections: list[Section], chance: random.Random) -> list[dict[str, Any]]:
    """Return up to three sentences of the text, the heaviest first."""
    found = []
    for section in sections:
        if section.label not in ("summary", "findings", "action", "decision"):
            continue
        for sentence in SENTENCE.finditer(text, section.start, section.end):
            found.append((section.label, sentence.start(), sentence.group()))
    chosen = chance.sample(found, min(3, len(found)))
    weights = sorted((chance.uniform(0.2, 3.0) for _ in chosen), reverse=True)
    return [
        {
            "section": label,
            "start": start,
            "end": start + len(sentence),
            "text": sentence,
            "weight": round(weight, 3),
        }
        for (label, start, sentence), weight in zip(chosen, weights, strict=True)
    ]


def write_table(rows: list[dict[str, Any]], path: Path) -> Path:
    """Write rows as a scored table in the format that the name of the file asks for."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_json(path, orient="records", lines=True)
    return path


def write_texts(rows: list[dict[str, Any]]) -> None:
    """Write the text of each row to the file that is its source."""
    for row in rows:
        path = Path(row["source"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["text"], encoding="utf-8")
