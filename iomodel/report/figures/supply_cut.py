"""Figure of the bracket of a supply cut: methods in rows, losses on a logarithmic axis."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from iomodel.effects.tables import WORLD
from iomodel.report.cut_text import few_digits
from iomodel.report.figures.canvas import (
    BLUE,
    FAINT,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    SERIES,
    SMALL,
    TEXT,
    Chart,
    label_width,
    sheet,
)
from iomodel.report.headline import table_identity
from iomodel.report.names import region_name
from iomodel.studies.cut_cases import FAMILIES

if TYPE_CHECKING:
    from iomodel.studies.supply_cuts import CutBracket

__all__ = ["CutPlots"]

LINE = 0.262
# Losses below this are drawn at the edge: a hundred-thousandth of a percent is nothing.
FLOOR = 1e-5
COLOURS = {
    "accounting": GREY,
    "prices": SERIES[4],
    "equilibrium": BLUE,
    "allocation": SERIES[2],
    "stocks": SERIES[5],
    "bottleneck": ORANGE,
    "other": INK,
}


class CutPlots:
    """Figures of a supply cut; reach it as ``bracket.plot``.

    Parameters
    ----------
    bracket : CutBracket
    """

    def __init__(self, bracket: CutBracket) -> None:
        self._bracket = bracket

    def bracket(self) -> Chart:
        """Draw one row per run: the loss of one region on a log axis, all regions as numbers.

        The axis above counts in multiples of the yearly bill for what is cut.

        Returns
        -------
        Chart
        """
        bracket = self._bracket
        frame = bracket.losses()
        focus = bracket.focus
        own = bracket.account(focus)
        y, cost = _heights(frame), 100.0 * own["bill"] / own["gdp"]
        first = bracket.comparison.first
        place = region_name(focus)
        page = sheet(
            13.2,
            (max(y) + 1.0) * LINE + 1.35,
            first.scenario_title,
            f"Change of GDP in percent, {place} as dots: methods differ in what they let people do "
            f"about it. The bill for what is cut is {few_digits(cost)}% of GDP.",
            [table_identity(first.dataset.attrs)],
        )
        left = MARGIN + label_width([f"  {name}" for _, name in frame.index])
        middle = 7.4
        axes = page.axes(left, middle, 0.62, 0.5)
        _dots(axes, frame, focus, y)
        _above(axes, own, place)
        axes.set_xlabel(f"{place}, loss of GDP in percent (log scale)", fontsize=SMALL, color=GREY)
        numbers = page.axes(middle + 0.15, page.width - MARGIN, 0.62, 0.5)
        _numbers(numbers, frame, y)
        return page.chart


# ---------------------------------------------------------------------- helpers
def _heights(frame: pd.DataFrame) -> list[float]:
    """Return the place of every row, with room for a heading above each family."""
    places, at, last = [], 0.0, ""
    for family, _ in frame.index:
        at += 2.25 if family != last else 1.0
        last = family
        places.append(at)
    return places


def _dots(axes: Axes, frame: pd.DataFrame, focus: str, y: list[float]) -> None:
    loss = -frame[focus].to_numpy(dtype=np.float64)
    seen = loss[np.isfinite(loss) & (loss > FLOOR)]
    low = 10.0 ** np.floor(np.log10(seen.min(initial=1.0)))
    high = 10.0 ** np.ceil(np.log10(seen.max(initial=1.0) * 1.5))
    axes.set_xscale("log")
    axes.set_xlim(low / 2, high)
    last = ""
    for (family, _), value, at in zip(frame.index, loss, y, strict=True):
        if family != last:
            axes.text(
                0.0, at - 1.0, FAMILIES[family], fontsize=TEXT - 0.6, color=COLOURS[family],
                fontweight="bold", va="center", transform=axes.get_yaxis_transform(),
            )  # fmt: skip
            last = family
        if not np.isfinite(value):
            continue
        if value > FLOOR:
            axes.plot([low / 2, value], [at, at], color=COLOURS[family], lw=1.2, alpha=0.35)
            axes.plot(value, at, "o", color=COLOURS[family], ms=8, mec="white", mew=0.8)
        else:
            words = "no loss" if value > -FLOOR else "gain"
            axes.text(low / 1.8, at, words, fontsize=SMALL, color=GREY, va="center")
    axes.set_yticks(y, [str(label) for _, label in frame.index])
    axes.set_ylim(max(y) + 0.8, 0.2)
    axes.xaxis.grid(visible=True, color=FAINT, lw=0.8)
    axes.tick_params(axis="x", which="both", colors=GREY, labelsize=SMALL)
    axes.xaxis.set_major_formatter(lambda value, _: f"{few_digits(value, 1)}%")
    axes.minorticks_off()


def _above(axes: Axes, own: dict[str, float], place: str) -> None:
    """Count the same losses in multiples of the bill."""
    if not own["bill"] > 0:
        return
    scale = own["gdp"] / own["bill"] / 100.0
    there, back = partial(np.multiply, scale), partial(np.multiply, 1.0 / scale)
    upper = axes.secondary_xaxis("top", functions=(there, back))
    upper.set_xlabel(f"times the yearly bill of {place}", fontsize=SMALL, color=GREY)
    upper.tick_params(length=0, colors=GREY, labelsize=SMALL)
    upper.xaxis.set_major_formatter(lambda value, _: f"{few_digits(value, 1)} x")
    upper.minorticks_off()
    for side in upper.spines.values():
        side.set_visible(False)


def _numbers(axes: Axes, frame: pd.DataFrame, y: list[float]) -> None:
    """Write the change in every region beside the dots."""
    axes.set_ylim(max(y) + 0.8, 0.2)
    axes.set_xlim(0, len(frame.columns))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.patch.set_visible(False)
    style: dict[str, Any] = {"fontsize": TEXT - 0.8, "ha": "right", "va": "center"}
    for k, name in enumerate(frame.columns):
        head = region_name(WORLD) if name == WORLD else str(name)
        axes.text(k + 0.95, 0.45, head, color=INK, fontweight="bold", **style)
        for value, at in zip(frame[name].to_numpy(dtype=np.float64), y, strict=True):
            words = few_digits(float(value)).replace("-", "\N{MINUS SIGN}")
            axes.text(k + 0.95, at, words, color=INK if value < 0 else GREY, **style)
