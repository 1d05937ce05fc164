"""Heat map of the industries hit most: regions in rows, sectors in columns."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from iomodel.effects.variables import CLOSURE_SUFFIX
from iomodel.report.figures.canvas import signed
from iomodel.report.figures.palette import BLUE, GREY, INK, ORANGE, SMALL, TEXT
from iomodel.report.headline import headline
from iomodel.report.names import region_name
from iomodel.report.numbers import digits
from iomodel.report.rankings import SMALLEST_INDUSTRY, ranking_closure
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.effects import Effects

__all__ = ["Cells", "draw_heatmap", "most_hit_cells"]

LOSS_TO_GAIN = LinearSegmentedColormap.from_list(
    "loss_to_gain", [ORANGE, "#FBE3D3", "#FFFFFF", "#D6E8F4", BLUE]
)
SIGNS = "+\N{MINUS SIGN}"
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
GAIN_TO_LOSS = LOSS_TO_GAIN.reversed()


@dataclass(frozen=True)
class Cells:
    """A block of industries, the most hit regions first.

    Attributes
    ----------
    regions, sectors : list of str
        In words.
    values : ndarray, shape (regions, sectors)
        Percent; NaN for industries too small to rank.
    losses : bool
        Whether a negative value is the bad one.
    closure : str
        Closure of the values.
    """

    regions: list[str]
    sectors: list[str]
    values: Float
    losses: bool
    closure: str


def most_hit_cells(effects: Effects, rows: int, columns: int) -> Cells:
    """Choose the regions and sectors with the largest change in value, up or down.

    Parameters
    ----------
    effects : Effects
    rows, columns : int
        How many at most.

    Returns
    -------
    Cells
        The change in percent, under the closure of the effects, or another if nothing changes under
        that one. Industries below 0.01% of world output are NaN.
    """
    summary, closure = headline(effects), ranking_closure(effects)
    data = effects[summary.industry]
    if closure != effects.closure:
        data = effects[summary.industry + CLOSURE_SUFFIX].sel(closure=closure)
    change = np.asarray(data.values, dtype=np.float64)
    base = np.asarray(effects["output_base"].values, dtype=np.float64)
    small = base < SMALLEST_INDUSTRY * base.sum()
    change = np.where(small, np.nan, change)
    value = np.abs(np.nan_to_num(change) * base)
    top = np.sort(np.argsort(-value.sum(axis=1), kind="stable")[:rows])
    top = top[np.argsort(-value[top].sum(axis=1), kind="stable")]
    across = np.sort(np.argsort(-value[top].sum(axis=0), kind="stable")[:columns])
    names = [str(n) for n in effects.dataset["sector_name"].values]
    return Cells(
        [region_name(effects.regions[r]) for r in top],
        [names[s] for s in across],
        change[np.ix_(top, across)],
        summary.losses,
        closure,
    )


def draw_heatmap(axes: Axes, cells: Cells) -> None:
    """Draw the block with its values.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    cells : Cells
    """
    sizes = np.abs(cells.values[np.isfinite(cells.values)])
    # One extreme industry must not turn all others white.
    limit = max(float(np.quantile(sizes, 0.95)), 1e-9) if sizes.size else 1.0
    colours = LOSS_TO_GAIN if cells.losses else GAIN_TO_LOSS
    strength = np.clip(np.nan_to_num(cells.values) / limit, -1, 1)
    # The values are written in the cells; a concave scale only keeps small ones from vanishing.
    shades = colours(0.5 + 0.5 * np.sign(strength) * np.abs(strength) ** 0.75)
    shades[~np.isfinite(cells.values)] = (0.955, 0.96, 0.965, 1.0)
    axes.imshow(shades, aspect="auto")
    more = min(digits(limit), 3) - 2
    for (r, s), value in np.ndenumerate(cells.values):
        if np.isfinite(value):
            dark = float(shades[r, s, :3] @ LUMINANCE) < 0.55
            axes.text(
                s, r, _short(value, more), ha="center", va="center", fontsize=SMALL,
                color="white" if dark else INK,
            )  # fmt: skip
    names = [_shortened(name) for name in cells.sectors]
    axes.set_xticks(range(len(cells.sectors)), names, rotation=42, ha="left", fontsize=SMALL,
                    rotation_mode="anchor")  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, pad=3, colors=INK)
    axes.set_yticks(range(len(cells.regions)), cells.regions, fontsize=TEXT)
    axes.set_xticks(np.arange(len(cells.sectors) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(cells.regions) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", lw=1.6)
    axes.tick_params(which="minor", length=0)
    axes.text(
        0, -0.025, "Grey: industries below 0.01% of world output", transform=axes.transAxes,
        fontsize=SMALL - 0.6, color=GREY, va="top",
    )  # fmt: skip


def _shortened(name: str) -> str:
    """Cut a long name between words, and not after a comma or an "and"."""
    if len(name) <= 27:
        return name
    words = textwrap.wrap(name, 26)[0].split()
    while len(words) > 1 and words[-1] in {"and", "of", "or"}:
        words.pop()
    return " ".join(words).rstrip(",;") + "…"


def _short(value: float, more: int) -> str:
    text = signed(value, more + (2 if abs(value) < 0.995 else 1 if abs(value) < 99.5 else 0))
    if not more or abs(value) >= 1:
        return text
    # Small numbers have no room for the zero before the point.
    return text.replace("0.", ".", 1) if text[0] in SIGNS else "0"
