"""The honest names for what a model may read, and what each task is then called."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.decision import SECTION_LABELS
from pipeline.ngrams import NEVER_READ


@dataclass(frozen=True, slots=True)
class View:
    """What the outcome model and the grounds model read under one name."""

    name: str
    task: str
    outcome_sections: tuple[str, ...]
    grounds_sections: tuple[str, ...]


def _all_but(*left_out: str) -> tuple[str, ...]:
    return tuple(label for label in SECTION_LABELS if label not in (*NEVER_READ, *left_out))


# A heading that was missed makes its section `unknown`; only `full` may read that, since it
# may hold the decision itself. The role section recites the powers that were used, so it is
# the grounds in other words: away from `full` the grounds model does not see it.
_TELLS = ("summary", "action", "decision", "not_investigated", "unknown")

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("full", "outcome identification", _all_but(), _all_but()),
        View(
            "reasons",
            "outcome-based categorisation",
            _all_but(*_TELLS),
            _all_but(*_TELLS, "role"),
        ),
        View(
            "complaint",
            "outcome-based categorisation, the hard one",
            ("complaint",),
            ("complaint",),
        ),
    )
}


def get_view(name: str) -> View:
    """Return a view by name.

    Raises
    ------
    ValueError
        There is no such view.
    """
    try:
        return VIEWS[name]
    except KeyError:
        raise ValueError(f"There is no view {name!r}; choose one of {', '.join(VIEWS)}.") from None
