"""Sections in the coordinates of the text that was read."""

from pipeline.as_read import sections_as_read
from pipeline.decision import Decision, Section

HEADER = "Rookvale Council (90 000 001)\nDecision : Upheld\n"


def rows(decision, *sections):
    return [
        (section.label, section.start, section.end)
        for section in sections_as_read(decision, sections)
    ]


def test_without_cuts_nothing_changes():
    sections = (Section("summary", "Summary", 0, 10), Section("decision", "", 10, 20))
    assert tuple(sections_as_read(Decision("x" * 20), sections)) == sections


def test_the_header_fields_become_a_section_of_their_own():
    decision = Decision("x" * 20, cuts=((0, len(HEADER)),))
    n = len(HEADER)
    assert rows(decision, Section("summary", "", 0, 20)) == [
        ("header", 0, n),
        ("summary", n, n + 20),
    ]


def test_a_header_that_is_left_takes_the_fields_in():
    decision = Decision("x" * 20, cuts=((5, 45),))
    assert rows(decision, Section("furniture", "", 0, 5), Section("header", "", 5, 20)) == [
        ("furniture", 0, 5),
        ("header", 5, 60),
    ]


def test_blank_lines_that_were_cut_belong_to_the_section_before():
    decision = Decision("x" * 20, cuts=((10, 11),))
    assert rows(decision, Section("header", "", 0, 10), Section("summary", "", 10, 20)) == [
        ("header", 0, 11),
        ("summary", 11, 21),
    ]


def test_a_text_without_sections():
    assert sections_as_read(Decision(""), []) == []
