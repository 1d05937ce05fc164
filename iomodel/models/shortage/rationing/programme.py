r"""Optimal allocation under scarcity as a linear programme in shipments and national use.

With output :math:`x`, shipments :math:`t_{ris}` of product i from region r to s, final use
:math:`f_{is}` and needs :math:`u_{isj}` of the industries of s,

.. math::

   \max\; & \textstyle\sum_{ri} w_{ri} x_{ri} + w^f \sum_{is} f_{is} \\
   & \textstyle\sum_s t_{ris} \le x_{ri} + d_{ri} \\
   & \textstyle\sum_j u_{isj} + f_{is} \le \sum_r t_{ris} \\
   & u_{isj} \ge U_{isj} \left[ x_{sj} / x^0_{sj} - \bar\kappa_{sj} (1 - \gamma_{ij}) \right]
     / \gamma_{ij} , \quad u \ge 0 \\
   & 0 \le t \le \bar t, \quad 0 \le f \le f^0, \quad 0 \le x \le \kappa\, x^0 ,

with criticality :math:`\gamma`, base use U, base withdrawals from stocks d and
:math:`\bar\kappa = \max(\kappa, 1)`. Needs are the limit
:math:`x \le x^0 [\bar\kappa (1 - \gamma) + \gamma u / U]` solved for u: only rated inputs have
needs, and with :math:`\gamma = 1` they are the Leontief inputs. If output has to be sold,
:math:`x_{ri} \le (x^0_{ri} / \sum_s t^0_{ris}) \sum_s t_{ris}` and purchases do not exceed use,
:math:`\sum_r t_{ris} \le \sum_j U_{isj} x_{sj} / x^0_{sj} + f_{is}`.

In the tradition of [PichlerFarmer2022]_, whose programme it is with all inputs critical and output
sold. No rationing rule under the same constraints has a smaller loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.models.shortage.allocation import ConstrainedEconomy
from iomodel.models.shortage.rationing.balances import balances_of
from iomodel.models.shortage.rationing.bounds import TOLERANCE, Bounds, Limits, bounds_of
from iomodel.models.shortage.rationing.solver import solve_programme
from iomodel.typing import Float

__all__ = ["SECOND", "ObjectiveWeights", "Optimum", "best_allocation", "weights_of"]


# World output in the programme's unit of account: flows then lie well above the absolute tolerance
# of HiGHS, 1e-7, and costs per unit near one.
SCALE = 1e8
# Weight of the second objective, which settles ties of the first. Small enough that no unit of the
# first is given up for it: it shifts the optimum by no more than this share of the loss.
SECOND = 1e-5
# Written as losses, a loss of zero is feasible but for the rows that the cut touches, and every
# loss has a cost: the dual simplex starts close to its end. If output must be sold, or final demand
# counts, a loss reaches everybody, and the interior point (with crossover) is faster.
DUAL_SIMPLEX, INTERIOR_POINT = "highs-ds", "highs-ipm"
# Largest accepted breach of a balance, as a share of world output: rows of a few hundred terms,
# each accurate to 1e-7 of the unit of account.
BREACH = 1e-12


@dataclass(frozen=True, eq=False)
class ObjectiveWeights:
    """Weights of output and final use in the objective.

    Attributes
    ----------
    output : ndarray, shape (R, S)
        Value of a unit of output.
    final : float
        Value of a unit of final use.
    """

    output: Float
    final: float


@dataclass(frozen=True, eq=False)
class Optimum:
    """Optimal allocation, as losses from the base in the table's unit at base prices.

    Attributes
    ----------
    loss : ndarray, shape (R, S)
        Fall of output; negative where idle capacity is used.
    lost : ndarray, shape (R, S, R)
        Fall of shipments.
    lost_final : ndarray, shape (S, R)
        Fall of final use by product and region.
    need : ndarray, shape (S, R, S)
        Deliveries to industries of the inputs that they need.
    price : ndarray, shape (S, R)
        Shadow price of a product in a region: gain of the objective per additional unit.
    border : ndarray, shape (R, S, R)
        Shadow price of an additional unit across a border with a cut; zero elsewhere.
    iterations : int
        Of the solver.
    breach : float
        Largest violation of a balance, over world output.
    """

    loss: Float
    lost: Float
    lost_final: Float
    need: Float
    price: Float
    border: Float
    iterations: int
    breach: float


def weights_of(objective: str, intensity: Float) -> ObjectiveWeights:
    """Return the weights of a named objective, from value added per unit of output (R, S)."""
    if objective == "final_demand":
        return ObjectiveWeights(SECOND * intensity, 1.0)
    output = intensity if objective == "value_added" else np.ones_like(intensity)
    return ObjectiveWeights(output, SECOND)


def best_allocation(
    economy: ConstrainedEconomy, weights: ObjectiveWeights, limits: Limits
) -> Optimum:
    """Solve the programme.

    Parameters
    ----------
    economy : ConstrainedEconomy
        Its rule and its own re-sourcing have no effect here.
    weights : ObjectiveWeights
    limits : Limits

    Returns
    -------
    Optimum

    Raises
    ------
    SolverError
        If the solver reports no optimum, or its solution violates a balance.
    """
    total = float(economy.output.sum())
    unit = total / SCALE if total > 0 else 1.0
    bounds = bounds_of(economy, limits, unit)
    balances, costs = balances_of(bounds, limits), _costs(bounds, weights)
    equal, rhs = balances.equal, balances.rhs
    scarcity = np.where(equal, np.abs(rhs), -rhs).max(initial=0.0)
    if scarcity <= TOLERANCE and not bounds.idle.any():
        # Nothing is scarce, and every loss has a cost.
        return _optimum(bounds, np.zeros(bounds.upper.size), np.zeros(rhs.size), 0, 0.0, unit)
    reaches_all = limits.sold or weights.final >= weights.output.max()
    solution = solve_programme(
        costs,
        balances,
        bounds.upper,
        method=INTERIOR_POINT if reaches_all else DUAL_SIMPLEX,
        world_output=SCALE,
        largest_breach=BREACH,
    )
    return _optimum(
        bounds, solution.losses, solution.prices, solution.iterations, solution.breach, unit
    )


def _costs(bounds: Bounds, weights: ObjectiveWeights) -> Float:
    """Return the cost per unit of every loss, in the order of the variables."""
    costs = [
        weights.output.reshape(-1),
        np.zeros(bounds.flow[0].size),
        np.full(bounds.final.size, weights.final),
        np.zeros(bounds.kinked[0].size),
    ]
    if bounds.idle.any():
        # A small reward for unused idle capacity: it runs only where it helps.
        costs.append(-0.1 * SECOND * weights.output.reshape(-1))
    return np.concatenate(costs)


def _optimum(
    bounds: Bounds, losses: Float, prices: Float, iterations: int, breach: float, unit: float
) -> Optimum:
    """Return the solver's losses and row prices as labelled arrays."""
    R, S = bounds.most.shape
    n, flows, saved = R * S, bounds.flow[0].size, bounds.kinked[0].size
    loss = losses[:n].reshape(R, S)
    if bounds.idle.any():
        loss = loss + losses[-n:].reshape(R, S)
    dropped = np.zeros_like(bounds.caps)
    dropped[bounds.flow] = losses[n : n + flows]
    lost_final = losses[n + flows : n + flows + n].reshape(S, R)
    need = np.maximum(bounds.need, 0.0)
    linear = bounds.linear
    need[linear] -= (bounds.use_per_output * loss)[linear]
    need[bounds.kinked] -= losses[2 * n + flows : 2 * n + flows + saved]
    price = prices[n : 2 * n].reshape(S, R)
    # The value of an additional unit across a border: its price in the pool, less at the origin.
    gain = price[None] - prices[:n].reshape(R, S)[:, :, None]
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
