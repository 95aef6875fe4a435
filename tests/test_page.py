"""A page and a text copy of it are the same decision."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import corpus
from pipeline.decision import Decision
from pipeline.decoding import UnreadableError
from pipeline.page import MAX_DEPTH, looks_like_html, read_page
from pipeline.reading import read_html, read_text
from pipeline.render import random_quirks, render

TITLE = "Marlbrook Council (20 011 228)"
FIELDS = {
    "Category": "Housing > Allocations",
    "Decision": "Upheld",
    "Decision date": "30 Mar 2021",
}
# A heading and its paragraphs; a list of strings is a bullet list.
STATEMENT: list[tuple[str, list[str | list[str]]]] = [
    (
        "The complaint",
        [
            "Mr X says the Council lost his form & never said sorry. He says it:",
            ["sent him to the wrong office; and", "closed his account."],
            "He wants £50.",
        ],
    ),
    (
        "The Ombudsman’s role and powers",
        ["We ask about fault. (Local Government Act 1974, sections 26(1) and 26A(1), as amended)"],
    ),
    ("What I found", ["The form was lost.", "He waited nine weeks."]),
    ("Final decision", ["There was fault causing injustice. I uphold the complaint."]),
]
SUMMARY = "Summary: The Council lost a form. It was at fault."
SIGNATURE = "Investigator's decision on behalf of the Ombudsman"


def text_copy() -> str:
    """The page as a browser copies it."""
    lines = [TITLE, *(f"{label} : {value}" for label, value in FIELDS.items())]
    lines += ["The Ombudsman's final decision:", SUMMARY]
    for heading, paragraphs in STATEMENT:
        lines.append(heading)
        number = 0
        for paragraph in paragraphs:
            if isinstance(paragraph, list):
                lines += [f"    • {item}" for item in paragraph]
            else:
                number += 1
                lines.append(f"  {number}. {paragraph}")
        lines.append("Back to top")
    return "\n\n".join([*lines, SIGNATURE, "Print this page"]) + "\n"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("£", "&pound;")


def body_html(heading_tag: str = "h2") -> str:
    parts = [f"<h2>The Ombudsman's final decision:</h2><p>{SUMMARY}</p>"]
    for heading, paragraphs in STATEMENT:
        parts.append(f"<{heading_tag}>{heading}</{heading_tag}><ol>")
        for paragraph in paragraphs:
            if isinstance(paragraph, list):
                items = "".join(f"<li>{escaped(item)}</li>" for item in paragraph)
                parts[-1] = parts[-1].removesuffix("</li>") + f"<ul>{items}</ul></li>"
            else:
                parts.append(f"<li>{escaped(paragraph)}</li>")
        parts.append('</ol><p><a href="#top">Back to top</a></p>')
    parts.append(f"<p>{SIGNATURE}</p><p><a href='#'>Print this page</a></p>")
    return "\n".join(parts)


def spans() -> str:
    return "".join(
        f'<div><span class="label">{label} :</span> '
        f'<span class="value">{escaped(value)}</span></div>'
        for label, value in FIELDS.items()
    )


def divs() -> str:
    return "".join(
        f'<div class="label">{label} :</div>\n<div class="value"><p>{escaped(value)}</p></div>'
        for label, value in FIELDS.items()
    )


def definition_list() -> str:
    return (
        "<dl>"
        + "".join(f"<dt>{label}</dt><dd>{escaped(value)}</dd>" for label, value in FIELDS.items())
        + "</dl>"
    )


def table() -> str:
    return (
        "<table>"
        + "".join(
            f"<tr><th>{label}</th><td>{escaped(value)}</td></tr>" for label, value in FIELDS.items()
        )
        + "</table>"
    )


def report_pairs() -> str:
    return "".join(
        f"<p>{label} :</p>"
        + "".join(f"<p>{escaped(part)}</p>" for part in re.split(" (?=>)", value))
        for label, value in FIELDS.items()
    ).replace("<p>&gt; ", "<p>&gt;</p><p>")


def in_article(inner: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>{TITLE} - Ombudsman</title>
<link rel="canonical" href="https://www.lgo.org.uk/decisions/housing/allocations/20-011-228">
<style>p {{ color: red }}</style></head><body>
<div id="cookie-box"><h2>Cookies</h2><p>May we count your visit?</p></div>
<nav><ul><li>Home</li><li>Decisions</li></ul></nav>
<article id="article">{inner}</article>
<footer><p>Contact us about a complaint</p></footer><script>var x = "Decision : Upheld";</script>
</body></html>"""


def paragraphs(decision: Decision) -> list[str]:
    """The paragraphs of a decision without number or bullet."""
    lines = (re.sub(r"^\s*(?:\d+\.|•)\s+", "", line) for line in decision.text.split("\n"))
    return [line.strip() for line in lines if line.strip()]


