"""The site's search: addresses of a month's result pages, and what such a page says.

A page of results prints "Your search has N results" and links to ten decisions, each under
its permalink ``/decisions/<category>/<subcategory>/<NN-NNN-NNN>``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

SITE = "https://www.lgo.org.uk"
SEARCH = "/Decisions/SearchResults"

PERMALINK = re.compile(
    r"/decisions/(?P<category>[^/]+)/(?:[^/]+/)?(?P<ref>\d\d-\d{3}-\d{3}[a-z]?)/?", re.IGNORECASE
)
COUNT_LINE = re.compile(r"\byour search has (?P<count>[\d,]+|no|one) results?\b", re.IGNORECASE)
COUNT_WORDS = {"no": 0, "one": 1}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A month, or the part of it that was asked for: first and last day, as ISO dates."""

    first: str
    last: str

    @property
    def month(self) -> str:
        """The month as ``2023-01``."""
        return self.first[:7]

    def within(self, other: Window) -> bool:
        """Say whether every day of this window is one of `other`."""
        return other.first <= self.first and self.last <= other.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as a page of results lists it."""

    ref: str
    """``24 001 411a``: the letter of a joint case makes a decision of its own."""
    category: str
    """As the address writes it: ``adult-care-services``."""
    address: str
    """Folded: path in lower case, without query; on the site that was asked."""
    printed: str
    """The address as the page links it."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The number of decisions that the count line announces, and those on this page."""

    announced: int
    entries: tuple[Entry, ...]


class NoCountError(ValueError):
    """A page of results without a count line."""


def windows(since: date, until: date) -> Iterator[Window]:
    """Yield the month windows from `until` back to `since`, the newest first."""
    last = until
    while last >= since:
        first = max(since, last.replace(day=1))
        yield Window(first.isoformat(), last.isoformat())
        last = first - timedelta(days=1)


def is_whole_month(window: Window) -> bool:
    """Say whether `window` reaches from the first to the last day of a month."""
    first, last = date.fromisoformat(window.first), date.fromisoformat(window.last)
    return first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]


def search_address(site: str, window: Window, page: int) -> str:
    """Return the address of page `page` (from 1) of the decisions dated in `window`."""
    return f"{site}{SEARCH}?fd={window.first}&td={window.last}&page={page}"


def read_search_page(html: str, site: str) -> SearchPage:
    """Return what a page of results says.

    Links to one decision that follow each other are one entry (a title and its "read more").

    Raises `NoCountError` where the page has no count line.
    """
    tree = LexborHTMLParser(html)
    words = " ".join(tree.body.text(separator=" ").split()) if tree.body else ""
    count = COUNT_LINE.search(words)
    if not count:
        raise NoCountError("no count line")
    number = count["count"].lower().replace(",", "")
    announced = COUNT_WORDS[number] if number in COUNT_WORDS else int(number)
    entries: list[Entry] = []
    for link in tree.css("a[href]"):
        entry = permalink(link.attributes.get("href") or "", site)
        if entry and not (entries and entries[-1].ref == entry.ref):
            entries.append(entry)
    return SearchPage(announced, tuple(entries))


def permalink(href: str, site: str) -> Entry | None:
    """Return the decision that `href` links to, or None where it is no permalink.

    http or https, with or without www, capitals and queries (``?displaypref=2``) make no
    other decision.

    >>> permalink("/Decisions/housing/homelessness/14-016-569?chapter=0", SITE).ref
    '14 016 569'
    """
    try:
        parts = urlsplit(urljoin(f"{site}/", href.strip()))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not same_site(parts.netloc, site):
        return None
    found = PERMALINK.fullmatch(parts.path)
    if not found:
        return None
    address = f"{site}{parts.path.lower().rstrip('/')}"
    return Entry(found["ref"].lower().replace("-", " "), found["category"].lower(), address, href)


def same_site(netloc: str, site: str) -> bool:
    """Say whether a host (with port) is that of `site`, with or without ``www.``."""

    def bare(name: str) -> str:
        return name.lower().removeprefix("www.")

    return bare(netloc) == bare(urlsplit(site).netloc)


def same_category(name: str, slug: str) -> bool:
    """Say whether a category, by its name or its address, is the one an address writes.

    >>> same_category("Children's care services", "children-s-care-services")
    True
    """
    return _letters(name) == _letters(slug)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())
