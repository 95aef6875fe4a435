"""The command line: one thin function for each verb. Heavy imports wait until a verb runs."""

from __future__ import annotations

import os
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pipeline.cli_corpus import corpus_app

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.decision import Decision

app = typer.Typer(
    name="decisions",
    help="What ombudsman decisions decided, on what ground, and how sure we are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(corpus_app, name="corpus")

MODEL = Path("models/default")
CORPUS = Path("corpus/illustrative")


class ViewName(StrEnum):
    """What the model may read."""

    full = "full"
    reasons = "reasons"
    complaint = "complaint"


ModelOption = Annotated[Path, typer.Option("--model", help="Folder of a trained model.")]
ViewOption = Annotated[ViewName, typer.Option("--view", help="What the model may read.")]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="Text or HTML file with one decision, or -.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def score(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, or - for stdin.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write: .csv, .parquet or .jsonl.")
    ] = Path("scores.csv"),
    view: ViewOption = ViewName.full,
    model: ModelOption = MODEL,
    prior: Annotated[
        str,
        typer.Option(help="Outcome mix to correct for: corpus, 2021-22, 2022-23 or a TOML file."),
    ] = "corpus",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    backend: Annotated[str, typer.Option(help="joblib backend: loky or dask.")] = "loky",
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, with --backend dask.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="File for error rows; errors.jsonl beside the output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read; write nothing.")
    ] = False,
) -> None:
    """Score decisions: outcome, grounds, provisions, sections and evidence, a row for each."""
    from pipeline.scoring import score_files

    summary = score_files(
        inputs,
        output,
        model=model,
        view=view.value,
        prior=prior,
        jobs=jobs,
        backend=backend,
        scheduler=scheduler,
        resume=resume,
        errors=errors,
        quiet=quiet,
        dry_run=dry_run,
    )
    if not quiet:
        typer.echo(summary.text())
    raise typer.Exit(1 if summary.errors else 0)


@app.command()
def sections(file: FileArgument, as_json: JsonOption = False) -> None:
    """Print the sections of one decision, with offsets into the text that was read."""
    from pipeline import show

    decision, doc = _read_one(file)
    typer.echo(show.sections(decision, doc, as_json))


@app.command()
def provisions(file: FileArgument, as_json: JsonOption = False) -> None:
    """Print the statutory provisions that one decision cites, and how each was resolved."""
    from pipeline import show

    decision, doc = _read_one(file)
    typer.echo(show.provisions(decision, doc, as_json))


@app.command()
def explain(
    file: FileArgument, view: ViewOption = ViewName.full, model: ModelOption = MODEL
) -> None:
    """Show one decision: probabilities, sections, provisions and the sentences that weigh most."""
    from pipeline import show
    from pipeline.scorer import Scorer

    decision = _one_decision(file)
    scorer = Scorer.load(model, view.value)
    show.explanation(next(scorer.read([decision])), scorer)


@app.command()
def train(
    corpus: Annotated[Path, typer.Option(help="Folder of a labelled corpus.")] = CORPUS,
    model: Annotated[Path, typer.Option("--model", help="Folder to write.")] = MODEL,
    quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False,
) -> None:
    """Train a model on a labelled corpus."""
    from pipeline.training import train as train_model

    train_model(corpus, model, (lambda _: None) if quiet else typer.echo)


@app.command()
def evaluate(
    corpus: Annotated[Path, typer.Option(help="Folder of a labelled corpus.")] = CORPUS,
    output: Annotated[Path, typer.Option(help="Folder for evaluation.json, card and plots.")] = (
        Path("models")
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help="One seed, no learning curve; writes nothing.")
    ] = False,
) -> None:
    """Measure the models honestly: time split, folds, cut-off copies, controls."""
    from pipeline.evaluation import evaluate as run

    typer.echo(run(corpus, None if quick else output, quick=quick, say=typer.echo))


