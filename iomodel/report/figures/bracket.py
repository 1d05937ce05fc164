"""Regions in rows, a dot for each closure or model, a line over the range between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from iomodel.effects.tables import WORLD
from iomodel.report.figures.canvas import GREY, INK, SERIES, SMALL, TEXT, percent_axis, signed
from iomodel.report.headline import digits, finite
from iomodel.report.names import region_name

__all__ = ["Block", "draw_bracket", "lines_needed"]

# Keeps a value readable where it crosses a line.
HALO = [withStroke(linewidth=2.5, foreground="white")]
SPREAD = 0.24
EDGE: dict[str, Any] = {"mec": "white", "mew": 0.8}
MARKERS = ("o", "o", "s", "s", "D", "^", "v")


@dataclass(frozen=True)
class Block:
    """Rows under one heading.

    Attributes
    ----------
    heading : str
        Empty for none.
    rows : mapping of str to mapping of str to float
        Label of the row to the value of each series, in percent.
    """

    heading: str
    rows: Mapping[str, Mapping[str, float]]


def lines_needed(blocks: Sequence[Block]) -> float:
    """Return the height of the chart in lines of text."""
    return sum(len(b.rows) + (1.1 if b.heading else 0) + 0.3 for b in blocks) + 0.6


def draw_bracket(axes: Axes, blocks: Sequence[Block], *, ends: bool = True) -> None:
    """Draw the rows of all blocks.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    blocks : sequence of Block
    ends : bool
        Whether to write the lowest and the highest value of each row beside it.
    """
    series = list(dict.fromkeys(k for b in blocks for row in b.rows.values() for k in row))
    colours = {name: SERIES[k % len(SERIES)] for k, name in enumerate(series)}
    markers = {name: MARKERS[k % len(MARKERS)] for k, name in enumerate(series)}
    many = len(series) > 2
    # Marks that fall on each other stay visible where there are many.
    steps = np.linspace(-SPREAD, SPREAD, len(series)) if many else np.zeros(len(series))
    shift = dict(zip(series, steps, strict=True))
    values = finite([v for b in blocks for row in b.rows.values() for v in row.values()])
    decimals = digits(values)
    low, high = min(values.min(initial=0), 0), max(values.max(initial=0), 0)
    span = (high - low) or 1.0
    places, labels, y = [], [], 0.0
    for block in blocks:
        if block.heading:
            y += 1.1
            axes.text(
                -0.012, y - 0.05, block.heading, fontsize=SMALL + 0.6, color=GREY, va="center",
                ha="right", transform=axes.get_yaxis_transform(), fontstyle="italic",
            )  # fmt: skip
        for name, row in block.rows.items():
            y += 1
            places.append(y)
            labels.append(name)
            drawn = {k: v for k, v in row.items() if np.isfinite(v)}
            if not drawn:
                axes.text(0, y, "no answer", fontsize=SMALL, color=GREY, va="center")
                continue
            # A value alone is measured from zero.
            ends_at = [*drawn.values(), *([0.0] if len(series) == 1 else [])]
            left, right = min(ends_at), max(ends_at)
            axes.plot([left, right], [y, y], color="#B9C0C9", lw=3.2, solid_capstyle="round")
            for k, v in drawn.items():
                axes.plot(v, y + shift[k], markers[k], color=colours[k], ms=7.5, **EDGE)
            if ends:
                _write_ends(axes, y, drawn, colours, span, decimals)
        y += 0.3
    _key(axes, series, colours, markers, blocks, many)
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_yticks(places, labels)
    for text in axes.get_yticklabels():
        text.set_fontweight("bold" if text.get_text() == region_name(WORLD) else "normal")
    axes.set_ylim(y + 0.35, 0.1)
    axes.set_xlim(low - 0.17 * span, high + 0.17 * span)
    percent_axis(axes)


def _write_ends(
    axes: Axes,
    y: float,
    drawn: Mapping[str, float],
    colours: Mapping[str, str],
    span: float,
    places: int,
) -> None:
    """Write the extremes outside the line; one value where the range is too narrow for two."""
    first = min(drawn, key=lambda k: drawn[k])
    last = max(drawn, key=lambda k: drawn[k])
    gap = 0.022 * span
    style: dict[str, Any] = {"fontsize": TEXT - 1.0, "va": "center", "path_effects": HALO}
    single = first == last
    if not single or drawn[first] < 0:
        axes.text(
            drawn[first] - gap,
            y,
            signed(drawn[first], places),
            ha="right",
            color=colours[first],
            **style,
        )
    if not single or drawn[first] >= 0:
        axes.text(
            drawn[last] + gap,
            y,
            signed(drawn[last], places),
            ha="left",
            color=colours[last],
            **style,
        )


def _key(
    axes: Axes,
    series: Sequence[str],
    colours: Mapping[str, str],
    markers: Mapping[str, str],
    blocks: Sequence[Block],
    many: bool,
) -> None:
    """Name the series above the rows: at their own dots where there are two."""
    if len(series) < 2:
        return
    handles = [
        axes.plot([], [], markers[k], color=colours[k], ms=7.5, label=k, **EDGE)[0] for k in series
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3 if many else 2,
        frameon=False, fontsize=TEXT, handletextpad=0.1, columnspacing=1.4, borderaxespad=0,
        labelcolor=list(colours.values()),
    )  # fmt: skip
