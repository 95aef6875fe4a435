"""The outline of a text: where its sections begin, and the headings they begin with.

Plain text in, character offsets out; nothing here knows spaCy. A listed heading opens its
section. An unlisted one is a sub-heading where sub-headings stand, and opens a section called
``unknown`` where a main heading is due: no section ever runs on past a heading it may not own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.furniture import join_blocks
from pipeline.headings import SUBHEADING, HeadingRules
from pipeline.marks import Mark, find_marks

MAY_FOLLOW = {
    "summary": ("complaint", "background"),
    "complaint": ("background",),
    "scope": ("background", "findings", "action"),
    "role": ("background", "findings", "action"),
    "consideration": ("background", "findings", "action"),
    "background": ("findings", "action"),
    "findings": ("action",),
    "unknown": ("background", "findings", "action"),
}
"""What an unlisted heading may open by its words alone."""
BEFORE_BACKGROUND = ("consideration", "role", "scope")


@dataclass(slots=True)
class Outline:
    """Offsets are characters."""

    sections: list[tuple[int, str]] = field(default_factory=list)
    """(start, label), in order; the first starts at 0."""
    headings: list[tuple[int, int, str]] = field(default_factory=list)
    """(start, end, label of the section it opens)."""
    subheadings: list[tuple[int, int]] = field(default_factory=list)

    def open(self, mark: Mark, label: str) -> None:
        """Begin a section with its heading."""
        self.sections.append((mark.line, label))
        self.headings.append((mark.start, mark.end, label))

    def go_on(self, start: int, label: str) -> None:
        """Go on with a section without a heading, or begin one."""
        if not self.sections or self.sections[-1][1] != label:
            self.sections.append((start, label))


def outline(text: str, rules: HeadingRules) -> Outline:
    """Return the outline of `text`. An empty text has no sections."""
    result = Outline()
    if not text:
        return result
    lines, marks = find_marks(text, rules)
    marks = join_blocks(lines, marks)
    _choose_main_headings(marks)
    if not marks or marks[0].line > lines.spans[0][0]:
        result.go_on(0, "unknown")
    _read_in_order(text, marks, rules, result)
    result.sections[0] = (0, result.sections[0][1])
    return result


# ---- listed headings ----------------------------------------------------------------------


def _choose_main_headings(marks: Sequence[Mark]) -> None:
    """Decide which listed headings open a section; the others are sub-headings."""
    last_firm = {mark.label: i for i, mark in enumerate(marks) if mark.is_firm}
    current, seen = "", set[str]()
    for i, mark in enumerate(marks):
        if mark.label in ("", SUBHEADING):
            continue
        firm_ahead = last_firm.get(mark.label, -1) > i
        if _is_due(mark, current, seen, firm_ahead=firm_ahead):
            mark.opens = current = mark.label
            seen.add(current)


def _is_due(mark: Mark, current: str, seen: set[str], *, firm_ahead: bool) -> bool:
    """Whether a listed heading opens its section here."""
    label = mark.label
    if label == current:
        return False
    if mark.is_firm:
        return True
    if label in ("summary", "complaint"):
        return label not in seen and "findings" not in seen
    if label in ("consideration", "background", "findings"):
        return "findings" not in seen
    return label not in seen and not firm_ahead


# ---- everything in order ------------------------------------------------------------------


def _read_in_order(text: str, marks: Sequence[Mark], rules: HeadingRules, result: Outline) -> None:
    main_ahead = _main_ahead(marks)
    last_without_decision = _last_heading(marks) if _wants_decision(marks) else -1
    current = "unknown"
    due = considered = False
    for i, mark in enumerate(marks):
        if mark.rule:
            result.go_on(mark.line, mark.rule.label)
            due = due or mark.rule.ends_section
            next_mark = marks[i + 1].line if i + 1 < len(marks) else len(text)
            if mark.next_line < next_mark:
                current = mark.rule.opens or ("unknown" if due else current)
                due = False
                result.go_on(mark.next_line, current)
            continue
        label = mark.opens or (mark.label if mark.is_firm and mark.label != current else "")
        # A section has text: a line right under a heading is a sub-heading or a list item.
        under_heading = i > 0 and not marks[i - 1].rule and marks[i - 1].is_right_above(mark)
        if not label and not under_heading and (result.headings or current != "unknown"):
            due = due or i == last_without_decision
            label = _unlisted(
                mark, current, main_ahead[i], rules, due=due, after_consideration=considered
            )
        if label:
            result.open(mark, label)
            current = label
            considered = considered or label == "consideration"
        else:
            result.go_on(mark.line, current)
            if result.headings and current != "furniture":
                result.subheadings.append((mark.start, mark.end))
        due = False


def _main_ahead(marks: Sequence[Mark]) -> list[Mark | None]:
    """Return for every mark the next main heading after it."""
    following: list[Mark | None] = []
    ahead: Mark | None = None
    for mark in reversed(marks):
        following.append(ahead)
        if mark.opens and mark.opens != "furniture":
            ahead = mark
    return following[::-1]


def _wants_decision(marks: Sequence[Mark]) -> bool:
    """Whether the text is complete, as it is signed, and yet has no decision heading."""
    if any(mark.opens == "decision" for mark in marks):
        return False
    return any(mark.rule and mark.rule.label == "signature" for mark in marks)


def _last_heading(marks: Sequence[Mark]) -> int:
    return max((i for i, mark in enumerate(marks) if not mark.rule), default=-1)


def _unlisted(
    mark: Mark,
    current: str,
    ahead: Mark | None,
    rules: HeadingRules,
    *,
    due: bool,
    after_consideration: bool,
) -> str:
    """Return the label of the section that `mark` opens, though it is not its listed heading.

    Empty where it is a sub-heading of the `current` section. `ahead` is the next main heading;
    `due` says that the section before is over, so that a main heading must stand here.
    """
    if mark.label in (current, SUBHEADING) or current == "furniture":
        return ""
    about = "" if mark.label else rules.about(mark.text)
    if about == current:
        return ""
    if about in MAY_FOLLOW.get(current, ()):
        return about
    if current == "findings":
        return "unknown" if due and not mark.label else ""
    if after_consideration and current in BEFORE_BACKGROUND and _opens_findings(ahead):
        # What stands between "How I considered" and the findings is the background.
        return "background"
    return "" if _may_have_subheadings(current, ahead) and not due else "unknown"


def _may_have_subheadings(current: str, ahead: Mark | None) -> bool:
    """Whether a section has sub-headings, as the heading due after it is still to come."""
    following = ahead.opens if ahead else ""
    return (
        current == "unknown"
        or (current == "scope" and following in ("role", "consideration"))
        or (current == "background" and _opens_findings(ahead))
        or (current == "action" and following == "decision")
    )


def _opens_findings(mark: Mark | None) -> bool:
    """Whether `mark` is a heading of the findings that is never a sub-heading of them."""
    return mark is not None and mark.opens == "findings" and mark.is_firm
