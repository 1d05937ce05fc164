"""Fan chart of draws: the median as a line, intervals as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.ticker import MaxNLocator

from iomodel.errors import IOModelError
from iomodel.report.figures.canvas import MARGIN, Chart, percent_tick, sheet, signed
from iomodel.report.figures.palette import FAINT, GREY, INK, SERIES, SMALL, TEXT

__all__ = ["fan"]

LEVELS = (0.9, 0.5)


def fan(
    draws: Mapping[str, xr.DataArray],
    along: str,
    words: str,
    stands_on: Sequence[str] = (),
    title: str = "",
) -> Chart:
    """Draw the spread of draws along one dimension.

    Parameters
    ----------
    draws : mapping of str to DataArray
        Name of the series to percentages over (draw, `along`).
    along : str
        The dimension of the horizontal axis, numeric: years, or the size of a shock.
    words : str
        Subtitle: the variable, and the horizontal axis.
    stands_on : sequence of str
    title : str

    Returns
    -------
    Chart

    Raises
    ------
    IOModelError
        If there is nothing to draw, or a series lacks a dimension.
    """
    if not draws:
        raise IOModelError("a fan needs at least one series of draws")
    for name, values in draws.items():
        if set(values.dims) != {"draw", along}:
            raise IOModelError(f"series {name!r} has dimensions {values.dims}; needs draw, {along}")
    inner, outer = f"{100 * LEVELS[1]:g}", f"{100 * LEVELS[0]:g}"
    page = sheet(
        8.2,
        4.2,
        title or "How wide the answer is",
        f"{words}: median, and the middle {inner} and {outer} percent of draws",
        stands_on,
    )
    axes = page.axes(MARGIN + 0.55, page.width - 1.5, 0.15, 0.5)
    for k, (name, values) in enumerate(draws.items()):
        colour = SERIES[k % len(SERIES)]
        x = np.asarray(values[along].values, dtype=np.float64)
        cells = values.transpose("draw", along).values
        for level, shade in zip(LEVELS, (0.16, 0.3), strict=True):
            low, high = np.quantile(cells, [(1 - level) / 2, (1 + level) / 2], axis=0)
            axes.fill_between(x, low, high, color=colour, alpha=shade, lw=0)
        middle = np.median(cells, axis=0)
        axes.plot(x, middle, color=colour, lw=2.0)
        axes.annotate(
            f"{name}\n{signed(float(middle[-1]), 1)}", (x[-1], middle[-1]), (6, 0),
            textcoords="offset points", va="center", fontsize=TEXT - 1.0, color=colour,
        )  # fmt: skip
    axes.axhline(0, color=INK, lw=0.9)
    axes.yaxis.grid(visible=True, color=FAINT, lw=0.8)
    axes.tick_params(colors=GREY, labelsize=SMALL)
    axes.yaxis.set_major_formatter(percent_tick)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
    return page.chart
