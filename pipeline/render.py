"""Lay a record of the corpus out as a page, with the sections known exactly.

The published copies of a decision differ in their marks, blank lines, header and furniture;
the words stay the same. `render` writes each of these shapes. The wording of the furniture
(cookie notice, contents list) is this project's own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import capwords
from typing import Any, Literal

from pipeline.corpus import Record, Subheading, WrittenSection
from pipeline.decision import Outcome
from pipeline.layouts import LAYOUTS, Kind, Line, Page, lay_out

Header = Literal["full", "title", "none"]
HeadingStyle = Literal["printed", "hash", "stop", "upper", "title", "typo"]

PUBLISHED: dict[Outcome, str] = {
    "closed_after_initial_enquiries": "Closed after initial enquiries",
    "not_upheld": "Not upheld",
    "upheld": "Upheld",
}
"""The outcomes as the header prints them."""

COOKIE_NOTICE = (
    "Cookie choices",
    "Site emblem",
    "Your choices about cookies",
    "Cookies that are always on",
    "Without these the pages would not open, so the only way to refuse them is in your browser.",
    "Show the cookies that are always on",
    "Cookies that count visits",
    "These count which pages are opened and for how long. They are off until you switch them on.",
    "Show the cookies that count visits",
    "No name, street or telephone number is kept with the counts, and nobody else receives them.",
    "Save my choices",
    "Skip to the text of this page",
)

STATUTE_IN_BRACKETS = re.compile(
    r"\((?=[^()]*(?:\([^()]*\)[^()]*)*\b(?:Act|Regulations|Order|Rules) \d{4}\b)"
    r"[^()]*(?:\([^()]*\)[^()]*)*\)\.?$"
)


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a copy of a page may do besides its layout. The defaults give a usual page."""

    header: Header = "full"
    """``title``: no category, outcome and date; ``none``: the copy begins with the summary."""
    banner: bool = False
    """A cookie notice before the title."""
    contents: bool = False
    """A list that repeats every heading before the text."""
    restart_numbers: bool = True
    """Numbers begin again at 1 under every heading and after every list (numbered only)."""
    numbered_lists: bool = False
    """Lists are numbered 1., 2., … instead of bulleted (numbered only)."""
    inline_summary: bool = True
    """``Summary: …`` on one line instead of a heading of its own (never in reports)."""
    curly: bool = False
    """Curly quotation marks and apostrophes in text and headings; the header keeps straight."""
    hard_spaces: bool = False
    """No-break spaces before numbers, and U+2011 in place of hyphens between letters."""
    citation_own_line: bool = False
    """A statute in brackets at the end of a paragraph stands on an unmarked line of its own."""
    heading_style: HeadingStyle = "printed"
    """How main headings are printed: ``hash`` and ``stop`` add " #" and "."."""
    signature: int = 1
    """How often the signature line stands at the end (never in reports)."""
    cut_after: str | None = None
    """Label of the section after which the copy breaks off."""
    drop: tuple[str, ...] = ()
    """Labels of sections that the copy lacks."""


