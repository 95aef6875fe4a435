"""What an analyst should know before trusting a row: one sentence for each check that fires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from pipeline.cuts import completeness
from pipeline.decision import Section
from pipeline.statutes import load_registry

MOST_UNKNOWN = 0.2
LEAST_KNOWN = 0.4
SURE = 0.9


def check(
    sections: Sequence[Section], known: float, cited: Set[str], grounds: Mapping[str, float]
) -> list[str]:
    """Return the warnings for one decision.

    Parameters
    ----------
    sections
        Its sections, with character offsets.
    known
        Share of its n-grams that the model has seen in training.
    cited
        Grounds of the provisions it cites.
    grounds
        Probability of each ground that has a model.
    """
    return [*_copy_warnings(sections), *_word_warnings(known), *_ground_warnings(cited, grounds)]


def _copy_warnings(sections: Sequence[Section]) -> Iterable[str]:
    length = dict.fromkeys(("unknown", "furniture", "header"), 0)
    for section in sections:
        length[section.label] = length.get(section.label, 0) + section.end - section.start
    body = sum(length.values()) - length["furniture"] - length["header"]
    if body and length["unknown"] / body > MOST_UNKNOWN:
        yield f"{length['unknown'] / body:.0%} of the text stands under no known heading"
    labels = [section.label for section in sections]
    if completeness(labels) == "start" and length["unknown"] < body:
        yield "the copy ends before the findings and the decision"


def _word_warnings(known: float) -> Iterable[str]:
    if known < LEAST_KNOWN:
        yield f"only {known:.0%} of its words and word pairs occur in the training corpus"


def _ground_warnings(cited: Set[str], grounds: Mapping[str, float]) -> Iterable[str]:
    if not cited:
        return
    labels = load_registry().grounds
    for name, probability in grounds.items():
        if probability >= SURE and name not in cited:
            yield f"reads like '{labels[name].label}' but cites no provision for it"
