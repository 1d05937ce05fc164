"""The price model: brute force, duality, and costs that add up to the duties paid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, NonProductiveError, NotApplicableError, TableError
from iomodel.indicators import cumulative_tariff
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.models.fixed_price.price import price
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, Productivity, Tariff, TradeCost
from iomodel.table.mrio import MRIOTable

CLOSE = {"rtol": 1e-11, "atol": 1e-11}


def cost_shares(table, policy):
    """A (1 + t') d / g, and primary inputs without duties, per unit of output."""
    R, S = table.shape
    A, g = table.A2.reshape(R, S, R, S), policy.productivity.ravel()
    before = (A * (1 + policy.tariff_base)[..., None]).reshape(table.n, -1)
    after = A * ((1 + policy.tariff_new) * policy.trade_cost)[..., None]
    return after.reshape(table.n, -1) / g, (1 - before.sum(axis=0)) / g


def without_tariffs(table):
    return MRIOTable.from_arrays(
        table.Z2, table.Y2, x=table.x1, regions=table.regions, sectors=table.sectors,
        final_uses=table.final_uses,
    )  # fmt: skip


@pytest.mark.parametrize(
    "shocks",
    [
        [Tariff("R0", "R1", "all", 0.5)],
        [TradeCost(between=["R0", "R2"], increase=0.4)],
        [Productivity("R1", "s2", 0.1), Tariff("R1", ["R0", "R2"], "s0", 0.2)],
    ],
)
def test_equals_brute_force(make_table, shocks):
    table, scenario = make_table(5), Scenario(shocks)
    M, v = cost_shares(table, scenario.lower(table))
    p = np.linalg.solve(np.eye(table.n) - M.T, v)
    effects = run(table, scenario, "price")
    np.testing.assert_allclose(effects["price_pct"].values.ravel(), 100 * (p - 1), **CLOSE)
    total = effects["price_direct_pct"] + effects["price_cascaded_pct"]
    np.testing.assert_allclose(total, effects["price_pct"], **CLOSE)


def test_without_base_tariffs_it_is_the_textbook_formula(make_table):
    table = without_tariffs(make_table(6))
    scenario = Scenario(Tariff("R2", "R0", "all", 0.3))
    T = np.zeros((3, 4, 3))
    T[0, :, 2] = 0.3
    A = (table.A2.reshape(3, 4, 3, 4) * (1 + T)[..., None]).reshape(12, 12)
    p = np.linalg.solve(np.eye(12) - A.T, 1 - table.A2.sum(axis=0))
    np.testing.assert_allclose(
        run(table, scenario, "price")["price_pct"].values.ravel(), 100 * (p - 1), **CLOSE
    )


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(0, 0.3))
def test_dual_of_leontief(make_table, seed, rate):
    table = make_table(seed)
    scenario = Scenario(Tariff("R0", "R1", "all", rate))
    M, v = cost_shares(table, scenario.lower(table))
    system = LeontiefSystem.from_coefficients(M)
    f = table.Y2.sum(axis=1)
    p = 1 + run(table, scenario, "price")["price_pct"].values.ravel() / 100
    # p'f = v'(I - M)^-1 f: what final demand costs is what primary inputs behind it earn.
    assert p @ f == pytest.approx(v @ system.solve(f), rel=1e-11)


def test_price_answers_a_cost_shock_with_the_columns_of_the_inverse(make_table):
    table = without_tariffs(make_table(9))
    L = LeontiefSystem(table).inverse().values.reshape(table.n, table.n)
    effects = run(table, Scenario(Productivity("R0", "s0", 1 / 0.9 - 1)), "price")
    A = table.A2.copy()
    A[:, 0] *= 0.9
    v = 1 - table.A2.sum(axis=0)
    v[0] *= 0.9
    p = np.linalg.solve(np.eye(table.n) - A.T, v)
    np.testing.assert_allclose(effects["price_pct"].values.ravel(), 100 * (p - 1), **CLOSE)
    # One column of A and its primary inputs fall by a tenth: prices move along row 0 of L.
    np.testing.assert_allclose((p - 1) / (p[0] - 1), L[0] / L[0, 0], **CLOSE)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(0.01, 0.4))
