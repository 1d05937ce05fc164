r"""Real GDP as a chained volume, from factors, productivity, wedges and melting.

At market prices, with iceberg melting charged to the importer (exports and imports of the same
quantity at the same price), producers' cost minimisation leaves of the change of GDP in volume

.. math::
    d\ln Y_n = \frac{1}{Y_n}\Big[\sum_s wL_{sn}\,d\ln L_{sn} + \sum_s R_{sn}\,d\ln A_{sn}
        + \sum_{i,s} \big((X_{isn} - F_{isn})\,d\ln q_{isn} - F_{isn}\,d\ln d_{isn}\big)
        + \sum_{j,s} \big((F_{nsj} - R_{nsj})\,d\ln \bar q_{nsj}
            - R_{nsj}\,d\ln b_{nsj}\big)\Big],

with X sales at buyers' prices (with duty, and with rents that buyers hold), F at border prices, R
receipts of the industry after export tax and sellers' rents, q quantities that arrive,
:math:`\bar q` quantities shipped, at home and abroad, and b what the industry makes for a unit
shipped, more than one where licences burn some of it. Real GDP differs from real
income by the terms of trade; they cancel over the world to first order, not for large shocks.

Between two equilibria each of X, F and R has its own logarithmic mean (Montgomery and Vartia),
which is exact for a flow of constant elasticity, down to flows that close: the wedge of a duty so
high that nothing is bought is that of the closed border. Links are chained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solution import Solution
from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["chained_gdp", "link", "log_mean", "real_gdp"]


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
    for point in path:
        total = total + link(previous, point)
        previous = point
    return np.exp(total)


def chained_gdp(path: Sequence[Solution]) -> Float:
    r"""Hats of real GDP along an even path, with the leading error removed, (B, N).

    The chain of :math:`k` links and that over every second point are extrapolated,

    .. math:: \ln Y_k + \tfrac{1}{3} (\ln Y_k - \ln Y_{k/2}) .

    For paths at hand; :func:`iomodel.equilibrium.gdp_chain` solves for few points of a shock's path
    and measures the error.

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
    return np.asarray(fine * (fine / real_gdp(path[1::2])) ** (1.0 / 3.0), dtype=np.float64)


def link(before: Solution | None, after: Solution) -> Float:
    """Log change of real GDP from one equilibrium to the next, (B, N). Eq. (27).

    Parameters
    ----------
    before : Solution or None
        None for the base.
    after : Solution
        Of the same base.

    Returns
    -------
    ndarray, shape (B, N)
    """
    after = after.in_world_income()
    old = _base_point(after.base) if before is None else _point(before.in_world_income())
    new = _point(after)
    change = _wedges(old, new, after)
    growth = new.log_productivity - old.log_productivity
    change = change + (log_mean(old.output, new.output) * growth).sum(axis=1)
    change = change + _factor_volume(old, new, after)
    return np.asarray(change / log_mean(old.nominal, new.nominal), dtype=np.float64)


def log_mean(a: Float, b: Float) -> Float:
    """Logarithmic means: a if a and b agree, and zero if one is zero. Eq. (28)."""
    positive = (a > 0.0) & (b > 0.0)
    gap = np.log(np.where(positive, b, 1.0) / np.where(positive, a, 1.0))
    close = np.abs(gap) < 1e-6
    mean = np.where(close, (a + b) / 2.0, (b - a) / np.where(close, 1.0, gap))
    return np.where(positive, mean, 0.0)


@dataclass(frozen=True)
class _Point:
    """Flows, prices and factors of an equilibrium that a link compares, with a leading axis.

    Attributes
    ----------
    flow, spent, received : ndarray, shape (B, S, I, N)
        Sales at border prices, at buyers' prices, and what the industry receives of them.
    log_price, log_melting : ndarray, shape (B, S, I, N)
        Border prices and iceberg costs over base.
    log_licence : ndarray, shape (B, S, I, N) or (1, 1, 1, 1)
        Goods made for a unit shipped, with what licences burn.
    output, log_productivity : ndarray, shape (B, S, N)
    factor_income, factor_use : ndarray, shape (B, S, N)
        Factor use at base wages.
    nominal : ndarray, shape (B, N)
        GDP at market prices.
    """

    flow: Float
    spent: Float
    received: Float
    log_price: Float
    log_melting: Float
    log_licence: Float
    output: Float
    log_productivity: Float
    factor_income: Float
    factor_use: Float
    nominal: Float


def _point(solution: Solution) -> _Point:
    problem = solution.problem
    return _Point(
        flow=solution.flow,
        spent=solution.flow * (1.0 + problem.import_wedge),
        received=solution.flow / (1.0 + problem.receipts_tax),
        log_price=np.log(solution.border_price),
        log_melting=_iceberg(solution),
        log_licence=_licence(solution),
        output=solution.output,
        log_productivity=problem.log_productivity,
        factor_income=solution.value_added,
        factor_use=solution.value_added / solution.wage,
        nominal=solution.income + solution.revenue + solution.rents,
    )


