"""Sector-specific factors in the static engine: the base, both closures as limits, closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import fsolve

import iomodel.equilibrium as ge
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.markets import system_at
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import evaluate
from iomodel.errors import IOModelError, TableError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

THETA = np.array([4.0, 2.0, 8.0])
NESTED = ge.Elasticities(THETA, 0.5, 0.2, 0.9)
SAME = 1e-8


def a_wall(base: ge.Economy) -> ge.Shock:
    rng = np.random.default_rng(1)
    S, N = base.shape
    foreign = ~np.eye(N, dtype=bool)
    return ge.Shock(
        tariff=base.tariff + 0.3 * foreign * rng.random((S, N, N)),
        trade_cost=1.0 + foreign * rng.random((S, N, N)),
        productivity=rng.uniform(0.8, 1.2, (S, N)),
    )


def solved(
    base: ge.Economy,
    share: Float,
    sigma: float,
    shock: ge.Shock,
    supply: float = 1.0,
    elasticities: ge.Elasticities = NESTED,
) -> ge.Solution:
    S, N = base.shape
    nest = ge.nest_specific_factors(base, share)
    nested = nest.elasticities(elasticities, np.full(S, sigma))
    full = nest.shock(shock, np.ones((1, N)), np.full(S, supply))
    return ge.solve(nest.economy, nested, full)


@pytest.fixture
def base(make_economy: Maker) -> ge.Economy:
    return ge.rebase(make_economy(4), NESTED)[0]


@pytest.fixture
def share(base: ge.Economy) -> Float:
    phi = np.zeros(base.shape)
    phi[0] = np.linspace(0.1, 0.5, base.shape[1])
    phi[2, 1] = 0.3
    return phi


def test_the_base_is_the_same_equilibrium(base: ge.Economy, share: Float) -> None:
    nest = ge.nest_specific_factors(base, share)
    economy, S = nest.economy, base.shape[0]
    assert economy.shape == (S + 6, base.shape[1])
    assert nest.sectors.tolist() == [0, 2]
    assert economy.specific == (3, 4)
    assert economy.imbalance() < max(1e-12, 2.0 * base.imbalance())
    np.testing.assert_allclose(economy.output[:S], base.output, rtol=1e-13)
    np.testing.assert_allclose(economy.income, base.income, rtol=1e-13)
    still = solved(base, share, 0.3, ge.Shock())
    np.testing.assert_allclose(still.cost, 1.0, atol=1e-9)
    np.testing.assert_allclose(ge.real_gdp([still]), 1.0, atol=1e-9)
    assert still.economy().specific == economy.specific


def test_all_of_value_added_is_the_closure_specific(base: ge.Economy) -> None:
    """A mobile factor of a billionth: every industry has its own, as where labour is specific."""
    almost = np.full(base.shape, 1.0 - 1e-9)
    limit = ge.solve(base, NESTED, a_wall(base), ge.Closure("specific"))
    near = solved(base, almost, 1.0, a_wall(base))
    S = base.shape[0]
    np.testing.assert_allclose(near.real_income, limit.real_income, rtol=1e-7)
    np.testing.assert_allclose(near.output[:, :S], limit.output, rtol=1e-7)
    # A billionth of a large industry's factor is more of a small one's.
    np.testing.assert_allclose(near.wage[:, S : 2 * S], limit.wage, rtol=1e-5)


def test_a_share_of_nearly_nothing_is_the_closure_mobile(base: ge.Economy) -> None:
    mobile = ge.solve(base, NESTED, a_wall(base))
    near = solved(base, np.full(base.shape, 1e-9), 0.5, a_wall(base))
    np.testing.assert_allclose(near.real_income, mobile.real_income, rtol=1e-7)
    np.testing.assert_allclose(near.output[:, : base.shape[0]], mobile.output, rtol=1e-7)


def test_cobb_douglas_is_the_limit(base: ge.Economy, share: Float) -> None:
    """Hats are smooth in the elasticity, so that one less 1e-7 is within some 1e-7 of one."""
    one, near, far = (solved(base, share, sigma, a_wall(base)) for sigma in (1.0, 1.0 - 1e-7, 0.2))
    for name in ("real_income", "output", "cost", "wage"):
        np.testing.assert_allclose(getattr(near, name), getattr(one, name), rtol=1e-6)
    assert np.abs(far.real_income / one.real_income - 1.0).max() > 1e-4


def test_users_that_share_origins_are_the_common_economy(base: ge.Economy, share: Float) -> None:
    S, _N = base.shape
    inputs = base.input_use * ((1.0 - base.value_added_share) * base.output)
    uses = np.concatenate([inputs, (base.final_share * base.expenditure)[:, None]], axis=1)
    flow = base.share[:, :, None, :] * uses[:, None] / (1.0 + base.tariff[:, :, None, :])
    by_user = ge.from_flows(
        flow[:, :, :S].transpose(1, 0, 3, 2),
        flow[:, :, S].transpose(1, 0, 2),
        base.tariff.transpose(1, 0, 2),
    )
    assert by_user.users == S + 1
    nest = ge.nest_specific_factors(by_user, share)
    assert nest.economy.imbalance() < max(1e-12, 2.0 * base.imbalance())
    traded = nest.traded_share(nest.economy.share[None])[0]
    np.testing.assert_array_equal(traded, by_user.share)
    one, two = (solved(e, share, 0.3, a_wall(base)) for e in (base, by_user))
    np.testing.assert_allclose(two.real_income, one.real_income, rtol=SAME)
    np.testing.assert_allclose(two.output, one.output, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.2, 1.0, 1.7])
def test_a_small_open_world_against_its_equations(sigma: float) -> None:
    """Two regions, two goods without inputs, land in the first: four markets solved by scipy."""
    theta, phi = np.array([3.0, 5.0]), np.array([0.4, 0.25])
    flow = np.array([[[60.0, 12.0], [9.0, 40.0]], [[50.0, 9.0], [12.0, 70.0]]])
    base = ge.without_materials(flow, np.zeros_like(flow))
    share = np.stack([phi, np.zeros(2)])
    kappa = np.array([[[1.0, 1.5], [1.3, 1.0]], [[1.0, 1.2], [1.4, 1.0]]])
    shock = ge.Shock(trade_cost=kappa)
    supply = 1.2
    nest = solved(base, share, sigma, shock, supply, ge.Elasticities(theta))
    spent, value = base.spending, flow.sum(axis=2)
    pi, beta = flow / flow.sum(axis=1, keepdims=True), spent / spent.sum(axis=0)
    labour = np.array([(1 - phi) * value[0], value[1]])

    def gaps(logs: Float) -> Float:
        wage, rent = np.exp(logs[:2]), np.exp(logs[2:])
        if sigma == 1.0:
            cost0 = wage ** (1 - phi) * rent**phi
        else:
            mean = (1 - phi) * wage ** (1 - sigma) + phi * rent ** (1 - sigma)
            cost0 = mean ** (1 / (1 - sigma))
        cost = np.stack([cost0, wage])
        weight = pi * (kappa * cost[:, :, None]) ** -theta[:, None, None]
        new = weight / weight.sum(axis=1, keepdims=True)
        land_income = rent * supply * phi * value[0]
        income = wage * labour.sum(axis=0) + land_income
        sales = np.einsum("sin,sn->si", new, beta * income)
        paid = phi * (rent / cost0) ** (1 - sigma) * sales[0]
        wages = sales.sum(axis=0) - paid
        # Walras: one market of the four is left for the numeraire, world factor income.
        total = np.log(income.sum() / value.sum())
        return np.array(
            [np.log(wages[0] / (wage * labour.sum(axis=0))[0]), total, *np.log(paid / land_income)]
        )

    logs = fsolve(gaps, np.zeros(4), xtol=1e-13)
    np.testing.assert_allclose(np.log(nest.wage[0, 1]), logs[:2], atol=1e-8)
    np.testing.assert_allclose(np.log(nest.wage[0, 2]), logs[2:], atol=1e-8)


def test_the_jacobian_is_the_derivative_of_the_markets(base: ge.Economy, share: Float) -> None:
    nest = ge.nest_specific_factors(base, share)
    elasticities = nest.elasticities(NESTED, np.full(base.shape[0], 0.3))
    full = nest.shock(a_wall(base), np.ones((1, base.shape[1])), np.ones(base.shape[0]))
    problem, closure = prepare(nest.economy, elasticities, full), ge.Closure()
    markets = FactorMarkets.of(nest.economy, closure)
    N = base.shape[1]
    assert markets.count == 3

    def excess(logs: Float) -> Float:
        wage = markets.spread(logs.reshape(1, markets.count, N))
        price = np.zeros((1, *nest.economy.spending.shape))
        spending = nest.economy.spending[None]
        return evaluate(problem, wage, np.zeros((1, 0)), closure, price, spending).excess[0]

    centre = 0.05 * np.random.default_rng(2).normal(size=markets.count * N)
    idle = (markets.total(nest.economy.value_added) == 0.0).reshape(-1)
    centre[idle] = 0.0
    price, spending = np.zeros((1, *nest.economy.spending.shape)), nest.economy.spending[None]
    wage = markets.spread(centre.reshape(1, markets.count, N))
    trial = evaluate(problem, wage, np.zeros((1, 0)), closure, price, spending)
    matrix = system_at(problem, trial, closure, 0).quantity_matrix(1e-12)
    direction = np.random.default_rng(5).normal(size=len(centre))
    direction[idle] = 0.0
    # The numeraire: wages of the world do not rise on average.
    weight = markets.total(nest.economy.value_added * np.exp(trial.wage[0])).reshape(-1)
    direction -= np.where(idle, 0.0, direction @ weight / weight.sum())
    h = 1e-5
    difference = (excess(centre + h * direction) - excess(centre - h * direction)) / (2 * h)
    # Second differences of a step of 1e-5, and inner solves of 1e-13 over it.
    np.testing.assert_allclose((matrix @ direction)[~idle], difference[~idle], atol=1e-6)


def test_refusals(base: ge.Economy, share: Float) -> None:
    with pytest.raises(IOModelError, match="at least 0 and below 1"):
        ge.nest_specific_factors(base, np.ones(base.shape))
    with pytest.raises(IOModelError, match="one of them above 0"):
        ge.nest_specific_factors(base, np.zeros(base.shape))
    with pytest.raises(TableError, match="no sector 9 for a specific factor"):
        replace(base, specific=(9,)).check()
    N = base.shape[1]
    capital = ge.SteadyCapital(np.full(N, 0.6), base.final_share, 0.2 * base.expenditure)
    nested = ge.nest_specific_factors(replace(base, capital=capital), share).economy
    with pytest.raises(IOModelError, match="has a factor of its own"):
        ge.solve(nested, ge.Elasticities(np.full(nested.shape[0], 4.0)))
