"""Figures of the bracket over models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomodel.report.figures.bracket import Block, draw_bracket, lines_needed
from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.headline import identity
from iomodel.report.names import region_name

if TYPE_CHECKING:
    from iomodel.studies.ensemble import Ensemble

__all__ = ["EnsemblePlots"]

LINE = 0.3


class EnsemblePlots:
    """Figures of several models; reach it as ``ensemble.plot``.

    Parameters
    ----------
    ensemble : Ensemble
    """

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble

    def bracket(self, variable: str = "") -> Chart:
        """Draw one row per region: a mark for each model and closure, a line over their range.

        Parameters
        ----------
        variable : str
            Default: the first measure that the models speak about, GDP where there is one.

        Returns
        -------
        Chart
        """
        ensemble = self._ensemble
        name = variable or next(iter(ensemble.measures), "gdp_pct")
        frame = ensemble.to_dataframe(name)
        rows = {
            region_name(str(region)): {str(k).replace(":", ", "): v for k, v in row.items()}
            for region, row in frame.T.to_dict().items()
        }
        blocks = [Block("", rows)]
        first = next(iter(ensemble.effects.values()))
        keys = -(-len(frame.columns) // 3)
        stands_on = [
            f"models {', '.join(dict.fromkeys(str(c).split(':')[0] for c in frame.columns))}",
            *ensemble.elasticities,
            identity(first)[-1],
        ]
        what = ensemble.measures.get(name, name)
        page = sheet(
            8.6,
            lines_needed(blocks) * LINE + 0.6 + 0.22 * keys,
            first.scenario_title,
            f"{what}: the range is what the choice of method makes of it",
            stands_on,
        )
        left = MARGIN + label_width(list(rows))
        axes = page.axes(left, page.width - MARGIN, 0.12 + 0.24 * keys, 0.42)
        draw_bracket(axes, blocks)
        return page.chart
