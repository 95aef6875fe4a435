"""Sections measured: on the corpus in every layout, and on real texts where they are present."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_copies import MAIN, labels_of, main_labels, sections_of

from pipeline.corpus import load
from pipeline.layouts import LAYOUTS
from pipeline.render import render
from pipeline.section_scores import corpus_agreement

# ---- the corpus, in every layout ------------------------------------------------------------

RECORDS = load()


def test_corpus() -> None:
    for name, agreement in corpus_agreement(RECORDS, sections_of).items():
        assert agreement.boundary_f1 >= 0.995, name
        assert agreement.label_accuracy >= 0.995, name


def test_corpus_has_the_same_sections_in_every_layout() -> None:
    def divided(text: str) -> list[tuple[str, list[str]]]:
        parts: list[tuple[str, list[str]]] = []
        for section in sections_of(text):
            words = re.findall("[a-z]{2,}", text[section.start : section.end].lower())
            if section.label in ("header", "furniture", "signature"):
                continue
            if parts and parts[-1][0] == section.label:
                parts[-1][1].extend(words)
            else:
                parts.append((section.label, words))
        return parts

    for record in RECORDS:
        first, *others = (divided(render(record, layout).text) for layout in LAYOUTS)
        assert all(other == first for other in others), record.ref


def test_corpus_complaints_hold_no_decision() -> None:
    for record in RECORDS:
        page = render(record, "dashed", heading_style="typo", seed=3)
        gold = next((s for s in page.sections if s.label == "complaint"), None)
        for section in sections_of(page.text):
            if gold and section.label == "complaint":
                assert section.end <= gold.end, record.ref


# ---- real texts ----------------------------------------------------------------------------

REAL = os.environ.get("DECISIONS_REAL")
needs_real = pytest.mark.skipif(not REAL, reason="DECISIONS_REAL names no folder of real texts")


def real_rows(name: str) -> Iterator[dict[str, str]]:
    with Path(REAL or "", name).open(encoding="utf-8") as rows:
        yield from map(json.loads, rows)


@needs_real
def test_the_real_decision() -> None:
    text = Path(REAL or "", "thurrock-20-011-228.txt").read_text(encoding="utf-8")
    assert labels_of(text)[:3] == ["furniture", "header", "summary"]
    assert main_labels(text) == MAIN
    assert labels_of(text)[-2:] == ["signature", "furniture"]
    assert main_labels(re.sub(r"\s+", " ", text)) == MAIN


PHSO = {
    "The Complaint": "complaint",
    "Background": "background",
    "Evidence": "consideration",
    "Findings": "findings",
    "Our Decision": "decision",
    "Recommendations": "action",
}


@needs_real
@pytest.mark.parametrize("one_line", [False, True])
def test_every_heading_of_the_health_ombudsman(one_line: bool) -> None:
    for row in real_rows("phso.jsonl"):
        text = re.sub(r"\s+", " ", row["text"]) if one_line else row["text"]
        gold = [
            (PHSO[found[1]], found[1], found.start())
            for found in re.finditer(rf"(?m)(?:^|\s)\b({'|'.join(PHSO)}):", text)
        ]
        got = [(s.label, s.heading, s.start) for s in sections_of(text)]
        assert [(label, heading) for label, heading, _ in got] == [g[:2] for g in gold], row["ref"]
        starts = [start for _, _, start in got]
        assert all(abs(a - g[2]) <= 1 for a, g in zip(starts, gold, strict=True))


@needs_real
def test_notices_of_the_information_commissioner() -> None:
    for row in real_rows("ico.jsonl"):
        labels = labels_of(row["text"], "furniture", "unknown")
        assert labels[0] == "header"
        assert "decision" in labels, row["ref"]
