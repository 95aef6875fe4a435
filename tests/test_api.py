"""The Python API: what may be given, what comes back, and what is said of bad input."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hostile_texts import SCRIPTS
from sample_record import sample_record
from selectolax.lexbor import LexborHTMLParser

import pipeline
from pipeline import load, read, score
from pipeline.api import Model
from pipeline.decision import OUTCOMES, Decision
from pipeline.given import looks_like_path, read_given
from pipeline.render import render
from pipeline.scored_table import COLUMNS
from pipeline.sectioned_text import SectionedText

EXAMPLES = Path("corpus/examples")
PAGE = render(sample_record(), "numbered").text
PROBABILITIES = [f"p_{outcome}" for outcome in OUTCOMES]
SHORT = "The Council was at fault. It has agreed to apologise and to pay her £200 for the delay."


@pytest.fixture(scope="module")
def model(bundle: Path) -> Model:
    return load(bundle)


# ---- what may be given ----


def test_decision_text_path_and_table_get_the_same_scores(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    given = {
        "text": PAGE,
        "path": path,
        "name of a path": str(path),
        "decision": read(PAGE)[0],
        "decisions": read(PAGE),
        "list": [PAGE],
        "generator": (text for text in [PAGE]),
        "series": pd.Series([PAGE]),
        "table": pd.DataFrame({"text": [PAGE]}),
        "html": render(sample_record(), "html").html,
    }
    rows = {name: model.score(one) for name, one in given.items()}
    for name, table in rows.items():
        assert list(table.columns) == list(COLUMNS), name
        assert len(table) == 1, name
        left_out = ["source", "sections", "evidence"]
        pd.testing.assert_frame_equal(
            table.drop(columns=left_out), rows["text"].drop(columns=left_out), obj=name
        )


def test_a_folder_gives_a_row_for_each_decision(model: Model) -> None:
    scores = model.score(EXAMPLES)
    assert scores["source"].map(lambda source: Path(source.split(":")[0]).name).tolist() == sorted(
        path.name for path in EXAMPLES.iterdir()
    )
    assert scores["review"].dtype == bool
    assert scores[PROBABILITIES].sum(axis="columns").between(0.999, 1.001).all()
    assert scores["outcome"].isin(OUTCOMES).all()
    assert scores.attrs["problems"] == []


def test_the_header_of_a_page_is_read_and_kept_apart() -> None:
    (decision,) = read(PAGE)
    assert (decision.ref, decision.authority) == ("90 000 001", "Thornmere District Council")
    assert (decision.outcome, decision.date) == ("upheld", "2021-03-09")
    assert "Decision date" not in decision.text


def test_a_table_keeps_its_labels_and_its_columns_count(model: Model) -> None:
    table = pd.DataFrame(
        {"Full text": [SHORT, None, SHORT], "date": pd.to_datetime(["2024-01-02", None, None])},
        index=["a", "b", "c"],
    )
    with pytest.warns(UserWarning, match=r"1 of 3 inputs cannot be read\. row b has no text"):
        scores = model.score(table)
    assert scores.index.tolist() == ["a", "c"]
    assert scores["date"].tolist() == ["2024-01-02", ""]
    assert scores["source"].tolist() == ["row a", "row c"]
    (problem,) = scores.attrs["problems"]
    assert (problem["source"], problem["position"], problem["kind"]) == ("row b", 1, "empty")


def test_an_empty_table_or_list_gives_an_empty_table(model: Model) -> None:
    for nothing in ([], pd.DataFrame({"text": []})):
        scores = model.score(nothing)
        assert scores.empty
        assert list(scores.columns) == list(COLUMNS)


def test_scores_can_be_written_as_every_kind_of_table(model: Model, tmp_path: Path) -> None:
    scores = model.score([SHORT])
    scores.to_parquet(tmp_path / "scores.parquet")
    scores.to_csv(tmp_path / "scores.csv")
    again = pd.read_parquet(tmp_path / "scores.parquet")
    assert again.loc[0, "outcome"] == scores.loc[0, "outcome"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("decisions", True),
        ("C:/decisions/2024.zip", True),
        ("my first decision.HTML", True),
        ("tests", True),
        ("", False),
        ("  ", False),
        ("The Council was at fault.", False),
        ("one\ntwo.txt", False),
        ("a " * 400, False),
    ],
)
def test_a_path_is_told_from_a_text(line: str, expected: bool) -> None:
    assert looks_like_path(line) is expected


# ---- bad input ----


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("no/such/file.txt", "no/such/file.txt does not exist"),
        (Path("no such folder"), "no such folder does not exist"),
        ("", "The text is empty"),
        ("too short a text", "The text has only 4 words"),
        (7, "of the type int, which holds no decision"),
        (None, "of the type NoneType"),
        (b"bytes", "of the type bytes"),
        ({"text": SHORT}, "of the type dict"),
        (pd.DataFrame({"remarks": ["x"]}), "The table has no column with the text"),
        ([None, float("nan")], "item 0 is of the type NoneType"),
    ],
)
def test_what_cannot_be_read_raises_a_sentence(model: Model, given: object, sentence: str) -> None:
    for verb in (read, model.score, model.explain):
        with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
            verb(given)  # type: ignore[operator]


def test_nothing_is_lost_among_good_and_bad() -> None:
    given = [SHORT, "missing.txt", None, SHORT, "too short", EXAMPLES, 3.5]
    with pytest.warns(UserWarning, match=r"4 of 11 inputs .* And 1 more\."):
        decisions = read(given)
    assert len(decisions) == 7
    assert [problem.position for problem in decisions.problems] == [1, 2, 4, 10]
    assert repr(decisions) == "7 decisions and 4 problems"
    assert len(decisions.table) == 7


def test_two_decisions_cannot_be_explained_at_once(model: Model) -> None:
    with pytest.raises(ValueError, match="There are 5 decisions here"):
        model.explain(EXAMPLES)


def test_a_missing_model_and_an_unknown_view_raise_a_sentence(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"There is no model in .*make train"):
        load(tmp_path)
    with pytest.raises(ValueError, match="There is no view 'half'; choose one of full"):
        load(bundle, view="half")
    with pytest.raises(ValueError, match="no outcome mix"):
        load(bundle, prior="1974-75")


# ---- views and priors ----


def test_the_complaint_view_reads_the_complaint_only(bundle: Path) -> None:
    changed = PAGE.replace("I uphold the complaint.", "I do not uphold the complaint.")
    assert changed != PAGE
    scores = score([PAGE, changed], bundle, view="complaint")
    assert scores.loc[0, PROBABILITIES].tolist() == scores.loc[1, PROBABILITIES].tolist()
    assert scores["model"].str.startswith("complaint@").all()


def test_a_prior_moves_the_probabilities_towards_its_mix(bundle: Path) -> None:
    text = "Mr T complained about a planning notice and about how it was put up beside the road."
    here = score(text, bundle).loc[0]
    there = score(text, bundle, prior="2022-23").loc[0]
    assert there["p_not_upheld"] < here["p_not_upheld"]
    assert sum(there[PROBABILITIES]) == pytest.approx(1, abs=1e-3)


# ---- explanation ----


def test_an_explanation_says_what_the_row_says(model: Model) -> None:
    found = model.explain(PAGE)
    row = model.score(PAGE).loc[0]
    assert found.outcome == row["outcome"] == "upheld"
    assert found.probabilities["upheld"] == pytest.approx(row["p_upheld"], abs=1e-4)
    assert found.sections["label"].tolist()[:2] == ["header", "summary"]
    assert found.provisions["id"].tolist() == [
        "ukpga/1974/7/section/26/1",
        "ukpga/1974/7/section/26A/1",
        "ukpga/1974/7/section/24A/6",
    ]
    assert all(sentence in found.decision.text for sentence in found.evidence["sentence"])


def test_the_plain_form_names_outcome_provision_and_evidence(model: Model) -> None:
    found = model.explain(PAGE)
    shown = repr(found)
    assert "Thornmere District Council (90 000 001)" in shown
    assert "Local Government Act 1974, s 24A(6)" in shown
    assert found.evidence.loc[0, "sentence"][:40] in shown
    assert "\x1b" not in shown


def test_the_notebook_form_links_provisions_and_marks_evidence(model: Model) -> None:
    found = model.explain(PAGE)
    page = LexborHTMLParser(found._repr_html_())
    links = {link.attributes["href"] for link in page.css("a")}
    assert links == {
        "https://www.legislation.gov.uk/ukpga/1974/7/section/26/1",
        "https://www.legislation.gov.uk/ukpga/1974/7/section/26A/1",
        "https://www.legislation.gov.uk/ukpga/1974/7/section/24A/6",
    }
    marked = {" ".join(mark.text().split()) for mark in page.css("details mark")}
    assert marked == set(found.evidence["sentence"])
    assert [row.css_first("th").text() for row in page.css("table")[0].css("tr")] == [
        "Closed after initial enquiries",
        "Not upheld",
        "Upheld",
    ]
    assert [one.text() for one in page.css("summary")][:3] == [
        "Header",
        "Summary",
        "The complaint",
    ]


@pytest.mark.parametrize("hostile", SCRIPTS)
def test_hostile_text_is_shown_and_not_run(model: Model, hostile: str) -> None:
    decision = Decision(
        text=f"Summary: {SHORT} {hostile} (Local Government Act 1974, section 34(3))",
        ref=hostile,
        authority=hostile,
        category=hostile,
        date=hostile,
        source=hostile,
    )
    for page in (model.explain(decision)._repr_html_(), SectionedText(decision)._repr_html_()):
        tree = LexborHTMLParser(page)
        assert not tree.css("script, img, svg, iframe, textarea, dialog, b")
        assert len(tree.css("style")) == 1
        for node in tree.css("*"):
            assert not [name for name in node.attributes if name.startswith("on")]
        for link in tree.css("a"):
            assert link.attributes["href"].startswith("https://www.legislation.gov.uk/")
    assert "49" not in model.explain(decision)._repr_html_().split("</style>")[1]


# ---- the spaCy pipeline, and what an import costs ----


def test_nlp_gives_the_probabilities_of_the_scores(model: Model) -> None:
    for decision in read(EXAMPLES):
        row = model.score(decision).loc[0]
        cats = model.nlp(decision.text).cats
        assert {name: round(value, 4) for name, value in cats.items()} == {
            outcome: row[f"p_{outcome}"] for outcome in OUTCOMES
        }


def test_the_package_itself_is_light() -> None:
    heavy = "sklearn pandas spacy scipy joblib matplotlib"
    code = (
        f"import sys, pipeline; print([name for name in '{heavy}'.split() if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_offers_three_verbs() -> None:
    assert pipeline.__all__ == ["load", "read", "score"]
    with pytest.raises(AttributeError, match="has no attribute 'predict'"):
        pipeline.predict  # noqa: B018


def test_good_input_gives_no_warning(model: Model) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.score(EXAMPLES)


def test_many_decisions_are_scored_in_their_order(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.api.BATCH", 2)
    texts = [
        f"{SHORT} This is complaint {name}." for name in ("one", "two", "three", "four", "five")
    ]
    scores = model.score(read_given(texts))
    assert scores["source"].tolist() == [f"item {place}" for place in range(5)]
