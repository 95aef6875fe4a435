import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from scored_rows import scored_rows, write_table

from pipeline.decision import OUTCOMES
from pipeline.report_overview import (
    MOST_MONTHS,
    PUBLISHED_MIX,
    QUEUE_LENGTH,
    make_overview,
    period_of,
    read_errors,
    share,
)
from pipeline.report_table import read_scored_table


@settings(deadline=None)
@given(st.integers(1, 60_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_wilsons(counts):
    count, total = counts
    expected = binomtest(count, total).proportion_ci(method="wilson")
    found = share(count, total)
    assert found.low == pytest.approx(expected.low, abs=1e-6)
    assert found.high == pytest.approx(expected.high, abs=1e-6)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9


def test_no_decisions_leave_every_share_open():
    assert (share(0, 0).low, share(0, 0).high, share(0, 0).value) == (0, 1, 0)


def test_published_mix_names_every_outcome():
    assert tuple(PUBLISHED_MIX) == OUTCOMES
    assert sum(PUBLISHED_MIX.values()) == pytest.approx(0.99)


def table_of(tmp_path, *changes):
    """Return a scored table in which each row differs from a sure, upheld one as told."""
    plain = {
        **next(scored_rows(1)),
        "outcome": "upheld",
        "p_closed_after_initial_enquiries": 0.02,
        "p_not_upheld": 0.03,
        "p_upheld": 0.95,
        "outcome_set": "upheld",
        "review": False,
        "warnings": "",
        "published_outcome": "upheld",
        "authority": "Ansty",
        "date": "2021-03-09",
    }
    return read_scored_table(
        write_table([{**plain, **change} for change in changes], tmp_path / "scores.jsonl")
    )


def test_groups_are_counted_and_the_largest_comes_first(tmp_path):
    table = table_of(
        tmp_path,
        {"authority": "Ansty", "outcome": "upheld"},
        {"authority": "Barle", "outcome": "upheld"},
        {"authority": "Barle", "outcome": "not_upheld"},
        {"authority": "Barle", "outcome": "closed_after_initial_enquiries"},
        {"authority": "", "outcome": "upheld"},
    )
    found = {group.label: group.counts for group in make_overview(table).authorities}
    assert found == {"Barle": (1, 1, 1), "Ansty": (0, 0, 1), "Not given": (0, 0, 1)}
    assert next(iter(found)) == "Barle"


def test_mix_and_agreement(tmp_path):
    table = table_of(
        tmp_path,
        {"outcome": "upheld", "published_outcome": "upheld"},
        {"outcome": "upheld", "published_outcome": "not_upheld"},
        {"outcome": "not_upheld", "published_outcome": ""},
    )
    view = make_overview(table)
    assert [line.share.count for line in view.mix] == [0, 1, 2]
    assert view.agreement.counts == ((0, 0, 0), (0, 0, 1), (0, 0, 1))
    assert (view.agreement.same.count, view.agreement.total) == (1, 2)


def test_months_without_decisions_are_there_and_dates_that_are_none_are_not(tmp_path):
    table = table_of(
        tmp_path,
        {"date": "2020-12-31"},
        {"date": "2021-03-01", "outcome": "not_upheld"},
        {"date": ""},
        {"date": "9 March 2021"},
    )
    view = make_overview(table)
    assert [(month.value, month.label, month.total) for month in view.months] == [
        ("2020-12", "Dec 2020", 1),
        ("2021-01", "Jan 2021", 0),
        ("2021-02", "Feb 2021", 0),
        ("2021-03", "Mar 2021", 1),
    ]
    assert view.trend == view.months
    assert (view.first_date, view.last_date, view.undated) == ("2020-12-31", "2021-03-01", 2)


def test_long_spans_are_shown_by_the_year(tmp_path):
    table = table_of(tmp_path, {"date": "2018-01-01"}, {"date": "2021-06-01"})
    view = make_overview(table)
    assert len(view.months) == 42
    assert [year.label for year in view.trend] == ["2018", "2019", "2020", "2021"]
    assert (period_of(view.months), period_of(view.trend)) == ("month", "year")
    table = table_of(tmp_path, {"date": "1974-01-01"}, {"date": "2026-06-01"})
    view = make_overview(table)
    assert len(view.months) == 53 < MOST_MONTHS
    assert view.months[0].value == "1974"


def test_tables_without_dates_have_no_months(tmp_path):
    view = make_overview(table_of(tmp_path, {"date": ""}))
    assert (view.months, view.trend, view.first_date) == ((), (), "")


def test_queue_begins_with_the_least_certain(tmp_path):
    queued = {"review": True, "outcome_set": "upheld|not_upheld"}
    table = table_of(
        tmp_path,
        {**queued, "ref": "sure", "p_upheld": 0.6, "p_not_upheld": 0.38},
        {"ref": "not for review", "p_upheld": 0.34, "p_not_upheld": 0.33},
        {**queued, "ref": "unsure", "p_upheld": 0.45, "p_not_upheld": 0.44},
        {"ref": "warned", "review": True, "warnings": "the copy ends early"},
        {"ref": "nothing fits", "review": True, "outcome_set": "", "p_upheld": 0.5},
    )
    view = make_overview(table)
    assert [(item.name, item.position, item.reason) for item in view.queue] == [
        ("unsure", 2, "More than one outcome is possible"),
        ("nothing fits", 4, "No outcome is probable enough"),
        ("sure", 0, "More than one outcome is possible"),
        ("warned", 3, "A check gave a warning"),
    ]
    assert view.review.count == 4
    assert dict(view.review_reasons)["More than one outcome is possible"] == 2


def test_queue_is_no_longer_than_it_should_be(tmp_path):
    table = table_of(tmp_path, *[{"review": True}] * (QUEUE_LENGTH + 5))
    view = make_overview(table)
    assert len(view.queue) == QUEUE_LENGTH
    assert view.review.count == QUEUE_LENGTH + 5


def test_groups_add_up_to_all(tmp_path):
    rows = list(scored_rows(300))
    view = make_overview(read_scored_table(write_table(rows, tmp_path / "scores.csv")))
    for groups in (view.categories, view.authorities, view.grounds):
        assert sum(group.total for group in groups) == 300
    assert sum(month.total for month in view.months) + view.undated == 300
    assert sum(line.share.count for line in view.mix) == 300
    counts = pd.Series([row["category"] for row in rows]).value_counts()
    assert {group.value: group.total for group in view.categories} == counts.to_dict()


def test_errors_keep_line_separators_inside_a_sentence(tmp_path):
    path = tmp_path / "errors.jsonl"
    row = {"source": "a\u2028b", "position": 3, "kind": "empty", "sentence": "x\x00y"}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n\n", encoding="utf-8")
    [error] = read_errors(path)
    assert (error.source, error.sentence) == ("a\u2028b", "x\ufffdy")