def test_direct_costs_are_the_duties_paid(make_table, seed, rate):
    table = make_table(seed)
    effects = run(table, Scenario(Tariff("R0", "R1", "all", rate)), "price", consumers="all")
    inputs = float((effects["price_direct_pct"] * table.x).sum()) / 100
    spent = np.einsum("isma,ism->m", table.Y.values, 1 + table.tariff.values)
    final = float((effects["consumer_price_direct_pct"].values * spent).sum()) / 100
    paid = float((effects["tariff_revenue_new"] - effects["tariff_revenue_base"]).sum())
    assert inputs + final == pytest.approx(paid, rel=1e-9)


def test_consumers_are_the_first_final_use_unless_told(make_table):
    table, scenario = make_table(1), Scenario(Tariff("R0", "R1", "all", 0.5))
    first = price(table, scenario)
    named, everyone = (
        price(table, scenario, consumers="use0"),
        price(table, scenario, consumers="all"),
    )
    np.testing.assert_array_equal(first["consumer_price_pct"], named["consumer_price_pct"])
    assert np.any(first["consumer_price_pct"].values != everyone["consumer_price_pct"].values)
    parts = first["consumer_price_direct_pct"] + first["consumer_price_cascaded_pct"]
    np.testing.assert_allclose(parts, first["consumer_price_pct"], **CLOSE)
    with pytest.raises(LabelError, match=r"unknown final use 'use9'.*use0, use1, first, all"):
        price(table, scenario, consumers="use9")


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(0, 0.3), more=st.floats(0.01, 0.3))
def test_monotone_in_the_rate(make_table, seed, rate, more):
    table = make_table(seed)
    low, high = (
        run(table, Scenario(Tariff("R0", "R1", "all", r)), "price") for r in (rate, rate + more)
    )
    for name in ("price_pct", "consumer_price_pct"):
        assert np.all(high[name].values >= low[name].values - 1e-10)


def test_costs_without_limit_are_refused(make_table):
    with pytest.raises(NonProductiveError, match=r"prices have no limit.*use model leontief"):
        run(make_table(0), Scenario(Tariff("R0", ["R1", "R2"], "all", 50.0, extreme=True)), "price")


def test_idle_industries_have_no_price(make_table):
    table = make_table(2, idle=True)
    prices = run(table, Scenario(Tariff("R0", "R1", "all", 0.2)), "price")["price_pct"].values
    np.testing.assert_array_equal(np.isnan(prices), table.x.values == 0)


def test_cuts_are_not_for_prices(make_table):
    with pytest.raises(NotApplicableError, match=r"price has nothing to say about embargo"):
        run(make_table(0), Scenario(Embargo(between=["R0", "R1"])), "price")


def test_cumulative_tariff_sums_the_rounds(make_table):
    table = make_table(3)
    R, S = table.shape
    tau, A = table.tariff.values, table.A2
    paid = (A.reshape(R, S, R, S) * tau[..., None]).reshape(table.n, -1).sum(axis=0)
    chain, power = np.zeros(table.n), np.eye(table.n)
    for _ in range(2000):
        chain, power = chain + paid @ power, A @ power
    found = cumulative_tariff(table)
    assert found.dims == ("region", "sector", "user_region")
    np.testing.assert_allclose(found, tau + chain.reshape(R, S, 1), rtol=1e-9)
    effects = run(table, Scenario(Tariff("R0", "R1", "all", 0.1)), "price")
    base = effects["cumulative_tariff_base"].values
    np.testing.assert_allclose(base, 100 * chain.reshape(R, S), rtol=1e-9)
    assert np.all(effects["cumulative_tariff_new"].values >= base)
    with pytest.raises(TableError, match="tariffs have shape"):
        cumulative_tariff(table, tau[0])
