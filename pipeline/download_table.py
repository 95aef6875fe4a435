"""The table of downloaded decisions, made from the stored pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from pipeline.archive import Archive
from pipeline.checkpoint import Checkpoint, Version
from pipeline.corpus_table import table_faults
from pipeline.decision import Decision
from pipeline.decision_page import read_decision_page
from pipeline.download_faults import DownloadError, Fault, FaultError

TABLE_FILE = "decisions.parquet"
EARLIER_FILE = "earlier_versions.parquet"
ROWS_AT_ONCE = 1_000

COLUMNS = (
    "ref",
    "authority",
    "category",
    "subcategory",
    "date",
    "outcome",
    "text",
    "url",
    "fetched_at",
    "sha256",
    "withdrawn",
)
"""``date`` is an ISO day, ``fetched_at`` UTC, ``sha256`` the hash of the page as fetched;
``withdrawn`` is the day on which the decision was found gone, or empty."""

Row = dict[str, str]
ARROW = pa.schema([(name, pa.string()) for name in COLUMNS])


def build_tables(
    folder: Path, archive: Archive, checkpoint: Checkpoint, *, progress: bool = False
) -> tuple[int, list[Fault]]:
    """Write both tables from the archive; return the number of decisions and what is left out.

    ``decisions.parquet`` holds the last state of each decision, ``earlier_versions.parquet``
    the states before an amendment; both sorted by reference. The files are replaced whole, and
    only by a table that has rows.
    """
    faults: list[Fault] = []
    current = _Writer(folder / TABLE_FILE, faults)
    earlier = _Writer(folder / EARLIER_FILE, faults)
    with current, earlier:
        for ref in tqdm(checkpoint.refs(), "table", disable=not progress, unit=" decisions"):
            versions = checkpoint.versions(ref)
            pages = [version for version in versions if version.status == 200]
            gone = versions[-1].fetched_at[:10] if versions[-1].status != 200 else ""
            for place, version in enumerate(pages, start=1):
                try:
                    row = _row(archive, version, gone)
                except FaultError as error:
                    faults.append(error.fault)
                    continue
                (current if place == len(pages) else earlier).add(row)
    for writer in (current, earlier):
        if current.rows:
            writer.replace()
        else:
            writer.part.unlink()
    return current.rows, faults


def load_downloaded(folder: Path) -> Iterator[Decision]:
    """Yield the decisions of the table in `folder`, sorted by reference, in constant memory.

    Raises `DownloadError` where there is no table.
    """
    for batch in _open(folder / TABLE_FILE).iter_batches(ROWS_AT_ONCE):
        for row in batch.to_pylist():
            yield Decision(
                text=row["text"],
                ref=row["ref"],
                authority=row["authority"],
                category=row["category"],
                subcategory=row["subcategory"],
                date=row["date"],
                outcome=row["outcome"],
                url=row["url"],
                source=f"{folder / TABLE_FILE}:{row['ref']}",
            )


def table_refs(folder: Path) -> set[str]:
    """Return the references in the table; none where there is no table yet."""
    path = folder / TABLE_FILE
    return set(pq.read_table(path, columns=["ref"])["ref"].to_pylist()) if path.exists() else set()


def _open(path: Path) -> pq.ParquetFile:
    if not path.exists():
        raise DownloadError(
            f"{path.parent} holds no table of decisions: run `decisions download` first, or name "
            "the folder of an earlier download."
        )
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DownloadError(
            f"{path} cannot be read ({error}): run `decisions download` again; the table is made "
            "anew from the stored pages."
        ) from error


def _row(archive: Archive, version: Version, withdrawn: str) -> Row:
    """Return the row of a stored page.

    Raises `FaultError` where the page gives none that the table can take.
    """
    page = archive.read(version.place)
    decision = read_decision_page(page.answer, version.ref)
    lacking = [name for name in ("authority", "date") if not getattr(decision, name)]
    if decision.outcome is None:
        sentence = f"{version.ref} prints no outcome ({version.url})."
        raise FaultError(Fault("no_label", version.ref, version.url, sentence))
    if lacking:
        sentence = f"{version.ref} prints no {' and no '.join(lacking)} ({version.url})."
        raise FaultError(Fault("incomplete", version.ref, version.url, sentence))
    return {
        "ref": decision.ref,
        "authority": decision.authority,
        "category": decision.category,
        "subcategory": decision.subcategory,
        "date": decision.date,
        "outcome": decision.outcome,
        "text": decision.text,
        "url": decision.url,
        "fetched_at": version.fetched_at,
        "sha256": version.sha256,
        "withdrawn": withdrawn,
    }


class _Writer:
    """Writes rows to a file beside `path`, which takes its place in the end."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.rows = 0
        self.pending: list[Row] = []
        self.part = path.with_name(f"{path.name}.part")

    def __enter__(self) -> _Writer:
        self.parquet = pq.ParquetWriter(self.part, ARROW, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self.parquet.close()

    def add(self, row: Row) -> None:
        self.pending.append(row)
        if len(self.pending) == ROWS_AT_ONCE:
            self._write()

    def replace(self) -> None:
        """Put the written file in the place of the old one."""
        self.part.replace(self.path)

    def _write(self) -> None:
        rows = list(self._sound(self.pending))
        self.parquet.write_table(pa.Table.from_pylist(rows, schema=ARROW))
        self.rows += len(rows)
        self.pending.clear()

    def _sound(self, rows: list[Row]) -> Iterable[Row]:
        """Yield the rows that keep the schema of every corpus."""
        if not rows or not _faults(rows):
            yield from rows
            return
        for row in rows:
            wrong = _faults([row])
            if wrong:
                sentence = " ".join(wrong)
                self.faults.append(Fault("incomplete", row["ref"], row["url"], sentence))
            else:
                yield row


def _faults(rows: list[Row]) -> list[str]:
    # Earlier versions hold a reference as often as its decision was amended.
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table_faults(table.drop_duplicates("ref")) if len(table) else []
