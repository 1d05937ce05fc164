"""The daily model: flat without shocks, stocks that add up, and what stocks are worth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.effects import Effects
from iomodel.errors import LabelError, NotApplicableError, ScenarioError
from iomodel.models import Workbench, applicable, run
from iomodel.models.shortage.inventories import (
    InventoriesOptions,
    cover_days,
    inventories,
    inventories_batch,
)
from iomodel.models.shortage.inventories.behaviour import VARIANTS, Behaviour
from iomodel.models.shortage.inventories.calendar import calendar, policy_day
from iomodel.models.shortage.inventories.economy import daily_economy
from iomodel.models.shortage.inventories.simulation import simulate, step
from iomodel.models.shortage.inventories.state import start
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange, Embargo, ExportCut, SupplyCut, Tariff
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

CUT = Scenario(
    ExportCut("R0", ["s0", "s1"], 0.7, start=dt.date(2025, 4, 1), end=dt.date(2025, 5, 31)),
    name="cut",
)


def ratings(seed):
    return np.tile(np.random.default_rng(seed).choice([0.0, 0.5, 1.0], (4, 4)), (1, 3))


@pytest.mark.parametrize(
    ("variant", "criticality"),
    # ario has no linear rule.
    [(v, c) for v in VARIANTS for c in (1.0, "linear") if (v, c) != ("ario", "linear")],
)
@pytest.mark.parametrize("origins", ["region", "user"])
@pytest.mark.parametrize("rationing", ["intermediate", "proportional"])
def test_a_year_without_shocks_is_exactly_flat(
    make_table, variant, origins, rationing, criticality
):
    options = {"variant": variant, "origins": origins, "rationing": rationing}
    options["criticality"] = criticality
    table = make_table(1, idle=True)
    for scenario in (Scenario(), Scenario(ExportCut("R0", "all", 0.0))):
        effects = inventories(table, scenario, stocks=0.7, **options)
        for name in ("output_path_pct", "gdp_path_pct", "stock_path_pct", "final_demand_pct"):
            assert np.all(np.nan_to_num(effects[name].values) == 0.0), name
        for name in ("output", "value_added", "gdp"):
            np.testing.assert_array_equal(effects[f"{name}_new"], effects[f"{name}_base"])
        assert effects["output_path_pct"].sizes["time"] == 365


def test_a_year_of_the_world_without_shocks_is_exactly_flat():
    effects = inventories(load("world-2022"), Scenario(), days=365)
    assert np.all(effects["gdp_path_pct"].values == 0.0)
    assert np.all(effects["output_path_pct"].values == 0.0)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 999),
    variant=st.sampled_from(VARIANTS),
    first=st.booleans(),
    origins=st.sampled_from(["region", "user"]),
    resourcing=st.sampled_from([0.0, 0.8]),
)
def test_stocks_balance_and_nobody_gets_what_was_not_made(
    make_table, seed, variant, first, origins, resourcing
):
    table = make_table(seed)
    scenario = Scenario([*CUT.shocks, SupplyCut("R1", "s2", 0.4), DemandChange("R2", "s3", 0.1)])
    economy = daily_economy(table, ratings(seed), cover_days(table, 0.5)[0], origins=origins)
    rule = Behaviour(
        variant=variant,
        intermediate_first=first,
        resourcing=resourcing,
        resourcing_days=20.0,
        overproduction=1.1,
    )
    day = policy_day(table, economy, [scenario.lower(table)])
    state = start(economy, 1)
    for _ in range(60):
        after, made, _final = step(economy, rule, state, day)
        arrived, used = after.arrived - state.arrived, after.used - state.used
        # Each stock, in days of use: sums of up to 60 terms of order one to a hundred.
        balance = after.stock - state.stock - (arrived - used)
        assert np.abs(balance).max() < 1e-9
        assert after.stock.min() >= 0.0
        assert arrived.min() >= -1e-9
        received = (arrived[:, :, 0] * economy.use).sum(axis=1)
        supplied = made.reshape(3, 4).T * day.base_sales[:, :, 0]
        assert np.all(received <= supplied.sum(axis=1) * (1 + 1e-9))
        state = after


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_record_holds_the_parameters_of_behaviour(make_table, variant):
    effects = inventories(make_table(1), Scenario(), variant=variant, criticality=0.0, days=1)
    assert effects.parameters["variant"] == variant
    assert effects.parameters["rationing"] == "intermediate"
    assert ("restocking_days" in effects.parameters) == (variant != "contracts")
    assert "intermediate_first" not in effects.parameters


@pytest.mark.parametrize("months", [0, 1, 2, 3, 6])
def test_months_of_stock_against_a_cut_of_a_year(months):
    # One foreign input, critical, from one origin that serves nobody else.
    Z = np.zeros((4, 4))
    Z[0, 3] = 10.0
    Y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 100.0]])
    table = MRIOTable.from_arrays(Z, Y, regions=["A", "B"], sectors=["ore", "car"])
    effects = inventories(
        table,
        Scenario(ExportCut("A", "ore", 0.8)),
        criticality={("ore", "car"): 1.0},
        stocks=float(months),
    )
    lost = -float(effects["output_pct"].sel(region="B", sector="car")) / 100
    # Days are whole, and even without stocks the day's own use is at hand: two days in 365.
    assert lost == pytest.approx(max(0.0, 0.8 - months / 12), abs=2 / 365)


def test_dates_of_the_scenario_are_kept(make_table):
    table = make_table(0)
    effects = inventories(
        table, CUT, criticality={("s0", "all"): 1.0, ("s1", "all"): 1.0}, stocks=0.0
    )
    time = [str(t) for t in effects["gdp_path_pct"]["time"].values]
    assert (time[0], time[-1]) == ("2025-04-01", "2026-03-31")
    path = effects["gdp_path_pct"].sel(region=["R1", "R2"]).min("region").values
    assert path[0] == 0.0
    assert path[30] < -1.0
    assert path[-1] > path[30]
    later = inventories(table, CUT, criticality=0.0, start=dt.date(2025, 6, 1))
    assert np.all(later["gdp_path_pct"].values == 0.0)
    with pytest.raises(ScenarioError, match="pass start"):
        inventories(
            table, Scenario(SupplyCut("R0", "s0", 0.1, end=dt.date(2025, 1, 1))), criticality=0.0
        )


def test_scenarios_side_by_side_are_the_scenarios_alone(make_table):
    table = make_table(2)
    scenarios = [
        Scenario(ExportCut("R0", "s0", 0.5)),
        Scenario(Embargo(between=["R0", "R1"])),
        Scenario(),
    ]
    options = {"criticality": 0.5, "days": 90, "stocks": 0.5, "resourcing": 0.5}
    together = inventories_batch(Workbench(table), scenarios, InventoriesOptions(**options))
    for scenario, effects in zip(scenarios, together, strict=True):
        alone = inventories(table, scenario, **options)
        for name in ("output_path_pct", "stock_path_pct"):
            np.testing.assert_allclose(effects[name], alone[name], atol=1e-9)
    assert np.all(together[2]["gdp_path_pct"].values == 0.0)


def test_own_origins_are_the_regions_where_the_table_was_built_so(make_table):
    drawn = make_table(4)
    Z = drawn.Z.values
    flows = Z.sum(axis=3, keepdims=True)
    pooled = flows / flows.sum(axis=0) * Z.sum(axis=0)
    table = MRIOTable.from_arrays(
        np.nan_to_num(pooled).reshape(12, 12),
        drawn.Y2,
        regions=drawn.regions,
        sectors=drawn.sectors,
        final_uses=drawn.final_uses,
        tolerance=np.inf,
    )
    # Not at a border: there a region's users share what is let through, or each has his part.
    scenario = Scenario(SupplyCut("R0", ["s0", "s1"], 0.3))
    one, two = (
        inventories(table, scenario, criticality=1.0, stocks=0.3, days=120, origins=o)
        for o in ("region", "user")
    )
    np.testing.assert_allclose(one["output_path_pct"], two["output_path_pct"], atol=1e-7)


def test_calendar_changes_with_the_shocks(make_table):
    table = make_table(0)
    economy = daily_economy(table, np.zeros((4, 12)), cover_days(table, 1.0)[0])
    plan, _ = calendar(table, economy, [CUT], dt.date(2025, 3, 30), 70)
    cut = [bool(day.limit.size) for day in plan]
    assert cut == [False] * 2 + [True] * 61 + [False] * 7
    assert simulate(economy, Behaviour(), plan[:2]).imbalance == 0.0


def test_a_trace_that_nobody_rated_moves_nothing():
    toy = load("ree-toy")
    Z = toy.Z2.copy()
    Z[0, 3] += 1e-6 * toy.x1[3]
    traced = MRIOTable.from_arrays(
        Z, toy.Y2, x=Z.sum(1) + toy.Y2.sum(1), regions=toy.regions, sectors=toy.sectors
    )
    chain = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
    halved = Scenario(SupplyCut("TOY", "REE", 0.5))
    plain, more = (
        float(inventories(t, halved, criticality=chain, stocks=1.0)["gdp_pct"][0])
        for t in (toy, traced)
    )
    # As in the bottleneck model, in percent of GDP: the trace takes 0.04% of what the mine sells.
    assert abs(plain - more) < 0.02


def test_file_keeps_the_path(make_table, tmp_path):
    effects = inventories(make_table(0), CUT, criticality=0.5, days=40)
    again = Effects.from_netcdf(effects.to_netcdf(tmp_path / "effects.nc"))
    np.testing.assert_array_equal(again["gdp_path_pct"], effects["gdp_path_pct"])
    assert (
        again["gdp_path_pct"]["time"].values.tolist()
        == effects["gdp_path_pct"]["time"].values.tolist()
    )
    assert "gdp_pct" in again.by_region().columns
    assert again.parameters["days"] == 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "agents"}, "unknown variant of model inventories 'agents'"),
        ({"rationing": "fair"}, "unknown rationing of model inventories 'fair'"),
        ({"origins": "all"}, "unknown origins of model inventories 'all'"),
        (
            {"stocks": "much"},
            "unknown stocks of model inventories 'much'; valid: data; or a number from 0",
        ),
        ({"stocks": {("s0", "s1"): -1.0}}, "to numbers from 0"),
        ({"days": 0}, "days of model inventories is 0"),
        ({"psi": 2.0}, "psi of model inventories is 2.0; give a number above 0"),
    ],
)
def test_refusals(make_table, options, message):
    with pytest.raises(LabelError, match=message):
        inventories(make_table(0), Scenario(), criticality=0.0, **options)


def test_registered_for_tables_that_are_rated(make_table):
    world, cut = load("world-2022"), Scenario(ExportCut("CHN", "C27", 0.8))
    assert "inventories" in applicable(world, cut)
    assert "inventories" not in applicable(make_table(0), CUT)
    by_name = run(world, cut, "inventories", days=40)
    itself = inventories(world, cut, days=40)
    np.testing.assert_array_equal(by_name["gdp_path_pct"], itself["gdp_path_pct"])
    assert by_name.closure == "contracts"
    with pytest.raises(NotApplicableError, match="nothing to say about tariff"):
        run(world, Scenario(Tariff("USA", "CHN", rate=0.1)), "inventories")


def test_a_year_of_the_split_world_keeps_its_stocks_in_balance():
    effects = inventories(load("world-2022-ree"), Scenario.load("rare-earth-80-12m"))
    # In days of use, after 365 additions to stocks of up to 236 days.
    assert effects.diagnostics["residual"] < 1e-9
    path = effects["gdp_path_pct"].sel(region=["USA", "JPN", "DEU"])
    assert np.all(path.isel(time=0) > -0.01)
    assert np.all(path.isel(time=slice(300, None)) < 0)
