r"""The best allocation under scarcity as a linear programme, in shipments and national use.

With output :math:`x`, shipments :math:`t_{ris}` of product i from region r to s, final use
:math:`f_{is}` and needs :math:`u_{isj}` of the industries of s,

.. math::

   \max\; & \textstyle\sum_{ri} w_{ri} x_{ri} + w^f \sum_{is} f_{is} \\
   & \textstyle\sum_s t_{ris} \le x_{ri} + d_{ri} \\
   & \textstyle\sum_j u_{isj} + f_{is} \le \sum_r t_{ris} \\
   & u_{isj} \ge U_{isj} \left[ x_{sj} / x^0_{sj} - \bar\kappa_{sj} (1 - \gamma_{ij}) \right]
     / \gamma_{ij} , \quad u \ge 0 \\
   & 0 \le t \le \bar t, \quad 0 \le f \le f^0, \quad 0 \le x \le \kappa\, x^0 ,

with criticality :math:`\gamma`, base use U, stocks drawn down d and
:math:`\bar\kappa = \max(\kappa, 1)`. Needs are the limit
:math:`x \le x^0 [\bar\kappa (1 - \gamma) + \gamma u / U]` turned round: only rated inputs have any,
and where :math:`\gamma = 1` they are the Leontief inputs. Where output has to be sold,
:math:`x_{ri} \le (x^0_{ri} / \sum_s t^0_{ris}) \sum_s t_{ris}` and nobody buys more than he uses,
:math:`\sum_r t_{ris} \le \sum_j U_{isj} x_{sj} / x^0_{sj} + f_{is}`.

In the tradition of [PichlerFarmer2022]_, whose programme it is where all inputs are critical and
output is sold. No rule of rationing that keeps to the same limits can do better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from iomodel.errors import SolverError
from iomodel.models.shortage.allocation import Supply
from iomodel.models.shortage.rationing.rows import TOLERANCE, Bounds, Limits, bounds_of, rows_of
from iomodel.typing import Float

__all__ = ["SECOND", "Optimum", "Worth", "best_allocation"]


# World output in the programme's unit of account: flows then lie well above the absolute tolerance
# of HiGHS, 1e-7, and costs per unit near one.
SCALE = 1e8
# Worth of the second objective, which settles what the first leaves open. Small enough that nobody
# gives up what counts for it: it shifts the optimum by no more than this share of what is lost.
SECOND = 1e-5
# Written as losses, nothing lost is feasible but for the rows that the cut touches, and every loss
# costs something: the dual simplex starts where it nearly ends. Where output must be sold, or final
# demand counts, a loss reaches everybody, and the interior point (with crossover) is shorter.
NEAR, FAR = "highs-ds", "highs-ipm"
# Largest breach of a balance that is accepted, as a share of world output: rows of a few hundred
# terms, each known to 1e-7 of the unit of account.
BREACH = 1e-12


@dataclass(frozen=True, eq=False)
class Worth:
    """What the programme maximises.

    Attributes
    ----------
    output : ndarray, shape (R, S)
        Worth of a unit of output.
    final : float
        Worth of a unit of final use.
    """

    output: Float
    final: float


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best allocation, as losses from the base in the table's unit at base prices.

    Attributes
    ----------
    loss : ndarray, shape (R, S)
        Fall of output; negative where idle capacity is used.
    lost : ndarray, shape (R, S, R)
        Fall of shipments.
    lost_final : ndarray, shape (S, R)
        Fall of final use by product and region.
    need : ndarray, shape (S, R, S)
        What industries get of the inputs that they need.
    price : ndarray, shape (S, R)
        Worth of one more unit of a product in a region.
    border : ndarray, shape (R, S, R)
        Worth of one more unit let over a border that is cut; zero where nothing is cut.
    iterations : int
        Of the solver.
    breach : float
        Largest amount by which a balance is broken, over world output.
    """

    loss: Float
    lost: Float
    lost_final: Float
    need: Float
    price: Float
    border: Float
    iterations: int
    breach: float


