"""Month windows, result pages and the addresses of decisions."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_record import sample_record
from site_pages import path_of, search_page

from pipeline.reading_rules import CATEGORIES
from pipeline.search_page import (
    SITE,
    NoCountError,
    Window,
    is_whole_month,
    permalink,
    read_search_page,
    same_category,
    search_address,
    windows,
)

DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@settings(max_examples=100)
@given(DAYS, DAYS)
def test_windows_hold_every_day_once(one, other) -> None:
    since, until = min(one, other), max(one, other)
    found = list(windows(since, until))
    days = []
    for window in reversed(found):
        first, last = date.fromisoformat(window.first), date.fromisoformat(window.last)
        assert (first.year, first.month) == (last.year, last.month)
        days += [first + timedelta(n) for n in range((last - first).days + 1)]
    assert days == [since + timedelta(n) for n in range((until - since).days + 1)]
    assert all(is_whole_month(window) for window in found[1:-1])


def test_address_of_a_result_page() -> None:
    window = Window("2024-02-01", "2024-02-29")
    assert is_whole_month(window)
    assert search_address(SITE, window, 3) == (
        "https://www.lgo.org.uk/Decisions/SearchResults?fd=2024-02-01&td=2024-02-29&page=3"
    )


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Your search has 12 results", 12),
        ("Your search has 1,234 results.", 1234),
        ("your search has 1 result", 1),
        ("Your search has no results", 0),
        ("Your <b>search</b> has\n <strong>57</strong>&nbsp;results", 57),
    ],
)
def test_count_line(line, count) -> None:
    record = sample_record()
    page = read_search_page(search_page(line, [(path_of(record), record)], 1, 1), SITE)
    assert page.announced == count
    assert [entry.ref for entry in page.entries] == [record.ref]


@pytest.mark.parametrize("line", ["", "12 results", "Your search has results", "Search: 12"])
def test_page_without_count_line(line) -> None:
    with pytest.raises(NoCountError):
        read_search_page(search_page(line, [], 1, 1), SITE)


def test_entries_in_order_and_each_once() -> None:
    records = [replace(sample_record(), ref=f"90 000 00{n}") for n in (3, 1, 2)]
    items = [(path_of(record), record) for record in records]
    page = read_search_page(search_page("Your search has 3 results", items, 1, 1), SITE)
    assert [entry.ref for entry in page.entries] == ["90 000 003", "90 000 001", "90 000 002"]


@pytest.mark.parametrize(
    "href",
    [
        "/decisions/housing/homelessness/14-016-569",
        "/Decisions/Housing/Homelessness/14-016-569",
        "https://www.lgo.org.uk/decisions/housing/homelessness/14-016-569",
        "http://lgo.org.uk/decisions/housing/homelessness/14-016-569/",
        "//WWW.LGO.ORG.UK/decisions/housing/homelessness/14-016-569?displaypref=3",
        " /decisions/housing/homelessness/14-016-569?chapter=0#content ",
    ],
)
def test_forms_of_one_address(href) -> None:
    entry = permalink(href, SITE)
    assert entry is not None
    assert (entry.ref, entry.category) == ("14 016 569", "housing")
    assert entry.address == "https://www.lgo.org.uk/decisions/housing/homelessness/14-016-569"


def test_joint_case_keeps_its_letter() -> None:
    entry = permalink("/decisions/health/other/24-001-411A", SITE)
    assert entry is not None
    assert entry.ref == "24 001 411a"


@pytest.mark.parametrize(
    "href",
    [
        "/decisions/housing/homelessness",
        "/decisions/housing",
        "/decisions",
        "/Decisions/SearchResults?fd=2023-01-01&td=2023-01-31&page=2",
        "/decisions/housing/homelessness/14-016-569/print",
        "/news/housing/14-016-569",
        "https://example.org/decisions/housing/homelessness/14-016-569",
        "mailto:someone@lgo.org.uk",
        "#14-016-569",
        "http://[",
    ],
)
def test_what_is_no_decision(href) -> None:
    assert permalink(href, SITE) is None


@pytest.mark.parametrize("name", CATEGORIES)
def test_category_by_name_or_address(name) -> None:
    slug = name.lower().replace("'", "-").replace(" ", "-")
    assert same_category(name, slug)
    assert same_category(name.upper(), slug)
    assert [other for other in CATEGORIES if same_category(other, slug)] == [name]