@app.command()
def download(
    folder: Annotated[Path, typer.Option(help="Where to keep the decisions.")] = Path(
        "corpus/download"
    ),
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category; may be given again.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most this many, the newest first.")
    ] = None,
    rate: Annotated[str, typer.Option(help="Requests, as N/s or N/min.")] = "1/s",
    contact: Annotated[str, typer.Option(help="Where the site's owner can write to you.")] = "",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Notice amended and withdrawn decisions too.")
    ] = False,
    site: Annotated[
        str, typer.Option(help="Another address of the site.", hidden=True)
    ] = "https://www.lgo.org.uk",
) -> None:
    """Download published decisions into your own corpus, politely; run it again to go on."""
    from pipeline.download import DownloadError, coverage, parse_rate
    from pipeline.download import download as run

    first, last = _day(since), _day(until)
    try:
        requests_a_second = parse_rate(rate)
    except DownloadError as error:
        raise ValueError(str(error)) from None
    try:
        done = run(
            folder,
            since=first,
            until=last,
            categories=category or (),
            limit=limit,
            rate=requests_a_second,
            contact=contact,
            base_url=site,
            refresh=refresh,
            progress=True,
        )
    except DownloadError as error:
        if (folder / "coverage.csv").is_file():
            typer.echo(coverage(folder).to_string(index=False))
        _fail(str(error), 1)
    typer.echo(done.coverage.to_string(index=False))
    typer.echo(f"{done.decisions} decisions in {folder}; train on them with")
    typer.echo(f"  make train CORPUS={folder}")


@app.command()
def report(
    scores: Annotated[Path, typer.Argument(help="A scored table: .csv, .parquet or .jsonl.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = Path("report"),
    inputs: Annotated[
        list[str] | None,
        typer.Option("--inputs", help="What was scored, so that pages show the texts."),
    ] = None,
    errors: Annotated[Path | None, typer.Option(help="The errors.jsonl of the same run.")] = None,
    pages: Annotated[
        bool | None,
        typer.Option("--pages/--no-pages", help="A page for each decision; as fits by default."),
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the report.")] = "Ombudsman decisions",
) -> None:
    """Make an HTML report of a scored table: one folder, opens in any browser, no network."""
    from pipeline.report import write_report

    index = write_report(
        scores,
        out,
        inputs=inputs,
        errors=errors,
        pages="auto" if pages is None else pages,
        title=title,
    )
    typer.echo(f"Open {index} in a browser.")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no day; write it as YYYY-MM-DD.") from None


def _one_decision(file: str) -> Decision:
    from pipeline.decision import Problem
    from pipeline.reading import read_decisions

    found = list(read_decisions([file]))
    for item in found:
        if isinstance(item, Problem):
            raise ValueError(item.sentence)
    if len(found) != 1:
        raise ValueError(
            f"{file} holds {len(found)} decisions, and this command takes one; "
            "score them with `decisions score`."
        )
    return found[0]  # type: ignore[return-value]


def _read_one(file: str) -> tuple[Decision, Doc]:
    from pipeline.nlp import build_nlp

    decision = _one_decision(file)
    return decision, build_nlp()(decision.text)


def _fail(sentence: str, status: int) -> NoReturn:
    print(f"decisions: {sentence}", file=sys.stderr)
    sys.exit(status)


def main() -> None:
    """Run the command line; faults are one sentence on stderr, with a traceback on request."""
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1 or bool(os.environ.get("DECISIONS_DEBUG"))
    try:
        app(arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(2)
    except (ValueError, OSError) as error:
        if debug:
            raise
        _fail(str(error), 2)
    except KeyboardInterrupt:
        _fail(
            "Stopped. What is finished is kept: the same command goes on with a download, and "
            "with --resume so does a scoring run.",
            130,
        )
    except Exception as error:
        if debug:
            raise
        _fail(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). Run the command "
            "again with --debug and report what it prints.",
            2,
        )
