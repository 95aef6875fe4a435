"""The report: a folder of HTML pages that shows a scored table to people who don't code.

It opens from disk, asks the network for nothing, and needs nothing but the scored table;
with the inputs that were scored it also shows their texts.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import charts
from pipeline.decision import OUTCOMES, Decision
from pipeline.report_data import Details, table_data, write_script
from pipeline.report_overview import (
    MOST_ERRORS,
    MOST_GROUPS,
    PUBLISHED_YEAR,
    ScoringError,
    make_overview,
    period_of,
    read_errors,
)
from pipeline.report_table import (
    ReportError,
    ScoredDecision,
    read_scored_table,
    scored_decision,
    showable,
)
from pipeline.report_words import (
    OUTCOME_NAMES,
    ground_description,
    ground_label,
    percent,
    provision_link,
    review_reason,
    section_name,
    spoken_date,
    web_link,
)
from pipeline.statutes import display

if TYPE_CHECKING:
    from pipeline.report_text import ShownText

TEMPLATES = Path(__file__).with_name("templates")
ASSETS = ("report.css", "theme.js", "sortable.js", "table.js", "rows.js", "details.js", "start.js")
MOST_PAGES = 5000
"""With ``pages="auto"``, larger tables get no page for each decision."""

MOST_GROUNDS = 6
PAGES_IN_A_FOLDER = 1000
_TEXTS_LEFT_OUT = (
    "The texts are left out, because so large a report has no page for each decision; it can be "
    "made with pages."
)
_MARKER = "decisions-report.txt"
_MARKER_TEXT = "This folder was made by `decisions report` and is replaced when it runs again.\n"


def write_report(
    scores: Path,
    out: Path,
    *,
    inputs: str | Path | Iterable[str | Path] | None = None,
    errors: Path | None = None,
    pages: bool | Literal["auto"] = "auto",
    title: str = "Ombudsman decisions",
) -> Path:
    """Write the report of a scored table into the folder ``out``; return its ``index.html``.

    ``inputs`` are what was scored: with them the pages show the texts. ``errors`` is the
    ``errors.jsonl`` of the same run. ``pages`` asks for a page for each decision; ``auto``
    makes them for tables of up to `MOST_PAGES` rows. An earlier report in ``out`` is
    replaced when the new one is complete. Raises `ReportError` (a `ValueError`) where the
    table or the list of errors cannot be used, or ``out`` holds something else.
    """
    out = out.resolve()
    _check_folder(out)
    if isinstance(inputs, (str, Path)):
        inputs = [inputs]
    table = read_scored_table(scores)
    listed = read_errors(errors) if errors is not None else None
    with_pages = len(table) <= MOST_PAGES if pages == "auto" else pages
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as unfinished:
        folder = Path(unfinished) / "report"
        folder.mkdir()
        _Writer(folder, table, showable(title), with_pages).write(inputs, listed)
        _put_in_place(folder, out)
    return out / "index.html"


def _check_folder(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise ReportError(f"{out} is a file; name a folder for the report.")
    if any(out.iterdir()) and not (out / _MARKER).is_file():
        raise ReportError(
            f"{out} holds something other than an earlier report; name a new or empty folder."
        )


def _put_in_place(folder: Path, out: Path) -> None:
    (folder / _MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    if out.exists():
        shutil.rmtree(out)
    folder.rename(out)


@cache
def make_environment() -> Environment:
    """Return the Jinja environment of the templates. Everything is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        dashed=lambda name: name.replace("_", "-"),
        thousands=lambda number: f"{number:,}",
        percent=percent,
        spoken=spoken_date,
        ground_label=ground_label,
        ground_description=ground_description,
        section_name=section_name,
    )
    environment.globals.update(
        outcomes=OUTCOMES,
        outcome_names=OUTCOME_NAMES,
        names=[OUTCOME_NAMES[outcome] for outcome in OUTCOMES],
        interval=charts.interval,
        stacked_bar=charts.stacked_bar,
        mix_bar=charts.mix_bar,
        dot_interval=charts.dot_interval,
        probability_bar=charts.probability_bar,
        plain_bar=charts.plain_bar,
        month_columns=charts.month_columns,
        month_shares=charts.month_shares,
        period_of=period_of,
    )
    return environment


def page_address(position: int) -> str:
    """Return where the page of a row lies in the folder. Rows count from 0, pages from 1."""
    return f"decisions/{position // PAGES_IN_A_FOLDER}/{position + 1}.html"


