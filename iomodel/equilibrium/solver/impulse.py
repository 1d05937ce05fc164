"""Impact of a small shock at unchanged factor prices, costs and spending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float

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
    price, paid = np.zeros((2, S, U, N, C))
    sales, rents, bought = np.zeros((S, N, C)), np.zeros((N, C)), np.zeros((N, C))
    s, i, n = problem.caps.cells.T
    log_rent = problem.caps.spread(columns).T  # (K, C)
    theta = problem.theta[0, s]  # (K, 1)
    # A fancy index around a slice puts the flows before the users: (K, U).
    shares, border, received = (by_user(a, N)[s, i, :, n] for a in (share, flow, sold))
    user: Any = (s, slice(None), n)
    np.add.at(price, user, shares[..., None] * log_rent[:, None])
    np.add.at(paid, user, -(theta * border)[..., None] * log_rent[:, None])
    gross, net = border.sum(axis=1)[:, None], received.sum(axis=1)[:, None]
    np.add.at(sales, (s, i), -(1.0 + theta) * net * log_rent)
    np.add.at(rents, i, (net - theta * (gross - net)) * log_rent)
    if not problem.caps.sellers_hold_all:
        changes = problem.caps.share_impulses(problem.rent, columns)
        border_change, burnt_change = (change.T for change in changes)
        np.add.at(paid, user, border[..., None] * border_change[:, None])
        np.add.at(sales, (s, i), net * burnt_change)
        np.add.at(rents, i, gross * border_change - net * burnt_change)
        # Of (border price / border share - border price) times the quantity at unchanged spending.
        rate, duty = problem.bought_rent.T, 1.0 + problem.tariff[:, s, i, n].T
        np.add.at(bought, n, gross * duty * (-theta * rate * log_rent - border_change))
    return Impulse(
        price=np.moveaxis(price, 3, 0).reshape(C, S, -1),
        sold=np.moveaxis(sales, 2, 0),
        paid=np.moveaxis(paid, 3, 0).reshape(C, S, -1),
        rents=rents.T,
        bought=bought.T,
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
