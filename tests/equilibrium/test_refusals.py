"""Refusals of the engine name regions and sectors, with the cause and a way out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.errors import InfeasibleError, SolverError, TableError
from iomodel.table.mrio import MRIOTable
from tests.equilibrium.conftest import accounts_at_random

TableMaker = Callable[..., MRIOTable]


def with_idle_regions(table: MRIOTable, idle: list[str]) -> MRIOTable:
    """Regions that buy final goods and produce nothing, as CHN beside CN1 and CN2."""
    Z, Y = table.Z.values.copy(), np.maximum(table.Y.values, 0.0)
    for region in map(table.regions.index, idle):
        Y[:, :, region, 0] += Z[:, :, region].sum(axis=2)
        Z[region], Y[region], Z[:, :, region] = 0.0, 0.0, 0.0
    R, S = table.shape
    return MRIOTable.from_arrays(
        Z.reshape(R * S, R * S),
        Y.reshape(R * S, -1),
        regions=list(table.regions),
        sectors=list(table.sectors),
        year=2022,
        unit="million USD",
        name="idle",
    )


@pytest.mark.parametrize("idle", [["R3"], ["R3", "R4"]])
@pytest.mark.parametrize("balance", ["zero", "fixed"])
@pytest.mark.parametrize("exporter", ["R1", "R3"])
def test_regions_that_only_buy_are_named(
    make_table: TableMaker, idle: list[str], balance: str, exporter: str
) -> None:
    table = with_idle_regions(make_table(5, regions=3 + len(idle)), idle)
    scenario = iom.Scenario([iom.Tariff("R0", exporter, "all", 0.2)], name="duty")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InfeasibleError, match=rf"no industry of {', '.join(idle)} produces"):
            iom.run(table, scenario, model="equilibrium", elasticities=4.0, balance=balance)


@pytest.mark.parametrize("seed", [197, 423, 1427, 1542, 1593, 2185, 2232])
def test_a_region_without_final_demand_is_refused_with_the_cause(seed: int) -> None:
    accounts = accounts_at_random(np.random.default_rng(seed), 4, 3, gaps=True)
    elasticities = ge.Elasticities.caliendo_parro(np.full(3, 4.0))
    with pytest.raises(InfeasibleError, match=r"no final demand in region [03]: income there can"):
        ge.rebase(accounts, elasticities)


@pytest.mark.parametrize("kind", ["common", "by-user"])
def test_a_region_without_supplier_is_named(make_table: TableMaker, kind: str) -> None:
    source = make_table(5)
    table = source.with_history("no duties", tariff=0.0 * source.tariff)
    alone = iom.Embargo(importer="R1", exporter="others")
    Z, Y = table.Z.values.copy(), np.maximum(table.Y.values, 0.0)
    Z[1, 2], Y[1, 2] = 0.0, 0.0  # R1 makes no s2 and buys it abroad
    Z[:, :, 1, 2] = 0.0
    R, S = table.shape
    table = MRIOTable.from_arrays(
        Z.reshape(R * S, R * S),
        Y.reshape(R * S, -1),
        regions=list(table.regions),
        sectors=list(table.sectors),
        year=2022,
        unit="million USD",
        name="missing",
    )
    with pytest.raises(InfeasibleError, match=r"^s[02] in R1 has no supplier left"):
        iom.run(
            table,
            iom.Scenario([alone], name="alone"),
            model="equilibrium",
            elasticities=4.0,
            horizon="long",
            import_shares=kind,
        )


def test_autarky_of_singapore_names_the_product_and_the_region() -> None:
    world = iom.load("world-2022")
    named = ["SGP", "CHN", "USA"]
    rest = [region for region in world.regions if region not in named]
    table = world.aggregate(regions={**{region: [region] for region in named}, "ROW": rest})
    shocks = [
        iom.Embargo(importer="SGP", exporter="others"),
        iom.Embargo(importer="others", exporter="SGP"),
    ]
    with pytest.raises(InfeasibleError, match=r"^A02 in SGP has no supplier left"):
        iom.run(table, iom.Scenario(shocks, name="autarky"), model="equilibrium")


def test_inputs_dearer_than_sales_name_the_industry(make_table: TableMaker) -> None:
    source = make_table(5)
    table = source.with_history("duties raised for a test", tariff=20.0 + 0.0 * source.tariff)
    scenario = iom.Scenario([iom.Tariff("R0", "R1", "all", 0.2)], name="duty")
    with pytest.raises(TableError, match=r"inputs of s\d in R\d cost more with duty"):
        iom.run(table, scenario, model="equilibrium", elasticities=4.0, horizon="long")


@pytest.fixture(scope="module")
def small_ree() -> MRIOTable:
    world = iom.load("world-2022-ree")
    named = ["USA", "CHN", "JPN", "KOR", "TWN", "AUS", "NZL", "DEU", "VNM", "LUX"]
    rest = [region for region in world.regions if region not in named]
    return world.aggregate(regions={**{region: [region] for region in named}, "ROW": rest})


@pytest.mark.parametrize("name", ["rare-earth-controls-2025-11", "rare-earth-controls-2026-11"])
@pytest.mark.parametrize("option", [{"horizon": "medium"}, {"closure": "sticky"}])
def test_rare_earth_controls_solve(small_ree: MRIOTable, name: str, option: dict[str, Any]) -> None:
    # One link: the chain of real GDP takes minutes here, and real income does not depend on it.
    effects = iom.run(small_ree, iom.Scenario.load(name), model="equilibrium", links=1, **option)
    assert effects.diagnostics["residual"] < 1e-8


@pytest.mark.parametrize(("region", "sector"), [("CHN", "C26"), ("LUX", "C26")])
def test_the_whole_of_an_industry_can_be_lost(
    small_ree: MRIOTable, region: str, sector: str
) -> None:
    scenario = iom.Scenario([iom.SupplyCut(region, sector, share=1.0)], name="all-of-it")
    effects = iom.run(small_ree, scenario, model="equilibrium", links=1)
    output = effects["output_new"].sel(region=region, sector=sector)
    assert float(output) == 0.0
    assert float(effects["real_income_pct"].sel(region=region)) < 0.0


def test_a_loss_that_has_no_equilibrium_is_refused_with_names(small_ree: MRIOTable) -> None:
    """Without any construction at home, flexible factor prices in China fall to nothing."""
    scenario = iom.Scenario([iom.SupplyCut("CHN", "F", share=1.0)], name="no-construction")
    flexible = {"closure": "specific", "elasticities": 0.5, "balance": "zero"}
    with pytest.raises(SolverError) as refusal:
        iom.run(small_ree, scenario, model="equilibrium", links=1, **flexible)
    # Sticky ones do not fall: those who built are idle.
    sticky = iom.run(small_ree, scenario, model="equilibrium", links=1)
    assert float(sticky["employment_pct"].sel(region="CHN", sector="F")) == -100.0
    assert "factor prices move most in F in CHN" in str(refusal.value)
    assert "cut a smaller share" in str(refusal.value)
    for word in ("phases", "balance="):
        assert word not in str(refusal.value)
