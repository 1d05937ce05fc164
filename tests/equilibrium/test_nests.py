"""Elasticities by industry, and nests as industries without value added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import IOModelError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

LABOUR = ["mobile", "specific", "rigid", "sticky"]
# Two solves, each to 1e-10 in excess demand.
SAME = 1e-9


def foreign(base: ge.Economy, factor: float) -> Float:
    S, N = base.shape
    cost = np.full((S, N, N), factor)
    cost[:, np.arange(N), np.arange(N)] = 1.0
    return cost


def with_nest(base: ge.Economy, user: int, goods: list[int]) -> ge.Economy:
    """Let one industry buy some goods through a new industry without value added."""
    S, N = base.shape
    inputs = base.input_share
    part = inputs[:, goods, user]
    whole = part.sum(axis=1)
    mix = np.zeros((N, S + 1, S + 1))
    mix[:, :S, :S] = inputs
    mix[:, goods, user] = 0.0
    mix[:, S, user] = whole
    mix[:, goods, S] = part / whole[:, None]
    bought = whole * ((1.0 - base.value_added_share) * base.output)[user]

    def more(a: Float, last: Float) -> Float:
        return np.concatenate([a, last[None]])

    none, nothing = np.zeros((N, N)), np.zeros(N)
    return ge.Economy(
        spending=more(base.spending, bought),
        share=more(base.share, np.eye(N)),
        tariff=more(base.tariff, none),
        value_added_share=more(base.value_added_share, nothing),
        input_share=mix,
        final_share=more(base.final_share, nothing),
        value_added=more(base.value_added, nothing),
        deficit=base.deficit,
    )


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 4), (3, 4), (2, 3, 4)])
def test_equal_elasticities_are_one_elasticity(make_economy: Maker, shape: tuple[int, ...]) -> None:
    base = make_economy(1)
    theta, shock = np.array([3.0, 6.0, 1.2]), ge.Shock(trade_cost=foreign(base, 1.5))
    one = ge.solve(base, ge.Elasticities(theta, 0.5, 0.2, 0.9), shock)
    chosen = ge.Elasticities(theta, np.full(shape, 0.5), np.full(shape, 0.2), 0.9)
    many = ge.solve(base, chosen, shock)
    for row in many.real_income:
        np.testing.assert_allclose(row, one.real_income[0], rtol=SAME)


def test_draws_of_elasticities_by_industry_are_solved_as_if_alone(make_economy: Maker) -> None:
    base = make_economy(1)
    theta, shock = np.array([3.0, 6.0, 1.2]), ge.Shock(trade_cost=foreign(base, 1.5))
    inputs = np.random.default_rng(0).choice([0.0, 0.05, 0.5, 1.0, 2.0], (5, *base.shape))
    draws = ge.Elasticities(theta, inputs[:, ::-1], inputs, 0.9)
    groups = list(ge.solve_many(base, draws, shock, group=2))
    found = np.concatenate([group.real_income for group in groups])
    for k in range(5):
        alone = ge.solve(base, ge.Elasticities(theta, inputs[k, ::-1], inputs[k], 0.9), shock)
        np.testing.assert_allclose(found[k], alone.real_income[0], rtol=SAME)


@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0])
def test_a_nest_as_elastic_as_its_user_is_no_nest(
    make_economy: Maker, labour: str, sigma: float
) -> None:
    base = make_economy(3)
    theta, closure = np.array([3.0, 6.0, 1.2]), ge.Closure(labour)
    shock = ge.Shock(trade_cost=foreign(base, 1.4), productivity=np.linspace(0.9, 1.2, 4))
    shock = replace(shock, productivity=np.broadcast_to(shock.productivity, base.shape))
    flat = ge.solve(base, ge.Elasticities(theta, 0.5, sigma, 0.9), shock, closure)
    nested = with_nest(base, 1, [0, 2])
    assert nested.imbalance() < 1e-9
    more = ge.Shock(
        trade_cost=np.concatenate([foreign(base, 1.4), np.ones((1, 4, 4))]),
        productivity=np.concatenate([np.asarray(shock.productivity), np.ones((1, 4))]),
    )
    chosen = ge.Elasticities(np.append(theta, 5.0), 0.5, sigma, 0.9)
    deep = ge.solve(nested, chosen, more, closure)
    np.testing.assert_allclose(deep.real_income, flat.real_income, rtol=SAME)
    np.testing.assert_allclose(deep.output[:, :3], flat.output, rtol=1e-8)
    np.testing.assert_allclose(deep.employment[:, :3], flat.employment, rtol=1e-8)
    # Less to substitute inside: another equilibrium, with the same accounts.
    sigmas = np.full((4, 1), sigma)
    sigmas[3] = 0.05 if sigma > 0.0 else 0.5
    other = ge.solve(nested, replace(chosen, inputs=sigmas), more, closure)
    assert np.abs(other.real_income - flat.real_income).max() > 1e-6
    assert other.economy().imbalance() < 1e-8
    path = ge.real_gdp([deep]) - ge.real_gdp([flat])
    np.testing.assert_allclose(path, 0.0, atol=1e-9)


@pytest.mark.parametrize("labour", LABOUR)
def test_industries_may_buy_no_inputs(make_economy: Maker, labour: str) -> None:
    base = make_economy(4)
    mix = np.array(base.input_share)
    mix[:, :, 0] = 0.0
    raw = ge.calibrate(base.flow, base.tariff, base.value_added_share, mix)
    assert (raw.value_added_share[0] == 1.0).all()
    sigma: Any = np.array([[0.0], [0.5], [1.0]])
    chosen = ge.Elasticities(np.array([3.0, 6.0, 1.2]), sigma, sigma[::-1], 0.9)
    start, _ = ge.rebase(raw, chosen)
    new = ge.solve(start, chosen, ge.Shock(trade_cost=foreign(base, 1.5)), ge.Closure(labour))
    np.testing.assert_allclose(new.cost[0, 0], new.wage[0, 0], rtol=1e-12)
    assert new.certificate.worst < 1e-9
    assert start.shape == base.shape


def test_shapes_that_say_nothing_are_refused(make_economy: Maker) -> None:
    base = make_economy(1)
    good = ge.Elasticities(np.full(3, 4.0))
    for name in ("value_added", "inputs"):
        with pytest.raises(IOModelError, match="shape"):
            ge.solve(base, replace(good, **{name: np.full((2, 4), 0.5)}))
        with pytest.raises(IOModelError, match="shape"):
            ge.solve(base, replace(good, **{name: np.full((1, 1, 3, 4), 0.5)}))
    with pytest.raises(IOModelError, match="final"):
        ge.solve(base, replace(good, final=np.full((3, 4), 0.5)))
    with pytest.raises(IOModelError, match="theta"):
        ge.solve(base, ge.Elasticities(np.full(4, 4.0)))
