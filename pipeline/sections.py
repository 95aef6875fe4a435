"""The spaCy component that divides a decision into its sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span
from spacy.util import SimpleFrozenList, ensure_path, from_bytes, from_disk, to_bytes, to_disk

from pipeline.decision import SECTION_LABELS, Section
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

    ``doc.spans["sections"]`` partitions the tokens; each span's label is one of
    `SECTION_LABELS`. ``doc.spans["headings"]`` are the headings that open them, with the same
    labels, and ``doc.spans["subheadings"]`` those that stand inside. Nothing is written
    anywhere else, so a Doc comes back whole from a `DocBin`.
    """

    def __init__(self, nlp: Language, name: str = "decision_sections") -> None:
        self.nlp = nlp
        self.name = name
        self.rules = load_rules()

    def __call__(self, doc: Doc) -> Doc:
        """Set the three groups of spans on `doc` and return it."""
        error_handler = self.get_error_handler()
        try:
            self.set_annotations(doc, outline(doc.text, self.rules))
        except Exception as error:
            error_handler(self.name, self, [doc], error)
        return doc

    def set_annotations(self, doc: Doc, found: Outline) -> None:
        """Write the outline of the text of `doc` to its spans."""
        headings = [doc.char_span(*heading) for heading in found.headings]
        if None in headings:
            _split_tokens(doc, [edge for start, end, _ in found.headings for edge in (start, end)])
            headings = [doc.char_span(*heading) for heading in found.headings]
        doc.spans[HEADINGS] = headings
        doc.spans[SUBHEADINGS] = [
            doc.char_span(start, end, SUBHEADING, alignment_mode="expand")
            for start, end in found.subheadings
        ]
        begun_by = {span.start_char: span.start for span in headings}
        starts = [begun_by.get(start) or _token_at(doc, start) for start, _ in found.sections]
        doc.spans[SECTIONS] = [
            Span(doc, start, end, label)
            for start, end, (_, label) in zip(
                starts, [*starts[1:], len(doc)], found.sections, strict=True
            )
            if start < end
        ]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels a section may have."""
        return SECTION_LABELS

    # ---- rules ----

    def add_rules(self, kind: str, entries: Iterable[Entry]) -> None:
        """Add tables of one kind (``heading``, ``keyword``, ``line``), as in `headings.toml`.

        Raises `ValueError` where an entry is incomplete.
        """
        tables = {**self.rules.entries, kind: [*self.rules.entries[kind], *entries]}
        self.rules = HeadingRules(tables)

    def to_bytes(self, *, exclude: Iterable[str] = SimpleFrozenList()) -> bytes:
        """Serialize the rules to a bytestring."""
        data: bytes = to_bytes({"rules": lambda: srsly.json_dumps(self.rules.entries)}, exclude)
        return data

    def from_bytes(
        self, bytes_data: bytes, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> DecisionSections:
        """Load the rules from a bytestring."""
        from_bytes(bytes_data, {"rules": lambda b: self._set_rules(srsly.json_loads(b))}, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()) -> None:
        """Save the rules to a directory."""
        serializers = {"rules.json": lambda p: srsly.write_json(p, self.rules.entries)}
        to_disk(ensure_path(path), serializers, exclude)

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> DecisionSections:
        """Load the rules from a directory."""
        deserializers: dict[str, Callable[[Path], Any]] = {
            "rules.json": lambda p: self._set_rules(srsly.read_json(p))
        }
        from_disk(ensure_path(path), deserializers, exclude)
        return self

    def _set_rules(self, entries: Any) -> None:
        self.rules = HeadingRules(entries)


# ---- from characters to tokens ----


def _split_tokens(doc: Doc, offsets: Iterable[int]) -> None:
    """Split the tokens that stand astride an offset, so that "complaintMr" is two words."""
    with doc.retokenize() as retokenizer:
        for token_index, group in groupby(sorted(set(offsets)), key=lambda at: _token_at(doc, at)):
            token = doc[token_index] if token_index < len(doc) else None
            if token is None:
                continue
            cuts = [at - token.idx for at in group if token.idx < at < token.idx + len(token)]
            parts = [token.text[a:b] for a, b in pairwise([0, *cuts, len(token)])]
            if len(parts) > 1:
                retokenizer.split(token, parts, heads=[(token, 0)] * len(parts))


def _token_at(doc: Doc, offset: int) -> int:
    """Return the index of the token in which a character stands."""
    span = doc.char_span(offset, offset + 1, alignment_mode="expand")
    return span.start if span is not None else len(doc)


# ---- reading the result ----


def read_sections(doc: Doc) -> list[Section]:
    """Return the sections of `doc` with character offsets that partition ``doc.text``."""
    spans = list(doc.spans.get(SECTIONS, []))
    headings = {span.start: span for span in doc.spans.get(HEADINGS, [])}
    starts = [0, *(span.start_char for span in spans[1:])]
    ends = [*starts[1:], len(doc.text)]
    sections = []
    for span, start, end in zip(spans, starts, ends, strict=False):
        heading = next((h for h in headings.values() if span.start <= h.start < span.end), None)
        sections.append(Section(span.label_, heading.text if heading else "", start, end))
    return sections


def heading_of(span: Span) -> Span | None:
    """Return the heading that stands in `span`, a section, or None."""
    headings: Iterable[Span] = span.doc.spans.get(HEADINGS, [])
    return next((h for h in headings if span.start <= h.start < span.end), None)


Span.set_extension("heading", getter=heading_of, force=True)


def unlisted_headings(docs: Iterable[Doc], rules: HeadingRules | None = None) -> Counter[str]:
    """Count the headings and sub-headings of `docs` that no rule lists, as printed."""
    rules = rules or load_rules()
    return Counter(
        span.text
        for doc in docs
        for group in (HEADINGS, SUBHEADINGS)
        for span in doc.spans.get(group, [])
        if rules.listed(span.text) is None
    )
