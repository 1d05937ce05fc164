"""Why ratings do not go into the static loop of rationing: it then uses what nobody makes.

The loop rations by what producers could make at most and not by what they make. With all inputs
binding it corrects itself by the orders that fall away; with a few critical inputs it does not. It
stands here, and not in the package, as what the models must not be [PichlerFarmer2022]_.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.rationing import rationing
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut
from iomodel.table.catalogue import load

CHAIN = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
HALVED = Scenario(SupplyCut("TOY", "REE", 0.5))


def masked_loop(A, final, most, critical):
    """Return output of the static loop with a mask of critical inputs, at its fixed point."""
    inverse = np.linalg.inv(np.eye(len(A)) - A)
    demand = inverse @ final
    for _ in range(100):
        served = np.minimum(1.0, most / demand)
        stands = np.where(critical, served[:, None], 1.0).min(axis=0)
        x = np.minimum(most, stands * demand)
        last, demand = demand, inverse @ np.clip(x - A @ x, 0.0, final)
        if np.abs(demand - last).max() <= 1e-12:
            return x
    raise AssertionError("no fixed point")


def test_the_masked_loop_uses_magnets_that_nobody_makes():
    toy = load("ree-toy")
    most = toy.x1 * [0.5, 1, 1, 1]
    critical = np.zeros((4, 4), dtype=bool)
    critical[0, 1] = critical[1, 2] = True
    x = masked_loop(toy.A2, toy.Y2.sum(axis=1), most, critical)
    net = x - toy.A2 @ x
    assert net[1] == pytest.approx(-1.517, abs=5e-4)
    assert x[2] / toy.x1[2] == pytest.approx(0.99998, abs=5e-6)


@pytest.mark.parametrize("rule", rationing.options_type.declared()["rule"].kind.values)
def test_ours_does_not(rule):
    toy = load("ree-toy")
    effects = rationing(toy, HALVED, rule=rule, criticality=CHAIN)
    ratio = (effects["output_new"] / effects["output_base"]).values.ravel()
    # Magnets need rare earths, of which half are left, and vehicles need the magnets made.
    assert ratio[0] == pytest.approx(0.5)
    assert ratio[2] <= 0.9375 + 1e-9
    used = toy.Z2[0, 1] * ratio[1]
    assert used <= 0.5 + 1e-9
    assert toy.Z2[1, 2] * ratio[2] <= 6 * ratio[1] + 1e-9


def test_realised_output_is_passed_on():
    effects = bottleneck(load("ree-toy"), HALVED, criticality=CHAIN, rationing="proportional")
    ratio = (effects["output_new"] / effects["output_base"]).values.ravel()
    np.testing.assert_allclose(ratio, [0.5, 0.5, 0.5, 1.0], rtol=1e-12)
