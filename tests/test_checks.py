"""Warnings fire where they should, and only there."""

from pipeline.checks import check
from pipeline.decision import Section


def sections(**lengths):
    found, start = [], 0
    for label, length in lengths.items():
        found.append(Section(label, "", start, start + length))
        start += length
    return found


WHOLE = sections(header=50, summary=200, complaint=300, findings=500, decision=100)


def test_nothing_to_say_of_a_whole_known_copy():
    assert check(WHOLE, 0.8, {"merits"}, {"merits": 0.9, "late": 0.1}) == []


def test_text_under_no_known_heading():
    (warning,) = check(sections(summary=100, unknown=100, decision=50), 0.8, set(), {})
    assert warning == "40% of the text stands under no known heading"


def test_a_little_unknown_is_no_matter():
    assert check(sections(summary=500, unknown=50, decision=50), 0.8, set(), {}) == []


def test_furniture_and_header_do_not_count_as_text():
    assert check(sections(furniture=9000, summary=90, unknown=10, decision=9), 0.8, set(), {}) == []


def test_a_copy_that_breaks_off():
    (warning,) = check(sections(summary=100, complaint=100), 0.8, set(), {})
    assert "ends before" in warning


def test_words_the_model_has_not_seen():
    (warning,) = check(WHOLE, 0.1, set(), {})
    assert warning.startswith("only 10% of its words")


def test_a_ground_in_the_words_that_is_not_cited():
    (warning,) = check(WHOLE, 0.8, {"merits"}, {"late": 0.95, "merits": 0.99})
    assert "cites no provision for it" in warning


def test_a_text_that_cites_nothing_is_not_blamed_for_each_ground():
    assert check(WHOLE, 0.8, set(), {"late": 0.95}) == []
