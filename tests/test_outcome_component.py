"""The spaCy component `decision_outcome`: doc.cats, laziness, order, copies of a Doc."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from sample_record import sample_record
from spacy.language import Language
from spacy.tokens import DocBin

from pipeline.bundle import BundleError
from pipeline.decision import OUTCOMES
from pipeline.nlp import build_nlp
from pipeline.reading import read_text
from pipeline.render import PUBLISHED, render
from pipeline.scorer import Scorer

PAGE = render(sample_record(), "numbered").text


@pytest.fixture(scope="module")
def nlp(bundle: Path) -> Language:
    nlp = build_nlp()
    nlp.add_pipe("decision_outcome", config={"model": str(bundle)})
    return nlp


def test_cats_are_the_three_calibrated_probabilities(nlp: Language, bundle: Path) -> None:
    decision = read_text(PAGE)
    doc = nlp(decision.text)
    (reading,) = Scorer.load(bundle).read([decision])
    assert doc.cats == dict(zip(OUTCOMES, reading.probabilities.tolist(), strict=True))
    assert sum(doc.cats.values()) == pytest.approx(1)
    assert max(doc.cats, key=doc.cats.__getitem__) == "upheld"


def test_view_and_prior_are_those_of_the_config(bundle: Path) -> None:
    decision = read_text(PAGE)
    nlp = build_nlp()
    config = {"model": str(bundle), "view": "complaint", "prior": "2022-23"}
    nlp.add_pipe("decision_outcome", config=config)
    (reading,) = Scorer.load(bundle, "complaint", prior="2022-23").read([decision])
    assert list(nlp(decision.text).cats.values()) == reading.probabilities.tolist()


def test_the_label_line_of_a_pasted_page_changes_nothing(nlp: Language) -> None:
    line = "Decision : Upheld"
    assert line in PAGE
    pages = [PAGE, *(PAGE.replace(line, f"Decision : {name}") for name in PUBLISHED.values())]
    cats = [doc.cats for doc in nlp.pipe([*pages, PAGE.replace(line, "")])]
    assert all(one == cats[0] for one in cats)


def test_a_model_that_is_missing_is_named_when_a_text_comes(tmp_path: Path) -> None:
    nlp = build_nlp()
    nlp.add_pipe("decision_outcome", config={"model": str(tmp_path)})
    with pytest.raises(BundleError, match="There is no model in"):
        nlp("Summary: The Council was at fault.")


@pytest.mark.parametrize(
    ("before", "missing"),
    [([], "decision_sections"), (["decision_sections"], "statute_provisions")],
)
def test_it_names_the_component_that_is_missing(
    bundle: Path, before: list[str], missing: str
) -> None:
    nlp = spacy.blank("en")
    for name in (*before, "decision_outcome"):
        nlp.add_pipe(name, config={"model": str(bundle)} if name == "decision_outcome" else {})
    with pytest.raises(ValueError, match=f"decision_outcome needs {missing} before it"):
        nlp("Summary: The Council was at fault.")


def test_it_works_in_a_pipeline_that_somebody_builds(bundle: Path) -> None:
    nlp = spacy.blank("en")
    for name in ("decision_sections", "statute_provisions"):
        nlp.add_pipe(name)
    nlp.add_pipe("decision_outcome", config={"model": str(bundle)})
    assert set(nlp(read_text(PAGE).text).cats) == set(OUTCOMES)


def test_empty_and_blank_texts_pass(nlp: Language) -> None:
    for text in ("", " \n "):
        assert set(nlp(text).cats) == set(OUTCOMES)


def test_cats_survive_a_doc_bin(nlp: Language) -> None:
    docs = list(nlp.pipe([read_text(PAGE).text, "Summary: We will not investigate."]))
    again = list(DocBin(docs=docs, store_user_data=True).get_docs(nlp.vocab))
    assert [doc.cats for doc in again] == [doc.cats for doc in docs]


def test_two_processes_give_the_same(nlp: Language) -> None:
    texts = [read_text(PAGE).text, "Summary: We will not investigate.", ""]
    alone = [doc.cats for doc in nlp.pipe(texts)]
    assert [doc.cats for doc in nlp.pipe(texts, n_process=2, batch_size=1)] == alone


def test_a_saved_pipeline_keeps_the_name_of_the_folder(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    assert not list((tmp_path / "saved").rglob("*.joblib"))
    again = spacy.load(tmp_path / "saved", config={"nlp": {"tokenizer": {}}})
    text = read_text(PAGE).text
    assert again(text).cats == nlp(text).cats


def test_a_blank_pipeline_loads_no_model() -> None:
    code = (
        "import sys, spacy; nlp = spacy.blank('en'); nlp.add_pipe('decision_sections'); "
        "nlp.add_pipe('statute_provisions'); nlp.add_pipe('decision_outcome'); "
        "print([name for name in ('sklearn', 'pandas', 'joblib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
