"""The tables that the notebooks show: figures of the evaluation, comparisons, weights."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline import evaluation_tables as tables
from pipeline.bundle import load_view
from pipeline.comparing import disagreements, grounds_compared, outcomes_crossed
from pipeline.decision import OUTCOMES
from pipeline.leanings import top_terms
from pipeline.reading import read_path
from pipeline.rehearsal import write_later
from pipeline.splits import read_splits

SCORES = pd.DataFrame(
    [
        ("1", "upheld", "upheld", 0.9, "ukpga/1974/7/section/26B", "late|merits"),
        ("2", "upheld", "not_upheld", 0.6, "ukpga/1974/7/section/34/3", ""),
        ("3", "upheld", "not_upheld", 0.8, "", "late"),
        ("4", "upheld", "", 1.0, "ukpga/1974/7/section/26B|ukpga/1974/7/section/34D", "late"),
    ],
    columns=["ref", "outcome", "published_outcome", "p_upheld", "provisions", "grounds"],
).assign(p_not_upheld=0.0, p_closed_after_initial_enquiries=0.0)


def test_outcomes_crossed_leaves_out_what_has_no_published_outcome() -> None:
    table = outcomes_crossed(SCORES)
    assert table.to_numpy().tolist() == [[0, 0, 0], [0, 0, 2], [0, 0, 1]]
    assert table.loc["Not upheld", "Upheld"] == 2


def test_disagreements_begin_with_the_surest() -> None:
    assert disagreements(SCORES)["ref"].tolist() == ["3", "2"]
    assert disagreements(SCORES)["certainty"].tolist() == [0.8, 0.6]


def test_grounds_compared_counts_each_decision_once() -> None:
    table = grounds_compared(SCORES)
    assert table.loc["Late complaint"].to_dict() == {
        "cited": 2,
        "identified": 3,
        "both": 2,
        "only_cited": 0,
        "only_identified": 1,
    }
    merits = table.loc["Merits of a decision taken without fault"]
    assert (merits["only_cited"], merits["only_identified"]) == (1, 1)


def test_top_terms_are_those_a_lawyer_expects(bundle: Path) -> None:
    terms = top_terms(load_view(bundle, "full"), 12)
    assert len(terms) == 3 * 12
    assert terms.groupby("outcome")["weight"].is_monotonic_decreasing.all()
    of = {outcome: set(rows["term"]) for outcome, rows in terms.groupby("outcome")}
    assert "cue declines" in of["closed_after_initial_enquiries"]
    assert "cue finds_no_fault" in of["not_upheld"]
    assert "cue finds_fault" in of["upheld"]


def test_weights_are_those_of_the_model(bundle: Path) -> None:
    model = load_view(bundle, "full")
    row = top_terms(model, 1).iloc[-1]
    centred = model.outcome.coef_ - model.outcome.coef_.mean(axis=1, keepdims=True)
    assert row["weight"] == pytest.approx(
        centred[:, OUTCOMES.index(row["outcome"])].max(), abs=0.01
    )


def test_the_rehearsal_writes_every_later_decision_once(tmp_path: Path) -> None:
    found = read_path(write_later(tmp_path / "later"))
    splits = read_splits(Path("corpus/splits.csv"))
    assert {one.ref for one in found} == set(splits.loc[splits["side"] == "test", "ref"])
    assert len(found) == (splits["side"] == "test").sum()
    published = [one.outcome is not None for one in found]
    assert 0.9 < sum(published) / len(published) < 1


# ---- evaluation.json ----


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    return tables.read_figures()


def test_views_table_has_the_figures_of_the_file(figures: dict) -> None:
    for split in ("time_split", "folds"):
        table = tables.views_table(figures, split)
        assert table.index.tolist() == ["full", "reasons", "complaint"]
        outcome = figures[split]["views"]["reasons"]["outcome"]
        assert table.loc["reasons", "macro-F1"] == outcome["macro_f1"]
        assert table.loc["reasons", "calibration error"] == outcome["ece"]


def test_the_model_stands_last_behind_its_controls_weakest_first(figures: dict) -> None:
    values = tables.beside_controls(figures, "complaint")
    *controls, last = values
    assert last == "view complaint"
    assert [values[name] for name in controls] == sorted(values[name] for name in controls)
    assert "majority" in controls


def test_copies_classes_factors_and_grounds_are_complete(figures: dict) -> None:
    assert {"whole", "summary missing", "ends after role"} <= set(
        tables.copies_table(figures).index
    )
    classes = tables.classes_table(figures)
    assert classes["n"].sum() == figures["time_split"]["test"]
    hard = tables.factor_table(figures, "hard")
    assert hard["decisions"].sum() == figures["corpus"]["decisions"]
    assert list(hard.columns) == ["decisions", "full", "reasons", "complaint"]
    assert tables.grounds_table(figures)["decisions"].is_monotonic_decreasing


def test_a_missing_or_wrong_file_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "evaluation.json"
    for content in (None, "[]", "{", "{}"):
        if content is not None:
            wrong.write_text(content)
        with pytest.raises(ValueError, match=r"There are no figures in .*make evaluate"):
            tables.read_figures(wrong)