def _base_point(base: Economy) -> _Point:
    flow = base.flow[None]
    no_change, no_change_of_flow = np.zeros((1, *base.shape)), np.zeros_like(flow)
    return _Point(
        flow=flow,
        spent=flow * (1.0 + base.tariff),
        received=flow / (1.0 + base.export_tax),
        log_price=no_change_of_flow,
        log_melting=no_change_of_flow,
        log_licence=np.zeros((1, 1, 1, 1)),
        output=base.output[None],
        log_productivity=no_change,
        factor_income=base.value_added[None],
        factor_use=base.value_added[None],
        nominal=(base.expenditure - base.deficit)[None],
    )


def _wedges(old: _Point, new: _Point, after: Solution) -> Float:
    """Change of volume by duties, melting, export taxes and licences, (B, N)."""
    is_open = (old.flow > 0.0) & (new.flow > 0.0)
    growth = np.log(np.where(is_open, new.flow, 1.0) / np.where(is_open, old.flow, 1.0))
    # A border that stays closed has no change of its infinite cost.
    melting = np.subtract(
        new.log_melting, old.log_melting, out=np.zeros(is_open.shape), where=is_open
    )
    shipped = np.where(is_open, growth - (new.log_price - old.log_price), 0.0)
    arrived = shipped - melting
    # Each of the flows at its own prices is exact where its own elasticity is constant.
    flow, spent, received = (
        log_mean(getattr(old, name), getattr(new, name)) for name in ("flow", "spent", "received")
    )
    wedge = (spent - flow) * arrived - flow * melting
    licence = np.where(is_open, new.log_licence - old.log_licence, 0.0)
    export_wedge = (flow - received) * shipped - received * licence
    # A flow that closes: with F falling as d^-theta the integral of F dln d is F / theta.
    closes = (old.flow > 0.0) & (new.flow == 0.0)
    if closes.any():
        theta = np.where(after.problem.theta > 0.0, after.problem.theta, 1.0)[..., None]
        lost = np.where(closes, old.flow, 0.0) / theta
        duty = np.where(closes, old.spent - old.flow, 0.0)
        levy = np.where(closes, old.flow - old.received, 0.0)
        # If a quota closes it nothing melts: the holder forgoes the last units' price over their
        # cost, an integral of the same size.
        sellers_loss = _sellers_loss(after)
        wedge = wedge - duty * (1.0 + theta) / theta - lost * (1.0 - sellers_loss)
        export_wedge = export_wedge - levy - lost * sellers_loss
    return np.asarray(wedge.sum(axis=(1, 2)) + export_wedge.sum(axis=(1, 3)), dtype=np.float64)


def _factor_volume(old: _Point, new: _Point, after: Solution) -> Float:
    """Factor incomes times log changes of factor use, summed over a region, (B, N).

    With one wage per region, moves between industries are no change of volume. A sticky industry
    that closes loses its factor income: its wage is at the floor.
    """
    incomes, uses = (old.factor_income, new.factor_income), (old.factor_use, new.factor_use)
    labour = after.closure.labour
    # Rigid wages are those of the base in every industry: one factor, though it has no market.
    pooled = replace(after.closure, labour="mobile") if labour == "rigid" else after.closure
    markets = FactorMarkets.of(after.base, pooled)
    incomes = markets.total(incomes[0]), markets.total(incomes[1])
    uses = markets.total(uses[0]), markets.total(uses[1])
    used = (uses[0] > 0.0) & (uses[1] > 0.0)
    growth = np.log(np.where(used, uses[1], 1.0) / np.where(used, uses[0], 1.0))
    volume = log_mean(*incomes) * growth
    if labour == "sticky":
        volume = np.where(used, volume, incomes[1] - incomes[0])
    return np.asarray(volume.sum(axis=1), dtype=np.float64)


def _sellers_loss(solution: Solution) -> Float:
    """Sellers' part of the loss from flows with a cap of zero, (B, S, I, N): that of rents."""
    caps = solution.problem.caps
    closed = (solution.problem.limit == 0.0).astype(np.float64)
    loss = np.zeros(solution.problem.tariff.shape)
    s, i, n = caps.cells.T
    loss[:, s, i, n] = caps.spread(closed * (1.0 - caps.buyer_share)) / np.maximum(
        caps.spread(closed), 1.0
    )
    return loss


def _licence(solution: Solution) -> Float:
    """Log of goods made for a unit shipped, (B, S, I, N)."""
    problem, caps = solution.problem, solution.problem.caps
    if caps.sellers_hold_all:
        return np.zeros((1, 1, 1, 1))
    logs = np.zeros(problem.tariff.shape)
    s, i, n = caps.cells.T
    logs[:, s, i, n] = caps.log_licence_cost(problem.rent)
    return logs


def _iceberg(solution: Solution) -> Float:
    """Log iceberg costs over base, (B, S, I, N): trade costs less taxes."""
    problem, base = solution.problem, solution.base
    taxes = np.log1p(problem.import_wedge) + np.log1p(problem.export_tax)
    return np.asarray(
        problem.log_cost - taxes + np.log1p(base.tariff) + np.log1p(base.export_tax),
        dtype=np.float64,
    )
