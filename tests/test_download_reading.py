"""Downloaded pages give the sections and provisions of the records behind them."""

from datetime import date

import pytest
from downloads import corpus, fetch, words
from local_site import LocalSite
from site_pages import listed

from pipeline.download import load_downloaded
from pipeline.nlp import build_nlp
from pipeline.provisions import read_provisions
from pipeline.render import random_quirks
from pipeline.sections import read_sections

AROUND = ("header", "furniture", "signature")
LEAST_SAME_SECTIONS = 0.96
LEAST_SAME_PROVISIONS = 0.92
"""Shares of decisions with which everything is as written. What a heading hides is `unknown`,
what an Act's name hides is unresolved: sections and provisions have their own tests."""


def page_of(number, record):
    if number % 10 == 0:
        return listed(record, report=True)
    quirks = random_quirks(record, number)
    usual = {"header": "full", "cut_after": None, "contents": False}
    if quirks["heading_style"] == "typo":
        usual["heading_style"] = "printed"
    return listed(record, **{**quirks, **usual})


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Each record with its sections and provisions, as read from the download."""
    folder = tmp_path_factory.mktemp("download")
    records = {record.ref: record for record in corpus()[::4]}
    pages = [page_of(number, record) for number, record in enumerate(records.values())]
    days = [date.fromisoformat(record.date) for record in records.values()]
    with LocalSite(pages).running() as site:
        fetch(site, folder, since=min(days), until=max(days))
    nlp = build_nlp()
    found = []
    for decision in load_downloaded(folder):
        doc = nlp(decision.text)
        sections = [
            (section.label, lower_words(decision.text[section.start : section.end]))
            for section in read_sections(doc)
            if section.label not in AROUND
        ]
        provisions = {(one.id, one.section) for one in read_provisions(doc) if one.id}
        found.append((records[decision.ref], sections, provisions))
    assert len(found) == len(records)
    return found


def lower_words(text):
    return words(text.lower())


def written_sections(record):
    return [
        (part.label, lower_words("\n".join([part.heading, *part.lines()])))
        for part in record.sections
    ]


def test_sections_are_those_of_the_records(read) -> None:
    equal = sum(sections == written_sections(record) for record, sections, _ in read)
    assert equal / len(read) >= LEAST_SAME_SECTIONS


def test_no_word_is_lost_and_a_missed_heading_is_unknown(read) -> None:
    for record, sections, _ in read:
        written = written_sections(record)
        assert [word for _, text in sections for word in text] == [
            word for _, text in written for word in text
        ], record.ref
        labels = {label for label, _ in written}
        assert {label for label, _ in sections} <= {"unknown", *labels}, record.ref


def test_provisions_are_those_of_the_records(read) -> None:
    equal = 0
    for record, _, provisions in read:
        written = {(cited.id, label) for cited in record.provisions for label in cited.sections}
        equal += provisions == written
    assert equal / len(read) >= LEAST_SAME_PROVISIONS
