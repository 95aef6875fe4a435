"""The nouns of the project: what is read, what is found in it, what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Outcome = Literal["closed_after_initial_enquiries", "not_upheld", "upheld"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

SectionLabel = Literal[
    "header",
    "summary",
    "complaint",
    "scope",
    "role",
    "consideration",
    "background",
    "findings",
    "action",
    "decision",
    "not_investigated",
    "signature",
    "furniture",
    "unknown",
]
SECTION_LABELS: tuple[SectionLabel, ...] = get_args(SectionLabel)

Resolution = Literal["named", "back_reference", "by_custom", "unresolved"]
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it was read.

    ``text`` is what the pipeline reads. The header fields (title, category, outcome, date)
    are parsed into the attributes and are *not* in ``text``, so no model can see the label.
    ``cuts`` are the character spans that were taken out, in the coordinates of the text that
    was read (newlines normalised to ``\\n``), in order and without overlap.
    """

    text: str
    ref: str = ""
    authority: str = ""
    category: str = ""
    subcategory: str = ""
    date: str = ""
    """ISO date, or empty."""
    outcome: Outcome | None = None
    """The published label, or None where there is none."""
    url: str = ""
    source: str = ""
    """Where it was read from: a path, a path with a row number, or ``-``."""
    cuts: tuple[tuple[int, int], ...] = ()

    def offset_as_read(self, offset: int) -> int:
        """Translate an offset in ``text`` to one in the text that was read.

        At a cut, the offset before the cut is returned, so that consecutive spans stay
        consecutive.
        """
        for start, end in self.cuts:
            if start >= offset:
                break
            offset += end - start
        return offset


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a decision under one heading. Offsets are characters, end exclusive."""

    label: str
    heading: str
    """The heading as printed, or empty where the section has none."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Provision:
    """A statutory provision cited in a decision. Offsets are characters, end exclusive."""

    id: str
    """Path on legislation.gov.uk (``ukpga/1974/7/section/24A/6``), empty where unresolved."""
    display: str
    """OSCOLA style: ``Local Government Act 1974, s 24A(6)``."""
    text: str
    """As printed."""
    start: int
    end: int
    section: str
    """Label of the section it stands in."""
    act_resolved: str
    """One of `RESOLUTIONS`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that could not be scored, and what to do about it."""

    source: str
    position: int
    """Place among the inputs, counted from 0."""
    kind: str
    """Short name of the fault: ``empty``, ``binary``, ``listing``, ..."""
    sentence: str
    """What is wrong and what to do, for the analyst."""
