"""Reading, writing and refusing corpus files."""

import json
from copy import deepcopy
from typing import Any

import pytest
from sample_record import ROW, sample_record

from pipeline.corpus import CORPUS, CorpusError, load, prose, read_record, save, slug, write_record


def test_round_trip(tmp_path) -> None:
    record = sample_record()
    assert write_record(record) == ROW
    (tmp_path / "planning.jsonl").write_text("{}", encoding="utf-8")
    save([record], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["housing.jsonl"]
    assert load(tmp_path) == [record]


def test_shipped_corpus_is_written_as_save_writes_it(tmp_path) -> None:
    save(load(), tmp_path)
    for path in CORPUS.glob("*.jsonl"):
        assert (tmp_path / path.name).read_text() == path.read_text(), path.name


def test_slug() -> None:
    assert slug("Children's care services") == "childrens-care-services"
    assert slug("Benefits and tax") == "benefits-and-tax"


def test_prose_chooses_sections() -> None:
    record = sample_record()
    assert prose(record, only=("action",)) == "The Council will pay Ms P £150 within four weeks."
    assert "Act 1974" in prose(record)
    assert "Act 1974" not in prose(record, without=("role",))
    assert prose(record, only=("findings",)).splitlines() == [
        "What happened",
        "Ms P applied on 2 March.",
        "Was there fault?",
        "There was. The form lay in a drawer.",
        "One officer found it.",
        "Another lost it again.",
    ]


def changed(**values: Any) -> dict[str, Any]:
    return {**deepcopy(ROW), **values}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ROW.items() if name != key}


SECTION = {"label": "summary", "heading": "Summary", "body": ["Text."]}


@pytest.mark.parametrize(
    ("row", "saying"),
    [
        ([], "not a JSON object"),
        (without("outcome"), "missing: outcome"),
        (changed(colour="red"), "not known: colour"),
        (changed(ref="20-006-486"), "ref must look like"),
        (changed(ref=7), "ref must look like"),
        (changed(authority="  Spacey Council"), "authority must be text"),
        (changed(outcome="Upheld"), "outcome must be one of"),
        (changed(outcome=["upheld"]), "outcome must be one of"),
        (changed(date="20210309"), "date must be a day"),
        (changed(date="2021-02-30"), "date must be a day"),
        (changed(hard="unset"), "hard must be null or one of"),
        (changed(contrast_of="itself"), "contrast_of must be"),
        (changed(grounds="discretion"), "grounds must be a list"),
        (changed(sections=[]), "at least one section"),
        (changed(sections=[{"label": "summary"}]), "section 1 must have"),
        (changed(sections=[{**SECTION, "label": "signature"}]), "label must be one of"),
        (changed(sections=[{**SECTION, "body": []}]), "body must hold"),
        (changed(sections=[{**SECTION, "body": ["a\nb"]}]), "body must hold"),
        (changed(sections=[{**SECTION, "body": [[]]}]), "body must hold"),
        (changed(sections=[{**SECTION, "body": [{"heading": "x"}]}]), "body must hold"),
        (changed(provisions=["LGA1974 s24A(6)"]), "must have an id"),
        (changed(provisions=[{"id": "x", "sections": []}]), "at least one of the labels"),
        (changed(provisions=[{"id": "x", "sections": ["roll"]}]), "at least one of the labels"),
    ],
)
def test_faults_are_named(row, saying) -> None:
    with pytest.raises(CorpusError, match=saying):
        read_record(row)


def test_every_faulty_line_is_reported(tmp_path) -> None:
    good = json.dumps(ROW)
    bad = json.dumps(changed(date="today", hard="very"))
    (tmp_path / "housing.jsonl").write_text(f"{good}\n\n{bad}\n{{oops\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        load(tmp_path)
    first, second = str(caught.value).splitlines()
    assert first.startswith("housing.jsonl line 3: 90 000 001: date must be")
    assert "hard must be" in first
    assert second.startswith("housing.jsonl line 4: not JSON")


def test_empty_folder(tmp_path) -> None:
    with pytest.raises(CorpusError, match=r"no \.jsonl file here"):
        load(tmp_path)
