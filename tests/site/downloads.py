"""What the tests of the download share: decisions to publish, a run, what a folder holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from local_site import LocalSite
from sample_record import sample_record
from site_pages import Listed, listed
from warcio.archiveiterator import ArchiveIterator

from pipeline.corpus import CORPUS, Record, load
from pipeline.download import Report, download

MARK = re.compile(r"^\s*(?:\d+\.|[-•])\s+", re.MULTILINE)
FIRST, LAST = date(2023, 1, 1), date(2023, 3, 31)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@cache
def corpus() -> tuple[Record, ...]:
    return tuple(load(CORPUS)) if CORPUS.exists() else (sample_record(),)


def records(count: int, *, days: int = 90) -> list[Record]:
    """Records of the corpus under references of their own, dated one after the other."""
    pool = corpus()
    return [
        replace(
            pool[number * 7 % len(pool)],
            ref=f"{20 + number % 4} {number // 1000:03} {number % 1000:03}",
            date=(FIRST + timedelta(number % days)).isoformat(),
        )
        for number in range(count)
    ]


def decisions(count: int, *, days: int = 90) -> list[Listed]:
    """Pages of those records: statements, now and then a report or a joint health case."""
    made = []
    for number, record in enumerate(records(count, days=days)):
        if number % 20 == 7:
            other = replace(record, ref=f"{made[-1].record.ref[:10]}b", date=made[-1].record.date)
            made[-1] = listed(replace(made[-1].record, ref=f"{made[-1].record.ref[:10]}a"))
            made.append(listed(other))
        else:
            made.append(listed(record, report=number % 20 == 3, curly=number % 2 == 0))
    return made


def fetch(site: LocalSite, folder: Path, **options: Any) -> Report:
    """Download from the local site as fast as it answers."""
    usual = {"since": FIRST, "until": LAST, "rate": 1000.0, "backoff": 0.001}
    return download(folder, **{**usual, "base_url": site.url, **options})


def clock_at(day: int) -> Any:
    """Return a clock that stands at noon, so many days after the first download."""
    return lambda: NOON + timedelta(days=day)


def table(folder: Path, name: str = "decisions") -> pd.DataFrame:
    return pd.read_parquet(folder / f"{name}.parquet")


def archived(folder: Path) -> list[tuple[str, int]]:
    """Address and status of every page in the archive, read by warcio."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    uri = record.rec_headers.get_header("WARC-Target-URI")
                    found.append((uri, int(record.http_headers.get_statuscode())))
    return found


def words(text: str) -> list[str]:
    """Words without list marks, curly or straight quotes alike."""
    return re.findall(r"\w+", MARK.sub("", text))
