"""The numbers of provisions: how drift in them is folded, and what a range leaves unprinted."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMERALS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"),
    *("XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX"),
)
ROMAN = {numeral: str(number) for number, numeral in enumerate(_NUMERALS, start=1)}
# A subsection printed (i) is (1); (x) may be a letter, so the fold stops before it.
_ROMAN_SUBSECTION = {numeral.lower(): ROMAN[numeral] for numeral in _NUMERALS[:9]}
_LONGEST_RANGE = 30
PART_NUMBER = re.compile(r"(?P<digits>\d{1,2}|[IVX]{1,5})(?P<letters>[A-Z]{0,2})(?![A-Za-z0-9])")


class Item(NamedTuple):
    """A number with its brackets; ``levels`` is ``("24A", "6")`` for 24A(6)."""

    start: int
    end: int
    levels: tuple[str, ...]
    bare: bool = False


def numeral(printed: str) -> str:
    """Return the number of a Part in digits: ``VII`` -> ``7``, ``IIA`` -> ``2A``."""
    match = PART_NUMBER.fullmatch(printed)
    if match is None:
        return printed
    return ROMAN.get(match["digits"], match["digits"]) + match["letters"]


def fold_level(kind: str, depth: int, printed: str) -> str:
    """Return one bracket as the id has it: drift of case and numeral folded."""
    if depth == 1 and kind != "article" and printed in _ROMAN_SUBSECTION:
        return _ROMAN_SUBSECTION[printed]
    return printed.lower() if printed.isalpha() else printed


def depth_of(printed: str, levels: tuple[str, ...]) -> int:
    """Return the deepest level that holds the same sort of mark; 0 where none does."""
    for depth in range(len(levels) - 1, 0, -1):
        if levels[depth][0].isdigit() == printed[0].isdigit():
            return depth
    return 0


def between(first: Item, last: Item) -> list[Item]:
    """Return what a range names without printing it: 27 in "26 to 28", 34B in "34A to 34C"."""
    *outer, low = first.levels
    *outer_last, high = last.levels
    if outer != outer_last:
        return []
    stem = ""
    if not (low.isdigit() and high.isdigit()):
        stem, low, high = low[:-1], low[-1:], high[-1:] if high[:-1] == low[:-1] else ""
    if not low or not high:
        return []
    if low.isdigit() and high.isdigit() and not stem:
        inside = [str(number) for number in range(int(low) + 1, int(high))]
    elif low.isalpha() and high.isalpha() and low.isupper() == high.isupper():
        inside = [stem + chr(code) for code in range(ord(low) + 1, ord(high))]
    else:
        return []
    if len(inside) > _LONGEST_RANGE:
        return []
    return [Item(first.start, last.end, (*outer, value)) for value in inside]
