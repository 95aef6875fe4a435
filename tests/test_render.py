"""The same words in every layout, and gold sections that fit the page."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_record import sample_record
from selectolax.lexbor import LexborHTMLParser

from pipeline.corpus import CORPUS, load
from pipeline.layouts import LAYOUTS, Page
from pipeline.render import STATUTE_IN_BRACKETS, random_quirks, render

SAME_WORDS = ("numbered", "dashed", "plain", "html")
MARK = re.compile(r"^\s*(?:\d+\.|[-•])\s+", re.MULTILINE)
RECORDS = [sample_record(), *(load(CORPUS)[::90] if CORPUS.exists() else [])]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", MARK.sub("", text))


def outline(page: Page) -> list[tuple[str, str, list[str]]]:
    return [
        (section.label, section.heading, words(page.text[section.start : section.end]))
        for section in page.sections
        if section.label != "furniture"
    ]


NUMBERED = """\
Thornmere District Council (90 000 001)

Category : Housing > Allocations

Decision : Upheld

Decision date : 09 Mar 2021

The Ombudsman's final decision:

Summary: The Council lost Ms P's form.

It has agreed to pay her £150.

The complaint

  1. Ms P says the Council:
    • mislaid her form; and
    • didn't answer her second e-mail of 4 May.
  1. She wants 'a proper answer'.

Back to top

The Ombudsman's role and powers

  1. We look for fault that did harm. (Local Government Act 1974, sections 26(1) and 26A(1), \
as amended)

  2. We may stop at any time.

(Local Government Act 1974, section 24A(6), as amended)

Back to top

What I found

What happened

  1. Ms P applied on 2 March.

Was there fault?

  2. There was. The form lay in a drawer.
    • One officer found it.
    • Another lost it again.

Back to top

Agreed action

  1. The Council will pay Ms P £150 within four weeks.

Back to top

Final decision

  1. I uphold the complaint.

Back to top

Investigator's decision on behalf of the Ombudsman

Print this page
"""

PLAIN_FROM_FINDINGS = """\
What I found
What happened
Ms P applied on 2 March.
Was there fault?
There was. The form lay in a drawer. One officer found it. Another lost it again.
Agreed action
The Council will pay Ms P £150 within four weeks.
Final decision
I uphold the complaint.
Investigator's decision on behalf of the Ombudsman
Print this page
"""

DASHED_COMPLAINT = """\
The complaint
- Ms P says the Council:
- mislaid her form; and
- didn't answer her second e-mail of 4 May.
- She wants 'a proper answer'.
"""

REPORT_HEADER = """\
Thornmere District Council (90 000 001)
Category :
Housing
>
Allocations
Decision :
Upheld
Decision date :
09 Mar 2021

Summary

