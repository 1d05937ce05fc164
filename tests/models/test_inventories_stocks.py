"""What more stock is worth: where it can never hurt, and the smallest cases in which it does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.inventories import inventories
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange, ExportCut, SupplyCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

# Paths in percent of base output: some hundred sums of numbers of order one.
ROUNDING = 1e-10
DATED = Scenario(
    [
        ExportCut("R0", ["s0", "s1"], 0.7, start=dt.date(2025, 4, 1), end=dt.date(2025, 5, 31)),
        SupplyCut("R1", "s2", 0.4, start=dt.date(2025, 4, 20), end=dt.date(2025, 5, 19)),
        DemandChange("R2", "s3", 0.1, start=dt.date(2025, 5, 1)),
    ],
    name="dated",
)


def ratings_of(table, cells):
    return xr.DataArray(
        cells,
        dims=("sector", "user_sector"),
        coords={"sector": table.sectors, "user_sector": table.sectors},
        name="drawn",
    )


def one_critical_input(table, rng):
    """Each industry has one critical input at most, of any weight."""
    cells = np.zeros((4, 4))
    cells[rng.integers(0, 4, 4), np.arange(4)] = rng.choice([0.0, 0.3, 0.5, 1.0, 1.0], 4)
    return ratings_of(table, cells)


def months(table, rng):
    return {
        (i, j): float(rng.choice([0.0, 0.2, 1.0, 3.0]))
        for i in table.sectors
        for j in table.sectors
    }


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 9999),
    rationing=st.sampled_from(["intermediate", "proportional"]),
    origins=st.sampled_from(["region", "user"]),
    resourcing=st.sampled_from([0.0, 0.8]),
    overproduction=st.sampled_from([1.0, 1.2]),
)
def test_more_stock_never_loses_more_on_any_day(
    make_table, seed, rationing, origins, resourcing, overproduction
):
    """Contracts, one critical input each: a theorem for every industry and day.

    Orders do not depend on stocks. Output, what is left in stock and what is delivered then all
    rise with the stock of the day before and with what arrives.
    """
    table, rng = make_table(seed), np.random.default_rng(seed)
    options = {
        "criticality": one_critical_input(table, rng),
        "rationing": rationing,
        "origins": origins,
        "resourcing": resourcing,
        "resourcing_days": 20.0,
        "overproduction": overproduction,
        "overproduction_days": 60.0,
        "days": 120,
    }
    less = months(table, rng)
    more = {pair: value + float(rng.choice([0.0, 0.5, 2.0])) for pair, value in less.items()}
    low, high = (inventories(table, DATED, stocks=s, **options) for s in (less, more))
    assert (high["output_path_pct"] - low["output_path_pct"]).min() >= -ROUNDING
    assert (high["gdp_cumulative_pct"] - low["gdp_cumulative_pct"]).min() >= -ROUNDING


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 9999))
def test_more_stock_never_loses_more_in_sum_under_proportional_contracts(make_table, seed):
    """Any number of critical inputs, demand as in the base: what was made so far is never less.

    An industry that waits for one input keeps the others, so that single days may be worse; the sum
    from the first day on is not, as every customer's part of a supplier's output stays the same.
    """
    table, rng = make_table(seed), np.random.default_rng(seed)
    options = {
        "criticality": ratings_of(table, rng.choice([0.0, 1.0], (4, 4))),
        "rationing": "proportional",
        "days": 120,
        "start": dt.date(2025, 4, 1),
    }
    cuts = Scenario(
        [
            SupplyCut("R0", "s0", 0.6, start=dt.date(2025, 4, 1), end=dt.date(2025, 5, 1)),
            SupplyCut(["R0", "R1"], "s2", 0.9, start=dt.date(2025, 5, 10), end=dt.date(2025, 6, 1)),
        ]
    )
    less = months(table, rng)
    more = {pair: value + float(rng.choice([0.0, 0.5, 2.0])) for pair, value in less.items()}
    low, high = (
        inventories(table, cuts, stocks=s, **options)["output_path_pct"].cumsum("time")
        for s in (less, more)
    )
    assert (high - low).min() >= -100 * ROUNDING


def mine_table(drawn):
    """The first industry buys nothing, and no final demand is negative."""
    Z, Y = drawn.Z2.copy(), np.maximum(drawn.Y2, 0.0)
    Y[:, 0] += Z[:, 0]
    Z[:, 0] = 0.0
    return MRIOTable.from_arrays(
        Z, Y, regions=drawn.regions, sectors=drawn.sectors, final_uses=drawn.final_uses
    )


@pytest.mark.parametrize("seed", range(5))
def test_without_stocks_the_path_ends_in_the_bottleneck(make_table, seed):
    """Contracts lead to the static model's fixed point: the same critical inputs, same rule."""
    table, rng = mine_table(make_table(seed)), np.random.default_rng(seed)
    gamma = ratings_of(table, rng.choice([0.0, 0.0, 1.0], (4, 4)))
    scenario = Scenario(SupplyCut("R0", "s0", 0.3))
    still = bottleneck(table, scenario, criticality=gamma)["output_pct"]
    path = inventories(table, scenario, criticality=gamma, stocks=0.0, origins="user", days=400)
    # What a loop of critical inputs still loses after 400 rounds.
    np.testing.assert_allclose(path["output_path_pct"].isel(time=-1), still, atol=1e-4)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rationing", ["intermediate", "proportional"])
