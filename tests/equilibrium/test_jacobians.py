"""Jacobians of the search: formed in blocks, and rows swapped where a cap changes sides."""

from __future__ import annotations

import json

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver import markets
from iomodel.equilibrium.solver.jacobians import Jacobians
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import base_trial, evaluate

CLOSURE = ge.Closure()


@pytest.fixture
def capped(make_economy):
    """A problem of three capped flows, one of them slack, and its base."""
    base = make_economy(3)
    limit = np.full(base.tariff.shape, np.inf)
    limit[0, 0, 1], limit[1, 2, 0], limit[1, 3, 1] = 0.5, 0.7, 5.0
    shock = ge.Shock(quotas=ge.Quotas.on_flows(limit))
    problem = prepare(base, ge.Elasticities.caliendo_parro(np.full(3, 4.0)), shock)
    return problem, base_trial(problem, CLOSURE)


def test_blocks_of_columns_are_the_whole(capped, monkeypatch):
    system = markets.system_at(*capped, CLOSURE, 0)
    whole = system.matrix(1e-13)
    monkeypatch.setattr(markets, "BLOCK_BYTES", 1)
    monkeypatch.setattr(markets, "FEWEST_COLUMNS", 2)
    # Each block ends at the tolerance on its own.
    np.testing.assert_allclose(system.matrix(1e-13), whole, rtol=0, atol=1e-11)


def test_a_slack_cap_has_minus_the_row_of_the_identity(capped):
    system = markets.system_at(*capped, CLOSURE, 0)
    is_slack = ~system.binding
    assert is_slack.sum() == 1
    np.testing.assert_array_equal(system.matrix(1e-13)[is_slack], -np.eye(7)[is_slack])


def test_a_cap_that_changes_sides_swaps_its_row(capped):
    problem, before = capped
    jacobians = Jacobians.for_batch(1, before.excess.shape[1], None)
    jacobians.step(problem, before, CLOSURE, 0, borrow=True)
    # A rent of twenty times the price leaves next to nothing under the first cap.
    after = evaluate(
        problem, before.wage, np.array([[3.0, 0.0, 0.0]]), CLOSURE,
        before.prices.price, before.levels.spending,
    )  # fmt: skip
    assert (after.binding != before.binding).sum() == 1
    factors = FactorMarkets.of(problem.base, CLOSURE)
    jacobians.correct(np.ones(1, dtype=bool), after, before, factors)
    step = jacobians.step(problem, after, CLOSURE, 0, borrow=False)
    assert jacobians.formed == 1
    rows = markets.rows_in_force(jacobians.values[0], after.binding[0])
    np.testing.assert_allclose(rows @ step, -after.excess[0], rtol=0, atol=1e-9)
    # Its residual is minus its rent, which a step brings to nothing.
    cap = int(np.flatnonzero(after.binding[0] != before.binding[0])[0])
    assert step[cap] == pytest.approx(-3.0, abs=1e-9)


def test_a_correction_maps_the_step_to_the_change_of_residuals(capped):
    problem, before = capped
    jacobians = Jacobians.for_batch(1, before.excess.shape[1], None)
    direction = jacobians.step(problem, before, CLOSURE, 0, borrow=True)[None]
    after = evaluate(
        problem, before.wage + 0.1 * direction[:, None, :4], before.rent + 0.1 * direction[:, 4:],
        CLOSURE, before.prices.price, before.levels.spending,
    )  # fmt: skip
    assert (after.binding == before.binding).all()
    factors = FactorMarkets.of(problem.base, CLOSURE)
    jacobians.correct(np.ones(1, dtype=bool), after, before, factors)
    step = np.concatenate([(after.wage - before.wage)[0, 0], (after.rent - before.rent)[0]])
    change = (after.excess - before.excess)[0]
    rows = markets.rows_in_force(jacobians.values[0], after.binding[0])
    np.testing.assert_allclose(rows @ step, change, rtol=0, atol=1e-12)
    np.testing.assert_allclose(jacobians.inverses[0] @ change, step, rtol=0, atol=1e-9)


def test_caps_on_small_flows_need_few_jacobians():
    # Caps on small flows: rounding inside was once taken for a failing Jacobian, eight times.
    table, scenario = iom.load("world-2022-ree"), iom.Scenario.load("rare-earth-80")
    effects = iom.run(table, scenario, model="equilibrium", horizon="long", links=1)
    assert json.loads(effects.dataset.attrs["diagnostics"])["jacobians"] <= 3
