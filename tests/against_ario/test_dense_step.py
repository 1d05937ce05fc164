"""The daily engine against a dense re-implementation of the ARIO equations [Juhel2024]_.

The dense step of the benchmark keeps every order as a cell of n x n and shares no code with the
engine. For traces of inputs see test_traces.py.
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

dense = pytest.importorskip("benchmarks.inventories")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("psi", [0.8, 0.1])
def test_sixty_days_of_ario_cell_by_cell(make_table, seed, psi):
    table = make_table(seed)
    R, S = table.shape
    # From ten days on psi leaves at least a day, below which the engine never asks for less.
    cover = np.tile(np.random.default_rng(seed).uniform(10.0, 40.0, (S, S)), (1, R))
    rule = Behaviour(variant="ario", restocking_days=30.0, psi=psi, overproduction=1.25)
    policy = Scenario([SupplyCut("R0", "s1", 0.6), SupplyCut("R2", "s0", 0.2)]).lower(table)
    economy = daily_economy(table, np.ones((S, R * S)), cover, origins="user")
    day = policy_day(table, economy, [policy])
    ours, theirs = start(economy, 1), dense.dense_of(table, cover, policy.supply.reshape(-1))
    fell = 1.0
    for _ in range(60):
        ours, made, _final = step(economy, rule, ours, day)
        theirs, output = dense.dense_step(rule, theirs)
        # Rounding of sums in another order, over sixty days.
        np.testing.assert_allclose(made[:, 0], output, rtol=1e-9, atol=1e-11)
        fell = min(fell, float(output.min()))
    assert fell < 0.5
