r"""Real GDP along a path of equilibria: real income less the integral of the terms of trade.

The volume of GDP is nominal GDP :math:`y` over its Divisia price index. Prices are counted from the
consumer price :math:`P^C` of the region, so that of final demand only the ends matter:

.. math::
    \ln Y_n = \Delta\ln\frac{y_n}{P^C_n}
        - \int \sum_{s,\,j \ne n} \frac{F_{nsj}}{y_n}\, d\ln\frac{p_{nsj}}{P^C_n}
        + \int \sum_{s,\,i \ne n} \frac{F_{isn}}{y_n}\, d\ln\frac{p_{isn}}{P^C_n},

with F sales before duty and p prices at the border. By zero profits, cleared markets and budgets it
is the integral of :mod:`iomodel.equilibrium.measures.volumes` along the same path. Costs of
crossing a border do not appear: a flow that closes fades out of the integral.

Shares and log prices are polynomials in the part of the shock, through its Chebyshev points. With
coefficients :math:`\omega_j` and :math:`\pi_k` the integral of a pair is exact,

.. math:: \int \omega\,d\pi = \sum_{j + k \text{ odd}} \frac{2k^2}{k^2 - j^2}\,\omega_j\,\pi_k .

Export taxes and rents raise p without bound where they close a flow. There
:math:`d\ln p = d\eta - d\ln\omega/\theta`, and :math:`\eta = \ln p + \ln\omega / \theta` has no tax
in it, as sales fall with :math:`p^{-\theta}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from iomodel._threads import one_blas_thread
from iomodel.equilibrium.solution import Solution
from iomodel.typing import Float, Index

__all__ = ["PathPoint", "base_point", "chebyshev_parts", "log_gdp", "path_point", "taxed_flows"]


# Log of one plus a tax: rents of slack caps are smaller.
NO_TAX = 1e-6


@dataclass(frozen=True)
class PathPoint:
    r"""Shares in GDP and log prices at one equilibrium of a path.

    Attributes
    ----------
    real : ndarray, shape (B, N)
        Log of nominal GDP over the consumer price hat.
    cost : ndarray, shape (B, S, N)
        Log hats of unit costs.
    final_price : ndarray, shape (B, N)
        Log hats of consumer prices.
    exports : ndarray, shape (B, S, N)
        Sales abroad before duty, over GDP of the seller.
    imports : ndarray, shape (B, S, I, N)
        Purchases from abroad before duty, over GDP of the buyer.
    taxed_share : ndarray, shape (2, B, K)
        Flows whose export tax changes, over GDP of the seller and of the buyer.
    log_tax : ndarray, shape (B, K)
        Log of one plus their export tax, over base; infinite if it closes them.
    theta : ndarray, shape (B, K)
        Their trade elasticities.
    taxed : ndarray of int, shape (K, 3)
        Their sectors, sellers and buyers.
    component : ndarray of int, shape (B, N)
        Groups of regions that trade with one another.
    """

    real: Float
    cost: Float
    final_price: Float
    exports: Float
    imports: Float
    taxed_share: Float
    log_tax: Float
    theta: Float
    taxed: Index
    component: Index


def chebyshev_parts(links: int) -> Float:
    """Chebyshev points of the unit interval with both ends, (links + 1,)."""
    return np.asarray(np.sin(np.arange(links + 1) * (0.5 * np.pi / links)) ** 2)


def taxed_flows(solution: Solution) -> Index:
    """Flows across borders with a cap or a new export tax: (sector, seller, buyer), (K, 3)."""
    problem = solution.problem
    changed = (problem.export_tax != solution.base.export_tax).any(axis=0)
    changed[tuple(problem.caps.cells.T)] = True
    home = np.arange(problem.base.shape[1])
    changed[:, home, home] = False
    return np.argwhere(changed)


def path_point(solution: Solution, taxed: Index) -> PathPoint:
    """Shares and prices of a solution.

    Parameters
    ----------
    solution : Solution
    taxed : ndarray of int, shape (K, 3)
        Of :func:`taxed_flows` at the end of the path.

    Returns
    -------
    PathPoint
    """
    solution = solution.in_world_income()
    problem, prices = solution.problem, solution.trial.prices
    return _point(
        flow=solution.flow,
        nominal=solution.income + solution.revenue + solution.rents,
        cost=prices.cost,
        final_price=prices.final,
        export_tax=problem.export_tax,
        solution=solution,
        taxed=taxed,
        component=problem.component,
    )


def base_point(solution: Solution, taxed: Index) -> PathPoint:
    """Shares and prices of the base of a solution, for the same batch."""
    base, B = solution.base, solution.problem.batch
    no_change = np.zeros((B, *base.shape))
    return _point(
        flow=np.broadcast_to(base.flow, (B, *base.flow.shape)),
        nominal=np.broadcast_to(base.expenditure - base.deficit, no_change[:, 0].shape),
        cost=no_change,
        final_price=no_change[:, 0],
        export_tax=np.broadcast_to(base.export_tax, (B, *base.flow.shape)),
        solution=solution,
        taxed=taxed,
        component=np.zeros(no_change[:, 0].shape, dtype=np.intp),
    )


@one_blas_thread()
def log_gdp(points: Sequence[PathPoint]) -> tuple[Float, Float]:
    """Log change of real GDP along a path, with all polynomials and without the last.

    Eq. (29), Eq. (30).

    Parameters
    ----------
    points : sequence of PathPoint
        At :func:`chebyshev_parts` of the shock, the beginning included.

    Returns
    -------
    ndarray, ndarray, each of shape (B, N)
    """
    points = _continued(points)
    change = points[-1].real - points[0].real
    pairs = _pairs(points)
    full, truncated = (
        np.asarray(change - np.einsum("jk,jkbn->bn", weight, pairs) - _taxed_terms(points, weight))
        for weight in _pair_weights(len(points) - 1)
    )
    return full, truncated


# ---------------------------------------------------------------------- helpers
def _point(
    *,
    flow: Float,
    nominal: Float,
    cost: Float,
    final_price: Float,
    export_tax: Float,
    solution: Solution,
    taxed: Index,
    component: Index,
) -> PathPoint:
    s, i, n = taxed.T
    theta = solution.problem.theta[:, s, 0]
    home = np.arange(flow.shape[-1])
    abroad = np.array(flow)
    abroad[:, :, home, home] = 0.0
    share = abroad[:, s, i, n] / np.stack([nominal[:, i], nominal[:, n]])
    rate = np.broadcast_to(solution.base.export_tax, flow.shape[1:])[s, i, n]
    log_tax = np.log1p(export_tax[:, s, i, n]) - np.log1p(rate)
    return PathPoint(
        real=np.log(nominal) - final_price,
        cost=cost,
        final_price=final_price,
        exports=abroad.sum(axis=3) / nominal[:, None, :],
        imports=abroad / nominal[:, None, None, :],
        taxed_share=share,
        log_tax=log_tax,
        theta=theta,
        taxed=taxed,
        component=component,
    )


def _continued(points: Sequence[PathPoint]) -> list[PathPoint]:
    """Continue prices between groups that no longer trade from before.

    Shares are zero there: only smoothness is at stake. Prices within a group move together.
    """
    continued = [points[0]]
    for point in points[1:]:
        previous = continued[-1]
        shift = np.zeros_like(point.final_price)
        if point.component.any():
            gap = (previous.cost - point.cost).mean(axis=1)
            for group in range(int(point.component.max()) + 1):
                member = point.component == group
                size = np.maximum(member.sum(axis=1), 1)
                shift += member * ((member * gap).sum(axis=1) / size)[:, None]
        continued.append(
            replace(
                point,
                cost=point.cost + shift[:, None, :],
                final_price=point.final_price + shift,
            )
        )
    return continued


def _pair_weights(links: int) -> tuple[Float, Float]:
    """Weights of shares (rows) and log prices (columns) at the points, (K + 1, K + 1).

    With all polynomials, and without the last, the values at both ends kept.
    """
    order = np.arange(links + 1)
    j, k = np.meshgrid(order, order, indexing="ij")
    is_odd = (j + k) % 2 == 1
    integral = np.where(is_odd, 2.0 * k**2 / np.where(is_odd, k**2 - j**2, 1), 0.0)
    coefficients = np.linalg.inv(chebvander(2.0 * chebyshev_parts(links) - 1.0, links))
    # Its coefficient goes to the last but one, which has the same values at both ends.
    lower = np.array(coefficients[:-1])
    if links > 1:
        lower[-2] += coefficients[-1]
    return (
        coefficients.T @ integral @ coefficients,
        lower.T @ integral[:-1, :-1] @ lower,
    )


def _pairs(points: Sequence[PathPoint]) -> Float:
    """Shares at one point times log prices at another, exports less imports, (K, K, B, N)."""
    cost = np.stack([point.cost for point in points], axis=1)  # (B, K, S, N)
    price = np.stack([point.final_price for point in points])
    flat = cost.reshape(*cost.shape[:2], -1)
    rows = []
    for point in points:
        imports = point.imports.reshape(len(flat), flat.shape[2], -1)
        exports = np.einsum("bsn,bksn->kbn", point.exports, cost)
        balance = point.exports.sum(axis=1) - imports.sum(axis=1)
        rows.append(exports - (flat @ imports).transpose(1, 0, 2) - balance * price)
    return np.stack(rows)


def _taxed_terms(points: Sequence[PathPoint], weight: Float) -> Float:
    """Integrals of export taxes and rents: of sellers, less those of buyers, (B, N)."""
    taxed, theta = points[0].taxed, points[0].theta
    if not len(taxed):
        return np.zeros_like(points[0].real)
    share = np.stack([point.taxed_share for point in points])
    log_tax = np.stack([point.log_tax for point in points])
    moves = (np.abs(log_tax).max(axis=0) > NO_TAX) & (theta > 0.0)
    per_share = np.where(moves, 1.0 / np.where(moves, theta, 1.0), 0.0)
    is_open = share > 0.0
    price = log_tax[:, None] + per_share * np.log(np.where(is_open, share, 1.0))
    price[0] = np.where(is_open[0], price[0], 0.0)
    for k in range(1, len(points)):
        # A closed flow has no weight: its price goes on as before.
        price[k] = np.where(is_open[k], price[k], price[k - 1])
    terms = np.einsum("jk,jxbc,kxbc->xbc", weight, share, price)
    terms -= per_share * (share[-1] - share[0])
    regions = np.arange(points[0].real.shape[1])
    sellers, buyers = (taxed[:, axis, None] == regions for axis in (1, 2))
    return np.asarray(terms[0] @ sellers - terms[1] @ buyers)