class _Writer:
    """Writes the pages of one report into a new folder."""

    def __init__(self, folder: Path, table: pd.DataFrame, title: str, pages: bool) -> None:
        self.folder = folder
        self.table = table
        self.title = title
        self.pages = pages

    def write(self, inputs: Iterable[str | Path] | None, errors: list[ScoringError] | None) -> None:
        assets = self.folder / "assets"
        assets.mkdir()
        for name in ASSETS:
            shutil.copyfile(TEMPLATES / name, assets / name)
        write_script(
            self.folder / "data" / "table.js", "load", table_data(self.table, pages=self.pages)
        )
        texts = self._write_decisions(inputs)
        self._write_table_page()
        self._write_overview(errors, texts)

    def _write_decisions(self, inputs: Iterable[str | Path] | None) -> str:
        """Write the pages, or the details of every row; return what to say about the texts."""
        scored = self._scored()
        if not self.pages:
            details = Details(self.folder / "data")
            for decision in scored:
                details.add(decision)
            details.finish()
            return _TEXTS_LEFT_OUT if inputs is not None else ""
        if inputs is None:
            for position, decision in enumerate(scored):
                self._write_page(position, decision)
            return ""
        return self._write_pages_with_texts(list(scored), inputs)

    def _scored(self) -> Iterator[ScoredDecision]:
        rows = self.table.itertuples(index=False)
        return (scored_decision(row, position) for position, row in enumerate(rows))

    def _write_pages_with_texts(
        self, scored: list[ScoredDecision], inputs: Iterable[str | Path]
    ) -> str:
        # spaCy takes a second to load and only the texts need it.
        from pipeline.reading import read_decisions
        from pipeline.report_text import Marker, show_text

        waiting = {decision.source: position for position, decision in enumerate(scored)}
        marker = Marker()
        for read in read_decisions(inputs):
            # A text that can no longer be read keeps its page, without the text.
            if not isinstance(read, Decision):
                continue
            position = _take(waiting, read.source)
            if position is None:
                continue
            shown = show_text(read, scored[position], marker(read.text))
            self._write_page(position, scored[position], shown, read.url, texts_given=True)
        found = len(scored) - len(waiting)
        if not found:
            raise ReportError(
                "None of the scored decisions is among the inputs; give the folder or files that "
                "were scored, by the same path."
            )
        written = set(waiting.values())
        for position, decision in enumerate(scored):
            if position in written:
                self._write_page(position, decision, texts_given=True)
        return f"Texts were found for {found:,} of {len(scored):,} decisions."

    def _write_page(
        self,
        position: int,
        scored: ScoredDecision,
        shown: ShownText | None = None,
        url: str = "",
        *,
        texts_given: bool = False,
    ) -> None:
        root = "../../"
        last = len(self.table) - 1
        page = self._render(
            "decision",
            root=root,
            scored=scored,
            shown=shown,
            texts_given=texts_given,
            url=web_link(showable(url)),
            reason=review_reason("|".join(scored.outcome_set), "|".join(scored.warnings)),
            provisions=[
                {"href": provision_link(item), "title": display(item)} for item in scored.provisions
            ],
            shown_grounds=scored.ground_probabilities[:MOST_GROUNDS],
            heaviest=max([item.weight for item in scored.evidence], default=1.0) or 1.0,
            previous=root + page_address(position - 1) if position else "",
            next=root + page_address(position + 1) if position < last else "",
        )
        self._save(page_address(position), page)

    def _write_table_page(self) -> None:
        self._save("table.html", self._render("table", total=len(self.table)))

    def _write_overview(self, errors: list[ScoringError] | None, texts: str) -> None:
        view = make_overview(self.table)
        page = self._render(
            "index",
            view=view,
            errors=errors,
            texts=texts,
            published_year=PUBLISHED_YEAR,
            most_groups=MOST_GROUPS,
            most_errors=MOST_ERRORS,
            decision_link=self._decision_link,
        )
        self._save("index.html", page)

    def _decision_link(self, position: int) -> str:
        return page_address(position) if self.pages else f"table.html#row={position + 1}"

    def _render(self, name: str, root: str = "", **context: object) -> str:
        template = make_environment().get_template(f"{name}.html.j2")
        return template.render(title=self.title, root=root, here=name, **context)

    def _save(self, address: str, page: str) -> None:
        path = self.folder / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")


def _take(waiting: dict[str, int], source: str) -> int | None:
    """Return and remove the row of a source; the table may have marked it with an apostrophe."""
    shown = showable(source).strip()
    for name in (shown, f"'{shown}"):
        if name in waiting:
            return waiting.pop(name)
    return None
