"""The figures in the datasheet are those of the corpus."""

import re

import pandas as pd
import pytest
from sample_record import sample_record

from pipeline.corpus import CORPUS, load
from pipeline.corpus_stats import Counts, count, stats
from pipeline.datasheet import block_of, counts_block, fill, markdown_table, probes_block

DATASHEET = CORPUS.parent / "README.md"


@pytest.fixture(scope="module")
def figures() -> tuple[Counts, "pd.Series[float]"]:
    return stats()


def test_datasheet_is_in_step(figures) -> None:
    counts, probes = figures
    text = DATASHEET.read_text(encoding="utf-8")
    assert block_of(text, "counts") == counts_block(counts)
    # Solvers differ in the last digits from one machine to the next.
    written = [float(number) for number in re.findall(r"0\.\d\d", block_of(text, "probes"))]
    assert written == pytest.approx(list(probes), abs=0.02)
    assert block_of(text, "probes").count("\n") == probes_block(probes).count("\n")


def test_what_the_corpus_promises(figures) -> None:
    counts, probes = figures
    assert counts.records >= 950
    everything = counts.outcomes.loc["records"]
    assert everything["closed_after_initial_enquiries"] >= 400
    assert everything["not_upheld"] >= 190
    assert everything["upheld"] >= 320
    wanted = {
        "upheld_not_investigated": 50,
        "upheld_mostly_no_fault": 40,
        "upheld_without_word_fault": 30,
        "not_upheld_discontinued": 45,
        "fault_without_injustice": 25,
        "other_body_fault": 15,
        "closed_with_delay_or_apology": 45,
    }
    assert all(counts.hard.loc[kind, "all"] >= number for kind, number in wanted.items())
    assert counts.twins >= 60
    assert counts.unique_runs >= 0.97
    lengths = counts.lengths
    assert lengths["95%"].min() > lengths["50%"].max(), "lengths must overlap"
    assert probes["majority"] == probes.min()


def test_reports_and_joint_cases() -> None:
    records = load()
    reports = [
        record
        for record in records
        if record.outcome == "upheld"
        and {section.label for section in record.sections}
        == {"summary", "complaint", "findings", "action"}
    ]
    health = [
        record for record in records if record.category == "Health" or record.ref[-1] in "abc"
    ]
    assert len(reports) >= 15
    assert len(health) >= 40


def test_counts_of_one_record_by_heart() -> None:
    splits = pd.DataFrame({"ref": ["90 000 001"], "side": ["train"]})
    counts = count([sample_record()], splits)
    assert counts.records == 1
    assert counts.provisions == 3
    assert counts.words == 107
    assert counts.outcomes.loc["records"].tolist() == [0, 0, 1, 1]
    assert counts.lengths.loc["upheld"].tolist() == [107] * 5
    assert counts.hard.index.tolist() == ["none"]


def test_fill_and_block_of() -> None:
    text = "before\n<!-- counts -->\nold\n<!-- /counts -->\nafter\n"
    filled = fill(text, "counts", "new\\1")
    assert filled == "before\n<!-- counts -->\n\nnew\\1\n\n<!-- /counts -->\nafter\n"
    assert block_of(filled, "counts") == "new\\1"
    assert fill(filled, "counts", "new\\1") == filled
    with pytest.raises(ValueError, match="must stand there once"):
        fill(text, "probes", "x")


def test_markdown_table() -> None:
    table = pd.DataFrame({"not_upheld": [1], "all": [2]}, index=["no_kind"])
    assert markdown_table("Kind", table) == (
        "| Kind | not upheld | all |\n| --- | ---: | ---: |\n| no kind | 1 | 2 |"
    )
