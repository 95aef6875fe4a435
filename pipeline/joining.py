"""The finished parts of a run joined into the one file that was asked for."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import pyarrow.parquet as pq

from pipeline.part_files import RECORD, read_record
from pipeline.tally import Tally

BATCH: Final = 1000


def join_rows(files: Sequence[Path], output: Path) -> None:
    """Write the rows of all parts to ``output``, whose suffix says how.

    The name ``output`` changes hands only once the new file is whole and on the disk.
    """
    write: Callable[[Sequence[Path], IO[bytes]], None] = WRITERS[output.suffix.lower()]
    _replace(output, lambda file: write(files, file))


def join_faults(files: Iterable[Path], errors: Path) -> Tally:
    """Write the error rows of all parts to ``errors`` as JSON lines; return the sum of tallies.

    Where there is no error, a file that an earlier run left there is removed.
    """
    sums = []
    count = 0

    def write(file: IO[bytes]) -> None:
        nonlocal count
        for path in files:
            record = read_record(path)
            if record is None:
                raise OSError(f"{path} was changed by another program")
            sums.append(record.tally)
            for fault in record.faults:
                count += 1
                file.write((json.dumps(fault, ensure_ascii=False) + "\n").encode())

    _replace(errors, write)
    if not count:
        errors.unlink()
    return sum(sums, Tally())


def _replace(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _write_csv(files: Sequence[Path], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    # RFC 4180 ends lines in CR LF; with any other end a cell with a lone CR is not quoted.
    writer = csv.writer(text, lineterminator="\r\n")
    try:
        writer.writerow(pq.read_schema(files[0]).names)
        for batch in _batches(files):
            writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        text.flush()
    finally:
        with suppress(OSError):
            text.detach()


def _write_jsonl(files: Sequence[Path], file: IO[bytes]) -> None:
    for batch in _batches(files):
        for row in batch.to_pylist():
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def _write_parquet(files: Sequence[Path], file: IO[bytes]) -> None:
    schema = pq.read_schema(files[0])
    schema = schema.with_metadata(
        {key: value for key, value in (schema.metadata or {}).items() if key != RECORD}
    )
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(files):
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def _batches(files: Iterable[Path]) -> Iterator[Any]:
    for path in files:
        with pq.ParquetFile(path) as part:
            yield from part.iter_batches(BATCH, use_threads=False)


WRITERS: Final = {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}
