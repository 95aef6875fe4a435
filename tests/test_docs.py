"""The documents: every command shown runs, every example holds, every link leads somewhere."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from downloads import decisions
from local_site import LocalSite
from typer.testing import CliRunner

import pipeline
from pipeline import api, corpus
from pipeline import bundle as bundles
from pipeline.bundle import DEFAULT
from pipeline.cli import app
from pipeline.decision import OUTCOMES
from pipeline.scored_table import COLUMNS
from pipeline.scoring import score_files

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("models/*.md")])
OWN_WORDS = [page for page in PAGES if page.parent != ROOT / "models"]
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<target>[^)#\s]+)")
VERBS = ("make", "decisions")

ELSEWHERE = {
    "decisions train": "test_training.py",
    "decisions evaluate": "test_evaluation.py",
}
"""Commands that take minutes, and the module that runs them on a small corpus."""
NOT_DECISIONS = {"setup", "test", "lint", "bench", "fuzz", "notebooks", "lab"}
"""Targets about the project itself; `make test` is what runs this."""
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield block["kind"], block["body"]


def commands(page: Path) -> Iterator[str]:
    """Yield every command line of a page that begins with one of `VERBS`."""
    for kind, body in blocks(page):
        if kind in ("", "sh", "bash", "console", "shell"):
            for line in body.replace("\\\n", " ").splitlines():
                bare = line.removeprefix("$ ").split(" #")[0].strip()
                if bare.split(" ")[0] in VERBS:
                    yield bare


def all_commands() -> list[str]:
    return list(dict.fromkeys(command for page in PAGES for command in commands(page)))


def recipe(command: str) -> list[str]:
    """Return what a ``make`` command would run, its set-up left out."""
    done = subprocess.run(
        [*shlex.split(command), "-n", "-o", ".venv/.ready", "-o", "models/default/manifest.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [line.replace(".venv/bin/", "") for line in done.stdout.splitlines()]


def steps(command: str) -> list[str]:
    """Return the ``decisions`` commands behind a command."""
    if command.startswith("decisions"):
        return [command]
    return [line for line in recipe(command) if line.startswith("decisions")]


@pytest.fixture(scope="module")
def prepared(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder laid out like the project: a part of the corpus, some of it scored."""
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copytree(ROOT / "corpus/examples", folder / "corpus/examples")
    records = [one for one in corpus.load() if one.category in ("Education", "Health")]
    corpus.save(records, folder / "corpus/illustrative")
    shutil.copy(ROOT / "corpus/README.md", folder / "corpus")
    (folder / "models").mkdir()
    (folder / "models/default").symlink_to(bundle)
    shutil.copytree(folder / "corpus/examples", folder / "decisions")
    (folder / "decisions/empty.txt").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("scores.csv", "scores.parquet"):
            score_files(["decisions", "corpus/examples"], name, model=bundle, quiet=True)
    return folder


@pytest.fixture
def sandbox(prepared: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, for one command."""
    return Path(shutil.copytree(prepared, tmp_path / "sandbox", symlinks=True))


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with LocalSite(decisions(12)).running() as running:
        yield running.url


@contextmanager
def standing_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in a folder with its model."""
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "90")
        patch.setattr(api, "DEFAULT", folder / "models/default")
        patch.setattr(bundles, "DEFAULT", folder / "models/default")
        yield


def run(step: str, site: str) -> tuple[int, str]:
    """Run a ``decisions`` command in this process; return its status and what it printed."""
    arguments = shlex.split(step)[1:]
    if arguments[0] == "download":
        arguments += ["--site", site, "--rate", "1000/s", "--since", "2023-01-01"]
        arguments += ["--until", "2023-01-31"]
    result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_there_are_commands_to_run() -> None:
    found = all_commands()
    assert len(found) > 30
    assert "make score" in found
    assert "make test" in found


