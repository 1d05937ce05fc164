"""Equations (3) to (20) of Pichler et al. (2022), written out by pairs of industries.

The published forecast (UK, second quarter of 2020: -21.5 percent) needs their shocks and the UK's
table, which are not here; what can be held against the paper is that the engine solves its
equations.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.shortage.inventories.behaviour import Behaviour
from iomodel.models.shortage.inventories.calendar import policy_day
from iomodel.models.shortage.inventories.economy import daily_economy
from iomodel.models.shortage.inventories.simulation import step
from iomodel.models.shortage.inventories.state import start
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut

TAU, HIRED, FIRED = 10.0, 1 / 30, 2 / 30


def published(table, gamma, cover, left, days, intermediate_first):
    """Yield output relative to base, day by day; flows by pair, stocks by product and user."""
    R, S = table.shape
    n = R * S
    Z0 = np.maximum(table.Z2, 0.0) / 365.0
    f = np.maximum(table.Y2, 0.0).sum(axis=1) / 365.0
    x0 = Z0.sum(axis=1) + f
    product = np.arange(n) % S
    use = np.array([Z0[product == p].sum(axis=0) for p in range(S)])
    A = use / x0
    stock, orders, labour = cover * use, Z0.copy(), np.ones(n)

    def from_inputs(most):
        allowed = most.copy()
        for j in range(n):
            for p in range(S):
                if A[p, j] > 0:
                    # Critical, half-critical at 1/2, not at all at 0: equations (9) to (14).
                    g = gamma[p, j % S]
                    allowed[j] = min(allowed[j], g * stock[p, j] / A[p, j] + (1 - g) * most[j])
        return allowed

    for _ in range(days):
        demand = orders.sum(axis=1) + f
        capacity = np.minimum(labour, left) * x0
        x = np.minimum(np.minimum(capacity, from_inputs(capacity)), demand)
        part = np.minimum(1.0, x / demand)
        if intermediate_first:
            part = np.minimum(1.0, x / orders.sum(axis=1))
        arrived = orders * part[:, None]
        for p in range(S):
            stock[p] = np.maximum(stock[p] + arrived[product == p].sum(axis=0) - A[p] * x, 0.0)
        gap = np.minimum(from_inputs(left * x0), demand) / x0 - labour
        labour = np.clip(labour + np.where(gap > 0, HIRED, FIRED) * gap, 0.0, 1.0)
        for p in range(S):
            total = (A[p] * demand + (cover[p] * use[p] - stock[p]) / TAU).clip(0.0)
            share = Z0[product == p] / np.where(use[p] > 0, use[p], 1.0)
            orders[product == p] = share * total
        yield x / x0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("intermediate_first", [False, True])
def test_the_engine_solves_the_published_equations(make_table, seed, intermediate_first):
    table = make_table(seed)
    R, S = table.shape
    rng = np.random.default_rng(seed)
    gamma = rng.choice([0.0, 0.5, 1.0], (S, S))
    cover = np.tile(rng.uniform(1.0, 20.0, (S, S)), (1, R))
    policy = Scenario([SupplyCut("R0", "s1", 0.6), SupplyCut("R2", "s0", 0.2)]).lower(table)
    rule = Behaviour(variant="pichler", restocking_days=TAU, intermediate_first=intermediate_first)
    economy = daily_economy(table, np.tile(gamma, (1, R)), cover, origins="user")
    day, state = policy_day(table, economy, [policy]), start(economy, 1)
    expected = published(table, gamma, cover, policy.supply.reshape(-1), 40, intermediate_first)
    fell = 1.0
    for output in expected:
        state, made, _final = step(economy, rule, state, day)
        # Rounding of sums in another order, over forty days.
        np.testing.assert_allclose(made[:, 0], output, rtol=1e-9, atol=1e-11)
        fell = min(fell, float(output.min()))
    assert fell < 0.5
