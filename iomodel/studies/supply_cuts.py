"""The bracket of a supply cut: every method with what decides it, the bill, and implied prices."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iomodel.effects import Effects, files
from iomodel.effects.regions import present
from iomodel.effects.tables import WORLD
from iomodel.errors import IOModelError, NotApplicableError
from iomodel.models.shortage.expenditure_bounds import check_line, implied_price, trapezoid
from iomodel.studies.comparison import Comparison
from iomodel.studies.cut_cases import FAMILIES, Case, cut_cases, cut_sectors
from iomodel.table.groups import resolve_regions

if TYPE_CHECKING:
    from iomodel.report.figures.supply_cut import CutPlots
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CUTS", "CutBracket", "cut_bracket"]


CUTS = frozenset({"export_cut", "supply_cut", "content_control"})
REGIONS = ("USA", "EU27", "JPN", "KOR", "CHN", "ASEAN")
PRICES = (20.0, 100.0, 1000.0)
# A quantity of zero has no logarithm.
LEAST_LEFT = 0.01


@dataclass(frozen=True, eq=False)
class CutBracket:
    """What every method says about one cut of supplies.

    Attributes
    ----------
    comparison : Comparison
        Effects by label of the run; methods that refused, with their sentence.
    cases : tuple of Case
        What was asked of which model.
    bill : DataFrame
        By region: ``bill`` for what is cut, ``gdp``, ``left`` (quantity that still comes); NaN
        where nothing that the region buys is cut.
    """

    comparison: Comparison
    cases: tuple[Case, ...]
    bill: pd.DataFrame

    @property
    def effects(self) -> dict[str, Effects]:
        """Effects by label of the run."""
        return dict(self.comparison.effects)

    @cached_property
    def regions(self) -> list[str]:
        """The columns: the great economies that the table has, else all its regions; the world."""
        labels = [str(name) for name in self.bill.index]
        standing = [name for name in REGIONS if present(name, labels)]
        return [*(standing if len(standing) > 1 else labels), WORLD]

    @cached_property
    def focus(self) -> str:
        """The region to show alone: the first column with a bill."""
        own = [name for name in self.regions if self.account(name)["bill"] > 0]
        return own[0] if own else WORLD

    def account(self, region: str) -> dict[str, float]:
        """Return bill, GDP and remaining quantity of a region, a group or the world."""
        labels = [str(name) for name in self.bill.index]
        members = labels if region == WORLD else resolve_regions(region, labels)
        rows = self.bill.loc[members]
        bill = float(rows["bill"].sum())
        came = float((rows["bill"] * rows["left"]).sum())
        return {
            "bill": bill,
            "gdp": float(rows["gdp"].sum()),
            "left": came / bill if bill > 0 else np.nan,
        }

    def losses(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the change of GDP in percent.

        Parameters
        ----------
        regions : sequence of str, optional
            Regions, groups or ``WORLD``. Default: :attr:`regions`.

        Returns
        -------
        pandas.DataFrame
            Index ``family`` and ``case``; one column per region. Real income where a model has
            prices, since a dearer import is no change of real GDP; else GDP at base prices. Rows
            ``price x 20`` and so on are read off expenditure shares alone.
        """
        wanted = list(regions or self.regions)
        rows: dict[tuple[str, str], list[float]] = {}
        for case in self.cases:
            if case.label in self.comparison.effects:
                for label, values in _of(case, self.comparison.effects[case.label], wanted):
                    rows[case.family, label] = values
        for price in PRICES:
            label = f"price x {price:g}"
            rows["prices", label] = [self._at_price(name, price) for name in wanted]
        order = list(FAMILIES)
        keys = sorted(rows, key=lambda key: order.index(key[0]))
        index = pd.MultiIndex.from_tuples(keys, names=["family", "case"])
        return pd.DataFrame([rows[key] for key in keys], index=index, columns=wanted)

    def multiples(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the loss over the yearly bill for what is cut; NaN where nothing is."""
        frame = self.losses(regions)
        for name in frame.columns:
            own = self.account(str(name))
            scale = own["gdp"] / own["bill"] if own["bill"] > 0 else np.nan
            frame[name] *= -scale / 100.0
        return frame

    def implied_prices(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the multiple that the price of the scarce input would have to reach.

        NaN where nothing is cut, or where the loss is smaller than at unchanged prices.
        """
        frame = self.losses(regions)
        for name in frame.columns:
            own = self.account(str(name))
            if not own["bill"] > 0:
                frame[name] = np.nan
                continue
            multiple = implied_price(
                own["bill"] / own["gdp"],
                max(own["left"], LEAST_LEFT),
                -frame[name].to_numpy() / 100.0,
            )
            frame[name] = np.where(multiple >= 1.0, multiple, np.nan)
        return frame

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write one row per region and case: change, multiple of the bill, implied price."""
        labels = [str(name) for name in self.bill.index]
        wanted = list(dict.fromkeys([*self.regions, *labels]))
        parts = {
            "percent": self.losses(wanted),
            "times_bill": self.multiples(wanted),
            "implied_price_multiple": self.implied_prices(wanted),
        }
        keys = ["family", "case"]
        long = [
            frame.reset_index().melt(keys, var_name="region", value_name=name)
            for name, frame in parts.items()
        ]
        whole = pd.concat([long[0], *(part.iloc[:, -1] for part in long[1:])], axis=1)
        first = self.comparison.first.dataset.attrs
        whole["scenario"], whole["table"] = first["scenario_name"], first["table_name"]
        return files.write_csv(whole.set_index("region"), Path(path))

    @property
    def plot(self) -> CutPlots:
        """Figures; see :class:`iomodel.report.figures.supply_cut.CutPlots`."""
        from iomodel.report.figures.supply_cut import CutPlots

        return CutPlots(self)

    def _at_price(self, region: str, price: float) -> float:
        labels = [str(name) for name in self.bill.index]
        members = labels if region == WORLD else resolve_regions(region, labels)
        rows = self.bill.loc[members]
        hit = rows[rows["bill"] > 0]
        gdp, bill = hit["gdp"].to_numpy(), hit["bill"].to_numpy()
        left = np.maximum(hit["left"].to_numpy(), LEAST_LEFT)
        change = trapezoid(bill / gdp, left, np.full(len(hit), price))
        return float(100.0 * (change * gdp).sum() / rows["gdp"].sum())


def cut_bracket(
    table: MRIOTable,
    scenario: Scenario,
    *,
    cases: Sequence[Case] | None = None,
    progress: Callable[[str], None] | None = None,
) -> CutBracket:
    """Run every method on a cut of supplies, each with the parameters that decide its answer.

    Parameters
    ----------
    table : MRIOTable
        Best one that has what is cut as sectors of its own, such as world-2022-ree.
    scenario : Scenario
        Cuts of exports or supplies, content controls.
    cases : sequence of Case, optional
        What to run. Default: every applicable model, with sweeps of the elasticity of scarce
        inputs, of the weight of important inputs and of stocks.
    progress : callable, optional
        Called with the label of each case before it runs.

    Returns
    -------
    CutBracket
        A method that fails leaves its sentence, and the others go on.

    Raises
    ------
    NotApplicableError
        If the scenario cuts nothing.
    LabelError, ScenarioError
        If the scenario does not fit the table.
    """
    from iomodel.models import applicable, run

    scarce = cut_sectors(table, scenario)
    if not scarce:
        raise NotApplicableError(
            f"scenario {scenario.name!r} cuts no supplies on table {table.name!r}; use compare()"
        )
    chosen = cut_cases(applicable(table, scenario), scarce) if cases is None else list(cases)
    effects: dict[str, Effects] = {}
    refusals: dict[str, str] = {}
    for case in chosen:
        if progress is not None:
            progress(case.label)
        try:
            effects[case.label] = run(table, scenario, case.model, **dict(case.options))
        except IOModelError as error:
            refusals[case.label] = str(error)
    return CutBracket(Comparison(effects, refusals), tuple(chosen), _bill(table, scenario))


# ---------------------------------------------------------------------- helpers
def _bill(table: MRIOTable, scenario: Scenario) -> pd.DataFrame:
    """Return bill, GDP and what is left by region; zero and NaN where nothing is cut."""
    cut = check_line(table, scenario, ())[["bill", "left"]].reindex(table.regions)
    cut["bill"] = cut["bill"].fillna(0.0)
    cut["gdp"] = table.value_added.values.sum(axis=1)
    return cut.rename_axis(index="region")


def _of(case: Case, effects: Effects, regions: list[str]) -> list[tuple[str, list[float]]]:
    """Return labels and values of one run: one row, or one per closure."""
    groups = [name for name in regions if name not in (*effects.regions, WORLD)]
    frame = effects.by_region(groups=groups).loc[regions]
    if "real_income_pct" in effects:
        return [(case.label, frame["real_income_pct"].to_list())]
    columns = [c for c in effects.closures if f"gdp_pct_{c}" in frame]
    if len(columns) < 2:
        return [(case.label, frame["gdp_pct"].to_list())]
    return [(f"{case.label}, {c}", frame[f"gdp_pct_{c}"].to_list()) for c in columns]
