"""The outline of a text: where its sections begin, and the headings they begin with.

Plain text in, character offsets out; nothing here knows spaCy. First every line that could be
a heading is marked, then the marks are read in order: a listed heading opens its section, an
unlisted one is a sub-heading where sub-headings stand and opens an ``unknown`` section where a
main heading is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.headings import SUBHEADING, HeadingRules, LineRule
from pipeline.marks import LineSpan, Mark, find_lines, find_marks, set_contents_apart

LONGEST_HEADER_LINE = 140
USUAL_NEXT = {"scope": ("role", "consideration"), "role": ("scope", "consideration")}
"""Sections that may have sub-headings as long as the next heading is the usual one."""


@dataclass(slots=True)
class Outline:
    """Character offsets. ``sections`` are (start, label) in order, the first at 0."""

    sections: list[tuple[int, str]] = field(default_factory=list)
    headings: list[tuple[int, int, str]] = field(default_factory=list)
    """(start, end, label of the section it opens)."""
    subheadings: list[tuple[int, int]] = field(default_factory=list)
    glued: list[int] = field(default_factory=list)
    """Where a heading runs into the text without a space."""

    def begin(self, start: int, label: str) -> None:
        """Begin a section, unless the one before already has this label."""
        if not self.sections or self.sections[-1][1] != label:
            self.sections.append((start, label))


def outline(text: str, rules: HeadingRules) -> Outline:
    """Return the outline of `text`. An empty text has no sections."""
    lines = find_lines(text, rules)
    if not lines:
        return Outline([(0, "unknown")] if text else [])
    marks = set_contents_apart(text, find_marks(text, lines, rules))
    _choose_main_headings(marks)
    opening = next((i for i, mark in enumerate(marks) if mark.opens), len(marks))
    result = Outline()
    _read_preamble(text, lines, marks[:opening], marks[opening:], rules, result)
    _read_sections(text, lines, marks[opening:], rules, result)
    first = result.sections[0]
    result.sections[0] = (0, first[1])
    return result


# ---- which listed headings open a section -------------------------------------------------


def _choose_main_headings(marks: Sequence[Mark]) -> None:
    firm = {m.label for m in marks if m.heading and not m.heading.also_subheading}
    current, seen = "", set[str]()
    remaining = [m.label for m in marks if m.heading and not m.heading.also_subheading]
    for mark in marks:
        if mark.heading is None or mark.label == SUBHEADING:
            continue
        if not mark.heading.also_subheading:
            remaining.pop(0)
        if _is_due(mark, current, seen, firm & set(remaining)):
            mark.opens = current = mark.label
            seen.add(current)


def _is_due(mark: Mark, current: str, seen: set[str], firm_ahead: set[str]) -> bool:
    """Whether a listed heading opens its section here, or is a sub-heading."""
    assert mark.heading is not None
    label = mark.label
    if label == current:
        return False
    if not mark.heading.also_subheading:
        return True
    if label in ("summary", "complaint", "background"):
        return "findings" not in seen and (label == "background" or label not in seen)
    if label == "findings":
        return "findings" not in seen and label not in firm_ahead
    return label not in seen and label not in firm_ahead


# ---- from the first heading on ------------------------------------------------------------


def _read_sections(
    text: str,
    lines: Sequence[LineSpan],
    marks: Sequence[Mark],
    rules: HeadingRules,
    result: Outline,
) -> None:
    next_main = _next_main(marks)
    signed = any(m.rule is not None and m.rule.label == "signature" for m in marks)
    decided = any(m.opens == "decision" for m in marks)
    current, due = "", False
    for i, mark in enumerate(marks):
        if mark.rule is not None:
            result.begin(mark.line, mark.rule.label)
            due = due or mark.rule.ends_section
            follows = marks[i + 1].line if i + 1 < len(marks) else len(text)
            if mark.next_line < follows:
                current = "unknown" if due else current
                result.begin(mark.next_line, current)
            continue
        opens = mark.opens
        if not opens:
            last = signed and not decided and next_main[i] is None
            opens = _unlisted(
                mark,
                current,
                next_main[i],
                rules,
                due=due,
                last=last and not any(m.is_unlisted for m in marks[i + 1 :]),
            )
        if opens:
            result.sections.append((mark.line, opens))
            result.headings.append((mark.start, mark.end, opens))
            current = opens
        else:
            result.begin(mark.line, current)
            result.subheadings.append((mark.start, mark.end))
        if mark.glued:
            result.glued.append(mark.end)
        due = False


def _next_main(marks: Sequence[Mark]) -> list[Mark | None]:
    """Return for every mark the next one that opens a section of its own."""
    following: list[Mark | None] = []
    ahead: Mark | None = None
    for mark in reversed(marks):
        following.append(ahead)
        if mark.opens and mark.opens != "furniture":
            ahead = mark
    return following[::-1]


def _unlisted(
    mark: Mark, current: str, ahead: Mark | None, rules: HeadingRules, *, due: bool, last: bool
) -> str:
    """Return the label of the section that a heading opens which is not its own main one.

    Empty where it is a sub-heading. ``due``: the section before was closed; ``last``: nothing
    like a heading follows, though the text is complete and has no decision yet.
    """
    if mark.heading is not None and mark.label in (current, SUBHEADING):
        return ""
    about = rules.about(mark.text) if mark.heading is None else ""
    next_label = ahead.opens if ahead else ""
    if current == "findings":
        if about == "findings" or (mark.heading is not None and not due):
            return ""
        if about in ("action", "decision"):
            return about
        return "unknown" if due or last else ""
    if current == about:
        return ""
    if current in ("scope", "role", "consideration") and not about:
        if next_label == "findings" and ahead and not _is_doubtful(ahead):
            return "background"
        if next_label in USUAL_NEXT.get(current, ()):
            return ""
    if about and not (about == "complaint" and current != "summary"):
        return "" if current == "background" and about == "background" else about
    if current == "background" and next_label == "findings" and not due:
        return ""
    if current == "action" and next_label == "decision" and not due:
        return ""
    return "" if current == "unknown" else "unknown"


def _is_doubtful(mark: Mark) -> bool:
    return mark.heading is not None and mark.heading.also_subheading


# ---- before the first heading -------------------------------------------------------------


def _read_preamble(
    text: str,
    lines: Sequence[LineSpan],
    marks: Sequence[Mark],
    after: Sequence[Mark],
    rules: HeadingRules,
    result: Outline,
) -> None:
    """Part header lines and furniture from text that has no heading."""
    end = after[0].line if after else len(text)
    contents = {m.line: m for m in marks if m.rule is not None and m.rule.name == "contents"}
    found: list[tuple[int, str, str]] = []
    rule_of: list[LineRule | None] = []
    covered = 0
    for start, stop in lines:
        if start >= end:
            break
        if start in contents:
            covered = contents[start].next_line
        if start < covered:
            rule: LineRule | None = next(
                m.rule for m in contents.values() if m.next_line == covered
            )
        else:
            rule = rules.line(text[start:stop]) if stop - start <= LONGEST_HEADER_LINE else None
        rule_of.append(rule)
    spans = [span for span in lines if span[0] < end]
    labels = [rule.label if rule else "" for rule in rule_of]
    _spread_banner(
        rule_of, labels, spans, leads_to_summary=bool(after) and after[0].opens == "summary"
    )
    _spread_header(text, rule_of, labels, spans)
    opened = ""
    for (start, _), rule, label in zip(spans, rule_of, labels, strict=True):
        if label:
            result.begin(start, label)
            opened = (rule.opens if rule and label == "header" else "") or opened
            if label != "header":
                opened = opened if rule is None else ""
        else:
            result.begin(start, opened or "unknown")
    del found


def _spread_banner(
    rule_of: Sequence[LineRule | None],
    labels: list[str],
    spans: Sequence[LineSpan],
    *,
    leads_to_summary: bool,
) -> None:
    """A cookie notice is furniture up to the header, or to its last line of that kind."""
    banner = [i for i, rule in enumerate(rule_of) if rule and rule.begins_banner]
    if not banner:
        return
    header = [i for i, label in enumerate(labels) if label == "header" and i > banner[0]]
    if header:
        stop = header[0]
    elif leads_to_summary:
        stop = len(labels)
    else:
        stop = banner[-1] + 1
    for i in range(banner[0], stop):
        labels[i] = labels[i] or "furniture"


def _spread_header(
    text: str, rule_of: Sequence[LineRule | None], labels: list[str], spans: Sequence[LineSpan]
) -> None:
    """Short lines among header lines belong to the header: values on lines of their own."""
    header = [i for i, label in enumerate(labels) if label == "header"]
    if not header:
        return
    first, last = header[0], header[-1]
    rule = rule_of[last]
    if rule and not rule.opens and text[slice(*spans[last])].endswith(":"):
        last = min(last + 1, len(labels) - 1)
    for i in range(first, last + 1):
        if spans[i][1] - spans[i][0] <= LONGEST_HEADER_LINE:
            labels[i] = labels[i] or "header"
