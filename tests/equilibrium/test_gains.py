"""Gains from trade: formulas of the ACR family against the engine taken to autarky."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import TableError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]


def free_trade(make_economy: Maker, seed: int) -> tuple[ge.Economy, ge.Elasticities]:
    """No tariffs: the formulas know no revenue."""
    source = make_economy(seed, gaps=False)
    theta = np.random.default_rng(seed).uniform(1.0, 9.0, 3)
    raw = ge.calibrate(
        source.flow,
        np.zeros_like(source.flow),
        source.value_added_share,
        source.input_share,
    )
    chosen = ge.Elasticities.caliendo_parro(theta)
    return ge.rebase(raw, chosen)[0], chosen


def closed(base: ge.Economy) -> ge.Shock:
    cost = np.full(base.share.shape, np.inf)
    here = np.arange(base.shape[1])
    cost[:, here, here] = 1.0
    return ge.Shock(trade_cost=cost)


def input_costs(base: ge.Economy) -> Float:
    return base.input_share * (1.0 - base.value_added_share).T[:, None, :]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_formula_is_the_engine_in_autarky(make_economy: Maker, seed: int) -> None:
    base, chosen = free_trade(make_economy, seed)
    autarky = ge.solve(base, chosen, closed(base))
    formula = ge.gains_from_trade(
        ge.own_shares(base), base.final_share, chosen.theta, input_cost_share=input_costs(base)
    )
    np.testing.assert_allclose(1.0 - autarky.real_income[0], formula, rtol=0, atol=1e-10)


def test_ex_post_formula_is_exact_for_foreign_shocks(make_economy: Maker) -> None:
    base, chosen = free_trade(make_economy, 3)
    foreign = ge.Shock(productivity=np.array([1.0, 1.3, 0.6, 1.1]) * np.ones(base.shape))
    new = ge.solve(base, chosen, foreign)
    hats = np.diagonal(new.share[0], axis1=1, axis2=2) / ge.own_shares(base)
    formula = ge.real_income_ex_post(hats, base.final_share, chosen.theta, input_costs(base))
    assert new.real_income[0, 0] == pytest.approx(formula[0], rel=1e-9)


def test_special_cases_agree() -> None:
    share, theta, alpha = np.array([[0.8, 0.6]]), np.array([5.0]), 0.4
    final = np.ones((1, 2))
    one = ge.gains_one_sector(share[0], 5.0)
    np.testing.assert_allclose(one, 1.0 - share[0] ** 0.2)
    np.testing.assert_allclose(ge.gains_multi_sector(share, final, theta), one)
    inputs = np.full((2, 1, 1), alpha)
    np.testing.assert_allclose(
        ge.gains_from_trade(share, final, theta, input_cost_share=inputs),
        ge.gains_roundabout(share[0], 5.0, alpha),
    )
    scaled = ge.gains_multi_sector(
        share, final, theta, scale=1.0, spending_share=final, sales_share=final
    )
    np.testing.assert_allclose(scaled, one)
    np.testing.assert_allclose(ge.gains_with_tariffs(0.9, 5.0, 0.1, 0.0), 0.9 * 0.9**-0.2)


def test_general_formula_is_the_product_over_rounds_of_inputs() -> None:
    """Equation 29 written out: inputs of inputs of inputs, scale effects in each."""
    rng = np.random.default_rng(11)
    S, N = 4, 3
    own, theta = rng.uniform(0.3, 1.0, (S, N)), rng.uniform(1.0, 9.0, S)
    final = rng.dirichlet(np.ones(S), N).T
    inputs = rng.uniform(0.0, 0.6 / S, (N, S, S))
    scale = np.array([0.0, 0.5, 1.0, 1.0])
    spending, sales = (rng.dirichlet(np.ones(S), N).T for _ in range(2))
    kept = np.ones(N)
    for n in range(N):
        use = final[:, n].copy()
        # Inputs are at most .6 of costs: after 120 rounds 1e-27 is left.
        for _ in range(120):
            for k in range(S):
                term = own[k, n] * (spending[k, n] / sales[k, n]) ** scale[k]
                kept[n] *= term ** (use[k] / theta[k])
            use = inputs[n] @ use
    given = {"scale": scale, "spending_share": spending, "sales_share": sales}
    found = ge.gains_from_trade(own, final, theta, input_cost_share=inputs, **given)
    np.testing.assert_allclose(found, 1.0 - kept, rtol=0, atol=1e-13)
    # Without inputs it is the formula for many sectors, without scale effects that with inputs.
    np.testing.assert_allclose(
        ge.gains_from_trade(own, final, theta, input_cost_share=0.0 * inputs, **given),
        ge.gains_multi_sector(own, final, theta, **given),
    )
    np.testing.assert_allclose(
        ge.gains_from_trade(own, final, theta, input_cost_share=inputs, **given | {"scale": 0.0}),
        ge.gains_from_trade(own, final, theta, input_cost_share=inputs),
    )


def test_one_sector_ex_post_is_a_power_of_the_own_share() -> None:
    hats = np.array([[0.9, 1.2]])
    found = ge.real_income_ex_post(hats, np.ones((1, 2)), np.array([5.0]))
    np.testing.assert_allclose(found, hats[0] ** -0.2)
    # From the base to autarky the two formulas are one.
    np.testing.assert_allclose(
        1.0 - ge.real_income_ex_post(1.0 / hats, np.ones((1, 2)), np.array([5.0])),
        ge.gains_one_sector(hats[0], 5.0),
    )


def test_tariff_formula_is_the_engine(make_economy: Maker) -> None:
    source = make_economy(4, sectors=1, gaps=False)
    raw = ge.without_materials(source.flow, source.tariff)
    chosen = ge.Elasticities.caliendo_parro(np.array([5.0]))
    base, _ = ge.rebase(raw, chosen)
    new = ge.solve(base, chosen, ge.Shock(tariff=2.0 * base.tariff))
    hats = np.diagonal(new.share[0], axis1=1, axis2=2)[0] / ge.own_shares(base)[0]
    formula = ge.gains_with_tariffs(
        hats, 5.0, base.revenue / base.expenditure, new.revenue[0] / new.expenditure[0]
    )
    np.testing.assert_allclose(new.real_income[0], formula, rtol=1e-9)


def test_autarky_without_a_domestic_supplier_is_refused() -> None:
    final = np.array([[0.5], [0.5]])
    with pytest.raises(TableError, match="sector 1 of region 0"):
        ge.gains_multi_sector(np.array([[0.5], [0.0]]), final, np.array([4.0, 4.0]))
    with pytest.raises(TableError, match="spending_share"):
        ge.gains_multi_sector(np.full((2, 1), 0.5), final, np.array([4.0, 4.0]), scale=1.0)
