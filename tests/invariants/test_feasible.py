"""Invariant 5: nobody uses what was not made, and nothing delivered is negative."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.shortage.allocation import (
    RULES,
    downstream_losses,
    sales,
)
from iomodel.models.shortage.rationing.bounds import Limits
from iomodel.models.shortage.rationing.programme import ObjectiveWeights, best_allocation


def drawn(table):
    """What is drawn from stocks adds to what can be sold."""
    return -np.minimum(table.Y.values, 0.0).sum(axis=(2, 3))


@pytest.mark.parametrize("rule", RULES)
def test_rules(case, rule):
    # Sums of some thousand terms of the size of world output.
    tiny = 1e-12 * case.table.x1.sum()
    for share in case.few:
        supply = case.supply(case.cut(share), rule=rule)
        found = downstream_losses(supply)
        for sold in (False, True):
            answer = sales(supply, found, sold_only=sold)
            delivered = supply.intermediate + supply.final - answer.lost
            made = answer.activity * supply.output
            assert delivered.min() >= -tiny
            assert (supply.final - answer.lost_final).min() >= -tiny
            assert (made + drawn(case.table) - delivered.sum(axis=2)).min() >= -tiny
            assert answer.activity.min() >= 0
            assert answer.activity.max() <= 1 + 1e-12


def test_best_allocation(case):
    tiny = 1e-12 * case.table.x1.sum()
    intensity = value_added_coefficients(case.table).reshape(case.table.shape)
    for share in case.few:
        supply = case.supply(case.cut(share))
        best = best_allocation(supply, ObjectiveWeights(intensity, 1e-5), Limits())
        shipped = supply.intermediate + supply.final - best.lost
        made = supply.output - best.loss
        final = supply.final.sum(axis=0) - best.lost_final
        for cells in (shipped, made, final, best.need):
            assert cells.min() >= -tiny
        assert (made + drawn(case.table) - shipped.sum(axis=2)).min() >= -tiny
        assert (shipped.sum(axis=0) - best.need.sum(axis=2) - final).min() >= -tiny
