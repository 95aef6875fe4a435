"""Rows of a table (CSV, JSON lines, Parquet), read one by one in constant memory."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, Final

from pipeline.decoding import (
    MAX_PAGE_BYTES,
    UnreadableError,
    encoding_of,
    refuse_binary,
    refuse_foreign_files,
    shown,
    too_long,
)
from pipeline.page import looks_like_html
from pipeline.reading_rules import COLUMNS

ROWS_PER_BATCH: Final = 32
HEAD: Final = 65_536

Row = Mapping[str, Any]
RowOrFault = tuple[str, Row | UnreadableError]
"""Where a row stands ("row 12"), and its fields by their known names, or what is wrong."""


def known_columns(names: Iterable[object]) -> dict[str, object]:
    """Return the columns that are understood, as ``{field: name in the table}``.

    Case, spaces and hyphens make no difference; of two names for one field the one that
    stands first in ``reading.toml`` counts.
    """
    given = {re.sub(r"[\s-]+", "_", str(name).strip().casefold()): name for name in names}
    return {
        field: next(given[name] for name in known if name in given)
        for field, known in COLUMNS.items()
        if any(name in given for name in known)
    }


def require_text_column(columns: Mapping[str, object], source: str, what: str) -> None:
    """Raise UnreadableError where no column holds the text."""
    if "text" not in columns and "html" not in columns:
        names = ", ".join([*COLUMNS["text"], *COLUMNS["html"]])
        raise UnreadableError(
            "no_text_column",
            f"{shown(source)} has no {what} with the text of the decision: name it one of {names}.",
        )


def read_csv(stream: BinaryIO, source: str) -> Iterator[RowOrFault]:
    """Yield the rows of a CSV table; rows count from 1, without the header.

    Raises:
        UnreadableError: where the table as a whole cannot be read, or not to its end.
    """
    csv.field_size_limit(min(MAX_PAGE_BYTES, sys.maxsize))
    head = _peek(stream)
    refuse_foreign_files(head, source)
    encoding, skip = encoding_of(head)
    stream.seek(skip)
    errors = "cp1252_bytes" if encoding == "utf-8" else "replace"
    lines = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
    start = head[skip:].decode(encoding, errors=errors)
    first = start.split("\n")[0]
    refuse_binary(first, source)
    _refuse_page(start, source)
    # A line is taken in pieces, so that a file of one endless line does not fill the memory;
    # a cell that long is an error of the csv module.
    pieces = iter(partial(lines.readline, MAX_PAGE_BYTES + 1), "")
    reader = csv.reader(pieces, delimiter=_delimiter(first))
    number = 0
    try:
        names = next(reader, [])
        if not any(name.strip() for name in names):
            raise UnreadableError("empty", f"{shown(source)} is empty: give a table with rows.")
        columns = known_columns(names)
        require_text_column(columns, source, "column")
        places = {field: names.index(str(name)) for field, name in columns.items()}
        for cells in reader:
            if not any(cells):
                continue
            number += 1
            yield f"row {number}", _csv_row(cells, names, places, f"{source}:row {number}")
    except csv.Error as error:
        raise UnreadableError(
            "malformed",
            f"{shown(source)} cannot be read after row {number} ({shown(error, 60)}): "
            "look for a quotation mark that is not closed.",
        ) from error
    finally:
        # The stream is the caller's to close, and may be closed already.
        with suppress(ValueError):
            lines.detach()


def looks_like_csv(text: str) -> bool:
    """Say whether a text begins with the header of a table that has a text column."""
    first = text[:500].lstrip("\ufeff").split("\n")[0]
    names = [name.strip(' "\r') for name in first.split(_delimiter(first))]
    columns = known_columns(names)
    return len(names) > 1 and ("text" in columns or "html" in columns)


def _csv_row(
    cells: list[str], names: list[str], places: Mapping[str, int], source: str
) -> Row | UnreadableError:
    extra = any(cell.strip() for cell in cells[len(names) :])
    if len(cells) < len(names) or extra:
        return UnreadableError(
            "ragged",
            f"{shown(source)} does not fit the header (cells: {len(cells)}, names: {len(names)}): "
            "put quotation marks around cells with commas or line breaks.",
        )
    return {field: cells[place] for field, place in places.items()}


def _refuse_page(start: str, source: str) -> None:
    if looks_like_html(start):
        raise UnreadableError(
            "wrong_type", f"{shown(source)} is a web page, not a table: give it the suffix .html."
        )


def _delimiter(first_line: str) -> str:
    """Return the sign between the names of the header: comma, semicolon or tab."""
    return max(",;\t", key=first_line.count)


def _peek(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD)
    stream.seek(0)
    return head


def read_jsonl(stream: BinaryIO, source: str, head: bytes = b"") -> Iterator[RowOrFault]:
    """Yield the objects of a file with one JSON object per line; rows are line numbers.

    ``head`` is what was already taken from a stream that cannot go back.
    """
    head = head or stream.read(HEAD)
    refuse_foreign_files(head, source)
    encoding, skip = encoding_of(head)
    start = head[skip:].decode(encoding, errors="replace")
    _refuse_page(start, source)
    if "\0" in start:
        refuse_binary(start, source)
    if start.lstrip().split("\n")[0].strip() in ("{", "[", "[{"):
        raise UnreadableError(
            "malformed",
            f"{shown(source)} is JSON spread over several lines: write one object per line.",
        )
    lines = _long_lines(head[skip:], stream, encoding)
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield f"row {number}", too_long(f"{source}:row {number}")
        elif line.strip():
            yield f"row {number}", _json_row(line, f"{source}:row {number}")


def _long_lines(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[str | None]:
    """Yield the lines of a stream, None for one over `MAX_PAGE_BYTES`."""
    newline = "\n".encode(encoding)
    errors = "cp1252_bytes" if encoding == "utf-8" else "replace"
    kept = bytearray(head)
    skipping = False
    at_end = False
    while not at_end:
        start = 0
        while (end := _find_line_end(kept, newline, start)) >= 0:
            line = bytes(kept[start:end])
            yield None if skipping else line.decode(encoding, errors=errors)
            skipping = False
            start = end + len(newline)
        del kept[:start]
        if len(kept) > MAX_PAGE_BYTES:
            skipping = True
            del kept[: len(kept) - len(kept) % len(newline)]
        block = stream.read(HEAD)
        at_end = not block
        kept += block
    if kept or skipping:
        yield None if skipping else bytes(kept).decode(encoding, errors=errors)


def _find_line_end(kept: bytearray, newline: bytes, start: int) -> int:
    end = kept.find(newline, start)
    while end >= 0 and end % len(newline):
        end = kept.find(newline, end + 1)
    return end


def _json_row(line: str, source: str) -> Row | UnreadableError:
    try:
        value = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        what = getattr(error, "msg", "nested too deep or a number too long")
        return UnreadableError(
            "malformed",
            f"{shown(source)} is not valid JSON ({shown(what, 60)}): write one object per line.",
        )
    if not isinstance(value, dict):
        return UnreadableError(
            "malformed",
            f"{shown(source)} is JSON but not an object: "
            'write one per line, such as {"ref": "...", "text": "..."}.',
        )
    columns = known_columns(value)
    try:
        require_text_column(columns, source, "key")
    except UnreadableError as error:
        return error
    return {field: value[str(name)] for field, name in columns.items()}


def read_parquet(stream: BinaryIO, source: str) -> Iterator[RowOrFault]:
    """Yield the rows of a Parquet table, in small batches; rows count from 1.

    Raises:
        UnreadableError: where the table as a whole cannot be read, or not to its end.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    head = _peek(stream)
    if not head:
        raise UnreadableError("empty", f"{shown(source)} is empty: give a table with rows.")
    if not head.startswith(b"PAR1"):
        refuse_foreign_files(head, source)
    number = 0
    try:
        table = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False)
        columns = known_columns(table.schema_arrow.names)
        require_text_column(columns, source, "column")
        fields = {str(name): field for field, name in columns.items()}
        for batch in table.iter_batches(ROWS_PER_BATCH, columns=list(fields), use_threads=False):
            for row in batch.to_pylist():
                number += 1
                yield f"row {number}", {fields[name]: row[name] for name in fields if name in row}
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        beyond = f" beyond row {number}" if number else ""
        raise UnreadableError(
            "malformed",
            f"{shown(source)} cannot be read as a Parquet table{beyond}: write it again.",
        ) from error
