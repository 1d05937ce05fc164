"""Origins by using industry, as tables publish them, beside origins common to all users."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel.equilibrium as ge
from datasets.published import WIOD_2013
from iomodel.equilibrium.solver.markets import system_at
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import base_trial, evaluate
from iomodel.errors import TableError
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.table.readers.wiod import read_wiod
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)
CLOSURES = [("mobile", "zero"), ("specific", "fixed"), ("rigid", "zero"), ("sticky", "zero")]


def accounts(make_economy: Maker, seed: int, spread: float) -> tuple[Float, Float, Float]:
    """Flows by user, their origins common to all users where `spread` is zero."""
    base = make_economy(seed, deficits=True)
    S = base.shape[0]
    spent = base.input_use * ((1.0 - base.value_added_share) * base.output)
    users = np.concatenate([spent, (base.final_share * base.expenditure)[:, None]], axis=1)
    flow = base.share[:, :, None, :] * users[:, None] / (1.0 + base.tariff[:, :, None, :])
    flow = flow * np.random.default_rng(seed).lognormal(0.0, spread, flow.shape)
    Z, Y = flow[:, :, :S].transpose(1, 0, 3, 2), flow[:, :, S].transpose(1, 0, 2)
    # Final sales alone cover what inputs cost, whatever is drawn.
    Z = Z * (0.4 * Y.sum(axis=2) / np.maximum(Z.sum(axis=(0, 1)), 1e-300))
    return Z, Y, base.tariff.transpose(1, 0, 2)


def economies(make_economy: Maker, seed: int, spread: float) -> tuple[ge.Economy, ge.Economy]:
    Z, Y, tariff = accounts(make_economy, seed, spread)
    use = np.concatenate([Z.sum(axis=0), Y.sum(axis=0)[..., None]], axis=2)
    common = ge.from_use(Z.sum(axis=3) + Y, use.transpose(1, 0, 2), tariff)
    return common, ge.from_flows(Z, Y, tariff)


def a_shock(base: ge.Economy) -> ge.Shock:
    rng = np.random.default_rng(1)
    S, N = base.shape
    foreign = ~np.eye(N, dtype=bool)
    limit = np.full(base.shape, np.inf)
    limit[1, 2] = 0.4
    return ge.Shock(
        tariff=base.tariff + 0.3 * foreign * rng.random((S, N, N)),
        trade_cost=1.0 + foreign * rng.random((S, N, N)),
        productivity=rng.uniform(0.8, 1.2, (S, N)),
        quotas=ge.Quotas.on_exports(limit),
    )


@pytest.mark.parametrize(("labour", "balance"), CLOSURES)
@pytest.mark.parametrize("inputs", [0.2, 1.0, 0.0])
def test_common_origins_are_a_special_case(
    make_economy: Maker, labour: str, balance: str, inputs: float
) -> None:
    common, own = economies(make_economy, 4, 0.0)
    assert own.users == 4
    assert own.imbalance() < 1e-9
    chosen = ge.Elasticities(NESTED.theta, 0.5, inputs, 0.9)
    closure = ge.Closure(labour, balance)
    one, two = (ge.solve(e, chosen, a_shock(e), closure) for e in (common, own))
    assert max(one.certificate.worst, two.certificate.worst) < 1e-9
    np.testing.assert_allclose(two.real_income, one.real_income, rtol=0, atol=1e-9)
    np.testing.assert_allclose(two.quota_price, one.quota_price, rtol=1e-8)
    np.testing.assert_allclose(two.flow, one.flow, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ge.real_gdp([two]), ge.real_gdp([one]), rtol=1e-8)
    np.testing.assert_allclose(ge.own_shares(own), ge.own_shares(common), rtol=1e-9)


@pytest.mark.parametrize(("labour", "balance"), CLOSURES)
def test_who_buys_where_matters(make_economy: Maker, labour: str, balance: str) -> None:
    common, own = economies(make_economy, 4, 0.7)
    np.testing.assert_allclose(own.flow, common.flow, rtol=1e-12)
    closure = ge.Closure(labour, balance)
    one, two = (ge.solve(e, NESTED, a_shock(e), closure) for e in (common, own))
    assert two.certificate.worst < 1e-9
    assert np.abs(two.real_income - one.real_income).max() > 1e-4
    after = two.economy()
    after.check()
    if labour != "rigid":
        assert after.imbalance() < 1e-8


def test_pooled_users_are_the_common_calibration(make_economy: Maker) -> None:
    common, by_user = economies(make_economy, 4, 0.7)
    pooled = ge.with_common_shares(by_user)
    assert pooled.users == 1
    pooled.check()
    assert pooled.imbalance() < 1e-9
    np.testing.assert_allclose(pooled.share, common.share, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(pooled.flow, by_user.flow, rtol=1e-12)
    np.testing.assert_allclose(pooled.spending, common.spending, rtol=1e-12)
    np.testing.assert_array_equal(pooled.value_added, by_user.value_added)
    assert ge.with_common_shares(common) is common


def test_common_origins_are_recognised(make_economy: Maker) -> None:
    common, alike = economies(make_economy, 4, 0.0)
    assert ge.has_common_shares(common)
    assert ge.has_common_shares(alike)
    assert not ge.has_common_shares(economies(make_economy, 4, 1e-6)[1])
    # One industry that buys one good elsewhere tells the table apart.
    share = np.array(alike.share)
    share[1, :, 5] = np.roll(share[1, :, 5], 1)
    assert not ge.has_common_shares(replace(alike, share=share))


@pytest.mark.parametrize(("labour", "balance"), CLOSURES)
def test_answers_do_not_depend_on_the_start(make_economy: Maker, labour: str, balance: str) -> None:
    """By default from common shares; here from the economy's own base, found before."""
    base = economies(make_economy, 4, 0.7)[1]
    closure = ge.Closure(labour, balance)
    at_base = ge.solve(base, NESTED, None, closure)
    default = ge.solve(base, NESTED, a_shock(base), closure, tolerance=1e-12)
    warm = ge.solve(base, NESTED, a_shock(base), closure, start=at_base, tolerance=1e-12)
    np.testing.assert_allclose(default.real_income, warm.real_income, rtol=0, atol=1e-11)
    np.testing.assert_allclose(default.flow, warm.flow, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_jacobians_with_users_pooled_are_exact_where_users_buy_alike(
    make_economy: Maker, labour: str
) -> None:
    closure = ge.Closure(labour, "fixed")

    def matrices(spread: float) -> tuple[Float, Float]:
        base = economies(make_economy, 4, spread)[1]
        problem = prepare(base, NESTED, a_shock(base))
        at_base = base_trial(problem, closure)
        rng = np.random.default_rng(3)
        trial = evaluate(
            problem,
            np.broadcast_to(rng.normal(0.0, 0.05, (1, 1, base.shape[1])), at_base.wage.shape),
            np.full((1, problem.caps.groups), 0.2),
            closure,
            at_base.prices.price,
            at_base.levels.spending,
        )
        exact, near = (
            system_at(problem, trial, closure, 0, pooled=p).matrix(1e-12) for p in (False, True)
        )
        return exact, near

    exact, near = matrices(0.0)
    np.testing.assert_allclose(near, exact, rtol=0, atol=1e-9 * np.abs(exact).max())
    # Where they do not, it still contracts as a Jacobian: its relative error is below one.
    exact, near = matrices(0.7)
    assert np.abs(near - exact).max() > 1e-3
    assert np.linalg.norm(np.linalg.solve(near, exact - near), 2) < 1.0


@pytest.mark.parametrize("name", ["duty", "trade_cost", "export_tax", "productivity"])
def test_derivatives_are_the_finite_differences(make_economy: Maker, name: str) -> None:
    base = economies(make_economy, 4, 0.7)[1]
    closure = ge.Closure("mobile", "fixed")
    base, _ = ge.rebase(base, NESTED, closure)
    S, N = base.shape
    shape = (S, N) if name == "productivity" else (S, N, N)
    direction = np.random.default_rng(0).normal(size=shape)
    exact = ge.first_order(base, NESTED, closure=closure, **{name: direction})

    def moved(step: float) -> ge.Shock:
        factor = np.exp(step * direction)
        if name == "duty":
            return ge.Shock(tariff=(1.0 + base.tariff) * factor - 1.0)
        if name == "export_tax":
            return ge.Shock(export_tax=factor - 1.0)
        return ge.Shock(**{name: factor})

    h = 1e-4
    up, down = (ge.solve(base, NESTED, moved(s), closure, tolerance=1e-12) for s in (h, -h))
    slope = (np.log(up.real_income[0]) - np.log(down.real_income[0])) / (2.0 * h)
    np.testing.assert_allclose(exact.real_income, slope, atol=1e-6)
    slope = (np.log(up.price[0]) - np.log(down.price[0])) / (2.0 * h)
    np.testing.assert_allclose(exact.price, slope, atol=1e-6)


def test_drawn_down_inventories_leave_the_flows_of_the_common_calibration(
    make_economy: Maker,
) -> None:
    Z, Y, tariff = accounts(make_economy, 4, 0.5)
    Y[0, 1, 2] = -0.5 * Z[0, 1, 2].sum()
    own = ge.from_flows(Z, Y[..., None], tariff)
    np.testing.assert_allclose(own.flow[1, 0, 2], 0.5 * Z[0, 1, 2].sum(), rtol=1e-12)
    own.check()
    with pytest.raises(TableError, match="cost more"):
        ge.from_flows(Z, 0.0 * Y, tariff + 0.5)
    broken = replace(own, spending=own.spending[:, :8])
    with pytest.raises(TableError, match="destinations"):
        broken.check()


def test_the_world_input_output_database_tells_users_apart() -> None:
    table = read_wiod(WIOD_2013, 2008)
    S, N = len(table.sectors), len(table.regions)
    tariff = np.zeros((N, S, N))
    chosen, china = ge.Elasticities(np.full(S, 5.0), 0.5, 0.2, 0.9), table.regions.index("CHN")
    cost = np.ones((S, N, N))
    cost[:, china] = cost[:, :, china] = 2.6
    cost[:, china, china] = 1.0
    found = []
    for raw in (
        economy_of(table, tariff),
        ge.from_flows(table.Z.values, table.Y.values, tariff),
    ):
        base, _ = ge.rebase(raw, chosen)
        new = ge.solve(base, chosen, ge.Shock(trade_cost=cost))
        assert new.certificate.worst < 1e-9
        found.append(100.0 * (new.real_income[0, china] - 1.0))
        assert raw.output.sum() == pytest.approx(float(table.x.values.sum()), rel=1e-3)
    # A loss of six percent either way, and a fifth of a point between the two.
    assert found[0] < -5.0
    assert 0.05 < abs(found[1] - found[0]) < 0.5
