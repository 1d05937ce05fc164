"""The core on the embedded world table."""

import numpy as np
import pytest

from iomodel.indicators import vax_ratio
from iomodel.leontief import LeontiefSystem, LowRankUpdate
from iomodel.table.catalogue import load


@pytest.fixture(scope="module")
def table():
    return load("world-2022")


@pytest.fixture(scope="module")
def system(table):
    return LeontiefSystem(table)


def test_base_year_is_reproduced(table, system):
    assert np.shares_memory(system.A, table.A.values)
    x, report = system.solve(table.Y.sum(("user_region", "final_use"), skipna=False), report=True)
    # The table closes to 1e-9 of each output; the solve itself to 1e-14.
    np.testing.assert_allclose(x, table.x, rtol=1e-8, atol=1e-9 * table.x1.max())
    assert report.residual < 1e-14


def test_primary_inputs_exhaust_the_price_of_every_good(table, system):
    p = system.solve_prices(
        table.V.sum("primary_input", skipna=False) / table.x.where(table.x > 0, 1)
    )
    made = table.x.values > 0
    np.testing.assert_allclose(p.values[made], 1.0, rtol=1e-8)


def test_household_closure_raises_every_multiplier(table, system):
    simple = system.multipliers("value_added")
    closed = system.multipliers("value_added", "household")
    assert (closed.values >= simple.values * (1 - 1e-12)).all()
    assert float(closed.max()) < 10


def test_an_export_ban_by_rows_lowers_output_everywhere_or_leaves_it(table, system):
    _, S = table.shape
    r = table.regions.index("CHN")
    rows = np.arange(r * S, r * S + S)
    change = -system.A[rows]
    change[:, rows] = 0.0
    f = table.Y2.sum(axis=1)
    x, report = LowRankUpdate.from_rows(system, rows, change).solve(f, report=True)
    assert report.residual < 1e-13
    assert (x <= table.x1 * (1 + 1e-8) + 1e-6).all()


def test_value_added_exports_are_a_share_of_gross_exports(table, system):
    ratio = vax_ratio(table, system).values
    assert ((ratio > 0) & (ratio < 1.2)).all()
