"""A loaded model: decisions in, rows of the scored table out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.as_read import sections_as_read
from pipeline.batches import TOGETHER, batched
from pipeline.bundle import DEFAULT, load_view, read_manifest
from pipeline.checks import check
from pipeline.conformal import correct_for_prior, read_prior
from pipeline.cues import CueMatcher
from pipeline.decision import OUTCOMES, Decision, Provision, Section
from pipeline.doctext import tokens_of
from pipeline.evidence import Evidence, find_evidence
from pipeline.ngrams import read_joined
from pipeline.nlp import build_nlp
from pipeline.provisions import read_provisions
from pipeline.scored_table import COLUMNS
from pipeline.sections import read_sections
from pipeline.statutes import grounds_of
from pipeline.view_model import Prediction, ViewModel

LEAST_SHOWN = 0.05
"""Grounds below this probability are not listed in ``ground_probabilities``."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one decision."""

    decision: Decision
    sections: list[Section]
    provisions: list[Provision]
    probabilities: NDArray[np.float64]
    outcome_set: tuple[str, ...]
    grounds: dict[str, float]
    """Probability of each ground that has a model, likeliest first."""
    predicted_grounds: tuple[str, ...]
    evidence: list[Evidence]
    warnings: list[str]
    known: float
    """Share of its words and word pairs that the model has seen in training."""

    @property
    def outcome(self) -> str:
        """The likeliest outcome."""
        return OUTCOMES[int(self.probabilities.argmax())]

    @property
    def review(self) -> bool:
        """Whether a person should look: the set is not a single outcome, or a check fired."""
        return len(self.outcome_set) != 1 or bool(self.warnings)


class Scorer:
    """One view of a bundle with the pipeline it needs."""

    def __init__(
        self,
        model: ViewModel,
        name: str,
        nlp: Language | None = None,
        prior: NDArray[np.float64] | None = None,
    ) -> None:
        self.model = model
        self.name = name
        self.nlp = nlp or build_nlp()
        self.cues = CueMatcher(self.nlp)
        self.prior = prior

    @classmethod
    def load(
        cls,
        folder: Path = DEFAULT,
        view: str = "full",
        *,
        prior: str = "corpus",
        mmap: bool = False,
    ) -> Self:
        """Load one view of the bundle in ``folder``.

        ``prior`` is ``corpus``, a year of published figures, or a TOML file with an outcome mix.

        Raises
        ------
        pipeline.bundle.BundleError
            The bundle is missing, changed, or of another version.
        ValueError
            There is no such prior.
        """
        mix = read_prior(prior)
        model = load_view(folder, view, mmap=mmap)
        fingerprint = read_manifest(folder)["files"][f"{view}.joblib"]["sha256"]
        return cls(model, f"{view}@{fingerprint[:12]}", prior=mix)

    def read(self, decisions: Iterable[Decision]) -> Iterator[Reading]:
        """Yield what is found in each decision, in order. A few are read ahead, together."""
        for batch in batched(decisions, TOGETHER):
            yield from self.read_batch(batch)

    def read_batch(self, decisions: Sequence[Decision]) -> list[Reading]:
        """Return what is found in each of a few decisions.

        Each step is done for all of them before the next: code and tables that were just used
        are still in the cache of the processor.
        """
        docs = []
        for decision in decisions:
            docs.append(self.nlp.make_doc(decision.text))
            tokens_of(docs[-1])
        for _, component in self.nlp.pipeline:
            docs = [component(doc) for doc in docs]
        return self.read_docs(docs, decisions)

    def read_docs(self, docs: Sequence[Doc], decisions: Sequence[Decision]) -> list[Reading]:
        """Return what is found in decisions whose texts became ``docs``."""
        sections = [read_sections(doc) for doc in docs]
        provisions = [read_provisions(doc) for doc in docs]
        ngrams = read_joined(docs, self.cues)
        predictions = self.model.predict_joined(ngrams)
        evidence = [
            find_evidence(decision.text, here, text, prediction.pull)
            for decision, here, text, prediction in zip(
                decisions, sections, ngrams.split(), predictions, strict=True
            )
        ]
        return [
            self._reading(*found)
            for found in zip(decisions, sections, provisions, predictions, evidence, strict=True)
        ]

    def _reading(
        self,
        decision: Decision,
        sections: list[Section],
        provisions: list[Provision],
        prediction: Prediction,
        evidence: list[Evidence],
    ) -> Reading:
        probabilities = prediction.probabilities
        if self.prior is not None:
            probabilities = correct_for_prior(
                probabilities[None], self.model.trained_on, self.prior
            )[0]
        names = self.model.grounds.grounds_
        likely: list[float] = prediction.grounds.tolist()
        order = sorted(range(len(names)), key=lambda place: -likely[place])
        grounds = {names[place]: likely[place] for place in order}
        predicted = (prediction.grounds >= self.model.grounds.thresholds_).tolist()
        cited = grounds_of(found.id for found in provisions if found.id)
        return Reading(
            decision=decision,
            sections=sections,
            provisions=provisions,
            probabilities=probabilities,
            outcome_set=tuple(
                outcome
                for outcome, member in zip(OUTCOMES, prediction.outcome_set.tolist(), strict=True)
                if member
            ),
            grounds=grounds,
            predicted_grounds=tuple(names[place] for place in order if predicted[place]),
            evidence=evidence,
            warnings=check(sections, prediction.known, cited, grounds),
            known=prediction.known,
        )

    def row(self, reading: Reading) -> dict[str, Any]:
        """Return a reading as one row of the scored table, its keys in the order of `COLUMNS`."""
        decision = reading.decision
        probabilities = [round(p, 4) for p in reading.probabilities.tolist()]
        values = (
            decision.ref,
            decision.source,
            decision.authority,
            decision.category,
            decision.date,
            reading.outcome,
            *probabilities,
            "|".join(reading.outcome_set),
            reading.review,
            decision.outcome or "",
            reading.predicted_grounds[0] if reading.predicted_grounds else "",
            "|".join(reading.predicted_grounds),
            "|".join(f"{g}={p:.3f}" for g, p in reading.grounds.items() if p >= LEAST_SHOWN),
            "|".join(dict.fromkeys(found.id for found in reading.provisions if found.id)),
            "|".join(
                f"{found.label}:{found.start}-{found.end}"
                for found in sections_as_read(decision, reading.sections)
            ),
            evidence_json(decision, reading.evidence),
            "|".join(reading.warnings),
            self.name,
        )
        return {
            column: safe_cell(value) if isinstance(value, str) else value
            for column, value in zip(COLUMNS, values, strict=True)
        }


def evidence_json(decision: Decision, evidence: Sequence[Evidence]) -> str:
    """Return the evidence as JSON, offsets into the text that was read."""
    at = decision.offset_as_read
    return json.dumps(
        [
            {
                "section": one.section,
                "start": at(one.start),
                "end": at(one.end),
                "text": decision.text[one.start : one.end],
                "weight": round(one.weight, 4),
            }
            for one in evidence
        ],
        ensure_ascii=False,
    )


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    A leading apostrophe is what spreadsheets themselves use to mark text (OWASP, CSV Injection).
    """
    return "'" + text if text.startswith(_FORMULA) else text
