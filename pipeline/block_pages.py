"""Telling a page that turns a program away from the page that was asked for."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.search_page import COUNT_LINE

RULES = Path(__file__).with_name("block_pages.toml")
LONGEST = 3_000
"""Characters that such a page shows at most."""
ARTICLE = re.compile(r"<article\b", re.IGNORECASE)


def block_sign(html: str) -> str:
    """Return what the page turns a program away with (``a captcha``), or empty.

    A page with an article or a count line is what was asked for, whatever its words; a page
    with much text is at least no block page.
    """
    if ARTICLE.search(html) or COUNT_LINE.search(html) or len(_shown(html)) > LONGEST:
        return ""
    return next((name for name, pattern in _signs() if pattern.search(html)), "")


def load_signs() -> list[dict[str, Any]]:
    """Return the signs of ``block_pages.toml``, with their examples and counter-examples."""
    signs: list[dict[str, Any]] = tomllib.loads(RULES.read_text(encoding="utf-8"))["sign"]
    return signs


def _shown(html: str) -> str:
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style"])
    return " ".join(tree.body.text(separator=" ").split()) if tree.body else ""


@cache
def _signs() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (sign["name"], re.compile(sign["pattern"].replace(" ", r"\s+"), re.IGNORECASE))
        for sign in load_signs()
    ]
