"""One decision passes, in whatever state; lists of many and other texts do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import corpus
from pipeline.decoding import UnreadableError
from pipeline.screening import (
    MIN_WORDS,
    reads_like_a_decision,
    refuse_listing,
    refuse_no_decision,
)

RECORDS = corpus.load()[::12]

TWO = """Marlbrook Council (20 011 228)
{0}
Pell Council (20 011 229)
{0}
"""


@pytest.mark.parametrize(
    "below",
    [
        "Category : Housing > Other",
        "Decision : Upheld",
        "Decision date : 30 Mar 2021",
        "Summary: The Council lost a form.",
        "Summary\nThe Council lost a form.",
        "Statement Upheld Other 30-Mar-2021",
        "Report Closed after initial enquiries",
        "The Ombudsman’s final decision:",
        "\n\nDecision\xa0: Not upheld",
    ],
)
def test_two_titles_with_what_stands_below_a_title_are_a_listing(below: str) -> None:
    with pytest.raises(UnreadableError, match="a list of 2 decisions") as caught:
        refuse_listing(TWO.format(below), "x")
    assert caught.value.kind == "listing"


def test_many_titles_with_other_lines_between_are_a_listing() -> None:
    entries = [f"Marlbrook Council (20 011 22{n})\nA form was lost.\n\n" for n in range(3)]
    with pytest.raises(UnreadableError, match="a list of 3 decisions"):
        refuse_listing("".join(entries), "x")
    refuse_listing("".join(entries[:2]), "x")
    items = "".join(f"  • his complaint to us in May (20 011 22{n})\n" for n in range(5))
    refuse_listing(items, "x")


@pytest.mark.parametrize(
    "text",
    [
        "Marlbrook Council (20 011 228)\nDecision : x\nMarlbrook Council (20-011-228)\nSummary:",
        "Marlbrook Council (20 011 228)\nSummary: Two (19 000 001) and (19 000 002) came before.",
        "Marlbrook Council (20 011 228)\nSummary: x\nHe complained before (19 000 001)\n"
        "The Ombudsman’s role and powers",
        "A (24 001 411a)\nB (24 001 411b)\nDecision : Upheld",
        "Her search has 3 results",
    ],
)
def test_other_references_do_not_make_a_listing(text: str) -> None:
    refuse_listing(text, "x")


@pytest.mark.parametrize("count", ["Your search has 1,204 results", "  your search has 0 results"])
def test_search_pages(count: str) -> None:
    with pytest.raises(UnreadableError, match="search results"):
        refuse_listing(f"Decisions\n{count}\n", "x")


@pytest.mark.parametrize("record", RECORDS, ids=[record.ref for record in RECORDS])
@pytest.mark.parametrize("words", [8, 20, 60])
def test_the_first_words_of_a_decision_pass(record: corpus.Record, words: int) -> None:
    start = " ".join(corpus.prose(record).split()[:words])
    assert reads_like_a_decision(f"Summary: {start}")
    if words >= 60:
        assert reads_like_a_decision(start)


def test_few_words() -> None:
    few = "We found fault with this Council today." + " \n" * 50
    assert len(few.split()) == MIN_WORDS - 1
    with pytest.raises(UnreadableError, match="has only 7 words") as caught:
        refuse_no_decision(few, "x", has_title=True)
    assert caught.value.kind == "too_short"
    refuse_no_decision(few + "Twice.", "x", has_title=True)


def test_a_title_is_enough() -> None:
    strange = "Words that no decision has, eight of them at least."
    refuse_no_decision(strange, "x", has_title=True)
    with pytest.raises(UnreadableError, match="does not read like a decision"):
        refuse_no_decision(strange, "x", has_title=False)


CODE = [
    "import os\nx = 1\n\ndef complaint(fault):\n    return fault\n# The Ombudsman upheld it\n",
    "function uphold(complaint) {\n  var fault = 1;\n  return fault;\n}\n// the Council\n",
    "SELECT complaint, fault\nFROM decisions\nWHERE upheld = 1;\nINSERT INTO x VALUES (1);",
    '{\n  "complaint": "fault",\n  "upheld": true,\n  "remedy": "apologise"\n}',
]


@pytest.mark.parametrize("text", CODE)
def test_code_that_speaks_of_complaints(text: str) -> None:
    assert not reads_like_a_decision(text)


@pytest.mark.parametrize("name", ["header", "screening", "decoding", "fields", "decision"])
def test_modules_that_deal_with_decisions_are_none(name: str) -> None:
    module = Path(__file__).parents[1] / "pipeline" / f"{name}.py"
    assert not reads_like_a_decision(module.read_text(encoding="utf-8"))
