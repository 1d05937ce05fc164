"""Reach of a content rule: flows and trade under a threshold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import ScenarioError
from iomodel.scenario.content import ContentFlows, content_flows
from iomodel.scenario.label_resolver import LabelResolver
from iomodel.scenario.shocks import ContentControl

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["THRESHOLDS", "ContentReach", "content_reach"]


THRESHOLDS = (0.0001, 0.001, 0.01, 0.05, 0.1, 0.25)
WORKING_DAYS = 260.0


def content_reach(table: MRIOTable, rule: ContentControl | Scenario) -> ContentReach:
    """Flows of third countries under a content rule, and their value.

    Parameters
    ----------
    table : MRIOTable
        Its technology and its flows are used.
    rule : ContentControl or Scenario
        A scenario must hold one content control.

    Returns
    -------
    ContentReach

    Raises
    ------
    ScenarioError
        If a scenario holds no content control or several, or the rule reaches nobody.
    LabelError
        If a label is unknown.
    """
    shock = _single_control(rule)
    own_groups = None if isinstance(rule, ContentControl) else rule.groups
    resolver = LabelResolver(table, own_groups)
    flows = content_flows(
        table,
        resolver.region_mask(shock.origin),
        resolver.region_mask(shock.importers),
        resolver.product_shares(shock.sectors, shock.product_share),
        shock.counts,
    )
    return ContentReach(table, shock, flows, tuple(resolver.notes))


@dataclass(frozen=True, eq=False)
class ContentReach:
    """Third countries' deliveries to the importers of a content rule, and their content.

    Attributes
    ----------
    table : MRIOTable
    rule : ContentControl
    caught : ContentFlows
        The arrays.
    notes : tuple of str
        Sentences for the reader.
    """

    table: MRIOTable
    rule: ContentControl
    caught: ContentFlows
    notes: tuple[str, ...] = ()

    def by_threshold(self, thresholds: Iterable[float] = THRESHOLDS) -> pd.DataFrame:
        """Flows and trade under the rule at several thresholds.

        Returns
        -------
        pandas.DataFrame
            Index ``threshold``, the rule's own among them. ``flows`` and ``trade`` (table's unit),
            ``share_pct`` of the trade in reach, ``products`` (exporter by sector), and ``direct``:
            trade by direct content alone.
        """
        import pandas as pd

        trade = self.caught.trade
        total = float(trade.sum())
        rows = {}
        for threshold in sorted({*thresholds, self.rule.threshold}):
            under = self.caught.under(threshold)
            value = float(trade[under].sum())
            by_direct = self.caught.under(threshold, self.caught.direct)
            rows[threshold] = {
                "flows": int(under.sum()),
                "products": int(under.any(axis=2).sum()),
                "trade": value,
                "share_pct": 100.0 * value / total if total else np.nan,
                "direct": float(trade[by_direct].sum()),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="threshold")

    def by_exporter(self, threshold: float | None = None) -> pd.DataFrame:
        """Trade under the rule by exporter: value, share of its trade in reach."""
        return self._along((1, 2), self.table.regions, "exporter", threshold)

    def by_importer(self, threshold: float | None = None) -> pd.DataFrame:
        """Trade under the rule by importer: value, share of its purchases in reach."""
        return self._along((0, 1), self.table.regions, "importer", threshold)

    def by_sector(self, threshold: float | None = None) -> pd.DataFrame:
        """Trade under the rule by product: value, share of its trade in reach."""
        return self._along((0, 2), self.table.sectors, "sector", threshold)

    def flows(self, threshold: float | None = None) -> pd.DataFrame:
        """Every flow under the rule, in order of value.

        Returns
        -------
        pandas.DataFrame
            Columns ``exporter``, ``sector``, ``importer``, ``trade``, ``direct`` and ``embodied``
            content per unit of output.
        """
        import pandas as pd

        e, s, i = np.nonzero(self.caught.under(self._at(threshold)))
        regions, sectors = np.array(self.table.regions), np.array(self.table.sectors)
        frame = pd.DataFrame(
            {
                "exporter": regions[e],
                "sector": sectors[s],
                "importer": regions[i],
                "trade": self.caught.trade[e, s, i],
                "direct": self.caught.direct[e, s],
                "embodied": self.caught.embodied[e, s],
            }
        )
        return frame.sort_values("trade", ascending=False, kind="stable", ignore_index=True)

    def products(self) -> pd.DataFrame:
        """Content of every product of third countries, in descending order.

        Returns
        -------
        pandas.DataFrame
            Columns ``region``, ``sector``, ``direct`` and ``embodied`` content per unit of output,
            ``trade`` in reach of the rule.
        """
        import pandas as pd

        R, S = self.table.shape
        frame = pd.DataFrame(
            {
                "region": np.repeat(np.array(self.table.regions), S),
                "sector": np.tile(np.array(self.table.sectors), R),
                "direct": self.caught.direct.reshape(-1),
                "embodied": self.caught.embodied.reshape(-1),
                "trade": self.caught.trade.sum(axis=2).reshape(-1),
            }
        )
        frame = frame[frame["trade"] > 0]
        return frame.sort_values("embodied", ascending=False, kind="stable", ignore_index=True)

    def held_back(self, working_days: float, threshold: float | None = None) -> float:
        """Trade of a year held back by licences of so many working days.

        A ban is all 260 of them. Stocks and re-routing are for the models.

        Raises
        ------
        ScenarioError
            If the days are not between 0 and 260.
        """
        if not 0.0 <= working_days <= WORKING_DAYS:
            raise ScenarioError(f"working_days is {working_days!r}; it must lie in [0, 260]")
        under = self.caught.under(self._at(threshold))
        return float(self.caught.trade[under].sum()) * working_days / WORKING_DAYS

    # ------------------------------------------------------------------ helpers
    @cached_property
    def unit(self) -> str:
        """Unit of the trade."""
        return str(self.table.attrs["unit"])

    def _at(self, threshold: float | None) -> float:
        return self.rule.threshold if threshold is None else threshold

    def _along(
        self, axes: tuple[int, int], labels: list[str], name: str, threshold: float | None
    ) -> pd.DataFrame:
        import pandas as pd

        trade = self.caught.trade
        reach = trade.sum(axis=axes)
        value = np.where(self.caught.under(self._at(threshold)), trade, 0.0).sum(axis=axes)
        share = np.divide(100.0 * value, reach, out=np.zeros_like(value), where=reach > 0)
        frame = pd.DataFrame(
            {"trade": value, "share_pct": share}, index=pd.Index(labels, name=name)
        )
        in_reach: pd.DataFrame = frame[reach > 0]
        return in_reach.sort_values("trade", ascending=False, kind="stable")


def _single_control(rule: ContentControl | Scenario) -> ContentControl:
    if isinstance(rule, ContentControl):
        return rule
    controls = [s for s in rule.shocks if isinstance(s, ContentControl)]
    if len(controls) != 1:
        raise ScenarioError(
            f"scenario {rule.name!r} holds {len(controls)} content controls; give a scenario with "
            "one, or the ContentControl itself"
        )
    return controls[0]
