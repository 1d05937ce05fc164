"""Caps on quantities, their rents, and export taxes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import iomodel.equilibrium as ge
from iomodel.errors import InfeasibleError, IOModelError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)
# Quotas and factor markets are solved to 1e-10; flows multiply that by theta.
CLOSE = 1e-8
SELLER, GOOD = 2, 1


def export_limit(base: ge.Economy, fraction: float) -> ge.Quotas:
    limit = np.full(base.shape, np.inf)
    limit[GOOD, SELLER] = fraction
    return ge.Quotas.on_exports(limit)


def shipped(solution: ge.Solution) -> Float:
    """Quantities at the prices that industries received in the base, (S, I, N)."""
    return solution.flow[0] / solution.border_price[0] / (1.0 + solution.base.export_tax)


def exports(cube: Float) -> float:
    return float(np.delete(cube[GOOD, SELLER], SELLER).sum())


@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid", "sticky"])
def test_a_cap_at_the_base_changes_nothing(make_economy: Maker, labour: str) -> None:
    base = make_economy(4)
    for quotas in (export_limit(base, 1.0), ge.Quotas.on_flows(np.ones_like(base.share))):
        still = ge.solve(base, NESTED, ge.Shock(quotas=quotas), ge.Closure(labour))
        np.testing.assert_allclose(still.real_income, 1.0, rtol=0, atol=1e-9)
        np.testing.assert_allclose(still.quota_price, 1.0, rtol=0, atol=1e-8)


@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid", "sticky"])
def test_the_harder_the_cut_the_dearer_the_good(make_economy: Maker, labour: str) -> None:
    base = make_economy(4, gaps=False)
    prices, world = [], []
    for fraction in (1.5, 0.9, 0.5, 0.2, 0.05, 0.001):
        new = ge.solve(
            base, NESTED, ge.Shock(quotas=export_limit(base, fraction)), ge.Closure(labour)
        )
        assert new.certificate.worst < 1e-9
        prices.append(float(new.quota_price[0, 0]))
        world.append(float(new.world_real_income[0]))
        if fraction < 1.0:
            np.testing.assert_allclose(
                exports(shipped(new)), fraction * exports(base.flow), rtol=CLOSE
            )
        # Users at home pay what the industry receives.
        np.testing.assert_allclose(
            new.border_price[0, GOOD, SELLER, SELLER], new.cost[0, GOOD, SELLER]
        )
        np.testing.assert_allclose(
            np.delete(new.border_price[0, GOOD, SELLER], SELLER),
            new.cost[0, GOOD, SELLER] * prices[-1],
        )
    assert prices[0] == 1.0
    assert all(a < b for a, b in itertools.pairwise(prices))
    if labour == "mobile":
        assert all(a > b for a, b in itertools.pairwise(world))


@pytest.mark.parametrize("theta", [-0.5, 0.0, 1.0, 4.0])
@pytest.mark.parametrize("fraction", [0.9, 0.2, 0.05])
def test_one_good_two_regions_in_closed_form(theta: float, fraction: float) -> None:
    """The importer's own demand prices what it still gets; trade balances."""
    flow = np.array([[[80.0, 20.0], [20.0, 40.0]]])
    base = ge.without_materials(flow, np.zeros_like(flow))
    limit = np.full((1, 2, 2), np.inf)
    limit[0, 0, 1] = fraction
    new = ge.solve(
        base, ge.Elasticities(np.array([theta])), ge.Shock(quotas=ge.Quotas.on_flows(limit))
    )
    sigma = 1.0 + theta

    def gap(own: float) -> float:
        """Own goods kept, and exported for imports at the price that demand sets."""
        price = (fraction / (own / 40.0)) ** (-1.0 / sigma)
        return own + price * fraction * 20.0 - 60.0

    own = brentq(gap, 1e-9, 60.0, xtol=1e-14)
    price = (fraction / (own / 40.0)) ** (-1.0 / sigma)
    found = new.border_price[0, 0, 0, 1] / new.wage[0, 0, 1]
    assert found == pytest.approx(price, rel=1e-8)
    assert shipped(new)[0, 1, 1] == pytest.approx(own, rel=1e-8)


