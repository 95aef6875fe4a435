"""The file of a part: a Parquet table whose metadata says what it was made of."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tally import Tally

RECORD: Final = b"part"
"""Key of the part's record in the metadata of its file."""


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What a part's file says of itself, beside the rows."""

    digest: str
    """`Part.digest` of the inputs it was made of."""
    tally: Tally
    faults: tuple[dict[str, Any], ...]
    """Rows of the error file."""

    def to_json(self) -> str:
        """Return the record as JSON."""
        fields = {"digest": self.digest, "tally": self.tally.as_dict(), "faults": self.faults}
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str | bytes) -> Self:
        """Return the record that `to_json` wrote."""
        fields = json.loads(text)
        return cls(fields["digest"], Tally.of(fields["tally"]), tuple(fields["faults"]))


def part_file(rows: Sequence[dict[str, Any]], schema: pa.Schema, record: PartRecord) -> bytes:
    """Return the bytes of a part's file."""
    table = pa.Table.from_pylist(rows, schema=schema.with_metadata({RECORD: record.to_json()}))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def read_record(path: Path) -> PartRecord | None:
    """Return the record of a part's file, None where the file is not whole."""
    try:
        with pq.ParquetFile(path) as file:
            record = PartRecord.of_json(file.schema_arrow.metadata[RECORD])
            whole = file.metadata.num_rows == record.tally.scored
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    return record if whole else None
