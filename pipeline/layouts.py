"""The layouts of a page: the same lines with other marks, gaps and tags around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, zip_longest
from typing import Literal, get_args

from pipeline.decision import Section

Layout = Literal["numbered", "dashed", "plain", "html", "report"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page.

    ``sections`` partition ``text`` (offsets in characters; first start 0, last end
    ``len(text)``); a section runs from its first character to the first character of the
    next, so the blank lines after it are its own. ``subheadings`` are (start, end) offsets.
    For the HTML layout ``html`` holds the page and ``text`` the lines a browser shows.
    """

    text: str
    sections: tuple[Section, ...]
    subheadings: tuple[tuple[int, int], ...]
    html: str = ""


Kind = Literal[
    "title",
    "field",
    "opening",
    "heading",
    "inline",
    "subheading",
    "paragraph",
    "prose",
    "item",
    "citation",
    "satisfied",
    "signature",
    "banner",
    "contents",
    "top",
    "print",
]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page before it gets its mark."""

    kind: Kind
    text: str
    label: str
    heading: str = ""
    """Of the section it stands in."""
    opens: bool = False
    """Whether a section begins here."""


def lay_out(lines: list[Line], layout: str, *, restart_numbers: bool, numbered_lists: bool) -> Page:
    """Return `lines` as a page in `layout`, one of `LAYOUTS`.

    The two switches act on the numbered layout only: whether numbers begin again at 1 under
    every heading and after every list, and whether lists are numbered too.
    """
    if layout == "numbered":
        return _page(lines, _numbers(lines, restart_numbers, numbered_lists))
    if layout == "dashed":
        return _page(lines, _dashes(lines))
    if layout == "report":
        return _page(lines, _bullets(lines))
    if layout == "html":
        return replace(_page(lines, _no_marks(lines)), html=_html(lines))
    return _page(lines, _running_on(lines))


# ---- text: for every line, the gap that parts it from the line before, and its mark ----

Marks = list[tuple[str, str]]


def _numbers(lines: list[Line], restart_numbers: bool, numbered_lists: bool) -> Marks:
    marks: Marks = []
    paragraph = item = 0
    before = None
    for line in lines:
        after_list = before == "item" and line.kind != "item"
        if restart_numbers and (line.kind in ("heading", "citation") or after_list):
            paragraph = 0
        if line.kind in ("paragraph", "item"):
            gap = "\n" if line.kind == "item" or after_list else "\n\n"
        else:
            gap = "\n\n"
        if line.kind == "paragraph":
            paragraph += 1
            marks.append((gap, f"  {paragraph}. "))
        elif line.kind == "item":
            item = item + 1 if before == "item" else 1
            marks.append((gap, f"    {item}. " if numbered_lists else "    • "))
        else:
            marks.append((gap, ""))
        before = line.kind
    return marks


def _dashes(lines: list[Line]) -> Marks:
    marked = ("paragraph", "item", "citation")
    return [("\n", "- " if line.kind in marked else "") for line in lines]


JOINED = ("paragraph", "prose", "inline", "item")


def _running_on(lines: list[Line]) -> Marks:
    before = [None, *(line.kind for line in lines)]
    return [
        (" " if line.kind == "item" and previous in JOINED else "\n", "")
        for line, previous in zip(lines, before, strict=False)
    ]


def _bullets(lines: list[Line]) -> Marks:
    return [
        ("\n" if line.kind in ("item", "field") else "\n\n", "• " if line.kind == "item" else "")
        for line in lines
    ]


def _no_marks(lines: list[Line]) -> Marks:
    return [("\n", "") for _ in lines]


def _page(lines: list[Line], marks: Marks) -> Page:
    text = ""
    openings: list[tuple[int, Line]] = []
    subheadings: list[tuple[int, int]] = []
    for line, (gap, mark) in zip(lines, marks, strict=True):
        text += gap if text else ""
        if line.opens:
            openings.append((len(text), line))
        text += mark
        if line.kind == "subheading":
            subheadings.append((len(text), len(text) + len(line.text)))
        text += line.text
    text += "\n"
    ends = [start for start, _ in openings[1:]] + [len(text)]
    sections = [
        Section(line.label, line.heading, start, end)
        for (start, line), end in zip(openings, ends, strict=True)
    ]
    return Page(text, tuple(sections), tuple(subheadings))


# ---- HTML ----


def _html(lines: list[Line]) -> str:
    notice = [f"<p>{_escape(line)}</p>" for line in lines if line.kind == "banner"]
    footer = [f'<p><a href="#">{_escape(line)}</a></p>' for line in lines if line.kind == "print"]
    article = [line for line in lines if line.kind not in ("banner", "print")]
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">',
            "<title>Decision</title></head>\n<body>",
            *(['<div class="notice">', *notice, "</div>"] if notice else []),
            '<article id="article">',
            *_article(article),
            "</article>",
            *footer,
            "</body>\n</html>\n",
        ]
    )


def _article(lines: list[Line]) -> Iterator[str]:
    for kind, group in groupby(lines, key=lambda line: FLOW.get(line.kind, line.kind)):
        run = list(group)
        if kind == "flow":
            yield from _ordered_list(run)
        elif kind == "contents":
            yield from ("<ul>", *(f"<li>{_escape(line)}</li>" for line in run), "</ul>")
        else:
            yield from map(_element, run)


FLOW = {"paragraph": "flow", "item": "flow"}


def _ordered_list(lines: list[Line]) -> Iterator[str]:
    """Yield paragraphs as an <ol>, each with the bullets that follow it as a nested <ul>."""
    runs = [(kind, list(group)) for kind, group in groupby(lines, key=lambda line: line.kind)]
    if runs[0][0] == "item":
        yield _bullet_list(runs.pop(0)[1])
    if not runs:
        return
    yield "<ol>"
    for (_, paragraphs), (_, items) in zip_longest(runs[::2], runs[1::2], fillvalue=("item", [])):
        yield from (f"<li>{_escape(line)}</li>" for line in paragraphs[:-1])
        nested = f"\n{_bullet_list(items)}" if items else ""
        yield f"<li>{_escape(paragraphs[-1])}{nested}</li>"
    yield "</ol>"


def _bullet_list(items: list[Line]) -> str:
    return "\n".join(["<ul>", *(f"<li>{_escape(line)}</li>" for line in items), "</ul>"])


def _element(line: Line) -> str:
    text = _escape(line)
    if line.kind == "field":
        name, _, value = text.partition(" : ")
        return f'<div><span class="label">{name} :</span> <span class="value">{value}</span></div>'
    if line.kind == "inline":
        return f"<p><strong>{line.heading}:</strong>{text.removeprefix(f'{line.heading}:')}</p>"
    tags = {"title": "h1", "heading": "h2", "opening": "h2", "subheading": "h3"}
    tag = tags.get(line.kind, "p")
    return f"<{tag}>{text}</{tag}>"


def _escape(line: Line) -> str:
    return escape(line.text, quote=False)
