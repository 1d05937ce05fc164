"""Deficits that are shared out among the regions that still trade with one another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium import economy_of
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

SHARE = ge.Closure(balance="share")
ELASTIC = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)


def cut_between(base: ge.Economy, members: list[int]) -> ge.Shock:
    """Infinite costs between some regions and all others."""
    inside = np.isin(np.arange(base.shape[1]), members)
    crossing = inside[:, None] != inside[None, :]
    return ge.Shock(trade_cost=np.where(crossing, np.inf, np.ones_like(base.share)))


def deficits_by_hand(base: ge.Economy, income: Float, groups: list[list[int]]) -> Float:
    """The rule of closures.py, group by group: no share of the engine's code."""
    deficit = np.zeros(len(income))
    for group in groups:
        rates = [base.deficit[n] / base.income[n] for n in group]
        gap = sum(rate * income[n] for rate, n in zip(rates, group, strict=True))
        total = sum(income[n] for n in group)
        for rate, n in zip(rates, group, strict=True):
            deficit[n] = (rate - gap / total) * income[n]
    return deficit


def test_without_a_shock_it_is_the_base(make_economy: Maker) -> None:
    base = make_economy(4, deficits=True)
    still = ge.solve(base, ELASTIC, None, SHARE)
    assert still.certificate.iterations == 0
    np.testing.assert_allclose(still.deficit[0], base.deficit, atol=1e-12 * base.income.sum())


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("groups", [[[0], [1, 2, 3]], [[0, 3], [1, 2]]])
def test_a_gap_is_shared_out_within_the_group(
    make_economy: Maker, labour: str, groups: list[list[int]]
) -> None:
    # Seed 7: every group of the test makes all that it buys.
    base = make_economy(7, gaps=False, deficits=True)
    solution = ge.solve(base, ELASTIC, cut_between(base, groups[0]), ge.Closure(labour, "share"))
    expected = deficits_by_hand(base, solution.income[0], groups)
    np.testing.assert_allclose(solution.deficit[0], expected, atol=1e-8 * base.income.sum())
    for group in groups:
        assert abs(solution.deficit[0, group].sum()) < 1e-8 * base.income.sum()
    # The base has transfers between the groups, which are over.
    assert abs(base.deficit[groups[0]].sum()) > 1e-3 * base.income.sum()


@pytest.mark.parametrize("place", range(4))
def test_the_slope_where_regions_are_apart_is_that_of_the_engine(
    make_economy: Maker, place: int
) -> None:
    """Newton's Jacobian with a region on its own, against differences of solves."""
    base = make_economy(7, gaps=False, deficits=True)
    apart = cut_between(base, [0])
    step = 1e-4

    def income(change: float) -> Float:
        productivity = np.ones(base.shape)
        productivity[:, place] = np.exp(change)
        shock = ge.Shock(trade_cost=apart.trade_cost, productivity=productivity)
        return ge.solve(base, ELASTIC, shock, SHARE, tolerance=1e-12).real_income[0]

    solved = ge.solve(base, ELASTIC, apart, SHARE, tolerance=1e-12).economy()
    direction = np.zeros(base.shape)
    direction[:, place] = 1.0
    exact = ge.first_order(solved, ELASTIC, productivity=direction, closure=SHARE).real_income
    slope = (np.log(income(step)) - np.log(income(-step))) / (2.0 * step)
    # Central differences are off by the square of the step.
    np.testing.assert_allclose(exact, slope, atol=1e-6)


def test_the_table_is_its_own_base_and_a_closed_country_solves() -> None:
    table = iom.load("world-2022")
    table = table.aggregate(
        regions={r: [r] for r in ("USA", "CHN", "DEU")}
        | {"ROW": [r for r in table.regions if r not in ("USA", "CHN", "DEU")]}
    )
    observed = economy_of(table, table.tariff.values)
    elastic = ge.Elasticities(iom.elasticities("CP", table).values)
    base, _ = ge.rebase(observed, elastic, SHARE)
    np.testing.assert_allclose(base.flow, observed.flow, rtol=1e-6, atol=1e-6)
    # Germany makes no iron ore (B07): no equilibrium without trade, refused by name elsewhere.
    for region in (0, 1, 3):
        closed = ge.solve(base, elastic, cut_between(base, [region]), SHARE)
        assert closed.certificate.worst < 1e-8
        assert abs(closed.deficit[0, region]) < 1e-6 * base.income[region]
        # A surplus that ends is spent at home: real income less that is below the base's.
        freed = max(0.0, -base.deficit[region] / base.expenditure[region])
        assert closed.real_income[0, region] < 1.0 + freed


def test_a_run_says_that_a_transfer_ends() -> None:
    table = iom.load("world-2022")
    others = [region for region in table.regions if region not in ("USA", "CHN")]
    table = table.aggregate(regions={"USA": ["USA"], "CHN": ["CHN"], "ROW": others})
    closed = iom.Scenario(iom.Embargo(between=("USA", ["CHN", "ROW"])), name="closed")
    effects = iom.run(table, closed, "equilibrium", balance="share", elasticities=4.0, links=1)
    assert any("USA" in note and "the end of a transfer" in note for note in effects.notes)


@pytest.mark.parametrize("groups", [[0], [0, 3]])
def test_real_gdp_on_the_way_to_closed_borders(make_economy: Maker, groups: list[int]) -> None:
    """Transfers end first, then trade: the integral settles, and more points do not move it."""
    base = make_economy(7, gaps=False, deficits=True)
    shock = cut_between(base, groups)
    chain = ge.gdp_chain(base, ELASTIC, shock, SHARE)
    assert chain.error_points is not None
    assert chain.error_points < 5e-4
    # The end is the equilibrium of the shock itself, from the base with its deficits.
    whole = ge.solve(base, ELASTIC, shock, SHARE)
    np.testing.assert_allclose(chain.solution.real_income, whole.real_income, rtol=1e-9)
    finer = ge.gdp_chain(base, ELASTIC, shock, SHARE, links=2 * chain.links)
    gap = 100.0 * np.abs(finer.hat - chain.hat).max()
    assert gap < 5e-4
    # Losing all trade, every region produces less.
    assert (chain.hat[0, groups] < 1.0).all()


def test_an_ended_transfer_is_that_of_the_group(make_economy: Maker) -> None:
    from iomodel.equilibrium.measures.ended_transfers import ended_transfers

    base = make_economy(7, gaps=False, deficits=True)
    end = ge.solve(base, ELASTIC, cut_between(base, [0, 3]), SHARE)
    ended = ended_transfers(end)
    for group in ([0, 3], [1, 2]):
        balance, income = base.deficit[group].sum(), base.income[group].sum()
        np.testing.assert_allclose(ended[group], balance / income * base.income[group])
    still = ge.solve(base, ELASTIC, None, SHARE)
    assert not ended_transfers(still).any()
