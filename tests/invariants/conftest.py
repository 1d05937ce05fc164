"""The tables on which every invariant is tested: the toy, the world with rare earths, WIOD 2011."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
import pytest

from datasets.published import WIOD_2013
from iomodel.leontief import LeontiefSystem
from iomodel.models import MODELS, run
from iomodel.models.shortage.allocation import constrained_economy
from iomodel.models.shortage.criticality import resolve_criticality
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import read_wiod
from tests.invariants.tables import TABLES

RATED = ("bottleneck", "rationing", "inventories")


@dataclass(frozen=True, eq=False)
class Case:
    """A table, whose supply is cut, and how hard it is tested.

    The toy bears many draws, a table of 3,321 industries few.
    """

    table: MRIOTable
    region: str
    products: tuple[str, ...]
    # Part of each sector that the shocks hit: small where the sector is not the scarce good itself.
    part: float
    criticality: Any
    shares: tuple[float, ...]
    seeds: tuple[int, ...] = field(default=(0,))

    @cached_property
    def system(self) -> LeontiefSystem:
        """Shared by all tests of the table."""
        return LeontiefSystem(self.table)

    @property
    def few(self) -> tuple[float, ...]:
        """Shares for what takes long: all of the toy, one of a real table."""
        return self.shares if self.closed else self.shares[-1:]

    @property
    def closed(self) -> bool:
        """Whether there is no foreign trade."""
        return self.table.shape[0] == 1

    @cached_property
    def gamma(self) -> np.ndarray:
        return resolve_criticality(self.criticality, self.table)[0]

    def supply_cut(self, share: float) -> Scenario:
        return Scenario(SupplyCut(self.region, list(self.products), share * self.part))

    def cut(self, share: float) -> Scenario:
        """Cut exports; in a closed economy, supply."""
        if self.closed:
            return self.supply_cut(share)
        return Scenario(ExportCut(self.region, list(self.products), share, product_share=self.part))

    def supply(self, scenario: Scenario, gamma=None, rule: str = "intermediate"):
        weights = self.gamma if gamma is None else gamma
        return constrained_economy(self.table, scenario.lower(self.table), weights, rule=rule)

    def loss(self, effects) -> float:
        """World loss of GDP as a fraction."""
        return 1 - float(effects["gdp_new"].sum() / effects["gdp_base"].sum())

    def run(self, scenario: Scenario, model: str, table: MRIOTable | None = None, **options):
        known = MODELS[model].options
        if model in RATED:
            options.setdefault("criticality", self.criticality)
        if model == "leontief":
            options.setdefault("elasticities", 3.0)
        if "system" in known and table is None:
            options["system"] = self.system
        return run(table or self.table, scenario, model, **options)


@pytest.fixture(scope="session", params=TABLES)
def case(request) -> Case:
    return case_of(request.param)


@cache
def case_of(name: str) -> Case:
    if name == "toy":
        chain = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
        shares = (0.01, 0.1, 0.3, 0.5, 0.8, 1.0)
        return Case(load("ree-toy"), "TOY", ("REE",), 1.0, chain, shares, tuple(range(10)))
    if name == "world-2022-ree":
        products = ("C20_REE", "C24A_REE", "C27_REE")
        return Case(load("world-2022-ree"), "CHN", products, 1.0, "analysts", (0.3, 0.8))
    table = read_wiod(WIOD_2013, 2011)
    return Case(table, "CHN", ("c14",), 0.5, "analysts", (0.3, 0.8))
