"""A probe finds a planted leak, and finds nothing where there is none."""

from dataclasses import replace

import numpy as np
from sample_record import sample_record

from pipeline.corpus import Record
from pipeline.leak_probes import probe_leaks


def made_records(leak: bool) -> tuple[list[Record], list[int]]:
    chance = np.random.default_rng(3)
    records, base = [], sample_record()
    for number in range(120):
        outcome = ("upheld", "not_upheld")[int(chance.random() < 0.5)]
        kept = base.sections
        if leak and outcome == "not_upheld":
            kept = tuple(section for section in kept if section.label != "action")
        records.append(
            replace(base, ref=f"90 000 {number:03}", outcome=outcome, sections=kept, hard=None)
        )
    return records, [number % 5 for number in range(120)]


def test_planted_leak_is_found() -> None:
    scores = probe_leaks(*made_records(leak=True))
    assert scores["sections present"] == scores["headings"] == scores["length"] == 1.0
    assert scores["role section"] < 0.6
    assert scores["complaint section"] < 0.6
    assert scores["majority"] < 0.5


def test_no_leak_no_score() -> None:
    scores = probe_leaks(*made_records(leak=False))
    assert scores.max() < 0.6
