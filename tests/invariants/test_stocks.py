"""Invariant 10: with m months of stock a cut of T months costs max(0, theta - m / T) on average.

For an industry that needs one input and cannot get it elsewhere: the same cut everywhere, all of
the product, one industry that it is critical to. Then the formula holds in every region of a real
table as it does on the toy. It is tested by itself in tests/against_bachmann.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.shortage.expenditure_bounds import after_stocks
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut

USERS = {"REE": "MAG", "C27_REE": "C29", "c14": "c15"}


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.parametrize("months", [0.0, 3.0, 6.0])
def test_the_one_who_needs_it(case, share, months):
    product = case.products[-1]
    user, table = USERS[product], case.table
    made = table.x.sel(sector=product).values > 0
    effects = case.run(
        Scenario([SupplyCut(r, product, share) for r in np.array(table.regions)[made].tolist()]),
        "inventories",
        criticality={(product, user): 1.0},
        stocks=months,
        rationing="proportional",
    )
    uses = table.Z.sel(sector=product, user_sector=user).values.sum(axis=0) > 0
    lost = -effects["output_pct"].sel(sector=user).values[uses] / 100
    # Whole days, and a stock of at least one day: two days in a year.
    np.testing.assert_allclose(lost, float(after_stocks(share, months, 12.0)), rtol=0, atol=2 / 365)
