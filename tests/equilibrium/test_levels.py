"""Levels belong to the economy that was solved: accounts hold in base and scenario alike."""

from __future__ import annotations

import numpy as np
import pytest

import iomodel as iom
from iomodel.models.workbench import Workbench
from iomodel.scenario.catalogue import scenario_names
from iomodel.table.mrio import MRIOTable
from tests.campaign.checks.library import account_fault
from tests.few_regions import NAMED, merged

SCENARIOS = [
    name
    for name in scenario_names()
    if "equilibrium" in iom.applicable(iom.load("world-2022"), iom.Scenario.load(name))
]


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    return merged("world-2022", NAMED)


@pytest.mark.parametrize("name", SCENARIOS)
def test_accounts_of_every_library_scenario(name: str, table: MRIOTable) -> None:
    scenario = iom.Scenario.load(name)
    effects = iom.run(table, scenario, model="equilibrium", links=1, detail=True)
    assert account_fault(effects) == ""
    policy = Workbench(table).policy(scenario)
    single = [table.regions.index(region) for region in NAMED]
    for moment, tariff in (("base", policy.tariff_base), ("new", policy.tariff_new)):
        # Regions that were added together levy duties within themselves, which is no trade.
        revenue = tariff * effects[f"trade_value_by_sector_{moment}"].values
        np.testing.assert_allclose(
            effects[f"tariff_revenue_{moment}"].values[single],
            revenue.sum(axis=(0, 1))[single],
            rtol=1e-9,
        )
    # Income and product of the base are the same economy's.
    gdp = effects["value_added_base"].values.sum(axis=1)
    np.testing.assert_allclose(effects["gdp_base"], gdp, rtol=1e-9)
    world = (effects[f"{name}_base"].values.sum() for name in ("exports", "imports"))
    np.testing.assert_allclose(*world, rtol=1e-9)


def test_a_base_with_the_table_deficits_is_the_table(table: MRIOTable) -> None:
    scenario = iom.Scenario([iom.Tariff("USA", "CHN", "goods", 0.25)], name="duty")
    effects = iom.run(
        table, scenario, model="equilibrium", elasticities=4.0, balance="fixed", links=1
    )
    x, base = table.x.values, effects["output_base"].values
    # What is left are negative inventories, set to zero.
    assert np.abs(base - x).sum() < 1e-3 * x.sum()
    moved = 100.0 * (base - x) / np.where(base > 0.0, base, 1.0)
    np.testing.assert_allclose(effects["output_base_shift_pct"], moved, rtol=0, atol=0.2)


def test_balancing_trade_is_shown_once_as_a_shift_of_the_base(table: MRIOTable) -> None:
    scenario = iom.Scenario([iom.Tariff("USA", "CHN", "goods", 0.25)], name="duty")
    effects = iom.run(
        table, scenario, model="equilibrium", elasticities=4.0, balance="zero", links=1
    )
    exports = (table.Z.sum("user_sector") + table.Y.sum("final_use")).values.copy()
    for region in range(len(table.regions)):
        exports[region, :, region] = 0.0
    old = np.maximum(exports, 0.0).sum(axis=(1, 2))
    new = effects["exports_base"].values
    np.testing.assert_allclose(effects["exports_base_shift_pct"], 100.0 * (1.0 - old / new))
    assert abs(effects["exports_base_shift_pct"].values).max() > 1.0
    [note] = [note for note in effects.notes if note.startswith("Levels are those of the base")]
    assert "imports move by" in note


@pytest.mark.parametrize("rents", ["buyer", "seller"])
def test_levels_of_scarce(table: MRIOTable, rents: str) -> None:
    cut = iom.ExportCut("CHN", "C26", 0.5)
    effects = iom.run(table, iom.Scenario([cut], name="cut"), model="scarce", rents=rents)
    assert account_fault(effects) == ""
    np.testing.assert_allclose(
        effects["gdp_base"], effects["value_added_base"].sum("sector"), rtol=1e-9
    )
    np.testing.assert_allclose(effects["gdp_base"].sum(), table.value_added.sum().values, rtol=0.05)


def test_levels_of_diffusion(table: MRIOTable) -> None:
    effects = iom.run(
        table,
        iom.Scenario.load("us-china-decoupling"),
        model="diffusion",
        horizon=2030,
        elasticities=4.0,
        productivity="equal",
    )
    assert account_fault(effects) == ""
