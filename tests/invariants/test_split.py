"""Invariant 12: parts add up to their parent, and shocks elsewhere act as before.

On random tables in tests/table/test_splitting.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.leontief import LeontiefSystem
from tests.invariants.tables import SMALL

PARTS = ("small", "large")
# world-2022-ree is a split table itself: tests/datasets adds its parts up.


@pytest.fixture(scope="module")
def split(case):
    return case.table.split(case.products[-1], list(PARTS), output={"small": 0.01})


@pytest.mark.parametrize("case", SMALL, indirect=True)
def test_parts_add_up(case, split):
    back = split.aggregate(sectors={case.products[-1]: list(PARTS)}, unmapped="keep")
    assert set(back.sectors) == set(case.table.sectors)
    for name in ("Z", "Y", "V", "x"):
        one, two = getattr(case.table, name), getattr(back, name)
        two = two.reindex_like(one)
        np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-12 * float(abs(one).max()))


@pytest.mark.parametrize("case", SMALL, indirect=True)
def test_shocks_elsewhere_act_as_before(case, split):
    table, product = case.table, case.products[-1]
    others = [s for s in table.sectors if s != product]
    for seed in case.seeds:
        change = table.x.copy(data=np.random.default_rng(seed).uniform(0, 1, table.shape))
        change.loc[{"sector": product}] = 0.0
        wide = change.reindex(sector=split.sectors, fill_value=0.0)
        x = case.system.solve(change.values.ravel()).reshape(table.shape)
        y = LeontiefSystem(split).solve(wide.values.ravel()).reshape(split.shape)
        x, y = (change.copy(data=x), wide.copy(data=y))
        made = table.x.sel(sector=others).values > 0
        np.testing.assert_allclose(
            y.sel(sector=others).values[made], x.sel(sector=others).values[made], rtol=1e-8
        )
