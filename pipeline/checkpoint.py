"""How far a download has come: an SQLite file beside the pages.

It lists the records of the archive, the decisions that each month announces, and what is
still to be asked. What it says of pages can be made again from the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.archive import Place
from pipeline.download_faults import DownloadError
from pipeline.search_page import Entry, Window

TABLES = """
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY, ref TEXT NOT NULL, status INTEGER NOT NULL, sha256 TEXT NOT NULL,
    url TEXT NOT NULL, fetched_at TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, UNIQUE (file, offset));
CREATE INDEX IF NOT EXISTS versions_by_ref ON versions (ref, number);
CREATE TABLE IF NOT EXISTS checked (ref TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS windows (
    first TEXT, last TEXT, announced INTEGER NOT NULL, complete INTEGER NOT NULL,
    cut INTEGER NOT NULL, listed_at TEXT NOT NULL, PRIMARY KEY (first, last));
CREATE TABLE IF NOT EXISTS entries (
    first TEXT, last TEXT, page INTEGER, position INTEGER, ref TEXT NOT NULL,
    category TEXT NOT NULL, address TEXT NOT NULL, printed TEXT NOT NULL,
    asked INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (first, last, page, position));
CREATE TABLE IF NOT EXISTS unlisted (ref TEXT PRIMARY KEY, address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refresh (started_at TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One fetched state of a decision: a page (status 200), or that it is gone."""

    ref: str
    status: int
    sha256: str
    """Of the body, its content coding undone."""
    url: str
    fetched_at: str
    etag: str
    last_modified: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """What is known of one month window."""

    window: Window
    announced: int
    complete: bool
    """Whether as many decisions are listed as are announced."""
    cut: bool
    """Whether the listing was left because the limit was reached."""
    listed_at: str


class Checkpoint:
    """The SQLite file at `path`. Only one process can have it open.

    Raises `DownloadError` where another has, or where the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.database = sqlite3.connect(path, timeout=1)
            self.database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.database.execute("PRAGMA journal_mode = WAL")
            # The archive is on the disk before the checkpoint says so, and can restore it.
            self.database.execute("PRAGMA synchronous = NORMAL")
            self.database.executescript(TABLES)
        except sqlite3.OperationalError as error:
            raise DownloadError(
                f"{path.parent} cannot be used ({error}): another download may be running in it. "
                "Wait for it to end, or give another folder."
            ) from error
        except sqlite3.DatabaseError as error:
            raise DownloadError(
                f"{path} is damaged ({error}). Delete it and run the command again: it is made "
                "anew from the pages that are stored."
            ) from error

    def close(self) -> None:
        """Let other processes have the file."""
        self.database.close()

    # ---- pages ----

    def add_version(self, version: Version) -> None:
        """Note a record of the archive, and that its decision was checked then."""
        place = version.place
        with self.database:
            self.database.execute(
                "INSERT INTO versions (ref, status, sha256, url, fetched_at, etag, last_modified,"
                " file, offset, length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    version.ref,
                    version.status,
                    version.sha256,
                    version.url,
                    version.fetched_at,
                    version.etag,
                    version.last_modified,
                    place.file,
                    place.offset,
                    place.length,
                ),
            )
            self._check(version.ref, version.fetched_at)

    def check(self, ref: str, at: str) -> None:
        """Note that a decision was asked for again and is still as it is stored."""
        with self.database:
            self._check(ref, at)

    def _check(self, ref: str, at: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO checked VALUES (?, ?)", (ref, at))
        self.database.execute("DELETE FROM unlisted WHERE ref = ?", (ref,))

    def checked_at(self, ref: str) -> str:
        """Return when a decision was last asked for with success; empty if never."""
        row = self.database.execute("SELECT at FROM checked WHERE ref = ?", (ref,)).fetchone()
        return str(row[0]) if row else ""

    def versions(self, ref: str) -> list[Version]:
        """Return what was fetched of a decision, the oldest first."""
        rows = self.database.execute(
            "SELECT ref, status, sha256, url, fetched_at, etag, last_modified, file, offset,"
            " length FROM versions WHERE ref = ? ORDER BY number",
            (ref,),
        )
        return [_version(*row) for row in rows]

    def refs(self) -> list[str]:
        """Return the references of all stored decisions, sorted."""
        rows = self.database.execute("SELECT DISTINCT ref FROM versions ORDER BY ref")
        return [row[0] for row in rows]

    def ends(self) -> dict[str, int]:
        """Return the end of the last known record of each file of the archive."""
        rows = self.database.execute(
            "SELECT file, max(offset + length) FROM versions GROUP BY file"
        )
        return dict(rows.fetchall())

    # ---- listings ----

    def listing(self, window: Window) -> Listing | None:
        """Return what is known of a window."""
        return next((one for one in self.listings() if one.window == window), None)

    def listings(self) -> list[Listing]:
        """Return all windows, the newest first."""
        rows = self.database.execute(
            "SELECT first, last, announced, complete, cut, listed_at FROM windows"
            " ORDER BY first DESC, last DESC"
        )
        return [
            Listing(Window(first, last), announced, bool(complete), bool(cut), at)
            for first, last, announced, complete, cut, at in rows
        ]

    def entries(self, window: Window) -> list[Entry]:
        """Return what the window lists, in the order of the site."""
        rows = self.database.execute(
            "SELECT ref, category, address, printed FROM entries WHERE first = ? AND last = ?"
            " ORDER BY page, position",
            (window.first, window.last),
        )
        return [Entry(*row) for row in rows]

    def asked(self, window: Window) -> set[str]:
        """Return the references of a window that a run has asked for."""
        rows = self.database.execute(
            "SELECT ref FROM entries WHERE first = ? AND last = ? AND asked",
            (window.first, window.last),
        )
        return {row[0] for row in rows}

    def pages_listed(self, window: Window) -> int:
        """Return the number of the last page of results that is stored."""
        row = self.database.execute(
            "SELECT max(page) FROM entries WHERE first = ? AND last = ?",
            (window.first, window.last),
        ).fetchone()
        return int(row[0] or 0)

    def begin_listing(self, window: Window, announced: int, at: str) -> None:
        """Forget what the window listed; remember those decisions until they are seen again."""
        with self.database:
            for old in [one.window for one in self.listings() if one.window.within(window)]:
                self._drop(old)
            self.database.execute(
                "INSERT INTO windows VALUES (?, ?, ?, 0, 0, ?)",
                (window.first, window.last, announced, at),
            )

    def _drop(self, window: Window) -> None:
        key = (window.first, window.last)
        self.database.execute(
            "INSERT OR IGNORE INTO unlisted SELECT ref, address FROM entries"
            " WHERE first = ? AND last = ? AND ref IN (SELECT ref FROM versions)",
            key,
        )
        self.database.execute("DELETE FROM entries WHERE first = ? AND last = ?", key)
        self.database.execute("DELETE FROM windows WHERE first = ? AND last = ?", key)

    def add_page(self, window: Window, page: int, entries: Iterable[Entry]) -> None:
        """Store one page of results."""
        rows = [
            (window.first, window.last, page, place, e.ref, e.category, e.address, e.printed)
            for place, e in enumerate(entries)
        ]
        with self.database:
            self.database.executemany(
                "INSERT INTO entries (first, last, page, position, ref, category, address,"
                " printed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            self.database.executemany(
                "DELETE FROM unlisted WHERE ref = ?", [(row[4],) for row in rows]
            )

    def end_listing(self, window: Window, *, complete: bool, cut: bool) -> None:
        """Note how the listing of a window ended."""
        with self.database:
            self.database.execute(
                "UPDATE windows SET complete = ?, cut = ? WHERE first = ? AND last = ?",
                (complete, cut, window.first, window.last),
            )

    def ask(self, window: Window, refs: Iterable[str]) -> None:
        """Note which decisions of a window are wanted."""
        with self.database:
            self.database.executemany(
                "UPDATE entries SET asked = 1 WHERE first = ? AND last = ? AND ref = ?",
                [(window.first, window.last, ref) for ref in refs],
            )

    def unlisted(self) -> Iterator[tuple[str, str]]:
        """Yield reference and address of stored decisions that their month lists no longer."""
        yield from self.database.execute(
            "SELECT ref, address FROM unlisted ORDER BY ref"
        ).fetchall()

    def forget_unlisted(self, ref: str) -> None:
        """Leave a decision that its month lists no longer as it is stored."""
        with self.database:
            self.database.execute("DELETE FROM unlisted WHERE ref = ?", (ref,))

    # ---- refresh ----

    def begin_refresh(self, at: str) -> str:
        """Return when the refresh that is under way began; begin one where there is none."""
        row = self.database.execute("SELECT started_at FROM refresh").fetchone()
        if row:
            return str(row[0])
        with self.database:
            self.database.execute("INSERT INTO refresh VALUES (?)", (at,))
        return at

    def end_refresh(self) -> None:
        """Note that everything was asked for again."""
        with self.database:
            self.database.execute("DELETE FROM refresh")


def _version(
    ref: str,
    status: int,
    sha256: str,
    url: str,
    fetched_at: str,
    etag: str,
    last_modified: str,
    *place: Any,
) -> Version:
    return Version(ref, status, sha256, url, fetched_at, etag, last_modified, Place(*place))
