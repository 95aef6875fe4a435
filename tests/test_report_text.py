from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_rows import scored_rows, write_table

from pipeline.decision import Decision
from pipeline.reading import read_text
from pipeline.report_table import Evidence, Stretch, read_scored_table, scored_decision
from pipeline.report_text import Marker, Marks, ShownText, offset_in_text, show_text

PAGE = """\
Thornmere District Council (20 011 228)
Category : Housing > Allocations
Decision : Not upheld
Decision date : 09 Mar 2021
The Ombudsman's final decision:
Summary: Ms P says her form was lost. It was not.
The complaint
1. Ms P says her form was lost.
The Ombudsman's role and powers
2. We may stop at any time. (Local Government Act 1974, section 24A(6), as amended)
What I found
What happened
3. The form was on file. It was not.
Final decision
4. I do not uphold the complaint.
"""


@pytest.fixture(scope="module")
def marker():
    return Marker()


@pytest.fixture(scope="module")
def row(tmp_path_factory):
    path = write_table(list(scored_rows(1)), tmp_path_factory.mktemp("row") / "scores.jsonl")
    return scored_decision(next(read_scored_table(path).itertuples(index=False)), 0)


def stretches(*parts: tuple[str, str]) -> tuple[Stretch, ...]:
    """Return sections of `PAGE`, each given by its label and the words it begins with."""
    starts = [PAGE.index(words) for _, words in parts]
    ends = [*starts[1:], len(PAGE)]
    labels = [label for label, _ in parts]
    return tuple(Stretch(*part) for part in zip(labels, starts, ends, strict=True))


SECTIONS = stretches(
    ("header", "Thornmere"),
    ("summary", "Summary"),
    ("complaint", "The complaint\n"),
    ("role", "The Ombudsman's role"),
    ("findings", "What I found"),
    ("decision", "Final decision"),
)


def evidence(words: str, *, start: int | None = None) -> Evidence:
    return Evidence("findings", PAGE.rindex(words) if start is None else start, words, 1.0)


def shown_of(row, marker, **changes) -> ShownText:
    decision = read_text(PAGE, "page.txt")
    scored = replace(row, sections=SECTIONS, **{"evidence": (), **changes})
    return show_text(decision, scored, marker(decision.text))


def test_sections_are_those_of_the_table(row, marker):
    shown = shown_of(row, marker)
    assert shown.fits
    assert [section.name for section in shown.sections] == [
        "Header",
        "Summary",
        "The complaint",
        "Role and powers",
        "Findings",
        "Decision",
    ]
    first_words = {s.name: s.lines[0].pieces[0].text.split()[0] for s in shown.sections}
    assert first_words["Summary"] == "Summary:"
    assert first_words["Decision"] == "Final"


def test_headings_and_subheadings_stand_out(row, marker):
    kinds = {
        "".join(piece.text for piece in line.pieces): line.kind
        for section in shown_of(row, marker).sections
        for line in section.lines
    }
    assert kinds["The complaint"] == "heading"
    assert kinds["What I found"] == "heading"
    assert kinds["What happened"] == "subheading"
    assert kinds["1. Ms P says her form was lost."] == "text"


def test_no_word_of_the_text_is_lost(row, marker):
    shown = shown_of(row, marker, evidence=(evidence("It was not."),))
    words = " ".join(
        "".join(piece.text for piece in line.pieces)
        for section in shown.sections
        for line in section.lines
    ).split()
    assert words == read_text(PAGE).text.split()


def test_evidence_is_marked_where_it_stands(row, marker):
    shown = shown_of(row, marker, evidence=(evidence("It was not."),))
    marked = [
        (section.label, piece.text)
        for section in shown.sections
        for line in section.lines
        for piece in line.pieces
        if piece.evidence == 1
    ]
    assert marked == [("findings", "It was not.")]
    assert shown.marked == {1}


def test_evidence_at_a_wrong_offset_is_marked_at_its_nearest_place(row, marker):
    near_the_first = PAGE.index("It was not.") + 9
    shown = shown_of(row, marker, evidence=(evidence("It was not.", start=near_the_first),))
    labels = [
        section.label
        for section in shown.sections
        if any(piece.evidence for line in section.lines for piece in line.pieces)
    ]
    assert labels == ["summary"]


def test_evidence_that_is_not_in_the_text_is_not_marked(row, marker):
    absent = Evidence("findings", 40, "This sentence was edited away.", 1.0)
    shown = shown_of(row, marker, evidence=(absent, evidence("It was not.")))
    assert shown.marked == {2}


def test_evidence_over_a_provision_is_marked_in_pieces(row, marker):
    sentence = "(Local Government Act 1974, section 24A(6), as amended)"
    shown = shown_of(row, marker, evidence=(evidence(sentence),))
    pieces = [
        piece
        for section in shown.sections
        for line in section.lines
        for piece in line.pieces
        if piece.evidence
    ]
    assert "".join(piece.text for piece in pieces) == sentence
    [linked] = [piece for piece in pieces if piece.href]
    assert linked.href == "https://www.legislation.gov.uk/ukpga/1974/7/section/24A/6"
    assert linked.title == "Local Government Act 1974, s 24A(6)"
    assert "24A(6)" in linked.text


@pytest.mark.parametrize(
    "sections",
    [
        (),
        SECTIONS[:-1],
        (*SECTIONS[:2], *SECTIONS[3:]),
        (*SECTIONS[:-1], replace(SECTIONS[-1], end=len(PAGE) + 1)),
    ],
)
def test_sections_that_do_not_fit_the_text_are_left_out(row, marker, sections):
    decision = read_text(PAGE, "page.txt")
    scored = replace(row, sections=sections, evidence=())
    shown = show_text(decision, scored, marker(decision.text))
    assert not shown.fits
    assert [section.name for section in shown.sections] == ["Text"]


@settings(deadline=None)
@given(st.data())
def test_offsets_go_there_and_back(data):
    edges = sorted(data.draw(st.sets(st.integers(0, 60), max_size=8)))
    cuts = tuple(zip(edges[::2], edges[1::2], strict=False))
    decision = Decision(text="", cuts=cuts)
    offset = data.draw(st.integers(0, 60))
    assert offset_in_text(cuts, decision.offset_as_read(offset)) == offset


@pytest.mark.parametrize(
    ("as_read", "in_text"),
    [(0, 0), (3, 3), (5, 5), (7, 5), (10, 5), (12, 7), (20, 15), (24, 15), (25, 15), (30, 20)],
)
def test_offsets_inside_a_cut_give_its_place(as_read, in_text):
    assert offset_in_text(((5, 10), (20, 25)), as_read) == in_text


def test_empty_text_has_no_sections(row):
    assert show_text(Decision(text=""), row, Marks()).sections == ()
