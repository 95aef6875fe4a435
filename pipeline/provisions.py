"""The component that finds statutory provisions: Doc -> ``doc.spans["provisions"]``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import SimpleFrozenList, ensure_path, from_bytes, from_disk, to_bytes, to_disk

from pipeline.citations import Mention, find
from pipeline.customs import Customs
from pipeline.decision import Provision
from pipeline.doctext import text_of
from pipeline.pinpoints import Group
from pipeline.resolution import Resolved, resolve
from pipeline.statutes import Registry, display, load_registry, parse_registry
from pipeline.titles import TitleIndex

SPANS_KEY = "provisions"
CITATIONS = "citations"


@Language.factory("statute_provisions", assigns=["doc.spans"])
def make_statute_provisions(nlp: Language, name: str) -> StatuteProvisions:  # noqa: ARG001
    """Make the component with the project's own registry."""
    return StatuteProvisions(load_registry())


class StatuteProvisions:
    """Writes ``doc.spans["provisions"]``, one span a provision, in order of print.

    ``label_`` of a span is how its instrument was found (`pipeline.decision.RESOLUTIONS`),
    ``kb_id_`` its legislation.gov.uk path, empty where unresolved. ``doc.spans["citations"]``
    holds all the words that cite: pinpoints, and instruments wherever they are named.
    """

    def __init__(self, registry: Registry) -> None:
        self.use(registry)

    def use(self, registry: Registry) -> None:
        """Take another registry."""
        self.registry = registry
        self.index = TitleIndex.of(registry)
        self.customs = Customs.of(registry)

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        citations = find(text, self.index)
        found = resolve(text, citations, self.registry, self.index, self.customs)
        doc.spans[SPANS_KEY] = SpanGroup(
            doc,
            name=SPANS_KEY,
            spans=_spans(doc, ((one.start, one.end, one.how, one.id) for one in found)),
        )
        words: list[Group | Mention] = [*citations.groups, *citations.mentions]
        doc.spans[CITATIONS] = SpanGroup(
            doc,
            name=CITATIONS,
            spans=_spans(doc, ((one.start, one.end, "citation", "") for one in words)),
        )
        return doc

    def find(self, text: str) -> list[Resolved]:
        """Return the provisions of a plain text, with exact character offsets."""
        citations = find(text, self.index)
        return resolve(text, citations, self.registry, self.index, self.customs)

    def to_bytes(self, *, exclude: Iterable[str] = SimpleFrozenList()) -> bytes:
        """Return the registry as bytes."""
        data: bytes = to_bytes({"registry": lambda: self.registry.source.encode()}, exclude)
        return data

    def from_bytes(
        self, data: bytes, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> StatuteProvisions:
        """Take the registry from bytes."""
        from_bytes(data, {"registry": lambda b: self.use(parse_registry(b.decode()))}, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()) -> None:
        """Write the registry into a folder, as ``statutes.toml``."""
        to_disk(
            ensure_path(path),
            {"statutes.toml": self._write},
            exclude,
        )

    def _write(self, path: Path) -> None:
        path.write_text(self.registry.source, encoding="utf-8")

    def from_disk(
        self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()
    ) -> StatuteProvisions:
        """Take the registry from a folder."""
        from_disk(
            ensure_path(path),
            {"statutes.toml": lambda p: self.use(load_registry(p))},
            exclude,
        )
        return self


def _spans(doc: Doc, found: Iterable[tuple[int, int, str, str]]) -> list[Span]:
    """Return spans of whole tokens for start, end, label and id."""
    spans = (
        doc.char_span(start, end, label=label, kb_id=kb_id, alignment_mode="expand")
        for start, end, label, kb_id in found
    )
    return [span for span in spans if span is not None]


def read_provisions(doc: Doc) -> list[Provision]:
    """Return the provisions of a Doc with the section each stands in.

    Offsets are characters of ``doc.text``. The section is ``unknown`` where the Doc has no
    sections.
    """
    sections = [
        (section.start_char, section.end_char, section.label_)
        for section in doc.spans.get("sections", [])
    ]
    return [
        Provision(
            id=span.kb_id_,
            display=display(span.kb_id_),
            text=span.text,
            start=span.start_char,
            end=span.end_char,
            section=next(
                (label for start, end, label in sections if start <= span.start_char < end),
                "unknown",
            ),
            act_resolved=span.label_,
        )
        for span in doc.spans.get(SPANS_KEY, [])
    ]
