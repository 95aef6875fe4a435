"""Counts add up, whatever the order, and survive a file."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.decision import OUTCOMES, SECTION_LABELS
from pipeline.tally import Tally, total

COUNT = st.integers(0, 10**6)


def counters(names: tuple[str, ...]) -> st.SearchStrategy[Counter[str]]:
    return st.dictionaries(st.sampled_from(names), COUNT).map(Counter)


TALLIES = st.builds(
    Tally,
    inputs=COUNT,
    scored=COUNT,
    review=COUNT,
    outcomes=counters(OUTCOMES),
    faults=counters(("empty", "listing", "time_out")),
    sections=counters(SECTION_LABELS),
    without_headings=COUNT,
    known=st.integers(0, 10**6).map(float),
)


@given(st.lists(TALLIES, max_size=5))
def test_the_order_of_adding_does_not_matter(tallies: list[Tally]) -> None:
    assert total(tallies) == total(reversed(tallies))
    assert total(tallies).errors == sum(tally.errors for tally in tallies)


@given(TALLIES)
def test_a_tally_survives_json(tally: Tally) -> None:
    assert Tally.of(json.loads(json.dumps(tally.as_dict()))) == tally


def test_faults_are_inputs_too() -> None:
    tally = Tally()
    tally.add_fault("empty")
    tally.add_fault("empty")
    tally.add_fault("listing")
    assert (tally.inputs, tally.scored, tally.errors) == (3, 0, 3)
    assert tally.faults == {"empty": 2, "listing": 1}
