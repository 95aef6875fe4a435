"""Outlines: every quirk of a copy, and what is done where a heading is missed."""

from __future__ import annotations

import re

import pytest
from decision_copies import (
    BODY,
    COOKIES,
    COPIES,
    FREE,
    HEADER,
    HEADINGS,
    MAIN,
    PAGE,
    RULES,
    UNLISTED,
    each_heading,
    labels_of,
    main_labels,
    part,
    sections_of,
)

from pipeline.decision import Section
from pipeline.outline import outline


def test_a_usual_page() -> None:
    top = ["furniture"]
    assert [section.label for section in sections_of(COOKIES + PAGE)] == [
        "furniture",
        "header",
        "summary",
        "complaint",
        *top,
        "role",
        *top,
        "consideration",
        *top,
        "findings",
        *top,
        "decision",
        *top,
        "signature",
        *top,
    ]


def test_headings_are_as_printed_without_number_and_colon() -> None:
    text = each_heading("3. {}:")
    found = {section.label: section.heading for section in sections_of(text) if section.heading}
    assert found == {"summary": "Summary"} | HEADINGS


def test_sections_begin_at_the_number_of_their_heading() -> None:
    text = each_heading("3. {}")
    starts = [text[section.start :] for section in sections_of(text)]
    assert any(start.startswith("3. The complaint") for start in starts)


def test_marks_of_layout_do_not_change_the_words() -> None:
    dashed = re.sub(r"\n\n(?:  1\. )?", "\n", PAGE).replace("Back to top\n", "")
    words = {label: re.findall("[a-z]{2,}", part(dashed, label).lower()) for label in MAIN}
    assert words == {label: re.findall("[a-z]{2,}", part(PAGE, label).lower()) for label in MAIN}


# ---- copies with a quirk ------------------------------------------------------------------


@pytest.mark.parametrize("name", COPIES)
def test_any_copy_has_the_same_sections(name: str) -> None:
    assert main_labels(COPIES[name]) == MAIN


@pytest.mark.parametrize("name", COPIES)
def test_any_copy_has_the_same_words(name: str) -> None:
    def words(text: str, label: str) -> list[str]:
        skip = normal_heading(label)
        parted = re.sub("(?<=[a-z])(?=[A-Z])", " ", part(text, label))
        return [word for word in re.findall("[a-z]{4,}", parted.lower()) if word not in skip]

    def normal_heading(label: str) -> set[str]:
        return {
            *HEADINGS.get(label, "summary").lower().split(),
            "complain",
            "foudn",
            "fnal",
            "ther",
        }

    changed = {"split by a stray line": "consideration", "summary of two paragraphs": "summary"}
    text = COPIES[name]
    for label in ("complaint", "findings", "decision", "consideration"):
        if changed.get(name) != label:
            assert words(text, label) == words(PAGE, label)


CONTENTS = "\n\n".join(HEADINGS.values()) + "\n\n"


@pytest.mark.parametrize("change", ["{}", "• {}", "- {}", "2. {}", "{} ..... 4", "{}  3"])
@pytest.mark.parametrize("title", ["Contents\n\n", ""])
def test_a_contents_list_is_furniture(title: str, change: str) -> None:
    contents = title + re.sub(r"(?m)^(.+)$", lambda m: change.format(m[0]), CONTENTS)
    for place in ("The Ombudsman's final decision:", "Summary:", "The complaint\n"):
        text = PAGE.replace(place, contents + place, 1)
        assert main_labels(text) == MAIN
        assert "role and powers" in part(text, "furniture")


def test_a_contents_list_of_a_short_copy() -> None:
    text = (
        "Contents\n\nSummary\n\nThe complaint\n\nSummary\n\nNo fault.\n\nThe complaint\n\nMr X.\n"
    )
    assert labels_of(text) == ["furniture", "summary", "complaint"]


# ---- sub-headings, and headings that are not ---------------------------------------------


def test_free_headings_of_the_findings_are_subheadings() -> None:
    text = PAGE.replace("What I found\n\n", FREE)
    assert main_labels(text) == MAIN
    assert [text[start:end] for start, end in outline(text, RULES).subheadings] == [
        "Law and guidance",
        "What happened",
        "The complaint",
        "The second hearing",
        "Analysis",
    ]


@pytest.mark.parametrize(
    ("free", "label"),
    [
        ("Blue badges", "background"),
        ("The rules on appeals", "background"),
        ("Law and guidance", "background"),
        ("What should have happened", "background"),
        ("Was there fault?", "findings"),
        ("What happened", "findings"),
    ],
)
def test_a_heading_before_the_findings(free: str, label: str) -> None:
    text = PAGE.replace("What I found\n", f"{free}\n\nThe panel must weigh it.\n\nWhat I found\n")
    assert "must weigh it" in part(text, label)
    assert part(text, "complaint") == part(PAGE, "complaint")


