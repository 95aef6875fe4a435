"""The notebooks run, are short, and are committed as their sources say, with outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from run_notebooks import execute, read_source, sources

from pipeline.corpus import load
from pipeline.evaluation_tables import read_figures, views_table

MOST_LINES = 10
MOST_BYTES = 400_000
HELPERS = re.compile(r"^\s*(?:async def|def|class)\b", re.MULTILINE)
OF_A_MACHINE = re.compile(r"/(?:work|root|home|tmp|Users)/|0x[0-9a-f]{8,}")


def committed(source: Path) -> NotebookNode:
    """Return the notebook as it stands in the repository."""
    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def test_there_are_three() -> None:
    assert [path.stem for path in sources()] == ["01_corpus", "02_models", "03_predictions"]


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_it_runs_and_shows_something(source: Path) -> None:
    notebook = execute(source)
    kinds = {output.output_type for output in outputs(notebook)}
    assert kinds <= {"execute_result", "stream"}
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]
    shown = [cell for cell in code_cells(notebook) if cell.outputs]
    assert len(shown) >= len(code_cells(notebook)) - 1
    assert [len(cell.outputs) for cell in code_cells(notebook)] == [
        len(cell.outputs) for cell in code_cells(committed(source))
    ]


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_cells_are_short_and_define_nothing(source: Path) -> None:
    for cell in code_cells(read_source(source)):
        assert len(cell.source.splitlines()) <= MOST_LINES, cell.source
        assert not HELPERS.search(cell.source), cell.source


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_the_committed_notebook_is_its_source_with_outputs(source: Path) -> None:
    plain, full = read_source(source), committed(source)
    assert [(c.cell_type, c.source, c.id) for c in full.cells] == [
        (c.cell_type, c.source, c.id) for c in plain.cells
    ]
    assert full.metadata == plain.metadata
    assert outputs(full)
    assert source.with_suffix(".ipynb").stat().st_size < MOST_BYTES


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_committed_outputs_have_no_error_no_path_and_a_text_for_every_picture(
    source: Path,
) -> None:
    for output in outputs(committed(source)):
        assert output.output_type in ("execute_result", "stream")
        text = output.get("text", "") or output.data.get("text/plain", "")
        assert not OF_A_MACHINE.search(text), text
        if "image/png" in output.get("data", {}):
            assert output.metadata["image/png"]["alt"] == output.data["text/plain"]


def test_the_committed_figures_are_those_of_the_evaluation_and_the_corpus() -> None:
    corpus, models, _ = (committed(source) for source in sources())
    tables = {cell.source: cell.outputs for cell in code_cells(models)}
    (shown,) = tables["tables.views_table(figures).round(3).T"]
    assert shown.data["text/plain"] == repr(views_table(read_figures()).round(3).T), (
        "The figures have changed: run `make notebooks`."
    )
    assert f"{len(load())} decisions" in corpus.cells[1].outputs[0].data["text/plain"]
