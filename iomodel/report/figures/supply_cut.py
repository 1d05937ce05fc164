"""Figure of a supply cut: methods in rows, losses on a logarithmic axis."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from iomodel.effects.tables import WORLD
from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.figures.palette import BLUE, FAINT, GREY, INK, ORANGE, SERIES, SMALL, TEXT
from iomodel.report.names import region_name
from iomodel.report.numbers import few_digits
from iomodel.report.provenance import table_identity
from iomodel.studies.cut_cases import FAMILIES

if TYPE_CHECKING:
    from iomodel.studies.supply_cuts import CutBracket

__all__ = ["CutPlots"]

CASE_HEIGHT = 0.262
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

        The upper axis counts losses in multiples of yearly expenditure on restricted imports.

        Returns
        -------
        Chart
        """
        bracket = self._bracket
        effects, focus, frame = bracket.ensemble.first, bracket.focus, bracket.losses()
        y, account, place = _heights(frame), bracket.account(focus), region_name(focus)
        cost = few_digits(100.0 * account["expenditure"] / account["gdp"])
        page = sheet(
            13.2,
            (max(y) + 1.0) * CASE_HEIGHT + 1.35,
            effects.scenario_title,
            f"Change of GDP in percent, {place} as dots: methods differ in what they let people do "
            f"about it. Expenditure on restricted imports is {cost}% of GDP.",
            [table_identity(effects.dataset.attrs)],
        )
        left_edge = MARGIN + label_width([f"  {name}" for _, name in frame.index])
        middle = 7.4
        axes = page.axes(left_edge, middle, 0.62, 0.5)
        _dots(axes, frame, focus, y)
        _multiples(axes, account, place)
        axes.set_xlabel(f"{place}, loss of GDP in percent (log scale)", fontsize=SMALL, color=GREY)
        numbers = page.axes(middle + 0.15, page.width - MARGIN, 0.62, 0.5)
        _numbers(numbers, frame, y)
        return page.chart


# ---------------------------------------------------------------------- helpers
def _heights(frame: pd.DataFrame) -> list[float]:
    """Return the height of every row, with room for a heading above each family."""
    families = [family for family, _ in frame.index]
    steps = [
        1.0 if family == above else 2.25
        for family, above in zip(families, ["", *families], strict=False)
    ]
    return list(accumulate(steps))


def _dots(axes: Axes, frame: pd.DataFrame, focus: str, y: list[float]) -> None:
    loss = -frame[focus].to_numpy(dtype=np.float64)
    positive = loss[np.isfinite(loss) & (loss > FLOOR)]
    low = 10.0 ** np.floor(np.log10(positive.min(initial=1.0)))
    high = 10.0 ** np.ceil(np.log10(positive.max(initial=1.0) * 1.5))
    axes.set_xscale("log")
    axes.set_xlim(low / 2, high)
    family_above = ""
    for (family, _), value, at in zip(frame.index, loss, y, strict=True):
        if family != family_above:
            axes.text(
                0.0, at - 1.0, FAMILIES[family], fontsize=TEXT - 0.6, color=COLOURS[family],
                fontweight="bold", va="center", transform=axes.get_yaxis_transform(),
            )  # fmt: skip
            family_above = family
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


def _multiples(axes: Axes, account: dict[str, float], place: str) -> None:
    """Draw the upper axis: losses in multiples of expenditure on restricted imports."""
    if not account["expenditure"] > 0:
        return
    scale = account["gdp"] / account["expenditure"] / 100.0
    to_multiple, to_percent = partial(np.multiply, scale), partial(np.multiply, 1.0 / scale)
    upper = axes.secondary_xaxis("top", functions=(to_multiple, to_percent))
    upper.set_xlabel(
        f"times yearly expenditure on restricted imports, {place}", fontsize=SMALL, color=GREY
    )
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
