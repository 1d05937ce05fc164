"""The laboratory behind docs/decoupling-static.md: one table, and experiments on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import iomodel as iom
import iomodel.equilibrium as ge
from datasets.published import WIOD_2013
from iomodel.equilibrium.calibration import from_flows
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.studies.decoupling.blocs import FULL
from iomodel.table.groups import REST_OF_WORLD, resolve_regions
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float


class Blocs(NamedTuple):
    """Positions of the regions on two sides."""

    west: list[int]
    east: list[int]


class Losses(NamedTuple):
    """Real income in percent, the world's weighted by base GDP; trade across the sides over GDP."""

    world: float
    by_region: dict[str, float]
    cross_trade: float


class Laboratory:
    """One table, and experiments on it."""

    def __init__(self, table: MRIOTable) -> None:
        self.table = table
        self.regions = list(table.regions)

    def economy(self, inputs: str = "common") -> ge.Economy:
        """Return the table with its tariffs (WIOD has none)."""
        table = self.table
        R, S = table.shape
        rates = np.zeros((R, S, R))
        if "tariff" in table:
            rates = np.asarray(table.tariff.values, dtype=np.float64)
        if inputs == "own":
            return from_flows(table.Z.values, table.Y.values, rates)
        whole = economy_of(table, rates)
        return whole if inputs == "common" else ge.without_materials(whole.flow, whole.tariff)

    def merged(self, regions: Sequence[str]) -> Laboratory:
        """Return the laboratory of these regions, all others in the rest of the world."""
        places = {r: r if r in regions else REST_OF_WORLD for r in self.regions}
        return Laboratory(self.table.aggregate(regions=places))

    def theta(self, elasticities: str | float) -> Float:
        """Return one trade elasticity per sector."""
        return resolve_elasticities(elasticities, self.table)[0]

    def blocs(self, rest_of_world: str = "east") -> Blocs:
        """Return west and east; the rest of the world goes with one of them or with neither."""
        named = [r for r in self.regions if r != REST_OF_WORLD]
        sides = {
            side: [self.regions.index(r) for r in resolve_regions(side, named)]
            for side in ("west", "east")
        }
        if rest_of_world in sides:
            sides[rest_of_world].append(self.regions.index(REST_OF_WORLD))
        return Blocs(sides["west"], sides["east"])

    def pair(self, home: str = "USA", partner: str = "CHN") -> Blocs:
        """Return two countries."""
        return Blocs([self.regions.index(home)], [self.regions.index(partner)])

    def between(
        self, blocs: Blocs, value: float, neutral: float, sectors: int | None = None
    ) -> Float:
        """Return an array (S, I, N) with a value on flows between two sides."""
        R, S = self.table.shape
        array = np.full((S, R, R), neutral)
        affected = range(S if sectors is None else sectors)
        for exporters, importers in (blocs, blocs[::-1]):
            array[np.ix_(affected, exporters, importers)] = value
        return array

    def cross_trade(self, economy: ge.Economy, blocs: Blocs) -> float:
        """Return sales across the two sides as a share of the world's GDP."""
        total = economy.flow.sum(axis=0)
        crossing = total[np.ix_(*blocs)].sum() + total[np.ix_(*blocs[::-1])].sum()
        return float(crossing / gdp(economy).sum())

    def solve(
        self,
        blocs: Blocs,
        theta: Float,
        *,
        cost: float = 1.0 + FULL,
        duty: float | None = None,
        inputs: str = "common",
        nested: bool = False,
        sectors: int | None = None,
        labour: str = "mobile",
        balance: str = "zero",
    ) -> Losses:
        """Return the effects of an iceberg cost, or of a duty, between two sides.

        Industries use no inputs ("none"), buy each from the origins that are common to all users of
        their country ("common"), or from their own ("own").
        """
        preset = ge.Elasticities.baqaee_farhi if nested else ge.Elasticities.caliendo_parro
        nests = preset(theta)
        base, _ = ge.rebase(self.economy(inputs), nests, ge.Closure(balance=balance))
        if duty is None:
            shock = ge.Shock(trade_cost=self.between(blocs, cost, 1.0, sectors))
        else:
            shock = ge.Shock(tariff=base.tariff + self.between(blocs, duty, 0.0, sectors))
        solution = ge.solve(base, nests, shock, ge.Closure(labour, balance))
        change = 100.0 * (solution.real_income[0] - 1.0)
        weight = gdp(base)
        return Losses(
            float(ge.world_mean(change, weight)),
            dict(zip(self.regions, change.tolist(), strict=True)),
            self.cross_trade(base, blocs),
        )


def gdp(economy: ge.Economy) -> Float:
    """Return factor income and tariff revenue, (N,)."""
    return np.asarray(economy.income + economy.revenue, dtype=np.float64)


def wiod(year: int) -> Laboratory:
    """Return the laboratory of one year of WIOD 2013."""
    return Laboratory(iom.read_wiod(WIOD_2013, year))
