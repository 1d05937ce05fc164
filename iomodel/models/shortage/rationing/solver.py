"""Solution of the rationing programme by HiGHS, in the unit of account or in units of each row.

In the unit of account, flows lie well above the tolerance of HiGHS and costs per unit near one. Two
things go wrong where sizes differ by many orders of magnitude: HiGHS takes coefficients below 1e-9
for zero, so that a use saved by a very large industry is not saved, and rounding of large rows
passes the tolerance. A feasible programme is then called infeasible, or its solution breaks a
balance. It is solved again with every variable as a fraction of its bound (base output, base
flows) and every row over its largest term, and coefficients too small even so go to the right-hand
side at the values of the previous solution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from iomodel.errors import SolverError
from iomodel.models.shortage.rationing.balances import Balances
from iomodel.typing import Float

__all__ = ["Solution", "solve_programme"]


# Coefficients that HiGHS takes for zero.
SMALLEST = 1e-9
# Tolerance in units of each row, the smallest that HiGHS takes, and the largest cost there.
EQUILIBRATED_TOLERANCE = 1e-10
LARGEST_COST = 1e4
# Solutions in units of each row: small coefficients change the second by 1e-9 at most, the third by
# the square of it.
REFINEMENTS = 3


@dataclass(frozen=True, eq=False)
class Solution:
    """Solution of the programme.

    Attributes
    ----------
    losses : ndarray, shape (variables,)
    prices : ndarray, shape (rows,)
        Gain of the objective per unit of each right-hand side.
    iterations : int
        Of the solver.
    breach : float
        Largest violation of a balance, over `world_output`.
    """

    losses: Float
    prices: Float
    iterations: int
    breach: float


def solve_programme(
    costs: Float,
    balances: Balances,
    upper: Float,
    *,
    method: str,
    world_output: float,
    largest_breach: float,
) -> Solution:
    """Minimise the cost of losses subject to balances and bounds.

    Parameters
    ----------
    costs, upper : ndarray, shape (variables,)
        Per unit of each loss, and its bound.
    balances : Balances
    method : str
        Of HiGHS, as :func:`scipy.optimize.linprog` names it.
    world_output : float
        In the unit of account.
    largest_breach : float
        Largest violation of a balance that is accepted, over `world_output`.

    Raises
    ------
    SolverError
        If HiGHS reports no optimum, or its solution violates a balance.
    """
    solution, message = _highs(costs, balances, upper, method)
    if solution is not None:
        solution = _measured(solution, balances, world_output)
    if solution is None or solution.breach > largest_breach:
        solution = _equilibrated(costs, balances, upper, method, world_output, largest_breach)
    if solution is None:
        raise SolverError(f"HiGHS finds no best allocation: {message}")
    if solution.breach > largest_breach:
        raise SolverError(
            f"the best allocation breaks a balance by {solution.breach:.1e} of world output; the "
            "cells of the table differ too much in size for the solver, aggregate it first"
        )
    return solution


# ---------------------------------------------------------------------- helpers
def _equilibrated(
    costs: Float,
    balances: Balances,
    upper: Float,
    method: str,
    world_output: float,
    largest_breach: float,
) -> Solution | None:
    """Solve with variables over their bounds and rows over their largest terms; None if none."""
    column = np.where(upper > 0, upper, 1.0)
    terms = csr_array(balances.matrix @ diags_array(column))
    row = np.asarray(abs(terms).max(axis=1).toarray()).reshape(-1)
    row = np.where(row > 0, row, 1.0)
    terms = csr_array(diags_array(1.0 / row) @ terms)
    is_small = np.abs(terms.data) < SMALLEST
    large, small = terms.copy(), terms.copy()
    large.data[is_small], small.data[~is_small] = 0.0, 0.0
    large.eliminate_zeros()
    scaled_costs = costs * column
    cost_unit = float(np.abs(scaled_costs).max(initial=0.0)) / LARGEST_COST or 1.0
    solution, iterations = None, 0
    small_terms = np.zeros(row.size)
    for _ in range(REFINEMENTS):
        scaled, _message = _highs(
            scaled_costs / cost_unit,
            Balances(large, balances.rhs / row - small_terms, balances.equal),
            upper / column,
            method,
            EQUILIBRATED_TOLERANCE,
        )
        if scaled is None:
            return solution
        small_terms = small @ scaled.losses
        iterations += scaled.iterations
        losses = np.clip(scaled.losses * column, 0.0, upper)
        unscaled = Solution(losses, scaled.prices * cost_unit / row, iterations, 0.0)
        solution = _measured(unscaled, balances, world_output)
        if solution.breach <= largest_breach:
            break
    return solution


def _measured(solution: Solution, balances: Balances, world_output: float) -> Solution:
    """Add the largest violation of a balance."""
    excess = balances.matrix @ solution.losses - balances.rhs
    violation = np.where(balances.equal, np.abs(excess), excess)
    return replace(solution, breach=float(violation.max(initial=0.0)) / world_output)


def _highs(
    costs: Float, balances: Balances, upper: Float, method: str, tolerance: float | None = None
) -> tuple[Solution | None, str]:
    """Return the optimum of HiGHS, None without one, and its message."""
    from scipy.optimize import linprog

    # The stubs of SciPy have neither sparse rows nor an array of bounds.
    solve: Any = linprog
    matrix, rhs, equal = balances.matrix, balances.rhs, balances.equal
    names = ("primal_feasibility_tolerance", "dual_feasibility_tolerance")
    answer = solve(
        costs,
        A_ub=matrix[~equal],
        b_ub=rhs[~equal],
        A_eq=matrix[equal] if equal.any() else None,
        b_eq=rhs[equal] if equal.any() else None,
        bounds=np.column_stack([np.zeros(upper.size), upper]),
        method=method,
        options=None if tolerance is None else dict.fromkeys(names, tolerance),
    )
    if answer.status != 0:
        return None, str(answer.message)
    prices = np.empty(rhs.size)
    prices[~equal], prices[equal] = -answer.ineqlin.marginals, -answer.eqlin.marginals
    return Solution(answer.x, prices, int(answer.nit), 0.0), str(answer.message)
