"""The bracket of a supply cut: every method, expenditure on what is cut, and implied prices."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iomodel.effects import files
from iomodel.effects.regions import present
from iomodel.effects.tables import WORLD
from iomodel.errors import NotApplicableError
from iomodel.models.shortage.expenditure_bounds import (
    LEAST_REMAINING,
    expenditure_bound,
    implied_price,
    trapezoid,
)
from iomodel.models.workbench import Workbench
from iomodel.studies.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.comparison import compare
from iomodel.studies.cut_cases import FAMILIES, cut_sectors
from iomodel.studies.ensemble import Ensemble
from iomodel.table.groups import resolve_regions

if TYPE_CHECKING:
    from iomodel.report.figures.supply_cut import CutPlots
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CutBracket", "cut_bracket", "restricted_imports"]

REGIONS = ("USA", "EU27", "JPN", "KOR", "CHN", "ASEAN")
PRICES = (20.0, 100.0, 1000.0)


@dataclass(frozen=True, eq=False)
class CutBracket:
    """An ensemble about one supply cut, beside the expenditure on what is cut.

    Attributes
    ----------
    ensemble : Ensemble
        Effects by case; methods that refused, with their sentence.
    restricted : DataFrame
        By region: ``expenditure`` on what is cut, ``gdp``, ``remaining`` (share of the quantity
        that still comes); NaN where nothing that the region buys is cut.
    """

    ensemble: Ensemble
    restricted: pd.DataFrame

    @cached_property
    def regions(self) -> list[str]:
        """The columns: the great economies that the table has, else all its regions; the world."""
        labels = [str(name) for name in self.restricted.index]
        standing = [name for name in REGIONS if present(name, labels)]
        return [*(standing if len(standing) > 1 else labels), WORLD]

    @cached_property
    def focus(self) -> str:
        """The region to show alone: the first column with expenditure on what is cut."""
        buyers = [name for name in self.regions if self.account(name)["expenditure"] > 0]
        return buyers[0] if buyers else WORLD

    def account(self, region: str) -> dict[str, float]:
        """Return expenditure, GDP and remaining quantity of a region, a group or the world."""
        labels = [str(name) for name in self.restricted.index]
        members = labels if region == WORLD else resolve_regions(region, labels)
        rows = self.restricted.loc[members]
        bill = float(rows["expenditure"].sum())
        came = float((rows["expenditure"] * rows["remaining"]).sum())
        return {
            "expenditure": bill,
            "gdp": float(rows["gdp"].sum()),
            "remaining": came / bill if bill > 0 else np.nan,
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
        columns = list(regions or self.regions)
        rows: dict[tuple[str, str], list[float]] = {}
        for case in self.ensemble.answered:
            income = "real_income_pct" in self.ensemble[case.key]
            variable = "real_income_pct" if income else "gdp_pct"
            frame = self.ensemble.to_dataframe(variable, columns)
            for label, owner, _ in self.ensemble.columns(variable):
                if owner is case:
                    rows[case.family, label.replace(":", ", ")] = frame[label].to_list()
        for price in PRICES:
            rows["prices", f"price x {price:g}"] = [self._at_price(name, price) for name in columns]
        order = list(FAMILIES)
        keys = sorted(rows, key=lambda key: order.index(key[0]))
        index = pd.MultiIndex.from_tuples(keys, names=["family", "case"])
        return pd.DataFrame([rows[key] for key in keys], index=index, columns=columns)

    def multiples(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the loss over the yearly expenditure on what is cut; NaN where nothing is."""
        frame = self.losses(regions)
        for name in frame.columns:
            own = self.account(str(name))
            scale = own["gdp"] / own["expenditure"] if own["expenditure"] > 0 else np.nan
            frame[name] *= -scale / 100.0
        return frame

    def implied_prices(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the multiple that the price of the scarce input would have to reach.

        NaN where nothing is cut, or where the loss is smaller than at unchanged prices.
        """
        frame = self.losses(regions)
        for name in frame.columns:
            own = self.account(str(name))
            if not own["expenditure"] > 0:
                frame[name] = np.nan
                continue
            multiple = implied_price(
                own["expenditure"] / own["gdp"],
                max(own["remaining"], LEAST_REMAINING),
                -frame[name].to_numpy() / 100.0,
            )
            frame[name] = np.where(multiple >= 1.0, multiple, np.nan)
        return frame

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the ensemble's long table, with two more variables by region and case.

        ``expenditure_multiple`` is the loss over yearly expenditure on what is cut,
        ``implied_price_multiple`` the price that it implies; cases ``price x 20`` and so on are
        read off expenditure shares alone.
        """
        labels = [str(name) for name in self.restricted.index]
        regions = list(dict.fromkeys([*self.regions, *labels]))
        shared = self.ensemble.long(regions)
        parts = {
            "loss_pct": ("percent", self.losses(regions)),
            "expenditure_multiple": ("1", self.multiples(regions)),
            "implied_price_multiple": ("1", self.implied_prices(regions)),
        }
        rows = []
        for name, (unit, frame) in parts.items():
            long = frame.reset_index().melt(
                ["family", "case"], var_name="region", value_name="value"
            )
            rows.append(long.assign(variable=name, unit=unit))
        about = shared.drop_duplicates("case").set_index("case")
        extra = pd.concat(rows, ignore_index=True)
        for column in ("model", "closure", "elasticities", "horizon"):
            extra[column] = extra["case"].map(about[column]).fillna("expenditure shares")
        extra["draw"] = -1
        for column in ("scenario", "table"):
            extra[column] = shared[column].iloc[0]
        whole = pd.concat([shared, extra[shared.columns]], ignore_index=True)
        return files.write_csv(whole.set_index("region"), Path(path))

    @property
    def plot(self) -> CutPlots:
        """Figures; see :class:`iomodel.report.figures.supply_cut.CutPlots`."""
        from iomodel.report.figures.supply_cut import CutPlots

        return CutPlots(self)

    def _at_price(self, region: str, price: float) -> float:
        labels = [str(name) for name in self.restricted.index]
        members = labels if region == WORLD else resolve_regions(region, labels)
        rows = self.restricted.loc[members]
        hit = rows[rows["expenditure"] > 0]
        gdp, bill = hit["gdp"].to_numpy(), hit["expenditure"].to_numpy()
        left = np.maximum(hit["remaining"].to_numpy(), LEAST_REMAINING)
        change = trapezoid(bill / gdp, left, np.full(len(hit), price))
        return float(100.0 * (change * gdp).sum() / rows["gdp"].sum())


def cut_bracket(
    table: MRIOTable | Workbench,
    scenario: Scenario,
    *,
    cases: Iterable[Case] | None = None,
    path: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> CutBracket:
    """Run every method on a cut of supplies, each with the parameters that decide its answer.

    Parameters
    ----------
    table : MRIOTable or Workbench
        Best one that has what is cut as sectors of its own, such as world-2022-ree.
    scenario : Scenario
        Cuts of exports or supplies, content controls.
    cases : iterable of Case, optional
        Default: those of :func:`iomodel.compare`.
    path : path-like, optional
        Folder for finished cases; see :func:`iomodel.run_batch`.
    progress : callable, optional
        Told the key of each case before it runs.

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
    workbench = table if isinstance(table, Workbench) else Workbench(table)
    if not cut_sectors(workbench, scenario):
        raise NotApplicableError(
            f"scenario {scenario.name!r} cuts no supplies on table {workbench.table.name!r}; use "
            "compare()"
        )
    if cases is None:
        ensemble = compare(workbench, scenario, path=path, progress=progress)
    else:
        ensemble = run_batch(workbench, cases, path=path, progress=progress)
    return CutBracket(ensemble, restricted_imports(workbench, scenario))


def restricted_imports(workbench: Workbench, scenario: Scenario) -> pd.DataFrame:
    """Return expenditure on restricted imports, GDP and the remaining quantity by region.

    Zero and NaN where nothing is cut.
    """
    table = workbench.table
    bound = expenditure_bound(table, scenario, ())
    frame = bound[["expenditure", "remaining"]].reindex(table.regions)
    frame["expenditure"] = frame["expenditure"].fillna(0.0)
    frame["gdp"] = table.value_added.values.sum(axis=1)
    return frame.rename_axis(index="region")
