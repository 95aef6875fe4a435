"""Execute the notebooks and write them with their outputs: ``make notebooks``.

The ``.py`` files are the source. Each ``.ipynb`` is its source with outputs; what changes with
every run (times, cell numbers of a session, versions) is left out, so that a difference in
review is a difference in substance.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parent
TIME_OUT = 600
"""Seconds that one cell may take."""


def sources() -> list[Path]:
    """Return the notebooks in their order."""
    return sorted(HERE.glob("[0-9]*.py"))


def read_source(path: Path) -> NotebookNode:
    """Return a notebook without outputs."""
    notebook = jupytext.read(path)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {}
    notebook.metadata = NotebookNode(
        jupytext={"formats": "ipynb,py:percent"},
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    return notebook


def execute(path: Path) -> NotebookNode:
    """Return a notebook with its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell fails.
    """
    notebook = read_source(path)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        startup_timeout=TIME_OUT,
        timeout=TIME_OUT,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main() -> None:
    """Execute every notebook and write it beside its source."""
    for path in sources():
        print(f"Executing {path.name}", file=sys.stderr)
        nbformat.write(execute(path), path.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
