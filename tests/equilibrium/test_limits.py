"""Cobb-Douglas and Leontief as branches of their own, and closed borders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import InfeasibleError, IOModelError, LabelError, SolverError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]


def foreign_cost(base: ge.Economy, factor: float) -> Float:
    S, N = base.shape
    cost = np.full((S, N, N), factor)
    cost[:, np.arange(N), np.arange(N)] = 1.0
    return cost


@pytest.mark.parametrize("name", ["value_added", "inputs", "final"])
@pytest.mark.parametrize("limit", [1.0, 0.0])
def test_the_limits_of_each_nest_are_reached_smoothly(
    make_economy: Maker, name: str, limit: float
) -> None:
    base = make_economy(1)
    theta = np.array([3.0, 6.0, 1.2])
    shock = ge.Shock(trade_cost=foreign_cost(base, 1.5))
    exact = ge.solve(base, replace(ge.Elasticities(theta, 0.7, 0.7, 0.7), **{name: limit}), shock)
    errors = []
    for near in (1e-3, 1e-6):
        chosen = replace(ge.Elasticities(theta, 0.7, 0.7, 0.7), **{name: limit + near})
        errors.append(np.abs(ge.solve(base, chosen, shock).real_income - exact.real_income).max())
    # The distance shrinks with the elasticity's, down to the solver's own accuracy.
    assert errors[1] <= 2e-3 * errors[0] + 1e-10


def test_cobb_douglas_across_origins(make_economy: Maker) -> None:
    base = make_economy(1)
    shock = ge.Shock(trade_cost=foreign_cost(base, 1.5))
    exact = ge.solve(base, ge.Elasticities(np.zeros(3)), shock)
    np.testing.assert_allclose(exact.share[0], base.share, rtol=0, atol=1e-14)
    near = ge.solve(base, ge.Elasticities(np.full(3, 1e-6)), shock)
    np.testing.assert_allclose(near.real_income, exact.real_income, rtol=0, atol=1e-6)


def test_leontief_across_origins_keeps_quantities_in_proportion(make_economy: Maker) -> None:
    base = make_economy(1)
    cost = foreign_cost(base, 1.1)
    new = ge.solve(base, ge.Elasticities(np.full(3, -1.0)), ge.Shock(trade_cost=cost))
    price = cost * new.cost[0][:, :, None]
    ratio = np.where(base.share > 0.0, new.share[0] / np.where(base.share > 0, base.share, 1.0), 0)
    quantity = ratio / price * new.price[0][:, None, :]
    np.testing.assert_allclose(quantity[base.share > 0.0], 1.0, rtol=1e-10)


@pytest.mark.parametrize("theta", [0.5, 4.0, 65.0])
@pytest.mark.parametrize("factor", [2.6, 101.0, np.inf])
def test_borders_may_close_by_any_amount(make_economy: Maker, theta: float, factor: float) -> None:
    base = make_economy(5, gaps=False)
    new = ge.solve(
        base,
        ge.Elasticities.caliendo_parro(np.full(3, theta)),
        ge.Shock(trade_cost=foreign_cost(base, factor)),
    )
    assert new.certificate.worst < 1e-9
    assert (new.real_income < 1.0).all()
    if np.isinf(factor):
        off = ~np.eye(4, dtype=bool)
        assert (new.share[0][:, off] == 0.0).all()


def test_an_embargo_is_exactly_zero_and_the_end_of_rising_costs(make_economy: Maker) -> None:
    base = make_economy(5)
    chosen = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)
    cost = np.ones_like(base.share)
    cost[:, 3, 2] = cost[:, 2, 3] = np.inf
    new = ge.solve(base, chosen, ge.Shock(trade_cost=cost))
    assert (new.flow[0][:, 3, 2] == 0.0).all()
    assert (new.flow[0][:, 2, 3] == 0.0).all()
    near = ge.solve(base, chosen, ge.Shock(trade_cost=np.where(np.isinf(cost), 1e7, cost)))
    np.testing.assert_allclose(near.real_income, new.real_income, rtol=1e-7)


def test_two_blocs_that_part_do_not_share_a_numeraire(make_economy: Maker) -> None:
    base = make_economy(8, gaps=False)
    bloc = np.array([0, 0, 1, 1])
    cost = np.where(bloc[:, None] != bloc[None, :], np.inf, 1.0)
    shock = ge.Shock(trade_cost=np.broadcast_to(cost, base.share.shape))
    new = ge.solve(base, ge.Elasticities.caliendo_parro(np.full(3, 5.0)), shock)
    for members in (bloc == 0, bloc == 1):
        np.testing.assert_allclose(new.income[0, members].sum(), base.income[members].sum())
    with_deficits = make_economy(8, gaps=False, deficits=True)
    with pytest.raises(InfeasibleError, match="no longer trade"):
        ge.solve(
            with_deficits,
            ge.Elasticities.caliendo_parro(np.full(3, 5.0)),
            shock,
            ge.Closure(balance="fixed"),
        )


def test_a_region_without_any_supplier_is_refused(make_economy: Maker) -> None:
    base = make_economy(2)  # region 1 makes no good 0
    with pytest.raises(InfeasibleError, match="sector 0 in region 1 has no supplier left"):
        ge.solve(
            base,
            ge.Elasticities.caliendo_parro(np.full(3, 4.0)),
            ge.Shock(trade_cost=foreign_cost(base, np.inf)),
        )
    with pytest.raises(InfeasibleError, match="cannot be replaced"):
        ge.solve(
            make_economy(5, gaps=False),
            ge.Elasticities(np.array([4.0, -0.5, 4.0])),
            ge.Shock(trade_cost=foreign_cost(base, np.inf)),
        )


def test_what_makes_no_sense_is_refused(make_economy: Maker) -> None:
    base = make_economy(2)
    good = ge.Elasticities(np.full(3, 4.0))
    with pytest.raises(IOModelError, match="theta"):
        ge.solve(base, ge.Elasticities(np.full(3, -2.0)))
    with pytest.raises(IOModelError, match="sigma_m"):
        ge.solve(base, replace(good, inputs=-0.1))
    with pytest.raises(IOModelError, match="cost"):
        ge.solve(base, good, ge.Shock(trade_cost=0.0))
    with pytest.raises(IOModelError, match="shape"):
        ge.solve(base, good, ge.Shock(productivity=np.ones(7)))
    with pytest.raises(LabelError, match="mobile"):
        ge.Closure("immobile")


def test_nothing_unconverged_is_returned(make_economy: Maker) -> None:
    """A tolerance below rounding cannot be met, and is refused rather than rounded up."""
    base = make_economy(2)
    with pytest.raises(SolverError, match="no equilibrium found"):
        ge.solve(
            base,
            ge.Elasticities.caliendo_parro(np.full(3, 4.0)),
            ge.Shock(trade_cost=foreign_cost(base, 3.0)),
            tolerance=1e-19,
            phases=2,
        )
