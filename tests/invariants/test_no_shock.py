"""Invariant 1: a shock of size zero gives the baseline, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models import applicable
from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.shortage.rationing.bounds import Limits
from iomodel.models.shortage.rationing.programme import ObjectiveWeights, best_allocation

# General equilibrium is exact to its solver's tolerance; tests/equilibrium says so.
EXACT = ("leontief", "extraction", "ghosh", "mixed", "bottleneck", "rationing", "inventories")


@pytest.mark.parametrize("model", EXACT)
def test_cut_of_nothing(case, model):
    scenario = case.cut(0.0)
    if not case.closed:
        assert model in applicable(case.table, scenario)
    options = {"days": 3} if model == "inventories" else {}
    effects = case.run(scenario, model, **options)
    for name, data in effects.dataset.data_vars.items():
        if str(name).endswith("_new"):
            base = effects[str(name).replace("_new", "_base")]
            np.testing.assert_array_equal(data.values, base.values, err_msg=str(name))
        elif "_pct" in str(name):
            assert np.all(np.nan_to_num(data.values) == 0.0), name


@pytest.mark.parametrize("sold", [False, True])
def test_cut_of_nothing_leaves_nothing_scarce(case, sold):
    intensity = value_added_coefficients(case.table).reshape(case.table.shape)
    best = best_allocation(
        case.supply(case.cut(0.0)), ObjectiveWeights(intensity, 0.0), Limits(sold=sold)
    )
    assert not best.loss.any()
    assert not best.price.any()
