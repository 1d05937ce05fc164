"""Rule priority: the largest customers first, against a loop over customers one by one."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.models import run
from iomodel.models.shortage.allocation import constrained_economy, downstream_losses, sales
from iomodel.models.shortage.allocation.rules import lost_shares, unmet_use, withheld_exports
from iomodel.models.shortage.rationing import rationing
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut
from iomodel.table.catalogue import load

CHAIN = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}


def test_largest_customers_of_the_toy_are_the_ones_in_need():
    effects = rationing(
        load("ree-toy"),
        Scenario(SupplyCut("TOY", "REE", 0.5)),
        rule="priority",
        criticality=CHAIN,
    )
    # Magnets are the largest customer of rare earths: .5 of .8, so .625 of 6 = 3.75 is made; of
    # those vehicles are the largest customer, with a need of 4.
    ratio = (effects["output_new"] / effects["output_base"]).values.ravel()
    np.testing.assert_allclose(ratio, [0.5, 0.625, 0.9375, 1.0], rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_customers_served_one_by_one(make_table, seed):
    table = make_table(seed, idle=seed % 2 == 0)
    R, S = table.shape
    scenario = Scenario([ExportCut("R0", "s0", 0.4), SupplyCut("R1", "s2", 0.3)])
    supply = constrained_economy(table, scenario.lower(table), np.ones((S, S)), rule="priority")
    loss = np.random.default_rng(seed).uniform(0, 0.9, (R, S))
    lost, lost_final = lost_shares(supply, loss)
    held = withheld_exports(supply, loss)
    for r in range(R):
        for s in range(S):
            left = (1 - loss[r, s]) * supply.output[r, s] + supply.stock_withdrawal[r, s]
            sizes = np.concatenate([supply.Z[r, s].ravel(), supply.final[r, s]])
            parts = np.concatenate([lost[r, s].ravel(), lost_final[r, s]])
            border = np.concatenate([np.repeat(supply.delivered[r, s], S), supply.delivered[r, s]])
            stopped = 0.0
            for k in np.argsort(-sizes, kind="stable"):
                got = min(sizes[k], left)
                left -= got
                stopped += got * (1 - border[k])
                if sizes[k] > 0:
                    # Sums in another order, against sales of that producer.
                    expected = border[k] * got
                    assert sizes[k] * (1 - parts[k]) == pytest.approx(
                        expected, rel=1e-9, abs=1e-12 * sizes.sum()
                    )
            assert held[r, s] == pytest.approx(stopped, rel=1e-9, abs=1e-12 * sizes.sum())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.0, 0.05, 0.4, 1.0])
@pytest.mark.parametrize("sold", [False, True])
def test_nothing_is_used_that_is_not_made(make_table, seed, share, sold):
    table = make_table(seed, idle=seed % 2 == 0)
    scenario = Scenario([ExportCut("R0", "s0", share), SupplyCut("R1", "s2", share / 3)])
    gamma = np.random.default_rng(seed).choice([0.0, 0.3, 1.0], (4, 4))
    supply = constrained_economy(table, scenario.lower(table), gamma, rule="priority")
    answer = sales(supply, downstream_losses(supply), sold_only=sold)
    tiny = 1e-12 * table.x1.sum()
    delivered = supply.intermediate + supply.final - answer.lost
    made = answer.activity * supply.output
    assert delivered.min() >= -tiny
    assert (supply.final - answer.lost_final).min() >= -tiny
    assert (made + supply.stock_withdrawal - delivered.sum(axis=2)).min() >= -tiny
    if share == 0.0:
        np.testing.assert_array_equal(answer.activity, 1.0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("exports", [False, True])
def test_is_the_least_fixed_point_and_monotone(make_table, seed, exports):
    table = make_table(seed)
    gamma = np.random.default_rng(seed).choice([0.0, 0.5, 0.9], (4, 4))
    before = np.zeros(table.shape)
    for share in (0.01, 0.1, 0.5, 1.0):
        cut = ExportCut("R0", "s0", share) if exports else SupplyCut("R0", "s0", share)
        supply = constrained_economy(table, Scenario(cut).lower(table), gamma, rule="priority")
        found = downstream_losses(supply)
        # Plain passes over the whole table, without the short cut along the chain.
        loss = 1 - supply.capacity
        home = np.ones((4, 3))
        for _ in range(3000):
            missing, missing_final = lost_shares(supply, loss)
            short = unmet_use(supply, missing)
            wanted = short.sum(axis=2) + (supply.final * missing_final).sum(axis=0)
            spare = withheld_exports(supply, loss).T
            home = np.divide(spare, wanted, out=np.ones_like(wanted), where=wanted > spare)
            short = short * (1 - home)[:, :, None]
            gap = np.divide(short, supply.use, out=short, where=supply.use > 0)
            loss = np.maximum(loss, (gamma[:, None, :] * gap).max(axis=0))
        # The search stops where a pass changes less than 1e-11; what creeps may be 1e-7 short.
        np.testing.assert_allclose(found.loss, loss, atol=1e-7)
        # What an exporter withholds serves his own users: a deeper export cut may relieve them.
        assert exports or (found.loss - before).min() >= -1e-9
        before = found.loss


def test_inventories_have_no_such_rule():
    with pytest.raises(LabelError, match="unknown rationing of model inventories 'priority'"):
        run(
            load("ree-toy"),
            Scenario(),
            "inventories",
            criticality=1.0,
            stocks=1.0,
            rationing="priority",
        )
