"""The component that finds statutory provisions: Doc -> ``doc.spans["provisions"]``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
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
        add = doc.vocab.strings.add
        _annotate(
            doc, SPANS_KEY, [(one.start, one.end, add(one.how), add(one.id)) for one in found]
        )
        label = add("citation")
        words: list[Group | Mention] = [*citations.groups, *citations.mentions]
        _annotate(doc, CITATIONS, [(one.start, one.end, label, 0) for one in words])
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


def _annotate(doc: Doc, key: str, found: list[tuple[int, int, int, int]]) -> None:
    """Write spans of whole tokens into ``doc.spans``, for start, end, label and id (hashes)."""
    spans = [
        doc.char_span(start, end, label, path, None, "expand") for start, end, label, path in found
    ]
    doc.spans[key] = SpanGroup(doc, name=key, spans=[span for span in spans if span is not None])


def read_provisions(doc: Doc) -> list[Provision]:
    """Return the provisions of a Doc with the section each stands in.

    Offsets are characters of ``doc.text``. The section is ``unknown`` where the Doc has no
    sections.
    """
    spans = doc.spans.get(SPANS_KEY)
    if not spans:
        return []
    text = text_of(doc)
    sections = list(doc.spans.get("sections", ()))
    starts = [section.start_char for section in sections]
    found = []
    for span in spans:
        start, end, path = span.start_char, span.end_char, span.kb_id_
        place = bisect_right(starts, start) - 1
        inside = place >= 0 and start < sections[place].end_char
        label = sections[place].label_ if inside else "unknown"
        found.append(
            Provision(path, display(path), text[start:end], start, end, label, span.label_)
        )
    return found
