"""Our estimates by model and elasticity beside the published range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iomodel.report.figures.canvas import (
    GREY,
    INK,
    MARGIN,
    SERIES,
    SMALL,
    TEXT,
    Chart,
    label_width,
    percent_axis,
    percent_tick,
    sheet,
    signed,
)

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
    by_scenario = [part for _, part in ours.groupby("scenario", sort=False)]
    groups = [g for part in by_scenario for g in part.groupby(["scenario", "model"], sort=False)]
    own = [f"{scenario}, {model}" for (scenario, model), _ in groups]
    others = [f"{r['study']} ({r['scope']})" for r in published.to_dict("records")]
    keys = [*own, *others]
    page = sheet(
        9.4,
        (len(keys) + 3.2) * LINE + 0.5,
        title or "Our estimates and the published range",
        "Loss of real income or GDP, percent: ours for the world, a dot per set of elasticities; "
        "others as published",
        stands_on,
    )
    left = MARGIN + label_width(keys, TEXT - 1.0)
    axes = page.axes(left, page.width - MARGIN - 0.3, 0.1, 0.42)
    places, y = [], 0.0
    scenarios = list(dict.fromkeys(str(key[0]) for key, _ in groups))
    for k, ((scenario, _), part) in enumerate(groups):
        losses = -part["world_pct"].to_numpy(dtype=np.float64)
        colour = SERIES[scenarios.index(str(scenario)) % len(SERIES)]
        axes.plot([losses.min(), losses.max()], [y, y], color="#B9C0C9", lw=3.0, zorder=1)
        axes.plot(losses, np.full(len(losses), y), "o", color=colour, ms=6.0, mec="white", mew=0.7)
        words = f"{signed(float(losses.min()), 1)} to {signed(float(losses.max()), 1)}"
        axes.text(losses.max() + 0.2, y, words.replace("+", ""), va="center", fontsize=SMALL)
        places.append(y)
        y += 1.0 + (0.4 if k + 1 < len(groups) and groups[k + 1][0][0] != scenario else 0.0)
    y += 0.8
    for row in published.to_dict("records"):
        low, high, upper = float(row["low"]), float(row["high"]), row["bound"] == "upper"
        if upper:
            axes.plot([0, high], [y, y], color="#B9C0C9", lw=1.2, ls=":")
        axes.plot([low, high], [y, y], color=GREY, lw=3.0, solid_capstyle="round")
        axes.plot([low, high], [y, y], "s", color=INK, ms=5.0, mec="white", mew=0.7)
        said = f"{low:g} to {high:g}" if low != high else f"{high:g}"
        said = f"up to {said}" if upper else said
        axes.text(high + 0.2, y, said, va="center", fontsize=SMALL)
        places.append(y)
        y += 1.0
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_yticks(places, keys)
    axes.tick_params(axis="y", labelsize=TEXT - 1.0)
    axes.set_ylim(y - 0.3, -0.7)
    axes.set_xlim(-0.2, max(published["high"].max(), (-ours["world_pct"]).max()) * 1.16)
    percent_axis(axes, lambda v, p: percent_tick(v, p).lstrip("+"))
    return page.chart
