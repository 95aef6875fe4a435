"""The page shapes of the site, made from records of the corpus. The wording is our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from pipeline.corpus import Record
from pipeline.render import render

NOTICE = "<p>Cookies help us to run this site.</p>"
OPENING = re.compile(r"<h2>The Ombudsm[ae]n's final decision:</h2>\n")
FIELD = re.compile(
    r'<div><span class="label">(?P<name>.*?) :</span> '
    r'<span class="value">(?P<value>.*?)</span></div>'
)


@dataclass(frozen=True)
class Listed:
    """A decision of the local site: its record, its address and the page behind it."""

    record: Record
    path: str
    html: str


def slug(name: str) -> str:
    """Return a name as an address of the site writes it: ``children-s-care-services``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def path_of(record: Record) -> str:
    subcategory = slug(record.subcategory) or "other"
    return f"/decisions/{slug(record.category)}/{subcategory}/{record.ref.replace(' ', '-')}"


def statement_page(record: Record, **quirks: Any) -> str:
    return render(record, "html", **quirks).html


def report_page(record: Record) -> str:
    """A public-interest report: no opening line, no signature, values on lines of their own."""
    page = render(record, "html", inline_summary=False, signature=0).html
    page = OPENING.sub("", page)
    return FIELD.sub(_field_on_lines, page)


def _field_on_lines(field: re.Match[str]) -> str:
    values = field["value"].split(" &gt; ")
    parts = "\n<div>&gt;</div>\n".join(f'<div class="value">{value}</div>' for value in values)
    return f'<div class="label">{field["name"]} :</div>\n{parts}'


def listed(record: Record, *, report: bool = False, **quirks: Any) -> Listed:
    page = report_page(record) if report else statement_page(record, **quirks)
    return Listed(record, path_of(record), page)


def search_page(count_line: str, items: list[tuple[str, Record]], page: int, pages: int) -> str:
    """A page of results: `items` are links and records, ten at most."""
    results = "\n".join(
        f'<li class="result"><h3><a href="{escape(href)}">{escape(record.authority)} '
        f"({record.ref})</a></h3>\n<p>{escape(record.sections[0].heading)}</p>\n"
        f'<p><a href="{escape(href)}">Open this decision</a></p></li>'
        for href, record in items
    )
    others = " ".join(f'<a href="?page={number}">{number}</a>' for number in range(1, pages + 1))
    categories = '<a href="/decisions/housing">Housing</a> <a href="/decisions">All</a>'
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Results</title>'
        f"</head>\n<body>\n<nav>{categories}</nav>\n<main>\n<p>{count_line}</p>\n"
        f'<ul>{results}</ul>\n<p class="pages">Page {page}: {others}</p>\n</main>\n{NOTICE}\n'
        "</body>\n</html>\n"
    )


def bare_page(title: str, words: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1><p>{words}</p></body>\n</html>\n"
    )
