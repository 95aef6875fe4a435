"""How the report says things: names, dates, shares, links."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath

from pipeline.statutes import GROUNDS, link

OUTCOME_NAMES: dict[str, str] = {
    "closed_after_initial_enquiries": "Closed after initial enquiries",
    "not_upheld": "Not upheld",
    "upheld": "Upheld",
}
"""The outcomes as people say them."""

SECTION_NAMES: dict[str, str] = {
    "header": "Header",
    "summary": "Summary",
    "complaint": "The complaint",
    "scope": "What was investigated",
    "role": "Role and powers",
    "consideration": "How it was considered",
    "background": "Background",
    "findings": "Findings",
    "action": "Action",
    "decision": "Decision",
    "not_investigated": "What was not investigated",
    "signature": "Signature",
    "furniture": "Parts of the web page",
    "unknown": "Without a known heading",
}

_PROVISION = re.compile(r"[a-z]+(?:/[A-Za-z0-9-]+)+")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+(?:/\S*)?", re.IGNORECASE)


def name_of(ref: str, source: str) -> str:
    """Return what to call a decision: its reference, or else the name of its file."""
    return ref or PurePath(source.replace("\\", "/")).name or "No reference"


def section_name(label: str) -> str:
    """Return the name of a section; a label that is not known is shown as it is."""
    return SECTION_NAMES.get(label, label.replace("_", " "))


def ground_label(name: str) -> str:
    """Return the label of a ground; an unknown one is called by its name."""
    ground = GROUNDS.get(name)
    return ground.label if ground else name.replace("_", " ")


def ground_description(name: str) -> str:
    """Return what a ground means, or nothing where it is not known."""
    ground = GROUNDS.get(name)
    return ground.description if ground else ""


def provision_link(provision: str) -> str:
    """Return the address on legislation.gov.uk; empty where the id is no path there."""
    return link(provision) if _PROVISION.fullmatch(provision) else ""


def web_link(address: str) -> str:
    """Return the address where it is one of the web, else nothing (``javascript:`` is none)."""
    return address if _WEB_ADDRESS.fullmatch(address) else ""


def spoken_date(iso: str) -> str:
    """Return ``9 March 2021``; a date that cannot be read is returned as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def percent(share: float, digits: int = 0) -> str:
    """Return ``42%``; a share that only rounds to nothing or to all says so (``<1%``)."""
    shown = f"{100 * share:.{digits}f}"
    edge = 10**-digits
    if share > 0 and float(shown) == 0:
        return f"<{edge:g}%"
    if share < 1 and float(shown) == 100:
        return f">{100 - edge:g}%"
    return f"{shown}%"


def review_reason(outcome_set: str, warnings: str) -> str:
    """Say in a few words why a decision is to be reviewed. Both are ``|``-joined columns."""
    size = len([part for part in outcome_set.split("|") if part])
    if size > 1:
        return "More than one outcome is possible"
    if size == 0:
        return "No outcome is probable enough"
    return "A check gave a warning" if warnings else "Marked for review"