PAGES = {
    "spans": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}"),
    "divs": in_article(f"<h1>{TITLE}</h1>{divs()}{body_html()}"),
    "definition list": in_article(f"<h1>{TITLE}</h1>{definition_list()}{body_html()}"),
    "table": in_article(f"<h1>{TITLE}</h1>{table()}{body_html()}"),
    "report pairs": in_article(f"<h1>{TITLE}</h1>{report_pairs()}{body_html()}"),
    "small headings": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html('h3')}"),
    "headings in bold": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html('p')}"),
    "no article id": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}").replace(
        ' id="article"', ""
    ),
    "main": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}")
    .replace('<article id="article">', "<main class='page-content'>")
    .replace("</article>", "</main>"),
    "other class names": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}")
    .replace('"label"', '"field-name"')
    .replace('"value"', '"field-content"'),
    "indented source": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}").replace(
        "<p>", "\n      <p>\n        "
    ),
    "one line of source": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}").replace("\n", ""),
    "end tags left out": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}")
    .replace("</li>", "")
    .replace("</p>", ""),
    "emphasis": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}").replace(
        "(Local Government Act 1974", "(<em>Local <b>Government</b> Act</em> 1974"
    ),
    "comments and hidden parts": in_article(
        f"<h1>{TITLE}</h1><!-- Decision : Not upheld -->{spans()}"
        f"<p hidden>Decision : Not upheld</p><div style='display: none'>No fault</div>"
        f"<p aria-hidden='true'>x</p><noscript>Turn scripts on</noscript>{body_html()}"
    ),
    "title above the article": in_article(f"{spans()}{body_html()}")
    .replace("<article", f"<h1>{TITLE}</h1><article")
    .replace(f"<title>{TITLE}", "<title>Decision"),
    "page marked as having a cookie banner": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}")
    .replace("<article", "<div class='cookie-consent-on'><article")
    .replace(' id="article"', "")
    .replace("</article>", "</article></div>"),
    "nothing but divisions": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}")
    .replace('<article id="article">', "<div class='cookies-on'>")
    .replace("</article>", "</div>"),
    "title in the window only": in_article(f"{spans()}{body_html()}"),
    "windows lines": in_article(f"<h1>{TITLE}</h1>{spans()}{body_html()}").replace("\n", "\r\n"),
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_what_its_text_copy_is(html: str) -> None:
    page = read_html(html)
    copy = read_text(text_copy())
    assert paragraphs(page) == paragraphs(copy)
    for name in ("ref", "authority", "category", "subcategory", "date", "outcome"):
        assert getattr(page, name) == getattr(copy, name), name
    assert copy.outcome == "upheld"
    assert page.url.endswith("/housing/allocations/20-011-228")


def test_the_text_itself() -> None:
    page = read_html(PAGES["divs"])
    assert page.text.startswith(f"The Ombudsman's final decision:\n{SUMMARY}\n\nThe complaint\n\n")
    assert (
        "\n  1. Mr X says the Council lost his form & never said sorry. He says it:\n" in page.text
    )
    assert "\n    • sent him to the wrong office; and\n    • closed his account.\n" in page.text
    assert "\n  2. He wants £50.\n\nBack to top\n" in page.text


def test_category_from_the_address_where_the_header_is_missing() -> None:
    page = read_html(in_article(f"<h1>{TITLE}</h1>{body_html()}"))
    assert (page.category, page.subcategory, page.outcome) == ("Housing", "Allocations", None)
    assert page.text == read_html(PAGES["divs"]).text


@pytest.mark.parametrize("shape", ["spans", "divs", "definition list", "table", "report pairs"])
@pytest.mark.parametrize("value", ["Not upheld", "Closed after initial enquiries", "Partly upheld"])
def test_another_label_leaves_the_same_text(shape: str, value: str) -> None:
    changed = PAGES[shape].replace(">Upheld<", f">{value}<")
    assert changed != PAGES[shape]
    assert read_html(changed).text == read_html(PAGES[shape]).text


def test_lists() -> None:
    html = (
        "<ol start='7'><li>a</li><li><p>b</p><p>c</p><ol><li>d</li></ol></li></ol>"
        "<p>e<br>f</p><ul><li>g<ul><li>h</li></ul></li></ul><li>i</li>"
        "<ol start='x'><li>j</li></ol><pre>k\n l</pre>"
    )
    assert read_page(html, "").text.split("\n") == [
        "  7. a",
        "  8. b",
        "c",
        "    1. d",
        "",
        "e",
        "f",
        "",
        "  • g",
        "    • h",
        "",
        "  • i",
        "",
        "  1. j",
        "",
        "k",
        "l",
        "",
    ]