def test_more_stock_everywhere_paid_in_every_economy_tried(make_table, seed, rationing):
    """No theorem: several critical inputs, of any weight, and as many months of each everywhere."""
    table, rng = make_table(seed), np.random.default_rng(seed)
    gamma = ratings_of(table, rng.choice([0.0, 0.5, 1.0], (4, 4)))
    options = {"criticality": gamma, "rationing": rationing, "days": 120}
    world = [
        float(inventories(table, DATED, stocks=held, **options).by_region().loc["WORLD", "gdp_pct"])
        for held in (0.0, 1.0, 6.0)
    ]
    assert world[0] < -0.1
    assert world == sorted(world)


# ------------------------------------------------------------------ smallest cases
def two_customers():
    """A supplier with two customers; the second adds ninety times the value of the first."""
    Z = np.zeros((3, 3))
    Z[0, 1] = Z[0, 2] = 10.0
    return MRIOTable.from_arrays(
        Z, np.array([[0.0], [11.0], [100.0]]), regions=["A"], sectors=["ore", "tin", "car"]
    )


@pytest.mark.parametrize(
    ("variant", "worse"), [("pichler", True), ("ario", True), ("contracts", False)]
)
def test_who_restocks_crowds_out_who_holds_nothing(variant, worse):
    """The published rules: the larger the first customer's stock, the more the second loses."""
    cut = Scenario(
        SupplyCut("A", "ore", 0.5, start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 20)), name="cut"
    )
    lost = [
        -float(
            inventories(
                two_customers(),
                cut,
                variant=variant,
                rationing="proportional",
                criticality={("ore", "all"): 1.0},
                stocks={("ore", "tin"): held},
                overproduction=1.0,
                days=120,
            )["gdp_pct"][0]
        )
        for held in (0.0, 1.0)
    ]
    assert lost[0] > 0
    assert (lost[1] > lost[0] * 1.05) is worse
    assert worse or lost[1] <= lost[0]


def test_what_is_sold_to_consumers_early_is_missed_later():
    """Two critical inputs in turn, contracts, industries first: no rule of myopic sellers is safe.

    With little of one input, the maker runs at half speed and serves its industrial customer alone,
    twice as long as with much of it, when consumers take the other half until the second input is
    used up.
    """
    Z = np.zeros((4, 4))
    Z[0, 2] = Z[1, 2] = 1.0
    Z[2, 3] = 5.0
    table = MRIOTable.from_arrays(
        Z,
        np.array([[0.0], [0.0], [5.0], [100.0]]),
        regions=["A"],
        sectors=["ore", "gas", "wire", "car"],
    )
    scenario = Scenario([SupplyCut("A", "ore", 1.0), SupplyCut("A", "gas", 0.5)])
    need = {("ore", "wire"): 1.0, ("gas", "wire"): 1.0, ("wire", "car"): 1.0}
    car, wire = [], []
    for gas in (0.0, 2.0):
        stocks = {("ore", "wire"): 20 * 12 / 365, ("gas", "wire"): gas}
        path = inventories(table, scenario, criticality=need, stocks=stocks, days=45)
        made = 1.0 + path["output_path_pct"].isel(region=0) / 100.0
        car.append(float(made.sel(sector="car").sum()))
        wire.append(float(made.sel(sector="wire").sum()))
    # The ore is the same and all of it is used; the customer loses some twenty days of it.
    assert wire[0] == pytest.approx(wire[1], abs=1e-9)
    assert car[0] - car[1] > 15


# ------------------------------------------------------------------ the closed toy
def test_the_toy_ends_where_the_static_methods_have_it():
    """Ore halved: everything halves where all inputs are critical, or the chain alone does."""
    toy, halved = load("ree-toy"), Scenario(SupplyCut("TOY", "REE", 0.5))
    everything = inventories(
        toy, halved, criticality=1.0, stocks=0.0, rationing="proportional", days=900
    )
    np.testing.assert_allclose(everything["output_path_pct"].isel(time=-1), -50.0, atol=1e-2)
    chain = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
    alone = inventories(toy, halved, criticality=chain, stocks=0.0, rationing="proportional")
    last = alone["output_path_pct"].isel(time=-1, region=0).values
    np.testing.assert_allclose(last, [-50.0, -50.0, -50.0, 0.0], atol=1e-9)
    # To the digits published.
    assert float(alone["gdp_path_pct"].isel(time=-1, region=0)) == pytest.approx(-16.8721, abs=5e-5)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 9999), share=st.floats(0.05, 0.9))
def test_a_deeper_cut_never_loses_less(make_table, seed, share):
    table, rng = make_table(seed), np.random.default_rng(seed)
    options = {"criticality": one_critical_input(table, rng), "stocks": 0.4, "days": 80}
    deep, less = (
        inventories(table, Scenario(SupplyCut("R0", ["s0", "s1"], s)), **options)
        for s in (share + 0.1, share)
    )
    assert (less["output_path_pct"] - deep["output_path_pct"]).min() >= -ROUNDING
