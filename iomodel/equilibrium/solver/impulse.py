"""Impact of a small shock at unchanged factor prices, costs and spending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float, Index

__all__ = ["Impulse", "rent_impulse", "shock_impulse"]


@dataclass(frozen=True)
class Impulse:
    """Direct differentials of a shock; axes of one are repeated.

    Attributes
    ----------
    price : ndarray, shape (C, S, D)
        Of log prices to users.
    sold : ndarray, shape (C, S, N)
        Of receipts of industries.
    paid : ndarray, shape (C, S, D)
        Of purchases before duty.
    rents : ndarray, shape (C, N)
        Of export taxes.
    bought : ndarray, shape (C, N)
        Of rents that buyers hold.
    productivity, endowment : ndarray, shape (C, S, N)
        Of logs.
    push : ndarray, shape (C, K)
        Of log quantity of each capped flow.
    """

    price: Float
    sold: Float
    paid: Float
    rents: Float
    bought: Float
    productivity: Float
    endowment: Float
    push: Float


def rent_impulse(
    problem: Problem, share: Float, flow: Float, sold: Float, columns: Float
) -> Impulse:
    """Impulse of quota rents.

    Parameters
    ----------
    problem : Problem
    share, flow, sold : ndarray, shape (S, I, D)
        At the trial: of origins, before duty, and received.
    columns : ndarray, shape (C, G)
        Differentials of log rents.

    Returns
    -------
    Impulse
    """
    zero, C = np.zeros((1, 1, 1)), len(columns)
    if not len(problem.caps.cells):
        return Impulse(zero, zero, zero, zero[0], zero[0], zero, zero, np.zeros((C, 0)))
    (S, N), U = problem.base.shape, problem.base.users
    s, i, n = problem.caps.cells.T
    log_rent = problem.caps.spread(columns).T  # (K, C)
    theta = problem.theta[0, s]  # (K, 1)
    # A fancy index around a slice puts the flows before the users: (K, U).
    shares, border, received = (by_user(a, N)[s, i, :, n] for a in (share, flow, sold))
    gross, net = border.sum(axis=1)[:, None], received.sum(axis=1)[:, None]
    paid = -(theta * border)[..., None] * log_rent[:, None]
    sales = -(1.0 + theta) * net * log_rent
    rents = (net - theta * (gross - net)) * log_rent
    bought = np.zeros_like(rents)
    if not problem.caps.sellers_hold_all:
        changes = problem.caps.share_impulses(problem.rent, columns)
        border_change, burnt_change = (change.T for change in changes)
        paid += border[..., None] * border_change[:, None]
        sales += net * burnt_change
        rents += gross * border_change - net * burnt_change
        # Of (border price / border share - border price) times the quantity at unchanged spending.
        rate, duty = problem.bought_rent.T, 1.0 + problem.tariff[:, s, i, n].T
        bought = gross * duty * (-theta * rate * log_rent - border_change)

    def by_destination(values: Float) -> Float:
        """Sum (K, U, C) over flows to a user, (C, S, D)."""
        total = _sums(values.reshape(len(s), -1), s * N + n, S * N).reshape(S, N, U, C)
        return total.transpose(3, 0, 2, 1).reshape(C, S, -1)

    return Impulse(
        price=by_destination(shares[..., None] * log_rent[:, None]),
        sold=_sums(sales, s * N + i, S * N).T.reshape(C, S, N),
        paid=by_destination(paid),
        rents=_sums(rents, i, N).T,
        bought=_sums(bought, n, N).T,
        productivity=zero,
        endowment=zero,
        push=(-(1.0 + theta) * log_rent).T,
    )


def shock_impulse(
    problem: Problem,
    share: Float,
    flow: Float,
    sold: Float,
    *,
    duty: ArrayLike,
    trade_cost: ArrayLike,
    export_tax: ArrayLike,
    productivity: ArrayLike,
    endowment: ArrayLike,
) -> Impulse:
    """Impulse of one shock, as a batch of one.

    Parameters
    ----------
    problem : Problem
    share, flow, sold : ndarray, shape (S, I, D)
        At the base: of origins, before duty, and received.
    duty, trade_cost, export_tax : array-like, shape (S, I, N)
        Differentials of logs, of one plus the rate for taxes.
    productivity, endowment : array-like, shape (S, N)
        Differentials of logs.

    Returns
    -------
    Impulse
    """
    (S, N), U = problem.base.shape, problem.base.users

    def cube(value: ArrayLike) -> Float:
        return np.tile(np.broadcast_to(np.asarray(value, dtype=np.float64), (S, N, N)), U)

    def plane(value: ArrayLike) -> Float:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (S, N))[None]

    tau, tax = cube(duty), cube(export_tax)
    cost = tau + tax + cube(trade_cost)
    diverted = problem.theta[0][:, :, None] * cost + tau
    rents = sold * tax - (flow - sold) * diverted
    return Impulse(
        price=(share * cost).sum(axis=1)[None],
        sold=-(sold * (diverted + tax)).sum(axis=2)[None],
        paid=-(flow * diverted).sum(axis=1)[None],
        rents=rents.sum(axis=(0, 2))[None],
        bought=np.zeros((1, N)),
        productivity=plane(productivity),
        endowment=plane(endowment),
        push=-(diverted + tax)[tuple(problem.caps.cells.T)][None],
    )


# ---------------------------------------------------------------------- helpers
def _sums(values: Float, places: Index, size: int) -> Float:
    """Sum rows of values (K, C) at their places, (size, C)."""
    columns = values.shape[1]
    cells = places[:, None] * columns + np.arange(columns)
    sums = np.bincount(cells.reshape(-1), values.reshape(-1), size * columns)
    return np.asarray(sums.reshape(size, columns), dtype=np.float64)
