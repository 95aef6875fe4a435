"""Reading and scoring decisions from Python: `load`, `read` and `score`.

These are what ``from pipeline import load, read, score`` gives. The examples are run by the
tests, in the folder of the project and with its default model.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from spacy.language import Language

from pipeline.bundle import DEFAULT, read_manifest
from pipeline.drift import drift_lines, drift_warnings
from pipeline.explanation import Explanation
from pipeline.given import Decisions, Given, read_given
from pipeline.nlp import build_nlp
from pipeline.outcome_component import DecisionOutcome
from pipeline.scored_table import COLUMNS
from pipeline.scorer import Scorer
from pipeline.tally import Tally
from pipeline.views import get_view

BATCH = 256
"""Decisions after which the words of the last ones are forgotten, so that memory stays flat."""
MOST_NAMED = 3
"""Inputs that a message names, where several cannot be read."""


class Model:
    """A trained model, ready for texts, files and tables. `load` returns one.

    >>> model = load()
    >>> model
    Model 'full': outcome identification, trained on ... decisions
    """

    def __init__(self, scorer: Scorer, corpus: Mapping[str, Any]) -> None:
        self.scorer = scorer
        self.corpus = corpus
        """What the manifest says of the corpus it was trained on."""

    def __repr__(self) -> str:
        view = self.scorer.model.view
        count = self.corpus.get("decisions")
        about = f", trained on {count:,} decisions" if count else ""
        return f"Model {view.name!r}: {view.task}{about}"

    def score(self, given: Given) -> pd.DataFrame:
        """Return the scored table: one row for each decision, columns as in a scored file.

        ``given`` is a `Decision`, the text or HTML of one, the path of a file, folder or zip
        archive, a table with a column of texts, or a list of any of these. The rows of a table
        keep their labels. Inputs that cannot be read are left out with a warning and listed in
        ``scores.attrs["problems"]``: source, position (from 0), kind and sentence of each.
        ``scores.attrs["drift"]`` says in a few lines how like the training corpus they are.

        Raises
        ------
        ValueError
            None of the inputs can be read; the message says why.

        >>> scores = load().score("corpus/examples")
        >>> scores.loc[3, ["authority", "category", "outcome"]].tolist()
        ['Tidewell County Council', 'Adult care services', 'upheld']
        """
        decisions = _read_or_explain(given)
        rows: list[dict[str, Any]] = []
        tally = Tally()
        for start in range(0, len(decisions), BATCH):
            with self.scorer.nlp.memory_zone():
                for reading in self.scorer.read(decisions[start : start + BATCH]):
                    rows.append(self.scorer.row(reading))
                    tally.add_reading(reading)
        scores = pd.DataFrame(rows, columns=list(COLUMNS))
        if isinstance(given, pd.DataFrame):
            unread = [problem.position for problem in decisions.problems]
            scores.index = given.index.delete(unread)
        scores.attrs["problems"] = [asdict(problem) for problem in decisions.problems]
        about = {"corpus": self.corpus}
        scores.attrs["drift"] = [*drift_lines(tally, about), *drift_warnings(tally, about)]
        return scores

    def explain(self, given: Given) -> Explanation:
        """Return what was found in one decision; a notebook shows it with highlights.

        Raises
        ------
        ValueError
            What was given cannot be read, or holds more than one decision.

        >>> found = load().explain("corpus/examples/wrayburn-school-appeal.jsonl")
        >>> found.outcome
        'not_upheld'
        >>> found.provisions.loc[0, "display"]
        'Local Government Act 1974, s 34(3)'
        """
        decisions = _read_or_explain(given)
        if len(decisions) != 1:
            raise ValueError(
                f"There are {len(decisions)} decisions here, and one can be explained at a time: "
                "take one out of `read(...)`."
            )
        return Explanation(next(self.scorer.read(decisions)), self.scorer)

    @cached_property
    def nlp(self) -> Language:
        """The spaCy pipeline: sections, provisions, and the outcome in ``doc.cats``.

        >>> doc = load().nlp("Summary: The Council was at fault and has agreed to apologise.")
        >>> max(doc.cats, key=doc.cats.get)
        'upheld'
        >>> doc.spans["sections"][0].label_
        'summary'
        """
        nlp = build_nlp()
        view = self.scorer.model.view.name
        component = nlp.add_pipe("decision_outcome", config={"view": view})
        assert isinstance(component, DecisionOutcome)
        component.use(self.scorer)
        return nlp


def load(model: str | Path | None = None, view: str = "full", *, prior: str = "corpus") -> Model:
    """Load a trained model; the project's own, ``models/default``, where none is named.

    ``view`` is what the model may read: ``full``, ``reasons`` or ``complaint``. ``prior`` is
    the outcome mix to correct for: ``corpus``, ``2021-22``, ``2022-23`` or a TOML file.

    Raises
    ------
    pipeline.bundle.BundleError
        The model is missing (``make train`` makes it), changed, or of another version.
    ValueError
        There is no such view or prior.

    >>> load(view="complaint").scorer.model.view.task
    'outcome-based categorisation, the hard one'
    """
    folder = Path(model) if model else DEFAULT
    scorer = Scorer.load(folder, get_view(view).name, prior=prior)
    return Model(scorer, read_manifest(folder).get("corpus", {}))


def read(given: Given) -> Decisions:
    """Return the decisions in a text, a path, a table or a list of these.

    Inputs that cannot be read are left out with a warning and listed in ``.problems``.

    Raises
    ------
    ValueError
        None of the inputs can be read; the message says why.

    >>> decisions = read("corpus/examples")
    >>> decisions
    5 decisions
    >>> decisions[0].authority, decisions[0].date
    ('Fernhollow Borough Council', '2022-11-14')
    >>> read("no-such-file.txt")
    Traceback (most recent call last):
    ValueError: no-such-file.txt does not exist: check the path.
    """
    return _read_or_explain(given)


def score(
    given: Given, model: str | Path | None = None, view: str = "full", *, prior: str = "corpus"
) -> pd.DataFrame:
    """Return the scored table of what is given: ``load(model, view).score(given)`` in short.

    >>> scores = score("The Ombudsman will not investigate. There is not enough evidence of fault.")
    >>> scores.loc[0, "outcome"]
    'closed_after_initial_enquiries'
    """
    return load(model, view, prior=prior).score(given)


def _read_or_explain(given: Given) -> Decisions:
    """Read what is given; raise where nothing of it can be read, warn where something cannot."""
    decisions = read_given(given)
    problems = decisions.problems
    if not problems:
        return decisions
    said = " ".join(problem.sentence for problem in problems[:MOST_NAMED])
    more = len(problems) - MOST_NAMED
    if more > 0:
        said += f" And {more} more."
    if not decisions:
        raise ValueError(said)
    inputs = len(decisions) + len(problems)
    warnings.warn(f"{len(problems)} of {inputs} inputs cannot be read. {said}", stacklevel=3)
    return decisions