@pytest.mark.parametrize("sigma", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("fraction", [0.2, 0.05, 1e-3])
@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid", "sticky"])
def test_scarce_goods_without_substitutes(
    make_economy: Maker, sigma: float, fraction: float, labour: str
) -> None:
    """Low elasticities everywhere, by flow and for all exports together."""
    base = make_economy(9, gaps=False)
    chosen = ge.Elasticities(np.array([4.0, sigma, 4.0]), 0.5, sigma, 0.5)
    by_flow = np.full_like(base.share, np.inf)
    by_flow[GOOD, SELLER] = fraction
    by_flow[GOOD, SELLER, SELLER] = np.inf
    for quotas in (ge.Quotas.on_flows(by_flow), export_limit(base, fraction)):
        new = ge.solve(base, chosen, ge.Shock(quotas=quotas), ge.Closure(labour))
        assert new.certificate.worst < 1e-9
        np.testing.assert_allclose(exports(shipped(new)), fraction * exports(base.flow), rtol=CLOSE)
        assert (new.quota_price > 1.5).all()


def test_caps_on_output_bind_sales_at_home_too(make_economy: Maker) -> None:
    base = make_economy(4, gaps=False)
    limit = np.full(base.shape, np.inf)
    limit[GOOD, SELLER] = 0.4
    both = ge.Quotas.on_output(limit).together(export_limit(base, 0.2))
    alone = ge.solve(base, NESTED, ge.Shock(quotas=ge.Quotas.on_output(limit)))
    np.testing.assert_allclose(
        shipped(alone)[GOOD, SELLER].sum(), 0.4 * base.output[GOOD, SELLER], rtol=CLOSE
    )
    np.testing.assert_allclose(
        alone.border_price[0, GOOD, SELLER],
        alone.cost[0, GOOD, SELLER] * alone.quota_price[0, 0],
    )
    new = ge.solve(base, NESTED, ge.Shock(quotas=both))
    np.testing.assert_allclose(exports(shipped(new)), 0.2 * exports(base.flow), rtol=CLOSE)
    assert (new.quota_price > 1.0).all()
    # Rents add up where a flow is under two caps.
    np.testing.assert_allclose(
        1.0 + new.problem.export_tax[0, GOOD, SELLER, 0], new.quota_price[0].prod(), rtol=1e-12
    )


@pytest.mark.parametrize("balance", ["zero", "fixed", "share"])
@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid", "sticky"])
def test_budgets_close_with_rents(make_economy: Maker, labour: str, balance: str) -> None:
    base = make_economy(4, deficits=balance != "zero")
    limit = np.random.default_rng(1).uniform(0.3, 1.2, base.share.shape)
    shock = ge.Shock(tariff=0.5 * base.tariff, quotas=ge.Quotas.on_flows(limit))
    new = ge.solve(base, NESTED, shock, ge.Closure(labour, balance))
    assert new.certificate.worst < 1e-9
    tax = new.problem.export_tax
    rents = (tax / (1.0 + tax) * new.flow).sum(axis=(1, 3))
    np.testing.assert_allclose(new.rents, rents, rtol=1e-8, atol=1e-10)
    received = (new.flow / (1.0 + tax)).sum(axis=3)
    np.testing.assert_allclose(new.output, received, rtol=1e-8, atol=1e-9)
    slack = limit * base.flow - shipped(new)
    assert slack.min() > -1e-7
    binding = np.log1p(tax[0]) > 1e-8
    assert binding.any()
    assert np.abs(slack[binding]).max() < 1e-7
    # The rates it found, given as taxes, lead to the same place; and it is an equilibrium.
    again = ge.solve(
        base,
        NESTED,
        ge.Shock(tariff=0.5 * base.tariff, export_tax=tax[0]),
        ge.Closure(labour, balance),
    )
    np.testing.assert_allclose(again.real_income, new.real_income, rtol=1e-8)
    after = new.economy()
    after.check()
    assert after.imbalance() < 1e-8
    np.testing.assert_allclose(
        ge.solve(after, NESTED, None, ge.Closure(labour, "fixed")).real_income, 1.0, atol=1e-8
    )


def test_lerner_symmetry(make_economy: Maker) -> None:
    """A duty on all imports of a region is a tax on all its exports."""
    source = make_economy(4, gaps=False)
    raw = ge.calibrate(
        source.flow, np.zeros_like(source.flow), source.value_added_share, source.input_share
    )
    base, _ = ge.rebase(raw, NESTED)
    duty, tax = np.zeros_like(base.share), np.zeros_like(base.share)
    duty[:, :, 1] = tax[:, 1, :] = 0.3
    duty[:, 1, 1] = tax[:, 1, 1] = 0.0
    one = ge.solve(base, NESTED, ge.Shock(tariff=duty))
    two = ge.solve(base, NESTED, ge.Shock(export_tax=tax))
    np.testing.assert_allclose(two.real_income, one.real_income, rtol=1e-9)
    np.testing.assert_allclose(shipped(two), shipped(one), rtol=1e-8)
    assert two.rents[0, 1] > 0.0
    assert two.revenue[0, 1] == pytest.approx(0.0, abs=1e-12)


def test_a_quota_of_nothing_is_an_embargo(make_economy: Maker) -> None:
    base = make_economy(4, gaps=False)
    cost = np.ones_like(base.share)
    cost[GOOD, SELLER] = np.inf
    cost[GOOD, SELLER, SELLER] = 1.0
    shut = ge.solve(base, NESTED, ge.Shock(trade_cost=cost))
    none = ge.solve(base, NESTED, ge.Shock(quotas=export_limit(base, 0.0)))
    np.testing.assert_allclose(none.real_income, shut.real_income, rtol=1e-9)
    assert none.quota_price[0, 0] == np.inf
    nearly = ge.solve(base, NESTED, ge.Shock(quotas=export_limit(base, 1e-7)))
    np.testing.assert_allclose(nearly.real_income, none.real_income, rtol=1e-3)
    few = replace(NESTED, theta=np.array([4.0, -0.5, 8.0]))
    with pytest.raises(InfeasibleError, match="cannot be replaced"):
        ge.solve(base, few, ge.Shock(quotas=export_limit(base, 0.0)))


def test_a_batch_of_limits_is_its_members(make_economy: Maker) -> None:
    base = make_economy(4, gaps=False)
    limits = np.full((4, *base.shape), np.inf)
    limits[:, GOOD, SELLER] = [1.0, 0.5, 0.1, 0.0]
    limits[:, 0, 0] = [0.7, np.inf, 2.0, 0.5]
    together = ge.solve(base, NESTED, ge.Shock(quotas=ge.Quotas.on_exports(limits)))
    for k in range(4):
        quotas = ge.Quotas.on_exports(limits[k])
        alone = ge.solve(base, NESTED, ge.Shock(quotas=quotas))
        np.testing.assert_allclose(together.real_income[k], alone.real_income[0], rtol=1e-9)
    groups = list(
        ge.solve_many(base, NESTED, ge.Shock(quotas=ge.Quotas.on_exports(limits)), group=3)
    )
    found = np.concatenate([group.real_income for group in groups])
    np.testing.assert_allclose(found, together.real_income, rtol=1e-9)


def test_world_gdp_counts_what_a_quota_wastes(make_economy: Maker) -> None:
    """Chained over the world, real GDP and real income agree to the order of the chain's steps."""
    base = make_economy(4, gaps=False)
    shock = ge.Shock(quotas=export_limit(base, 0.5))
    path = ge.homotopy(base, NESTED, shock, steps=40, tolerance=1e-12)
    direct = ge.solve(base, NESTED, shock, tolerance=1e-12)
    np.testing.assert_allclose(path[-1].real_income, direct.real_income, rtol=0, atol=1e-10)
    np.testing.assert_allclose(path[-1].quota_price, direct.quota_price, rtol=1e-9)
    weight = base.expenditure
    chained = (ge.real_gdp(path)[0] - 1.0) @ weight
    income = (path[-1].real_income[0] - 1.0) @ weight
    assert income < -1e-4 * weight.sum()
    # Price indices of real income are exact, weights of the chain move; both are second order.
    assert chained == pytest.approx(income, rel=0.05)


def test_quotas_that_make_no_sense_are_refused(make_economy: Maker) -> None:
    base = make_economy(4)
    with pytest.raises(IOModelError, match="fraction"):
        ge.Quotas.on_exports(np.full(base.shape, -0.1))
    with pytest.raises(IOModelError, match="cells"):
        ge.Quotas(np.zeros((2, 2), dtype=np.intp), np.zeros(2, dtype=np.intp), np.ones(1))
    with pytest.raises(IOModelError, match="no limit"):
        ge.Quotas(np.zeros((1, 3), dtype=np.intp), np.ones(1, dtype=np.intp), np.ones(1))
    outside = ge.Quotas(np.full((1, 3), 9), np.zeros(1, dtype=np.intp), np.ones(1))
    with pytest.raises(IOModelError, match="outside"):
        ge.solve(base, NESTED, ge.Shock(quotas=outside))
    with pytest.raises(IOModelError, match="export_tax"):
        ge.solve(base, NESTED, ge.Shock(export_tax=np.full_like(base.share, -1.0)))
