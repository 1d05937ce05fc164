"""Stockpiles, recycling, ramps, licences that take time, the loss over the run, progress."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.models.shortage.inventories import inventories
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut
from iomodel.table.mrio import MRIOTable

FIRST = dt.date(2025, 4, 4)
CHAIN = {("ore", "car"): 1.0}


def mine_and_maker(home=0.0):
    """Ore from A, and some at home, for the cars of B."""
    Z = np.zeros((4, 4))
    Z[0, 3], Z[2, 3] = 10.0, home
    Y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 5.0], [0.0, 100.0]])
    return MRIOTable.from_arrays(Z, Y, regions=["A", "B"], sectors=["ore", "car"])


def cars(scenario, table=None, **options):
    effects = inventories(
        table or mine_and_maker(), scenario, **{"criticality": CHAIN, "stocks": 0.0} | options
    )
    return effects["output_path_pct"].sel(region="B", sector="car").values / 100.0


@pytest.mark.parametrize("months", [0.0, 1.0, 2.0, 3.0, 6.0])
def test_public_stockpiles_are_worth_what_stocks_are(months):
    cut = Scenario(ExportCut("A", "ore", 0.8))
    path = cars(cut, stockpiles={("B", "ore"): months})
    # Two days in 365, as for stocks in tests/models/test_inventories.py.
    assert -path.mean() == pytest.approx(max(0.0, 0.8 - months / 12), abs=2 / 365)
    elsewhere = cars(cut, stockpiles={("A", "ore"): months})
    np.testing.assert_array_equal(elsewhere, cars(cut))


def test_recycling_grows_in_a_straight_line_and_lessens_the_shortage():
    path = cars(Scenario(ExportCut("A", "ore", 0.8)), recycling={"ore": 0.3}, recycling_days=100.0)
    # A day's use is at hand at the start, and what comes on one day is used on the next.
    day = np.arange(5, 300)
    np.testing.assert_allclose(path[day], -(0.8 - 0.3 * np.minimum((day - 1) / 100, 1)), atol=1e-12)
    assert np.all(cars(Scenario(), recycling={"ore": 0.3}, stockpiles={"ore": 2.0}) == 0.0)


def test_other_origins_are_found_in_a_straight_line_and_need_capacity():
    cut, table = Scenario(ExportCut("A", "ore", 1.0)), mine_and_maker(home=10.0)
    options = {"resourcing": 1.0, "resourcing_days": 50.0}
    assert cars(cut, table)[-1] == pytest.approx(-0.5)
    # Without new capacity there is only what consumers had: 5 of the 10 that are missing.
    assert cars(cut, table, **options)[-1] == pytest.approx(-0.25)
    grown = cars(cut, table, overproduction=2.0, overproduction_days=50.0, **options)
    assert np.all(np.diff(grown[3:]) >= -1e-12)
    assert grown[-1] == pytest.approx(0.0, abs=1e-12)
    assert grown[20] < -0.1


def test_a_licence_delays_and_then_denies_its_share():
    licence = ExportCut("A", "ore", 0.2, start=FIRST, delay=63)
    stop = [
        ExportCut("A", "ore", 1.0, start=FIRST, end=FIRST + dt.timedelta(days=62)),
        ExportCut("A", "ore", 0.2, start=FIRST + dt.timedelta(days=63)),
    ]
    path = cars(Scenario(licence))
    np.testing.assert_array_equal(path, cars(Scenario(stop)))
    assert path[30] == pytest.approx(-1.0)
    assert path[100] == pytest.approx(-0.2)
    # With two months and a half of stock, nobody notices the delay.
    assert np.all(cars(Scenario(licence), stocks=2.5)[:63] == 0.0)


def test_the_loss_over_the_run_is_in_percent_of_a_year():
    cut = Scenario(ExportCut("A", "ore", 0.8, start=FIRST, end=FIRST + dt.timedelta(days=89)))
    for days in (180, 365, 730):
        effects = inventories(
            mine_and_maker(), cut, criticality=CHAIN, stocks=0.0, days=days
        ).dataset
        mean = effects["gdp_pct"]
        np.testing.assert_allclose(effects["gdp_cumulative_pct"], mean * days / 365, rtol=1e-9)
        # The cut is over by then: longer runs add nothing.
        assert float(effects["gdp_cumulative_pct"].sel(region="B")) == pytest.approx(
            -100 * 0.8 * 90 / 365 * 90 / 95, rel=0.05
        )


def test_a_run_that_stops_before_the_policy_says_so():
    cut = Scenario(ExportCut("A", "ore", 0.8, start=FIRST, end=dt.date(2026, 10, 3)))
    effects = inventories(mine_and_maker(), cut, criticality=CHAIN)
    assert any("days=548" in note for note in effects.notes)
    longer = inventories(mine_and_maker(), cut, criticality=CHAIN, days=548)
    assert not any("days=548" in note for note in longer.notes)


def test_progress_is_told():
    said = []
    cars(Scenario(), progress=said.append, days=65)
    assert said == ["day 0 of 65", "day 30 of 65", "day 60 of 65"]


def test_readings_of_important_inputs_are_in_order(make_table):
    """Leontief, strong, half, weak and linear production: each loses less than the one before."""
    table = make_table(3)
    ratings = {("s0", "all"): 1.0, ("s1", "all"): 0.5}
    cut = Scenario(SupplyCut("R0", ["s0", "s1"], 0.5))
    readings = [
        {"criticality": 1.0},
        {"criticality": dict.fromkeys(ratings, 1.0)},
        {"criticality": ratings},
        {"criticality": {("s0", "all"): 1.0}},
        {"criticality": "linear"},
    ]
    lost = [
        -float(inventories(table, cut, stocks=0.5, **r).by_region().loc["WORLD", "gdp_pct"])
        for r in readings
    ]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] > lost[-1] > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"restocking_days": 10.0}, "contracts never orders more"),
        ({"variant": "ario", "criticality": "linear"}, "ario has no linear rule"),
        ({"stockpiles": {"ore": -1.0}}, "stockpiles of model inventories has -1.0 for 'ore'"),
        ({"recycling": {"ore": 1.5}}, "to numbers from 0 to 1"),
        ({"recycling": {"oar": 0.5}}, "did you mean 'ore'"),
        ({"recycling_days": 0.0}, "recycling_days of model inventories is 0.0"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(LabelError, match=message):
        cars(Scenario(), **options)


def test_an_export_cut_leaves_the_exporters_own_users_alone():
    Z = np.zeros((4, 4))
    Z[0, 1] = Z[0, 3] = 10.0
    Y = np.array([[1.0, 0.0], [100.0, 0.0], [0.0, 1.0], [0.0, 100.0]])
    table = MRIOTable.from_arrays(Z, Y, regions=["A", "B"], sectors=["ore", "car"])
    path = inventories(table, Scenario(ExportCut("A", "ore", 1.0)), criticality=CHAIN, stocks=1.0)[
        "output_path_pct"
    ].sel(sector="car")
    assert np.all(path.sel(region="A") == 0.0)
    assert float(path.sel(region="B").isel(time=-1)) == pytest.approx(-100.0)
