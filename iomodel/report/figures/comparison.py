"""Figure of a comparison: the bracket over models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomodel.report.figures.bracket import draw_bracket
from iomodel.report.figures.canvas import MARGIN, Chart, label_width, sheet
from iomodel.report.figures.rows import Block, lines_needed
from iomodel.report.names import region_name
from iomodel.report.provenance import identity

if TYPE_CHECKING:
    from iomodel.studies.ensembles.ensemble import Ensemble

__all__ = ["EnsemblePlots"]

ROW_HEIGHT = 0.3


class EnsemblePlots:
    """Figures of several models; reach it as ``ensemble.plot``.

    Parameters
    ----------
    ensemble : Ensemble
    """

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble

    def bracket(self, variable: str = "") -> Chart:
        """Draw one row per region: a mark per model and closure, a line over their range.

        A thin line over a mark is its band, if it has one.
        With duties `leontief`, diverted, is a mark outside the range.

        Parameters
        ----------
        variable : str
            Default: the first measure that the models give, GDP if there is one.

        Returns
        -------
        Chart
        """
        ensemble = self._ensemble
        effects, name = ensemble.first, variable or next(iter(ensemble.measures), "gdp_pct")
        frame = ensemble.to_dataframe(name)
        rows = {
            region_name(str(region)): {str(k).replace(":", ", "): v for k, v in row.items()}
            for region, row in frame.T.to_dict().items()
        }
        bands: dict[str, dict[str, tuple[float, float]]] = {label: {} for label in rows}
        for column, ends in ensemble.bands(name).items():
            pairs = zip(rows, ends["low"].tolist(), ends["high"].tolist(), strict=True)
            for label, low, high in pairs:
                bands[label][column.replace(":", ", ")] = (low, high)
        blocks = [Block("", rows, bands)]
        key_lines = -(-len(frame.columns) // 3)
        models = dict.fromkeys(str(c).split(":")[0] for c in frame.columns)
        page = sheet(
            8.6,
            lines_needed(blocks) * ROW_HEIGHT + 0.6 + 0.22 * key_lines,
            effects.scenario_title,
            f"{ensemble.measures.get(name, name)}: the range is what the choice of method makes "
            "of it",
            [f"models {', '.join(models)}", *ensemble.elasticities, identity(effects)[-1]],
        )
        left_edge = MARGIN + label_width(list(rows))
        axes = page.axes(left_edge, page.width - MARGIN, 0.12 + 0.24 * key_lines, 0.42)
        outside = [label.replace(":", ", ") for label in ensemble.outside_range(name)]
        draw_bracket(axes, blocks, outside=outside, ranges=True)
        return page.chart
