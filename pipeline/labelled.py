"""A labelled corpus as the models see it: read like any input, with its labels beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import corpus
from pipeline.corpus_table import bare_text
from pipeline.cues import CueMatcher
from pipeline.decision import Decision
from pipeline.headings import normalise
from pipeline.ngrams import Ngrams, read_ngrams
from pipeline.nlp import build_nlp
from pipeline.provisions import read_provisions
from pipeline.reading import read_text
from pipeline.render import render
from pipeline.splits import read_splits, split
from pipeline.statutes import grounds_of, load_registry

ILLUSTRATIVE = corpus.CORPUS
BATCH = 64
CHUNK = 1 << 20


@dataclass(frozen=True)
class Labelled:
    """Decisions with labels; ``table``, ``texts`` and the rows of ``grounds`` are parallel."""

    name: str
    table: pd.DataFrame
    """ref, authority, category, date, outcome, hard, contrast_of, side, fold, cluster; and of
    the text ``lengths``, pairs of section label and number of tokens, and ``headings``, pairs of
    section label and heading."""
    texts: list[Ngrams]
    grounds: NDArray[np.bool_]
    """Shape (n_decisions, n_grounds)."""
    ground_names: tuple[str, ...]
    nlp: Language
    """What the texts were read with; its string store holds their words."""
    fingerprint: str
    """SHA-256 of the files of the corpus."""

    def __len__(self) -> int:
        return len(self.table)


def read_labelled(folder: Path = ILLUSTRATIVE) -> Labelled:
    """Read a corpus for training or evaluation.

    ``folder`` is the illustrative corpus or one that `pipeline.download` built. Each decision
    goes through `reading` and the spaCy pipeline like any input.

    Raises
    ------
    pipeline.corpus.CorpusError
        The folder holds no corpus, or one that cannot be read.
    """
    if any(folder.glob("*.jsonl")):
        decisions, table, grounds = _read_illustrative(folder)
    else:
        decisions, table, grounds = _read_downloaded(folder)
    nlp = build_nlp()
    cues = CueMatcher(nlp)
    names = tuple(load_registry().grounds)
    texts: list[Ngrams] = []
    cited: list[set[str]] = []
    shapes: list[dict[str, Any]] = []
    for doc in nlp.pipe((decision.text for decision in decisions), batch_size=BATCH):
        texts.append(read_ngrams(doc, cues))
        shapes.append(_shape(doc))
        if grounds is None:
            cited.append(grounds_of(found.id for found in read_provisions(doc) if found.id))
    return Labelled(
        name=folder.name,
        table=table.join(pd.DataFrame(shapes)),
        texts=texts,
        grounds=np.array([[name in row for name in names] for row in grounds or cited]),
        ground_names=names,
        nlp=nlp,
        fingerprint=fingerprint(folder),
    )


def _shape(doc: Doc) -> dict[str, Any]:
    return {
        "lengths": tuple((span.label_, len(span)) for span in doc.spans["sections"]),
        "headings": tuple((span.label_, normalise(span.text)) for span in doc.spans["headings"]),
    }


def _read_illustrative(
    folder: Path,
) -> tuple[Iterator[Decision], pd.DataFrame, list[set[str]] | None]:
    records = corpus.load(folder)
    table = pd.DataFrame(
        {
            "ref": record.ref,
            "authority": record.authority,
            "category": record.category,
            "date": record.date,
            "outcome": record.outcome,
            "hard": record.hard,
            "contrast_of": record.contrast_of,
        }
        for record in records
    )
    split_file = folder.parent / "splits.csv"
    if split_file.is_file():
        splits = read_splits(split_file)
    else:
        splits = split(table, {record.ref: bare_text(record) for record in records})
    table = table.merge(splits, on="ref", how="left", validate="one_to_one")
    if table["side"].isna().any():
        raise corpus.CorpusError(
            f"{split_file} does not name every decision; run `decisions corpus splits`."
        )
    grounds = [set(record.grounds) for record in records]
    return _laid_out(records), table, grounds


def _laid_out(records: list[corpus.Record]) -> Iterator[Decision]:
    """Yield the records as read from a page, letting go of each: a corpus can be large."""
    records.reverse()
    while records:
        record = records.pop()
        yield read_text(render(record, "numbered").text, record.ref)


def _read_downloaded(
    folder: Path,
) -> tuple[Iterator[Decision], pd.DataFrame, list[set[str]] | None]:
    from pipeline.download import DownloadError, load_downloaded

    try:
        read = list(load_downloaded(folder))
    except DownloadError:
        read = []
    decisions = [found for found in read if found.outcome and found.date]
    if not decisions:
        raise corpus.CorpusError(
            f"{folder} holds no labelled decisions; give a corpus folder, or make one with "
            "`decisions download`."
        )
    table = pd.DataFrame(
        {
            "ref": decision.ref,
            "authority": decision.authority,
            "category": decision.category,
            "date": decision.date,
            "outcome": decision.outcome,
            "hard": None,
            "contrast_of": None,
        }
        for decision in decisions
    )
    splits = split(table, {decision.ref: decision.text for decision in decisions})
    return iter(decisions), table.merge(splits, on="ref", validate="one_to_one"), None


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 of the names and contents of a corpus's files."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.parquet")]):
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
