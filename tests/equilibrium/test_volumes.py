"""Real GDP by chained volume."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel.equilibrium as ge

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)


def costs(base: ge.Economy, factor: float) -> ge.Shock:
    cost = np.ones_like(base.share)
    cost[:, 0, 2] = cost[:, 2, 0] = factor
    return ge.Shock(trade_cost=cost)


def test_nothing_and_more_of_everything(make_economy: Maker) -> None:
    base = make_economy(4)
    still = ge.solve(base, NESTED)
    np.testing.assert_allclose(ge.real_gdp([still]), 1.0, rtol=1e-9)
    more = ge.solve(base, NESTED, ge.Shock(endowment=1.25))
    np.testing.assert_allclose(ge.real_gdp([more]), 1.25, rtol=1e-9)


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("taxed", [False, True])
def test_world_gdp_is_world_real_income_to_first_order(
    make_economy: Maker, labour: str, taxed: bool
) -> None:
    """Terms of trade cancel over the world."""
    base = make_economy(4)
    rng = np.random.default_rng(0)
    if taxed:  # exports, and sales at home too
        rates = rng.uniform(0.0, 0.5, base.share.shape)
        base = ge.solve(base, NESTED, ge.Shock(export_tax=rates)).economy()
    shock = ge.Shock(
        tariff=(1.0 + base.tariff) * np.exp(1e-4 * rng.random(base.tariff.shape)) - 1.0,
        trade_cost=np.exp(1e-4 * rng.random(base.tariff.shape)),
        productivity=np.exp(1e-4 * rng.random(base.spending.shape)),
        export_tax=(1.0 + base.export_tax) * np.exp(-2e-4 * rng.random(base.share.shape)) - 1.0,
    )
    new = ge.solve(base, NESTED, shock, ge.Closure(labour), tolerance=1e-12)
    world = (ge.real_gdp([new])[0] - 1.0) @ base.expenditure
    income = (new.real_income[0] - 1.0) @ base.expenditure
    assert world == pytest.approx(income, abs=1e-6 * base.expenditure.sum())
    assert abs(income) > 1e-5 * base.expenditure.sum()


def test_the_direct_index_is_close_to_a_long_chain(make_economy: Maker) -> None:
    base = make_economy(4)
    shock = costs(base, 3.0)
    path = ge.homotopy(base, NESTED, shock, steps=40)
    direct, chained = ge.real_gdp(path[-1:]), ge.real_gdp(path)
    loss = np.abs(chained - 1.0).max()
    # A trebling of costs at elasticities up to eight: nearly all the trade of two regions goes.
    np.testing.assert_allclose(direct, chained, rtol=0, atol=0.1 * loss)


def test_a_closed_flow_is_the_limit_of_rising_costs(make_economy: Maker) -> None:
    base = make_economy(4)
    shut = ge.real_gdp([ge.solve(base, NESTED, costs(base, np.inf))])
    dear = ge.real_gdp([ge.solve(base, NESTED, costs(base, 1e12))])
    loss = np.abs(shut - 1.0).max()
    # The effective elasticity of the last flows differs a little from theta.
    np.testing.assert_allclose(dear, shut, rtol=0, atol=0.1 * loss)


@pytest.mark.parametrize("prohibitive", [False, True])
def test_extrapolation_removes_the_leading_error(make_economy: Maker, prohibitive: bool) -> None:
    """Against the chain of 128 links, for a duty of 160 points and for an iceberg cost."""
    base = make_economy(4)
    duty = np.array(base.tariff)
    duty[:, 0, 2] += 1.6
    shock = costs(base, 2.6) if prohibitive else ge.Shock(tariff=duty)

    def path(steps: int) -> list[ge.Solution]:
        return ge.homotopy(base, NESTED, shock, steps=steps)

    limit = ge.chained_gdp(path(128))

    def gap(hat: np.ndarray) -> float:
        return float(np.abs(np.log(hat / limit)).max())

    four, eight = path(4), path(8)
    # A plain chain is of second order, an extrapolated one of fourth.
    assert gap(ge.real_gdp(eight)) < 0.3 * gap(ge.real_gdp(four))
    assert gap(ge.chained_gdp(four)) < 0.3 * gap(ge.real_gdp(four))
    assert gap(ge.chained_gdp(eight)) < 0.1 * gap(ge.chained_gdp(four))
