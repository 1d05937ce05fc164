"""Limits that are known: no growth, one sector, autarky, short periods."""

from __future__ import annotations

from collections.abc import Callable
from math import gamma

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]

# Every solve ends at 1e-10 in excess demand; responses of shares multiply that by theta.
SAME = 1e-8


def barrier(base: ge.Economy, size: float) -> Float:
    S, N = base.shape
    foreign = ~np.eye(N, dtype=bool)
    return np.ones((S, N, N)) + size * foreign


def test_without_growth_every_period_is_the_static_equilibrium(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    base = make_economy(1)
    world, shock = make_world(base), ge.Shock(trade_cost=barrier(base, 0.5))
    static = ge.solve(base, world.elasticities, shock, world.closure)
    chain = ge.gdp_chain(base, world.elasticities, shock, world.closure)
    course = df.simulate(world, shock, make_ideas(0.0, 0.0), links=chain.links)
    assert course.gdp_error_points == pytest.approx(chain.error_points, rel=1e-3)
    for t in range(len(world.years)):
        np.testing.assert_allclose(course.real_income[t], static.real_income, rtol=SAME)
        np.testing.assert_allclose(course.real_gdp[t], chain.hat, rtol=SAME)
    np.testing.assert_array_equal(course.knowledge[-1, 0], world.knowledge)


def test_first_point_is_the_static_effect_whatever_grows_after(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    base = make_economy(2)
    world = make_world(base, labour_growth=0.02, investment_rate=0.1, depreciation=0.05)
    shock = ge.Shock(trade_cost=barrier(base, 0.5))
    course = df.simulate(world, shock, make_ideas([0.44, 0.0], 0.05))
    static = ge.solve(base, world.elasticities, shock, world.closure)
    for member in (0, 1):
        np.testing.assert_allclose(course.real_income[0, member], static.real_income[0], rtol=SAME)
    assert np.all(course.real_income[-1] > course.real_income[0])


def test_one_sector_of_equal_regions_is_buera_and_oberfield(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    r"""Shares never move, so that knowledge and real income are known in closed form.

    :math:`\Delta\lambda = \alpha_t\Gamma(1-\beta)(1-v)\sum_s\pi_s^{1-\beta}\lambda^\beta` and
    :math:`\hat W = \hat\lambda^{1/(\theta v)}`.
    """
    N, cost, theta, v, beta, alpha = 3, 1.6, 4.0, 0.5, 0.44, 0.07
    base = symmetric(N, cost, theta, v)
    world = make_world(base, theta)
    course = df.simulate(world, ge.Shock(), make_ideas(beta, alpha, 0.0118))
    home = 1.0 / (1.0 + (N - 1) * cost**-theta)
    mixed = home ** (1 - beta) + (N - 1) * ((1 - home) / (N - 1)) ** (1 - beta)
    stock = 1.0
    for t in range(1, len(world.years)):
        rate = alpha * 1.0118 ** (t - 1)
        stock += rate * gamma(1 - beta) * (1 - v) * mixed * stock**beta
        np.testing.assert_allclose(course.knowledge[t], stock, rtol=SAME)
        np.testing.assert_allclose(course.real_income[t], stock ** (1 / (theta * v)), rtol=SAME)
        np.testing.assert_allclose(course.real_gdp[t], stock ** (1 / (theta * v)), rtol=SAME)


def test_autarky_learns_from_itself_alone(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    r"""Closed borders: :math:`\lambda^{1-\beta}` grows linearly; periods that shrink find it.

    The error of steps of length h is of order h.
    """
    theta, v, beta, alpha, span = 4.0, 0.5, 0.44, 0.1, 8.0
    base = symmetric(2, 1.6, theta, v)
    closed = ge.Shock(trade_cost=np.where(np.eye(2) > 0, 1.0, np.inf)[None])
    exact = (1.0 + (1 - beta) * alpha * gamma(1 - beta) * (1 - v) * span) ** (1 / (1 - beta))
    errors = []
    for steps in (8, 16, 32):
        world = make_world(base, theta, years=np.linspace(0.0, span, steps + 1))
        course = df.simulate(world, closed, make_ideas(beta, alpha))
        errors.append(float(np.abs(course.knowledge[-1] - exact).max()))
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.1)
    assert errors[1] / errors[2] == pytest.approx(2.0, abs=0.05)


def test_growth_settles_at_that_of_the_arrival_rate_over_one_less_beta(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    """The balanced path of Buera and Oberfield, by iterating the law itself for 1500 years."""
    beta, growth = 0.44, 0.0118
    base = symmetric(2, 1.6, 4.0, 0.5)
    world, ideas = make_world(base), make_ideas(beta, 0.1, growth)
    stock = np.ones((1, 1, 2))
    last = stock
    for t in range(1500):
        last = stock
        rate = ideas.rate(float(t))[:, None, None]
        stock = stock + rate * df.arrivals(base.share[None], stock, world.input_cost, ideas.beta)
    settled = (1.0 + growth) ** (1.0 / (1.0 - beta))
    np.testing.assert_allclose(stock / last, settled, rtol=1e-6)


def test_shorter_periods_converge_at_order_one(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    base = make_economy(3)
    shock = ge.Shock(trade_cost=barrier(base, 0.6))
    ends = []
    for steps in (4, 8, 16):
        world = make_world(
            base,
            years=np.linspace(0.0, 12.0, steps + 1),
            labour_growth=0.01,
            investment_rate=0.08,
            depreciation=0.05,
        )
        ends.append(df.simulate(world, shock, make_ideas(0.44, 0.05, 0.01)).real_income[-1])
    ratio = (ends[0] - ends[1]) / (ends[1] - ends[2])
    # Two at order one; what is left is the next order, a sixth or so of a period of three years.
    np.testing.assert_allclose(ratio, 2.0, atol=0.35)


def test_capital_follows_income_to_a_new_steady_state(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    """Without growth, capital ends where investment replaces it: K hat = E hat / P hat of goods."""
    base = make_economy(4)
    world = make_world(
        base, years=np.arange(0.0, 401.0, 5.0), investment_rate=0.05, depreciation=0.05
    )
    quiet = df.simulate(world, ge.Shock(), make_ideas(0.44, 0.0))
    np.testing.assert_allclose(quiet.capital, 1.0, rtol=SAME)
    hit = df.simulate(world, ge.Shock(trade_cost=barrier(base, 0.6)), make_ideas(0.44, 0.0))
    np.testing.assert_allclose(hit.capital[-1], hit.real_income[-1], rtol=1e-6)
    assert np.all(hit.real_income[-1] < hit.real_income[0])


def test_barriers_cost_more_the_higher_the_exponent(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    """Equal regions, one arrival rate for all exponents."""
    base = symmetric(3, 1.6, 4.0, 0.5)
    betas = [0.0, 0.2, 0.44, 0.6]
    world = make_world(base, years=np.arange(0.0, 16.0))
    ideas = make_ideas(betas, 0.05, 0.0118)
    shock = ge.Shock(trade_cost=barrier(base, 1.6))
    loss = 1.0 - (
        df.simulate(world, shock, ideas).real_income[-1]
        / df.simulate(world, ge.Shock(), ideas).real_income[-1]
    )
    assert np.all(np.diff(loss[:, 0]) > 0.0)
    static = 1.0 - ge.solve(base, world.elasticities, shock).real_income[0]
    np.testing.assert_allclose(loss[0], static, rtol=1e-6)


def test_ideas_add_to_growth_as_asked(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    """Over the span of years asked for, on a path that is longer."""
    base = make_economy(5)
    world = make_world(
        base,
        years=np.arange(0.0, 9.0),
        labour_growth=0.01,
        investment_rate=0.08,
        depreciation=0.04,
    )
    lines: list[str] = []
    alpha = df.arrival_rate(
        world, make_ideas(0.44, 1.0, 0.0118), 0.02, years=5.0, progress=lines.append
    )
    grown, idle = (
        df.simulate(world, ge.Shock(), make_ideas(0.44, rate, 0.0118)).real_gdp[5, 0]
        for rate in (alpha, 0.0)
    )
    addition = (grown ** (1 / 5.0) - idle ** (1 / 5.0)).mean()
    assert addition == pytest.approx(0.02, abs=1e-5)
    assert lines
    with pytest.raises(IOModelError, match="a positive addition"):
        df.arrival_rate(world, make_ideas(0.44, 1.0), 0.0)
    with pytest.raises(IOModelError, match="of 2 members"):
        df.arrival_rate(world, make_ideas([0.44, 0.0], 1.0), 0.02)


def test_a_world_without_a_law_of_motion_is_refused(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    base = make_economy(6)
    with pytest.raises(IOModelError, match="positive trade elasticity"):
        make_world(base, 0.0)
    with pytest.raises(IOModelError, match="knowledge must be positive"):
        make_world(base, knowledge=np.zeros(base.shape))
    with pytest.raises(IOModelError, match="years must increase"):
        make_world(base, years=np.array([0.0, 0.0]))
    with pytest.raises(IOModelError, match="endowments follow"):
        df.simulate(make_world(base), ge.Shock(endowment=2.0), make_ideas(0.44, 0.1))
    with pytest.raises(IOModelError, match="labour_share runs"):
        make_world(base, labour_share=1.5)


def test_capital_follows_a_loss_as_in_closed_form(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    r"""One good: :math:`y = a k^{1-l}`, :math:`k_{t+1} = k_t + \iota y_t - \delta k_t`.

    A loss of productivity lasts; what it costs grows as capital follows, by 5/3 in the end.
    """
    v, share, rate, lost = 0.5, 0.6, 0.05, 0.9
    base = symmetric(3, 1.6, 4.0, v)
    world = make_world(
        base,
        years=np.arange(0.0, 27.0),
        labour_share=share,
        investment_rate=rate,
        depreciation=rate,
    )
    shock = ge.Shock(productivity=np.full((1, 1, 3), lost))
    course = df.simulate(world, shock, make_ideas(0.44, 0.0))
    capital, level = 1.0, lost ** (1.0 / v)
    for t in range(27):
        income = level * capital ** (1.0 - share)
        np.testing.assert_allclose(course.real_income[t], income, rtol=SAME)
        np.testing.assert_allclose(course.capital[t], capital, rtol=SAME)
        capital += rate * (income - capital)
    multiplier = np.log(income) / np.log(level)
    assert 1.3 < multiplier < 1.0 / share


def test_ideas_of_another_member_leave_knowledge_on_its_path(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    base = make_economy(5)
    world = make_world(base, labour_growth=0.01)
    cost = np.stack([np.ones_like(barrier(base, 0.0)), barrier(base, 1.0)])
    shock, ideas = ge.Shock(trade_cost=cost), make_ideas([0.44, 0.44], 0.1)
    own = df.simulate(world, shock, ideas)
    taught = df.simulate(world, shock, ideas, teachers=[0, 0])
    np.testing.assert_array_equal(taught.knowledge[:, 1], taught.knowledge[:, 0])
    np.testing.assert_allclose(taught.knowledge[:, 0], own.knowledge[:, 0], rtol=SAME)
    assert (own.knowledge[-1, 1] < own.knowledge[-1, 0]).all()
    with pytest.raises(IOModelError, match="teachers must name"):
        df.simulate(world, shock, ideas, teachers=[0, 2])
    with pytest.raises(IOModelError, match="teachers must name"):
        df.simulate(world, shock, ideas, teachers=[0])
