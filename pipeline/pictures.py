"""Pictures for the notebooks: tables in, calm plots with a text alternative out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter
from PIL import Image

from pipeline.decision import OUTCOMES, Decision
from pipeline.nlp import build_nlp
from pipeline.plots import GREY, INK, STYLE
from pipeline.report_overview import share
from pipeline.report_words import OUTCOME_NAMES, ground_label, section_name
from pipeline.sections import read_sections

WIDTH = 8.0
"""Inches."""
DOTS = 100
"""Dots per inch."""
PLOTS = Path(__file__).resolve().parent.parent / "models" / "plots"
COLOURS = 128
"""Different colours in a file: a quarter of the bytes, and no difference to the eye."""

OUTCOME_COLOURS = dict(zip(OUTCOMES, ("#7b8794", "#c27a22", "#1f8aa0"), strict=True))
SECTION_COLOURS = {
    "summary": "#2f6f9f",
    "complaint": "#6ea6cc",
    "scope": "#a9cbe2",
    "role": "#c9ced3",
    "consideration": "#9aa4ad",
    "background": "#cbbf9a",
    "findings": "#1f8a80",
    "action": "#c27a22",
    "decision": "#8f3b4a",
    "not_investigated": "#ddb184",
    "unknown": "#d9534f",
}
ELSEWHERE = "#e8ebee"
"""Colour of the sections that no model reads."""


class Picture:
    """A figure and what it shows in words; the last line of a cell shows it as PNG."""

    def __init__(self, figure: Figure, alt: str) -> None:
        self.figure = figure
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        drawn, small = io.BytesIO(), io.BytesIO()
        with _style():
            self.figure.savefig(drawn, format="png", dpi=DOTS)
        with Image.open(drawn) as image:
            image.convert("RGB").quantize(COLOURS).save(small, format="png", optimize=True)
        return small.getvalue(), {"alt": self.alt}


class ModelPlot:
    """A plot of the model card, as it was drawn by ``make evaluate``."""

    def __init__(self, name: str, folder: Path = PLOTS) -> None:
        self.path = folder / f"{name}.svg"
        if not self.path.is_file():
            raise ValueError(f"There is no plot {self.path}; `make evaluate` draws it.")

    def __repr__(self) -> str:
        return f"Plot {self.path.stem.replace('_', ' ')} of the model card."

    def _repr_svg_(self) -> str:
        return self.path.read_text(encoding="utf-8")


def _style() -> AbstractContextManager[None]:
    return mpl.rc_context(dict[Any, Any](STYLE))


def _axes(height: float, width: float = WIDTH) -> tuple[Figure, Axes]:
    with _style():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
    axes.tick_params(length=0)
    return figure, axes


def outcome_counts(counts: pd.DataFrame, title: str) -> Picture:
    """Draw a bar for each row of a table of counts with a column for each outcome."""
    figure, axes = _axes(0.6 + 0.32 * len(counts))
    left = np.zeros(len(counts))
    for outcome in OUTCOMES:
        numbers = counts[outcome].to_numpy(dtype=float)
        axes.barh(
            range(len(counts)),
            numbers,
            left=left,
            color=OUTCOME_COLOURS[outcome],
            label=OUTCOME_NAMES[outcome],
            edgecolor="white",
        )
        left += numbers
    axes.set_yticks(range(len(counts)), [str(name) for name in counts.index])
    axes.invert_yaxis()
    axes.set_xlabel("decisions")
    _finish(figure, title)
    rows = zip(counts.index, counts[list(OUTCOMES)].to_numpy().tolist(), strict=True)
    return Picture(figure, f"{title}. {_told(rows, '{:.0f}')}.")


def section_strips(decisions: Iterable[Decision]) -> Picture:
    """Draw each decision as a strip: its sections in order, as long as their words."""
    nlp = build_nlp()
    rows = []
    for decision in decisions:
        sections = [one for one in read_sections(nlp(decision.text)) if one.label != "furniture"]
        words = [len(decision.text[one.start : one.end].split()) for one in sections]
        rows.append((decision, [one.label for one in sections], words))
    figure, axes = _axes(1.8 + 0.34 * len(rows))
    for place, (_, labels, words) in enumerate(rows):
        left = np.cumsum([0, *words[:-1]])
        colours = [SECTION_COLOURS.get(label, ELSEWHERE) for label in labels]
        axes.barh([place] * len(words), words, left=left, color=colours, edgecolor="white")
    axes.set_yticks(range(len(rows)), [_short_name(decision) for decision, _, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel("words")
    drawn = {label for _, labels, _ in rows for label in labels}
    keys = [
        Patch(color=colour, label=section_name(label))
        for label, colour in SECTION_COLOURS.items()
        if label in drawn
    ]
    _finish(figure, "Sections in the order of the text", keys)
    told = (
        f"{_short_name(decision)}: "
        + ", ".join(f"{label} {count}" for label, count in zip(labels, words, strict=True))
        for decision, labels, words in rows
    )
    return Picture(figure, f"Sections in words. {'; '.join(told)}.")


def _short_name(decision: Decision) -> str:
    outcome = OUTCOME_NAMES[decision.outcome] if decision.outcome else "No outcome published"
    return f"{outcome.split()[0] if outcome.startswith('Closed') else outcome}, {decision.ref}"


def lengths(words: pd.Series[int], outcomes: pd.Series[str]) -> Picture:
    """Draw how long decisions are, by outcome; both series are parallel."""
    figure, axes = _axes(2.6)
    groups = [words[outcomes == outcome] for outcome in OUTCOMES]
    boxes = axes.boxplot(
        groups,
        orientation="horizontal",
        widths=0.6,
        patch_artist=True,
        whis=(5, 95),
        showfliers=False,
        medianprops={"color": INK},
    )
    for box, outcome in zip(boxes["boxes"], OUTCOMES, strict=True):
        box.set(facecolor=OUTCOME_COLOURS[outcome], edgecolor=GREY)
    axes.set_yticks(range(1, 4), [OUTCOME_NAMES[outcome] for outcome in OUTCOMES])
    axes.invert_yaxis()
    axes.set_xlabel("words; the whiskers end at 5 and 95%")
    _finish(figure, "Length of the decisions", legend=False)
    medians = ", ".join(
        f"{OUTCOME_NAMES[outcome].lower()} {group.median():.0f}"
        for outcome, group in zip(OUTCOMES, groups, strict=True)
    )
    return Picture(figure, f"Median length in words: {medians}.")


def grounds_together(grounds: Iterable[Sequence[str]], most: int = 12) -> Picture:
    """Draw how often two grounds stand in one decision, for the most frequent ones.

    ``grounds`` are the names of the grounds of each decision. A cell is the share of the
    decisions on the ground of its row that also rest on the ground of its column.
    """
    has = pd.DataFrame([dict.fromkeys(names, 1) for names in grounds]).fillna(0).astype(int)
    names = has.sum().sort_values(ascending=False, kind="stable").index[:most]
    both = has[names].T @ has[names]
    alone = pd.Series(np.diag(both), index=names)
    shares = both.div(alone, axis=0).to_numpy(dtype=float)
    figure, axes = _axes(1.6 + 0.36 * len(names))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        value = shares[row, column]
        if row != column and value >= 0.05:
            ink = "white" if value > 0.5 else INK
            axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=ink, fontsize=8)
    labels = [ground_label(name) for name in names]
    axes.set_yticks(
        range(len(names)), [f"{label} ({alone.iat[n]})" for n, label in enumerate(labels)]
    )
    axes.set_xticks(range(len(names)), labels, rotation=35, ha="right")
    axes.spines[:].set_visible(False)
    _finish(figure, "Of the decisions on the ground of a row, how many also …", legend=False)
    counts = ", ".join(f"{label} {alone.iat[n]}" for n, label in enumerate(labels))
    return Picture(figure, f"Grounds and how often they stand together. Decisions: {counts}.")


def upheld_shares(scores: pd.DataFrame, by: pd.Series[str], most: int = 15) -> Picture:
    """Draw the share upheld of each group of a scored table, with its 95% Wilson interval.

    ``by`` is parallel to ``scores``; groups are sorted by size, the largest first.
    """
    upheld = scores["outcome"] == "upheld"
    table = upheld.groupby(by).agg(["sum", "size"]).sort_values("size", ascending=False).head(most)
    shares = [share(int(row["sum"]), int(row["size"])) for _, row in table.iterrows()]
    names = [f"{name} ({found.total})" for name, found in zip(table.index, shares, strict=True)]
    title = "Share upheld, with 95% intervals; the line is the share of all"
    figure, axes = _axes(1.0 + 0.32 * len(shares))
    axes.axvline(upheld.mean(), color=GREY, linewidth=1, linestyle="--")
    for place, found in enumerate(shares):
        axes.plot([found.low, found.high], [place, place], color=INK, linewidth=1.5)
        axes.plot(found.value, place, "o", color=OUTCOME_COLOURS["upheld"])
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    _percent(axes)
    _finish(figure, title, legend=False)
    told = (
        f"{name}: {found.value:.0%} ({found.low:.0%} to {found.high:.0%})"
        for name, found in zip(names, shares, strict=True)
    )
    return Picture(figure, f"{title}: {upheld.mean():.0%}. {'; '.join(told)}.")


def bars(values: Mapping[str, float], title: str, *, highlight: str = "") -> Picture:
    """Draw a bar for each value, from 0 to 1; ``highlight`` names the one to compare with."""
    figure, axes = _axes(0.8 + 0.32 * len(values))
    colours = [OUTCOME_COLOURS["upheld"] if name == highlight else "#b9c2ca" for name in values]
    axes.barh(range(len(values)), list(values.values()), color=colours)
    for place, value in enumerate(values.values()):
        axes.text(value + 0.01, place, f"{value:.2f}", va="center", color=INK)
    axes.set_yticks(range(len(values)), list(values))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.08)
    _finish(figure, title, legend=False)
    told = ", ".join(f"{name} {value:.2f}" for name, value in values.items())
    return Picture(figure, f"{title}: {told}.")


def over_time(scores: pd.DataFrame, mix: Mapping[str, float] | None = None) -> Picture:
    """Draw the share of each outcome by quarter of the decision date.

    ``mix`` gives a share of each outcome to compare with, drawn as dashed lines.
    """
    dated = scores.loc[scores["date"] != ""]
    quarters = pd.PeriodIndex(dated["date"], freq="Q")
    shares = pd.crosstab(quarters, dated["outcome"].to_numpy(), normalize="index")
    shares = shares.reindex(columns=list(OUTCOMES), fill_value=0.0)
    labels = [f"{one.year}\nQ1" if one.quarter == 1 else f"Q{one.quarter}" for one in shares.index]
    figure, axes = _axes(3.2)
    for outcome in OUTCOMES:
        colour = OUTCOME_COLOURS[outcome]
        axes.plot(
            range(len(shares)), shares[outcome], "o-", color=colour, label=OUTCOME_NAMES[outcome]
        )
        if mix:
            axes.axhline(mix[outcome], color=colour, linewidth=1, linestyle="--")
    axes.set_xticks(range(len(shares)), labels)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    title = "Outcomes by quarter" + ("; dashed: all published decisions" if mix else "")
    _finish(figure, title)
    rows = zip(shares.index, shares.to_numpy().tolist(), strict=True)
    return Picture(figure, f"{title}. {_told(rows, '{:.0%}')}.")


def _told(rows: Iterable[tuple[object, Sequence[float]]], form: str) -> str:
    """Return rows of one figure for each outcome in words."""
    names = [OUTCOME_NAMES[outcome].lower() for outcome in OUTCOMES]
    return "; ".join(
        f"{name}: "
        + ", ".join(f"{o} {form.format(value)}" for o, value in zip(names, values, strict=True))
        for name, values in rows
    )


def _percent(axes: Axes) -> None:
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))


def _finish(
    figure: Figure, title: str, keys: Sequence[Patch] | None = None, *, legend: bool = True
) -> None:
    """Add the title and, below the plot, the legend: of ``keys``, or of what was drawn."""
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=11)
    if legend:
        handles = {"handles": list(keys)} if keys else {}
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9, **handles)