def render(record: Record, layout: str, *, seed: int = 0, **quirks: Any) -> Page:
    """Return `record` as a page in `layout`, one of `LAYOUTS`.

    `quirks` are the fields of `Quirks`. `seed` decides what they leave open: the length of the
    cookie notice, the spelling of dates, typing errors in headings. The same arguments always
    give the same page.

    Raises `ValueError` for an unknown layout, where ``cut_after`` names a section that the
    record does not have, or where nothing is left; `TypeError` for an unknown quirk.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"{layout!r} is no layout; choose one of {', '.join(LAYOUTS)}.")
    chosen = Quirks(**quirks)
    if layout == "report":
        chosen = replace(chosen, inline_summary=False)
    lines = _lines(record, layout, chosen, random.Random(f"{record.ref}/{seed}"))
    if not lines:
        raise ValueError(f"{record.ref}: the quirks leave nothing of the page.")
    return lay_out(
        lines,
        layout,
        restart_numbers=chosen.restart_numbers,
        numbered_lists=chosen.numbered_lists,
    )


def random_quirks(record: Record, seed: int) -> dict[str, Any]:
    """Return a reproducible mixture of quirks for `record`, to pass on to `render`."""
    chance = random.Random(f"quirks/{record.ref}/{seed}")
    labels = [section.label for section in record.sections]
    return {
        "header": chance.choices(("full", "title", "none"), (6, 2, 1))[0],
        "banner": chance.random() < 0.3,
        "contents": chance.random() < 0.3,
        "restart_numbers": chance.random() < 0.7,
        "numbered_lists": chance.random() < 0.2,
        "inline_summary": chance.random() < 0.7,
        "curly": chance.random() < 0.5,
        "hard_spaces": chance.random() < 0.2,
        "citation_own_line": chance.random() < 0.2,
        "heading_style": chance.choices(
            ("printed", "hash", "stop", "upper", "title", "typo"), (10, 1, 1, 1, 1, 1)
        )[0],
        "signature": chance.choice((0, 1, 1, 2)),
        "cut_after": chance.choice(labels) if chance.random() < 0.2 else None,
    }


# ---- what stands on the page ----


def _lines(record: Record, layout: str, quirks: Quirks, chance: random.Random) -> list[Line]:
    sections = _kept(record, quirks)
    headings = [_print_heading(section.heading, quirks, chance) for section in sections]
    stretches = [_header(record, layout, quirks, chance)]
    if quirks.banner:
        stretches.insert(0, _banner(chance))
    if quirks.contents:
        stretches.append(_contents(headings))
    for section, heading in zip(sections, headings, strict=True):
        stretches.append(list(_section(section, heading, quirks)))
        if layout in ("numbered", "html") and section.label != "summary":
            stretches.append([Line("top", "Back to top", "furniture")])
    if quirks.cut_after is None:
        stretches.extend(_ending(record, layout, quirks, chance))
    return _opened(stretches)


def _kept(record: Record, quirks: Quirks) -> list[WrittenSection]:
    sections = list(record.sections)
    if quirks.cut_after is not None:
        labels = [section.label for section in sections]
        if quirks.cut_after not in labels:
            raise ValueError(
                f"{record.ref} has no section {quirks.cut_after!r} to be cut after; "
                f"it has {', '.join(labels)}."
            )
        sections = sections[: labels.index(quirks.cut_after) + 1]
    return [section for section in sections if section.label not in quirks.drop]


def _opened(stretches: list[list[Line]]) -> list[Line]:
    """Chain the stretches and mark where sections begin; neighbouring furniture is one."""
    lines: list[Line] = []
    for stretch in stretches:
        for position, line in enumerate(stretch):
            joins = bool(lines) and line.label == lines[-1].label == "furniture"
            lines.append(replace(line, opens=position == 0 and not joins))
    return lines


def _banner(chance: random.Random) -> list[Line]:
    last = chance.randint(6, len(COOKIE_NOTICE))
    return [Line("banner", text, "furniture") for text in COOKIE_NOTICE[:last]]


def _contents(headings: list[str]) -> list[Line]:
    return [Line("contents", text, "furniture") for text in ["Contents", *headings]]


def _header(record: Record, layout: str, quirks: Quirks, chance: random.Random) -> list[Line]:
    if quirks.header == "none":
        return []
    lines = [Line("title", f"{record.authority} ({record.ref})", "header")]
    day = _print_date(date.fromisoformat(record.date), chance)
    if quirks.header == "full":
        fields = [
            ("Category", " > ".join(filter(None, (record.category, record.subcategory)))),
            ("Decision", PUBLISHED[record.outcome]),
            ("Decision date", day),
        ]
        for name, value in fields:
            if layout == "report":
                parts = [f"{name} :", *value.replace(" > ", "\n>\n").split("\n")]
                lines += [Line("field", part, "header") for part in parts]
            else:
                lines.append(Line("field", f"{name} : {value}", "header"))
    if layout != "report":
        lines.append(Line("opening", f"The {_office(record)}'s final decision:", "header"))
    return lines


def _section(section: WrittenSection, heading: str, quirks: Quirks) -> Iterator[Line]:
    def line(kind: Kind, text: str) -> Line:
        return Line(kind, _print_text(text, quirks), section.label, heading)

    # The site numbers no paragraph of the summary.
    paragraph: Kind = "prose" if section.label == "summary" else "paragraph"
    body = section.body
    first = body[0]
    if section.label == "summary" and quirks.inline_summary and isinstance(first, str):
        yield replace(line("inline", first), text=f"{heading}: {_print_text(first, quirks)}")
        body = body[1:]
    else:
        yield Line("heading", heading, section.label, heading)
    for block in body:
        if isinstance(block, Subheading):
            yield line("subheading", block.text)
        elif isinstance(block, str):
            cited = STATUTE_IN_BRACKETS.search(block)
            if cited and (cited.start() == 0 or quirks.citation_own_line):
                if cited.start():
                    yield line(paragraph, block[: cited.start()].rstrip())
                yield line("citation", cited.group())
            else:
                yield line(paragraph, block)
        else:
            for item in block:
                yield line("item", item)


def _ending(
    record: Record, layout: str, quirks: Quirks, chance: random.Random
) -> Iterator[list[Line]]:
    if layout == "report":
        if record.sections[-1].label == "action" and "action" not in quirks.drop:
            answered = date.fromisoformat(record.date) + timedelta(chance.randint(60, 250))
            text = f"Ombudsman satisfied with Council's response: {_print_date(answered, chance)}"
            yield [Line("satisfied", text, "furniture")]
        return
    text = f"Investigator's decision on behalf of the {_office(record)}"
    yield [Line("signature", text, "signature") for _ in range(quirks.signature)]
    yield [Line("print", "Print this page", "furniture")]


def _office(record: Record) -> str:
    joint = any("Ombudsmen" in section.heading for section in record.sections)
    return "Ombudsmen" if joint else "Ombudsman"


def _print_date(day: date, chance: random.Random) -> str:
    return chance.choices(
        (f"{day:%d %b %Y}", f"{day:%d-%b-%Y}", f"{day.day} {day:%B %Y}"), (8, 1, 1)
    )[0]


def _print_text(text: str, quirks: Quirks) -> str:
    if quirks.curly:
        text = re.sub(r"(?<![^\s(\[‘“])'", "‘", text).replace("'", "’")
        text = re.sub(r'(?<![^\s(\[‘“])"', "“", text).replace('"', "”")
    if quirks.hard_spaces:
        text = re.sub(r"(?<=[a-z]) (?=\d)", "\N{NO-BREAK SPACE}", text)
        text = re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", "\N{NON-BREAKING HYPHEN}", text)
    return text


def _print_heading(heading: str, quirks: Quirks, chance: random.Random) -> str:
    heading = _print_text(heading, replace(quirks, hard_spaces=False))
    styled = {
        "printed": heading,
        "hash": f"{heading} #",
        "stop": f"{heading}.",
        "upper": heading.upper(),
        "title": capwords(heading),
        "typo": _mistype(heading, chance),
    }
    return heading if heading == "Summary" else styled[quirks.heading_style]


def _mistype(heading: str, chance: random.Random) -> str:
    """Return `heading` with its longest word cut short, or a letter doubled or swapped in it."""
    word = max(heading.split(), key=len)
    at = chance.randrange(1, len(word) - 1)
    wrong = (
        word[:-1],
        word[:at] + word[at - 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return heading.replace(word, chance.choice(wrong), 1)
