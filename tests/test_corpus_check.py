"""The shipped corpus is sound, and each kind of fault in a corpus is found."""

from dataclasses import replace

import pytest

from pipeline.corpus import CORPUS, Record, load, save
from pipeline.corpus_check import bare_name, check, split_corpus
from pipeline.splits import write_splits


def test_shipped_corpus_is_sound() -> None:
    assert check(CORPUS) == []


@pytest.fixture
def few() -> list[Record]:
    """Return twelve good records, two of which are a contrast pair."""
    records = [record for record in load() if record.contrast_of is None and record.hard is None]
    twin = next(record for record in load() if record.contrast_of is not None)
    base = next(record for record in load() if record.ref == twin.contrast_of)
    others = [record for record in records if record is not base][:10]
    return [*others, base, twin]


def findings(records: list[Record], folder, monkeypatch, real: str = "") -> list[str]:
    """Write `records` as a corpus beside a list of authorities and their split; check it."""
    monkeypatch.delenv("DECISIONS_REAL", raising=False)
    corpus = folder / "illustrative"
    save(records, corpus)
    listed = "# Councils\n\nLondon Borough of Camden\nDurham County Council\n"
    (folder / "real_authorities.txt").write_text(listed, encoding="utf-8")
    write_splits(split_corpus(records), folder / "splits.csv")
    if real:
        (folder / "real").mkdir()
        (folder / "real" / "one.txt").write_text(real, encoding="utf-8")
        monkeypatch.setenv("DECISIONS_REAL", str(folder / "real"))
    return check(corpus)


def reworded(record: Record, label: str, *body: str) -> Record:
    """Return `record` with another body in its first section of that label."""
    sections = list(record.sections)
    place = [section.label for section in sections].index(label)
    sections[place] = replace(sections[place], body=body)
    return replace(record, sections=tuple(sections))


def test_good_records_pass(few, tmp_path, monkeypatch) -> None:
    assert findings(few, tmp_path, monkeypatch) == []


def test_unreadable_corpus(tmp_path) -> None:
    assert check(tmp_path) == [f"{tmp_path}: no .jsonl file here; give the folder of a corpus."]


def test_repeated_reference_and_authority(few, tmp_path, monkeypatch) -> None:
    few[1] = replace(few[1], authority=few[0].authority.upper())
    (fault,) = findings(few, tmp_path, monkeypatch)
    assert fault.endswith("this authority occurs 2 times.")
    few[1] = replace(few[1], ref=few[0].ref)
    corpus = tmp_path / "illustrative"
    save(few, corpus)
    assert check(corpus) == [f"{few[0].ref}: this reference occurs 2 times."]


@pytest.mark.parametrize(
    "name", ["London Borough of Camden", "Camden Council", "Durham City Council", "County Durham"]
)
def test_real_authority(name, few, tmp_path, monkeypatch) -> None:
    few[0] = replace(few[0], authority=name)
    (fault,) = findings(few, tmp_path, monkeypatch)
    assert "which exists" in fault


def test_bare_names() -> None:
    assert bare_name("The Royal Borough of Kensington & Chelsea") == "kensington and chelsea"
    assert bare_name("NHS Devon Integrated Care Board") == bare_name("Devon County Council")
    assert (
        bare_name("King's Lynn and West Norfolk Borough Council") == "kings lynn and west norfolk"
    )
    assert bare_name("Isle of Wight Council") == "isle of wight"


def test_annotation_without_citation(few, tmp_path, monkeypatch) -> None:
    cited = few[0].provisions[0]
    elsewhere = replace(cited, sections=("complaint",))
    unknown = replace(cited, id="ukpga/1066/1/section/1")
    few[0] = replace(few[0], provisions=(elsewhere, *few[0].provisions[1:]))
    few[1] = replace(few[1], provisions=(*few[1].provisions, unknown))
    few[2] = replace(few[2], grounds=("late",))
    faults = findings(few, tmp_path, monkeypatch)
    assert len(faults) == 3
    assert f"{cited.id} is not cited in its section 'complaint'." in faults[0]
    assert "is of no instrument in statutes.toml" in faults[1]
    assert faults[2].endswith("annotated are late.")


def test_hard_kind_that_cannot_be(few, tmp_path, monkeypatch) -> None:
    outcomes = {"closed_after_initial_enquiries", "not_upheld", "upheld"}
    place = next(n for n, record in enumerate(few) if record.outcome != "upheld")
    few[place] = replace(few[place], hard="upheld_mostly_no_fault")
    (fault,) = findings(few, tmp_path, monkeypatch)
    assert fault.endswith("cannot be upheld_mostly_no_fault.")
    assert few[place].outcome in outcomes


def test_the_word_fault_where_it_must_not_stand(tmp_path, monkeypatch) -> None:
    record = next(r for r in load() if r.hard == "upheld_without_word_fault")
    others = load()[:9]
    assert findings([record, *others], tmp_path, monkeypatch) == []
    spoilt = reworded(record, "summary", "The fault was the Council's.")
    (fault,) = findings([spoilt, *others], tmp_path, monkeypatch)
    assert "the word stands in its text" in fault


def test_near_duplicate(few, tmp_path, monkeypatch) -> None:
    copy = replace(few[0], ref="90 000 002", authority="Somewhere Else Council")
    (fault,) = findings([*few, copy], tmp_path, monkeypatch)
    assert fault.startswith(f"90 000 002 and {few[0].ref} share 100% of their runs")


def test_twins(few, tmp_path, monkeypatch) -> None:
    base, twin = few[-2], few[-1]
    same = replace(twin, outcome=base.outcome, hard=None)
    (fault,) = findings([*few[:-1], same], tmp_path / "a", monkeypatch)
    assert "has the same outcome" in fault
    (fault,) = findings([*few[:-2], twin], tmp_path / "b", monkeypatch)
    assert "is no record that it could be a twin of" in fault
    stranger = replace(few[0], contrast_of=base.ref, outcome=twin.outcome)
    (fault,) = findings([*few[1:-1], stranger], tmp_path / "c", monkeypatch)
    assert "keeps only" in fault


def test_words_of_a_real_text(few, tmp_path, monkeypatch) -> None:
    real = "A lamp that no one lit stood by the empty harbour wall (Housing Act 1996, section 7)."
    few[0] = reworded(few[0], "complaint", "He said a lamp that no one lit stood by her gate.")
    (fault,) = findings(few, tmp_path, monkeypatch, real)
    assert (
        fault == f"{few[0].ref}: has these words of a real text: 'a lamp that no one lit stood by'."
    )


def test_shared_citations_are_no_copies(few, tmp_path, monkeypatch) -> None:
    cited = "(Local Government Act 1974, sections 26(1) and 26A(1), as amended)"
    few[0] = reworded(few[0], "complaint", f"A short point. {cited}")
    assert findings(few, tmp_path, monkeypatch, f"Something else. {cited} And more.") == []


def test_stale_split(few, tmp_path, monkeypatch) -> None:
    assert findings(few, tmp_path, monkeypatch) == []
    save(few[1:], tmp_path / "illustrative")
    (fault,) = check(tmp_path / "illustrative")
    assert "does not fit the corpus" in fault
    (tmp_path / "splits.csv").unlink()
    (fault,) = check(tmp_path / "illustrative")
    assert "is missing" in fault
