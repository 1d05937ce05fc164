"""Rationing programmes whose industries differ by many orders of magnitude.

The seeds are those of 900 drawn economies, with 8,100 programmes, that HiGHS called infeasible or
solved with a broken balance in the programme's unit of account.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.shortage.allocation import constrained_economy
from iomodel.models.shortage.rationing import programme, solver
from iomodel.models.shortage.rationing.bounds import Limits
from iomodel.models.shortage.rationing.options import OBJECTIVES
from iomodel.models.shortage.rationing.programme import best_allocation, weights_of
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, SupplyCut
from iomodel.table.mrio import MRIOTable

# Seed, whether output has to be sold, objective, idle capacity.
INFEASIBLE = [
    (119, False, "final_demand", 0.0),
    (119, True, "final_demand", 0.1),
    (119, True, "output", 0.1),
    (158, False, "final_demand", 0.0),
    (158, True, "value_added", 0.0),
    (256, True, "value_added", 0.0),
    (735, True, "final_demand", 0.1),
]
BROKEN = [(598, True, "value_added", 0.0), (852, True, "value_added", 0.1)]
ORDINARY = [(3, False, "value_added", 0.0), (4, True, "output", 0.1), (8, True, "value_added", 0.0)]


def draw(seed):
    """An economy with sizes and coefficients over up to eight orders of magnitude, and cuts."""
    rng = np.random.default_rng(seed)
    R, S = int(rng.integers(2, 5)), int(rng.integers(2, 6))
    n, spread = R * S, rng.uniform(0, 8)
    size = 10 ** rng.uniform(-spread, 0, n)
    A = 10 ** rng.uniform(-spread / 2, 0, (n, n)) * (rng.random((n, n)) < rng.uniform(0.3, 1))
    Y = 10 ** rng.uniform(-spread, 0, (n, R)) * (rng.random((n, R)) < 0.8) * size[:, None]
    Y[:, 0] += 1e-3 * size
    A = A * size[:, None] / size[None]
    A *= rng.uniform(0.1, 0.9, n) / np.maximum(A.sum(axis=0), 1e-300)
    x = np.linalg.solve(np.eye(n) - A, Y.sum(axis=1))
    final_uses = 1
    if rng.random() < 0.5:
        # One product is drawn from stocks.
        k, final_uses = rng.integers(n), 2
        withdrawn = rng.uniform(0.1, 1) * x[k]
        Y = np.stack([Y, np.zeros((n, R))], axis=2).reshape(n, 2 * R)
        Y[k, 0] += withdrawn
        Y[k, -1] -= withdrawn
    table = MRIOTable.from_arrays(
        A * x,
        Y,
        x=x,
        regions=[f"R{k}" for k in range(R)],
        sectors=[f"s{k}" for k in range(S)],
        final_uses=[f"u{k}" for k in range(final_uses)],
    )
    shocks = []
    for _ in range(rng.integers(1, 4)):
        region, sector = str(rng.choice(table.regions)), str(rng.choice(table.sectors))
        importer = str(rng.choice([name for name in table.regions if name != region]))
        kind, share = rng.integers(3), float(rng.choice([0.1, 0.5, 0.9, 1.0]))
        shocks.append(
            SupplyCut(region, sector, share)
            if kind == 0
            else Embargo(exporter=region, sectors=sector)
            if kind == 1
            else ExportCut(region, sector, share, importers=importer)
        )
    return table, Scenario(shocks), rng.choice([0, 0.05, 0.5, 1.0], (S, S))


def solve(case, monkeypatch):
    """Solution of a case, with its programme: costs, balances, bounds."""
    seed, sold, objective, idle = case
    assert objective in OBJECTIVES
    table, scenario, gamma = draw(seed)
    economy = constrained_economy(table, scenario.lower(table), gamma)
    intensity = value_added_coefficients(table).reshape(table.shape)
    solved = []

    def keep(costs, balances, upper, **settings):
        solution = solver.solve_programme(costs, balances, upper, **settings)
        solved.append((solution, costs, balances, upper))
        return solution

    monkeypatch.setattr(programme, "solve_programme", keep)
    best_allocation(economy, weights_of(objective, intensity), Limits(idle=idle, sold=sold))
    return solved[0]


def assert_optimal(solution, costs, balances, upper):
    """Feasible to rounding, and as good as the bound that its prices prove."""
    world = programme.SCALE
    excess = balances.matrix @ solution.losses - balances.rhs
    assert np.where(balances.equal, np.abs(excess), excess).max() <= 1e-12 * world
    assert min(solution.losses.min(), (upper - solution.losses).min()) >= -1e-15 * world
    prices = solution.prices
    assert prices[~balances.equal].min(initial=0.0) >= -1e-9
    reduced = costs + balances.matrix.T @ prices
    bound = np.minimum(reduced, 0.0) @ upper - prices @ balances.rhs
    loss = costs @ solution.losses
    assert loss >= bound - 1e-12 * world
    # HiGHS stops at reduced costs of 1e-7 (1e-14 of the largest in units of each row).
    assert loss == pytest.approx(bound, rel=1e-7, abs=1e-10 * world)


@pytest.mark.parametrize("case", [*INFEASIBLE, *BROKEN, *ORDINARY])
def test_economies_of_very_different_sizes_are_solved(case, monkeypatch):
    assert_optimal(*solve(case, monkeypatch))


@pytest.mark.parametrize("case", INFEASIBLE)
def test_they_were_called_infeasible_in_the_unit_of_account(case, monkeypatch):
    monkeypatch.setattr(solver, "_equilibrated", lambda *_: None)
    with pytest.raises(solver.SolverError, match="infeasible"):
        solve(case, monkeypatch)


@pytest.mark.parametrize("case", ORDINARY)
def test_both_scalings_agree(case, monkeypatch):
    plain, costs, *_ = solve(case, monkeypatch)
    highs = solver._highs
    monkeypatch.setattr(
        solver, "_highs", lambda *a: highs(*a) if len(a) == 5 else (None, "not asked")
    )
    equilibrated, *problem = solve(case, monkeypatch)
    assert costs @ plain.losses == pytest.approx(costs @ equilibrated.losses, rel=1e-9)
    assert_optimal(equilibrated, *problem)
