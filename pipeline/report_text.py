"""The text of a decision cut into sections, lines and marked pieces, for its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.decision import Decision
from pipeline.headings import load_rules
from pipeline.outline import outline
from pipeline.provisions import StatuteProvisions
from pipeline.report_table import Evidence, ScoredDecision, Stretch, showable
from pipeline.report_words import provision_link, section_name
from pipeline.resolution import Resolved
from pipeline.statutes import display, load_registry

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that is marked the same way throughout."""

    text: str
    evidence: int = 0
    """Number of the evidence sentence it belongs to, from 1; 0 for none."""
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text that is not blank."""

    kind: str
    """``heading``, ``subheading`` or ``text``."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its lines. ``anchor`` is its name inside the page."""

    anchor: str
    label: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ShownText:
    """A whole text, ready to be shown."""

    sections: tuple[ShownSection, ...]
    marked: frozenset[int]
    """Numbers of the evidence sentences that were found in it."""
    fits: bool
    """False where the text is not the one that was scored, so its sections are unknown."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the rules find in a text: spans of headings, and the provisions."""

    headings: tuple[Span, ...] = ()
    subheadings: tuple[Span, ...] = ()
    provisions: tuple[Resolved, ...] = ()


class Marker:
    """Finds headings and provisions in plain text, by the same rules as the pipeline."""

    def __init__(self) -> None:
        self._rules = load_rules()
        self._provisions = StatuteProvisions(load_registry())

    def __call__(self, text: str) -> Marks:
        found = outline(text, self._rules)
        return Marks(
            tuple((start, end) for start, end, _ in found.headings),
            tuple(found.subheadings),
            tuple(self._provisions.find(text)),
        )


def offset_in_text(cuts: Iterable[Span], offset: int) -> int:
    """Translate an offset in the text that was read to one in ``Decision.text``.

    The reverse of `Decision.offset_as_read`; an offset inside a cut gives the place of the cut.
    """
    removed = 0
    for start, end in cuts:
        if start >= offset:
            break
        removed += min(end, offset) - start
    return offset - removed


def show_text(decision: Decision, scored: ScoredDecision, marks: Marks) -> ShownText:
    """Cut the text of a decision for its page, with the evidence and provisions marked."""
    text = showable(decision.text)
    found = {
        number: span
        for number, item in enumerate(scored.evidence, start=1)
        if (span := _locate(text, item, decision.cuts)) is not None
    }
    sections = _sections_in_text(scored.sections, decision)
    shown = []
    for number, section in enumerate(sections or [Stretch("", 0, len(text))], start=1):
        lines = tuple(_lines(text, section, marks, found))
        if lines:
            name = section_name(section.label) if section.label else "Text"
            shown.append(ShownSection(f"section-{number}", section.label, name, lines))
    return ShownText(tuple(shown), frozenset(found), fits=bool(sections))


def _locate(text: str, item: Evidence, cuts: Sequence[Span]) -> Span | None:
    """Return where a sentence stands: at its offset, or at its nearest occurrence to it."""
    start = offset_in_text(cuts, item.start)
    if not item.text:
        return None
    if not text.startswith(item.text, start):
        places = []
        place = text.find(item.text)
        while place >= 0:
            places.append(place)
            place = text.find(item.text, place + 1)
        if not places:
            return None
        start = min(places, key=lambda place: abs(place - start))
    return start, start + len(item.text)


def _sections_in_text(sections: Sequence[Stretch], decision: Decision) -> list[Stretch]:
    """Return the sections with offsets into ``decision.text``; none where they do not fit."""
    ends = [0, *(section.end for section in sections)]
    length = len(decision.text) + sum(end - start for start, end in decision.cuts)
    contiguous = [section.start for section in sections] == ends[:-1]
    if not contiguous or ends[-1] != length:
        return []
    return [
        Stretch(
            section.label,
            offset_in_text(decision.cuts, section.start),
            offset_in_text(decision.cuts, section.end),
        )
        for section in sections
    ]


def _lines(text: str, section: Stretch, marks: Marks, evidence: dict[int, Span]) -> Iterator[Line]:
    start = section.start
    for line in text[section.start : section.end].split("\n"):
        end = start + len(line)
        if line.strip():
            yield Line(
                _kind((start, end), marks), tuple(_pieces(text, start, end, marks, evidence))
            )
        start = end + 1


def _kind(line: Span, marks: Marks) -> str:
    """A line is a heading where a heading span covers all of it but list marks."""
    if any(_covers(span, line) for span in marks.headings):
        return "heading"
    return "subheading" if any(_covers(span, line) for span in marks.subheadings) else "text"


def _covers(span: Span, line: Span) -> bool:
    marks_length = 8
    return (
        line[0] <= span[0] <= line[0] + marks_length
        and line[1] - marks_length <= span[1] <= line[1]
    )


def _pieces(
    text: str, start: int, end: int, marks: Marks, evidence: dict[int, Span]
) -> Iterator[Piece]:
    provisions = [item for item in marks.provisions if item.start < end and item.end > start]
    spans = [*evidence.values(), *((item.start, item.end) for item in provisions)]
    edges = {edge for span in spans for edge in span if start < edge < end}
    bounds = sorted({start, end, *edges})
    for left, right in pairwise(bounds):
        provision = next((p for p in provisions if p.start <= left and right <= p.end), None)
        yield Piece(
            text[left:right],
            next((n for n, span in evidence.items() if span[0] <= left and right <= span[1]), 0),
            provision_link(provision.id) if provision else "",
            display(provision.id) if provision else "",
        )
