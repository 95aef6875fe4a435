"""`decisions corpus check`: what is wrong with the corpus, one sentence a finding."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipeline.corpus import CORPUS, CorpusError, Record, load, prose
from pipeline.corpus_table import table_faults, to_table
from pipeline.gold import is_cited
from pipeline.neardup import near_duplicates, runs, words
from pipeline.splits import read_splits, split
from pipeline.statutes import grounds_of, load_registry

ALIKE = 0.2
"""Similarity from which two decisions that are no twins count as near-duplicates."""
KEPT = 1 / 3
"""Share of its base's sentences that a contrast twin must keep."""
COPIED_WORDS = 8
REAL_TEXTS = "DECISIONS_REAL"
"""Name of the environment variable with the folder of real texts."""

OUTCOMES_OF_KIND = {
    "upheld_not_investigated": {"upheld"},
    "upheld_mostly_no_fault": {"upheld"},
    "upheld_without_word_fault": {"upheld"},
    "not_upheld_discontinued": {"not_upheld"},
    "fault_without_injustice": {"not_upheld", "upheld"},
    "other_body_fault": {"not_upheld", "upheld"},
    "closed_with_delay_or_apology": {"closed_after_initial_enquiries"},
}

CITATION = re.compile(
    r"\((?=[^()]*(?:\([^()]*\)[^()]*)*\b(?:Act|Regulations|Order|Rules),? \d{4}\b)"
    r"[^()]*(?:\([^()]*\)[^()]*)*(?:\)|$)"
)
KIND_OF_BODY = re.compile(
    r"\b(?:the|royal|london|metropolitan|county|city|district|borough|unitary|council|corporation|"
    r"authority|nhs|foundation|trust|integrated care board|icb|clinical commissioning group|ccg)\b"
)


def check(folder: Path = CORPUS) -> list[str]:
    """Return everything that is wrong with the corpus in `folder`; an empty list is good.

    ``real_authorities.txt`` and ``splits.csv`` are looked for beside the folder. Where the
    environment variable ``DECISIONS_REAL`` names a folder of real texts, no run of eight words
    may be shared with them.
    """
    folder = Path(folder)
    try:
        records = load(folder)
    except CorpusError as error:
        return str(error).splitlines()
    repeated = list(_repeated("reference", [record.ref for record in records]))
    if repeated:
        return repeated
    return [
        *table_faults(to_table(records)),
        *_repeated("authority", [" ".join(words(record.authority)) for record in records]),
        *_hard_kinds(records),
        *_annotations(records),
        *_real_authorities(records, folder.parent / "real_authorities.txt"),
        *_near_duplicates(records),
        *_twins(records),
        *_copied(records),
        *_splits(records, folder.parent / "splits.csv"),
    ]


def texts_outside_role(records: Sequence[Record]) -> dict[str, str]:
    """Return the text of each record without its role section, by reference.

    Ombudsmen recite their powers in much the same words, so that section says nothing about
    whether two decisions are one text.
    """
    return {record.ref: prose(record, without=("role",)) for record in records}


def split_corpus(records: Sequence[Record]) -> pd.DataFrame:
    """Return the split of `records` (see `pipeline.splits.split`), sorted by reference."""
    return split(to_table(records), texts_outside_role(records))


def bare_name(authority: str) -> str:
    """Return the part of an authority's name that tells it from others of its kind."""
    name = " ".join(words(authority.replace("&", "and").replace("'", "")))
    return " ".join(KIND_OF_BODY.sub(" ", name).split()).removeprefix("of ")


