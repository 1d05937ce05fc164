"""Tornado chart: one assumption moved at a time, the widest range on top."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from iomodel.report.figures.canvas import (
    MARGIN,
    Chart,
    label_width,
    percent_axis,
    sheet,
    signed,
)
from iomodel.report.figures.palette import BLUE, INK, ORANGE, TEXT

__all__ = ["tornado_chart"]

LINE = 0.42


def tornado_chart(frame: pd.DataFrame, stands_on: Sequence[str] = (), title: str = "") -> Chart:
    """Draw the change of a number as one assumption moves and all others stay.

    Parameters
    ----------
    frame : DataFrame
        From :func:`iomodel.studies.decoupling.tornado`: columns ``assumption``, ``alternative``,
        ``world_pct`` and ``centre``; drawn in its order.
    stands_on : sequence of str
        Model, table and the assumptions of the centre.
    title : str

    Returns
    -------
    Chart
    """
    names = list(dict.fromkeys(frame["assumption"]))
    centre = float(frame["centre"].iloc[0])
    low, high = min(frame["world_pct"].min(), centre), max(frame["world_pct"].max(), centre)
    span = (high - low) or 1.0
    page = sheet(
        9.0,
        (len(names) + 0.8) * LINE + 0.55,
        title or "What the loss hangs on",
        f"World real income, percent: {signed(centre, 1)} with all assumptions at their centre, "
        "and where each alone would take it",
        stands_on,
    )
    axes = page.axes(MARGIN + label_width(names), page.width - MARGIN, 0.1, 0.42)
    for y, name in enumerate(names):
        rows = frame[frame["assumption"] == name].sort_values("world_pct")
        for value in rows["world_pct"]:
            colour = ORANGE if value < centre else BLUE
            axes.barh(y, value - centre, 0.56, left=centre, color=colour, lw=0, alpha=0.9)
        # One alternative a side is named, the furthest; those between are the darker parts.
        for row, side, align in ((rows.iloc[0], -1, "right"), (rows.iloc[-1], 1, "left")):
            if side * (row["world_pct"] - centre) > 0.0:
                axes.text(
                    row["world_pct"] + side * 0.012 * span, y,
                    f"{row['alternative']} {signed(float(row['world_pct']), 1)}", ha=align,
                    va="center", fontsize=TEXT - 1.8, color=INK,
                )  # fmt: skip
    axes.axvline(centre, color=INK, lw=0.9)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(low - 0.5 * span, high + 0.5 * span)
    percent_axis(axes)
    return page.chart
