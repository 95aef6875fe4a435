"""Is this text one decision? Refuses lists of many, empty texts, and other kinds of text."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from pipeline.decoding import UnreadableError, shown
from pipeline.fields import plain, ref_of
from pipeline.reading_rules import CODE_LINE, CUES, LEAST_CUES, MOST_CODE, TELLING_HEADING

MIN_WORDS: Final = 8
SCREENED: Final = 20_000
SCREENED_LINES: Final = 50
"""Characters and lines that are looked at: what a text is shows long before."""

SEARCH_COUNT = re.compile(r"^[ \t]*your search has (?P<count>[\d,]+) results?", re.I | re.M)
# Titles one below the other, whatever stands between them; two may be a joint decision.
LINE_END_REF = re.compile(r"\((\d{2}[ \xa0-]\d{3}[ \xa0-]\d{3}[a-z]?)\)[ \t]*(?=\n|$)")
BEFORE_REF = re.compile(r"[A-Z][^.;:()]{2,80}(?:\([^)]{1,20}\) ?)?")
FEWEST_BARE_TITLES: Final = 3
LISTED = re.compile(
    r"\([ \xa0]*(\d{2}[ \xa0-]{1,3}\d{3}[ \xa0-]{1,3}\d{3}[ \xa0]?[a-z]?)[ \xa0]*\)[\s#*]*"
    r"(?:category\s*:|decision(?: date)?\s*:|summary\s*(?::|\n)"
    r"|(?:statement|report)\s+(?:not\s+)?(?:upheld|closed)"
    r"|the ombudsm[ae]n.?s.? final decision)",
    re.IGNORECASE,
)


def refuse_listing(as_read: str, name: str) -> None:
    """Raise UnreadableError where a text holds several decisions, or a list of them."""
    refs = {ref_of(found[1]) for found in LISTED.finditer(as_read)}
    bare = _bare_titles(as_read)
    if len(bare) >= FEWEST_BARE_TITLES:
        refs |= bare
    is_search = "earch has" in as_read and SEARCH_COUNT.search(as_read, 0, SCREENED)
    if is_search or len(refs) > 1:
        many = f"a list of {len(refs)} decisions" if len(refs) > 1 else "a page of search results"
        raise UnreadableError(
            "listing",
            f"{shown(name)} is {many}, not one decision: "
            "open each decision and save it in a file of its own.",
        )


def _bare_titles(as_read: str) -> set[str]:
    """Return the references of the lines that look like titles."""
    refs = set()
    for found in LINE_END_REF.finditer(as_read):
        start = as_read.rfind("\n", 0, found.start()) + 1
        if BEFORE_REF.fullmatch(as_read, start, found.start()):
            refs.add(ref_of(found[1]))
    return refs


def refuse_no_decision(text: str, name: str, has_title: bool) -> None:
    """Raise UnreadableError where the text below the header is no decision.

    ``text`` is free of header fields, so that the answer cannot hang on the label.
    ``has_title``: a title with a reference stood above it.
    """
    words = len(text.split(None, MIN_WORDS))
    if words == 0:
        raise UnreadableError(
            "empty",
            f"{shown(name)} has no text of a decision"
            + (", only a header" if has_title else "")
            + ": give the whole page.",
        )
    if words < MIN_WORDS:
        raise UnreadableError(
            "too_short",
            f"{shown(name)} has only {words} words: give the whole decision, "
            "or at least its summary.",
        )
    if not has_title and not reads_like_a_decision(text):
        raise UnreadableError(
            "no_decision",
            f"{shown(name)} does not read like a decision (no heading of one, and hardly a "
            "word of complaints, fault or remedy): give the text of a published decision.",
        )


def reads_like_a_decision(text: str) -> bool:
    """Say whether a text has a main heading or words of a decision, and is not program code.

    A decision that was cut off early, or pasted in one line, passes.
    """
    sample = text[:SCREENED]
    lines = [line for line in sample.split("\n") if line.strip()][:SCREENED_LINES]
    code = sum(CODE_LINE.match(line) is not None for line in lines)
    if code > 2 and code > MOST_CODE * len(lines):
        return False
    if any(TELLING_HEADING.match(plain(line[:200])) for line in lines):
        return True
    present = (cue for cue in CUES if cue.search(sample))
    return len(list(islice(present, LEAST_CUES))) == LEAST_CUES