def _repeated(what: str, values: list[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{value}: this {what} occurs {count} times."


def _hard_kinds(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        if record.hard is None:
            continue
        if record.outcome not in OUTCOMES_OF_KIND[record.hard]:
            yield f"{record.ref}: a decision that is {record.outcome} cannot be {record.hard}."
        if record.hard == "upheld_without_word_fault":
            found = re.search(r"\bfaults?\b", prose(record, without=("role",)), re.IGNORECASE)
            if found:
                yield f"{record.ref}: marked {record.hard}, but the word stands in its text."


def _annotations(records: Sequence[Record]) -> Iterator[str]:
    registry = load_registry()
    for record in records:
        for cited in record.provisions:
            instrument = registry.instrument_of(cited.id)
            if instrument is None:
                yield f"{record.ref}: {cited.id} is of no instrument in statutes.toml."
                continue
            names = (re.sub(r" \d{4}$", "", instrument.title), *instrument.aliases)
            for label in cited.sections:
                text = _with_headings(record, label)
                if not is_cited(cited.id, text, names):
                    yield f"{record.ref}: {cited.id} is not cited in its section {label!r}."
        grounds = grounds_of(cited.id for cited in record.provisions)
        if set(record.grounds) != grounds:
            yield (
                f"{record.ref}: its provisions give the grounds {', '.join(sorted(grounds))}, "
                f"annotated are {', '.join(record.grounds)}."
            )


def _with_headings(record: Record, label: str) -> str:
    headings = [section.heading for section in record.sections if section.label == label]
    return "\n".join([*headings, prose(record, only=(label,))])


def _real_authorities(records: Sequence[Record], path: Path) -> Iterator[str]:
    if not path.exists():
        yield f"{path} is missing: the list of real authorities that no record may use."
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    real = {bare_name(line): line for line in lines if line and not line.startswith("#")}
    for record in records:
        if bare_name(record.authority) in real:
            yield (
                f"{record.ref}: {record.authority} is too like "
                f"{real[bare_name(record.authority)]}, which exists; invent another name."
            )


def _near_duplicates(records: Sequence[Record]) -> Iterator[str]:
    base = {record.ref: record.contrast_of or record.ref for record in records}
    for pair in near_duplicates(texts_outside_role(records), ALIKE):
        if base[pair.first] != base[pair.second]:
            yield (
                f"{pair.first} and {pair.second} share {pair.similarity:.0%} of their runs of "
                "five words; reword one of them."
            )


def _twins(records: Sequence[Record]) -> Iterator[str]:
    by_ref = {record.ref: record for record in records}
    for record in records:
        if record.contrast_of is None:
            continue
        base = by_ref.get(record.contrast_of)
        if base is None or base.contrast_of is not None:
            yield f"{record.ref}: {record.contrast_of} is no record that it could be a twin of."
            continue
        if base.outcome == record.outcome:
            yield f"{record.ref}: has the same outcome as {base.ref}, so it is no contrast."
        kept = _sentences(base) & _sentences(record)
        share = len(kept) / len(_sentences(base))
        if share < KEPT:
            yield f"{record.ref}: keeps only {share:.0%} of the sentences of {base.ref}."


def _sentences(record: Record) -> set[str]:
    return set(re.split(r"(?<=[.?!])\s+|\n", prose(record)))


def _copied(records: Sequence[Record]) -> Iterator[str]:
    folder = os.environ.get(REAL_TEXTS)
    if not folder:
        return
    real = {run for text in _real_texts(Path(folder)) for run in _runs(text)}
    for record in records:
        own = {run for line in prose(record).splitlines() for run in _runs(line)}
        for run in sorted(own & real):
            yield f"{record.ref}: has these words of a real text: {run!r}."


def _runs(text: str) -> set[str]:
    """Return the runs of eight words that do not reach into a statutory citation."""
    return {run for part in CITATION.split(text) for run in runs(words(part), COPIED_WORDS)}


def _real_texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line).get("text", "")
        elif path.suffix == ".txt":
            yield path.read_text(encoding="utf-8", errors="replace")


def _splits(records: Sequence[Record], path: Path) -> Iterator[str]:
    if not path.exists():
        yield f"{path} is missing; write it with `decisions corpus refresh`."
        return
    if not read_splits(path).equals(split_corpus(records)):
        yield f"{path} does not fit the corpus; write it anew with `decisions corpus refresh`."
