"""Inputs as items: what a file or a row holds, before anything is made of it.

Taking an item from a file is quick and is done in one place; making a decision of it is done
where it is scored, so an item can travel to another process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.decision import Decision, Problem
from pipeline.decoding import (
    MAX_PAGE_BYTES,
    UnreadableError,
    encoding_of,
    refuse_foreign_files,
    shown,
)
from pipeline.errors import ScoringError
from pipeline.inputs import InputFile, find_files, system_error
from pipeline.reading import JSON_OBJECT, TABLE_READERS, read_bytes, read_row
from pipeline.tables import HEAD, RowOrFault, read_jsonl

IN_ARCHIVE = re.compile(r"(?P<archive>.*?\.zip)!", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an item: a short name, and a sentence for the analyst."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Item:
    """One input as it was taken from its file."""

    source: str
    content: bytes | Mapping[str, Any] | Fault
    """The bytes of a page, the fields of a row, or what is wrong with either."""
    suffix: str = ""
    """Suffix of the page's file, ``-`` for standard input, empty for a row."""

    @property
    def size(self) -> int:
        """Roughly how much memory the item takes, in bytes."""
        if isinstance(self.content, bytes):
            return len(self.content)
        if isinstance(self.content, Fault):
            return len(self.content.sentence)
        return sum(len(cell) for cell in self.content.values() if isinstance(cell, str))

    def digest(self) -> bytes:
        """Return the SHA-256 of all that decides what becomes of the item."""
        content = self.content
        said = (
            content if isinstance(content, bytes) else _spelled(content).encode("utf-8", "replace")
        )
        named = f"{self.source}\0{self.suffix}\0".encode("utf-8", "surrogatepass")
        return hashlib.sha256(named + said).digest()


def _spelled(content: Mapping[str, Any] | Fault) -> str:
    return repr(content if isinstance(content, Fault) else sorted(content.items()))


def read_items(inputs: Iterable[str | Path], stdin: BinaryIO | None = None) -> Iterator[Item]:
    """Yield every item of the inputs in order: one for each page, row or fault.

    The items are those of `pipeline.reading.read_decisions`.

    Raises
    ------
    ScoringError
        A table or an archive changes while it is read, so that its rows are of two versions.
    """
    for found in find_files(inputs, stdin):
        if not isinstance(found, InputFile):
            source, error = found
            yield _faulty(source, error)
            continue
        try:
            yield from _in_file(found)
        except UnreadableError as error:
            yield _faulty(found.source, error)
        except OSError as error:
            yield _faulty(found.source, system_error(found.source, error))


def make_decision(item: Item, position: int) -> Decision | Problem:
    """Return the decision that an item holds, or what is wrong with it."""
    content = item.content
    if isinstance(content, Fault):
        return Problem(item.source, position, content.kind, content.sentence)
    try:
        if isinstance(content, bytes):
            return read_bytes(content, item.source, item.suffix)
        return read_row(content, item.source)
    except UnreadableError as error:
        return Problem(item.source, position, error.kind, error.sentence)


def _faulty(source: str, error: UnreadableError) -> Item:
    return Item(source, Fault(error.kind, error.sentence))


def _in_file(file: InputFile) -> Iterator[Item]:
    before = _stamp(file.source)
    stream = file.open()
    try:
        if file.suffix == "-":
            yield from _in_pipe(stream)
        elif file.suffix in TABLE_READERS:
            rows = TABLE_READERS[file.suffix](stream, file.source)
            yield from _in_rows(rows, file.source)
            if _stamp(file.source) != before:
                raise ScoringError(
                    f"{shown(file.source)} changed while it was read, so nothing was written: "
                    "run it again once the file is complete."
                )
        else:
            yield _page_item(file, stream.read(MAX_PAGE_BYTES + 1), before)
    finally:
        if file.suffix != "-":
            stream.close()


def _page_item(file: InputFile, data: bytes, before: object) -> Item:
    if _stamp(file.source) == before:
        return Item(file.source, data, file.suffix)
    sentence = f"{shown(file.source)} changed while it was read: score it again."
    return Item(file.source, Fault("changed", sentence))


def _stamp(source: str) -> tuple[int, int, int] | None:
    """Return what tells one version of a file from another, None where there is no file."""
    inside = IN_ARCHIVE.match(source)
    try:
        status = Path(inside["archive"] if inside else source).stat()
    except (OSError, ValueError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _in_pipe(stream: BinaryIO) -> Iterator[Item]:
    """Take the items of standard input, which has no suffix: HTML, JSON lines or text."""
    head = stream.read(HEAD)
    refuse_foreign_files(head, "standard input")
    encoding, skip = encoding_of(head)
    if JSON_OBJECT.match(head[skip:].decode(encoding, errors="replace")):
        yield from _in_rows(read_jsonl(stream, "-", head), "-")
    else:
        yield Item("-", head + stream.read(MAX_PAGE_BYTES + 1), "-")


def _in_rows(rows: Iterable[RowOrFault], source: str) -> Iterator[Item]:
    count = 0
    for place, row in rows:
        count += 1
        where = f"{source}:{place}"
        yield _faulty(where, row) if isinstance(row, UnreadableError) else Item(where, row)
    if count == 0:
        raise UnreadableError("empty", f"{shown(source)} has no rows: give a table with some.")
