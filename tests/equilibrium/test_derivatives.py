"""First-order effects against finite differences, Hulten's theorem, paths and batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, NotApplicableError
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]

# Central differences at 1e-4: truncation 1e-8 times third derivatives; the solver's 1e-12 over the
# step adds another 1e-8.
STEP, CLOSE = 1e-4, 1e-6

Nest = tuple[Any, Any, Any]
# Elasticities by industry and region, with Leontief and Cobb-Douglas among them.
MIXED: Nest = (
    np.array([[0.0], [0.5], [1.0]]),
    np.array([[1.0, 0.2, 0.0, 3.0], [0.5, 1.0, 1.0, 0.05], [0.0, 2.0, 0.2, 1.0]]),
    0.9,
)


def with_export_taxes(base: ge.Economy, closure: ge.Closure) -> ge.Economy:
    """The equilibrium after taxes on sales abroad and at home."""
    rates = np.random.default_rng(3).uniform(0.0, 0.3, base.share.shape)
    chosen = ge.Elasticities.caliendo_parro(np.full(base.shape[0], 4.0))
    return ge.solve(base, chosen, ge.Shock(export_tax=rates), closure).economy()


def directions(base: ge.Economy) -> dict[str, Float]:
    rng = np.random.default_rng(0)
    S, N = base.shape
    foreign = ~np.eye(N, dtype=bool)
    return {
        "duty": foreign * rng.normal(size=(S, N, N)) * (base.share > 0.0),
        "trade_cost": foreign * rng.normal(size=(S, N, N)),
        "export_tax": rng.normal(size=(S, N, N)),
        "productivity": rng.normal(size=(S, N)),
        "endowment": rng.normal(size=(S, N)),
    }


def moved(base: ge.Economy, name: str, direction: Float, step: float) -> ge.Shock:
    factor = np.exp(step * direction)
    if name == "duty":
        return ge.Shock(tariff=(1.0 + base.tariff) * factor - 1.0)
    if name == "export_tax":
        return ge.Shock(export_tax=(1.0 + base.export_tax) * factor - 1.0)
    return ge.Shock(**{name: factor})


@pytest.mark.parametrize("name", ["duty", "trade_cost", "export_tax", "productivity", "endowment"])
@pytest.mark.parametrize("nest", [(1.0, 1.0, 1.0), (0.5, 0.2, 0.9), (0.0, 3.0, 2.0), MIXED])
@pytest.mark.parametrize(
    ("labour", "balance"), [("mobile", "zero"), ("specific", "fixed"), ("mobile", "share")]
)
def test_derivatives_are_the_finite_differences_of_the_engine(
    make_economy: Maker, name: str, nest: Nest, labour: str, balance: str
) -> None:
    base = make_economy(4, deficits=balance != "zero")
    if labour == "mobile":
        base = with_export_taxes(base, ge.Closure(labour, balance))
    chosen = ge.Elasticities(np.array([4.0, 0.0, 9.0]), *nest)
    closure = ge.Closure(labour, balance)
    direction = directions(base)[name]
    exact = ge.first_order(base, chosen, closure=closure, **{name: direction})
    up, down = (
        ge.solve(base, chosen, moved(base, name, direction, h), closure, tolerance=1e-12)
        for h in (STEP, -STEP)
    )

    def slope(of: Callable[[ge.Solution], Float]) -> Float:
        return np.asarray((of(up)[0] - of(down)[0]) / (2.0 * STEP))

    np.testing.assert_allclose(
        exact.real_income, slope(lambda s: np.log(s.real_income)), atol=CLOSE
    )
    there = base.value_added > 0.0  # what does not exist has no wage
    np.testing.assert_allclose(
        exact.wage[there], slope(lambda s: np.log(s.wage))[there], atol=CLOSE
    )
    np.testing.assert_allclose(exact.price, slope(lambda s: np.log(s.price)), atol=CLOSE)
    scale = base.output.max()
    np.testing.assert_allclose(exact.output / scale, slope(lambda s: s.output) / scale, atol=CLOSE)


def test_hulten(make_economy: Maker) -> None:
    """Without tariffs world real income rises by Domar weights, whatever the elasticities."""
    flow = make_economy(4).flow
    S, N = flow.shape[:2]
    raw = ge.calibrate(
        flow,
        np.zeros_like(flow),
        np.full((S, N), 0.5),
        np.full((N, S, S), 1.0 / S),
    )
    for nest in ((1.0, 1.0, 1.0), (0.5, 0.2, 0.9)):
        chosen = ge.Elasticities(np.array([4.0, 2.0, 9.0]), *nest)
        base, _ = ge.rebase(raw, chosen)
        direction = np.random.default_rng(1).normal(size=(S, N))
        found = ge.first_order(base, chosen, productivity=direction)
        world = found.real_income @ base.expenditure / base.expenditure.sum()
        domar = (base.output * direction).sum() / base.income.sum()
        assert world == pytest.approx(domar, abs=1e-10)


def test_first_order_refuses_what_it_cannot_say(make_economy: Maker) -> None:
    base = make_economy(4)
    with pytest.raises(NotApplicableError):
        ge.first_order(base, ge.Elasticities(np.full(3, 4.0)), closure=ge.Closure("rigid"))
    with pytest.raises(IOModelError, match="draws"):
        ge.first_order(base, ge.Elasticities(np.full((2, 3), 4.0)))


@pytest.mark.parametrize(
    "nest", [(1.0, 1.0, 1.0), (0.5, 0.2, 0.9), (MIXED[0][:2], MIXED[1][1:, :3], 0.9)]
)
def test_direct_solution_is_the_end_of_a_long_path(make_economy: Maker, nest: Nest) -> None:
    base = make_economy(6, regions=3, sectors=2)
    chosen = ge.Elasticities(np.array([6.0, 1.5]), *nest)
    cost = np.full(base.share.shape, 2.6)
    cost[:, np.arange(3), np.arange(3)] = 1.0
    shock = ge.Shock(trade_cost=cost, tariff=0.5 * base.tariff)
    direct = ge.solve(base, chosen, shock, tolerance=1e-12)
    path = ge.homotopy(base, chosen, shock, steps=400, tolerance=1e-12)
    np.testing.assert_allclose(path[-1].real_income, direct.real_income, rtol=0, atol=1e-10)
    # Monotone: more cost, less income for the world.
    world = [float(point.world_real_income[0]) for point in path[::40]]
    assert all(a > b for a, b in itertools.pairwise(world))


@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_a_batch_is_its_members(make_economy: Maker, labour: str) -> None:
    base = make_economy(7)
    rng = np.random.default_rng(7)
    draws = ge.Elasticities(
        rng.uniform(1.0, 12.0, (5, 3)), rng.uniform(0.3, 1.5, 5), 0.5, rng.uniform(0.3, 1.5, 5)
    )
    cost = np.ones((5, *base.share.shape))
    cost[:, :, 0, 2] = rng.uniform(1.0, 4.0, (5, 1))
    cost[4, :, 2, 3] = np.inf
    closure = ge.Closure(labour)
    shocks = ge.Shock(trade_cost=cost, productivity=1.1)
    together = ge.solve(base, draws, shocks, closure)
    for k in range(5):
        one = ge.Elasticities(
            draws.theta[k],
            float(np.asarray(draws.value_added)[k]),
            0.5,
            float(np.asarray(draws.final)[k]),
        )
        alone = ge.solve(base, one, ge.Shock(trade_cost=cost[k], productivity=1.1), closure)
        np.testing.assert_allclose(together.real_income[k], alone.real_income[0], rtol=1e-9)
    warm = ge.solve(base, draws, shocks, closure, start=together)
    assert warm.certificate.iterations == 0


def test_rigid_wages_move_employment(make_economy: Maker) -> None:
    base = make_economy(7)
    chosen = ge.Elasticities.caliendo_parro(np.full(3, 4.0))
    cost = np.ones_like(base.share)
    cost[:, 0, 2] = cost[:, 2, 0] = 2.0
    new = ge.solve(base, chosen, ge.Shock(trade_cost=cost), ge.Closure("rigid"))
    np.testing.assert_allclose(new.wage, 1.0)
    np.testing.assert_allclose(new.expenditure[0], base.expenditure)
    np.testing.assert_allclose(new.deficit.sum(), 0.0, atol=1e-9)
    np.testing.assert_allclose(
        (new.employment[0] * base.value_added).sum(axis=0), new.income[0], rtol=1e-10
    )
    np.testing.assert_allclose(new.real_wage, 1.0 / new.final_price)
    assert new.certificate.budget_residual < 1e-9


def test_a_long_batch_comes_in_groups(make_economy: Maker) -> None:
    base = make_economy(7)
    draws = ge.Elasticities(np.random.default_rng(1).uniform(1.0, 12.0, (5, 3)), 0.5, 0.2, 0.9)
    shock = ge.Shock(productivity=np.linspace(0.8, 1.2, 4) * np.ones(base.shape))
    groups = list(ge.solve_many(base, draws, shock, group=2, workers=3))
    assert [len(group.income) for group in groups] == [2, 2, 1]
    together = ge.solve(base, draws, shock)
    found = np.concatenate([group.real_income for group in groups])
    np.testing.assert_allclose(found, together.real_income, rtol=1e-9)
    alone = np.concatenate(
        [group.real_income for group in ge.solve_many(base, draws, shock, group=2, workers=1)]
    )
    np.testing.assert_array_equal(found, alone)
    with pytest.raises(IOModelError, match="group"):
        next(ge.solve_many(base, draws, shock, group=0))
