"""Charts of labelled rows under headings, percent along the horizontal axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes

from iomodel.effects.tables import WORLD
from iomodel.report.figures.canvas import percent_axis
from iomodel.report.figures.palette import GREY, INK, SMALL
from iomodel.report.names import region_name

__all__ = ["Block", "draw_headings", "finish_rows", "lines_needed"]

# Heights in lines of text.
HEADING, GAP = 1.1, 0.3


@dataclass(frozen=True)
class Block:
    """Rows under one heading.

    Attributes
    ----------
    heading : str
        Empty for none.
    rows : mapping of str to mapping of str to float
        Label of the row to the value of each series, in percent.
    bands : mapping of str to mapping of str to (float, float)
        Likewise the ends of the band around a value, for series that have one.
    """

    heading: str
    rows: Mapping[str, Mapping[str, float]]
    bands: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)


def lines_needed(blocks: Sequence[Block]) -> float:
    """Return the height of the chart in lines of text."""
    return sum(len(b.rows) + (HEADING if b.heading else 0) + GAP for b in blocks) + 0.6


def draw_headings(
    axes: Axes, blocks: Sequence[Block]
) -> Iterator[tuple[float, str, Mapping[str, float]]]:
    """Draw the headings, and yield height, label and values of each row to be drawn."""
    y = 0.0
    for block in blocks:
        if block.heading:
            y += HEADING
            axes.text(
                -0.012, y - 0.05, block.heading, fontsize=SMALL + 0.6, color=GREY, va="center",
                ha="right", transform=axes.get_yaxis_transform(), fontstyle="italic",
            )  # fmt: skip
        for label, values in block.rows.items():
            y += 1
            yield y, label, values
        y += GAP


def finish_rows(
    axes: Axes, heights: Sequence[float], labels: Sequence[str], low: float, high: float
) -> None:
    """Label the rows, the world in bold, and scale the axes from `low` to `high` percent."""
    axes.axvline(0, color=INK, lw=0.9)
    axes.set_yticks(heights, labels)
    for text in axes.get_yticklabels():
        text.set_fontweight("bold" if text.get_text() == region_name(WORLD) else "normal")
    axes.set_ylim(heights[-1] + GAP + 0.35, 0.1)
    axes.set_xlim(low, high)
    percent_axis(axes)
