"""Invariant 13: an export cut leaves the exporter's own users alone, except through demand."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.shortage.allocation import downstream_losses
from tests.invariants.tables import OPEN


@pytest.mark.parametrize("case", OPEN, indirect=True)
def test_own_users_keep_their_supply(case):
    sectors = case.table.sectors
    gamma = np.zeros((len(sectors),) * 2)
    # Nothing but the cut products is critical, so nothing else can come back to the exporter.
    rows = np.isin(sectors, case.products)
    gamma[rows] = 1.0
    own = case.table.regions.index(case.region)
    for share in case.shares:
        found = downstream_losses(case.supply(case.cut(share), gamma))
        assert not found.gap[rows, own].any()
        assert not found.loss[own].any()
        assert np.delete(found.loss, own, axis=0).max() > 0


@pytest.mark.parametrize("case", OPEN, indirect=True)
@pytest.mark.parametrize("model", ["bottleneck", "rationing"])
def test_output_of_the_exporter_only_falls_with_demand(case, model):
    products = {(p, "all"): 1.0 for p in case.products}
    zero = {("all", "all"): 0.0}
    effects = case.run(case.cut(case.shares[-1]), model, criticality={**zero, **products})
    change = effects["output_pct"].sel(region=case.region)
    np.testing.assert_array_equal(np.nan_to_num(change.values), 0.0)
    # Allocated best, final users may bear it all.
    least = float(effects["gdp_pct"].min())
    assert least < 0 if model == "bottleneck" else least <= 0
