"""Small plots as inline SVG.

Places are percentages of the width, so a plot fills the space it is given while strokes and
dots keep their size. Colours come from the style sheet by class. Every plot carries its
figures in words (``role="img"`` and a label); values are escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.decision import OUTCOMES
from pipeline.report_overview import Group, MixLine, Share
from pipeline.report_words import percent

_CLASSES = tuple(outcome.replace("_", "-") for outcome in OUTCOMES)
# Plots over time, in pixels but for the room on the left, which is per cent of the width.
_PLOT_HEIGHT = 200
_ABOVE = 8
_BELOW = 24
_LEFT = 5
_MOST_LABELS = 8


def interval(share: Share) -> str:
    """Return ``27 to 33%``."""
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}%"


def _plot(content: Markup, label: str, kind: str, height: int) -> Markup:
    return Markup(
        '<svg class="plot {kind}" role="img" aria-label="{label}" width="100%" height="{height}">'
        "{content}</svg>"
    ).format(kind=kind, label=label, height=height, content=content)


def _bar(x: float, width: float, kind: str, title: str = "") -> Markup:
    tip = Markup("<title>{}</title>").format(title) if title else Markup("")
    return Markup(
        '<rect class="{kind}" x="{x:.2f}%" y="0" width="{width:.2f}%" height="100%">{tip}</rect>'
    ).format(kind=kind, x=100 * x, width=100 * width, tip=tip)


def stacked_bar(counts: Sequence[int], names: Sequence[str]) -> Markup:
    """Return one bar that shows how ``counts`` (in the order of `OUTCOMES`) share a whole."""
    total = sum(counts)
    if not total:
        return Markup("")
    parts, words, x = [], [], 0.0
    for kind, name, count in zip(_CLASSES, names, counts, strict=True):
        words.append(f"{name} {count:,} ({percent(count / total)})")
        if count:
            parts.append(_bar(x, count / total, f"fill-{kind}", words[-1]))
        x += count / total
    return _plot(Markup("").join(parts), "; ".join(words), "stack", 14)


def mix_bar(line: MixLine) -> Markup:
    """Return the share of one outcome with its interval, beside the published share."""
    share = line.share
    low, high, published = 100 * share.low, 100 * share.high, 100 * line.published
    content = Markup("").join(
        (
            _bar(0, share.value, f"fill-{line.outcome.replace('_', '-')}"),
            _across("halo thin", low - 0.4, high + 0.4),
            _across("whisker", low, high),
            _upright("halo", published),
            _upright("published", published),
        )
    )
    label = (
        f"{line.name}: {percent(share.value, 1)} of these decisions (interval "
        f"{interval(share)}); {percent(line.published)} of all published decisions."
    )
    return _plot(content, label, "mix", 26)


def _across(kind: str, start: float, end: float) -> Markup:
    return Markup(
        '<line class="{kind}" x1="{start:.2f}%" x2="{end:.2f}%" y1="50%" y2="50%"/>'
    ).format(kind=kind, start=start, end=end)


def _upright(kind: str, x: float) -> Markup:
    return Markup('<line class="{kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="100%"/>').format(
        kind=kind, x=x
    )


def dot_interval(share: Share, middle: float) -> Markup:
    """Return a share as a dot on its interval, with a line at the share of all decisions."""
    content = Markup("").join(
        (
            _upright("reference", 100 * middle),
            _across("whisker", 100 * share.low, 100 * share.high),
            Markup('<circle class="dot" cx="{x:.2f}%" cy="50%" r="4"/>').format(
                x=100 * share.value
            ),
        )
    )
    label = f"Upheld {percent(share.value)}, interval {interval(share)}"
    return _plot(content, label, "interval", 20)


def probability_bar(probability: float, outcome: str) -> Markup:
    """Return a bar for the probability of an outcome."""
    bar = _bar(0, probability, f"fill-{outcome.replace('_', '-')}")
    return Markup(
        '<svg class="plot track" aria-hidden="true" width="100%" height="8">{}</svg>'
    ).format(bar)


def plain_bar(part: float) -> Markup:
    """Return a bar of one colour; ``part`` is from 0 to 1."""
    return Markup(
        '<svg class="plot track" aria-hidden="true" width="100%" height="8">{}</svg>'
    ).format(_bar(0, max(0.0, min(1.0, part)), "fill-plain"))


def month_columns(months: Sequence[Group], names: Sequence[str]) -> Markup:
    """Return a column for each month, as high as its decisions, divided by outcome."""
    highest = max((month.total for month in months), default=0)
    if not highest:
        return Markup("")
    step = round_step(highest)
    top = -(-highest // step) * step
    parts = [_gridline(level / top, f"{level:,}") for level in range(0, top + 1, step)]
    for index, month in enumerate(months):
        words = ", ".join(
            f"{name.lower()} {count:,}" for name, count in zip(names, month.counts, strict=True)
        )
        columns, below = [], 0
        for kind, count in zip(_CLASSES, month.counts, strict=True):
            below += count
            if count:
                columns.append(
                    Markup(
                        '<rect class="fill-{kind}" x="{x:.3f}%" width="{w:.3f}%" y="{y:.1f}" '
                        'height="{h:.1f}"/>'
                    ).format(
                        kind=kind,
                        x=_place(index + 0.1, months),
                        w=_place(index + 0.9, months) - _place(index + 0.1, months),
                        y=_height(below / top),
                        h=count / top * _PLOT_HEIGHT,
                    )
                )
        parts.append(
            Markup("<g><title>{}: {}</title>{}</g>").format(
                month.label, words, Markup("").join(columns)
            )
        )
    label = (
        f"Decisions from {months[0].label} to {months[-1].label}, divided by outcome; at most "
        f"{highest:,} in a column. The figures are in the table below."
    )
    return _over_time(parts, months, label)


def month_shares(months: Sequence[Group], middle: float) -> Markup:
    """Return the share upheld of each month as a dot on its interval."""
    if not months:
        return Markup("")
    parts = [_gridline(level / 4, f"{25 * level}%") for level in range(5)]
    parts.append(
        Markup('<line class="reference" x1="{x}%" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>').format(
            x=_LEFT, y=_height(middle)
        )
    )
    for index, month in enumerate(months):
        if not month.total:
            continue
        upheld = month.upheld
        parts.append(
            Markup(
                "<g><title>{title}</title>"
                '<line class="whisker" x1="{x:.3f}%" x2="{x:.3f}%" y1="{low:.1f}" y2="{high:.1f}"/>'
                '<circle class="dot" cx="{x:.3f}%" cy="{y:.1f}" r="4"/></g>'
            ).format(
                title=f"{month.label}: upheld {percent(upheld.value)} of {month.total:,}, "
                f"interval {interval(upheld)}",
                x=_place(index + 0.5, months),
                low=_height(upheld.low),
                high=_height(upheld.high),
                y=_height(upheld.value),
            )
        )
    label = (
        f"Share of decisions upheld from {months[0].label} to {months[-1].label}, with intervals. "
        "The figures are in the table below."
    )
    return _over_time(parts, months, label)


def _place(index: float, months: Sequence[Group]) -> float:
    """Return the place of a month in per cent of the width, right of the scale."""
    return _LEFT + (100 - _LEFT) * index / len(months)


def _height(share: float) -> float:
    """Return how far down the plot a share from 0 to 1 stands, in pixels."""
    return _ABOVE + (1 - share) * _PLOT_HEIGHT


def _gridline(share: float, label: str) -> Markup:
    return Markup(
        '<line class="grid" x1="{x}%" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        '<text class="tick" x="0" y="{text:.1f}">{label}</text>'
    ).format(x=_LEFT, y=_height(share), text=_height(share) + 4, label=label)


def _over_time(parts: list[Markup], months: Sequence[Group], label: str) -> Markup:
    every = -(-len(months) // _MOST_LABELS)
    text = Markup('<text class="tick middle" x="{x:.2f}%" y="{y}">{label}</text>')
    labels = [
        text.format(
            x=_place(index + 0.5, months),
            y=_ABOVE + _PLOT_HEIGHT + 18,
            label=months[index].label,
        )
        for index in range(every // 2, len(months), every)
    ]
    height = _ABOVE + _PLOT_HEIGHT + _BELOW
    return _plot(Markup("").join([*parts, *labels]), label, "months", height)


def round_step(highest: int) -> int:
    """Return a step of 1, 2 or 5 times a power of ten that gives at most five gridlines."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 5 * factor * step:
                return factor * step
        step *= 10
