"""``decisions corpus ...``: the verbs about a labelled corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

corpus_app = typer.Typer(help="Check, count, render and search a corpus.", no_args_is_help=True)

FOLDER = Path("corpus/illustrative")
FolderArgument = Annotated[Path, typer.Argument(help="Folder of a corpus.")]


@corpus_app.command()
def check(folder: FolderArgument = FOLDER) -> None:
    """Check a corpus; exit status 1 where anything is found."""
    from pipeline.corpus_check import check as run

    findings = run(folder)
    for finding in findings:
        typer.echo(finding)
    typer.echo(f"{len(findings)} findings in {folder}." if findings else f"{folder}: all is well.")
    raise typer.Exit(1 if findings else 0)


@corpus_app.command()
def stats(folder: FolderArgument = FOLDER) -> None:
    """Print counts, lengths, and how far length, headings or role alone tell the outcome."""
    from pipeline.corpus_stats import stats as run
    from pipeline.datasheet import counts_block, probes_block

    counts, probes = run(folder)
    typer.echo(f"{counts_block(counts)}\n\n{probes_block(probes)}")


@corpus_app.command()
def render(
    ref: Annotated[str, typer.Argument(help="Reference of a record.")],
    folder: Annotated[Path, typer.Option(help="Folder of the corpus.")] = FOLDER,
    layout: Annotated[str, typer.Option(help="numbered, dashed, plain, html or report.")] = (
        "numbered"
    ),
    seed: Annotated[int, typer.Option(help="Decides what the quirks leave open.")] = 0,
    quirks: Annotated[bool, typer.Option("--quirks", help="Add the quirks of real copies.")] = (
        False
    ),
) -> None:
    """Print a record as a page in one of the layouts of the site and its copies."""
    from pipeline.corpus import load
    from pipeline.render import random_quirks
    from pipeline.render import render as run

    records = {record.ref: record for record in load(folder)}
    if ref not in records:
        raise ValueError(f"{folder} has no decision {ref!r}; `decisions corpus stats` counts them.")
    chosen = random_quirks(records[ref], seed) if quirks else {}
    page = run(records[ref], layout, seed=seed, **chosen)
    typer.echo(page.html if layout == "html" else page.text)


@corpus_app.command()
def headings(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders or -.")],
    most: Annotated[int, typer.Option(help="Lines to print.")] = 50,
) -> None:
    """List heading-like lines that no rule knows, the most frequent first."""
    from pipeline.decision import Decision
    from pipeline.nlp import build_nlp
    from pipeline.reading import read_decisions
    from pipeline.sections import unlisted_headings

    nlp = build_nlp()
    texts = (item.text for item in read_decisions(inputs) if isinstance(item, Decision))
    for line, count in unlisted_headings(nlp.pipe(texts)).most_common(most):
        typer.echo(f"{count:6}  {line}")


@corpus_app.command()
def refresh(folder: FolderArgument = FOLDER) -> None:
    """Write splits.csv and the figures of the datasheet anew, after a change to the corpus."""
    from pipeline.datasheet import refresh as run

    run(folder)
    typer.echo(f"Wrote splits.csv and the figures in README.md in {folder.parent}")
