"""References, dates, categories and addresses."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fields import (
    BARE_REFERENCE,
    TITLE,
    date_of,
    fields_of_url,
    is_category,
    plain,
    ref_of,
    tidy,
)


@pytest.mark.parametrize(
    ("printed", "ref"),
    [
        ("20 011 228", "20 011 228"),
        ("20-011-228", "20 011 228"),
        ("20011228", "20 011 228"),
        ("24 001 411a", "24 001 411a"),
        ("24-001-411B", "24 001 411b"),
        ("24 001 411 a", "24 001 411a"),
        ("24 001 41", ""),
        ("P-004641", ""),
        ("", ""),
        ("   ", ""),
    ],
)
def test_references(printed: str, ref: str) -> None:
    assert ref_of(printed) == ref


@given(st.dates(min_value=datetime.date(1974, 1, 1)), st.sampled_from(range(6)))
def test_a_date_in_any_form_comes_back(day: datetime.date, form: int) -> None:
    printed = [
        day.strftime("%d %b %Y"),
        day.strftime("%d-%b-%Y"),
        f"{day.day} {day:%B %Y}",
        day.isoformat(),
        day.strftime("%d/%m/%Y"),
        day.strftime("%A %d %B %Y"),
    ][form]
    assert date_of(printed) == day.isoformat()


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        (datetime.date(2021, 3, 30), "2021-03-30"),
        (datetime.datetime(2021, 3, 30, 23, 59), "2021-03-30"),
        ("2021-03-30 00:00:00", "2021-03-30"),
        ("2021-03-30T10:15:00Z", "2021-03-30"),
        ("30.03.2021", "2021-03-30"),
        ("1st May 2020", "2020-05-01"),
        ("30 Feb 2021", ""),
        ("2021-13-01", ""),
        ("44285", ""),
        ("May 2020", ""),
        (None, ""),
        (3.5, ""),
    ],
)
def test_dates(value: object, iso: str) -> None:
    assert date_of(value) == iso


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://www.lgo.org.uk/decisions/children-s-care-services/child-protection/20-011-228",
            ("20 011 228", "Children's care services", "Child protection"),
        ),
        (
            "http://lgo.org.uk/Decisions/Education/COVID-19/20-011-228a?displaypref=0",
            ("20 011 228a", "Education", "COVID-19"),
        ),
        ("https://www.lgo.org.uk/decisions/unheard-of/other/20-011-228", ("20 011 228", "", "")),
        ("https://www.lgo.org.uk/decisions/education/school-transport", ("", "", "")),
        ("/decisions/education/other/20-011-228", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_addresses(url: str, expected: tuple[str, str, str]) -> None:
    assert fields_of_url(url) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Housing > Allocations", True),
        ("Home > Decisions > Housing > Allocations", True),
        ("other categories", True),
        ("Housing", True),
        ("Housing was the trouble", False),
        ("Banana > Skins", False),
        ("", False),
    ],
)
def test_categories(value: str, expected: bool) -> None:
    assert is_category(value) is expected


@pytest.mark.parametrize(
    "line",
    [
        "We looked at an earlier complaint (20 011 2289).",
        "The Council wrote on (1) 20 May",
        "Marlbrook Council (20 011)",
    ],
)
def test_what_is_no_title(line: str) -> None:
    assert not TITLE.fullmatch(line)
    assert not BARE_REFERENCE.fullmatch(line)


@given(st.text(max_size=80))
def test_plain_keeps_every_offset(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


def test_tidy() -> None:
    assert tidy(' **"Marlbrook   Council"** | ') == "Marlbrook Council"
