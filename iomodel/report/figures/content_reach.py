"""Figure of the reach of a content rule: trade by threshold and by exporter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.figures.palette import BLUE, FAINT, GREY, INK, ORANGE, SMALL, TEXT
from iomodel.report.names import region_name
from iomodel.report.provenance import reach_identity

if TYPE_CHECKING:
    from iomodel.scenario.reach import ContentReach

__all__ = ["reach_figure"]

BARS = 10
BAR_HEIGHT = 0.3


def reach_figure(reach: ContentReach, title: str) -> Chart:
    """Draw trade by threshold on the left, restricted trade by exporter on the right.

    Parameters
    ----------
    reach : ContentReach
    title : str

    Returns
    -------
    Chart
    """
    rule = reach.rule
    body = BARS * BAR_HEIGHT + 1.35
    page = sheet(
        11.4,
        body,
        title,
        f"Trade of third countries by content: at {100 * rule.threshold:g}% of value and more it "
        "falls under the rule",
        [reach_identity(reach)],
    )
    middle = 5.4
    _curve(page.axes(0.95, middle - 0.35, 0.25, 0.6), reach)
    exporters = reach.by_exporter().head(BARS)
    exporters = exporters[exporters["trade"] > 0]
    names = [region_name(str(r)) for r in exporters.index]
    axes = page.axes(middle + label_width(names), page.width - MARGIN - 0.9, 0.25, 0.6)
    _bars(axes, names, exporters, reach.unit)
    return page.chart


# ---------------------------------------------------------------------- helpers
def _curve(axes: Axes, reach: ContentReach) -> None:
    """Draw the share of trade above each level of content, for both ways of counting."""
    trade = reach.caught.trade.sum(axis=2).reshape(-1)
    total = trade.sum()
    for content, colour, words in (
        (reach.caught.embodied, BLUE, "whole chain"),
        (reach.caught.direct, ORANGE, "own purchases alone"),
    ):
        order = np.argsort(-content.reshape(-1), kind="stable")
        level = content.reshape(-1)[order]
        positive = level > 0
        share = 100.0 * np.cumsum(trade[order]) / (total or 1.0)
        axes.step(
            100.0 * level[positive], share[positive], where="post", color=colour, lw=2, label=words
        )
    axes.axvline(100.0 * reach.rule.threshold, color=INK, lw=0.9, ls=":")
    axes.set_xscale("log")
    axes.set_xlim(1e-3, 100)
    axes.set_ylim(0, 102)
    axes.set_xlabel("content, percent of value (log scale)", fontsize=SMALL, color=GREY)
    axes.set_ylabel("percent of trade with at least that content", fontsize=SMALL, color=GREY)
    axes.grid(visible=True, color=FAINT, lw=0.8)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    axes.tick_params(colors=GREY, labelsize=SMALL)
    axes.legend(frameon=False, fontsize=TEXT, loc="upper right")


def _bars(axes: Axes, names: list[str], frame: pd.DataFrame, unit: str) -> None:
    y = np.arange(len(names))
    values = frame["trade"].to_numpy(dtype=np.float64)
    axes.barh(y, values, height=0.66, color=BLUE)
    span = float(values.max(initial=0.0)) or 1.0
    style: dict[str, Any] = {"fontsize": SMALL, "va": "center", "color": INK}
    for at, (value, share) in enumerate(zip(values, frame["share_pct"], strict=True)):
        axes.text(value + 0.015 * span, at, f"{value:,.0f} ({share:.0f}%)", **style)
    axes.set_yticks(y, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, span)
    axes.set_xticks([])
    axes.set_xlabel(
        f"{unit} under the rule, and percent of the exporter's trade in reach",
        fontsize=SMALL,
        color=GREY,
    )
