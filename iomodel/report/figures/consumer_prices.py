"""Consumer prices by region: what falls on final goods directly and what comes through inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from iomodel.effects.tables import WORLD
from iomodel.report.figures.bracket import Block
from iomodel.report.figures.canvas import BLUE, GREY, INK, ORANGE, SMALL, TEXT, percent_axis, signed
from iomodel.report.headline import digits, finite
from iomodel.report.names import region_name

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
        Rows with ``total`` and, where the model splits it, ``direct`` and ``cascaded``, in percent.
    """
    totals = finite([row["total"] for b in blocks for row in b.rows.values()])
    low, high = min(totals.min(initial=0), 0), max(totals.max(initial=0), 0)
    span = (high - low) or 1.0
    places, labels, y = [], [], 0.0
    for block in blocks:
        if block.heading:
            y += 1.1
            axes.text(
                -0.012, y - 0.05, block.heading, fontsize=SMALL + 0.6, color=GREY, va="center",
                ha="right", transform=axes.get_yaxis_transform(), fontstyle="italic",
            )  # fmt: skip
        for name, row in block.rows.items():
            y += 1
            places.append(y)
            labels.append(name)
            _bar(axes, y, row, span, digits(totals))
        y += 0.3
    if any("direct" in row for b in blocks for row in b.rows.values()):
        handles = [axes.barh([0], [0], color=c, label=text) for _, c, text in PARTS]
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False,
            fontsize=TEXT, handlelength=0.9, handleheight=0.9, columnspacing=1.4, borderaxespad=0,
            labelcolor=[c for _, c, _ in PARTS],
        )  # fmt: skip
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_yticks(places, labels)
    for text in axes.get_yticklabels():
        text.set_fontweight("bold" if text.get_text() == region_name(WORLD) else "normal")
    axes.set_ylim(y + 0.35, 0.1)
    axes.set_xlim(low - (0.17 * span if low < 0 else 0), high + 0.17 * span)
    percent_axis(axes)


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
