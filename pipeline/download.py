"""Downloading the published decisions: month by month, politely, and so that it can be stopped.

The folder holds the pages as they were fetched (``decisions-00001.warc.gz``, ...), the state of
the download (``checkpoint.sqlite``), and what is made of both: ``decisions.parquet``,
``earlier_versions.parquet``, ``coverage.csv``, ``faults.csv`` and ``TERMS.txt``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from pipeline.archive import Archive, timestamp
from pipeline.checkpoint import Checkpoint
from pipeline.coverage import coverage_table
from pipeline.download_faults import DownloadError, Fault, summarise
from pipeline.download_run import Counts, Run, Wanted, note_page
from pipeline.download_table import build_tables, load_downloaded, table_refs
from pipeline.reading_rules import CATEGORIES
from pipeline.search_page import SITE, same_category, windows
from pipeline.site_client import BACKOFF, TIMEOUT, SiteClient, user_agent

__all__ = ["DownloadError", "Report", "coverage", "download", "load_downloaded", "parse_rate"]

EARLIEST = date(2013, 1, 1)
"""Where a download begins that names no first day; the site has hardly anything older."""

TERMS = """\
These decisions were published by the Local Government and Social Care Ombudsman
(www.lgo.org.uk). They may be re-used free of charge if they are reproduced accurately, without
amendment, and the Ombudsman is acknowledged as their source. They are not under an open
licence: keep this folder on your own machine and put it into no repository or package.
Decisions marked as withdrawn are no longer published: do not publish them again.
"""
RATE = re.compile(
    r"(?P<count>\d+(?:\.\d+)?)\s*(?:/|per)?\s*(?P<unit>s|sec|second|min|minute|h|hour)?"
)
SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Report:
    """What a download did. ``coverage`` is the table that `coverage` returns."""

    coverage: pd.DataFrame
    counts: Counts
    decisions: int
    """Rows of the table."""
    faults: tuple[Fault, ...]


def download(
    folder: Path,
    *,
    since: date | None = None,
    until: date | None = None,
    categories: Iterable[str] = (),
    limit: int | None = None,
    rate: float = 1.0,
    contact: str = "",
    base_url: str = SITE,
    refresh: bool = False,
    progress: bool = False,
    backoff: float = BACKOFF,
    timeout: float = TIMEOUT,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Bring the decisions in `folder` up to date with the site, and make the table anew.

    Only what the folder lacks is fetched, so a download that was stopped in any way goes on
    where it was. Months whose count line changed are listed again.

    Parameters
    ----------
    since, until
        First and last day of the decisions' dates, both included.
    categories
        Names of categories (``Adult care services``); all where empty.
    limit
        At most this many decisions, the newest first.
    rate
        Requests a second.
    contact
        E-mail or web address that the site's owner can write to.
    refresh
        Whether to ask for every stored decision again, to notice what was amended or
        withdrawn. Pages that have not changed are not sent again where the site supports it.
    backoff, timeout
        Seconds before the second attempt at an address, and without an answer.
    clock
        The time that is noted with each page.

    Raises `DownloadError` where the download stopped, or ended with something missing. The
    table then holds what there is.
    """
    wanted = _wanted(since, until, categories, limit)
    site = base_url.rstrip("/")
    _check_rate(rate)
    user_agent(contact)
    with writing_to(folder), open_folder(folder) as (archive, checkpoint):
        stopped: DownloadError | None = None
        with SiteClient(
            site, rate=rate, contact=contact, backoff=backoff, timeout=timeout
        ) as client:
            run = Run(client, archive, checkpoint, wanted, lambda: timestamp(clock()))
            try:
                run.all_months(refresh=refresh, progress=progress)
            except DownloadError as error:
                stopped = error
        decisions, left_out = build_tables(folder, archive, checkpoint, progress=progress)
        faults = (*run.faults, *left_out)
        table = coverage_table(checkpoint, table_refs(folder))
        _write(folder, table, faults)
    _raise_what_is_wrong(stopped, faults, decisions, table)
    return Report(table, run.counts, decisions, faults)