@pytest.mark.parametrize(
    "line",
    [
        "In summary, she says the complaint was ignored by the Council.",
        "The complaint Mr X made was late.",
        "What I found was a plain error.",
        "Our Assessment Code tells us when to stop.",
        "My assessment is that he is right.",
        "The Ombudsman's role and powers come from statute.",
        "• the complaint",
        "- The complaint",
        "the complaint",
        "They relied on:\nthe complaint\nthe law",
        "They said final decision, and meant it.",
    ],
)
def test_running_text_is_no_heading(line: str) -> None:
    text = PAGE.replace("gave him a room that night.", f"gave him a room that night.\n\n{line}")
    assert main_labels(text) == MAIN
    assert line in part(text, "findings")


def test_a_second_heading_of_the_same_section_is_a_subheading() -> None:
    text = PAGE.replace("Final decision\n", "My assessment\n\nNo fault.\n\nFinal decision\n")
    assert [s.heading for s in sections_of(text) if s.label == "findings" and s.heading] == [
        "What I found"
    ]
    assert "My assessment" in [text[a:b] for a, b in outline(text, RULES).subheadings]
    assert main_labels(text) == MAIN


@pytest.mark.parametrize(
    "words",
    [
        "I considered:\nThe law\nThe evidence\n\n",
        "I considered his letter;\nfindings: those of the panel.\n\n",
    ],
)
def test_a_list_holds_no_headings(words: str) -> None:
    text = PAGE.replace("I read what", f"{words}I read what")
    assert main_labels(text) == MAIN
    assert words in part(text, "consideration")


def test_a_wrapped_line_is_no_heading() -> None:
    text = PAGE.replace(
        "gave him a room",
        "gave him a letter about the campaign of a body that is called\nAction.\nHe had a room",
    )
    assert main_labels(text) == MAIN


def test_the_first_words_of_a_sentence_are_no_heading() -> None:
    text = BODY[BODY.index("The Omb") :].replace(
        "I read what", "The complaint Mr X made was late. I"
    )
    assert "complaint" not in labels_of(text)
    text = "Summary: No fault.\n\nThe complaint Mr X made was late.\n\n" + text
    assert "complaint" not in labels_of(text)


def test_a_long_heading_may_run_on_after_a_space() -> None:
    text = PAGE.replace("this complaint\n\n  1. Here I", "this complaint I")
    assert main_labels(text) == MAIN


@pytest.mark.parametrize(
    "words",
    [
        "I applied our guidance. Our Assessment Code says when to stop.",
        "I asked how he came to say What I found The officers gave.",
        "I asked for her Background: Ms Y replied.",
    ],
)
def test_words_in_a_text_without_line_breaks(words: str) -> None:
    text = re.sub(
        r"\s+", " ", PAGE.replace("I read what both sides sent", f"{words} I read it all")
    )
    assert main_labels(text) == MAIN
    assert words in part(text, "consideration")


def test_two_headings_do_not_make_a_decision() -> None:
    text = "Mr X wrote in May. My assessment The Council replied. Final decision We thank him."
    assert labels_of(text) == ["unknown"]


def test_a_list_that_lost_its_marks_is_no_row_of_headings() -> None:
    text = PAGE.replace(
        "I read what both sides sent",
        "I read:\nMr Q's letter\nThe Council's file\nThe Code\n\nI read",
    )
    assert main_labels(text) == MAIN
    text = PAGE.replace(
        "spoke to Mr Q.", "spoke to Mr Q.\n\nMr Q's letter\n\nThe Council's file\n\nThe Code"
    )
    assert main_labels(text) == MAIN


# ---- a missed heading is unknown, never a longer neighbour -------------------------------


@pytest.mark.parametrize("label", ["role", "consideration", "findings", "decision"])
@pytest.mark.parametrize("top", [True, False], ids=["back to top", "no back to top"])
def test_an_unlisted_main_heading_gives_unknown(label: str, top: bool) -> None:
    text = PAGE if top else PAGE.replace("Back to top\n\n", "")
    body = part(text, label).split("\n\n")[1]
    text = text.replace(f"{HEADINGS[label]}\n", f"{UNLISTED}\n")
    assert body in part(text, "unknown")
    assert UNLISTED in [section.heading for section in sections_of(text)]


@pytest.mark.parametrize("change", ["6. {}", "{}:", "6. {}:", "## {}"])
def test_an_unlisted_heading_printed_like_the_others_gives_unknown(change: str) -> None:
    text = each_heading(change).replace("Back to top\n\n", "")
    text = text.replace(change.format("Final decision"), change.format(UNLISTED))
    assert "having found no fault" in part(text, "unknown")


@pytest.mark.parametrize("label", ["role", "consideration", "findings", "decision"])
def test_a_heading_left_out_after_back_to_top_gives_unknown(label: str) -> None:
    body = part(PAGE, label).split("\n\n")[1].strip()
    assert body in part(PAGE.replace(f"{HEADINGS[label]}\n", ""), "unknown")