def best_allocation(supply: Supply, worth: Worth, limits: Limits) -> Optimum:
    """Solve the programme.

    Parameters
    ----------
    supply : Supply
        The economy; its rule and its own re-sourcing do not matter here.
    worth : Worth
    limits : Limits

    Returns
    -------
    Optimum

    Raises
    ------
    SolverError
        If no optimum is found, or the one found breaks a balance.
    """
    from scipy.optimize import linprog

    total = float(supply.output.sum())
    unit = total / SCALE if total > 0 else 1.0
    bounds = bounds_of(supply, limits, unit)
    rows, costs = rows_of(bounds, limits), _costs(bounds, worth)
    equal, right = rows.equal, rows.right
    needed = np.where(equal, np.abs(right), -right).max(initial=0.0)
    if needed <= TOLERANCE and not bounds.idle.any():
        # Nothing is scarce, and every loss costs something.
        nothing = np.zeros(bounds.upper.size)
        return _read(bounds, nothing, np.zeros(right.size), 0, 0.0, unit)
    # The stubs of SciPy know neither sparse rows nor an array of bounds.
    solve: Any = linprog
    found = solve(
        costs,
        A_ub=rows.matrix[~equal],
        b_ub=right[~equal],
        A_eq=rows.matrix[equal] if equal.any() else None,
        b_eq=right[equal] if equal.any() else None,
        bounds=np.column_stack([np.zeros(bounds.upper.size), bounds.upper]),
        method=FAR if limits.sold or worth.final >= worth.output.max() else NEAR,
    )
    if found.status != 0:
        raise SolverError(f"HiGHS finds no best allocation: {found.message}")
    over = rows.matrix @ found.x - right
    breach = float(np.max(np.where(equal, np.abs(over), over), initial=0.0)) / SCALE
    if breach > BREACH:
        raise SolverError(
            f"the best allocation breaks a balance by {breach:.1e} of world output; the cells of "
            "the table differ too much in size for the solver, aggregate it first"
        )
    prices = np.empty(right.size)
    prices[~equal], prices[equal] = -found.ineqlin.marginals, -found.eqlin.marginals
    return _read(bounds, found.x, prices, int(found.nit), breach, unit)


def _costs(bounds: Bounds, worth: Worth) -> Float:
    """Return what every loss costs, in the order of the variables."""
    parts = [
        worth.output.reshape(-1),
        np.zeros(bounds.flow[0].size),
        np.full(bounds.final.size, worth.final),
        np.zeros(bounds.bent[0].size),
    ]
    if bounds.idle.any():
        # A small reward for leaving it idle: it runs only where it helps.
        parts.append(-0.1 * SECOND * worth.output.reshape(-1))
    return np.concatenate(parts)


def _read(
    bounds: Bounds, losses: Float, worth: Float, iterations: int, breach: float, unit: float
) -> Optimum:
    """Turn the solver's vectors into arrays."""
    R, S = bounds.most.shape
    n, flows, saved = R * S, bounds.flow[0].size, bounds.bent[0].size
    loss = losses[:n].reshape(R, S)
    if bounds.idle.any():
        loss = loss + losses[-n:].reshape(R, S)
    dropped = np.zeros_like(bounds.caps)
    dropped[bounds.flow] = losses[n : n + flows]
    lost_final = losses[n + flows : n + flows + n].reshape(S, R)
    need = np.maximum(bounds.need, 0.0)
    linear = bounds.linear
    need[linear] -= (bounds.full * loss)[linear]
    need[bounds.bent] -= losses[2 * n + flows : 2 * n + flows + saved]
    price = worth[n : 2 * n].reshape(S, R)
    # One more unit let through is worth what it is in the pool, less what it is at the origin.
    gain = price[None] - worth[:n].reshape(R, S)[:, :, None]
    return Optimum(
        loss=(bounds.output - bounds.most + loss) * unit,
        lost=(bounds.base - bounds.caps + dropped) * unit,
        lost_final=lost_final * unit,
        need=need * unit,
        price=price,
        border=np.where(bounds.cut, np.maximum(gain, 0.0), 0.0),
        iterations=iterations,
        breach=breach,
    )
