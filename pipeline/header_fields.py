"""Labelled values as a header prints them: ``Category : A > B``, ``Decision : Upheld``, ..."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipeline.fields import (
    DATE,
    TITLE_INLINE,
    is_category,
    is_outcome_wording,
    outcome_prefix,
    tidy,
)

LONGEST_TITLE: Final = 250
MOST_INLINE_LABELS: Final = 10
NAMES: Final = ("category", "date", "outcome", "other", "authority")
MARK = re.compile(r"[ *_#|>]*(?:- |\u2022 )?[ *_]*")
LABEL = re.compile(
    r"[ *_|]*(?:"
    r"(?P<category>category)|"
    r"(?P<date>decision date|date of decision|date)|"
    r"(?P<outcome>decision outcome|published outcome|decision type|decision|outcome)|"
    r"(?P<other>ombudsman satisfied with [\w' ]{1,60}response|ombudsman satisfied)|"
    r"(?P<authority>complaint against)"
    r")(?:[ *_|]*(?P<colon>[:=])[ *_|]*|[ *_|]+(?:- *)?|$)",
    re.IGNORECASE,
)
# Where the value of a field ends that shares its line with what follows.
NEXT = re.compile(
    r"(?:category|decision date|date of decision|decision) {0,4}:"
    r"|the ombudsm[ae]n.?s.? final decision|summary {0,4}:",
    re.IGNORECASE,
)
INLINE_LABEL = re.compile(r"(?:category|decision date|decision) {0,4}:", re.IGNORECASE)
INLINE_BODY = re.compile(r"the ombudsm[ae]n.?s.? final decision|summary {0,4}:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value; ``start`` and ``end`` count in the plain line they stand in.

    ``name`` is one of `NAMES`, or ``title``, whose value is the title as printed.
    """

    name: str
    value: str
    start: int = 0
    end: int = 0


def whole_line_fields(look: str, *, below_title: bool = False) -> list[Field]:
    """Return the fields of a line that holds nothing else, or nothing.

    Several may be glued in one line, with the title before them. ``below_title``: the line
    stands where headers stand, so that its label alone decides and any value goes.
    """
    mark = MARK.match(look)
    start = mark.end() if mark else 0
    title = TITLE_INLINE.match(look, start) if "(" in look else None
    start = title.end() if title else start
    fields = _run(look, start)
    if not fields and below_title:
        return _any_value(look, start)
    if not fields or not _is_empty(look[fields[-1].end :]):
        return []
    lead = [Field("title", title[0], title.start(), title.end())] if title else []
    return lead + fields


def _any_value(look: str, start: int) -> list[Field]:
    label = LABEL.match(look, start)
    if not label or not label["colon"] or label.end() == len(look):
        return []
    return [Field(_name(label), tidy(look[label.end() :]), start, len(look))]


def label_alone(look: str) -> tuple[str, bool]:
    """Return the name of a label that stands alone on its line, and whether it has a colon."""
    look = tidy(look)
    label = LABEL.match(look)
    if not label or label.end() < len(look):
        return "", False
    return _name(label), bool(label["colon"])


def inline_fields(look: str) -> tuple[list[Field], int, int]:
    """Return the fields that stand together within a longer line, and their span.

    This is the header of a decision pasted in one line. The title before the fields counts
    among them, also where no other is left. The span includes the spaces after it.
    """
    if ":" not in look:
        return [], 0, 0
    body = INLINE_BODY.search(look)
    limit = body.start() if body else len(look)
    for label in islice(INLINE_LABEL.finditer(look, 0, limit), MOST_INLINE_LABELS):
        title = _title_before(look, label.start())
        at_start = title is not None or _is_empty(look[: label.start()])
        fields = _run(look, label.start(), chained=at_start)
        if not fields or not _is_header(look, fields, title is not None):
            continue
        start = title.start if title else label.start()
        return ([title] if title else []) + fields, start, _skip_spaces(look, fields[-1].end)
    if body and (title := _title_before(look, limit)):
        return [title], title.start, _skip_spaces(look, title.end)
    return [], 0, 0


def _is_header(look: str, fields: list[Field], has_title: bool) -> bool:
    """Say whether fields within a line are a header's, not words of a sentence."""
    if len(fields) > 1 or has_title:
        return True
    rest = look[fields[0].end :].lstrip()
    goes_on = bool(rest) and not rest[0].isupper()
    return fields[0].name == "outcome" and is_known("outcome", fields[0].value) and not goes_on


def _is_empty(text: str) -> bool:
    return not text.strip(" *_|.")


def _run(look: str, at: int, chained: bool = False) -> list[Field]:
    """Return the fields that follow each other from ``at`` on.

    ``chained``: the title or the start of the line stands right before, so that a known
    value counts even where running text follows it.
    """
    fields: list[Field] = []
    while (one := _field(look, at, chained or bool(fields))) is not None:
        fields.append(one)
        at = one.end
    return fields


def _field(look: str, at: int, chained: bool) -> Field | None:
    label = LABEL.match(look, at)
    if not label:
        return None
    name = _name(label)
    following = NEXT.search(look, label.end())
    end = following.start() if following else len(look)
    value = tidy(look[label.end() : end])
    if fits(name, value) if label["colon"] else is_known(name, value):
        return Field(name, value, at, end)
    if not label["colon"] or not chained:
        return None
    end = _end_of_known_value(name, look, label.end())
    return Field(name, tidy(look[label.end() : end]), at, end) if end else None


def _name(label: re.Match[str]) -> str:
    return next(name for name in NAMES if label[name])


def _end_of_known_value(name: str, look: str, at: int) -> int:
    if name == "outcome":
        return outcome_prefix(look, at)
    if name in ("date", "other"):
        found = DATE.match(look, at)
        return found.end() if found else 0
    return 0


def fits(name: str, value: str) -> bool:
    """Say whether a value can stand in a header, after the label ``name`` and its colon.

    An outcome that is none of the known wordings must be a short phrase with a capital, so
    that a sentence such as "Decision: the Council upheld it" stays where it is.
    """
    words = len(value.split())
    if name == "outcome":
        phrase = value[:1].isupper() and not value.endswith((".", ",", ";", ":"))
        return is_outcome_wording(value) or (phrase and words <= 8)
    if name in ("category", "authority"):
        return 0 < words <= 15 and not value.endswith(".")
    return 0 < words <= 6


def is_known(name: str, value: str) -> bool:
    """Say whether a value leaves no doubt about its label."""
    if name == "outcome":
        return is_outcome_wording(value)
    if name == "category":
        return is_category(value)
    return name in ("date", "other") and DATE.fullmatch(value) is not None


def _title_before(look: str, end: int) -> Field | None:
    """Return the title that ends right before ``end``."""
    titles = list(TITLE_INLINE.finditer(look, max(0, end - LONGEST_TITLE), end))
    if not titles or not _is_empty(look[titles[-1].end() : end]):
        return None
    return Field("title", titles[-1][0], titles[-1].start(), titles[-1].end())


def _skip_spaces(look: str, end: int) -> int:
    while look[end : end + 1] == " ":
        end += 1
    return end