@pytest.mark.parametrize(
    "html", ["", "<p>", "<html><head></head></html>", "<!-- x", "<body><nav>x</nav>"]
)
def test_pages_with_nothing_on_them(html: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_html(html)
    assert caught.value.kind == "empty"


ENTRY = """<div class="result"><h2><a href="/decisions/housing/other/{0}">{1} Council ({2})</a></h2>
<div class="label">Category :</div><div class="value">Housing &gt; Other</div>
<div class="label">Decision :</div><div class="value">Upheld</div>
<p>Summary: The Council was late with the repair of a roof and will now pay for it.</p></div>"""


@pytest.mark.parametrize(
    "inner",
    [
        "<h1>Decisions</h1><p>Your search has 2 results</p>"
        + ENTRY.format("20-011-228", "Marlbrook", "20 011 228")
        + ENTRY.format("20-011-229", "Fernhithe", "20 011 229"),
        ENTRY.format("20-011-228", "Marlbrook", "20 011 228")
        + ENTRY.format("20-011-229", "Fernhithe", "20 011 229"),
        "<h1>Decisions</h1><p>Your search has 1 results</p>"
        + ENTRY.format("20-011-228", "Marlbrook", "20 011 228"),
    ],
)
def test_listing_pages_are_refused(inner: str) -> None:
    for html in (in_article(inner), f"<html><body>{inner}</body></html>"):
        with pytest.raises(UnreadableError) as caught:
            read_html(html)
        assert caught.value.kind == "listing"


def test_links_to_other_decisions_do_not_make_a_listing() -> None:
    link = "<a href='/decisions/x/y/19-000-001'>Pell Council (19 000 001)</a>"
    links = f"<aside><ul><li>{link}</li></ul></aside>"
    html = PAGES["divs"].replace("</article>", f"</article>{links}{links}")
    assert read_html(html) == read_html(PAGES["divs"])


def test_title_of_the_window_alone() -> None:
    html = in_article(spans() + body_html()).replace('rel="canonical"', "")
    page = read_html(html)
    assert (page.ref, page.authority, page.url) == ("20 011 228", "Marlbrook Council", "")


def test_a_page_with_too_much_text() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_html(in_article(spans() + body_html() + "<p>complaint</p>" * 120_000))
    assert caught.value.kind == "too_long"


@pytest.mark.parametrize("tag", ["div", "span", "b", "x", "table", "blockquote"])
def test_deep_nesting_is_refused(tag: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_html(f"<{tag}>" * 200_000)
    assert caught.value.kind == "malformed"


def test_nesting_that_is_not_deep() -> None:
    many = "<p>word<br>" * 30_000 + "<div><p>x</p></div>" * 30_000
    assert read_page(many, "").text.count("word") == 30_000
    nested = "<div>" * (MAX_DEPTH - 50) + "x" + "</div>" * (MAX_DEPTH - 50)
    assert read_page(nested, "").text == "x\n"


def test_entities_are_not_expanded_without_end() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;&b;&b;</p>' * 50
    assert len(read_page(bomb, "").text) < 10_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html><p>x", True),
        ("\n <html lang='en'>", True),
        ("<!-- saved -->\n<HTML>", True),
        ('<?xml version="1.0"?><html>', True),
        ("<article id='article'>", True),
        ("Summary: <b>x</b>", False),
        ("<x@y.org> wrote", False),
        ("", False),
    ],
)
def test_what_looks_like_html(text: str, expected: bool) -> None:
    assert looks_like_html(text) is expected


RECORDS = corpus.load()[3::25]


@pytest.mark.parametrize("record", RECORDS, ids=[record.ref for record in RECORDS])
def test_pages_of_the_corpus(record: corpus.Record) -> None:
    quirks = random_quirks(record, 2) | {"banner": False}
    rendered = render(record, "html", seed=2, **quirks)
    page, copy = read_html(rendered.html), read_text(rendered.text)
    numbered = read_text(render(record, "numbered", seed=2, **quirks).text)
    outside = "Print this page"
    expected = [line for line in paragraphs(copy) if line != outside]
    assert paragraphs(page) == expected
    assert [line for line in paragraphs(numbered) if line != outside] == expected
    assert (page.ref, page.outcome, page.date) == (copy.ref, copy.outcome, copy.date)


tags = st.sampled_from(
    [
        "<ol>",
        "</ol>",
        "<li>",
        "<p>",
        "</p>",
        "<br>",
        "<div class=label>",
        "</div>",
        "<div class=value>",
        "<table>",
        "<td>",
        "</table>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<h2>",
        "&amp;",
        "&#0;",
        "<article id=article>",
        "</article>",
        "<title>",
        "\x00",
        "<svg>",
        "<template>",
        "\n",
        "a b",
        "<",
    ]
)


@given(st.lists(tags, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_markup_gives_a_text(html: str) -> None:
    page = read_page(html, "")
    assert "\n\n\n" not in page.text
    assert "\r" not in page.text
