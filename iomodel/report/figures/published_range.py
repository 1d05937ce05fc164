"""Estimates by model and elasticity beside the published range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from iomodel.report.figures.canvas import (
    MARGIN,
    Chart,
    label_width,
    percent_axis,
    percent_tick,
    sheet,
    signed,
)
from iomodel.report.figures.palette import BAND, GREY, INK, SERIES, SMALL, TEXT
from iomodel.typing import Float

__all__ = ["estimates_chart"]

LINE = 0.29


def estimates_chart(
    ours: pd.DataFrame, published: pd.DataFrame, stands_on: Sequence[str] = (), title: str = ""
) -> Chart:
    """Draw our estimates, a dot for each set of elasticities, over the published ones.

    Parameters
    ----------
    ours : DataFrame
        From :func:`iomodel.studies.decoupling.our_estimates`.
    published : DataFrame
        From :func:`iomodel.studies.decoupling.published_estimates`.
    stands_on : sequence of str
    title : str

    Returns
    -------
    Chart
    """
    by_scenario = [frame for _, frame in ours.groupby("scenario", sort=False)]
    groups = [g for frame in by_scenario for g in frame.groupby(["scenario", "model"], sort=False)]
    names = [(str(scenario), str(model)) for (scenario, model), _ in groups]
    labels = [
        *(f"{scenario}, {model}" for scenario, model in names),
        *(f"{r['study']} ({r['scope']})" for r in published.to_dict("records")),
    ]
    page = sheet(
        9.4,
        (len(labels) + 3.2) * LINE + 0.5,
        title or "Our estimates and the published range",
        "Loss of real income or GDP, percent: ours for the world, a dot per set of elasticities; "
        "others as published",
        stands_on,
    )
    left_edge = MARGIN + label_width(labels, TEXT - 1.0)
    axes = page.axes(left_edge, page.width - MARGIN - 0.3, 0.1, 0.42)
    heights, y = [], 0.0
    scenarios = list(dict.fromkeys(scenario for scenario, _ in names))
    for k, (scenario, _) in enumerate(names):
        losses = -groups[k][1]["world_pct"].to_numpy(dtype=np.float64)
        _draw_ours(axes, y, losses, SERIES[scenarios.index(scenario) % len(SERIES)])
        heights.append(y)
        y += 1.0 + (0.4 if k + 1 < len(names) and names[k + 1][0] != scenario else 0.0)
    y += 0.8
    for row in published.to_dict("records"):
        _draw_published(axes, y, float(row["low"]), float(row["high"]), row["bound"] == "upper")
        heights.append(y)
        y += 1.0
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_yticks(heights, labels)
    axes.tick_params(axis="y", labelsize=TEXT - 1.0)
    axes.set_ylim(y - 0.3, -0.7)
    axes.set_xlim(-0.2, max(published["high"].max(), (-ours["world_pct"]).max()) * 1.16)
    percent_axis(axes, lambda v, p: percent_tick(v, p).lstrip("+"))
    return page.chart


def _draw_ours(axes: Axes, y: float, losses: Float, colour: str) -> None:
    """Draw our losses of one model, a dot per set of elasticities."""
    low, high = float(losses.min()), float(losses.max())
    axes.plot([low, high], [y, y], color=BAND, lw=3.0, zorder=1)
    axes.plot(losses, np.full(len(losses), y), "o", color=colour, ms=6.0, mec="white", mew=0.7)
    words = f"{signed(low, 1)} to {signed(high, 1)}".replace("+", "")
    axes.text(high + 0.2, y, words, va="center", fontsize=SMALL)


def _draw_published(axes: Axes, y: float, low: float, high: float, upper: bool) -> None:
    """Draw a published range; dotted from zero if it is an upper bound."""
    if upper:
        axes.plot([0, high], [y, y], color=BAND, lw=1.2, ls=":")
    axes.plot([low, high], [y, y], color=GREY, lw=3.0, solid_capstyle="round")
    axes.plot([low, high], [y, y], "s", color=INK, ms=5.0, mec="white", mew=0.7)
    words = f"{low:g} to {high:g}" if low != high else f"{high:g}"
    axes.text(high + 0.2, y, f"up to {words}" if upper else words, va="center", fontsize=SMALL)
