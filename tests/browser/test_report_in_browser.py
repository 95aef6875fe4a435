"""The report as a reader meets it: opened from disk in Chromium."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile_texts import SCRIPTS
from playwright.sync_api import BrowserContext, Page, expect
from scored_rows import scored_rows, write_table, write_texts
from visits import Visits

from pipeline.report import write_report
from pipeline.report_words import OUTCOME_NAMES, ground_label, spoken_date

ROWS = 2000


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return list(scored_rows(ROWS, folder=str(tmp_path_factory.mktemp("in"))))


@pytest.fixture(scope="module")
def report(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a page for each decision and its text."""
    folder = tmp_path_factory.mktemp("with_pages")
    write_texts(rows)
    errors = folder / "errors.jsonl"
    row = {"source": "in/empty.txt", "position": 7, "kind": "empty", "sentence": "It has no text."}
    errors.write_text(json.dumps(row), encoding="utf-8")
    scores = write_table(rows, folder / "scores.parquet")
    inputs = [Path(rows[0]["source"]).parent]
    return write_report(scores, folder / "report", inputs=inputs, errors=errors).parent


@pytest.fixture(scope="module")
def large_report(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report without pages, as large tables get."""
    folder = tmp_path_factory.mktemp("without_pages")
    scores = write_table(rows, folder / "scores.csv")
    return write_report(scores, folder / "report", pages=False).parent


def first_rows(page: Page, column: str, count: int = 5) -> list[str]:
    return page.locator(f"#decisions tbody td.c-{column}").all_inner_texts()[:count]


def said(text: str) -> str:
    return " ".join(text.split())


# ---- the overview -------------------------------------------------------------------------


def test_overview_leads_to_the_rows_it_counts(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "index.html")
    expect(page.locator(".tiles")).to_contain_text("2,000")
    differ = sum(
        bool(row["published_outcome"]) and row["published_outcome"] != row["outcome"]
        for row in rows
    )
    page.get_by_role("link", name=f"See the {differ} that differ").click()
    expect(page.locator("#count")).to_have_text(f"{differ} of 2,000 decisions")
    page.go_back()
    page.locator("#category-table").get_by_role("link", name="Housing").click()
    housing = sum(row["category"] == "Housing" for row in rows)
    expect(page.locator("#count")).to_have_text(f"{housing} of 2,000 decisions")


def test_tables_of_the_overview_sort_and_find(visits: Visits, report: Path) -> None:
    page = visits.open(report / "index.html")
    names = page.locator("#category-table tbody th")
    before = names.all_inner_texts()
    page.locator("#category-table").get_by_role("button", name="Category").click()
    assert names.all_inner_texts() == sorted(before)
    page.locator("#category-table").get_by_role("button", name="Upheld").click()
    shares = page.locator("#category-table tbody tr td:nth-child(4)").all_inner_texts()
    numbers = [int(share.rstrip("%")) for share in shares]
    assert numbers == sorted(numbers, reverse=True)
    page.get_by_text("All 963 authorities").click()
    page.get_by_label("Find an authority").fill("national park")
    found = page.locator("#all-authorities tbody tr:visible th").all_inner_texts()
    assert found
    assert all("National Park" in name for name in found)


# ---- the table ----------------------------------------------------------------------------


def test_table_sorts_by_every_column(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html")
    assert first_rows(page, "authority", 1) == [rows[0]["authority"]]
    page.get_by_role("button", name="Date").click()
    page.get_by_role("button", name="Date").click()
    expect(page.locator("th[aria-sort]")).to_have_attribute("data-key", "date")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    latest = sorted((row["date"] for row in rows), reverse=True)[:5]
    # "Sept" or "Sep", as the browser has it.
    shown = [date.replace("Sept", "Sep") for date in first_rows(page, "date")]
    expected = [spoken_date(date).split() for date in latest]
    assert shown == [f"{day} {month[:3]} {year}" for day, month, year in expected]
    for column, key in (
        ("authority", lambda row: row["authority"].casefold()),
        ("category", lambda row: row["category"].casefold()),
        ("ground", lambda row: ground_label(row["ground"]).casefold() if row["ground"] else ""),
    ):
        page.locator(f"th[data-key={column}] button").click()
        expected = sorted(rows, key=key)[:3]
        texts = [row[column] for row in expected]
        if column == "ground":
            texts = [ground_label(text) if text else "" for text in texts]
        assert first_rows(page, column, 3) == texts
    page.locator("th[data-key=probability] button").click()
    lowest = min(row[f"p_{row['outcome']}"] for row in rows)
    assert first_rows(page, "probability", 1) == [f"{100 * lowest:.0f}%"]
    page.locator("th[data-key=name] button").click()
    names = first_rows(page, "name", 3)
    all_names = sorted(row["ref"] or Path(row["source"]).name for row in rows)
    assert names == all_names[:3]


def test_third_click_brings_back_the_order_of_the_table(visits: Visits, report, rows) -> None:
    page = visits.open(report / "table.html")
    for _ in range(3):
        page.locator("th[data-key=category] button").click()
    assert page.locator("th[aria-sort]").count() == 0
    assert first_rows(page, "authority") == [row["authority"] for row in rows[:5]]


def test_table_filters_and_searches(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html")
    count = page.locator("#count")
    page.get_by_label("Outcome").select_option("Upheld")
    upheld = [row for row in rows if row["outcome"] == "upheld"]
    expect(count).to_have_text(f"{len(upheld)} of 2,000 decisions")
    page.get_by_label("Search").fill("district PLANNING")
    both = [
        row
        for row in upheld
        if "district" in row["authority"].lower()
        and any(
            "planning" in text.lower()
            for text in (
                row["category"],
                row["authority"],
                ground_label(row["ground"]) if row["ground"] else "",
            )
        )
    ]
    assert both
    expect(count).to_have_text(f"{len(both)} of 2,000 decisions")
    page.get_by_role("button", name="Clear filters").click()
    expect(count).to_have_text("2,000 decisions")
    page.get_by_label("From", exact=True).fill("2021-03")
    page.get_by_label("To", exact=True).fill("2021-04")
    spring = [row for row in rows if row["date"][:7] in ("2021-03", "2021-04")]
    expect(count).to_have_text(f"{len(spring)} of 2,000 decisions")
    page.get_by_label("For review").check()
    queued = sum(row["review"] for row in spring)
    expect(count).to_have_text(f"{queued} of 2,000 decisions")
    page.get_by_label("Search").fill("no such thing")
    expect(page.get_by_text("No decision fits these filters.")).to_be_visible()
    expect(count).to_have_text("0 of 2,000 decisions")


def test_address_keeps_the_filters(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html", "#outcome=not_upheld&published=upheld&sort=-date")
    differ = [
        row
        for row in rows
        if (row["outcome"], row["published_outcome"]) == ("not_upheld", "upheld")
    ]
    expect(page.locator("#count")).to_have_text(f"{len(differ)} of 2,000 decisions")
    page.get_by_label("Category").select_option("Education")
    address = page.url
    assert "category=Education" in address
    page.reload()
    assert page.url == address
    expect(page.get_by_label("Outcome")).to_have_value("not_upheld")
    expect(page.get_by_label("Category")).to_have_value("Education")
    expect(page.locator("th[aria-sort]")).to_have_attribute("data-key", "date")


def test_decisions_without_a_ground_can_be_found(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html", "#ground=")
    without = sum(not row["ground"] for row in rows)
    assert without
    expect(page.locator("#count")).to_have_text(f"{without} of 2,000 decisions")


def test_only_rows_in_sight_are_in_the_page(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html")
    drawn = page.locator("#decisions tbody tr[data-place]")
    assert drawn.count() < 60
    page.locator("#scroll").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    last = rows[-1]["ref"] or Path(rows[-1]["source"]).name
    expect(drawn.last.locator("td.c-name")).to_contain_text(last)
    expect(drawn.last).to_have_attribute("aria-rowindex", str(ROWS + 1))
    assert drawn.count() < 60
    bottom = drawn.last.bounding_box()
    box = page.locator("#scroll").bounding_box()
    assert bottom is not None
    assert box is not None
    assert bottom["y"] + bottom["height"] <= box["y"] + box["height"] + 1


def test_shown_rows_can_be_saved(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html", "#review=1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save these as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    saved = list(csv.DictReader(text.splitlines()))
    queued = [row for row in rows if row["review"]]
    assert [line["authority"] for line in saved] == [row["authority"] for row in queued]
    assert [line["outcome"] for line in saved] == [OUTCOME_NAMES[r["outcome"]] for r in queued]


def test_keys_move_through_the_rows_and_open_one(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html")
    page.locator("th[data-key=review] button").focus()
    page.keyboard.press("Tab")

    def focused() -> int:
        return int(page.evaluate("document.activeElement.closest('tr').dataset.place"))

    assert focused() == 0
    for key, place in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", ROWS - 1)):
        page.keyboard.press(key)
        assert focused() == place
    page.keyboard.press("PageUp")
    assert ROWS - 30 < focused() < ROWS - 3
    page.keyboard.press("Home")
    assert focused() == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(rows[1]["authority"])


def test_focus_stays_in_sight_when_the_rows_are_scrolled(visits: Visits, report: Path) -> None:
    page = visits.open(report / "table.html")
    page.locator("#decisions tbody a").first.focus()
    page.locator("#scroll").evaluate("element => { element.scrollTop = 40000; }")
    focused = page.locator("#decisions tbody tr:focus-within")
    expect(focused).to_have_attribute("data-place", str(40000 // 52))
    page.keyboard.press("ArrowDown")
    active = page.locator("tr.active").bounding_box()
    box = page.locator("#scroll").bounding_box()
    assert active is not None
    assert box is not None
    assert box["y"] < active["y"] < box["y"] + box["height"]


# ---- a decision ---------------------------------------------------------------------------


def test_decision_opens_and_shows_its_highlight(visits: Visits, report: Path, rows) -> None:
    page = visits.open(report / "table.html")
    page.locator("#decisions tbody a").nth(3).click()
    row = rows[3]
    expect(page.locator("h1")).to_have_text(row["authority"])
    sentence = json.loads(row["evidence"])[0]
    marked = page.locator("#evidence-1")
    assert said(marked.inner_text()) in sentence["text"]
    page.get_by_role("link", name="Show in the text").first.click()
    expect(marked).to_be_in_viewport()
    background = marked.evaluate("element => getComputedStyle(element).backgroundColor")
    assert background not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    page.get_by_role("navigation", name="Sections").get_by_role("link").last.click()
    expect(page.locator(".text section").last).to_be_in_viewport()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("h1")).to_have_text(rows[4]["authority"])


def test_decision_opens_by_a_click_anywhere_on_its_row(visits: Visits, report, rows) -> None:
    page = visits.open(report / "table.html")
    page.locator("#decisions tbody td.c-outcome").nth(2).click()
    expect(page.locator("h1")).to_have_text(rows[2]["authority"])


def test_panel_shows_a_decision_where_there_are_no_pages(
    visits: Visits, large_report: Path, rows
) -> None:
    page = visits.open(large_report / "table.html", "#review=1")
    queued = [row for row in rows if row["review"]]
    page.locator("#decisions tbody a").nth(1).click()
    panel = page.locator("#details")
    expect(panel.locator("h2")).to_have_text(queued[1]["authority"])
    for item in json.loads(queued[1]["evidence"]):
        expect(panel).to_contain_text(item["text"])
    for link in panel.locator(".provisions a").all():
        assert str(link.get_attribute("href")).startswith("https://www.legislation.gov.uk/")
    page.get_by_role("button", name="Next").click()
    expect(panel.locator("h2")).to_have_text(queued[2]["authority"])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(panel.locator("h2")).to_have_text(queued[0]["authority"])
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('tr').dataset.place") == "0"


def test_overview_opens_the_panel_of_a_decision(visits: Visits, large_report: Path) -> None:
    page = visits.open(large_report / "index.html")
    link = page.locator("#review tbody a").nth(4)
    authority = page.locator("#review tbody tr").nth(4).locator("td").first.inner_text()
    link.click()
    expect(page.locator("#details h2")).to_have_text(authority)


def test_missing_details_are_said_to_be_missing(visits: Visits, tmp_path: Path, rows) -> None:
    scores = write_table(rows[:3], tmp_path / "scores.csv")
    folder = write_report(scores, tmp_path / "report", pages=False).parent
    (folder / "data" / "details-0.js").unlink()
    page = visits.open(folder / "table.html")
    page.locator("#decisions tbody a").first.click()
    expect(page.locator("#details")).to_contain_text("Copy the whole folder")
    assert visits.complaints
    visits.complaints.clear()


# ---- hostile texts ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("hostile_in")
    template = next(scored_rows(1))
    rows = []
    for number, text in enumerate(SCRIPTS):
        plain = text.replace("|", " ")
        evidence = [{"section": text, "start": 14, "end": 20, "text": text, "weight": 1.0}]
        columns = ("ref", "authority", "category", "ground", "warnings", "model", "provisions")
        rows.append(
            {
                **template,
                **dict.fromkeys(columns, plain),
                "source": str(folder / f"{number:02}.txt"),
                "ground_probabilities": f"{plain}=0.9",
                "evidence": json.dumps(evidence),
                "text": f"The complaint\n{text}\nMr X has a complaint about his bin. {text}\n",
            }
        )
    return rows


@pytest.mark.parametrize("pages", [True, False])
def test_hostile_texts_run_nothing(visits: Visits, tmp_path: Path, hostile_rows, pages) -> None:
    write_texts(hostile_rows)
    scores = write_table(hostile_rows, tmp_path / "scores.jsonl")
    inputs = [Path(hostile_rows[0]["source"]).parent]
    title = SCRIPTS[0]
    folder = write_report(
        scores, tmp_path / "report", inputs=inputs if pages else None, pages=pages, title=title
    ).parent
    page = visits.open(folder / "index.html")
    assert page.title() == said(title)
    assert page.evaluate("window.hacked") is None
    page = visits.open(folder / "table.html")
    assert page.locator("#decisions tbody tr[data-place]").count() == len(hostile_rows)
    names = first_rows(page, "name", len(hostile_rows))
    assert said(SCRIPTS[0]) in said(names[0])
    for number in range(len(hostile_rows)):
        if pages:
            page.goto((folder / "decisions" / "0" / f"{number + 1}.html").resolve().as_uri())
            if number == 0:
                assert page.locator("mark").first.inner_text() == SCRIPTS[0]
        else:
            page.locator("#decisions tbody a").nth(number).click()
            page.locator("#details[open] .verdict").first.wait_for()
            page.keyboard.press("Escape")
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main iframe, main svg[onload], dialog img").count() == 0
        for href in page.locator("a").evaluate_all("links => links.map((link) => link.protocol)"):
            assert href in ("file:", "https:")


def test_hostile_addresses_run_nothing(visits: Visits, large_report: Path) -> None:
    fragment = (
        "#search=%3Cimg%20src%3Dx%20onerror%3Dhacked%3D1%3E&authority=javascript:1&row=-4&sort=x"
    )
    page = visits.open(large_report / "table.html", fragment)
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#count")).to_contain_text("of 2,000 decisions")


# ---- for everyone -------------------------------------------------------------------------


def violations(page: Page) -> list[str]:
    # Preloading would fetch the style sheet, which the page's own policy forbids.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{item['id']} ({item['impact']}): {[node['target'] for node in item['nodes'][:3]]}"
        for item in found
    ]


@pytest.fixture(scope="module")
def small_report(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report with fewer authorities: axe takes long over a thousand rows."""
    folder = tmp_path_factory.mktemp("small")
    scores = write_table(rows[:40], folder / "scores.csv")
    inputs = [row["source"] for row in rows[:40]]
    return write_report(scores, folder / "report", inputs=inputs).parent


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["index.html", "table.html", "decisions/0/9.html"])
def test_axe_finds_nothing(visits: Visits, small_report: Path, name: str, dark: bool) -> None:
    page = visits.open(small_report / name)
    page.emulate_media(color_scheme="dark" if dark else "light")
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_the_panel(visits: Visits, large_report: Path, dark: bool) -> None:
    page = visits.open(large_report / "table.html", "#review=1")
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.locator("#decisions tbody a").nth(1).click()
    page.locator("#details[open] .verdict").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("name", ["index.html", "table.html", "decisions/0/9.html"])
def test_small_screens_need_no_sideways_scrolling(visits: Visits, small_report, name) -> None:
    page = visits.open(small_report / name, narrow=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if name != "index.html":  # its parts are the same at any width, and axe takes long
        assert violations(page) == []


def test_colours_follow_the_system_until_the_button_is_pressed(visits: Visits, report) -> None:
    page = visits.open(report / "index.html")

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    page.emulate_media(color_scheme="dark")
    dark = background()
    assert dark != light
    page.get_by_role("button", name="Light colours").click()
    assert background() == light
    page.goto((report / "decisions/0/1.html").resolve().as_uri())
    assert background() == light
    page.get_by_role("button", name="Dark colours").click()
    assert background() == dark
    page.evaluate("localStorage.clear()")


def test_overview_and_decisions_need_no_script(
    browser: BrowserContext, visits: Visits, report: Path
) -> None:
    page = visits.open(report / "index.html")
    client = browser.new_cdp_session(page)
    client.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.reload()
    expect(page.locator(".mix-table tbody tr")).to_have_count(3)
    page.locator("#review tbody a").first.click()
    expect(page.locator(".text")).to_be_visible()
