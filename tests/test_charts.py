import re

import pytest
from markupsafe import Markup

from pipeline.charts import (
    dot_interval,
    interval,
    mix_bar,
    month_columns,
    month_shares,
    plain_bar,
    round_step,
    stacked_bar,
)
from pipeline.decision import OUTCOMES
from pipeline.render import PUBLISHED
from pipeline.report_overview import Group, MixLine, share
from pipeline.report_words import OUTCOME_NAMES, percent, review_reason, spoken_date

NAMES = [OUTCOME_NAMES[outcome] for outcome in OUTCOMES]


def numbers(pattern: str, plot: Markup) -> list[float]:
    return [float(found) for found in re.findall(pattern, plot)]


def test_outcomes_are_called_as_the_site_calls_them():
    assert OUTCOME_NAMES == PUBLISHED


def test_parts_of_a_stacked_bar_follow_on_and_fill_it():
    plot = stacked_bar([6, 1, 3], NAMES)
    assert numbers(r' x="([\d.]+)%"', plot) == [0, 60, 70]
    assert numbers(r' width="([\d.]+)%" height="100%"', plot) == [60, 10, 30]
    assert (
        'aria-label="Closed after initial enquiries 6 (60%); Not upheld 1 (10%); Upheld 3 (30%)"'
        in plot
    )


def test_an_outcome_without_decisions_has_no_part():
    assert numbers(r' width="([\d.]+)%" height="100%"', stacked_bar([0, 0, 4], NAMES)) == [100]
    assert stacked_bar([0, 0, 0], NAMES) == ""


def test_mix_bar_says_both_shares():
    plot = mix_bar(MixLine("upheld", "Upheld", share(30, 100), 0.25))
    assert 'width="30.00%"' in plot
    assert 'class="published" x1="25.00%"' in plot
    assert "Upheld: 30.0% of these decisions (interval 22 to 40%); 25% of all" in plot


def test_dot_lies_on_its_interval():
    found = share(30, 100)
    plot = dot_interval(found, 0.5)
    [dot] = numbers(r'cx="([\d.]+)%"', plot)
    low, high = numbers(r'class="whisker" x1="([\d.]+)%"', plot) + numbers(
        r'class="whisker" x1="[\d.]+%" x2="([\d.]+)%"', plot
    )
    assert low < dot == 30 < high
    assert interval(found) == "22 to 40%"


def month(label: str, *counts: int) -> Group:
    return Group(label, label, counts, share(counts[2], sum(counts)))


def test_columns_stand_on_the_ground_and_are_as_high_as_they_should_be():
    plot = month_columns([month("Jan 2021", 5, 3, 2), month("Feb 2021", 0, 0, 5)], NAMES)
    heights = numbers(r' height="([\d.]+)"/>', plot)
    assert heights == [100, 60, 40, 100]
    tops = numbers(r'fill-[a-z-]+" x="[\d.]+%" width="[\d.]+%" y="([\d.]+)"', plot)
    ground = tops[0] + heights[0]
    assert tops[1] + heights[1] == tops[0]
    assert tops[2] + heights[2] == tops[1]
    assert tops[3] + heights[3] == ground
    assert "Jan 2021: closed after initial enquiries 5, not upheld 3, upheld 2" in plot


def test_months_without_decisions_have_no_dot():
    plot = month_shares([month("Jan", 1, 0, 1), month("Feb", 0, 0, 0), month("Mar", 0, 0, 2)], 0.5)
    assert plot.count("<circle") == 2
    assert month_columns([month("Jan", 0, 0, 0)], NAMES) == ""
    assert month_shares([], 0.5) == ""


def test_labels_of_plots_are_escaped():
    assert "<b>" not in stacked_bar([1, 1, 1], ["<b>", "&", '"'])


@pytest.mark.parametrize("part", [-1.0, 0.0, 0.5, 1.0, 7.0])
def test_bars_stay_inside(part):
    [width] = numbers(r' width="([\d.]+)%" height="100%">', plain_bar(part))
    assert 0 <= width <= 100


@pytest.mark.parametrize(
    ("highest", "step"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (47, 10), (60_000, 20_000)]
)
def test_steps_are_round(highest, step):
    assert round_step(highest) == step


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0, 0, "0%"),
        (0.001, 0, "<1%"),
        (0.42, 0, "42%"),
        (0.997, 0, ">99%"),
        (1, 0, "100%"),
        (0.9996, 1, ">99.9%"),
        (0.0001, 1, "<0.1%"),
        (0.123, 1, "12.3%"),
    ],
)
def test_shares_never_round_to_nothing_or_all(value, digits, said):
    assert percent(value, digits) == said


def test_dates_are_spoken():
    assert spoken_date("2021-03-09") == "9 March 2021"
    assert spoken_date("") == ""
    assert spoken_date("2021-02-30") == "2021-02-30"


@pytest.mark.parametrize(
    ("outcome_set", "warnings", "reason"),
    [
        ("upheld|not_upheld", "w", "More than one outcome is possible"),
        ("", "", "No outcome is probable enough"),
        ("upheld", "w", "A check gave a warning"),
        ("upheld", "", "Marked for review"),
    ],
)
def test_reasons_for_review(outcome_set, warnings, reason):
    assert review_reason(outcome_set, warnings) == reason
