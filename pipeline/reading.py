"""Any supported input to decisions, one by one, in constant memory.

Every item of every input becomes one `Decision`, or one `Problem` with a sentence that says
what is wrong with it and what to do; nothing is lost and nothing is raised on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipeline.decision import Decision, Problem
from pipeline.decoding import (
    MAX_PAGE_BYTES,
    UnreadableError,
    decode,
    encoding_of,
    normalise,
    refuse_binary,
    refuse_foreign_files,
    refuse_long,
    shown,
    too_long,
)
from pipeline.fields import TITLE_INLINE, date_of, fields_of_url, outcome_of, ref_of, tidy
from pipeline.header import parse_header, without
from pipeline.header_fields import LONGEST_TITLE
from pipeline.inputs import InputFile, find_files, system_error
from pipeline.page import looks_like_html, read_page
from pipeline.screening import refuse_listing, refuse_no_decision
from pipeline.tables import (
    HEAD,
    Row,
    RowOrFault,
    looks_like_csv,
    read_csv,
    read_jsonl,
    read_parquet,
)

__all__ = ["UnreadableError", "read_decisions", "read_html", "read_path", "read_text"]

JSON_OBJECT = re.compile(r'\s*\{\s*"')
TABLE_READERS = {".csv": read_csv, ".jsonl": read_jsonl, ".parquet": read_parquet}


def read_decisions(
    inputs: Iterable[str | Path], *, stdin: BinaryIO | None = None
) -> Iterator[Decision | Problem]:
    """Yield one Decision or one Problem for every item of the inputs, in their order.

    An input is a file (``.txt``, ``.html``, ``.htm``, ``.jsonl``, ``.csv``, ``.parquet``, or
    a ``.zip`` of those), a folder of them, or ``-`` for standard input (HTML, JSON lines or
    text). ``source`` says where an item stands: ``path``, ``path:row 12`` (JSON lines count
    lines, tables count rows without the header) or ``archive.zip!member.txt``. A Problem's
    ``position`` is the item's place in what this yields, from 0.
    """
    for position, (source, item) in enumerate(_items(inputs, stdin)):
        if isinstance(item, Decision):
            yield item
        else:
            yield Problem(source, position, item.kind, item.sentence)


def read_path(path: str | Path) -> list[Decision | Problem]:
    """Return everything that one file or folder holds."""
    return list(read_decisions([path]))


def read_text(text: str, source: str = "") -> Decision:
    """Return the decision in a pasted text; a text that is HTML is read as a page.

    Raises:
        UnreadableError: a ValueError whose message says what is wrong and what to do.
    """
    if looks_like_html(text):
        return read_html(text, source)
    name = _name(source)
    refuse_long(text, name)
    refuse_binary(text, name)
    return _decision(normalise(text), source)


def read_html(html: str, source: str = "") -> Decision:
    """Return the decision on a page of the site, or on one saved from it.

    Raises:
        UnreadableError: a ValueError whose message says what is wrong and what to do.
    """
    name = _name(source)
    if len(html) > MAX_PAGE_BYTES:
        raise too_long(name)
    refuse_binary(html, name)
    page = read_page(html, name)
    refuse_long(page.text, name)
    return _decision(page.text, source, title=page.title, url=page.url)


def _name(source: str) -> str:
    """Return what a sentence calls an input."""
    return {"": "the text", "-": "standard input"}.get(source, source)


def _decision(as_read: str, source: str, title: str = "", url: str = "") -> Decision:
    """Return the decision in a text, its header fields parsed and cut.

    ``title`` and ``url`` are those of the page, for what the header does not say.
    """
    name = _name(source)
    if not as_read.strip():
        raise UnreadableError("empty", f"{shown(name)} is empty: give the text of a decision.")
    refuse_listing(as_read, name)
    header = parse_header(as_read)
    text = without(as_read, header.cuts)
    window = TITLE_INLINE.search(title[:LONGEST_TITLE])
    ref, category, subcategory = fields_of_url(url or header.url)
    if header.category:
        category, subcategory = header.category, header.subcategory
    if window:
        ref = ref_of(window["ref"])
    decision = Decision(
        text=text,
        ref=header.ref or ref,
        authority=header.authority or (tidy(window["authority"] or "") if window else ""),
        category=category,
        subcategory=subcategory,
        date=header.date,
        outcome=header.outcome,
        url=url or header.url,
        source=source,
        cuts=tuple(header.cuts),
    )
    refuse_no_decision(text, name, has_title=bool(decision.ref))
    return decision


def _items(
    inputs: Iterable[str | Path], stdin: BinaryIO | None
) -> Iterator[tuple[str, Decision | UnreadableError]]:
    for found in find_files(inputs, stdin):
        if not isinstance(found, InputFile):
            yield found
            continue
        try:
            yield from _in_file(found)
        except UnreadableError as error:
            yield found.source, error
        except OSError as error:
            yield found.source, system_error(found.source, error)


def _in_file(file: InputFile) -> Iterator[tuple[str, Decision | UnreadableError]]:
    stream = file.open()
    try:
        if file.suffix == "-":
            yield from _in_pipe(stream)
        elif file.suffix in TABLE_READERS:
            rows = TABLE_READERS[file.suffix](stream, file.source)
            yield from _in_rows(rows, file.source)
        else:
            yield file.source, read_bytes(stream.read(MAX_PAGE_BYTES + 1), file.source, file.suffix)
    finally:
        if file.suffix != "-":
            stream.close()


def read_bytes(data: bytes, source: str, suffix: str) -> Decision:
    """Return the decision in a file that holds one; ``suffix`` is the file's, ``""`` of none.

    Raises `UnreadableError` where it is too long, a table, or no decision.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise too_long(_name(source))
    text = decode(data, _name(source))
    if JSON_OBJECT.match(text):
        raise UnreadableError(
            "wrong_type",
            f"{shown(source)} is JSON: give it the suffix .jsonl, one object per line.",
        )
    if looks_like_csv(text):
        raise UnreadableError(
            "wrong_type",
            f"{shown(_name(source))} is a CSV table: give it as a file with the suffix .csv.",
        )
    if suffix in (".html", ".htm") and "<" in text:
        return read_html(text, source)
    return read_text(text, source)


