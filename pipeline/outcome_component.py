"""The component that says how a decision came out: Doc -> ``doc.cats``.

Nothing heavy is imported before the first text, since spaCy imports the components of every
installed package whenever a pipeline is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.decision import OUTCOMES, Decision

if TYPE_CHECKING:
    from pipeline.scorer import Scorer

NEEDED = {"sections": "decision_sections", "provisions": "statute_provisions"}
"""Span groups that must be there, and the components that write them."""


@Language.factory(
    "decision_outcome",
    assigns=["doc.cats"],
    requires=["doc.spans"],
    default_config={"model": None, "view": "full", "prior": "corpus"},
)
def make_decision_outcome(
    nlp: Language, name: str, model: str | None, view: str, prior: str
) -> DecisionOutcome:
    """Return the component; the factory behind ``nlp.add_pipe("decision_outcome")``.

    ``model`` is the folder of a trained model, where it is not given ``models/default`` of the
    project; ``view`` and ``prior`` are as in `pipeline.scorer.Scorer.load`.
    """
    return DecisionOutcome(nlp, name, model=model, view=view, prior=prior)


class DecisionOutcome:
    """Fills ``doc.cats`` with the probability of each of `pipeline.decision.OUTCOMES`.

    It reads the sections and provisions that the components before it have found. The model
    is loaded with the first text; a pipeline that is saved keeps the folder's name, not the
    model.
    """

    def __init__(
        self,
        nlp: Language,
        name: str = "decision_outcome",
        *,
        model: str | None = None,
        view: str = "full",
        prior: str = "corpus",
    ) -> None:
        self.nlp = nlp
        self.name = name
        self.model = model
        self.view = view
        self.prior = prior
        self._scorer: Scorer | None = None

    def use(self, scorer: Scorer) -> None:
        """Take the model of a scorer, instead of the one in the folder."""
        self._scorer = type(scorer)(scorer.model, scorer.name, nlp=self.nlp, prior=scorer.prior)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.cats`` and return the Doc.

        Raises
        ------
        pipeline.bundle.BundleError
            The model is missing, changed, or of another version.
        ValueError
            The components that find sections and provisions do not stand before this one.
        """
        for group, component in NEEDED.items():
            if group not in doc.spans:
                raise ValueError(
                    f"{self.name} needs {component} before it in the pipeline: "
                    f'nlp.add_pipe("{component}", before="{self.name}").'
                )
        if self._scorer is None:
            self._scorer = self._load()
        (reading,) = self._scorer.read_docs([doc], [Decision(doc.text)])
        doc.cats.update(zip(OUTCOMES, reading.probabilities.tolist(), strict=True))
        return doc

    def _load(self) -> Scorer:
        from pipeline.bundle import DEFAULT, load_view
        from pipeline.conformal import read_prior
        from pipeline.scorer import Scorer

        folder = Path(self.model) if self.model else DEFAULT
        prior = read_prior(self.prior)
        return Scorer(load_view(folder, self.view), self.view, nlp=self.nlp, prior=prior)
