"""Bracket: regions in rows, a mark for each closure or model, a line over their range."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from iomodel.report.figures.canvas import key_above, signed
from iomodel.report.figures.palette import BAND, GREY, SERIES, SMALL, TEXT
from iomodel.report.figures.rows import Block, draw_headings, finish_rows
from iomodel.report.numbers import digits, finite

__all__ = ["draw_bracket"]

# Keeps a value readable where it crosses a line.
HALO = [withStroke(linewidth=2.5, foreground="white")]
SPREAD = 0.24
EDGE: dict[str, Any] = {"mec": "white", "mew": 0.8}
MARKERS = ("o", "o", "s", "s", "D", "^", "v")


@dataclass(frozen=True)
class Marks:
    """Colour, marker and vertical offset of each series.

    Attributes
    ----------
    colours, markers : mapping of str to str
    offsets : mapping of str to float
        In rows: marks that fall on each other stay visible if the series are many.
    """

    colours: Mapping[str, str]
    markers: Mapping[str, str]
    offsets: Mapping[str, float]

    @classmethod
    def of(cls, series: Sequence[str], *, apart: bool) -> Marks:
        """Return the marks of some series, in their order; `apart` where they have bands."""
        steps = np.zeros(2)
        if len(series) > 2 or (apart and len(series) > 1):
            steps = np.linspace(-SPREAD, SPREAD, len(series)) * (1.0 if len(series) > 2 else 0.7)
        return cls(
            {name: SERIES[k % len(SERIES)] for k, name in enumerate(series)},
            {name: MARKERS[k % len(MARKERS)] for k, name in enumerate(series)},
            {name: float(steps[k]) for k, name in enumerate(series)},
        )


def draw_bracket(
    axes: Axes,
    blocks: Sequence[Block],
    *,
    ends: bool = True,
    outside: Collection[str] = (),
    ranges: bool = False,
) -> None:
    """Draw the rows of all blocks.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    blocks : sequence of Block
    ends : bool
        Whether to write the lowest and the highest value of each row beside it.
    outside : collection of str
        Series that are marks only: no end of the line.
    ranges : bool
        Whether rows with bands have the line over their values too.
    """
    rows = [row for block in blocks for row in block.rows.values()]
    bands = {label: band for block in blocks for label, band in block.bands.items() if band}
    marks = Marks.of(list(dict.fromkeys(name for row in rows for name in row)), apart=bool(bands))
    values = finite(
        [value for row in rows for value in row.values()]
        + [end for band in bands.values() for pair in band.values() for end in pair]
    )
    low, high = min(values.min(initial=0), 0), max(values.max(initial=0), 0)
    span = (high - low) or 1.0
    heights, labels = [], []
    for y, label, row in draw_headings(axes, blocks):
        heights.append(y)
        labels.append(label)
        defined = {k: v for k, v in row.items() if np.isfinite(v)}
        if not defined:
            axes.text(0, y, "no answer", fontsize=SMALL, color=GREY, va="center")
            continue
        band = bands.get(label, {})
        ranged = {k: v for k, v in defined.items() if k not in outside} or defined
        if band and ranges:
            _draw_range(axes, y, ranged, marks)
        if band:
            _draw_bands(axes, y, defined, band, marks)
        else:
            _draw_range(axes, y, ranged, marks)
            _draw_marks(axes, y, defined, marks)
        if ends:
            _write_ends(axes, y, ranged, band, marks.colours, span, digits(values))
    _draw_key(axes, marks)
    finish_rows(axes, heights, labels, low - 0.17 * span, high + 0.17 * span)


def _draw_range(axes: Axes, y: float, values: Mapping[str, float], marks: Marks) -> None:
    """Draw the line over the values of one row; a value alone is measured from zero."""
    ends = [*values.values(), *([0.0] if len(marks.colours) == 1 else [])]
    axes.plot([min(ends), max(ends)], [y, y], color=BAND, lw=3.2, solid_capstyle="round")


def _draw_marks(axes: Axes, y: float, values: Mapping[str, float], marks: Marks) -> None:
    for k, value in values.items():
        height, colour = y + marks.offsets[k], marks.colours[k]
        axes.plot(value, height, marks.markers[k], color=colour, ms=7.5, **EDGE)


def _draw_bands(
    axes: Axes,
    y: float,
    values: Mapping[str, float],
    bands: Mapping[str, tuple[float, float]],
    marks: Marks,
) -> None:
    """Draw the marks of one row, each on its band."""
    for k, value in values.items():
        height, colour = y + marks.offsets[k], marks.colours[k]
        if k in bands:
            axes.plot(
                bands[k], [height, height], color=colour, lw=3.2, alpha=0.35,
                solid_capstyle="round",
            )  # fmt: skip
        axes.plot(value, height, marks.markers[k], color=colour, ms=5.5, **EDGE)


def _write_ends(
    axes: Axes,
    y: float,
    values: Mapping[str, float],
    bands: Mapping[str, tuple[float, float]],
    colours: Mapping[str, str],
    span: float,
    decimals: int,
) -> None:
    """Write the extremes outside the line, or one value for a single mark.

    Where there are bands, outside of them.
    """
    inside = [*values.values(), *(end for pair in bands.values() for end in pair)]
    lowest = min(values, key=lambda k: values[k])
    highest = max(values, key=lambda k: values[k])
    style: dict[str, Any] = {"fontsize": TEXT - 1.0, "va": "center", "path_effects": HALO}
    single = lowest == highest
    for name, side, align, away_from_zero in (
        (lowest, -1.0, "right", values[lowest] < 0),
        (highest, 1.0, "left", values[lowest] >= 0),
    ):
        if not single or away_from_zero:
            edge = values[name]
            if bands:
                edge = min(inside) if side < 0.0 else max(inside)
            x, text = edge + side * 0.022 * span, signed(values[name], decimals)
            axes.text(x, y, text, ha=align, color=colours[name], **style)


def _draw_key(axes: Axes, marks: Marks) -> None:
    """Name the series above the rows, if there are several."""
    if len(marks.colours) < 2:
        return
    handles = [
        axes.plot([], [], marks.markers[k], color=colour, ms=7.5, label=k, **EDGE)[0]
        for k, colour in marks.colours.items()
    ]
    key_above(
        axes, handles=handles, ncols=3 if len(marks.colours) > 2 else 2, fontsize=TEXT,
        handletextpad=0.1, columnspacing=1.4, labelcolor=list(marks.colours.values()),
    )  # fmt: skip