def _in_pipe(stream: BinaryIO) -> Iterator[tuple[str, Decision | UnreadableError]]:
    """Read standard input, which has no suffix: HTML, JSON lines or text."""
    head = stream.read(HEAD)
    refuse_foreign_files(head, _name("-"))
    encoding, skip = encoding_of(head)
    start = head[skip:].decode(encoding, errors="replace")
    if JSON_OBJECT.match(start):
        yield from _in_rows(read_jsonl(stream, "-", head), "-")
        return
    yield "-", read_bytes(head + stream.read(MAX_PAGE_BYTES + 1), "-", "")


def _in_rows(
    rows: Iterable[RowOrFault], source: str
) -> Iterator[tuple[str, Decision | UnreadableError]]:
    count = 0
    for place, row in rows:
        count += 1
        where = f"{source}:{place}"
        if isinstance(row, UnreadableError):
            yield where, row
            continue
        try:
            yield where, read_row(row, where)
        except UnreadableError as error:
            yield where, error
    if count == 0:
        raise UnreadableError("empty", f"{shown(source)} has no rows: give a table with some.")


def read_row(row: Row, source: str) -> Decision:
    """Return the decision of a row; its own columns win over the header in its text.

    Raises `UnreadableError` where it has no text, or one that cannot be read.
    """
    text = row.get("text") or row.get("html")
    if text is None or text == "":
        raise UnreadableError("empty", f"{shown(source)} has no text: fill its text column.")
    if not isinstance(text, str):
        raise UnreadableError(
            "not_text",
            f"{shown(source)} has {_kind_of(text)} where its text should be: "
            "write the text of the decision as a string.",
        )
    is_page = not row.get("text") and "<" in text
    decision = read_html(text, source) if is_page else read_text(text, source)
    url = _cell(row, "url")
    ref, category, subcategory = fields_of_url(url)
    given = {
        "ref": ref_of(_cell(row, "ref")) or _cell(row, "ref"),
        "authority": _cell(row, "authority"),
        "category": _cell(row, "category"),
        "subcategory": _cell(row, "subcategory"),
        "date": date_of(row["date"]) if row.get("date") else "",
        "url": url,
    }
    found = {"ref": ref, "category": category, "subcategory": subcategory}
    changes: dict[str, object] = {name: value for name, value in given.items() if value}
    for name, value in found.items():
        if value and not changes.get(name) and not getattr(decision, name):
            changes[name] = value
    if _cell(row, "outcome"):
        changes["outcome"] = outcome_of(_cell(row, "outcome"))
    return replace(decision, **changes)  # type: ignore[arg-type]


def _kind_of(value: object) -> str:
    kinds = {int: "a number", float: "a number", bool: "true or false", bytes: "binary data"}
    kinds |= {list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")


def _cell(row: Row, name: str) -> str:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()
