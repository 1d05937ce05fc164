"""Invariant 11: GDP from incomes and GDP from expenditure agree."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.fixed_price.quantities import primary_coefficients
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange


def test_base(case):
    table = case.table
    paid = float(primary_coefficients(table) @ table.x1)
    # The table's own identities close to about 1e-9.
    assert paid == pytest.approx(float(table.Y.values.sum()), rel=1e-8)


def test_demand_change(case):
    table = case.table
    primary = primary_coefficients(table)
    for share in (-0.5, 0.2):
        change = Scenario(DemandChange(case.region, list(case.products), share))
        effects = case.run(change, "leontief")
        paid = primary @ (effects["output_new"] - effects["output_base"]).values.ravel()
        spent = float((effects["final_demand_new"] - effects["final_demand_base"]).sum())
        assert paid == pytest.approx(spent, rel=1e-7)


@pytest.mark.parametrize("model", ["bottleneck", "rationing"])
def test_shortage_where_every_input_binds(case, model):
    """With all inputs critical nothing is made without its inputs, nor left unsold."""
    world = case.table.aggregate(regions={case.region: list(case.table.regions)})
    options = {"closure": "sold", "criticality": 1.0}
    if model == "bottleneck":
        options["rationing"] = "proportional"
    effects = case.run(case.supply_cut(case.shares[-2]), model, table=world, **options)
    paid = float(primary_coefficients(world) @ effects["output_new"].values.ravel())
    spent = float(effects["final_demand_new"].sum())
    # Stocks that are drawn down (negative final use) stay as they are, whatever is made.
    drawn = float(-np.minimum(world.Y.values, 0.0).sum())
    assert abs(paid - spent) <= drawn + 1e-9 * world.x1.sum()
