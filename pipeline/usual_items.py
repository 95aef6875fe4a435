"""The numbers of provisions in their usual shape: ``24A(6)`` and nothing odd after it.

Most numbers look so, and most lists end where one can see it. Each of the two patterns here
saves a dozen of those in `pipeline.pinpoints`, which reads whatever they do not match; what
they match it would read in the same way.
"""

from __future__ import annotations

import re

from pipeline.numbering import Item, fold_level

_USUAL_ITEM = re.compile(
    r"([0-9]{1,3}([A-Z]{0,3}))"
    r"((?:\((?:[0-9]{1,3}[A-Z]{0,2}|[a-z]{1,2})\)){0,5})"
    r"(?=[),.:;](?!\d)|\s(?![(A-Z])|\Z)"
)
_KINDS = ("section", "regulation", "paragraph", "article")
_KINDS_ALONE = ("section", "regulation")
"""Kinds of which a single number makes a pinpoint, whatever follows."""
END_OF_LIST = re.compile(
    r"(?:, as amended\)?+)?+"
    r"(?:[).:;]|\s++(?:of\b|(?![-,(aot&/–—]))|,\s++(?!and|or|as)[A-Za-z][a-z]|\Z)"
)
"""What stands after the last number of a list, where one can see that it is the last."""


def usual_item(text: str, at: int, kind: str) -> Item | None:
    """Return the number at an offset if its shape is usual, or None."""
    match = _USUAL_ITEM.match(text, at) if kind in _KINDS else None
    return None if match is None else _item(kind, match)


def usual_item_alone(text: str, at: int, kind: str) -> Item | None:
    """Return the same where it is a whole pinpoint, with no list after it, or None."""
    match = _USUAL_ITEM.match(text, at) if kind in _KINDS_ALONE else None
    if match is None or not END_OF_LIST.match(text, match.end()):
        return None
    return _item(kind, match)


def _item(kind: str, match: re.Match[str]) -> Item:
    start, end = match.span()
    number, letters, brackets = match.groups()
    if not brackets:
        return Item(start, end, (number,), bare=not letters)
    levels = [number]
    for value in brackets[1:-1].split(")("):
        levels.append(fold_level(kind, len(levels), value))
    return Item(start, end, tuple(levels))
