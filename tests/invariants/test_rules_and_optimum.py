"""Invariant 3: no rule of rationing loses less than the best allocation under the same limits.

On random tables, with random criticalities, in tests/models/test_rationing.py.
"""

from __future__ import annotations

import pytest

from iomodel.models.shortage.allocation import RULES
from tests.invariants.tables import SMALL

# The weight that settles ties may cost the programme 1e-5 of what is lost.
TIES = 1.001e-5


def test_best_allocation_loses_least(case):
    for share in case.few:
        cut = case.cut(share)
        best = case.loss(case.run(cut, "rationing"))
        assert best >= 0
        for rule in RULES:
            ruled = case.loss(case.run(cut, "bottleneck", rationing=rule))
            assert ruled >= best * (1 - TIES)


# The interior point needs most of a minute on the largest table.
@pytest.mark.parametrize("case", SMALL, indirect=True)
def test_best_allocation_of_what_is_sold(case):
    cut = case.cut(case.shares[-1])
    best = case.loss(case.run(cut, "rationing", closure="sold"))
    assert best > 0
    # Proportional rationing of a real table takes some hundred passes; it is compared above.
    for rule in RULES if case.closed else ("intermediate",):
        ruled = case.run(cut, "bottleneck", rationing=rule, closure="sold")
        assert case.loss(ruled) >= best * (1 - TIES)
