r"""Real GDP by chained volume, from the uses of resources rather than from a price index.

At market prices, with what trade costs melt charged to the importer (exports and imports of the
same quantity at the same price), producers' cost minimisation leaves of the change of GDP in volume

.. math::
    d\ln Y_n = \frac{1}{Y_n}\Big[\sum_s wL_{sn}\,d\ln L_{sn} + \sum_s R_{sn}\,d\ln A_{sn}
        + \sum_{i,s} F_{isn}\big(t_{isn}\,d\ln q_{isn} - d\ln d_{isn}\big)\Big],

with F sales before duty and q quantities that arrive: factors, productivity, the revenue wedge and
melting. It differs from real income by the terms of trade, which cancel over the world. Between two
equilibria each term is weighted by the logarithmic mean of its flow (Montgomery and Vartia), which
is exact for a flow of constant elasticity, down to flows that close; links are chained.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.solution import Solution
from iomodel.errors import IOModelError

__all__ = ["real_gdp"]

Float = NDArray[np.float64]


def real_gdp(path: Sequence[Solution]) -> Float:
    """Return hats of real GDP at market prices over base, (B, N).

    Parameters
    ----------
    path : sequence of Solution
        Equilibria from near the base to the last (:func:`iomodel.equilibrium.homotopy`), of one
        base; one alone gives the direct index.

    Returns
    -------
    ndarray, shape (B, N)

    Raises
    ------
    IOModelError
        If the path is empty.
    """
    if not path:
        raise IOModelError("real GDP needs at least one solution")
    total = np.zeros_like(path[0].income)
    before: Solution | None = None
    for point in path:
        total = total + _link(before, point)
        before = point
    return np.exp(total)


def log_mean(a: Float, b: Float) -> Float:
    """Return logarithmic means, a where both agree and zero where one is zero."""
    both = (a > 0.0) & (b > 0.0)
    gap = np.log(np.where(both, b, 1.0) / np.where(both, a, 1.0))
    close = np.abs(gap) < 1e-6
    mean = np.where(close, (a + b) / 2.0, (b - a) / np.where(close, 1.0, gap))
    return np.where(both, mean, 0.0)


def _link(before: Solution | None, after: Solution) -> Float:
    """Return the log change of real GDP from one equilibrium to the next, (B, N)."""
    base, problem = after.base, after.problem
    cost, melting = after.trial.prices.cost[..., None], _iceberg(after)
    productivity, factors = problem.log_productivity, _factors(after)
    if before is None:
        flow, tariff, output = base.flow[None], base.tariff[None], base.output[None]
        factors_old = base.value_added[None]
        nominal = base.expenditure - base.deficit
    else:
        flow, tariff, output = before.flow, before.problem.tariff, before.output
        cost = cost - before.trial.prices.cost[..., None]
        melting = melting - _iceberg(before)
        productivity = productivity - before.problem.log_productivity
        factors_old = _factors(before)
        nominal = before.income + before.revenue
    if after.closure.labour != "specific":
        # One wage per region: who moves where is no change of volume.
        factors, factors_old = (f.sum(axis=1, keepdims=True) for f in (factors, factors_old))
    new = after.flow
    flow = np.broadcast_to(flow, new.shape)
    alive = (flow > 0.0) & (new > 0.0)
    safe = np.where(alive, melting, 0.0)
    growth = np.log(np.where(alive, new, 1.0) / np.where(alive, flow, 1.0))
    rate = (tariff + problem.tariff) / 2.0
    wedge = log_mean(flow, new) * (rate * (growth - cost - safe) - safe)
    # A flow that closes: with F falling as d^-theta the integral of F dln d is F / theta.
    theta = np.where(problem.theta > 0.0, problem.theta, 1.0)[..., None]
    closing = (new == 0.0) & (flow > 0.0)
    gone = np.where(closing, -flow * (1.0 + rate * (1.0 + theta)) / theta, 0.0)
    change = (wedge + gone).sum(axis=(1, 2))
    change = change + (_mean(output, after.output) * productivity).sum(axis=1)
    change = change + _factor_volume(before, after, factors_old, factors)
    return np.asarray(change / _mean(nominal, after.income + after.revenue), dtype=np.float64)


def _factors(solution: Solution) -> Float:
    """Return factor use at base wages, (B, S, N)."""
    return solution.value_added / solution.wage


def _factor_volume(before: Solution | None, after: Solution, old: Float, new: Float) -> Float:
    """Return factor incomes times log changes of factor use, summed over a region, (B, N)."""
    paid = after.base.value_added[None] if before is None else before.value_added
    paid_new = after.value_added
    if new.shape[1] == 1:
        paid, paid_new = (p.sum(axis=1, keepdims=True) for p in (paid, paid_new))
    used = (old > 0.0) & (new > 0.0)
    growth = np.log(np.where(used, new, 1.0) / np.where(used, old, 1.0))
    return np.asarray((_mean(paid, paid_new) * growth).sum(axis=1), dtype=np.float64)


def _mean(old: Float, new: Float) -> Float:
    return log_mean(np.broadcast_to(old, new.shape), new)


def _iceberg(solution: Solution) -> Float:
    problem = solution.problem
    return np.asarray(
        problem.log_cost - (np.log1p(problem.tariff) - np.log1p(solution.base.tariff)),
        dtype=np.float64,
    )
