"""Sheet of a figure: title, subtitle, provenance and margins.

Figures are made with matplotlib's object interface: no global state is read or left behind.
"""

from __future__ import annotations

import io
import os
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from iomodel._io import atomic_path
from iomodel._text import printable
from iomodel.report.figures.palette import FAINT, GREY, INK, SMALL, SUBTITLE, TEXT, TITLE

__all__ = [
    "MARGIN",
    "Chart",
    "Sheet",
    "key_above",
    "label_width",
    "percent_axis",
    "percent_tick",
    "sheet",
    "signed",
]

DPI = 160
MARGIN = 0.3
# Widths in inches of one character of the default font at one point; wide enough for any text.
CHARACTER = 0.0076


class Chart(Figure):
    """A figure that saves itself whole or not at all and shows itself in a notebook."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw every text as it is: a dollar sign in a title or a label begins no formula."""
        for axis in self.findobj(Axis):
            # Makes the texts of its ticks, which are drawn later.
            axis.get_ticklabels(which="both")
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)

    def png(self) -> bytes:
        """Return the figure as a PNG; the same figure gives the same bytes."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure in the format of the file's suffix (png, svg, pdf).

        The same figure gives the same bytes as SVG: no date, and names of parts that repeat.
        """
        target = Path(path)
        metadata = {"Date": None} if target.suffix == ".svg" else None
        with atomic_path(target) as temporary, rc_context({"svg.hashsalt": "iomodel"}):
            self.savefig(temporary, dpi=DPI, metadata=metadata)
        return target

    def _repr_png_(self) -> bytes:
        return self.png()


@dataclass(frozen=True)
class Sheet:
    """An empty sheet with its header drawn.

    Attributes
    ----------
    chart : Chart
    width, height : float
        Inches.
    top : float
        Inches that the header takes.
    """

    chart: Chart
    width: float
    height: float
    top: float

    def axes(self, left: float, right: float, top: float, bottom: float) -> Axes:
        """Return axes by their edges: inches from the left, the left, the header and the foot."""
        w, h = self.width, self.height
        foot = bottom / h
        box = (left / w, foot, (right - left) / w, 1 - (self.top + top) / h - foot)
        axes: Axes = self.chart.add_axes(box)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(length=0, labelsize=TEXT, colors=INK)
        axes.set_axisbelow(True)
        return axes


def sheet(width: float, body: float, title: str, subtitle: str, stands_on: Sequence[str]) -> Sheet:
    """Return a sheet with title, subtitle and provenance.

    Parameters
    ----------
    width, body : float
        Inches; the header comes on top of the body.
    title, subtitle : str
        Wrapped to the width.
    stands_on : sequence of str
        Model, closure, elasticities, table: one grey line or two.

    Returns
    -------
    Sheet
    """
    lines: list[tuple[str, float, str, str]] = []
    for text, size, colour, weight in (
        (title, TITLE, INK, "bold"),
        (subtitle, SUBTITLE, INK, "normal"),
        (" · ".join(stands_on), SMALL, GREY, "normal"),
    ):
        room = int((width - 2 * MARGIN) / (CHARACTER * size))
        lines += [(line, size, colour, weight) for line in textwrap.wrap(printable(text), room)]
    top = 0.2 + sum(1.55 * size / 72 for _, size, _, _ in lines) + 0.1
    height = body + top
    chart = Chart(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(chart)
    y = 0.2
    for text, size, colour, weight in lines:
        style: dict[str, Any] = {"fontsize": size, "color": colour, "fontweight": weight}
        chart.text(MARGIN / width, 1 - y / height, text, va="top", ha="left", **style)
        y += 1.55 * size / 72
    return Sheet(chart, width, height, top)


def signed(value: float, digits: int) -> str:
    """Return a number with its sign, a true minus, and no sign for zero."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text.lstrip("+-")


def percent_tick(value: float, _: object = None) -> str:
    """Return the text of a tick in percent."""
    return f"{value:+g}%".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-12 else "0"


def percent_axis(axes: Axes, tick: Callable[[float, object], str] = percent_tick) -> None:
    """Rule the horizontal axis of a chart of percentages."""
    axes.xaxis.grid(visible=True, color=FAINT, lw=0.8)
    axes.tick_params(axis="x", colors=GREY, labelsize=SMALL)
    axes.xaxis.set_major_formatter(tick)


def key_above(axes: Axes, **style: Any) -> None:
    """Draw the key of the series above the axes, without a frame."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, borderaxespad=0, **style)


def label_width(labels: Sequence[str], size: float = TEXT) -> float:
    """Return the inches that the longest label needs."""
    return max((len(text) for text in labels), default=0) * CHARACTER * size + 0.12
