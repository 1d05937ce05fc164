"""Nests of the recursive model: Cobb-Douglas as a limit, Leontief in closed form, investment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import gamma

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]

ARRAYS = ("real_income", "real_gdp", "capital", "knowledge", "trade")


def nested(world: df.World, sigma: float, final: float = 1.0) -> df.World:
    """The same world with one elasticity in all nests of production and investment."""
    elasticities = replace(world.elasticities, value_added=sigma, inputs=sigma, final=final)
    factors = replace(world.factors, investment_nest=sigma)
    return replace(world, elasticities=elasticities, factors=factors)


def wall(base: ge.Economy, size: float) -> ge.Shock:
    S, N = base.shape
    return ge.Shock(trade_cost=np.ones((S, N, N)) + size * ~np.eye(N, dtype=bool))


@pytest.fixture(scope="module")
def growing(make_economy: Maker, make_world: Worlds) -> df.World:
    return make_world(make_economy(8), labour_growth=0.01, investment_rate=0.08, depreciation=0.04)


def test_cobb_douglas_is_the_limit_of_the_nests(growing: df.World, make_ideas: IdeasOf) -> None:
    """Hats are smooth in the elasticity, so that one less 1e-7 is within some 1e-7 of one."""
    ideas, shock = make_ideas([0.44, 0.0], 0.05, 0.0118), wall(growing.base, 0.6)
    limit = df.simulate(growing, shock, ideas, begin=2)
    near = df.simulate(nested(growing, 1.0 - 1e-7, 1.0 - 1e-7), shock, ideas, begin=2)
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(near, name), getattr(limit, name), rtol=1e-6)
    far = df.simulate(nested(growing, 0.0), shock, ideas, begin=2)
    assert np.abs(far.real_income[-1] / limit.real_income[-1] - 1.0).max() > 1e-3


@pytest.mark.parametrize("sigma", [0.0, 0.5, 1.0, 2.0])
def test_one_region_and_one_good_accumulate_as_in_closed_form(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf, sigma: float
) -> None:
    r"""One good in autarky, any nest: real income, capital and knowledge by hand.

    The unit cost :math:`c = A^{-1}(v w^{1-\sigma} + (1-v) c^{1-\sigma})^{1/(1-\sigma)}` gives the
    real wage :math:`w/c = ((A^{1-\sigma} - (1-v))/v)^{1/(1-\sigma)}`, :math:`A^{1/v}` at one; and
    :math:`y = (w/c)\,l^a k^{1-a}`, :math:`k' = k + \iota y - \delta k`,
    :math:`\lambda' = \lambda + \alpha_t\Gamma(1-\beta)(1-v)\lambda^\beta`, :math:`A = \lambda^e`.
    """
    v, share, iota, delta, grows, e = 0.5, 0.75, 0.08, 0.04, 0.01, 0.3
    beta, alpha = 0.44, 0.05
    base = symmetric(2, 1e9, 4.0, v)
    world = replace(
        make_world(
            base,
            years=np.arange(0.0, 9.0),
            labour_growth=grows,
            labour_share=share,
            investment_rate=iota,
            depreciation=delta,
        ),
        exponent=e,
    )
    course = df.simulate(nested(world, sigma), ge.Shock(), make_ideas(beta, alpha, 0.0118))
    stock, capital, power = 1.0, 1.0, 1.0 - sigma
    for t in range(9):
        A = stock**e
        wage = ((A**power - (1.0 - v)) / v) ** (1.0 / power) if power else A ** (1.0 / v)
        income = wage * (1.0 + grows) ** (share * t) * capital ** (1.0 - share)
        # Solves end at 1e-10 in excess demand.
        np.testing.assert_allclose(course.knowledge[t], stock, rtol=1e-8)
        np.testing.assert_allclose(course.capital[t], capital, rtol=1e-8)
        np.testing.assert_allclose(course.real_income[t], income, rtol=1e-8)
        stock += alpha * 1.0118**t * gamma(1 - beta) * (1 - v) * stock**beta
        capital += iota * income - delta * capital


def test_leontief_without_growth_is_the_static_engine(
    growing: df.World, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    world = nested(make_world(growing.base), 0.0)
    shock = wall(world.base, 0.5)
    static = ge.solve(world.base, world.elasticities, shock, world.closure)
    course = df.simulate(world, shock, make_ideas(0.0, 0.0))
    for t in range(len(world.years)):
        # The same problem from another start, each to 1e-10 in excess demand.
        np.testing.assert_allclose(course.real_income[t], static.real_income, rtol=1e-8)


def test_the_price_of_investment_is_a_ces_index(growing: df.World) -> None:
    """Geometric at one, arithmetic at zero, harmonic at two; in between at a half."""
    shock = wall(growing.base, 0.6)
    solution = ge.solve(growing.base, growing.elasticities, shock, growing.closure)
    share, price = growing.factors.investment_share, solution.price[0]

    def index(sigma: float) -> np.ndarray:
        return replace(growing.factors, investment_nest=sigma).investment_price(solution)[0]

    np.testing.assert_allclose(index(0.0), (share * price).sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(index(1.0), np.prod(price**share, axis=0), rtol=1e-12)
    np.testing.assert_allclose(index(2.0), 1.0 / (share / price).sum(axis=0), rtol=1e-12)
    # A region may invest in one good alone, whose price it is at any elasticity.
    several = (share > 0.01).sum(axis=0) > 1
    assert several.any()
    assert (index(0.0) > index(0.5))[several].all()
    assert (index(0.5) > index(1.0))[several].all()


def test_the_exponent_of_knowledge_says_how_much_income_follows_it(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    r"""One good of equal regions: income moves with :math:`\lambda^{e/v}`; by default e is
    one over the trade elasticity.
    """
    theta, v = 4.0, 0.5
    world = make_world(symmetric(3, 1.6, theta, v), theta)
    for exponent, power in ((None, 1.0 / theta), (1.0, 1.0), (np.array([0.6]), 0.6)):
        course = df.simulate(replace(world, exponent=exponent), ge.Shock(), make_ideas(0.44, 0.02))
        income = course.knowledge[-1, 0, 0] ** (power / v)
        np.testing.assert_allclose(course.real_income[-1, 0], income, rtol=1e-8)
    with pytest.raises(IOModelError, match="exponent of knowledge"):
        replace(world, exponent=0.0)
    with pytest.raises(IOModelError, match="one set of elasticities"):
        replace(world, elasticities=replace(world.elasticities, inputs=np.array([0.0, 1.0])))


def test_autarky_is_the_same_whatever_the_nests_of_others(
    growing: df.World, make_ideas: IdeasOf
) -> None:
    """Closed borders: exports end, and every region goes on alone, at any nest."""
    S, N = growing.base.shape
    closed = ge.Shock(trade_cost=np.where(np.eye(N) > 0, 1.0, np.inf) * np.ones((S, 1, 1)))
    world = nested(growing, 0.0)
    course = df.simulate(world, closed, make_ideas(0.44, 0.05), begin=2)
    assert course.trade[1].sum() > 0.0
    np.testing.assert_array_equal(course.trade[2:], 0.0)
    # What one region's people do no longer matters to another.
    labour = np.array(world.factors.labour)
    labour[3:, 0] *= 1.5
    crowded = replace(world, factors=replace(world.factors, labour=labour))
    other = df.simulate(crowded, closed, make_ideas(0.44, 0.05), begin=2)
    for name in ("real_income", "capital", "knowledge"):
        same, moved = getattr(course, name)[..., 1:], getattr(other, name)[..., 1:]
        np.testing.assert_allclose(moved, same, rtol=1e-7)
    assert (other.real_income[-1, :, 0] > 1.2 * course.real_income[-1, :, 0]).all()
