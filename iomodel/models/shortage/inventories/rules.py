r"""Daily behaviour: what limits production, how much is ordered, and how capacity moves.

All in fractions of base output and days of base use. With stock :math:`u`, days of cover
:math:`n`, criticality :math:`\gamma`, capacity :math:`\kappa` and demand :math:`d`:

Contracts
    input limit :math:`\kappa - \max_i \gamma_i (\kappa - u_i)^+`; orders are current needs,
    :math:`o_i = d` as far as capacity goes before cuts, and nothing else: those of
    :math:`\tau \to \infty` below. Stocks are spent, never rebuilt at the cost of somebody's current
    needs, and nobody is fired for want of inputs. What a customer who is stopped by something else
    cannot use goes to his stock, as in closure possible of the bottleneck model, which is where the
    path ends when stocks are used up.
Pichler et al. [PichlerEtAl2022]_
    the same input limit, orders :math:`o_i = (d + (n - u_i) / \tau)^+`, and capacity follows the
    workforce, hired and fired at :math:`1/30` and :math:`2/30` a day.
ARIO [Hallegatte2008]_ [Juhel2024]_
    production is cut as soon as stocks fall below :math:`\psi` of their target,
    :math:`x^{opt} (1 - \max_i \gamma_i (1 - u_i / (\psi n x^{opt}))^+)`; orders replace what was
    used and close the gap to target over :math:`\tau` days; scarcity raises overproduction.

Criticality of 1 or 0 for inputs rated important gives the strong and the weak reading of
[PichlerEtAl2022]_, 0.5 the half-critical one, and 1 for all inputs Leontief's; the linear rule, in
which any input stands in for any other, limits output to the mean of stocks weighted by value,
:math:`\sum_i S_i / \sum_i A_i`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.typing import Float

__all__ = ["VARIANTS", "Behaviour", "capacity_next", "orders_next", "producible"]

VARIANTS = ("contracts", "pichler", "ario")


@dataclass(frozen=True)
class Behaviour:
    """Parameters of the daily rules.

    Attributes
    ----------
    variant : {"contracts", "pichler", "ario"}
    restocking_days : float
        Days over which a gap between stock and target is ordered; not of contracts.
    psi : float
        ARIO: fraction of target stock below which production suffers, in (0, 1].
    overproduction : float
        Highest capacity relative to base, at least 1.
    overproduction_days : float
        Days to build it up: in a straight line from the first day of a cut (contracts), or as
        scarcity asks for (ARIO).
    hiring, firing : float
        Pichler: adjustment of the workforce per day.
    resourcing : float
        Share of orders refused at a border that finally go to other origins, in [0, 1].
    resourcing_days : float
        Days to find them, in a straight line from the first day of a cut.
    recycling_days : float
        Days to build up recycling, likewise.
    intermediate_first : bool
        Whether industries are served before final demand.
    linear : bool
        Whether any input stands in for any other.
    """

    variant: str = "contracts"
    restocking_days: float = 10.0
    psi: float = 0.8
    overproduction: float = 1.0
    overproduction_days: float = 365.0
    hiring: float = 1.0 / 30.0
    firing: float = 2.0 / 30.0
    resourcing: float = 0.0
    resourcing_days: float = 90.0
    recycling_days: float = 365.0
    intermediate_first: bool = False
    linear: bool = False


def producible(rule: Behaviour, wanted: Float, stock: Float, cover: Float, weight: Float) -> Float:
    """Return what stocks allow of the wanted output, (n, B).

    Parameters
    ----------
    rule : Behaviour
    wanted : ndarray, shape (n, B)
        Output that capacity, and for ARIO demand, allow.
    stock, cover : ndarray, shape (S, n, B) and (S, n)
        Days of use held and aimed at.
    weight : ndarray, shape (S, n)
        Criticality of every product for every industry; for linear production its share in what
        the industry buys.
    """
    if rule.linear:
        short = np.einsum("sn,snb->nb", weight, wanted - stock)
        return np.asarray(wanted - np.maximum(short, 0.0))
    if rule.variant != "ario":
        short = wanted - stock
        np.maximum(short, 0.0, out=short)
        short *= weight[:, :, None]
    else:
        # Under a day of stock no rule can ask for less than the day's own use.
        goal = np.maximum(rule.psi * cover, 1.0)[:, :, None] * wanted
        part = np.divide(stock, goal, out=np.ones_like(stock), where=goal > stock)
        short = weight[:, :, None] * (1.0 - part) * wanted
    return np.asarray(wanted - short.max(axis=0))


def orders_next(
    rule: Behaviour, made: Float, demand: Float, capacity: Float, stock: Float, cover: Float
) -> Float:
    """Return the next day's orders in days of base use, (S, n, B); `capacity` bounds needs."""
    if rule.variant == "contracts":
        return np.broadcast_to(np.minimum(demand, capacity), stock.shape)
    aim = cover[:, :, None]
    if rule.variant == "pichler":
        orders = aim - stock
        orders /= rule.restocking_days
        orders += demand
        return np.maximum(orders, 0.0, out=orders)
    gap = np.maximum(aim * np.minimum(demand, capacity) - stock, 0.0)
    return np.asarray(made + gap / rule.restocking_days)


def capacity_next(
    rule: Behaviour, capacity: Float, possible: Float, demand: Float, made: Float, since: Float
) -> Float:
    """Return the next day's capacity relative to base, before cuts, (n, B).

    Parameters
    ----------
    rule : Behaviour
    capacity : ndarray, shape (n, B)
        Today's.
    possible : ndarray, shape (n, B)
        Output that inputs would allow with all hands.
    demand, made : ndarray, shape (n, B)
        Demand and output relative to base.
    since : ndarray, shape (B,)
        Days so far on which something was cut.
    """
    if rule.variant == "contracts":
        built = np.minimum(since / rule.overproduction_days, 1.0)
        return np.broadcast_to(1.0 + (rule.overproduction - 1.0) * built, capacity.shape)
    if rule.variant == "pichler":
        gap = np.minimum(possible, demand) - capacity
        new = capacity + np.where(gap > 0, rule.hiring, rule.firing) * gap
        return np.clip(new, 0.0, rule.overproduction)
    scarcity = np.divide(
        demand - made, demand, out=np.zeros_like(demand), where=demand > made * (1 + 1e-12)
    )
    goal = np.where(scarcity > 0, (rule.overproduction - capacity) * scarcity, 1.0 - capacity)
    return np.asarray(capacity + goal / rule.overproduction_days)