@pytest.mark.parametrize("command", all_commands())
def test_every_command_shown_runs(
    command: str, sandbox: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = command.split()[1] if command.startswith("make ") else ""
    if target in NOT_DECISIONS:
        assert recipe(command)
        return
    assert steps(command)
    with standing_in(sandbox, monkeypatch):
        for step in steps(command):
            slow = next((name for name in ELSEWHERE if step.startswith(name)), None)
            if slow:
                assert_accepted(step)
                assert (ROOT / "tests" / ELSEWHERE[slow]).is_file()
                continue
            status, output = run(step, site)
            # A part of the corpus does not fit the split of the whole.
            allowed = (0, 1) if "corpus check" in step else (0,)
            assert status in allowed, output


def assert_accepted(step: str) -> None:
    """Check that the command line takes a command, without carrying it out."""
    group = typer.main.get_command(app)
    verb, *arguments = shlex.split(step)[1:]
    with group.make_context("decisions", [verb], resilient_parsing=True) as context:
        command = group.get_command(context, verb)
        assert command is not None
        command.make_context(verb, arguments, parent=context)


CONSOLE = [
    (page, *session.split("\n", 1))
    for page in OWN_WORDS
    for kind, body in blocks(page)
    if kind == "console"
    for session in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
]


@pytest.mark.parametrize(("page", "command", "expected"), CONSOLE)
def test_what_a_command_is_shown_to_print_is_what_it_prints(
    page: Path,  # noqa: ARG001
    command: str,
    expected: str,
    sandbox: Path,
    site: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with standing_in(sandbox, monkeypatch):
        printed = "".join(run(step, site)[1] for step in steps(command))
    assert doctest.OutputChecker().check_output(
        expected.rstrip() + "\n", printed.rstrip() + "\n", OPTIONS
    ), printed


# ---- examples ----


@pytest.mark.parametrize("page", [page for page in OWN_WORDS if ">>> " in page.read_text("utf-8")])
def test_examples_of_a_page_hold(
    page: Path, sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in(sandbox, monkeypatch):
        result = doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS)
    assert result.attempted
    assert result.failed == 0


def modules_with_examples() -> list[str]:
    folder = Path(pipeline.__file__).parent
    return [
        f"pipeline.{name}"
        for _, name, _ in pkgutil.iter_modules([str(folder)])
        if ">>> " in (folder / f"{name}.py").read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_of_a_module_hold(
    name: str, sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in(sandbox, monkeypatch):
        result = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert result.attempted
    assert result.failed == 0


# ---- what is said is complete, and still so ----


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        assert (page.parent / link["target"]).exists(), link["target"]


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    linked = {link["target"] for link in LINK.finditer(index)}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= linked | {"README.md"}


def test_every_column_is_explained() -> None:
    text = (ROOT / "docs/output-columns.md").read_text(encoding="utf-8")
    for name in (*COLUMNS, *OUTCOMES):
        assert f"`{name}`" in text, name


def test_every_verb_and_option_is_in_the_command_line_page() -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    for verb, command in group.commands.items():  # type: ignore[attr-defined]
        nested = getattr(command, "commands", {verb: command})
        for name, one in nested.items():
            assert name in text, name
            for option in one.params:
                long = next((text for text in option.opts if text.startswith("--")), "")
                if long and not getattr(option, "hidden", False):
                    assert long in text, f"{name} {long}"


def test_every_target_is_named_somewhere() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = "".join(page.read_text(encoding="utf-8") for page in OWN_WORDS)
    for target in re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE):
        assert target == "help" or f"make {target}" in text, target


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    for needed in project["dependencies"]:
        name = re.match(r"[a-z-]+", needed)[0]  # type: ignore[index]
        assert name in readme, name


def test_the_readme_counts_what_there_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Its {len(corpus.load())} decisions" in readme


@pytest.mark.parametrize("page", OWN_WORDS, ids=lambda page: page.name)
def test_words_that_promise_too_much_are_not_used(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    for word in ("forecast", "predict the outcome", "artificial intelligence"):
        assert word not in text, word


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs/images").iterdir())
    assert pictures
    assert all(picture.stat().st_size < 150_000 for picture in pictures)


def test_the_model_that_is_loaded_by_default_is_the_one_make_trains() -> None:
    assert DEFAULT == ROOT / "models/default"