@pytest.mark.parametrize("heading", ["Outcome", "Ending of the case", "Why we will not go on"])
def test_nothing_leaks_into_the_complaint(heading: str) -> None:
    text = f"The complaint\n\nMr X is cross about his bins.\n\n{heading}\n\nWe will not go on.\n"
    assert "We will not go on" not in part(text, "complaint")


def test_an_unlisted_heading_after_the_action_gives_unknown() -> None:
    text = f"What I found\n\nFault.\n\nAgreed action\n\nSay sorry.\n\n{UNLISTED}\n\nWe uphold it.\n"
    assert labels_of(text) == ["findings", "action", "unknown"]


def test_a_listed_heading_ends_an_unknown_section() -> None:
    text = PAGE.replace(
        "What I found\n",
        f"What I found\n\nIn May.\n\nBack to top\n\n{UNLISTED}\n\nOdd.\n\nMy assessment\n",
    )
    assert labels_of(text, "furniture")[5:9] == ["findings", "unknown", "findings", "decision"]
    assert part(text, "unknown").split("\n\n")[1] == "Odd."


def test_text_after_the_signature_is_unknown() -> None:
    assert "Call us" in part(PAGE.replace("Print this page", "Call us on Monday."), "unknown")


# ---- other orders and other bodies -------------------------------------------------------


def test_decision_first() -> None:
    text = (
        "Our decision:\n1. We uphold it.\n\nThe complaint:\n2. Mr X.\n\nBackground:\n3. In May.\n\n"
        "Evidence:\n4. Letters.\n\nFindings:\n5. Fault.\n\nRecommendations:\n6. Say sorry.\n"
    )
    expected = ["decision", "complaint", "background", "consideration", "findings", "action"]
    assert labels_of(text) == expected
    assert labels_of(re.sub(r"\s+", " ", text)) == expected


def test_decision_is_a_heading_where_a_paragraph_follows() -> None:
    text = f"Decision:\n{'We uphold this complaint as the Council was at fault. ' * 3}\n\n"
    assert labels_of(f"{text}The complaint:\nMr X.\n\nFindings:\nFault.\n") == [
        "decision",
        "complaint",
        "findings",
    ]


def test_a_report_page() -> None:
    text = (
        "Eastmere Council (99 900 002)\n\nCategory :\nHousing\n>\nRepairs\nDecision :\nUpheld\n"
        "Decision date :\n3 May 2021\n\nReport summary\n\nFault.\n\nThe complaint\n\nMr X.\n\n"
        "Finding\n\nFault.\n\nRecommendations\n\nSay sorry.\n\n"
        "Ombudsman satisfied with Council's response: 9 June 2021\n"
    )
    assert labels_of(text) == [
        "header", "summary", "complaint", "findings", "action", "furniture",
    ]  # fmt: skip


def test_a_sentence_is_no_title() -> None:
    text = "This is what we sent you.\n" + PAGE[PAGE.index("The Ombudsman's") :]
    assert labels_of(text)[:3] == ["unknown", "header", "summary"]


def test_a_header_does_not_reach_over_other_lines() -> None:
    text = "Date: 3 May\nOne.\nTwo.\nThree.\nFour.\nReference: 7\nSummary: Fault.\n"
    assert labels_of(text) == ["header", "unknown", "header", "summary"]


def test_page_headers_part_a_section_without_ending_it() -> None:
    text = "The complaint\n\nMr X is\n\nReference: IC-393971-B4K5\n\n 2\n\ncross about it.\n"
    assert labels_of(text) == ["complaint", "furniture", "complaint"]
    assert part(text, "furniture").split() == ["Reference:", "IC-393971-B4K5", "2"]


def test_the_last_words_of_a_header_are_its_values() -> None:
    text = "Eastmere Council\nDecision date:\n3 May 2021\nSummary\nFault.\n"
    assert part(text, "header").endswith("3 May 2021\n")
    text = "Eastmere Council\nDecision date:\nSummary\nFault.\n"
    assert labels_of(text) == ["header", "summary"]


# ---- texts without sections --------------------------------------------------------------


def test_space_before_the_first_heading_is_part_of_its_section() -> None:
    assert sections_of("\n \n The complaint\n\nMr X.")[0].start == 0
    assert labels_of("\n \n The complaint\n\nMr X.") == ["complaint"]


def test_no_heading_at_all() -> None:
    text = "Mr X wrote to us.\n\nWe said no.\n\nHe is cross."
    assert sections_of(text) == [Section("unknown", "", 0, len(text))]


def test_preamble_only() -> None:
    assert labels_of(HEADER) == ["header"]
    assert labels_of("Good morning.\n\nThis is a letter.") == ["unknown"]
    assert labels_of("Good morning.\n\nThis is it.\n\nThe complaint\n\nX.") == [
        "unknown",
        "complaint",
    ]
