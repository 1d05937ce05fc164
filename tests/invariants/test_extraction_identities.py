"""Invariants 6 and 8: extraction equals brute force, and global extraction keeps world GDP."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.indicators import extract_industries
from iomodel.leontief import LeontiefSystem
from iomodel.models.fixed_price.quantities import primary_coefficients
from tests.invariants.tables import OPEN


def test_hypothetical_extraction_is_brute_force(case):
    table, product = case.table, case.products[-1]
    k = table.regions.index(case.region) * table.shape[1] + table.sectors.index(product)
    for share in case.shares[-2:]:
        found = extract_industries(
            table, [(case.region, product)], share, purchases=False, system=case.system
        )
        A, f = table.A2.copy(), table.Y2.sum(axis=1)
        A[k] *= 1 - share
        f[k] *= 1 - share
        brute = LeontiefSystem.from_coefficients(A).solve(f)
        # Both solves are refined to a residual of 1e-12 or so of the right-hand side.
        np.testing.assert_allclose(
            found.values.ravel(), brute, rtol=1e-9, atol=1e-12 * table.x1.max()
        )


def test_sherman_morrison_of_the_inverse():
    """Row and column of a small technology, by the closed forms."""
    rng = np.random.default_rng(0)
    for k in range(6):
        A = rng.uniform(0, 0.15, (6, 6))
        L, alpha = np.linalg.inv(np.eye(6) - A), rng.uniform()
        unit = np.eye(6)[k]
        row, column = A.copy(), A.copy()
        row[k] *= 1 - alpha
        column[:, k] *= 1 - alpha
        scale = alpha / (1 + alpha * (L[k, k] - 1))
        np.testing.assert_allclose(
            LeontiefSystem.from_coefficients(row).inverse(),
            L - scale * np.outer(L[:, k], L[k] - unit),
            rtol=1e-12,
        )
        np.testing.assert_allclose(
            LeontiefSystem.from_coefficients(column).inverse(),
            L - scale * np.outer(L[:, k] - unit, L[k]),
            rtol=1e-12,
        )


@pytest.mark.parametrize("case", OPEN, indirect=True)
def test_global_extraction_keeps_world_gdp(case):
    final = case.table.Y.values.sum()
    primary = primary_coefficients(case.table)
    effects = case.run(case.cut(1.0), "extraction", closure="global")
    # Coefficients are moved between origins, so that columns add up as before.
    paid = float(primary @ effects["output_new"].values.ravel())
    assert paid == pytest.approx(final, rel=1e-9)
