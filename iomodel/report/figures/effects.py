"""Figures of the effects of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from iomodel.report.figures.bracket import draw_bracket
from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.figures.consumer_prices import draw_prices
from iomodel.report.figures.heatmap import draw_heatmap, most_hit_cells
from iomodel.report.figures.rows import Block, lines_needed
from iomodel.report.headline import Headline, headline
from iomodel.report.names import region_name
from iomodel.report.provenance import identity
from iomodel.report.rankings import ranked_regions

if TYPE_CHECKING:
    from iomodel.effects import Effects

__all__ = ["EffectsPlots"]

REGION_HEIGHT = 0.262


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
            Most hit regions to add below the headline rows.

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
            Regions and sectors at most.

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
            f"{headline(effects).industry_title}: the regions and industries that change most",
            _identity(effects, cells.closure),
        )
        left_edge = MARGIN + label_width(cells.regions)
        draw_heatmap(page.axes(left_edge, page.width - 1.15, 1.4, 0.35), cells)
        return page.chart

    def consumer_prices(self, hit: int = 15) -> Chart:
        """Draw consumer prices by region, split into direct and cascaded.

        Parameters
        ----------
        hit : int
            Most hit regions to add below the headline rows.

        Returns
        -------
        Chart

        Raises
        ------
        LabelError
            If the model gives no consumer prices.
        """
        effects = self._effects
        effects["consumer_price_pct"]
        return self._by_region("consumer_price_pct", hit)

    def overview(self) -> Chart:
        """Draw regions on the left, industries on the right.

        Returns
        -------
        Chart
            Regions alone if the model gives no industries.
        """
        effects = self._effects
        summary = headline(effects)
        if summary.industry not in effects:
            return self.regions()
        blocks, cells = self._blocks(summary, 6), most_hit_cells(effects, 12, 12)
        body = max(lines_needed(blocks), len(cells.regions)) * REGION_HEIGHT + 1.9
        page = sheet(15.0, body, effects.scenario_title, self._subtitle(summary), identity(effects))
        middle = 7.3
        axes = page.axes(_left_edge(blocks), middle, 0.5, 0.42)
        (draw_bracket if summary.losses else draw_prices)(axes, blocks)
        start = middle + 0.35 + label_width(cells.regions)
        closure = f", closure {cells.closure}" if len(effects.closures) > 1 else ""
        draw_heatmap(page.axes(start, page.width - 1.15, 1.62, 0.42), cells)
        page.chart.text(
            (middle + 0.35) / page.width,
            1 - (page.top + 0.03) / page.height,
            f"{summary.industry_title}{closure}",
            fontsize=10,
            fontweight="bold",
            va="top",
        )
        return page.chart

    # ------------------------------------------------------------------ steps
    def _by_region(self, variable: str, hit: int) -> Chart:
        effects = self._effects
        summary = headline(effects, variable)
        blocks = self._blocks(summary, hit)
        body = lines_needed(blocks) * REGION_HEIGHT + 0.75
        page = sheet(8.2, body, effects.scenario_title, self._subtitle(summary), identity(effects))
        axes = page.axes(_left_edge(blocks), page.width - MARGIN, 0.36, 0.42)
        (draw_bracket if summary.losses else draw_prices)(axes, blocks)
        return page.chart

    def _subtitle(self, summary: Headline) -> str:
        if len(self._effects.closures) > 1 and summary.losses:
            closures = " and ".join(summary.columns.values())
            return f"{summary.title}, under the closures {closures}"
        if "interval" in self._effects.parameters and summary.bands:
            return f"{summary.title}; bands: 5 to 95 percent over trade elasticities"
        return summary.title

    def _blocks(self, summary: Headline, hit: int) -> list[Block]:
        """Return the headline rows, the most hit regions, and those that gain most."""
        ranked = ranked_regions(self._effects, hit, variable=summary.variable)
        blocks = [
            _block("", ranked.headline, summary),
            _block("Most hit", ranked.losers, summary),
            _block(ranked.gain_words.capitalize(), ranked.gainers, summary),
        ]
        return [block for block in blocks if block.rows]


# ---------------------------------------------------------------------- helpers
def _identity(effects: Effects, closure: str) -> list[str]:
    """Return the provenance of numbers under one closure."""
    facts = identity(effects)
    if len(effects.closures) > 1:
        facts[1] = f"closure {closure}"
    return facts


def _block(heading: str, frame: pd.DataFrame, summary: Headline) -> Block:
    """Return rows of values with the bands around them; a band alone as its two ends."""
    stems = [stem for stem in summary.bands if stem in summary.columns]
    ends = {end for stem in stems for end in summary.bands[stem]}
    columns = {name: words for name, words in summary.columns.items() if name not in ends}
    rows, bands = {}, {}
    for code, row in frame.iterrows():
        label = region_name(str(code))
        rows[label] = {words: float(row[name]) for name, words in columns.items()}
        bands[label] = {
            columns[stem]: (float(row[low]), float(row[high]))
            for stem, (low, high) in summary.bands.items()
            if stem in stems
        }
    return Block(heading, rows, bands)


def _left_edge(blocks: Sequence[Block]) -> float:
    """Return the inches that the labels and headings of rows need."""
    labels = [label for block in blocks for label in block.rows]
    return MARGIN + label_width([*labels, *(block.heading for block in blocks)])
