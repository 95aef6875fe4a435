"""The header of a published decision: its fields, and the cuts that take them out of the text.

A page begins with a title ``Authority (20 011 228)`` and the lines ``Category : A > B``,
``Decision : Upheld`` and ``Decision date : 30 Mar 2021``. The second of them is the label,
so all of them leave the text before anything else reads it. The cut is made so that the
text that remains is the same whether those lines were there, were different, or were
missing: above the decision proper every field line goes, and every blank line with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.body_start import FINAL_DECISION, Line, head_of, is_prose
from pipeline.decision import Outcome
from pipeline.fields import (
    BARE_REFERENCE,
    DATE,
    NAMED_REFERENCE,
    TITLE,
    URL,
    date_of,
    fields_of_url,
    is_category,
    outcome_of,
    outcome_prefix,
    plain,
    ref_of,
    tidy,
)
from pipeline.header_fields import (
    Field,
    fits,
    inline_fields,
    is_known,
    label_alone,
    whole_line_fields,
)
from pipeline.reading_rules import BODY_LINE

MAX_HEADER_LINE: Final = 200
# A cheap test that spares most lines the dear ones: a word, digit or sign of a header line.
MAY_BE_HEADER = re.compile(
    r"[\d>]|category|decision|outcome|date|upheld|closed|satisfied|complaint against",
    re.IGNORECASE,
)
STATUS_LINE = re.compile(r" *(?:statement|report)[ |,;-]+(?P<rest>\S.*)", re.IGNORECASE)
LATER_LABEL = re.compile(
    r"\n(?=[ \t\xa0*_|]{0,8}(?:category|decision|date of decision|outcome|published outcome"
    r"|ombudsman satisfied)\b)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Header:
    """What the header of one decision says; empty where it says nothing.

    ``cuts`` are character spans of the text that was parsed, in order, without overlap.
    """

    ref: str = ""
    authority: str = ""
    category: str = ""
    subcategory: str = ""
    date: str = ""
    """ISO date."""
    outcome: Outcome | None = None
    url: str = ""
    cuts: list[tuple[int, int]] = field(default_factory=list)
    outcomes_seen: set[Outcome | None] = field(default_factory=set)
    """Every outcome that was printed; None stands for a wording that is not one of three."""


def parse_header(text: str) -> Header:
    """Return the header fields of a text and the spans that hold them.

    ``text`` is a page as `pipeline.decoding.normalise` returns it. Of several fields of one
    kind the first counts; two different outcomes (a joint page of two bodies) give None.
    """
    header = Header()
    lines, body = head_of(text)
    kept: list[tuple[int, int]] = []
    at = 0
    below_title = False
    while at < body:
        after = _take(lines, at, header, below_title)
        if after > at:
            below_title = below_title or header.ref != ""
            at = after
            continue
        kept.extend(_keep(lines[at], header))
        below_title = below_title and not is_prose(lines[at].look)
        at += 1
    end = len(text) if body == len(lines) else lines[body].start
    if body < len(lines):
        # A decision pasted in one line has its header at the start of that line.
        rest = _keep(lines[body], header)
        kept.extend(rest[:-1])
        end = rest[-1][0] if rest else lines[body].end
    header.cuts = _complement(kept, end)
    header.cuts.extend(_later_labels(text, end))
    if len(header.outcomes_seen) > 1:
        header.outcome = None
    return header


def without(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    """Return ``text`` without the spans ``cuts``."""
    parts = []
    at = 0
    for start, end in cuts:
        parts.append(text[at:start])
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _complement(kept: list[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """Return the spans of ``0..end`` that are not in ``kept``."""
    cuts = []
    at = 0
    for start, stop in [*kept, (end, end)]:
        if start > at:
            cuts.append((at, start))
        at = stop
    return cuts


def _keep(line: Line, header: Header) -> list[tuple[int, int]]:
    """Store the fields inside a longer line; return the spans of the line that stay."""
    fields, start, end = inline_fields(line.look)
    if not fields:
        return [(line.start, line.end)]
    for one in fields:
        _store(one, header)
    spans = [(line.start, line.start + start), (line.start + end, line.end)]
    return [(first, last) for first, last in spans if first < last]


def _take(lines: list[Line], at: int, header: Header, below_title: bool) -> int:
    """Store what line ``at`` says if it is a line of the header; return the index after it.

    The same index means that it is none.
    """
    look = lines[at].look
    if len(look) > MAX_HEADER_LINE:
        return at
    if not MAY_BE_HEADER.search(look) and not is_category(tidy(look)):
        return at
    fields = whole_line_fields(look, below_title=below_title)
    if fields:
        for one in fields:
            _store(one, header)
        return _after_broken_category(lines, at + 1, fields[-1], header)
    if after := _take_label_alone(lines, at, header, below_title):
        return after
    if _take_title(tidy(look), header) or _take_unlabelled(tidy(look), header):
        return at + 1
    return at


def _take_label_alone(lines: list[Line], at: int, header: Header, below_title: bool) -> int:
    """Take a label whose value stands on the next line; 0 where there is none."""
    name, has_colon = label_alone(lines[at].look)
    if not name:
        return 0
    value = tidy(lines[at + 1].look) if at + 1 < len(lines) else ""
    may_be = has_colon and value and (below_title or fits(name, value))
    if is_known(name, value) or (may_be and not _is_own_line(value)):
        one = Field(name, value)
        _store(one, header)
        return _after_broken_category(lines, at + 2, one, header)
    return at + 1 if has_colon else 0


def _is_own_line(value: str) -> bool:
    """Say whether a line is a label or a heading, so not the value of the label above."""
    return bool(
        label_alone(value)[0]
        or whole_line_fields(value)
        or FINAL_DECISION.match(value)
        or BODY_LINE.match(value)
    )


def _after_broken_category(lines: list[Line], at: int, last: Field, header: Header) -> int:
    """Take ``>`` and the subcategory that stand on lines of their own."""
    if last.name != "category" or at >= len(lines):
        return at
    look = lines[at].look.strip()
    if look == ">" and at + 1 < len(lines):
        at += 1
        subcategory = lines[at].look.strip()
    elif last.value.endswith(">"):
        subcategory = look
    elif look.startswith("> "):
        subcategory = look[1:].strip()
    else:
        return at
    if _is_own_line(subcategory):
        return at
    header.subcategory = header.subcategory or subcategory
    return at + 1


def _take_title(look: str, header: Header) -> bool:
    """Take a title, a reference or an address that has the line to itself."""
    if title := TITLE.fullmatch(look):
        _store(Field("title", title[0]), header)
    elif bare := (BARE_REFERENCE.fullmatch(look) or NAMED_REFERENCE.fullmatch(look)):
        header.ref = header.ref or ref_of(bare["ref"])
    elif URL.fullmatch(look):
        ref, category, subcategory = fields_of_url(look)
        header.url = header.url or look
        header.ref = header.ref or ref
        header.category = header.category or category
        header.subcategory = header.subcategory or subcategory
    else:
        return False
    return True


def _take_unlabelled(look: str, header: Header) -> bool:
    """Take an outcome, a date or a category that lost its label."""
    status = STATUS_LINE.fullmatch(look)
    if status and (end := outcome_prefix(status["rest"], 0)):
        _store(Field("outcome", status["rest"][:end]), header)
        found = DATE.search(status["rest"], end)
        header.date = header.date or (date_of(found[0]) if found else "")
    elif outcome_of(look):
        _store(Field("outcome", look), header)
    elif DATE.fullmatch(look):
        _store(Field("date", look), header)
    elif is_category(look):
        _store(Field("category", look), header)
    else:
        return False
    return True


def _store(one: Field, header: Header) -> None:
    """Keep a field; the first of its kind counts."""
    if one.name == "title":
        if title := TITLE.fullmatch(tidy(one.value)):
            header.authority = header.authority or tidy(title["authority"] or "")
            header.ref = header.ref or ref_of(title["ref"])
    elif one.name == "category":
        names = [tidy(name) for name in one.value.split(">")]
        names = [name for name in names if name.casefold() not in ("home", "decisions", "")]
        if names and not header.category:
            header.category = names[0]
            header.subcategory = names[1] if len(names) > 1 else ""
    elif one.name == "outcome":
        header.outcomes_seen.add(outcome_of(one.value))
        header.outcome = header.outcome or outcome_of(one.value)
    elif one.name == "date":
        header.date = header.date or date_of(one.value)
    elif one.name == "authority":
        header.authority = header.authority or one.value


def _later_labels(text: str, body: int) -> list[tuple[int, int]]:
    """Return the label lines below the start of the body.

    Only lines that hold nothing but a known value and bear no list mark. They set no
    field, for a body may quote the decision of a panel.
    """
    cuts = []
    for found in LATER_LABEL.finditer(text, body):
        start = found.end()
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline + 1
        if end - start > MAX_HEADER_LINE:
            continue
        fields = whole_line_fields(plain(text[start:end].removesuffix("\n")))
        if fields and all(is_known(one.name, one.value) for one in fields):
            cuts.append((start, end))
    return cuts
