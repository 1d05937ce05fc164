"""Capital in its steady state: a fixed point on endowments, closed forms, differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, LabelError, NotApplicableError, TableError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

CLOSURE = ge.Closure(balance="share")
NESTS = [(1.0, 1.0, 1.0), (0.5, 0.2, 0.9)]


def with_capital(base: ge.Economy, seed: int = 0) -> ge.Economy:
    rng = np.random.default_rng(seed)
    S, N = base.shape
    mix = base.final_share * rng.uniform(0.2, 2.0, (S, N))
    return replace(
        base,
        capital=ge.SteadyCapital(
            labour_share=rng.uniform(0.4, 0.8, N),
            composition=mix / mix.sum(axis=0),
            investment=0.2 * base.expenditure,
        ),
    )


def a_shock(base: ge.Economy) -> ge.Shock:
    rng = np.random.default_rng(1)
    foreign = ~np.eye(base.shape[1], dtype=bool)
    return ge.Shock(
        tariff=base.tariff + foreign * rng.uniform(0.0, 0.4, base.share.shape),
        productivity=rng.uniform(0.9, 1.1, base.shape),
    )


@pytest.mark.parametrize("nest", NESTS)
def test_it_is_the_fixed_point_of_solves_with_fixed_factors(
    make_economy: Maker, nest: tuple[float, float, float]
) -> None:
    """The rental follows the price of investment: damped rounds over the engine without capital."""
    plain = make_economy(4, deficits=True)
    base, elastic = with_capital(plain), ge.Elasticities(np.array([4.0, 2.0, 8.0]), *nest)
    capital, shock = base.capital, a_shock(plain)
    assert capital is not None
    endowment = np.ones(base.shape[1])
    for _ in range(60):
        fixed = ge.solve(plain, elastic, replace(shock, endowment=endowment), CLOSURE)
        price_of_goods = fixed.price[0]
        price = np.prod(price_of_goods**capital.composition, axis=0)
        a = capital.labour_share
        wanted = (fixed.wage[0, 0] / price) ** ((1.0 - a) / a)
        endowment = endowment**0.3 * wanted**0.7
    steady = ge.solve(base, elastic, shock, CLOSURE)
    # Rounds end at the solver's tolerance of 1e-10.
    np.testing.assert_allclose(steady.real_income[0], fixed.real_income[0], rtol=1e-8)
    use = (steady.employment[0] * plain.value_added).sum(axis=0) / plain.income
    np.testing.assert_allclose(use, endowment, rtol=1e-8)
    np.testing.assert_allclose(steady.capital[0] ** (1.0 - a), endowment, rtol=1e-8)
    assert np.abs(endowment - 1.0).max() > 0.01


def test_without_capital_in_value_added_nothing_changes(make_economy: Maker) -> None:
    plain = make_economy(4)
    base = with_capital(plain)
    assert base.capital is not None
    labour_only = replace(base, capital=replace(base.capital, labour_share=np.ones(4)))
    elastic, shock = ge.Elasticities(np.array([4.0, 2.0, 8.0])), a_shock(plain)
    one, two = (ge.solve(economy, elastic, shock, CLOSURE) for economy in (plain, labour_only))
    np.testing.assert_array_equal(one.real_income, two.real_income)


def test_a_closed_economy_multiplies_productivity() -> None:
    """One region, one good, a share m of inputs: output is A^(1/(1-m)) of composite factors, and
    with rental following the price of the good F = A^((1-a)/(a(1-m))), so that real income is
    A^(1/(a(1-m)))."""
    a, m, productivity = 0.6, 0.4, 1.1
    flow = np.full((1, 1, 1), 100.0)
    base = ge.calibrate(flow, np.zeros_like(flow), np.full((1, 1), 1.0 - m), np.ones((1, 1, 1)))
    capital = ge.SteadyCapital(np.array([a]), np.ones((1, 1)), 0.3 * base.expenditure)
    solution = ge.solve(
        replace(base, capital=capital),
        ge.Elasticities(np.array([4.0])),
        ge.Shock(productivity=np.full((1, 1), productivity)),
    )
    income = productivity ** (1.0 / (a * (1.0 - m)))
    assert solution.real_income[0, 0] == pytest.approx(income, rel=1e-9)
    # Capital and consumption grow as income does.
    assert solution.capital[0, 0] == pytest.approx(income, rel=1e-9)
    assert solution.real_consumption[0, 0] == pytest.approx(income, rel=1e-9)


@pytest.mark.parametrize("nest", NESTS)
def test_derivatives_are_the_finite_differences_of_the_engine(
    make_economy: Maker, nest: tuple[float, float, float]
) -> None:
    base = with_capital(make_economy(4, deficits=True))
    elastic = ge.Elasticities(np.array([4.0, 2.0, 8.0]), *nest)
    direction = np.random.default_rng(2).normal(size=base.shape)
    step = 1e-4

    def log_income(length: float) -> Float:
        shock = ge.Shock(productivity=np.exp(length * direction))
        return np.log(ge.solve(base, elastic, shock, CLOSURE, tolerance=1e-12).real_income[0])

    exact = ge.first_order(base, elastic, productivity=direction, closure=CLOSURE).real_income
    # Central differences are off by the square of the step times third derivatives.
    np.testing.assert_allclose(
        exact, (log_income(step) - log_income(-step)) / (2.0 * step), atol=1e-6
    )


def test_hats_chain_over_two_shocks(make_economy: Maker) -> None:
    base = with_capital(make_economy(4))
    elastic, shock = ge.Elasticities(np.array([4.0, 2.0, 8.0])), a_shock(base)
    half = ge.Shock(productivity=np.asarray(shock.productivity))
    first = ge.solve(base, elastic, half, CLOSURE)
    second = ge.solve(first.economy(), elastic, ge.Shock(tariff=shock.tariff), CLOSURE)
    whole = ge.solve(base, elastic, shock, CLOSURE)
    for name in ("real_income", "capital", "real_consumption"):
        chained = getattr(first, name) * getattr(second, name)
        np.testing.assert_allclose(chained, getattr(whole, name), rtol=1e-8)


def test_what_does_not_fit_is_refused(make_economy: Maker) -> None:
    base = with_capital(make_economy(4))
    elastic = ge.Elasticities(np.array([4.0, 2.0, 8.0]))
    with pytest.raises(IOModelError, match="mobile factors"):
        ge.solve(base, elastic, None, ge.Closure("specific"))
    assert base.capital is not None
    for capital, words in (
        (replace(base.capital, labour_share=np.zeros(4)), "above zero"),
        (replace(base.capital, labour_share=np.ones(3)), "labour_share has shape"),
        (replace(base.capital, investment=-np.ones(4)), "investment must be finite"),
        (replace(base.capital, composition=np.ones(base.shape)), "sum to one"),
    ):
        with pytest.raises(TableError, match=words):
            replace(base, capital=capital).check()


# ---------------------------------------------------------------------- the horizon
@pytest.fixture(scope="module")
def table() -> iom.MRIOTable:
    world = iom.load("world-2022")
    named = ["USA", "CHN", "DEU", "MEX"]
    rest = [region for region in world.regions if region not in named]
    return world.aggregate(regions={**{region: [region] for region in named}, "ROW": rest})


DUTY = iom.Scenario(iom.Tariff("USA", "CHN", "goods", 0.3), name="duty")


def test_a_duty_costs_more_once_capital_has_adjusted(table: iom.MRIOTable) -> None:
    long, steady = (
        iom.run(table, DUTY, "equilibrium", horizon=horizon, links=2)
        for horizon in ("long", "steady")
    )
    at_home = {"region": "USA"}
    assert steady["gdp_pct"].sel(at_home) < long["gdp_pct"].sel(at_home) < 0.0
    assert steady["capital_pct"].sel(at_home) < steady["real_consumption_pct"].sel(at_home)
    assert "capital_pct" not in long
    assert steady.parameters["labour_share"]["by_region"]["USA"] == pytest.approx(0.563, abs=5e-4)
    assert steady.parameters["labour_share"]["median of the countries of WIOD"] == ["ROW"]
    text = " ".join(steady.notes)
    assert "at 0.50 everywhere" in text
    assert "in the steady state of capital" in text


def test_the_labour_share_is_an_option_of_the_steady_state_only(table: iom.MRIOTable) -> None:
    few, many = (
        iom.run(table, DUTY, "equilibrium", horizon="steady", labour_share=share, links=1)
        for share in (0.5, 0.9)
    )
    assert few["gdp_pct"].sel(region="USA") < many["gdp_pct"].sel(region="USA") < 0.0
    with pytest.raises(LabelError, match="labour_share is an option of horizon 'steady'"):
        iom.run(table, DUTY, "equilibrium", labour_share=0.5)
    with pytest.raises(NotApplicableError, match="final use of investment"):
        iom.run(iom.load("leather"), leather_duty(), horizon="steady", elasticities=4.0)


def leather_duty() -> iom.Scenario:
    regions = iom.load("leather").regions
    return iom.Scenario(iom.Tariff(regions[0], regions[1], "all", 0.1), name="duty")
