"""Reading a fetched page as a decision, and noticing where it is not built as decisions are."""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.decision import Decision
from pipeline.decoding import UnreadableError
from pipeline.download_faults import Fault, FaultError
from pipeline.reading import read_html
from pipeline.search_page import COUNT_LINE
from pipeline.site_client import Answer

HEADER_REACH = 1_000
"""Characters from the start of an article in which its header stands."""
HEADER_LABEL = re.compile(r"\b(?:Category|Decision|Decision date)\s*:\s")
WHERE_BODY_BEGINS = re.compile(r"final decision\s*:|\bsummary\b", re.IGNORECASE)


def read_decision_page(answer: Answer, ref: str) -> Decision:
    """Return the decision on a page that was fetched from the address of decision `ref`.

    ``outcome`` is None where the page prints none of the three.

    Raises `FaultError` of the kinds ``unreadable``, ``shape`` and ``other_page``.
    """
    try:
        html = answer.text()
        _refuse_other_shape(html, ref, answer.url)
        decision = read_html(html, answer.url)
    except UnreadableError as error:
        raise FaultError(
            Fault("unreadable", ref, answer.url, f"{ref}: {error.sentence}")
        ) from error
    if decision.ref and not _same_reference(decision.ref, ref):
        sentence = f"{answer.url} shows the decision {decision.ref}."
        raise FaultError(Fault("other_page", ref, answer.url, sentence))
    return replace(decision, ref=ref, url=answer.url, source=answer.url)


def same_reading(one: Decision, other: Decision) -> bool:
    """Say whether two fetched states of a page are the same decision, word for word."""
    return replace(one, url="", source="", cuts=()) == replace(other, url="", source="", cuts=())


def _refuse_other_shape(html: str, ref: str, url: str) -> None:
    """Raise `FaultError` where the article or its labels are not where they have been."""
    tree = LexborHTMLParser(html)
    article = tree.css_first("article#article")
    if article is None:
        words = tree.body.text(separator=" ") if tree.body else ""
        if COUNT_LINE.search(" ".join(words.split())):
            sentence = f"{url} shows a list of decisions."
            raise FaultError(Fault("other_page", ref, url, sentence))
        sentence = (
            f'{url} has no <article id="article">, in which decisions stand: the site has changed '
            "the shape of its pages."
        )
        raise FaultError(Fault("shape", ref, url, sentence))
    if not _has_fields(article) and _prints_header(article):
        sentence = (
            f"{url} prints header fields, but not in elements of the classes label and value: "
            "the site has changed the shape of its pages."
        )
        raise FaultError(Fault("shape", ref, url, sentence))


def _has_fields(article: LexborNode) -> bool:
    return bool(article.css(".label")) and bool(article.css(".value"))


def _prints_header(article: LexborNode) -> bool:
    start = article.text(separator=" ")[:HEADER_REACH]
    body = WHERE_BODY_BEGINS.search(start)
    return HEADER_LABEL.search(start, 0, body.start() if body else len(start)) is not None


def _same_reference(printed: str, asked: str) -> bool:
    """Say whether a printed reference is the one of the address, perhaps without its letter."""
    return printed == asked or printed == asked[:10]
