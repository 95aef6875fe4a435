"""The pages as they were fetched: WARC files, one gzip member for each record.

WARC (ISO 28500) is the format of web archives: it keeps the body as it was sent with its
HTTP headers, address and time. Records are only ever added at the end. A process that is
killed can leave half a record there, which `Archive.open` cuts off.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.download_faults import DownloadError
from pipeline.site_client import Answer, without_coding

FILE_SIZE = 500_000_000
"""Bytes after which the next file is begun."""
CHUNK = 1 << 20
SYNC_EVERY = 0.9
"""Seconds between waits for the disk: at the usual rate, one for each page."""
NAME = re.compile(r"decisions-(\d{5})\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: file name, offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A record read back. ``fetched_at`` is UTC: ``2026-01-31T09:30:00Z``."""

    answer: Answer
    fetched_at: str
    ref: str


class Archive:
    """The WARC files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.synced = 0.0
        folder.mkdir(parents=True, exist_ok=True)

    def recover(self, ends: dict[str, int]) -> Iterator[tuple[Place, StoredPage]]:
        """Yield the whole records after the known `ends` of the files; cut off a broken one.

        `ends` maps file names to the offset up to which the records are known.
        """
        for path in self.files():
            start = ends.get(path.name, 0)
            if path.stat().st_size < start:
                raise _damaged(path, path.stat().st_size)
            end = start
            with path.open("rb") as file:
                for offset, length, record in members(file, start):
                    page = _page_of(record)
                    end = offset + length
                    if page is not None:
                        yield Place(path.name, offset, length), page
            if end < path.stat().st_size:
                os.truncate(path, end)

    def add(self, answer: Answer, ref: str, fetched_at: str) -> Place:
        """Write an answer at the end and return where.

        It outlives the process from then on; a failure of the machine may cost the pages of
        the last `SYNC_EVERY` seconds.
        """
        path = self._last()
        with path.open("ab") as file:
            if file.tell() == 0:
                file.write(_warcinfo(path.name, fetched_at))
            offset = file.tell()
            record = _record(answer, ref, fetched_at)
            file.write(record)
            file.flush()
            if time.monotonic() - self.synced >= SYNC_EVERY:
                os.fsync(file.fileno())
                self.synced = time.monotonic()
        return Place(path.name, offset, len(record))

    def read(self, place: Place) -> StoredPage:
        """Return the record at `place`.

        Raises `DownloadError` where the file was changed since.
        """
        try:
            with (self.folder / place.file).open("rb") as file:
                file.seek(place.offset)
                page = _page_of(zlib.decompress(file.read(place.length), wbits=31))
        except (OSError, zlib.error, ArchiveLoadFailed) as error:
            raise _damaged(self.folder / place.file, place.offset) from error
        if page is None:
            raise _damaged(self.folder / place.file, place.offset)
        return page

    def files(self) -> list[Path]:
        """Return the files in the order in which they were written."""
        return sorted(path for path in self.folder.iterdir() if NAME.fullmatch(path.name))

    def _last(self) -> Path:
        files = self.files()
        if files and files[-1].stat().st_size < FILE_SIZE:
            return files[-1]
        return self.folder / f"decisions-{len(files) + 1:05}.warc.gz"


def members(file: BinaryIO, start: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, length and content of each whole gzip member of `file` from `start` on.

    Stops before the first that is broken or breaks off.
    """
    file.seek(start)
    offset = start
    pending = b""
    while True:
        inflate = zlib.decompressobj(wbits=31)
        content = bytearray()
        length = 0
        while not inflate.eof:
            chunk = pending or file.read(CHUNK)
            pending = b""
            if not chunk:
                return
            try:
                content += inflate.decompress(chunk)
            except zlib.error:
                return
            length += len(chunk)
        pending = inflate.unused_data
        length -= len(pending)
        yield offset, length, bytes(content)
        offset += length


def timestamp(now: datetime) -> str:
    """Return a moment as WARC writes it, in UTC and whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _record(answer: Answer, ref: str, fetched_at: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    head = StatusAndHeaders(
        f"{answer.status} {answer.reason}".strip(), list(answer.headers), protocol="HTTP/1.1"
    )
    # The reference is that of the address that was asked; a redirect may have another.
    details = {"WARC-Date": fetched_at, "X-Decision-Reference": ref}
    writer.write_record(
        writer.create_warc_record(
            answer.url,
            "response",
            payload=BytesIO(answer.raw),
            http_headers=head,
            warc_headers_dict=details,
        )
    )
    return buffer.getvalue()


def _warcinfo(name: str, fetched_at: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    info = {
        "software": "ombudsman-decisions",
        "format": "WARC File Format 1.0",
        "description": "Decisions of the Local Government and Social Care Ombudsman, as published",
    }
    record = writer.create_warcinfo_record(name, info)
    record.rec_headers.replace_header("WARC-Date", fetched_at)
    writer.write_record(record)
    return buffer.getvalue()


def _page_of(record: bytes) -> StoredPage | None:
    """Return the page of one record, or None where it holds none (a warcinfo record)."""
    for warc in ArchiveIterator(BytesIO(record)):
        if warc.rec_type != "response":
            return None
        head = warc.http_headers
        headers = tuple((str(key), str(value)) for key, value in head.headers)
        raw = warc.raw_stream.read()
        reason = head.statusline.partition(" ")[2]
        answer = Answer(
            url=warc.rec_headers.get_header("WARC-Target-URI"),
            status=int(head.get_statuscode()),
            reason=reason,
            headers=headers,
            raw=raw,
            body=without_coding(headers, raw),
        )
        return StoredPage(
            answer,
            warc.rec_headers.get_header("WARC-Date"),
            warc.rec_headers.get_header("X-Decision-Reference"),
        )
    return None


def _damaged(path: Path, offset: int) -> DownloadError:
    return DownloadError(
        f"{path} is damaged at byte {offset:,}. Bring the file back from a copy; or delete "
        "checkpoint.sqlite beside it and run `decisions download` again: the pages before the "
        "damage are kept, the later ones of this file fetched again."
    )
