"""Recognition: what counts as a pinpoint, what it covers, which instruments are named."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.citations import find, find_groups, find_mentions
from pipeline.numbering import Item, between, numeral
from pipeline.pinpoints import parse_group
from pipeline.statutes import load_registry
from pipeline.titles import TitleIndex

INDEX = TitleIndex.of(load_registry())


def paths(text: str) -> list[str]:
    return [pinpoint.path for group in find_groups(text) for pinpoint in group.pinpoints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("section 24A(6)", ["section/24A/6"]),
        ("Section 26B", ["section/26B"]),
        ("SECTION 80", ["section/80"]),
        ("s117", ["section/117"]),
        ("s.166A(9)", ["section/166A/9"]),
        ("s 42", ["section/42"]),
        ("ss 9 and 10", ["section/9", "section/10"]),
        ("sections 26(1), 26A(1) and 34(3)", ["section/26/1", "section/26A/1", "section/34/3"]),
        ("section 30(1B) and 34H(i)", ["section/30/1B", "section/34H/1"]),
        ("section 26(6)(a)(i)", ["section/26/6/a/i"]),
        ("sections 34H(3 and 4)", ["section/34H/3", "section/34H/4"]),
        ("sections 34H(3) and (4)", ["section/34H/3", "section/34H/4"]),
        ("section 26(6)(a) and (7)", ["section/26/6/a", "section/26/7"]),
        ("section 26(6)(a), (b) and (c)", ["section/26/6/a", "section/26/6/b", "section/26/6/c"]),
        ("sections 26 to 28", ["section/26", "section/27", "section/28"]),
        ("sections 26-28", ["section/26", "section/27", "section/28"]),
        ("sections 34A to 34C", ["section/34A", "section/34B", "section/34C"]),
        ("section 9(1) to (3)", ["section/9/1", "section/9/2", "section/9/3"]),
        ("section 34(B)", ["section/34B"]),
        ("section 34(B)6", ["section/34B/6"]),
        ("section 34(B)6)", ["section/34B/6"]),
        ("section 24A6", ["section/24A/6"]),
        ("section 24A (6)", ["section/24A/6"]),
        ("section 24A(6, as amended", ["section/24A/6"]),
        ("sections 34 B, 34C and 34 H(3)", ["section/34B", "section/34C", "section/34H/3"]),
        ("section 24A(1)(A), and 25 (7)", ["section/24A/1/a", "section/25/7"]),
        ("sections 26(1), as amended, and 31(2)", ["section/26/1", "section/31/2"]),
        ("sections 23(5) (security), 24(2)2, 31", ["section/23/5", "section/24/2", "section/31"]),
        ("regulations 9, 10 and 12", ["regulation/9", "regulation/10", "regulation/12"]),
        ("reg. 50", ["regulation/50"]),
        ("Article 3(1)", ["article/3/1"]),
        ("rule 8", ["rule/8"]),
        ("Part VII", ["part/7"]),
        ("Parts 6 and 7", ["part/6", "part/7"]),
        ("Part IIA", ["part/2A"]),
        ("Schedule A1", ["schedule/A1"]),
        ("Schedule 5, paragraph 5A", ["schedule/5/paragraph/5A"]),
        ("Schedule 5 (paragraph 5A)", ["schedule/5/paragraph/5A"]),
        ("paragraph 5A schedule 5", ["schedule/5/paragraph/5A"]),
        ("para 5A of Sch 5", ["schedule/5/paragraph/5A"]),
        ("Schedule 5, paragraph 5(b)", ["schedule/5/paragraph/5/b"]),
        (
            "Schedule 5/5A, paragraph 1/3",
            ["schedule/5/paragraph/1", "schedule/5A/paragraph/3"],
        ),
        ("Schedule 1, Article 5", ["schedule/1/article/5"]),
        ("Class Q, Part 3 of Schedule 2", ["schedule/2/part/3"]),
    ],
)  # fmt: skip
def test_a_pinpoint_is_read_whole(text: str, expected: list[str]) -> None:
    assert paths(text) == expected
    assert paths(f"Under {text} of the Act, it must.") == expected


@pytest.mark.parametrize(
    "text",
    [
        "the Council's 12 officers",
        "the Council’s 12 officers",
        "section 4.1 of the policy",
        "section four",
        "the licensing section",
        "the inspection 3 days ago",
        "S8 9QT",
        "SS1 2AB",
        "IC-401801-S8Z8",
        "sections 2014 and 2015",
        "the partition 2",
        "a class 2 road",
        "Sections F and I",
    ],
)
def test_what_only_looks_like_a_pinpoint_is_left(text: str) -> None:
    assert paths(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("section 42 and 12 officers", ["section/42"]),
        ("section 42, 12 weeks late", ["section/42"]),
        ("section 9, 3 May 2021", ["section/9"]),
        ("sections 9 and 10, 3 May 2021", ["section/9", "section/10"]),
        ("section 17 to 20 families", ["section/17"]),
        ("section 24. 25 metres", ["section/24"]),
        ("section 117, 2014", ["section/117"]),
    ],
)
def test_a_list_ends_where_other_text_begins(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


def test_the_keyword_belongs_to_the_first_of_a_list() -> None:
    text = "Under sections 26(1) and 26A(1) we may."
    (group,) = find_groups(text)
    assert [text[one.start : one.end] for one in group.pinpoints] == ["sections 26(1)", "26A(1)"]


@settings(deadline=None)
@given(
    number=st.integers(1, 999),
    letters=st.text("ABCDEFGHJKLMNPQRTUVWXYZ", max_size=2),
    subsection=st.integers(1, 99),
    paragraph=st.sampled_from("abcdefghjklmnopqrstuwyz"),
    word=st.sampled_from(["section ", "Section ", "s", "s.", "s ", "s. ", "section\n", "s\xa0"]),
    space=st.sampled_from(["", " "]),
)  # fmt: skip
def test_number_letters_and_depth_survive_any_spelling(
    number: int, letters: str, subsection: int, paragraph: str, word: str, space: str
) -> None:
    text = f"{word}{number}{letters}{space}({subsection}){space}({paragraph})"
    assert paths(text) == [f"section/{number}{letters}/{subsection}/{paragraph}"]


@settings(deadline=None)
@given(numbers=st.lists(st.integers(1, 899), min_size=2, max_size=5, unique=True))
def test_every_number_of_a_list_is_found(numbers: list[int]) -> None:
    *head, last = map(str, numbers)
    expected = [f"section/{number}" for number in numbers]
    assert paths(f"sections {', '.join(head)} and {last} of the Act") == expected


@settings(deadline=None)
@given(start=st.integers(1, 500), length=st.integers(1, 20))
def test_a_range_names_every_number_between(start: int, length: int) -> None:
    expected = [f"section/{number}" for number in range(start, start + length + 1)]
    assert paths(f"sections {start} to {start + length}") == expected


def test_a_range_is_not_guessed_across_unlike_numbers() -> None:
    unlike = [("46", "46C"), ("34A", "35B"), ("3", "3"), ("9", "2"), ("1", "400")]
    for low, high in unlike:
        assert between(Item(0, 1, (low,)), Item(2, 3, (high,))) == []


def test_roman_numerals_of_parts_are_folded() -> None:
    assert [numeral(one) for one in ("VII", "IV", "12", "IIA", "no")] == [
        "7",
        "4",
        "12",
        "2A",
        "no",
    ]


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        st.sampled_from("sSection ()1234567890ABa,.;/-–to and\n\xa0PpartSchedule'’“"), max_size=80
    )
)
def test_any_text_is_read_without_fault_and_inside_its_bounds(text: str) -> None:
    found = find(text, INDEX)
    end = 0
    for group in found.groups:
        assert end <= group.start < group.end <= len(text)
        end = group.end
        for one in group.pinpoints:
            assert group.start <= one.start < one.end <= group.end


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(0, 60))
def test_parsing_at_any_place_never_raises(text: str, at: int) -> None:
    parse_group(text, at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Care Act 2014", "ukpga/2014/23"),
        ("the care act 2014", "ukpga/2014/23"),
        ("the CARE ACT 2014", "ukpga/2014/23"),
        ("Care Act, 2014", "ukpga/2014/23"),
        ("Care\nAct 2014", "ukpga/2014/23"),
        ("Housing Grants Construction & Regeneration Act 1996", "ukpga/1996/53"),
        ("Anti‑social Behaviour, Crime and Policing Act 2014", "ukpga/2014/12"),
        ("Antisocial Behaviour Act 2003", "ukpga/2003/38"),
        ("Local Authorities’ Cemeteries Order 1977", "uksi/1977/204"),
        (
            "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014",
            "uksi/2014/2936",
        ),
        ("School Admissions (Appeal Arrangements) Regulations 2012", "uksi/2012/9"),
    ],
)
def test_titles_are_known_in_any_dress(text: str, expected: str) -> None:
    (mention,) = find_mentions(f"It follows {text}.", INDEX)
    assert mention.kind == "title"
    assert mention.paths == (expected,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the Care Act says", "short"),
        ("that Act", "pronoun"),
        ("the same Regulations", "pronoun"),
        ("the 2014 Act", "year"),
        ("Burial Act 1857", "unknown"),
        ("Care Act 2008", "unknown"),
        ("the Housing (Wales) Act 2014", "unknown"),
        ("the Scottish Housing Act", "unknown"),
    ],
)
def test_other_ways_to_name_an_instrument(text: str, kind: str) -> None:
    (mention,) = find_mentions(text, INDEX)
    assert mention.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "he did not act in 2014",
        "Activity in 2014",
        "Action 2014",
        "an Order in which care and the Acts were read",
        "in order 2014",
        "no regulations were broken",
    ],
)
def test_ordinary_words_name_no_instrument(text: str) -> None:
    assert find_mentions(text, INDEX) == []


def test_words_before_the_act_are_no_title() -> None:
    (mention,) = find_mentions("Her care and the Act were discussed.", INDEX)
    assert mention.kind == "pronoun"


NUMBERS = st.from_regex(r"[0-9]{1,4}[A-Za-z]{0,3}(\([0-9a-zA-Z]{1,2}\)){0,3}", fullmatch=True)
AFTER = st.sampled_from(
    [
        *(", as amended)", ", as amended", " as amended", ")", ",", ", ", ";", ".", ".5", ""),
        *(" and ", " or ", " to ", "-", "/", " (a)", " A ", " B, ", "\n\nWe", "\n- And", ") and "),
        *(" of the Act", " (see the plan)", ", and ", ", Care Act 2014", ", paragraph 2"),
        *("²", "٣", ",٣"),
    ]
)


@given(
    st.sampled_from(["section ", "Sections ", "s", "regulation ", "paragraphs ", "article "]),
    st.lists(st.tuples(NUMBERS, AFTER, AFTER).map("".join), min_size=1, max_size=3),
)
@settings(max_examples=200)
def test_usual_numbers_are_read_as_all_others_are(keyword: str, items: list[str]) -> None:
    text = keyword + "".join(items)
    quick = parse_group(text, 0)
    with patch.multiple(
        "pipeline.pinpoints",
        usual_item=lambda *_: None,
        usual_item_alone=lambda *_: None,
        END_OF_LIST=re.compile("(?!)"),
    ):
        assert parse_group(text, 0) == quick


@pytest.mark.parametrize(
    "text",
    [
        *("Schedule A1", "as the plans S9", "section\xa09", "section\n 9", "Part VII", "art 8"),
        *("Class Q of Part 3", "(s.117)", "It is ‘section 9’", "PART\n2", "Schedules AA12"),
        "reg.18",
    ],
)
def test_a_keyword_is_found_before_its_number(text: str) -> None:
    assert len(find_groups(text)) == 1
    assert len(find_groups(f"See {text}, and see\n{text}.")) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the Mental Health Act 1983 (MHA)", "MHA"),
        ("the Mental Health Act 1983 (the Act)", "Act"),
        ("the Mental Health Act 1983 ('the Act')", "Act"),
        ("the Mental Health Act 1983 (“the 1983 Act”)", "1983 Act"),
        ("the Mental Health Act 1983 (hereafter the Act)", "Act"),
        ("the Mental Health Act 1983 (as amended)", ""),
        ("the Mental Health Act 1983 (section 2)", ""),
    ],
)
def test_a_bracket_after_a_title_defines_its_name(text: str, name: str) -> None:
    assert find_mentions(text, INDEX)[0].defines == name
