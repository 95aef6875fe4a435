"""The spaCy component that divides a decision into its sections."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.pipeline.span_ruler import overlapping_labeled_spans_score
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import SimpleFrozenList, ensure_path, from_bytes, from_disk, to_bytes, to_disk

from pipeline.decision import SECTION_LABELS, Section
from pipeline.doctext import text_of
from pipeline.headings import SUBHEADING, Entry, HeadingRules, load_rules
from pipeline.outline import Outline, outline

SECTIONS = "sections"
HEADINGS = "headings"
SUBHEADINGS = "subheadings"


@Language.factory("decision_sections", assigns=["doc.spans"])
def make_decision_sections(nlp: Language, name: str) -> DecisionSections:
    """Return the component; this is the factory behind ``nlp.add_pipe("decision_sections")``."""
    return DecisionSections(nlp, name)


class DecisionSections(Pipe):
    """Divides a Doc into sections.

    ``doc.spans["sections"]`` partitions the tokens; the label of each span is one of
    `SECTION_LABELS`. ``doc.spans["headings"]`` are the headings that open them, with the same
    labels, and ``doc.spans["subheadings"]`` those that stand inside. ``span._.heading`` of a
    section is its heading. Nothing is written anywhere else, so that a Doc comes back whole
    from a `DocBin`.

    A heading that runs into the text ("The complaintMr X says") is made a token of its own.
    """

    def __init__(self, nlp: Language, name: str = "decision_sections") -> None:
        self.nlp = nlp
        self.name = name
        self.rules = load_rules()

    def __call__(self, doc: Doc) -> Doc:
        """Set the three groups of spans on `doc` and return it."""
        error_handler = self.get_error_handler()
        try:
            self.set_annotations(doc, outline(text_of(doc), self.rules))
        except Exception as error:
            error_handler(self.name, self, [doc], error)
        return doc

    def set_annotations(self, doc: Doc, found: Outline) -> None:
        """Write an outline of the text of `doc` to its spans."""
        headings = [span for heading in found.headings if (span := doc.char_span(*heading))]
        if len(headings) < len(found.headings):
            _split_tokens(doc, found)
            headings = [_span(doc, *heading) for heading in found.headings]
        token_of = {span.start_char: span.start for span in headings}
        starts = [
            token_of[start] if start in token_of else _token_at(doc, start)
            for start, _ in found.sections
        ]
        ends = [*starts[1:], len(doc)]
        doc.spans[SECTIONS] = [
            Span(doc, start, end, label)
            for start, end, (_, label) in zip(starts, ends, found.sections, strict=False)
        ]
        doc.spans[HEADINGS] = headings
        doc.spans[SUBHEADINGS] = [
            _span(doc, start, end, SUBHEADING) for start, end in found.subheadings
        ]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that a section may have."""
        return SECTION_LABELS

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score the sections: precision, recall and F, overall and by label."""
        scores: dict[str, Any] = overlapping_labeled_spans_score(
            examples, spans_key=SECTIONS, **kwargs
        )
        return scores

    # ---- rules ----

    def add_rules(self, kind: str, entries: Iterable[Entry]) -> None:
        """Add tables of one kind (``heading``, ``keyword``, ``line``), as in `headings.toml`.

        Raises `ValueError` where an entry is incomplete.
        """
        tables = self.rules.entries
        self.rules = HeadingRules({**tables, kind: [*tables[kind], *entries]})

    def _set_rules(self, data: str | bytes) -> None:
        self.rules = HeadingRules(json.loads(data))

    def to_bytes(self, *, exclude: Iterable[str] = SimpleFrozenList()) -> bytes:
        """Serialize the rules to a bytestring."""
        serializers = {"rules": lambda: json.dumps(self.rules.entries).encode()}
        data: bytes = to_bytes(serializers, exclude)
        return data

    def from_bytes(
        self, bytes_data: bytes, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> DecisionSections:
        """Load the rules from a bytestring."""
        from_bytes(bytes_data, {"rules": self._set_rules}, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()) -> None:
        """Save the rules to a directory."""
        serializers: dict[str, Callable[[Path], Any]] = {
            "rules.json": lambda file: file.write_text(
                json.dumps(self.rules.entries, ensure_ascii=False, indent=1), encoding="utf-8"
            )
        }
        to_disk(ensure_path(path), serializers, exclude)

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> DecisionSections:
        """Load the rules from a directory."""
        deserializers: dict[str, Callable[[Path], Any]] = {
            "rules.json": lambda file: self._set_rules(file.read_text(encoding="utf-8"))
        }
        from_disk(ensure_path(path), deserializers, exclude)
        return self


# ---- from characters to tokens ------------------------------------------------------------


def _span(doc: Doc, start: int, end: int, label: str) -> Span:
    span = doc.char_span(start, end, label, alignment_mode="expand")
    assert span is not None, "the outline is of another text"
    return span


def _token_at(doc: Doc, offset: int) -> int:
    """Return the index of the token in which a character stands."""
    span = doc.char_span(offset, offset + 1, alignment_mode="expand")
    return span.start if span is not None else len(doc)


def _split_tokens(doc: Doc, found: Outline) -> None:
    """Split tokens that stand astride the edge of a heading or section."""
    edges = {start for start, _ in found.sections}
    edges.update(edge for start, end, _ in found.headings for edge in (start, end))
    with doc.retokenize() as retokenizer:
        for at, group in groupby(sorted(edges), key=lambda edge: _token_at(doc, edge)):
            if at == len(doc):
                continue
            token = doc[at]
            cuts = [edge - token.idx for edge in group if 0 < edge - token.idx < len(token)]
            parts = [token.text[a:b] for a, b in pairwise([0, *cuts, len(token)])]
            if cuts:
                retokenizer.split(token, parts, heads=[(token, 0)] * len(parts))


# ---- reading the result -------------------------------------------------------------------


def heading_of(section: Span) -> Span | None:
    """Return the heading span of a section, or None."""
    headings: Iterable[Span] = section.doc.spans.get(HEADINGS, [])
    return next((h for h in headings if section.start <= h.start < section.end), None)


if not Span.has_extension("heading"):
    Span.set_extension("heading", getter=heading_of)


def read_sections(doc: Doc) -> list[Section]:
    """Return the sections of `doc`, with character offsets that partition its text."""
    text = text_of(doc)
    spans = list(doc.spans.get(SECTIONS, ()))
    starts = [0, *[span.start_char for span in spans[1:]]]
    ends = [*starts[1:], len(text)]
    first_tokens = [span.start for span in spans]
    # A slice of the text: `Span.text` puts it together from the tokens.
    headings = {
        bisect_right(first_tokens, heading.start) - 1: text[heading.start_char : heading.end_char]
        for heading in doc.spans.get(HEADINGS, ())
    }
    of_section = [headings.get(i, "") for i in range(len(spans))]
    return list(map(Section, [span.label_ for span in spans], of_section, starts, ends))


def unlisted_headings(docs: Iterable[Doc], rules: HeadingRules | None = None) -> Counter[str]:
    """Count the headings and sub-headings of `docs` that no rule lists, as printed."""
    rules = rules or load_rules()
    counts: Counter[str] = Counter()
    for doc in docs:
        for group in (HEADINGS, SUBHEADINGS):
            for span in doc.spans.get(group, []):
                known = rules.read(span.text)
                if known is None or known.heading is None:
                    counts[span.text] += 1
    return counts
