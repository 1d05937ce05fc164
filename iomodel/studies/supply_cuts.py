"""Bracket of a supply cut: all methods, expenditure on restricted imports, implied prices."""

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
from iomodel.effects.regions import standing_regions
from iomodel.effects.tables import WORLD
from iomodel.errors import NotApplicableError
from iomodel.models.shortage.expenditure_bounds import (
    LEAST_REMAINING,
    expenditure_bound,
    implied_price,
    trapezoid,
)
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.comparison import compare
from iomodel.studies.cut_cases import FAMILIES, cut_sectors
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.table.groups import resolve_regions

if TYPE_CHECKING:
    from iomodel.report.figures.supply_cut import CutPlots
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CutBracket", "cut_bracket", "restricted_imports"]

# Multiples of the price of the scarce input at which expenditure shares are read.
PRICES = (20.0, 100.0, 1000.0)


@dataclass(frozen=True, eq=False)
class CutBracket:
    """Ensemble of one supply cut, beside expenditure on restricted imports.

    Attributes
    ----------
    ensemble : Ensemble
        Effects by case; methods that refused, with their sentence.
    restricted : DataFrame
        By region: ``expenditure`` on restricted imports and ``gdp``, in the table's unit;
        ``remaining``, the share of their quantity that is still delivered, NaN without expenditure.
    """

    ensemble: Ensemble
    restricted: pd.DataFrame

    @cached_property
    def regions(self) -> list[str]:
        """Columns: the large economies of the table, or all its regions; the world."""
        standing = standing_regions(self._labels)
        return [*(standing if len(standing) > 1 else self._labels), WORLD]

    @cached_property
    def focus(self) -> str:
        """The region to show alone: the first column with expenditure on restricted imports."""
        buyers = [name for name in self.regions if self.account(name)["expenditure"] > 0]
        return buyers[0] if buyers else WORLD

    def account(self, region: str) -> dict[str, float]:
        """Return expenditure, GDP and remaining quantity of a region, a group or the world."""
        members = self._members(region)
        expenditure = float(members["expenditure"].sum())
        delivered = float((members["expenditure"] * members["remaining"]).sum())
        return {
            "expenditure": expenditure,
            "gdp": float(members["gdp"].sum()),
            "remaining": delivered / expenditure if expenditure > 0 else np.nan,
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
        frames: dict[str, pd.DataFrame] = {}
        rows: dict[tuple[str, str], list[float]] = {}
        for case in self.ensemble.answered:
            income = "real_income_pct" in self.ensemble[case.key]
            variable = "real_income_pct" if income else "gdp_pct"
            if variable not in frames:
                frames[variable] = self.ensemble.to_dataframe(variable, columns)
            for label, answered, _ in self.ensemble.columns(variable):
                if answered is case:
                    rows[case.family, label.replace(":", ", ")] = frames[variable][label].to_list()
        for price in PRICES:
            rows["prices", f"price x {price:g}"] = [self._at_price(name, price) for name in columns]
        order = list(FAMILIES)
        keys = sorted(rows, key=lambda key: order.index(key[0]))
        index = pd.MultiIndex.from_tuples(keys, names=["family", "case"])
        return pd.DataFrame([rows[key] for key in keys], index=index, columns=columns)

    def multiples(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return losses in multiples of yearly expenditure on restricted imports.

        NaN without such expenditure.
        """
        frame = self.losses(regions)
        for name in frame.columns:
            account = self.account(str(name))
            bought = account["expenditure"] > 0
            scale = account["gdp"] / account["expenditure"] if bought else np.nan
            frame[name] *= -scale / 100.0
        return frame

    def implied_prices(self, regions: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the price multiple of the scarce input that each loss implies.

        Solved from expenditure shares, :func:`~iomodel.models.shortage.expenditure_bounds
        .implied_price` [BachmannEtAl2022]_. NaN without expenditure on restricted imports, and
        where the loss is smaller than at unchanged prices.
        """
        frame = self.losses(regions)
        for name in frame.columns:
            account = self.account(str(name))
            if not account["expenditure"] > 0:
                frame[name] = np.nan
                continue
            multiple = implied_price(
                account["expenditure"] / account["gdp"],
                max(account["remaining"], LEAST_REMAINING),
                -frame[name].to_numpy() / 100.0,
            )
            frame[name] = np.where(multiple >= 1.0, multiple, np.nan)
        return frame

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the ensemble's long table, with three more variables by region and case.

        ``loss_pct`` is :meth:`losses`, ``expenditure_multiple`` :meth:`multiples`,
        ``implied_price_multiple`` :meth:`implied_prices`; cases ``price x 20`` and so on are read
        off expenditure shares alone.
        """
        regions = list(dict.fromkeys([*self.regions, *self._labels]))
        ensemble = self.ensemble.long(regions)
        about = ensemble.drop_duplicates("case").set_index("case")
        blocks = [ensemble]
        for name, unit, frame in (
            ("loss_pct", "percent", self.losses(regions)),
            ("expenditure_multiple", "1", self.multiples(regions)),
            ("implied_price_multiple", "1", self.implied_prices(regions)),
        ):
            block = frame.reset_index().melt(
                ["family", "case"], var_name="region", value_name="value"
            )
            for column in ("model", "closure", "elasticities", "horizon"):
                block[column] = block["case"].map(about[column]).fillna("expenditure shares")
            for column in ("draw", "scenario", "table"):
                block[column] = ensemble[column].iloc[0]
            # Bands stand beside the variables that have them.
            block["low"] = block["high"] = np.nan
            block["band"] = ""
            blocks.append(block.assign(variable=name, unit=unit)[ensemble.columns])
        return files.write_csv(pd.concat(blocks, ignore_index=True).set_index("region"), Path(path))

    @property
    def plot(self) -> CutPlots:
        """Figures; see :class:`iomodel.report.figures.supply_cut.CutPlots`."""
        from iomodel.report.figures.supply_cut import CutPlots

        return CutPlots(self)

    @property
    def _labels(self) -> list[str]:
        return [str(name) for name in self.restricted.index]

    def _members(self, region: str) -> pd.DataFrame:
        """Return the rows of a region, a group or the world."""
        labels = self._labels
        return self.restricted.loc[labels if region == WORLD else resolve_regions(region, labels)]

    def _at_price(self, region: str, price: float) -> float:
        """Return the change of GDP in percent at a multiple of the scarce input's price."""
        members = self._members(region)
        buyers = members[members["expenditure"] > 0]
        gdp, expenditure = buyers["gdp"].to_numpy(), buyers["expenditure"].to_numpy()
        remaining = np.maximum(buyers["remaining"].to_numpy(), LEAST_REMAINING)
        change = trapezoid(expenditure / gdp, remaining, np.full(len(buyers), price))
        return float(100.0 * (change * gdp).sum() / members["gdp"].sum())


def cut_bracket(
    table: MRIOTable | Workbench,
    scenario: Scenario,
    *,
    cases: Iterable[Case] | None = None,
    path: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> CutBracket:
    """Run all methods on a supply cut, swept over the parameters that decide their answers.

    Parameters
    ----------
    table : MRIOTable or Workbench
        Best one whose sectors are the restricted products, such as world-2022-ree.
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
        A method that refuses leaves its sentence in ``bracket.ensemble.refusals``.

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
        ensemble = run_batch(workbench, cases, path=path, progress=progress, on_error="refusals")
    return CutBracket(ensemble, restricted_imports(workbench, scenario))


def restricted_imports(workbench: Workbench, scenario: Scenario) -> pd.DataFrame:
    """Return expenditure on restricted imports, GDP and the remaining quantity by region.

    Zero and NaN for regions that buy none.
    """
    table = workbench.table
    bound = expenditure_bound(table, scenario, ())
    frame = bound[["expenditure", "remaining"]].reindex(table.regions)
    frame["expenditure"] = frame["expenditure"].fillna(0.0)
    frame["gdp"] = table.value_added.values.sum(axis=1)
    return frame.rename_axis(index="region")
