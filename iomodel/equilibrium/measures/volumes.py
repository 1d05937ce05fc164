r"""Real GDP as a chained volume, from factors, productivity, wedges and melting.

At market prices, with iceberg melting charged to the importer (exports and imports of the same
quantity at the same price), producers' cost minimisation leaves of the change of GDP in volume

.. math::
    d\ln Y_n = \frac{1}{Y_n}\Big[\sum_s wL_{sn}\,d\ln L_{sn} + \sum_s R_{sn}\,d\ln A_{sn}
        + \sum_{i,s} F_{isn}\big(t_{isn}\,d\ln q_{isn} - d\ln d_{isn}\big)\Big],

with F sales before duty and q quantities that arrive: factors, productivity, the revenue wedge and
melting. An export tax adds, for the exporter, :math:`\frac{e}{1+e}F\,d\ln q` of shipments at home
and abroad. Real GDP differs from real income by the terms of trade, which cancel over the
world. Between two equilibria each term is weighted by the logarithmic mean of its flow (Montgomery
and Vartia), which is exact for a flow of constant elasticity, down to flows that close; links are
chained.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iomodel.equilibrium.solution import Solution
from iomodel.errors import IOModelError
from iomodel.typing import Bool, Float

__all__ = ["chained_gdp", "real_gdp"]


def real_gdp(path: Sequence[Solution]) -> Float:
    """Hats of real GDP at market prices over base, (B, N).

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
    previous: Solution | None = None
    for point in map(Solution.in_world_income, path):
        total = total + _link(previous, point)
        previous = point
    return np.exp(total)


def chained_gdp(path: Sequence[Solution]) -> Float:
    r"""Hats of real GDP along an even path, with the leading error removed, (B, N).

    Eq. (29).

    The error of a chain falls with the square of its number of links; the chain over every second
    point measures it (Richardson's extrapolation):

    .. math:: \ln Y = \tfrac{4}{3} \ln Y_{2k} - \tfrac{1}{3} \ln Y_k .

    Four links then come nearer to the integral than eight without.

    Parameters
    ----------
    path : sequence of Solution
        As for :func:`real_gdp`, evenly spaced; an odd number of points is chained as it is.

    Returns
    -------
    ndarray, shape (B, N)
    """
    fine = real_gdp(path)
    if len(path) % 2:
        return fine
    coarse = real_gdp(path[1::2])
    return np.asarray(fine * (fine / coarse) ** (1.0 / 3.0), dtype=np.float64)


def log_mean(a: Float, b: Float) -> Float:
    """Logarithmic means: a if a and b agree, and zero if one is zero. Eq. (28)."""
    positive = (a > 0.0) & (b > 0.0)
    gap = np.log(np.where(positive, b, 1.0) / np.where(positive, a, 1.0))
    close = np.abs(gap) < 1e-6
    mean = np.where(close, (a + b) / 2.0, (b - a) / np.where(close, 1.0, gap))
    return np.where(positive, mean, 0.0)


def _link(before: Solution | None, after: Solution) -> Float:
    """Log change of real GDP from one equilibrium to the next, (B, N). Eq. (27)."""
    base, problem = after.base, after.problem
    price, melting = np.log(after.border_price), _iceberg(after)
    productivity, factors = problem.log_productivity, _factors(after)
    if before is None:
        flow, tariff, output = base.flow[None], base.tariff[None], base.output[None]
        tax = np.broadcast_to(np.asarray(base.export_tax, dtype=np.float64), base.tariff.shape)
        factors_old = base.value_added[None]
        nominal = base.expenditure - base.deficit
    else:
        flow, tariff, output = before.flow, before.problem.tariff, before.output
        tax = before.problem.export_tax
        price = price - np.log(before.border_price)
        melting = melting - _iceberg(before)
        productivity = productivity - before.problem.log_productivity
        factors_old = _factors(before)
        nominal = before.income + before.revenue + before.rents
    if after.closure.labour != "specific":
        # One wage per region: moves between industries are no change of volume.
        factors, factors_old = (f.sum(axis=1, keepdims=True) for f in (factors, factors_old))
    new = after.flow
    flow = np.broadcast_to(flow, new.shape)
    open_flow = (flow > 0.0) & (new > 0.0)
    melting = np.where(open_flow, melting, 0.0)
    growth = np.log(np.where(open_flow, new, 1.0) / np.where(open_flow, flow, 1.0))
    rate = (tariff + problem.tariff) / 2.0
    levy = (tax / (1.0 + tax) + problem.export_tax / (1.0 + problem.export_tax)) / 2.0
    mean = log_mean(flow, new)
    wedge = mean * (rate * (growth - price - melting) - melting)
    export_wedge = mean * levy * (growth - price)
    # A flow that closes: with F falling as d^-theta the integral of F dln d is F / theta.
    theta = np.where(problem.theta > 0.0, problem.theta, 1.0)[..., None]
    closing = (new == 0.0) & (flow > 0.0)
    lost = np.where(closing, flow / theta, 0.0)
    # If a quota closes it nothing melts: the seller forgoes the last units' price over their cost,
    # an integral of the same size.
    capped = _closed_by_quota(after)
    wedge = wedge - lost * (rate * (1.0 + theta) + ~capped)
    export_wedge = export_wedge - lost * (levy * (1.0 + theta) + capped)
    change = wedge.sum(axis=(1, 2)) + export_wedge.sum(axis=(1, 3))
    change = change + (_mean(output, after.output) * productivity).sum(axis=1)
    change = change + _factor_volume(before, after, factors_old, factors)
    return np.asarray(
        change / _mean(nominal, after.income + after.revenue + after.rents), dtype=np.float64
    )


def _factors(solution: Solution) -> Float:
    """Factor use at base wages, (B, S, N)."""
    return solution.value_added / solution.wage


def _factor_volume(before: Solution | None, after: Solution, old: Float, new: Float) -> Float:
    """Factor incomes times log changes of factor use, summed over a region, (B, N)."""
    income = after.base.value_added[None] if before is None else before.value_added
    new_income = after.value_added
    if new.shape[1] == 1:
        income, new_income = (a.sum(axis=1, keepdims=True) for a in (income, new_income))
    used = (old > 0.0) & (new > 0.0)
    growth = np.log(np.where(used, new, 1.0) / np.where(used, old, 1.0))
    return np.asarray((_mean(income, new_income) * growth).sum(axis=1), dtype=np.float64)


def _mean(old: Float, new: Float) -> Float:
    return log_mean(np.broadcast_to(old, new.shape), new)


def _closed_by_quota(solution: Solution) -> Bool:
    """Flows with a cap of zero, (B, S, I, N)."""
    caps, limit = solution.problem.caps, solution.problem.limit
    closed = np.zeros(solution.problem.tariff.shape, dtype=bool)
    s, i, n = caps.cells.T
    closed[:, s, i, n] = caps.spread((limit == 0.0).astype(np.float64)) > 0.0
    return closed


def _iceberg(solution: Solution) -> Float:
    """Log iceberg costs over base, (B, S, I, N): trade costs less taxes."""
    problem, base = solution.problem, solution.base
    taxes = np.log1p(problem.tariff) + np.log1p(problem.export_tax)
    return np.asarray(
        problem.log_cost - taxes + np.log1p(base.tariff) + np.log1p(base.export_tax),
        dtype=np.float64,
    )
