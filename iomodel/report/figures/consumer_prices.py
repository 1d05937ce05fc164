"""Consumer prices by region: duties on final goods and costs passed on through inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from iomodel.report.figures.canvas import key_above, signed
from iomodel.report.figures.palette import BLUE, INK, ORANGE, TEXT
from iomodel.report.figures.rows import Block, draw_headings, finish_rows
from iomodel.report.numbers import digits, finite

__all__ = ["draw_prices"]

PARTS = (
    ("direct", ORANGE, "direct: on imported final goods"),
    ("cascaded", BLUE, "through inputs"),
)


def draw_prices(axes: Axes, blocks: Sequence[Block]) -> None:
    """Draw one stacked bar a row, its total written beside it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    blocks : sequence of Block
        Rows with ``total`` and, if the model splits it, ``direct`` and ``cascaded``, in percent.
    """
    rows = [row for block in blocks for row in block.rows.values()]
    totals = finite([row["total"] for row in rows])
    low, high = min(totals.min(initial=0), 0), max(totals.max(initial=0), 0)
    span = (high - low) or 1.0
    heights, labels = [], []
    for y, label, row in draw_headings(axes, blocks):
        heights.append(y)
        labels.append(label)
        _bar(axes, y, row, span, digits(totals))
    if any("direct" in row for row in rows):
        handles = [axes.barh([0], [0], color=c, label=text) for _, c, text in PARTS]
        key_above(
            axes, handles=handles, ncols=2, fontsize=TEXT, handlelength=0.9, handleheight=0.9,
            columnspacing=1.4, labelcolor=[c for _, c, _ in PARTS],
        )  # fmt: skip
    finish_rows(axes, heights, labels, low - (0.17 * span if low < 0 else 0), high + 0.17 * span)


def _bar(axes: Axes, y: float, row: Mapping[str, float], span: float, decimals: int) -> None:
    start = {True: 0.0, False: 0.0}
    split = [part for part in PARTS if part[0] in row]
    for key, colour, _ in split or [("total", BLUE, "")]:
        value = row[key]
        axes.barh(y, value, left=start[value >= 0], height=0.62, color=colour)
        start[value >= 0] += value
    total = row["total"]
    end = start[total >= 0]
    axes.text(
        end + (0.018 if total >= 0 else -0.018) * span, y, signed(total, decimals), va="center",
        ha="left" if total >= 0 else "right", fontsize=TEXT - 1.0, color=INK,
    )  # fmt: skip
