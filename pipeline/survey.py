"""What a run would read, without reading it for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.decoding import UnreadableError
from pipeline.inputs import PAGES, InputFile, find_files
from pipeline.items import Fault, read_items
from pipeline.tables import read_csv

BLOCK: Final = 1 << 20
SHOWN_FAULTS: Final = 10


@dataclass
class Survey:
    """Counts of what the inputs hold."""

    items: Counter[str] = field(default_factory=Counter)
    """Readable items by what they are: the suffix of a page's file, or ``row``."""
    size: int = 0
    """Characters or bytes of them, roughly."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """Number of items, those that cannot be read included."""
        return self.items.total() + len(self.faults)

    @property
    def faults_by_kind(self) -> Counter[str]:
        """Number of items that cannot be read, by kind of fault."""
        return Counter(fault.kind for fault in self.faults)

    def lines(self) -> list[str]:
        """Return what would be read, and what cannot be, as lines for a terminal."""
        kinds = [f"{count:,} {_kind(name, count)}" for name, count in sorted(self.items.items())]
        lines = [f"would read {', '.join(kinds) or 'nothing'} ({self.size / 1e6:,.1f} MB)"]
        if self.faults:
            lines.append(f"could not read {len(self.faults):,}:")
            lines += [f"  {fault.sentence}" for fault in self.faults[:SHOWN_FAULTS]]
        if len(self.faults) > SHOWN_FAULTS:
            lines.append(f"  and {len(self.faults) - SHOWN_FAULTS:,} more")
        return lines


def _kind(suffix: str, count: int) -> str:
    what = {"row": "row", "-": "text from standard input"}.get(suffix, f"{suffix} file")
    return what if count == 1 or suffix == "-" else what + "s"


def survey(inputs: Iterable[str | Path]) -> Survey:
    """Return what the inputs hold; pages are opened but nothing is made of them."""
    found = Survey()
    for item in read_items(inputs):
        if isinstance(item.content, Fault):
            found.faults.append(item.content)
        else:
            found.items[item.suffix or "row"] += 1
            found.size += item.size
    return found


def count_items(inputs: Iterable[str | Path]) -> int | None:
    """Return about how many items the inputs hold, quickly; None where a pipe is among them."""
    count = 0
    for found in find_files(inputs):
        if not isinstance(found, InputFile):
            count += 1
        elif found.suffix == "-":
            return None
        else:
            count += _count_in_file(found)
    return count


def _count_in_file(file: InputFile) -> int:
    if file.suffix in PAGES:
        return 1
    try:
        with file.open() as stream:
            if file.suffix == ".parquet":
                import pyarrow.parquet as pq

                return int(pq.ParquetFile(stream).metadata.num_rows)
            if file.suffix == ".csv":
                return sum(1 for _ in read_csv(stream, file.source))
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(BLOCK), b""))
    except (OSError, ValueError, UnreadableError):
        return 1
