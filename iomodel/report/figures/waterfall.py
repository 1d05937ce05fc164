"""Waterfall charts of a decomposition: one bar for each assumption."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from iomodel.effects.tables import WORLD
from iomodel.report.figures.canvas import (
    MARGIN,
    Chart,
    key_above,
    label_width,
    percent_axis,
    sheet,
    signed,
)
from iomodel.report.figures.palette import BLUE, GREY, INK, ORANGE, SERIES, SMALL, TEXT
from iomodel.report.names import PAPER_REGIONS, region_name
from iomodel.typing import Float

__all__ = ["STEP_WORDS", "contributions", "step_words", "waterfall"]

LINE = 0.36
WHOLE = "Together"
STEP_WORDS: Mapping[str, str] = {
    "start": "US-China embargo, no linkages",
    "linkages": "Input-output linkages",
    "blocs": "Two blocs, duties between them",
    "elasticities": "Lower trade elasticities",
    "production": "Leontief nests, profits on sales",
    "horizon": "Capital and labour, sum of years",
    "diffusion": "Diffusion of ideas",
    "barriers": "Non-tariff costs",
    "last-year": "Last year in place of the sum",
}


def waterfall(ladder: xr.Dataset, region: str = WORLD, title: str = "") -> Chart:
    """Draw the contribution of each assumption to the loss of one region.

    Parameters
    ----------
    ladder : Dataset
        From :func:`iomodel.studies.decoupling.decompose`.
    region : str
    title : str

    Returns
    -------
    Chart
    """
    income = ladder["real_income_pct"].sel(region=region).values
    steps = [str(s) for s in ladder["step"].values]
    labels = [*(step_words(s) for s in steps), WHOLE]
    page = sheet(
        8.6,
        (len(labels) + 0.6) * LINE + 0.6,
        title or "What makes up the loss from decoupling",
        f"Real income, {_name(region)}, percent: what each assumption adds to those above it",
        _provenance(ladder),
    )
    left_edge = MARGIN + label_width(labels)
    _draw(page.axes(left_edge, page.width - MARGIN, 0.1, 0.42), labels, income)
    return page.chart


def contributions(ladder: xr.Dataset, regions: Sequence[str] = (), title: str = "") -> Chart:
    """Draw the contributions of all assumptions, stacked, one row per region.

    Parameters
    ----------
    ladder : Dataset
        From :func:`iomodel.studies.decoupling.decompose`.
    regions : sequence of str
        Default: all, the largest loss first, the world above.
    title : str

    Returns
    -------
    Chart
    """
    whole = ladder["real_income_pct"].isel(step=-1)
    order = [str(r) for r in ladder["region"].values[np.argsort(whole.values, kind="stable")]]
    rows = list(regions) or [WORLD, *(r for r in order if r != WORLD)]
    labels = [_name(r) for r in rows]
    steps = [str(s) for s in ladder["step"].values]
    key_lines = -(-len(steps) // 3)
    page = sheet(
        8.6,
        (len(rows) + 0.6) * 0.3 + 0.5 + 0.24 * key_lines,
        title or "What makes up the loss, by region",
        "Real income, percent: contributions in the order of the key; a dot marks the whole",
        _provenance(ladder),
    )
    left_edge = MARGIN + label_width(labels)
    axes = page.axes(left_edge, page.width - MARGIN, 0.12 + 0.24 * key_lines, 0.42)
    contribution = ladder["contribution_pct"].sel(region=rows).values
    y = np.arange(len(rows))
    below, above = np.zeros(len(rows)), np.zeros(len(rows))
    for k, step in enumerate(steps):
        width = contribution[k]
        start = np.where(width < 0.0, below, above)
        colour = SERIES[k % len(SERIES)]
        axes.barh(y, width, 0.62, left=start, color=colour, label=step_words(step), lw=0)
        below, above = below + np.minimum(width, 0.0), above + np.maximum(width, 0.0)
    axes.plot(whole.sel(region=rows).values, y, "o", color="white", ms=5.5, mec=INK, mew=1.2)
    key_above(axes, ncols=3, fontsize=SMALL, handlelength=1.0, columnspacing=1.2)
    axes.set_yticks(y, labels)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _scale(axes)
    return page.chart


def step_words(step: str) -> str:
    """Return an assumption in words, or an unknown name itself."""
    return STEP_WORDS.get(step, step)


# ---------------------------------------------------------------------- helpers
def _draw(axes: Axes, labels: Sequence[str], income: Float) -> None:
    before = np.concatenate([[0.0], income[:-1]])
    start, width = np.append(before, 0.0), np.append(income - before, income[-1])
    y = np.arange(len(labels))
    colours = [ORANGE if w < 0.0 else BLUE for w in width[:-1]] + [INK]
    axes.barh(y, width, 0.6, left=start, color=colours, lw=0)
    # A thin line leads from the end of each bar to the beginning of the next.
    for k, at in enumerate(income):
        axes.plot([at, at], [k - 0.3, k + 1.3], color=GREY, lw=0.7)
    low = min(0.0, float(income.min()))
    high = max(0.0, float(income.max()))
    span = (high - low) or 1.0
    for k, (at, size) in enumerate(zip(start, width, strict=True)):
        end = min(at, at + size)
        axes.text(
            end - 0.015 * span, y[k], signed(float(size), 2), fontsize=TEXT - 1.0,
            ha="right", va="center", color=INK,
        )  # fmt: skip
    axes.set_yticks(y, labels)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(low - 0.14 * span, high + 0.04 * span)
    _scale(axes)


def _scale(axes: Axes) -> None:
    axes.axvline(0, color=INK, lw=0.9)
    percent_axis(axes)


def _name(region: str) -> str:
    return PAPER_REGIONS.get(region) or region_name(region)


def _provenance(ladder: xr.Dataset) -> list[str]:
    models = dict.fromkeys(str(m) for m in ladder["model"].values)
    sets = dict.fromkeys(
        json.loads(p)["elasticities"]["value"] for p in ladder["parameters"].values
    )
    specifications = dict.fromkeys(
        json.loads(p)["specification"]
        for p in ladder["parameters"].values
        if "specification" in json.loads(p)
    )
    return [
        f"models {', '.join(models)}",
        *specifications,
        f"elasticities {' then '.join(sets)}",
        f"blocs {ladder.attrs['blocs']}",
        f"table {ladder.attrs['table_name']}",
    ]
