"""Figures of the effects of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iomodel.effects.tables import WORLD
from iomodel.report.figures.bracket import Block, draw_bracket, lines_needed
from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.figures.heatmap import draw_heatmap, most_hit_cells
from iomodel.report.figures.prices import draw_prices
from iomodel.report.headline import (
    Headline,
    headline,
    headline_rows,
    identity,
    regions_hit,
)
from iomodel.report.names import region_name

if TYPE_CHECKING:
    from iomodel.effects import Effects

__all__ = ["EffectsPlots"]

LINE = 0.262

GAINERS = 4


class EffectsPlots:
    """Figures of one run; reach it as ``effects.plot``.

    Each method returns a matplotlib figure that shows itself in a notebook and has ``save(path)``.

    Parameters
    ----------
    effects : Effects
    """

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def regions(self, hit: int = 6) -> Chart:
        """Draw the headline by region: GDP with every closure, or consumer prices and their split.

        Parameters
        ----------
        hit : int
            How many of the most hit regions to add below the headline rows.

        Returns
        -------
        Chart
        """
        return self._by_region("", hit)

    def sectors(self, rows: int = 12, columns: int = 12) -> Chart:
        """Draw the most hit industries as a heat map of regions by sectors.

        Parameters
        ----------
        rows, columns : int
            How many regions and sectors at most.

        Returns
        -------
        Chart
        """
        effects = self._effects
        cells = most_hit_cells(effects, rows, columns)
        page = sheet(
            9.4,
            len(cells.regions) * 0.3 + 1.9,
            effects.scenario_title,
            f"{headline(effects).industry_what}: the regions and industries that change most",
            _identity_of(cells.closure, effects),
        )
        left = MARGIN + label_width(cells.regions)
        draw_heatmap(page.axes(left, page.width - 1.15, 1.4, 0.35), cells)
        return page.chart

    def consumer_prices(self, hit: int = 15) -> Chart:
        """Draw consumer prices by region, split into direct and cascaded.

        Parameters
        ----------
        hit : int
            How many regions to add below the headline rows.

        Returns
        -------
        Chart

        Raises
        ------
        LabelError
            If the model says nothing about consumer prices.
        """
        effects = self._effects
        effects["consumer_price_pct"]
        return self._by_region("consumer_price_pct", hit)

    def overview(self) -> Chart:
        """Draw both: regions on the left, industries on the right.

        Returns
        -------
        Chart
            Regions alone where the model says nothing about industries.
        """
        effects = self._effects
        shown = headline(effects)
        if shown.industry not in effects:
            return self.regions()
        blocks, cells = self._blocks(shown, 6), most_hit_cells(effects, 12, 12)
        body = max(lines_needed(blocks), len(cells.regions)) * LINE + 1.9
        page = sheet(15.0, body, effects.scenario_title, self._what(shown), identity(effects))
        left = MARGIN + label_width([*_row_labels(blocks), *(b.heading for b in blocks)])
        middle = 7.3
        axes = page.axes(left, middle, 0.5, 0.42)
        (draw_bracket if shown.losses else draw_prices)(axes, blocks)
        start = middle + 0.35 + label_width(cells.regions)
        closure = f", closure {cells.closure}" if len(effects.closures) > 1 else ""
        draw_heatmap(page.axes(start, page.width - 1.15, 1.62, 0.42), cells)
        page.chart.text(
            (middle + 0.35) / page.width,
            1 - (page.top + 0.03) / page.height,
            f"{shown.industry_what}{closure}",
            fontsize=10,
            fontweight="bold",
            va="top",
        )
        return page.chart

    # ------------------------------------------------------------------ parts
    def _by_region(self, variable: str, hit: int) -> Chart:
        effects = self._effects
        shown = headline(effects, variable)
        blocks = self._blocks(shown, hit)
        body = lines_needed(blocks) * LINE + 0.75
        page = sheet(8.2, body, effects.scenario_title, self._what(shown), identity(effects))
        left = MARGIN + label_width([*_row_labels(blocks), *(b.heading for b in blocks)])
        axes = page.axes(left, page.width - MARGIN, 0.36, 0.42)
        (draw_bracket if shown.losses else draw_prices)(axes, blocks)
        return page.chart

    def _what(self, shown: Headline) -> str:
        if len(self._effects.closures) > 1 and shown.losses:
            return f"{shown.what}: the truth lies between {' and '.join(shown.columns.values())}"
        return shown.what

    def _blocks(self, shown: Headline, hit: int) -> list[Block]:
        effects = self._effects
        rows = headline_rows(effects)
        frame = effects.by_region(groups=[r for r in rows if r not in (*effects.regions, WORLD)])
        worst = regions_hit(effects, hit, without=rows, variable=shown.variable)
        blocks = [Block("", _rows(frame.loc[rows], shown.columns))]
        if len(worst):
            blocks.append(Block("Most hit", _rows(worst, shown.columns)))
        if shown.losses and len(shown.columns) > 1:
            known = [*rows, *worst.index]
            best = regions_hit(effects, GAINERS, without=known, gains=True)
            several = len(effects.closures) > 1
            heading = f"Gain most if {effects.closures[-1]}" if several else "Gain most"
            blocks += [Block(heading, _rows(best, shown.columns))] if len(best) else []
        return blocks


# ---------------------------------------------------------------------- helpers
def _identity_of(closure: str, effects: Effects) -> list[str]:
    """Say what numbers of one closure stand on."""
    parts = identity(effects)
    if len(effects.closures) > 1:
        parts[1] = f"closure {closure}"
    return parts


def _rows(frame: pd.DataFrame, columns: object) -> dict[str, dict[str, float]]:
    named = frame[list(columns)].rename(columns=dict(columns))  # type: ignore[call-overload]
    return {region_name(str(k)): row for k, row in named.T.to_dict().items()}


def _row_labels(blocks: list[Block]) -> list[str]:
    return [name for block in blocks for name in block.rows]
