"""The command line as an analyst meets it: real processes, real exit statuses."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "corpus" / "examples"
PAGE = EXAMPLES / "fernhollow-bins.txt"
DECISIONS = Path(sys.executable).with_name("decisions")


def run(*arguments, status=0, **options):
    """Run ``decisions`` and return what it printed; no traceback, whatever happens."""
    done = subprocess.run(
        [DECISIONS, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_help_names_every_verb():
    text = run("--help").stdout
    for verb in (
        "score",
        "sections",
        "provisions",
        "explain",
        "train",
        "evaluate",
        "corpus",
        "download",
        "report",
    ):
        assert verb in text


def test_sections_partition_the_text_that_was_read():
    rows = json.loads(run("sections", PAGE, "--json").stdout)
    text = PAGE.read_text("utf-8")
    assert [set(row) for row in rows] == [{"label", "heading", "start", "end"}] * len(rows)
    assert rows[0]["start"] == 0
    assert rows[-1]["end"] == len(text)
    assert all(one["end"] == other["start"] for one, other in itertools.pairwise(rows))
    labels = [row["label"] for row in rows if row["label"] != "furniture"]
    assert labels == [
        "header",
        "summary",
        "complaint",
        "role",
        "consideration",
        "findings",
        "action",
        "decision",
        "signature",
    ]
    assert "Fernhollow Borough Council (90 004 117)" in text[rows[1]["start"] : rows[1]["end"]]


def test_provisions_stand_where_they_say():
    rows = json.loads(run("provisions", PAGE, "--json").stdout)
    text = PAGE.read_text("utf-8")
    assert {row["id"] for row in rows} >= {
        "ukpga/1974/7/section/26/1",
        "ukpga/1974/7/section/26A/1",
        "ukpga/1990/43/section/46",
    }
    for row in rows:
        assert text[row["start"] : row["end"]] == row["text"]
        assert set(row) == {"id", "display", "text", "start", "end", "section", "act_resolved"}
    assert "Local Government Act 1974, s 26(1)" in {row["display"] for row in rows}


def test_explain_shows_probabilities_sections_provisions_and_sentences(bundle):
    text = run("explain", PAGE, "--model", bundle).stdout
    for part in (
        "Upheld",
        "Outcome set",
        "Sentences that weigh most",
        "Sections",
        "Provisions",
        "s 26A(1)",
        "Grounds",
    ):
        assert part in text
    assert "\x1b[" not in text  # colour is for terminals


def test_standard_input_is_read():
    rows = json.loads(run("sections", "-", "--json", input=PAGE.read_text("utf-8")).stdout)
    assert rows[-1]["end"] == len(PAGE.read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sections", "no-such-file.txt"], "no-such-file.txt"),
        (["sections", EXAMPLES], "takes one"),
        (["explain", PAGE, "--model", "no-such-model"], "make train"),
        (["score", EXAMPLES, "--output", "scores.docx"], ".csv"),
        (["score", EXAMPLES, "--output", "/proc/no/scores.csv"], "/proc/no"),
        (["train", "--corpus", "notebooks", "--model", "/tmp/none"], "notebooks"),
        (["corpus", "render", "00 000 000"], "00 000 000"),
        (["corpus", "render", "91 001 659", "--layout", "round"], "numbered"),
        (["download", "--since", "yesterday"], "YYYY-MM-DD"),
        (["report", "no-such-table.csv"], "no-such-table.csv"),
    ],
)
def test_a_usage_fault_is_one_sentence_and_status_2(arguments, says):
    done = run(*arguments, status=2)
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_option_is_status_2():
    assert "No such option" in run("score", "x", "--colour", status=2).stderr


def test_debug_shows_the_traceback():
    done = subprocess.run(
        [DECISIONS, "--debug", "sections", "no-such-file.txt"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "Traceback" in done.stderr


def test_scoring_the_examples(bundle, tmp_path):
    output = tmp_path / "scores.jsonl"
    done = run("score", EXAMPLES, "--output", output, "--model", bundle)
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert len(rows) == 5
    assert "5" in done.stdout
    assert {row["outcome"] for row in rows} == {
        "closed_after_initial_enquiries",
        "not_upheld",
        "upheld",
    }


def test_an_unreadable_input_is_an_error_row_and_status_1(bundle, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.txt").write_text("")
    (tmp_path / "in" / "good.txt").write_bytes(PAGE.read_bytes())
    output = tmp_path / "scores.csv"
    run("score", tmp_path / "in", "--output", output, "--model", bundle, status=1)
    (error,) = map(json.loads, (tmp_path / "errors.jsonl").read_text().splitlines())
    assert error["kind"] == "empty"
    assert error["source"].endswith("empty.txt")


def test_the_corpus_is_sound():
    assert "all is well" in run("corpus", "check").stdout


def test_render_prints_a_page_that_reads_back(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(run("corpus", "render", "91 001 659", "--layout", "html").stdout)
    labels = [row["label"] for row in json.loads(run("sections", page, "--json").stdout)]
    assert labels.count("summary") == 1
    assert "decision" in labels


def test_unlisted_headings_are_listed(tmp_path):
    page = tmp_path / "page.txt"
    text = PAGE.read_text("utf-8").replace("How I considered this complaint", "My odd heading")
    page.write_text(text)
    assert "my odd heading" in run("corpus", "headings", page).stdout.lower()


@pytest.mark.skipif(
    "DECISIONS_REAL" not in os.environ, reason="DECISIONS_REAL names no folder of real decisions"
)
def test_the_published_decision(bundle, tmp_path):
    """Thurrock Council (20 011 228), as copied from a browser."""
    page = Path(os.environ["DECISIONS_REAL"]) / "thurrock-20-011-228.txt"
    output = tmp_path / "scores.jsonl"
    run("score", page, "--output", output, "--model", bundle)
    row = json.loads(output.read_text("utf-8"))
    assert row["outcome"] == row["published_outcome"] == "closed_after_initial_enquiries"
    assert row["p_closed_after_initial_enquiries"] >= 0.8
    assert row["provisions"] == "ukpga/1974/7/section/24A/6|ukpga/1974/7/section/34/3"
    labels = [part.split(":")[0] for part in row["sections"].split("|")]
    assert [label for label in labels if label != "furniture"] == [
        "header",
        "summary",
        "complaint",
        "role",
        "consideration",
        "findings",
        "decision",
        "signature",
    ]