def coverage(folder: Path) -> pd.DataFrame:
    """Return what each month announces and what of it is stored, the oldest month first.

    Columns ``month`` (``2023-01``; the days too where only part of it was asked for),
    ``announced`` (by the count line), ``left_out`` (not asked for: another category, over the
    limit, or a second address of the same decision), ``fetched``, ``parsed`` (in the table) and
    ``missing`` (announced, but neither left out nor fetched).

    Raises `DownloadError` where `folder` holds no download.
    """
    if not (folder / "checkpoint.sqlite").exists():
        raise DownloadError(f"{folder} holds no download: run `decisions download` first.")
    with open_folder(folder) as (_, checkpoint):
        return coverage_table(checkpoint, table_refs(folder))


def parse_rate(text: str) -> float:
    """Return requests a second.

    >>> parse_rate("1/s"), parse_rate("30/min"), parse_rate("0.5")
    (1.0, 0.5, 0.5)

    Raises `DownloadError` where `text` is no rate.
    """
    found = RATE.fullmatch(text.strip().lower())
    rate = float(found["count"]) / SECONDS[(found["unit"] or "s")[0]] if found else 0.0
    _check_rate(rate, text)
    return rate


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn a fault of the disk into a `DownloadError`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise DownloadError(
            f"{folder} cannot be written to ({error}): see that the disk has room and that the "
            "folder is yours, or give another one. The command then goes on from here."
        ) from error


@contextmanager
def open_folder(folder: Path) -> Iterator[tuple[Archive, Checkpoint]]:
    """Open the pages and the checkpoint of a download, and bring them in line.

    Whole pages at the end of the archive that the checkpoint does not know (the process was
    killed between the two) are added to it; a half page is cut off.

    Raises `DownloadError` where another process uses the folder.
    """
    archive = Archive(folder)
    checkpoint = Checkpoint(folder / "checkpoint.sqlite")
    try:
        for place, page in archive.recover(checkpoint.ends()):
            note_page(checkpoint, page.answer, page.ref, page.fetched_at, place)
        yield archive, checkpoint
    finally:
        checkpoint.close()


def _wanted(
    since: date | None, until: date | None, categories: Iterable[str], limit: int | None
) -> Wanted:
    first, last = since or EARLIEST, until or datetime.now(UTC).date()
    if first > last:
        raise DownloadError(f"The first day ({first}) is after the last ({last}): swap them.")
    if limit is not None and limit < 1:
        raise DownloadError(f"The limit is {limit}: give 1 or more, or none.")
    names = tuple(categories)
    for name in names:
        if not any(same_category(name, known) for known in CATEGORIES):
            raise DownloadError(
                f"{name!r} is no category of the site: choose from {', '.join(CATEGORIES)}."
            )
    return Wanted(tuple(windows(first, last)), names, limit)


def _check_rate(rate: float, text: object = None) -> None:
    if not 0 < rate < float("inf"):
        raise DownloadError(
            f"{rate if text is None else text!r} is no rate: give requests a second such as 1/s, "
            "0.5/s or 30/min."
        )


def _write(folder: Path, table: pd.DataFrame, faults: tuple[Fault, ...]) -> None:
    (folder / "TERMS.txt").write_text(TERMS, encoding="utf-8")
    table.to_csv(folder / "coverage.csv", index=False, lineterminator="\n")
    columns = ["kind", "subject", "address", "sentence"]
    rows = pd.DataFrame([asdict(fault) for fault in faults], columns=columns)
    rows.to_csv(folder / "faults.csv", index=False, lineterminator="\n")


def _raise_what_is_wrong(
    stopped: DownloadError | None, faults: tuple[Fault, ...], decisions: int, table: pd.DataFrame
) -> None:
    """Raise `DownloadError` unless everything announced and asked for is in the table."""
    sentences = [str(stopped)] if stopped else []
    sentences += summarise(list(faults))
    missing = int(table["missing"].sum())
    if not sentences and table["announced"].sum() == 0:
        sentences.append(
            "The site announces no decision for these days: give an earlier --since or a later "
            "--until."
        )
    elif not sentences and missing:
        sentences.append(f"{missing} decisions that are announced could not be fetched.")
    elif not sentences and decisions == 0:
        sentences.append("No decision of what was asked for is announced for these days.")
    if sentences:
        raise DownloadError("\n".join(sentences)) from stopped
