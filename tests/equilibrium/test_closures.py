"""The numeraire, and who spends tariff revenue."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, LabelError

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)


def a_shock(base: ge.Economy) -> ge.Shock:
    rng = np.random.default_rng(0)
    foreign = ~np.eye(base.shape[1], dtype=bool)
    limit = np.where(rng.random(base.share.shape) < 0.2, 0.5, np.inf)
    return ge.Shock(
        tariff=base.tariff + 0.2 * foreign,
        productivity=rng.uniform(0.8, 1.2, base.shape),
        quotas=ge.Quotas.on_flows(limit),
    )


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("numeraire", ["wage", "price"])
@pytest.mark.parametrize("balance", ["zero", "fixed", "share"])
def test_only_nominal_values_depend_on_the_numeraire(
    make_economy: Maker, labour: str, numeraire: str, balance: str
) -> None:
    base = make_economy(4, deficits=balance != "zero")
    shock = a_shock(base)
    world = ge.solve(base, NESTED, shock, ge.Closure(labour, balance))
    local = ge.solve(
        base, NESTED, shock, ge.Closure(labour, balance, numeraire=numeraire, region=2)
    )
    for name in ("real_income", "real_wage", "employment", "share", "quota_price"):
        np.testing.assert_allclose(getattr(local, name), getattr(world, name), rtol=1e-9)
    ratio = local.border_price / world.border_price
    np.testing.assert_allclose(ratio, local.unit[0], rtol=1e-9)
    np.testing.assert_allclose(local.flow / local.unit[0], world.flow, rtol=1e-8)
    np.testing.assert_allclose(local.deficit / local.unit[0], world.deficit, atol=1e-8)
    np.testing.assert_allclose(ge.real_gdp([local]), ge.real_gdp([world]), rtol=1e-9)
    one, two = ge.decompose(local), ge.decompose(world)
    np.testing.assert_allclose(one.terms_of_trade, two.terms_of_trade, atol=1e-9)
    assert abs(float(local.unit[0]) - 1.0) > 1e-3
    if numeraire == "price":
        np.testing.assert_allclose(local.final_price[0, 2], 1.0)
    else:
        np.testing.assert_allclose(local.income[0, 2], base.income[2])
    warm = ge.solve(base, NESTED, shock, ge.Closure(labour, balance), start=local)
    assert warm.certificate.iterations == 0
    assert local.economy().imbalance() < 1e-8


def test_revenue_that_the_government_spends_is_not_income_of_households(
    make_economy: Maker,
) -> None:
    base = make_economy(4)
    rebated = ge.solve(base, NESTED, a_shock(base))
    spent = ge.solve(base, NESTED, a_shock(base), ge.Closure(revenue="spent"))
    np.testing.assert_allclose(spent.flow, rebated.flow, rtol=1e-9)
    np.testing.assert_allclose(spent.real_wage, rebated.real_wage, rtol=1e-9)
    household = (spent.income + spent.rents + spent.deficit)[0]
    before = base.income + base.deficit
    np.testing.assert_allclose(
        spent.real_income[0], household / before / spent.final_price[0], rtol=1e-12
    )
    np.testing.assert_allclose(spent.household + spent.revenue, rebated.household, rtol=1e-9)
    still = ge.solve(base, NESTED, None, ge.Closure(revenue="spent"))
    np.testing.assert_allclose(still.real_income, 1.0, atol=1e-9)


def test_names_that_are_not_known_are_refused(make_economy: Maker) -> None:
    for options in ({"revenue": "burnt"}, {"numeraire": "gold"}, {"balance": "none"}):
        with pytest.raises(LabelError):
            ge.Closure(**options)
    with pytest.raises(IOModelError, match="numeraire"):
        ge.Closure("rigid", numeraire="wage")
    with pytest.raises(IOModelError, match="region 7"):
        ge.solve(make_economy(4), NESTED, None, ge.Closure(numeraire="price", region=7))


def test_terms_and_volume_of_trade_are_welfare_to_first_order(make_economy: Maker) -> None:
    """With export taxes in the base and in the shock."""
    rng = np.random.default_rng(5)
    source = make_economy(4)
    rates = rng.uniform(0.0, 0.4, source.share.shape)
    base = ge.solve(source, NESTED, ge.Shock(export_tax=rates)).economy()
    step = 1e-5
    shock = ge.Shock(
        tariff=(1.0 + base.tariff) * np.exp(step * rng.normal(size=rates.shape)) - 1.0,
        export_tax=(1.0 + base.export_tax) * np.exp(step * rng.normal(size=rates.shape)) - 1.0,
    )
    new = ge.solve(base, NESTED, shock, tolerance=1e-13)
    exact = (new.real_income - 1.0) / step
    found = ge.decompose(new).first_order_welfare / step
    # What is left out is of the second order in the step, times elasticities squared.
    np.testing.assert_allclose(found, exact, atol=100.0 * step)
    assert np.abs(exact).max() > 0.05
