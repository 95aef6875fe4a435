"""How complete a download is, by month."""

from __future__ import annotations

import pandas as pd

from pipeline.checkpoint import Checkpoint, Listing
from pipeline.search_page import is_whole_month

COUNTS = ("announced", "left_out", "fetched", "parsed", "missing")


def coverage_table(checkpoint: Checkpoint, parsed: set[str]) -> pd.DataFrame:
    """Return a row for each month window, the oldest first: its name and the `COUNTS`.

    `parsed` are the references in the table. A window inside another is left out.
    """
    fetched = set(checkpoint.refs())
    listings = checkpoint.listings()
    rows = [
        _row(checkpoint, one, fetched, parsed)
        for one in reversed(listings)
        if _counts(one, listings)
    ]
    return pd.DataFrame(rows, columns=["month", *COUNTS])


def _row(
    checkpoint: Checkpoint, listing: Listing, fetched: set[str], parsed: set[str]
) -> dict[str, str | int]:
    window = listing.window
    entries = checkpoint.entries(window)
    refs = {entry.ref for entry in entries}
    held = refs & fetched
    asked = checkpoint.asked(window) | held
    known = listing.announced if listing.complete or listing.cut else len(entries)
    left_out = known - len(asked)
    return {
        "month": window.month if is_whole_month(window) else str(window),
        "announced": listing.announced,
        "left_out": left_out,
        "fetched": len(held),
        "parsed": len(refs & parsed),
        "missing": listing.announced - left_out - len(held),
    }


def _counts(listing: Listing, listings: list[Listing]) -> bool:
    return not any(
        other is not listing and listing.window.within(other.window) for other in listings
    )
