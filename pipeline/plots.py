"""The plots of the model card, as SVG that is the same for the same figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.decision import OUTCOMES

INK, BLUE, GREY = "#1d2b3a", "#2f6f9f", "#8a94a0"
SHORT = ("closed", "not upheld", "upheld")

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "ombudsman-decisions",
}


def draw_all(figures: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write confusion, reliability and, where it was measured, learning curve."""
    folder.mkdir(parents=True, exist_ok=True)
    view = figures["time_split"]["views"]["full"]
    paths = []
    with mpl.rc_context(STYLE):
        plots = {
            "confusion": lambda axes: _confusion(axes, np.array(view["confusion"])),
            "reliability": lambda axes: _reliability(axes, view["reliability"]),
        }
        if figures.get("learning_curve"):
            plots["learning_curve"] = lambda axes: _curve(axes, figures["learning_curve"])
        for name, draw in plots.items():
            figure = Figure(figsize=(5, 3.8), layout="constrained")
            draw(figure.subplots())  # type: ignore[no-untyped-call]
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None, "Creator": None})
            paths.append(path)
    return paths


def _confusion(axes: Axes, counts: np.ndarray[Any, np.dtype[Any]]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(OUTCOMES)):
        for column in range(len(OUTCOMES)):
            ink = "white" if shares[row, column] > 0.5 else INK
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=ink)
    axes.set_xticks(range(3), SHORT)
    axes.set_yticks(range(3), SHORT)
    axes.set_xlabel("identified as")
    axes.set_ylabel("published as")
    axes.set_title("Later decisions, view full", loc="left")


def _reliability(axes: Axes, bins: list[list[float]]) -> None:
    confidence, accuracy, number = np.array(bins).T
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    axes.plot(confidence, accuracy, color=BLUE, linewidth=1)
    axes.scatter(confidence, accuracy, s=20 + 2 * np.sqrt(number) * 5, color=BLUE)
    for x, y, n in zip(confidence, accuracy, number, strict=True):
        axes.annotate(f"{n:.0f}", (x, y), xytext=(6, -12), textcoords="offset points", fontsize=8)
    axes.set_xlim(0.3, 1.03)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("probability of the likeliest outcome")
    axes.set_ylabel("share that was right")
    axes.set_title("How far a probability can be trusted", loc="left")


def _curve(axes: Axes, points: list[dict[str, float]]) -> None:
    sizes = [point["decisions"] for point in points]
    axes.plot(sizes, [point["macro_f1"] for point in points], color=BLUE, marker="o")
    for point in points:
        axes.annotate(
            f"{point['macro_f1']:.2f}",
            (point["decisions"], point["macro_f1"]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set_ylim(0.5, 1.02)
    axes.set_xlim(0, max(sizes) * 1.08)
    axes.set_xlabel("decisions trained on")
    axes.set_ylabel("macro-F1 on later decisions")
    axes.set_title("What more decisions would buy", loc="left")
