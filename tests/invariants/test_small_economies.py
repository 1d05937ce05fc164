"""Rules of rationing on random small economies: feasible, and never better than the programme.

Cuts of supply and closed borders fall on the same products: what a rule leaves without supply
cannot be withheld at the border and sold at home.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from iomodel.errors import SolverError
from iomodel.models.shortage import bottleneck, rationing
from iomodel.models.shortage.allocation import (
    RULES,
    constrained_economy,
    downstream_losses,
    rules,
    sales,
)
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, SupplyCut
from iomodel.table.mrio import MRIOTable

# The weight that settles ties may cost the programme 1e-5 of what is lost.
TIES = 1.001e-5
CLOSURES = ("possible", "sold")
# Refused, not wrong: losses under rule priority converge too slowly in this economy.
SLOW = {(10, "priority")}


def economy(seed):
    """A sparse table of two or three regions, cuts, and criticalities by input and user."""
    rng = np.random.default_rng(seed)
    R, S = (int(size) for size in rng.integers(2, 4, 2))
    n = R * S
    A = rng.random((n, n)) * (rng.random((n, n)) < 0.4)
    A *= rng.uniform(0.3, 0.9, n) / np.maximum(A.sum(axis=0), 1e-9)
    Y = rng.lognormal(0.0, 1.5, (n, R)) * (rng.random((n, R)) < 0.7)
    Y[:, 0] += 0.1
    x = np.linalg.solve(np.eye(n) - A, Y.sum(axis=1))
    regions, sectors = [f"R{k}" for k in range(R)], [f"s{k}" for k in range(S)]
    table = MRIOTable.from_arrays(A * x, Y, regions=regions, sectors=sectors)
    shocks = []
    for _ in range(int(rng.integers(1, 3))):
        origin, product = str(rng.choice(regions)), str(rng.choice(sectors))
        shocks.append(SupplyCut(origin, product, float(rng.uniform(0.3, 1.0))))
        if rng.random() < 0.5:
            shocks.append(Embargo(importer="others", exporter=origin, sectors=product))
        else:
            shocks.append(ExportCut(origin, product, float(rng.uniform(0.3, 1.0))))
    gamma = rng.choice([0.0, 0.5, 1.0], (S, S))
    return table, Scenario(shocks), gamma


def ratings(table, gamma):
    names = table.sectors
    return {(i, j): float(gamma[a, b]) for a, i in enumerate(names) for b, j in enumerate(names)}


def lost_gdp(effects):
    return float((effects["gdp_base"] - effects["gdp_new"]).sum())


@pytest.mark.parametrize("seed", range(40))
def test_rules_are_feasible_and_lose_no_less_than_the_optimum(seed):
    table, scenario, gamma = economy(seed)
    policy, tiny = scenario.lower(table), 1e-12 * table.x1.sum()
    criticality = ratings(table, gamma)
    for closure in CLOSURES:
        best = lost_gdp(rationing(table, scenario, criticality=criticality, closure=closure))
        for rule in RULES:
            if (seed, rule) in SLOW:
                continue
            supply = constrained_economy(table, policy, gamma, rule=rule)
            allocation = sales(supply, downstream_losses(supply), sold_only=closure == "sold")
            output = allocation.activity * supply.output
            assert (output - policy.supply * supply.output).max() <= tiny
            base = supply.intermediate + supply.final
            delivered = base - allocation.lost
            assert delivered.min() >= -tiny
            assert (delivered.sum(axis=2) - output - supply.stock_withdrawal).max() <= tiny
            region = np.arange(table.shape[0])
            beyond_the_border = delivered - policy.delivered * base
            beyond_the_border[region, :, region] = 0.0
            assert beyond_the_border.max() <= tiny
            effects = bottleneck(
                table, scenario, criticality=criticality, rationing=rule, closure=closure
            )
            np.testing.assert_allclose(effects["output_new"], output, rtol=1e-12, atol=tiny)
            assert lost_gdp(effects) >= best * (1 - TIES) - 100 * tiny


@pytest.fixture
def two_regions():
    """A sells g to its own industry h (50) and to B (50); g is cut to 40 and closed to B."""
    Z, Y = np.zeros((4, 4)), np.zeros((4, 2))
    Z[0, 1] = 50.0
    Y[0, 1], Y[1, 0], Y[2, 1], Y[3, 1] = 50.0, 100.0, 10.0, 100.0
    table = MRIOTable.from_arrays(Z, Y, regions=["A", "B"], sectors=["g", "h"])
    return table, Scenario([SupplyCut("A", "g", 0.6), Embargo(exporter="A", sectors="g")])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("closure", CLOSURES)
def test_an_industry_makes_no_more_than_its_cut_leaves(two_regions, rule, closure):
    table, scenario = two_regions
    effects = bottleneck(table, scenario, criticality=1.0, rationing=rule, closure=closure)
    # All of the 40 are for h, whose output falls by a fifth; B gets nothing.
    expected = [[40.0, 80.0], [10.0, 100.0]]
    np.testing.assert_allclose(effects["output_new"], expected, rtol=1e-12)
    best = rationing(table, scenario, criticality=1.0, closure=closure)
    np.testing.assert_allclose(best["output_new"], expected, rtol=1e-9)


def test_sales_beyond_what_can_be_made_are_refused(two_regions, monkeypatch):
    table, scenario = two_regions
    supply = constrained_economy(table, scenario.lower(table), np.ones((2, 2)), rule="intermediate")
    module = sys.modules[downstream_losses.__module__]
    monkeypatch.setattr(module, "withheld_exports", lambda economy, loss: economy.blocked_sales)
    losses = downstream_losses(supply)
    with pytest.raises(SolverError, match="more than it can make"):
        sales(supply, losses, sold_only=False)
    assert rules.withheld_exports(supply, losses.loss).max() == 0.0
