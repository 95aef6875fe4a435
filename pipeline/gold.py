"""Is a provision cited in a text? A plain search for its number, to check annotations by.

This is deliberately not the extractor of `pipeline.provisions`: a gold annotation that the
extractor itself confirmed would prove nothing. It looks for the word of the right kind and,
in the same list, for the number in any spelling; it does not ask which Act is meant, unless
the provision is an Act as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

KINDS = {
    "section": r"sections?|(?<!['’])ss?\.?(?=\s?\d)",
    "regulation": r"regulations?|regs?\.?(?=\s?\d)",
    "article": r"articles?|arts?\.?(?=\s?\d)",
    "rule": r"rules?",
    "schedule": r"schedules?|schs?\.?",
    "paragraph": r"paragraphs?|paras?\.?",
    "part": r"parts?",
    "class": r"class(?:es)?",
}
ROMAN = {str(n): roman for n, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi"), start=1)}

LIST = r"(?:[\w(),/&\s]{0,80}?(?<![\w(]))?"
"""What may stand between the word "sections" and a number later in its list."""
MORE = r"(?:\s?\([^()]*\)|\s*(?:,|and|or|&)\s*){0,6}?"
"""What may stand between "34H" and "(4)" in "sections 34H(3) and (4)"."""

NO_DEEPER = r"(?!\w)(?!\s?\((?:\d{1,2}[a-z]?|[a-z]|[ivx]{1,4})\))"
"""After the last number: neither "section 34B" nor "section 34(3)" cites section 34."""


def is_cited(provision: str, text: str, names: Sequence[str] = ()) -> bool:
    """Return whether `text` cites the provision with this legislation.gov.uk id.

    `names` are the title and short names of its instrument, wanted only where the id is that
    of an instrument as a whole.
    """
    levels = _levels(provision)
    if levels is None:
        return any(re.search(rf"\b{re.escape(name)}", text, re.IGNORECASE) for name in names)
    kind, numbers = levels
    number = _roman_too(numbers[0]) if kind == "part" else _number(numbers[0])
    pattern = rf"\b(?:{KINDS[kind]})\s?{LIST}{number}"
    pattern += "".join(MORE + _inner(number) for number in numbers[1:])
    return re.search(pattern + NO_DEEPER, _without_ranges(text), re.IGNORECASE) is not None


def _without_ranges(text: str) -> str:
    """Return `text` with "31 to 33" written out as "31, 32, 33"."""
    return re.sub(
        r"\b(\d{1,3}) to (\d{1,3})\b",
        lambda match: ", ".join(map(str, range(int(match[1]), int(match[2]) + 1))) or match[0],
        text,
    )


def _levels(provision: str) -> tuple[str, list[str]] | None:
    """Return the deepest kind of an id and the numbers below it: ``section``, [24A, 6]."""
    parts = provision.split("/")
    places = [place for place, part in enumerate(parts) if part in KINDS]
    if not places:
        return None
    return parts[places[-1]], parts[places[-1] + 1 :]


def _number(number: str) -> str:
    """Return a pattern for "34B" that also finds "34(B)" and "34 B"."""
    match = re.fullmatch(r"(\d+)([A-Za-z]+)", number)
    return rf"{match[1]}\s?\(?{match[2]}\)?" if match else number


def _inner(number: str) -> str:
    """Return a pattern for "(6)" that also finds "6", the 6 in "(5 and 6)" and "(i)" for 1."""
    return rf"\s?(?:\((?:[^()]{{0,12}}\b)?{_roman_too(number)}(?!\w)[^()]{{0,12}}\)|{number})"


def _roman_too(number: str) -> str:
    return f"(?:{number}|{ROMAN[number]})" if number in ROMAN else number
