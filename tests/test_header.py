"""The header is parsed, and what remains does not depend on it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import corpus
from pipeline.decision import Decision
from pipeline.decoding import normalise
from pipeline.header import Header, parse_header, without
from pipeline.render import random_quirks, render

BODY = """Summary: Mr X says the Council lost his form. We will not investigate.

The complaint

  1. Mr X sent a form in May. It was lost, and he waited nine weeks for another.

The Ombudsman’s role and powers

  1. We may decide not to start. (Local Government Act 1974, section 24A(6), as amended)

Final decision

  1. I shall not look into what Mr Y says.
"""
FINAL = "The Ombudsman's final decision:\n"
BANNER = """Your privacy

We keep small files on your device so that pages load, and you can block them in the browser.

See the files

We also count visits, if you agree, so that we can make the pages easier to follow for all of us.

"""


def remaining(text: str) -> str:
    text = normalise(text)
    return without(text, parse_header(text).cuts)


def fields(header: Header) -> tuple[str, str, str, str, str, str | None]:
    return (
        header.ref,
        header.authority,
        header.category,
        header.subcategory,
        header.date,
        header.outcome,
    )


USUAL = (
    "20 417 336",
    "Marlbrook Council",
    "Children's care services",
    "Adoption support",
    "2021-06-28",
    "closed_after_initial_enquiries",
)
LINES = [
    "Marlbrook Council (20 417 336)",
    "Category : Children's care services > Adoption support",
    "Decision : Closed after initial enquiries",
    "Decision date : 28 Jun 2021",
]
OWN_LINES = """Marlbrook Council (20 417 336)
Category :
Children's care services
>
Adoption support
Decision :
Closed after initial enquiries
Decision date :
28 Jun 2021
"""

SHAPES = {
    "usual": "\n\n".join(LINES) + "\n\n",
    "no blank lines": "\n".join(LINES) + "\n",
    "no space before the colon": "\n".join(LINES).replace(" :", ":") + "\n",
    "no space at all": "\n".join(LINES).replace(" : ", ":") + "\n",
    "no-break spaces": "\n".join(LINES).replace(" :", "\xa0:\xa0") + "\n",
    "tabs": "\n".join(LINES).replace(" : ", "\t:\t") + "\n",
    "wide": "\n".join(LINES).replace(" : ", "   :   ") + "\n",
    "capitals in the labels": re.sub(
        "^(.*) :", lambda m: m[0].upper(), "\n".join(LINES), flags=re.M
    )
    + "\n",
    "small labels": re.sub("^(.*) :", lambda m: m[0].lower(), "\n".join(LINES), flags=re.M) + "\n",
    "zero-width space": "\n".join(LINES).replace(" :", "\u200b :") + "\n",
    "full-width colon": "\n".join(LINES).replace(" :", "\uff1a") + "\n",
    "windows lines": "\r\n".join(LINES) + "\r\n",
    "old mac lines": "\r".join(LINES) + "\r",
    "indented": "\n".join(f"   {line}" for line in LINES) + "\n",
    "dashed": "\n".join(f"- {line}" for line in LINES) + "\n",
    "markdown": f"# {LINES[0]}\n"
    + "\n".join(f"**{x.replace(' :', ' :**')}" for x in LINES[1:])
    + "\n",
    "another order": "\n".join([LINES[0], LINES[3], LINES[2], LINES[1]]) + "\n",
    "values on their own lines": OWN_LINES,
    "values on their own lines, blank lines between": OWN_LINES.replace("\n", "\n\n"),
    "no colons, values on their own lines": OWN_LINES.replace(" :\n", "\n"),
    "label and value in two columns": "\n".join(LINES).replace(" : ", "\t") + "\n",
    "glued in one line": " ".join(LINES) + "\n",
    "glued without spaces": "".join(LINES) + "\n",
    "glued but for the title": LINES[0] + "\n" + " ".join(LINES[1:]) + "\n",
    "title twice": LINES[0] + "\n" + "\n".join(LINES) + "\n",
    "square brackets": "\n".join(LINES).replace("(20 417 336)", "[20 417 336]") + "\n",
    "reference with dashes": "\n".join(LINES).replace("20 417 336", "20-417-336") + "\n",
    "reference with no-break spaces": "\n".join(LINES).replace("20 417 336", "20\xa0417\xa0336")
    + "\n",
}


@pytest.mark.parametrize("head", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("banner", ["", BANNER], ids=["", "banner"])
def test_shapes_of_the_header(head: str, banner: str) -> None:
    text = normalise(banner + head + FINAL + "\n" + BODY)
    header = parse_header(text)
    assert fields(header) == USUAL
    kept = re.sub(r"\n+", "\n", banner)
    assert without(text, header.cuts) == kept + FINAL + BODY


@pytest.mark.parametrize(
    ("line", "authority", "ref"),
    [
        ("Thornby Care (2) Limited (24 003 546)", "Thornby Care (2) Limited", "24 003 546"),
        (
            "NHS Marl and Holme Integrated Care Board (ICB) (24 001 411a)",
            "NHS Marl and Holme Integrated Care Board (ICB)",
            "24 001 411a",
        ),
        (
            "Sandmouth, Christway and Pell Council (19 000 001)",
            "Sandmouth, Christway and Pell Council",
            "19 000 001",
        ),
        (
            "St. Ebba's RC School, Marlbrook (19-000-002)",
            "St. Ebba's RC School, Marlbrook",
            "19 000 002",
        ),
        ("Marlbrook Council (20 417 336 B)", "Marlbrook Council", "20 417 336b"),
        ("(20 417 336)", "", "20 417 336"),
        ("20 417 336", "", "20 417 336"),
        ("20-417-336", "", "20 417 336"),
        ("Reference: 20 417 336", "", "20 417 336"),
        ("Complaint reference number : 20 417 336", "", "20 417 336"),
        ("# Marlbrook Council (20 417 336) #", "Marlbrook Council", "20 417 336"),
        ("Marlbrook Council (20 417 336) - Local Ombudsman", "Marlbrook Council", "20 417 336"),
    ],
)
def test_titles(line: str, authority: str, ref: str) -> None:
    header = parse_header(f"{line}\n{LINES[2]}\n{FINAL}{BODY}")
    assert (header.authority, header.ref) == (authority, ref)
    assert remaining(f"{line}\n{LINES[2]}\n{FINAL}{BODY}") == FINAL + BODY


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("28 Jun 2021", "2021-06-28"),
        ("09-Nov-2020", "2020-11-09"),
        ("15 December 2022", "2022-12-15"),
        ("3rd Sept 2019", "2019-09-03"),
        ("Monday 28 June 2021", "2021-06-28"),
        ("2021-06-28", "2021-06-28"),
        ("28/06/2021", "2021-06-28"),
        ("31 Feb 2021", ""),
        ("to be confirmed", ""),
    ],
)
def test_dates(printed: str, iso: str) -> None:
    text = f"{LINES[0]}\nDecision date : {printed}\n{FINAL}{BODY}"
    assert parse_header(text).date == iso
    assert remaining(text) == FINAL + BODY


@pytest.mark.parametrize(
    ("printed", "outcome"),
    [
        ("Upheld", "upheld"),
        ("Not upheld", "not_upheld"),
        ("NOT UPHELD.", "not_upheld"),
        ("Closed after initial enquiries", "closed_after_initial_enquiries"),
        ("Upheld: maladministration and injustice", "upheld"),
        ("Partly upheld", None),
        ("Banana", None),
        ("the Council won, and that was that", None),
        ("we could not decide; see below.", None),
        ("No further action to be taken", None),
    ],
)
def test_outcomes(printed: str, outcome: str | None) -> None:
    text = f"{LINES[0]}\n{LINES[1]}\nDecision : {printed}\n{LINES[3]}\n{FINAL}{BODY}"
    assert parse_header(text).outcome == outcome
    assert remaining(text) == FINAL + BODY


@pytest.mark.parametrize("value", ["Banana", "the Council won", "we could not decide; see below."])
def test_any_value_on_a_line_of_its_own(value: str) -> None:
    text = OWN_LINES.replace("Closed after initial enquiries", value) + FINAL + BODY
    assert remaining(text) == FINAL + BODY


def test_the_date_of_a_council_s_response_is_not_the_decision_date() -> None:
    report = (
        "Marlbrook Council (17 000 004)\nCategory :\nHousing\n>\nAllocations\nDecision :\nUpheld\n"
        "Decision date :\n12 Apr 2018\n"
        "Ombudsman satisfied with council's response: 19 November 2018\n"
    )
    text = report + BODY
    header = parse_header(text)
    assert (header.date, header.category, header.subcategory) == (
        "2018-04-12",
        "Housing",
        "Allocations",
    )
    assert without(text, header.cuts) == BODY
    late = (
        "Ombudsman satisfied with council's response: 19 November 2018\n" + LINES[3] + "\n" + BODY
    )
    assert parse_header(late).date == "2021-06-28"
    assert remaining(late) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "Decision: the Council upheld the complaint at stage two.",
        "Decision: the Council upheld the complaint at stage two",
        "Decision: upheld by the tribunal",
        "  3. Decision: the panel refused",
        "  3. Decision: Upheld",
        "- Decision: not upheld",
        "Category: she was placed in band C",
        "The decision : upheld",
        "Decision date and time were wrong.",
    ],
)
def test_running_text_stays(line: str) -> None:
    body = BODY.replace("Final decision\n", f"{line}\n\nFinal decision\n")
    assert remaining(LINES[0] + "\n" + FINAL + body) == FINAL + body
    assert remaining(body) == body


def test_running_text_without_any_heading_stays() -> None:
    text = (
        "Mr X complained.\nDecision: the Council upheld the complaint at stage two\nHe was sad.\n"
    )
    assert remaining(text) == text


@pytest.mark.parametrize(
    "line",
    ["Decision : Upheld", "DECISION:NOT UPHELD", "Decision\xa0: closed after initial enquiries"],
)
def test_a_label_line_further_down_is_cut_but_sets_no_outcome(line: str) -> None:
    text = BODY.replace("Final decision\n", f"{line}\nFinal decision\n")
    assert remaining(text) == BODY
    assert parse_header(text).outcome is None


def test_contents_list_above_the_header() -> None:
    contents = "Summary\nThe complaint\nFinal decision\n"
    text = contents + "\n".join(LINES) + "\n" + FINAL + BODY
    assert fields(parse_header(text)) == USUAL
    assert remaining(text) == contents + FINAL + BODY


def test_one_line() -> None:
    body = " ".join(BODY.split())
    for head in (" ".join(LINES), LINES[0], " ".join([LINES[0], LINES[2]]), ""):
        text = f"{head} The Ombudsman's final decision: {body}".strip()
        assert remaining(text) == f"The Ombudsman's final decision: {body}"
    assert fields(parse_header(" ".join(LINES) + " " + body)) == USUAL
    banner = "We count visits, if you agree. See the files."
    text = f"{banner} {' '.join(LINES)} The Ombudsman's final decision: {body}"
    assert fields(parse_header(text)) == USUAL
    assert remaining(text) == f"{banner} The Ombudsman's final decision: {body}"


def test_two_outcomes_in_one_header_give_none() -> None:
    text = "\n".join(["A Council (24 001 411a)", "Decision : Upheld", "Decision : Not upheld"])
    header = parse_header(f"{text}\n{BODY}")
    assert header.outcome is None
    assert remaining(f"{text}\n{BODY}") == BODY


def test_outcome_that_lost_its_label() -> None:
    text = f"{LINES[0]}\nStatement Upheld Adoption support 28-Jun-2021\n{FINAL}{BODY}"
    header = parse_header(text)
    assert (header.outcome, header.date) == ("upheld", "2021-06-28")
    assert remaining(text) == FINAL + BODY
    assert remaining(f"{LINES[0]}\nNot upheld\n{FINAL}{BODY}") == FINAL + BODY


def test_address_in_the_text() -> None:
    url = "https://www.lgo.org.uk/decisions/adult-care-services/covid-19/20-417-336?chapter=0"
    header = parse_header(f"{url}\n{FINAL}{BODY}")
    assert (header.url, header.ref) == (url, "20 417 336")
    assert (header.category, header.subcategory) == ("Adult care services", "COVID-19")


PROSE = "He waited nine weeks for an answer and " * 4 + "then gave up."


def test_without_any_heading_the_first_paragraph_below_the_title_is_the_body() -> None:
    cookies = "Cookies: " + PROSE + "\n\n"
    for head in ("\n".join(LINES) + "\n\n", LINES[0] + "\n"):
        for above in ("", BANNER, cookies):
            text = above + head + PROSE + "\n\nDecision: the Council won\n"
            kept = re.sub(r"\n+", "\n", above)
            assert remaining(text) == kept + PROSE + "\n\nDecision: the Council won\n"


def test_without_heading_and_title_a_cookie_banner_is_not_the_body() -> None:
    text = f"Cookies: {PROSE}\n\nDecision : Upheld\n\n{PROSE}\n\n{PROSE}\n"
    assert remaining(text) == f"Cookies: {PROSE}\n{PROSE}\n\n{PROSE}\n"
    assert parse_header(text).outcome == "upheld"


def test_a_paragraph_ends_the_place_of_headers() -> None:
    head = LINES[0] + "\nMarlbrook in the county of Pell\nDecision: we won; see below.\n"
    assert remaining(head + BODY) == "Marlbrook in the county of Pell\n" + BODY
    late = LINES[0] + "\n" + PROSE + "\nDecision: we won; see below.\n"
    assert remaining(late + BODY) == PROSE + "\nDecision: we won; see below.\n" + BODY


def test_labels_without_a_value() -> None:
    text = f"{LINES[0]}\nCategory :\nDecision :\nUpheld\nDecision date :\n{FINAL}{BODY}"
    header = parse_header(text)
    assert (header.category, header.outcome, header.date) == ("", "upheld", "")
    assert without(text, header.cuts) == FINAL + BODY


@pytest.mark.parametrize(
    ("lines", "subcategory"),
    [
        ("Category : Education >\nSchool transport\n", "School transport"),
        ("Category : Education\n> School transport\n", "School transport"),
        ("Category : Education >\n", ""),
        ("Category : Education\n>\n", ""),
        ("Education > School transport\n", "School transport"),
        ("Home > Decisions > Education > School transport\n", "School transport"),
        ("Education\n", ""),
    ],
)
def test_broken_and_bare_categories(lines: str, subcategory: str) -> None:
    text = f"{LINES[0]}\n{lines}{FINAL}{BODY}"
    header = parse_header(text)
    assert (header.category, header.subcategory) == ("Education", subcategory)
    assert without(text, header.cuts) == FINAL + BODY


def test_glued_header_right_before_running_text() -> None:
    text = f"{LINES[0]} {LINES[2]} {LINES[3]} Mr X complained. {PROSE}"
    header = parse_header(text)
    assert (header.outcome, header.date) == (USUAL[-1], USUAL[-2])
    assert without(text, header.cuts) == f"Mr X complained. {PROSE}"
    alone = f"Decision : Upheld Mr X complained. {PROSE}"
    assert remaining(alone) == f"Mr X complained. {PROSE}"
    goes_on = f"Decision : Upheld by the tribunal in May. {PROSE}"
    assert remaining(goes_on) == goes_on


# --- the corpus ------------------------------------------------------------------------

RECORDS = corpus.load()[::25]


@pytest.mark.parametrize("record", RECORDS, ids=[record.ref for record in RECORDS])
@pytest.mark.parametrize("layout", ["numbered", "dashed", "plain", "html", "report"])
def test_the_header_leaves_no_trace_in_any_layout(record: corpus.Record, layout: str) -> None:
    quirks = random_quirks(record, 1) | {"header": "full"}
    text = render(record, layout, seed=1, **quirks).text
    bare = render(record, layout, seed=1, **quirks | {"header": "title"}).text
    header = parse_header(text)
    assert fields(header) == (
        record.ref,
        record.authority,
        record.category,
        record.subcategory,
        str(record.date),
        record.outcome,
    )
    assert without(text, header.cuts) == remaining(bare)
    for outcome in ("Upheld", "Not upheld", "Closed after initial enquiries", "Banana"):
        changed = re.sub(r"(?m)^(Decision *:\s*).*$", rf"\g<1>{outcome}", text, count=1)
        assert remaining(changed) == remaining(bare)


# --- properties ------------------------------------------------------------------------

blank = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n", "\n\t\n\n"])
colon = st.sampled_from(
    [":", " : ", ": ", " :", "\xa0: ", "  :  ", "\u200b: ", "\t: ", " :\n", ":\n\n"]
)
outcomes = st.sampled_from(
    [
        "Upheld",
        "Not upheld",
        "Closed after initial enquiries",
        "upheld",
        "NOT UPHELD",
        "Partly upheld",
    ]
)
categories = st.sampled_from(
    ["Housing > Allocations", "Education", "Health > Care and treatment", "Banana > Skins"]
)
dates = st.sampled_from(["28 Jun 2021", "09-Nov-2020", "15 December 2022", "1 Jan 1999"])


@st.composite
def headers(draw: st.DrawFn) -> str:
    """Header lines in any subset, order and spacing."""
    lines = [
        draw(st.sampled_from(["Category", "CATEGORY", "category"]))
        + draw(colon)
        + draw(categories),
        draw(st.sampled_from(["Decision", "DECISION", "decision"])) + draw(colon) + draw(outcomes),
        draw(st.sampled_from(["Decision date", "DECISION DATE"])) + draw(colon) + draw(dates),
    ]
    chosen = draw(st.lists(st.sampled_from(lines), unique=True))
    return "".join(line + draw(blank) for line in chosen)


@given(
    head=headers(),
    banner=st.sampled_from(["", BANNER]),
    title=st.sampled_from(["", "Marlbrook Council (20 417 336)\n\n"]),
    final=st.sampled_from(["", FINAL]),
    gap=st.sampled_from(["", "\n", "\n\n\n"]),
)
@settings(max_examples=200, deadline=None)
def test_what_remains_does_not_hang_on_the_header(
    head: str, banner: str, title: str, final: str, gap: str
) -> None:
    expected = re.sub(r"\n+", "\n", banner) + final + BODY
    assert remaining(banner + title + head + final + gap + BODY) == expected


@given(
    head=headers(),
    body=st.text(
        alphabet=st.sampled_from("aUph: \n>Decision\u2019\xa0(20 417 336).,-1"), max_size=300
    ),
)
@settings(max_examples=200, deadline=None)
def test_cuts_and_text_restore_what_was_read(head: str, body: str) -> None:
    read = normalise(head + body)
    cuts = parse_header(read).cuts
    text = without(read, cuts)
    at, rebuilt = 0, []
    for start, end in cuts:
        assert at <= start < end <= len(read)
        rebuilt += [read[at:start], read[start:end]]
        at = end
    assert "".join(rebuilt) + read[at:] == read
    decision = Decision(text=text, cuts=tuple(cuts))
    inside = {place for start, end in cuts for place in range(start, end)}
    for offset, letter in enumerate(text):
        place = decision.offset_as_read(offset + 1) - 1
        assert place not in inside
        assert read[place] == letter
