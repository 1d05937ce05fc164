"""Who holds the licences of capped flows: sellers, buyers, both, or nobody, as rents are burnt.

Each holder is an instrument of the textbook: sellers an export tax, buyers a duty that is rebated,
burnt rents an iceberg cost, with the rates that give the same quantities. Rates are worked out here
from the price multiple and the shares alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.equilibrium.solver.markets import system_at
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import base_trial, evaluate
from iomodel.errors import IOModelError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)
# Quotas and factor markets are solved to 1e-10; flows multiply that by theta.
CLOSE = 1e-8
HOLDERS = {
    "sellers": (1.0, 0.0),
    "buyers": (0.0, 1.0),
    "shared": (0.5, 0.5),
    "burnt": (0.0, 0.0),
    "mixed": (0.3, 0.5),
}
CLOSURES = [
    ge.Closure("mobile"),
    ge.Closure("mobile", "share"),
    ge.Closure("mobile", "fixed", "spent"),
    ge.Closure("specific"),
    ge.Closure("rigid"),
    ge.Closure("sticky"),
]


def capped(base: ge.Economy, holders: tuple[float, float], seed: int = 0) -> ge.Quotas:
    """Caps on a third of all foreign flows, with one holder of all licences."""
    rng = np.random.default_rng(seed)
    home = np.eye(base.shape[1], dtype=bool)
    drawn = (rng.random(base.tariff.shape) < 0.35) & ~home
    limit = np.where(drawn, rng.uniform(0.3, 0.95, drawn.shape), np.inf)
    return ge.Quotas.on_flows(limit, *holders)


def instruments(new: ge.Solution, holders: tuple[float, float]) -> ge.Shock:
    """Export tax, duty and iceberg cost of the same quantities, from prices and shares."""
    base, (sellers, buyers) = new.base, holders
    multiple = np.ones_like(base.tariff)
    caps = new.problem.caps
    multiple[tuple(caps.cells.T)] = np.exp(caps.spread(new.trial.rent)[0])
    rent = 1.0 - 1.0 / multiple  # of what the buyer pays before duty
    burnt = (1.0 - sellers - buyers) * rent
    iceberg = 1.0 + burnt * multiple
    border = 1.0 - buyers * rent
    return ge.Shock(
        tariff=(1.0 + base.tariff) / border - 1.0,
        export_tax=multiple * border / iceberg - 1.0,
        trade_cost=iceberg,
    )


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda c: f"{c.labour}-{c.balance}-{c.revenue}")
@pytest.mark.parametrize("name", HOLDERS)
def test_every_holder_is_an_instrument(make_economy: Maker, name: str, closure: ge.Closure) -> None:
    base = make_economy(3, deficits=closure.balance != "zero")
    if closure.balance == "share":
        base, _ = ge.rebase(base, NESTED, closure)
    new = ge.solve(base, NESTED, ge.Shock(quotas=capped(base, HOLDERS[name])), closure)
    assert new.certificate.worst < CLOSE
    assert (new.quota_price > 1.01).sum() > 3
    same = ge.solve(base, NESTED, instruments(new, HOLDERS[name]), closure)
    for quantity in ("flow", "final_price", "expenditure", "output", "employment"):
        np.testing.assert_allclose(
            getattr(new, quantity), getattr(same, quantity), rtol=10 * CLOSE, atol=CLOSE
        )
    # A good that a region does not make has no price there.
    made = base.value_added > 0.0
    np.testing.assert_allclose(new.cost[0][made], same.cost[0][made], rtol=10 * CLOSE)
    # A state that spends its revenue has that of the duty, and not rents of licence holders.
    if closure.revenue == "rebated":
        np.testing.assert_allclose(new.real_income, same.real_income, rtol=CLOSE)
    np.testing.assert_allclose(new.real_national_income, same.real_national_income, rtol=CLOSE)


@pytest.mark.parametrize("holders", HOLDERS.values(), ids=HOLDERS)
def test_rents_go_to_their_holders(make_economy: Maker, holders: tuple[float, float]) -> None:
    base = make_economy(5)
    new = ge.solve(base, NESTED, ge.Shock(quotas=capped(base, holders)))
    s, i, n = new.problem.caps.cells.T
    multiple = np.exp(new.problem.caps.spread(new.trial.rent)[0])
    value = new.share[0] * new.spending[0][:, None, :] / (1.0 + base.tariff)
    rent = value[s, i, n] * (1.0 - 1.0 / multiple)
    expected = np.zeros(base.shape[1])
    np.add.at(expected, i, holders[0] * rent)
    # Duties are levied on the price at the border, which licences of buyers lower; what they pay
    # over that price and its duty is their rent.
    np.add.at(expected, n, holders[1] * rent * (1.0 + base.tariff[s, i, n]))
    np.testing.assert_allclose(new.rents[0], expected, rtol=1e-9, atol=1e-9)
    border = value.copy()
    border[s, i, n] -= holders[1] * rent
    np.testing.assert_allclose(new.revenue[0], (base.tariff * border).sum(axis=(0, 1)), rtol=1e-9)
    np.testing.assert_allclose(new.flow[0], border, rtol=1e-9)


@pytest.mark.parametrize("labour", ["mobile", "specific", "sticky"])
def test_the_larger_the_share_of_the_seller_the_better_for_it(
    make_economy: Maker, labour: str
) -> None:
    """Between the ends real incomes of both sides move one way; burnt rents are the worst."""
    base, closure = make_economy(4, gaps=False), ge.Closure(labour)
    limit = np.full(base.tariff.shape, np.inf)
    limit[1, 2, 0] = 0.5

    def incomes(sellers: float, buyers: float) -> Float:
        quotas = ge.Quotas.on_flows(limit, sellers, buyers)
        return ge.solve(base, NESTED, ge.Shock(quotas=quotas), closure).real_income[0]

    path = np.array([incomes(share, 1.0 - share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)])
    assert (np.diff(path[:, 2]) > 0.0).all()
    assert (np.diff(path[:, 0]) < 0.0).all()
    if labour != "sticky":
        # Idle hands make what is burnt where wages are sticky: it costs the buyer alone.
        assert incomes(0.0, 0.0)[2] < path[-1, 2]
    assert incomes(0.0, 0.0)[0] < path[0, 0]


def stacked(base: ge.Economy) -> ge.Quotas:
    """Caps by flow, on exports and on output, of other holders each: three on one flow."""
    exports, output = np.full(base.shape, np.inf), np.full(base.shape, np.inf)
    exports[1, 2] = exports[0, 3] = 0.7
    output[1, 2] = 0.8
    quotas = capped(base, HOLDERS["mixed"])
    by_row = replace(ge.Quotas.on_exports(exports), seller_share=0.2, buyer_share=0.6)
    return quotas.together(by_row).together(ge.Quotas.on_output(output))


@pytest.mark.parametrize(
    "closure",
    [*CLOSURES, ge.Closure("sticky", revenue="spent")],
    ids=lambda c: f"{c.labour}-{c.balance}-{c.revenue}",
)
def test_jacobian_is_the_finite_differences_of_the_residuals(
    make_economy: Maker, closure: ge.Closure
) -> None:
    base = make_economy(4)
    problem = prepare(base, NESTED, ge.Shock(quotas=stacked(base)))
    rng = np.random.default_rng(8)
    shape = (1, *base.shape) if closure.labour in ("specific", "sticky") else (1, 1, base.shape[1])
    wage = np.broadcast_to(rng.uniform(0.01, 0.1, shape), (1, *base.shape))
    rent = rng.uniform(0.05, 0.6, (1, problem.caps.groups))
    start = base_trial(problem, closure)
    price, spending = start.prices.price, start.levels.spending

    def residuals(change: Float) -> Float:
        trial = evaluate(problem, wage, rent + change, closure, price, spending)
        return trial.excess[0]

    trial = evaluate(problem, wage, rent, closure, price, spending)
    exact = system_at(problem, trial, closure, 0).matrix(1e-13)
    factors, step = trial.excess.shape[1] - rent.shape[1], 1e-5
    for k in range(rent.shape[1]):
        change = np.zeros_like(rent)
        change[0, k] = step
        slope = (residuals(change) - residuals(-change)) / (2.0 * step)
        binding = trial.binding[0]
        # Central differences are off by step squared, and by rounding of 1e-13 over the step.
        np.testing.assert_allclose(exact[binding, factors + k], slope[binding], rtol=0, atol=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_stacked_licences_of_several_holders(make_economy: Maker, seed: int) -> None:
    base = make_economy(seed)
    new = ge.solve(base, NESTED, ge.Shock(quotas=stacked(base)))
    assert new.certificate.worst < CLOSE
    onward = new.economy()
    assert onward.imbalance() < 1e-8
    still = ge.solve(onward, NESTED)
    np.testing.assert_allclose(still.real_income, 1.0, rtol=CLOSE)


@pytest.mark.parametrize("name", HOLDERS)
def test_real_gdp_of_every_holder(make_economy: Maker, name: str) -> None:
    """Integrals of volumes and of real income less terms of trade are the same."""
    base = make_economy(4, gaps=False)
    shock = ge.Shock(quotas=capped(base, HOLDERS[name]))
    chain = ge.gdp_chain(base, NESTED, shock)
    volumes = ge.chained_gdp(ge.homotopy(base, NESTED, shock, steps=32))
    # Errors of the integral are below 5e-6 by its own estimate, those of 32 links smaller.
    np.testing.assert_allclose(chain.hat, volumes, rtol=0, atol=5e-6)


def test_users_with_origins_of_their_own(make_economy: Maker) -> None:
    from tests.equilibrium.test_users import economies

    for holders in HOLDERS.values():
        for base in economies(make_economy, 2, 0.5):
            new = ge.solve(base, NESTED, ge.Shock(quotas=capped(base, holders)))
            assert new.certificate.worst < CLOSE
            same = ge.solve(base, NESTED, instruments(new, holders))
            np.testing.assert_allclose(new.real_income, same.real_income, rtol=CLOSE)


def test_shares_of_a_rent_are_fractions() -> None:
    cells, group = np.zeros((1, 3), dtype=np.intp), np.zeros(1, dtype=np.intp)

    def quotas(**shares: Any) -> ge.Quotas:
        return ge.Quotas(cells, group, np.ones(1), **shares)

    with pytest.raises(IOModelError, match="seller_share is a fraction"):
        quotas(seller_share=1.2)
    with pytest.raises(IOModelError, match="more than the whole rent"):
        quotas(seller_share=0.7, buyer_share=0.4)
    with pytest.raises(IOModelError, match="buyer_share has shape"):
        quotas(buyer_share=np.zeros(3))