The Council lost Ms P's form.
"""


def test_numbered_page_by_heart() -> None:
    assert render(sample_record(), "numbered").text == NUMBERED


def test_other_text_layouts_by_heart() -> None:
    assert render(sample_record(), "plain").text.endswith(PLAIN_FROM_FINDINGS)
    assert DASHED_COMPLAINT in render(sample_record(), "dashed").text
    assert "\n- (Local Government Act 1974, sec" in render(sample_record(), "dashed").text
    report = render(sample_record(), "report", drop=("action",)).text
    assert report.startswith(REPORT_HEADER)
    assert "final decision:" not in report


def test_gold_sections_by_heart() -> None:
    page = render(sample_record(), "numbered")
    found = [(section.label, section.heading) for section in page.sections]
    top = ("furniture", "")
    assert found == [
        ("header", ""),
        ("summary", "Summary"),
        ("complaint", "The complaint"),
        top,
        ("role", "The Ombudsman's role and powers"),
        top,
        ("findings", "What I found"),
        top,
        ("action", "Agreed action"),
        top,
        ("decision", "Final decision"),
        top,
        ("signature", ""),
        top,
    ]
    assert [page.text[start:end] for start, end in page.subheadings] == [
        "What happened",
        "Was there fault?",
    ]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.ref)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sections_partition_every_page(record, layout) -> None:
    for seed in range(6):
        quirks = random_quirks(record, seed)
        page = render(record, layout, seed=seed, **quirks)
        assert page.sections[0].start == 0
        assert page.sections[-1].end == len(page.text)
        assert all(a.end == b.start for a, b in pairwise(page.sections))
        assert all(not (a.label == b.label == "furniture") for a, b in pairwise(page.sections))
        for section in page.sections:
            text = page.text[section.start : section.end]
            assert text == text.lstrip("\n")
            assert text.startswith(section.heading)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.ref)
def test_same_words_in_every_layout(record) -> None:
    for seed in range(6):
        quirks = random_quirks(record, seed)
        outlines = [outline(render(record, layout, seed=seed, **quirks)) for layout in SAME_WORDS]
        assert all(other == outlines[0] for other in outlines[1:])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.ref)
def test_nothing_of_the_record_is_lost(record) -> None:
    page = render(record, "plain")
    printed = [entry for entry in outline(page) if entry[0] not in ("header", "signature")]
    written = [
        (section.label, section.heading, words(" ".join([section.heading, *section.lines()])))
        for section in record.sections
    ]
    assert printed == written


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.ref)
def test_html_holds_the_lines_of_its_text(record) -> None:
    page = render(record, "html", banner=True, contents=True)
    tree = LexborHTMLParser(page.html)
    title = tree.css_first("title")
    assert title is not None
    title.decompose()
    assert words(tree.text(separator=" ")) == words(page.text)
    article = tree.css_first("article#article")
    assert article is not None
    assert [node.text() for node in article.css(".label")] == [
        "Category :",
        "Decision :",
        "Decision date :",
    ]
    assert len(article.css("h3")) == len(page.subheadings)


def test_quirks_do_what_they_say() -> None:
    record = sample_record()

    def page(layout: str = "numbered", **quirks) -> str:
        return render(record, layout, **quirks).text

    assert page(header="title").startswith(
        "Thornmere District Council (90 000 001)\n\nThe Ombudsman's final decision:\n\nSummary: "
    )
    assert page(header="none").startswith("Summary: ")
    assert page(banner=True).startswith("Cookie choices\n\n")
    assert page("plain", contents=True).count("\nWhat I found\n") == 2
    assert "  6. There was." in page(restart_numbers=False)
    assert "    2. Another lost" in page(numbered_lists=True)
    assert "\n\nSummary\n\nThe Council lost" in page(inline_summary=False)
    assert "Ms P’s form" in page(curly=True)
    assert "wants ‘a proper answer’" in page(curly=True)
    assert "The Ombudsman's final decision:" in page(curly=True)
    assert "e‑mail of\N{NO-BREAK SPACE}4 May" in page(hard_spaces=True)
    assert "harm.\n\n(Local Government Act 1974, sections 26(1)" in page(citation_own_line=True)
    assert "\nFinal decision #\n" in page(heading_style="hash")
    assert "\nFinal decision.\n" in page(heading_style="stop")
    assert "\nFINAL DECISION\n" in page(heading_style="upper")
    assert "\nFinal Decision\n" in page(heading_style="title")
    assert "\nFinal decision\n" not in page(heading_style="typo")
    assert page(signature=2).count("Investigator's decision") == 2
    assert "Investigator" not in page(signature=0)
    assert page(cut_after="complaint").endswith("'a proper answer'.\n\nBack to top\n")
    assert "Agreed action" not in page(drop=("action",))


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="is no layout"):
        render(sample_record(), "braille")
    with pytest.raises(ValueError, match="has no section 'scope'"):
        render(sample_record(), "plain", cut_after="scope")
    with pytest.raises(ValueError, match="leave nothing"):
        render(sample_record(), "plain", header="none", cut_after="summary", drop=("summary",))
    with pytest.raises(TypeError):
        render(sample_record(), "plain", colour="red")


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(LAYOUTS))
def test_same_arguments_same_page(seed, layout) -> None:
    quirks = random_quirks(sample_record(), seed)
    pages = [render(sample_record(), layout, seed=seed, **quirks) for _ in range(2)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("paragraph", "cited"),
    [
        ("Text. (Local Government Act 1974, section 34(3), as amended)", True),
        ("Text (Local Government Act 1974, sections 26(1) and 26A(1)).", True),
        ("(section 79, Environmental Protection Act 1990)", True),
        ("Text about an Act of 1974 (and nothing else).", False),
        ("The Housing Act 1996 (Part 7) says so (the DFG).", False),
        ("Text (Housing Act 1996, section 184) and more.", False),
    ],
)
def test_statute_at_the_end_of_a_paragraph(paragraph, cited) -> None:
    assert bool(STATUTE_IN_BRACKETS.search(paragraph)) is cited
