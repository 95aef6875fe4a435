"""The figures in the corpus datasheet, written between markers and never by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from pipeline.corpus import CORPUS, load
from pipeline.corpus_check import split_corpus
from pipeline.corpus_stats import Counts, count
from pipeline.leak_probes import probe_leaks
from pipeline.splits import write_splits

NAMES = {"closed_after_initial_enquiries": "closed", "not_upheld": "not upheld"}


def refresh(folder: Path = CORPUS) -> None:
    """Write ``splits.csv`` and the figures in ``README.md`` beside the corpus in `folder` anew.

    Raises `CorpusError` where the corpus cannot be read.
    """
    records = load(folder)
    splits = split_corpus(records)
    write_splits(splits, folder.parent / "splits.csv")
    counts, probes = count(records, splits), probe_leaks(records, splits["fold"].tolist())
    datasheet = folder.parent / "README.md"
    text = fill(datasheet.read_text(encoding="utf-8"), "counts", counts_block(counts))
    datasheet.write_text(fill(text, "probes", probes_block(probes)), encoding="utf-8")


def counts_block(counts: Counts) -> str:
    """Return the counts as Markdown."""
    summary = (
        f"{counts.records:,} decisions of {counts.words:,} words, {counts.twins} of them contrast "
        f"twins; {counts.provisions} distinct provisions in the gold annotations. Of the runs of "
        f"eight words outside the role section, {counts.unique_runs:.1%} stand in one decision "
        "only (twins left out)."
    )
    tables = {
        "Outcome": counts.outcomes,
        "Category": counts.categories,
        "Year of the decision": counts.years,
        "What makes it hard": counts.hard,
        "Side of the time split": counts.sides,
        "Ground": counts.grounds,
        "Length in words, at quantiles": counts.lengths,
    }
    blocks = [markdown_table(title, table) for title, table in tables.items()]
    return "\n\n".join([summary, *blocks])


def probes_block(probes: pd.Series[float]) -> str:
    """Return the scores of the leak probes as a Markdown table."""
    table = probes.map(lambda score: f"{score:.2f}").to_frame("macro-F1, five folds")
    return markdown_table("What the probe reads", table)


def markdown_table(title: str, table: pd.DataFrame) -> str:
    """Return `table` in Markdown, with `title` over its first column."""
    header = [title, *(NAMES.get(name, name) for name in map(str, table.columns))]
    rows = [
        [NAMES.get(str(name), str(name)).replace("_", " "), *map(str, row)]
        for name, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    rule = ["---", *("---:" for _ in table.columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, rule, *rows])


def fill(text: str, name: str, block: str) -> str:
    """Return `text` with `block` between the markers ``<!-- name -->`` and ``<!-- /name -->``.

    Raises `ValueError` where the markers do not stand in the text once each.
    """
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the markers <!-- {name} --> and <!-- /{name} --> must stand there once.")
    return pattern.sub(lambda match: f"{match[1]}\n{block}\n\n{match[2]}", text)


def block_of(text: str, name: str) -> str:
    """Return what stands between the markers of `name`."""
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    return match[1].strip() if match else ""
