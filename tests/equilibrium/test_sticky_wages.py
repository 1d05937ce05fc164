"""Sticky wages: complementarity of wages and employment, against programs of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq, root

import iomodel.equilibrium as ge
from iomodel.equilibrium.solver.markets import system_at
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import Trial, base_trial, evaluate
from iomodel.errors import IOModelError, NotApplicableError
from iomodel.typing import Bool, Float

Maker = Callable[..., ge.Economy]

STICKY, RIGID = ge.Closure("sticky"), ge.Closure("rigid")
NEST = (0.5, 0.2, 0.9)
THETA = np.array([1.0, 2.0, 0.5])
NESTED = ge.Elasticities(THETA, *NEST)
# Two programs of their own, each solved to 1e-11 or better.
CLOSE = 1e-8


# ------------------------------------------------------------------ in closed form
@pytest.mark.parametrize("endowment", [0.7, 1.0, 1.4])
def test_one_region_and_one_good(endowment: float) -> None:
    """Nominal spending E stays: fewer hands share it at a higher wage, more hands lie idle."""
    flow = np.full((1, 1, 1), 100.0)
    base = ge.without_materials(flow, np.zeros_like(flow))
    new = ge.solve(base, ge.Elasticities(np.array([1.0])), ge.Shock(endowment=endowment), STICKY)
    wage = max(1.0, 1.0 / endowment)
    assert float(new.wage[0, 0, 0]) == pytest.approx(wage, rel=1e-10)
    assert float(new.regional_employment[0, 0]) == pytest.approx(min(endowment, 1.0), rel=1e-10)
    assert float(new.real_national_income[0, 0]) == pytest.approx(1.0 / wage, rel=1e-10)
    assert float(new.real_wage[0, 0]) == pytest.approx(1.0, rel=1e-10)


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.5])
def test_scarce_hands_in_one_industry(sigma: float) -> None:
    """Demand leaves the dearer good if sigma is above one; below, the other industry idles."""
    flow = np.array([[[60.0]], [[40.0]]])
    base = ge.without_materials(flow, np.zeros_like(flow))
    endowment = np.array([[0.8], [1.0]])
    new = ge.solve(
        base,
        ge.Elasticities(np.ones(2), final=sigma),
        ge.Shock(endowment=endowment),
        STICKY,
    )

    def spent_on(good: int, wage: Float) -> float:
        weights = np.array([0.6, 0.4]) * wage ** (1.0 - sigma)
        return float(100.0 * weights[good] / weights.sum())

    if sigma <= 1.0:
        # The wage of the other stays at its floor.
        price = brentq(lambda w: spent_on(0, np.array([w, 1.0])) - w * 48.0, 1.0, 10.0, xtol=1e-14)
        wage = np.array([price, 1.0])
    else:
        solved = root(
            lambda w: [spent_on(0, w) - w[0] * 48.0, spent_on(1, w) - w[1] * 40.0], [1.2, 1.1]
        )
        wage = np.asarray(solved.x)
    employment = [spent_on(good, wage) / wage[good] / size for good, size in ((0, 60.0), (1, 40.0))]
    np.testing.assert_allclose(new.wage[0, :, 0], wage, rtol=CLOSE)
    np.testing.assert_allclose(new.employment[0, :, 0], employment, rtol=CLOSE)
    assert (employment[1] < 1.0 - 1e-6) == (sigma < 1.0)


# ------------------------------------------------------------------ by enumeration
def labour_gap(base: ge.Economy, rate: Float, cost: Float, hands: Float, wage: Float) -> Float:
    """Log of labour demand over supply, (S, N), in plain NumPy from the equations of the page."""
    sv, sm, sc = NEST
    theta = THETA[: base.shape[0], None]
    kappa = (1.0 + rate) / (1.0 + base.tariff) * cost
    price = np.ones_like(base.spending)
    for _ in range(2000):
        bundle = np.einsum("nks,kn->sn", base.input_share, price ** (1.0 - sm)) ** (1 / (1.0 - sm))
        v = base.value_added_share
        unit = (v * wage ** (1.0 - sv) + (1.0 - v) * bundle ** (1.0 - sv)) ** (1.0 / (1.0 - sv))
        origin = base.share * (kappa * unit[:, :, None]) ** -theta[..., None]
        new_price = origin.sum(axis=1) ** (-1.0 / theta)
        done = np.abs(new_price - price).max() < 1e-15
        price = new_price
        if done:
            break
    share = origin / origin.sum(axis=1, keepdims=True)
    v_new = v * (wage / unit) ** (1.0 - sv)
    mix = base.input_share * (price.T[:, :, None] / bundle.T[:, None, :]) ** (1.0 - sm)
    final = base.final_share * price ** (1.0 - sc)
    final = final / final.sum(axis=0) * base.expenditure
    S, N = base.shape
    # X_kn = sum_s mix_nks (1 - v_sn) sum_m share_snm X_sm / (1 + t_snm) + final_kn
    net = share / (1.0 + rate)
    inputs = np.einsum("nks,sn,snm->knsm", mix, 1.0 - v_new, net).reshape(S * N, S * N)
    spending = np.linalg.solve(np.eye(S * N) - inputs, final.reshape(-1)).reshape(S, N)
    demand = v_new * (net * spending[:, None, :]).sum(axis=2)
    return np.asarray(np.log(demand / (base.value_added * hands * wage)))


def enumerated(gap: Callable[[Float], Float], shape: tuple[int, int]) -> list[Float]:
    """All log wages, zero or above, that clear some markets and leave no other short of hands."""
    solutions = []
    for clears in itertools.product([False, True], repeat=shape[0] * shape[1]):
        members = np.array(clears)

        def residual(x: Float, members: Bool = members) -> Float:
            logs = np.zeros(members.size)
            logs[members] = x
            return gap(np.exp(logs).reshape(shape)).reshape(-1)[members]

        logs = np.zeros(members.size)
        if members.any():
            solved = root(residual, np.zeros(int(members.sum())), tol=1e-13)
            if np.abs(residual(solved.x)).max() > 1e-10:
                continue
            logs[members] = solved.x
        if logs.min() < 0.0:
            continue
        if gap(np.exp(logs).reshape(shape)).max() <= 1e-10:
            solutions.append(logs.reshape(shape))
    return solutions


@pytest.mark.parametrize("seed", range(4))
def test_two_regions_and_goods_by_enumeration(make_economy: Maker, seed: int) -> None:
    """Each of the sixteen sets of full industries is tried; one is an equilibrium."""
    base = make_economy(seed, regions=2, sectors=2, gaps=False)
    rng = np.random.default_rng(seed)
    foreign = ~np.eye(2, dtype=bool)
    rate = base.tariff + foreign * rng.uniform(0.0, 0.8, base.tariff.shape)
    cost = np.where(foreign, rng.uniform(1.0, 1.6, base.tariff.shape), 1.0)
    hands = rng.uniform(0.9, 1.1, base.shape)
    found = enumerated(lambda w: labour_gap(base, rate, cost, hands, w), base.shape)
    assert len(found) == 1
    assert (found[0] > 0.0).any()
    new = ge.solve(
        base,
        ge.Elasticities(THETA[:2], *NEST),
        ge.Shock(tariff=rate, trade_cost=cost, endowment=hands),
        STICKY,
    )
    np.testing.assert_allclose(np.log(new.wage[0]), found[0], rtol=0, atol=CLOSE)
    gap = labour_gap(base, rate, cost, hands, np.exp(found[0]))
    np.testing.assert_allclose(
        np.log(new.employment[0] / hands), np.minimum(gap, 0.0), rtol=0, atol=CLOSE
    )


# ------------------------------------------------------------------ derivatives
def trial_off_equilibrium(base: ge.Economy, closure: ge.Closure) -> tuple[Trial, ge.Shock]:
    """Wages of which some are at the floor, with caps of which some bind."""
    rng = np.random.default_rng(8)
    limit = np.where(rng.random(base.share.shape) < 0.3, rng.uniform(0.5, 1.5), np.inf)
    shock = ge.Shock(
        tariff=base.tariff + 0.2 * ~np.eye(base.shape[1], dtype=bool),
        quotas=ge.Quotas.on_flows(limit),
    )
    problem = prepare(base, NESTED, shock)
    wage = np.maximum(rng.normal(0.0, 0.05, (1, *base.shape)), 0.0)
    rent = np.maximum(rng.normal(0.1, 0.2, (1, problem.caps.groups)), 0.0)
    start = base_trial(problem, closure)
    return (
        evaluate(problem, wage, rent, closure, start.prices.price, start.levels.spending),
        shock,
    )


@pytest.mark.parametrize("revenue", ["rebated", "spent"])
def test_jacobian_is_the_finite_differences_of_the_residuals(
    make_economy: Maker, revenue: str
) -> None:
    base, closure = make_economy(4), ge.Closure("sticky", revenue=revenue)
    trial, shock = trial_off_equilibrium(base, closure)
    problem = prepare(base, NESTED, shock)
    assert 0 < trial.binding.sum() < trial.binding.size
    exact = system_at(problem, trial, closure, 0).matrix(1e-13)
    factors, step = base.value_added.size, 1e-6
    for k in range(trial.excess.shape[1]):
        # A wage or a rent at zero can only rise, and its residual is then minus itself.
        at = trial.wage.reshape(-1)[k] if k < factors else trial.rent[0, k - factors]
        ends = (step, 0.0) if at == 0.0 else (step, -step)
        moved = []
        for h in ends:
            wage, rent = trial.wage.copy(), trial.rent.copy()
            (wage.reshape(-1) if k < factors else rent[0])[k if k < factors else k - factors] += h
            moved.append(
                evaluate(
                    problem, wage, rent, closure, trial.prices.price, trial.levels.spending
                ).excess[0]
            )
        slope = (moved[0] - moved[1]) / (ends[0] - ends[1])
        # One-sided differences are off by half a step times second derivatives of order one.
        np.testing.assert_allclose(exact[:, k], slope, rtol=0, atol=2e-5)


# ------------------------------------------------------------------ what the closure means
def a_shock(base: ge.Economy, seed: int, *, capped: bool = True) -> ge.Shock:
    rng = np.random.default_rng(seed)
    foreign = ~np.eye(base.shape[1], dtype=bool)
    limit = np.where(rng.random(base.share.shape) < 0.2, rng.uniform(0.3, 0.9), np.inf)
    return ge.Shock(
        tariff=base.tariff + foreign * rng.uniform(0.0, 0.5, base.tariff.shape),
        trade_cost=np.where(foreign, rng.choice([1.0, 1.3], base.tariff.shape), 1.0),
        productivity=rng.uniform(0.9, 1.1, base.shape),
        quotas=ge.Quotas.on_flows(limit) if capped else None,
    )


@pytest.mark.parametrize("seed", range(6))
def test_wages_rise_only_where_nobody_is_idle(make_economy: Maker, seed: int) -> None:
    base = make_economy(seed)
    new = ge.solve(base, NESTED, a_shock(base, seed), STICKY)
    there = base.value_added > 0.0
    wage, employment = new.wage[0][there], new.employment[0][there]
    assert wage.min() >= 1.0
    assert employment.max() <= 1.0 + 1e-9
    assert np.minimum(wage - 1.0, 1.0 - employment).max() < 1e-9
    assert (wage > 1.0 + 1e-6).any()
    assert (employment < 1.0 - 1e-6).any()
    certificate = new.certificate
    assert max(certificate.employment_violation, certificate.employment_slackness) < 1e-9
    np.testing.assert_allclose(new.expenditure[0], base.expenditure)
    # The same equilibrium from elsewhere, and along a path.
    guess = ge.solve(base, NESTED, a_shock(base, seed), ge.Closure("specific"))
    other = ge.solve(base, NESTED, a_shock(base, seed), STICKY, start=guess)
    path = ge.homotopy(base, NESTED, a_shock(base, seed), STICKY, steps=5)
    for again in (other, path[-1]):
        np.testing.assert_allclose(again.wage, new.wage, rtol=1e-8)
        np.testing.assert_allclose(again.employment, new.employment, rtol=1e-8)
    assert ge.solve(base, NESTED, a_shock(base, seed), STICKY, start=new).certificate.iterations < 2


def test_rigid_is_sticky_where_no_wage_would_rise(make_economy: Maker) -> None:
    """With fixed shares of spending a duty takes receipts from every industry."""
    base = make_economy(4)
    fixed_shares = ge.Elasticities(np.zeros(3))
    foreign = ~np.eye(4, dtype=bool)
    shock = ge.Shock(tariff=base.tariff + 0.3 * foreign)
    one, two = (ge.gdp_chain(base, fixed_shares, shock, c) for c in (RIGID, STICKY))
    assert one.solution.employment.max() <= 1.0 + 1e-12
    np.testing.assert_allclose(two.hat, one.hat, rtol=1e-12)
    for name in ("employment", "real_income", "real_wage", "final_price", "flow", "deficit"):
        np.testing.assert_allclose(
            getattr(two.solution, name), getattr(one.solution, name), rtol=1e-10, atol=1e-10
        )
    # Where a wage would rise, rigid wages employ more than there are.
    shock = a_shock(base, 4, capped=False)
    rigid, sticky = (ge.solve(base, NESTED, shock, c) for c in (RIGID, STICKY))
    assert rigid.employment.max() > 1.0 + 1e-3
    assert sticky.employment.max() <= 1.0 + 1e-9


def test_income_is_that_of_the_nation_where_spending_is_fixed(make_economy: Maker) -> None:
    base = make_economy(4, deficits=True)
    for closure in (STICKY, RIGID):
        new = ge.solve(base, NESTED, a_shock(base, 1), closure)
        earned = (new.income + new.revenue + new.rents)[0]
        before = base.income + base.revenue
        np.testing.assert_allclose(
            new.real_national_income[0], earned / before / new.final_price[0], rtol=1e-12
        )
        np.testing.assert_allclose(new.real_income, new.real_national_income, rtol=1e-12)
    # Under balanced trade it is real income as the trade literature has it.
    balanced = make_economy(4)
    new = ge.solve(balanced, NESTED, a_shock(balanced, 1))
    np.testing.assert_allclose(new.real_national_income, new.real_income, rtol=1e-9)


@pytest.mark.parametrize("labour", ["rigid", "sticky"])
def test_spent_revenue_raises_spending_by_what_is_new(make_economy: Maker, labour: str) -> None:
    base = make_economy(4)
    saved, spent = (
        ge.solve(base, NESTED, a_shock(base, 2), ge.Closure(labour, revenue=revenue))
        for revenue in ("rebated", "spent")
    )
    np.testing.assert_allclose(saved.expenditure[0], base.expenditure)
    np.testing.assert_allclose(
        spent.expenditure[0], base.expenditure + spent.revenue[0] - base.revenue, rtol=1e-9
    )
    assert spent.certificate.worst < 1e-9
    assert (spent.regional_employment >= saved.regional_employment - 1e-9).all()
    households = (spent.income + spent.rents)[0] / base.income / spent.final_price[0]
    np.testing.assert_allclose(spent.real_income[0], households, rtol=1e-9)


def test_a_batch_is_its_members(make_economy: Maker) -> None:
    base = make_economy(7)
    rng = np.random.default_rng(7)
    draws = ge.Elasticities(
        rng.uniform(0.5, 3.0, (5, 3)), rng.uniform(0.3, 1.5, 5), 0.5, rng.uniform(0.3, 1.5, 5)
    )
    cost = np.ones((5, *base.share.shape))
    cost[:, :, 0, 2] = rng.uniform(1.0, 4.0, (5, 1))
    cost[4, :, 2, 3] = np.inf
    together = ge.solve(base, draws, ge.Shock(trade_cost=cost), STICKY)
    for k in range(5):
        alone = ge.solve(base, draws.drawn(slice(k, k + 1)), ge.Shock(trade_cost=cost[k]), STICKY)
        np.testing.assert_allclose(together.wage[k], alone.wage[0], rtol=1e-9)
        np.testing.assert_allclose(together.real_income[k], alone.real_income[0], rtol=1e-9)
    groups = ge.solve_many(base, draws, ge.Shock(trade_cost=cost), STICKY, group=2)
    found = np.concatenate([solution.employment for solution in groups])
    np.testing.assert_allclose(found, together.employment, rtol=1e-9)


def test_borders_that_close(make_economy: Maker) -> None:
    """One region by itself, or all: a region alone keeps its spending and its own market."""
    base = make_economy(4, gaps=False)
    for alone in ([0], [0, 1, 2, 3]):
        cost = np.ones_like(base.share)
        for n in alone:
            cost[:, n, :], cost[:, :, n] = np.inf, np.inf
        cost[:, np.arange(4), np.arange(4)] = 1.0
        # Floors begin to bind all along the way to autarky: kinks, which the integral sees slowly.
        chain = ge.gdp_chain(base, NESTED, ge.Shock(trade_cost=cost), STICKY, error_points=5e-3)
        new = chain.solution
        assert new.certificate.worst < 1e-9
        np.testing.assert_allclose(new.deficit[0, alone], 0.0, atol=1e-9)
        assert (chain.hat[0, alone] < 1.0).all()


def test_an_industry_that_shuts_loses_its_factor_income(make_economy: Maker) -> None:
    """A cap of zero on all sales: nobody is employed, and the chain counts the lost hours."""
    base = make_economy(4, gaps=False)
    limit = np.full(base.shape, np.inf)
    limit[1, 2] = 0.0
    shock = ge.Shock(quotas=ge.Quotas.on_output(limit))
    new = ge.solve(base, NESTED, shock, STICKY)
    assert float(new.employment[0, 1, 2]) == 0.0
    assert float(new.wage[0, 1, 2]) == 1.0
    shut = ge.gdp_chain(base, NESTED, shock, STICKY).hat
    limit[1, 2] = 1e-7
    nearly = ge.gdp_chain(base, NESTED, ge.Shock(quotas=ge.Quotas.on_output(limit)), STICKY).hat
    # What remains is a ten-millionth of the industry, at a price that its scarcity multiplies.
    np.testing.assert_allclose(shut, nearly, rtol=0, atol=2e-3)


def test_what_the_closure_cannot_say_is_refused(make_economy: Maker) -> None:
    with pytest.raises(IOModelError, match="sticky wages are the numeraire"):
        ge.Closure("sticky", numeraire="wage")
    with pytest.raises(NotApplicableError, match="sticky"):
        ge.first_order(make_economy(4), NESTED, closure=STICKY)
