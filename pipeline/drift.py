"""Are these decisions like those the model was trained on? Notes for the end of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipeline.conformal import PUBLISHED_MIXES
from pipeline.decision import OUTCOMES
from pipeline.tally import Tally

MOST_UNSEEN: Final = 0.5
MOST_UNKNOWN: Final = 0.1
MOST_WITHOUT_HEADINGS: Final = 0.3
MOST_SHIFT: Final = 0.15
"""Total variation distance between two outcome mixes: the share that would have to move."""
LEAST_DECISIONS: Final = 50
"""Shares of fewer decisions than this say little, so nothing is warned of."""

NAMES: Final = {outcome: outcome.replace("_", " ") for outcome in OUTCOMES}
SECTIONS_NOT_READ: Final = ("header", "furniture")


def unseen_share(tally: Tally) -> float:
    """Return the share of words and word pairs that the model never saw, mean of decisions."""
    return 1 - tally.known / tally.scored if tally.scored else 0.0


def unknown_share(tally: Tally) -> float:
    """Return the share of the text that stands under no known heading."""
    read = sum(n for label, n in tally.sections.items() if label not in SECTIONS_NOT_READ)
    return tally.sections["unknown"] / read if read else 0.0


def without_headings_share(tally: Tally) -> float:
    """Return the share of decisions that lack a heading which whole decisions have."""
    return tally.without_headings / tally.scored if tally.scored else 0.0


def mix_of(counts: Mapping[str, float]) -> dict[str, float]:
    """Return counts of outcomes as shares."""
    whole = sum(counts.get(outcome, 0) for outcome in OUTCOMES) or 1
    return {outcome: counts.get(outcome, 0) / whole for outcome in OUTCOMES}


def shift(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the total variation distance of two outcome mixes, 0 to 1."""
    return sum(abs(one[outcome] - other[outcome]) for outcome in OUTCOMES) / 2


def drift_lines(tally: Tally, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a run saw beside what the model was trained on, one line each."""
    if not tally.scored:
        return
    yield (
        f"Words and word pairs that the model has not seen: {unseen_share(tally):.0%}; "
        f"text under no known heading: {unknown_share(tally):.1%}; "
        f"decisions without a usual heading: {without_headings_share(tally):.0%}"
    )
    year, published = _latest_published()
    mixes = {"here": mix_of(tally.outcomes), **_training_mix(manifest), year: published}
    shares = [
        f"{name} {'/'.join(f'{mix[o]:.0%}' for o in OUTCOMES)}" for name, mix in mixes.items()
    ]
    yield f"Outcome mix ({'/'.join(NAMES.values())}): {', '.join(shares)}"


def drift_warnings(tally: Tally, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each way in which the inputs are far from the training corpus."""
    if tally.scored < LEAST_DECISIONS:
        return
    if unseen_share(tally) > MOST_UNSEEN:
        yield (
            f"{unseen_share(tally):.0%} of the words and word pairs do not occur in the training "
            "corpus: train on decisions like these before you rely on the probabilities."
        )
    if unknown_share(tally) > MOST_UNKNOWN:
        yield (
            f"{unknown_share(tally):.0%} of the text stands under no known heading: look at a few "
            "with `decisions sections` before you rely on the scores."
        )
    if without_headings_share(tally) > MOST_WITHOUT_HEADINGS:
        yield (
            f"{without_headings_share(tally):.0%} of the decisions lack the heading of the "
            "complaint, the findings or the decision: are they whole?"
        )
    yield from _mix_warnings(mix_of(tally.outcomes), manifest)


def _mix_warnings(here: Mapping[str, float], manifest: Mapping[str, Any]) -> Iterator[str]:
    year, published = _latest_published()
    for mix in _training_mix(manifest).values():
        if shift(here, mix) > MOST_SHIFT:
            yield (
                "The outcome mix is far from that of the training corpus; if it is that of all "
                f"published decisions, add --prior {year}."
            )
    if shift(here, published) > MOST_SHIFT:
        yield f"The outcome mix is far from that of all decisions published in {year}."


def _latest_published() -> tuple[str, dict[str, float]]:
    year = max(PUBLISHED_MIXES)
    return year, mix_of(PUBLISHED_MIXES[year])


def _training_mix(manifest: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    outcomes = (manifest.get("corpus") or {}).get("outcomes")
    return {"training corpus": mix_of(outcomes)} if outcomes else {}
