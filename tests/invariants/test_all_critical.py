"""Invariant 4: one origin, all inputs critical, no stock: what is reached loses the share."""

from __future__ import annotations

import numpy as np

from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut


def test_loss_is_the_share_everywhere(case):
    world = case.table.aggregate(regions={"WORLD": list(case.table.regions)})
    product = case.products[-1]
    inputs = world.Z2 > 0
    reached = np.zeros(world.n, dtype=bool)
    reached[world.sectors.index(product)] = True
    for _ in range(world.n):
        reached |= inputs[reached].any(axis=0)
    assert reached.sum() > world.n / 2
    for share in case.shares:
        cut = Scenario(SupplyCut("WORLD", product, share))
        effects = bottleneck(world, cut, criticality=1.0, rationing="proportional")
        ratio = (effects["output_new"] / effects["output_base"]).values.ravel()
        # Losses creep to the limit round circles of own use; passes stop at steps of 1e-11.
        np.testing.assert_allclose(ratio[reached], 1 - share, atol=1e-8)
        idle = ~reached & (world.x1 > 0)
        np.testing.assert_array_equal(ratio[idle], 1.0)
