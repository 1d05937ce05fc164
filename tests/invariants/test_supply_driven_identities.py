"""Invariants 7 and 9: Ghosh is the price model, inoperability is Leontief, in relative terms."""

from __future__ import annotations

import numpy as np

from iomodel.indicators import inoperability
from iomodel.models.fixed_price.quantities import primary_coefficients


def test_ghosh_is_the_price_model(case):
    table = case.table
    rows = np.isin(table.sectors, case.products)
    for share in case.shares[-2:]:
        effects = case.run(case.supply_cut(share), "ghosh")
        push = np.zeros(table.shape)
        r = table.regions.index(case.region)
        push[r, rows] = -share * case.part
        prices = case.system.solve_prices(push.ravel() * primary_coefficients(table))
        made = table.x1 > 0
        np.testing.assert_allclose(
            effects["output_pct"].values.ravel()[made], 100 * prices[made], rtol=1e-9, atol=1e-12
        )


def test_inoperability_is_relative_leontief(case):
    table = case.table
    for seed in case.seeds:
        lost = np.random.default_rng(seed).uniform(0, 0.05, table.n)
        found = inoperability(table, lost, system=case.system).values.ravel()
        change = case.system.solve(lost * table.x1)
        made = table.x1 > 0
        np.testing.assert_allclose(found[made], change[made] / table.x1[made], rtol=1e-12)
        # By the interdependency matrix z_ij / x_i, without any inverse.
        interdependency = table.Z2[made] / table.x1[made, None]
        np.testing.assert_allclose(
            found[made], interdependency @ found + lost[made], rtol=1e-9, atol=1e-12
        )
