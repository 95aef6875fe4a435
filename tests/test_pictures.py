"""The pictures of the notebooks: what their words say, and that they are drawn."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from sample_record import sample_record

from pipeline import pictures
from pipeline.decision import OUTCOMES
from pipeline.reading import read_text
from pipeline.render import render
from pipeline.report_overview import share

COUNTS = pd.DataFrame(
    [[5, 1, 4], [0, 2, 0]], columns=list(OUTCOMES), index=["Housing", "<b>Planning</b>"]
)
SCORES = pd.DataFrame(
    {
        "outcome": ["upheld", "upheld", "not_upheld", "closed_after_initial_enquiries"],
        "date": ["2024-01-05", "2024-02-05", "2024-08-01", ""],
        "authority": ["A", "A", "A", "B"],
    }
)


def drawn(picture: pictures.Picture) -> Image.Image:
    """Return the picture as a notebook gets it, once its form is checked."""
    data, metadata = picture._repr_png_()
    assert metadata == {"alt": picture.alt}
    assert len(data) < 60_000
    return Image.open(io.BytesIO(data))


def test_outcome_counts_tells_every_row() -> None:
    picture = pictures.outcome_counts(COUNTS, "By category")
    assert picture.alt == (
        "By category. Housing: closed after initial enquiries 5, not upheld 1, upheld 4; "
        "<b>Planning</b>: closed after initial enquiries 0, not upheld 2, upheld 0."
    )
    assert drawn(picture).format == "PNG"


def test_the_same_figures_give_the_same_picture() -> None:
    first, second = (pictures.outcome_counts(COUNTS, "x")._repr_png_() for _ in range(2))
    assert first == second


def test_section_strips_counts_the_words_of_each_section() -> None:
    decision = read_text(render(sample_record(), "plain").text)
    picture = pictures.section_strips([decision])
    assert "Upheld, 90 000 001: header 4, summary 14, complaint" in picture.alt
    assert "decision 6" in picture.alt
    drawn(picture)


def test_lengths_tells_the_medians() -> None:
    words = pd.Series([10, 20, 30, 40, 50, 60])
    outcomes = pd.Series([*OUTCOMES, *OUTCOMES])
    picture = pictures.lengths(words, outcomes)
    assert picture.alt == (
        "Median length in words: closed after initial enquiries 25, not upheld 35, upheld 45."
    )
    drawn(picture)


def test_grounds_together_counts_decisions() -> None:
    picture = pictures.grounds_together([["late", "merits"], ["late"], [], ["discretion"]])
    assert "Late complaint 2" in picture.alt
    drawn(picture)


def test_upheld_shares_has_wilson_intervals() -> None:
    picture = pictures.upheld_shares(SCORES, SCORES["authority"])
    two_of_three = share(2, 3)
    assert f"A (3): 67% ({two_of_three.low:.0%} to {two_of_three.high:.0%})" in picture.alt
    assert "B (1): 0% (0% to 79%)" in picture.alt
    assert "the share of all: 50%." in picture.alt
    drawn(picture)


def test_over_time_groups_by_quarter_and_leaves_the_undated_out() -> None:
    picture = pictures.over_time(SCORES, dict.fromkeys(OUTCOMES, 1 / 3))
    assert "2024Q1: closed after initial enquiries 0%, not upheld 0%, upheld 100%" in picture.alt
    assert "2024Q3: closed after initial enquiries 0%, not upheld 100%, upheld 0%" in picture.alt
    drawn(picture)


def test_bars_tells_every_value() -> None:
    picture = pictures.bars({"majority": 0.2, "model": 0.97}, "Macro-F1", highlight="model")
    assert repr(picture) == "Macro-F1: majority 0.20, model 0.97."
    drawn(picture)


def test_a_plot_that_was_not_drawn_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"There is no plot .*make evaluate"):
        pictures.ModelPlot("confusion", tmp_path)


def test_every_section_that_can_be_read_has_a_colour_of_its_own() -> None:
    colours = list(pictures.SECTION_COLOURS.values())
    assert len(set(colours)) == len(colours)
    assert pictures.ELSEWHERE not in colours
