"""The values that a header or a table gives: references, outcomes, dates, categories."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from pipeline.decision import Outcome
from pipeline.reading_rules import CATEGORIES, OTHER_WORDINGS, OUTCOME_WORDINGS

_REF: Final = r"(?P<ref>\d{2}[ -]{0,3}\d{3}[ -]{0,3}\d{3} ?[A-Za-z]?)"
_SPACED_REF: Final = r"(?P<ref>\d{2}[ -]{1,3}\d{3}[ -]{1,3}\d{3} ?[A-Za-z]?)"
# Every run of spaces is bounded, so that a line of a million spaces costs no more than one
# of ten. Titles are matched without the signs around them (`tidy`).
TITLE = re.compile(
    rf"(?P<authority>\S.{{0,160}}?)?[ *_]{{0,4}}[(\[] {{0,3}}{_REF} {{0,3}}[)\]]"
    # The title of the window names the site as well.
    r"(?: {1,3}[-|] [^()]{0,60}(?i:ombudsman|lgo)[^()]{0,20})?\.?",
    re.DOTALL,
)
TITLE_INLINE = re.compile(
    r"(?P<authority>[^\W\d_](?:[^.!?:;()]|\([^)]{1,30}\)|\.(?! )){1,120}?)?"
    rf" {{0,4}}\( {{0,3}}{_REF} {{0,3}}\)"
)
BARE_REFERENCE = re.compile(rf"\(?{_SPACED_REF}\)?\.?")
NAMED_REFERENCE = re.compile(
    r"(?:complaint |case |decision )?ref(?:erence)?\.?(?: (?:number|no\.?))?"
    rf"[ *_]{{0,4}}:?[ *_]{{0,4}}{_REF}",
    re.IGNORECASE,
)
URL = re.compile(
    r"https?://\S+?/decisions/(?P<category>[a-z0-9-]+)/(?P<subcategory>[a-z0-9-]+)"
    r"/(?P<ref>\d{2}-\d{3}-\d{3}[a-z]?)\S*",
    re.IGNORECASE,
)
_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
DATE = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]+"
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ ,-]+(?P<year>\d{4})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}\S*)?"
    r"|(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4}))\b",
    re.IGNORECASE,
)

_SPACES: Final = (
    "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
)
_PLAIN: Final = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\uff1a\u2236\ua789\u02d0", ":")
    | dict.fromkeys("\u203a\u00bb\uff1e", ">")
)


def plain(text: str) -> str:
    """Return ``text`` with one sign each for spaces, apostrophes, hyphens and colons.

    The length stays, so that offsets hold.
    """
    if text.isascii() and "\t" not in text and "`" not in text:
        return text
    return text.translate(_PLAIN)


def tidy(value: str) -> str:
    """Return a value without the signs around it, spaces single."""
    return " ".join(value.split()).strip(" *_#|\"'").removeprefix("- ").strip()


def ref_of(value: str) -> str:
    """Return a reference as ``20 011 228``, a joint case with its letter; or empty."""
    digits = re.sub(r"\D", "", value)
    if len(digits) != 8:
        return ""
    letter = value.strip()[-1].lower()
    return f"{digits[:2]} {digits[2:5]} {digits[5:]}{letter if letter.isalpha() else ''}"


def date_of(value: object) -> str:
    """Return a day as ISO date, or empty where it is none. Figures are day first."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = DATE.fullmatch(tidy(plain(str(value))))
    if not found:
        return ""
    if found["iso"]:
        year, month, day = (int(part) for part in found["iso"].split("-"))
    elif found["month"]:
        month = _MONTHS.index(found["month"].lower()) + 1
        year, day = int(found["year"]), int(found["day"])
    else:
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _key(value: str) -> str:
    """Return the words of an outcome as they are compared; empty where it has other signs."""
    if re.search(r"[^a-z\s_:;,.&()*/|\"'-]", value, re.IGNORECASE):
        return ""
    return " ".join(word for word in re.findall("[a-z]+", value.casefold()) if word != "and")


_OUTCOMES: Final = {
    _key(wording): outcome for outcome, wordings in OUTCOME_WORDINGS.items() for wording in wordings
}
_OTHERS: Final = {_key(wording) for wording in OTHER_WORDINGS}
_WORDING = re.compile(
    "|".join(
        r"[^a-z0-9\n]{1,4}".join(key.split())
        for key in sorted([*_OUTCOMES, *_OTHERS], key=len, reverse=True)
    ),
    re.IGNORECASE,
)


def outcome_of(value: str) -> Outcome | None:
    """Return the published outcome that a header or a table prints, or None.

    >>> outcome_of("Closed after initial enquiries")
    'closed_after_initial_enquiries'
    """
    return _OUTCOMES.get(_key(plain(value)))


def is_outcome_wording(value: str) -> bool:
    """Say whether ``value`` is printed in the place of an outcome, one of the three or not."""
    key = _key(plain(value))
    return bool(key) and (key in _OUTCOMES or key in _OTHERS)


def outcome_prefix(text: str, at: int) -> int:
    """Return where the outcome wording that begins at ``at`` ends, or 0."""
    found = _WORDING.match(text, at)
    return found.end() if found else 0


_CATEGORIES: Final = {name.casefold(): name for name in CATEGORIES}
_SLUGS: Final = {re.sub("[^a-z0-9]+", "-", name.casefold()): name for name in CATEGORIES}
_OWN_SPELLING: Final = {"covid-19": "COVID-19"}


def is_category(value: str) -> bool:
    """Say whether ``value`` is a category, perhaps with its subcategory and a trail before."""
    names = [name.strip().casefold() for name in value.split(">")]
    names = [name for name in names if name not in ("home", "decisions")]
    return bool(names) and names[0] in _CATEGORIES and len(names) <= 3


def fields_of_url(url: str) -> tuple[str, str, str]:
    """Return reference, category and subcategory from the address of a decision.

    >>> fields_of_url("https://www.lgo.org.uk/decisions/education/school-transport/20-011-228")
    ('20 011 228', 'Education', 'School transport')
    """
    found = URL.match(url.strip())
    if not found:
        return "", "", ""
    category = _SLUGS.get(found["category"].lower(), "")
    slug = found["subcategory"].lower()
    subcategory = _OWN_SPELLING.get(slug) or slug.replace("-", " ").capitalize()
    return ref_of(found["ref"]), category, subcategory if category else ""
