r"""Daily behaviour of industries: limits of production, orders, and adjustment of capacity.

All in fractions of base output and days of base use. With stock :math:`u`, days of cover
:math:`n`, criticality :math:`\gamma`, capacity :math:`\kappa` and demand :math:`d`:

Contracts
    input limit :math:`\kappa - \max_i \gamma_i (\kappa - u_i)^+`; orders are current needs only,
    :math:`o_i = d` up to capacity before cuts: the limit :math:`\tau \to \infty` below. Stocks are
    spent, never rebuilt at the cost of another user's current needs, and no worker is fired for
    lack of inputs. Deliveries that a customer cannot use, because another constraint binds, go to
    its stock, as in closure possible of the bottleneck model, the limit of the path when stocks are
    used up.
Pichler et al. [PichlerEtAl2022]_
    input limit :math:`x^{inp} = \min_i [ \gamma_i u_i + (1 - \gamma_i) \kappa_0 ]` over the inputs
    with :math:`\gamma_i > 0`, where :math:`\kappa_0 = 1` is capacity in the base: an input of
    :math:`\gamma = 1/2` limits output to :math:`(u + \kappa_0) / 2`. Output is
    :math:`\min(\kappa, x^{inp}, d)`, orders are :math:`o_i = (d + (n - u_i) / \tau)^+`, and
    capacity is that of the workforce, which closes :math:`1/30` of a gap
    :math:`\min(x^{inp}, d) - \kappa` by hiring or :math:`2/30` by firing a day.
ARIO [Hallegatte2008]_ [Juhel2024]_
    production is cut as soon as stocks fall below :math:`\psi` of their target,
    :math:`x^{opt} (1 - \max_i \gamma_i (1 - u_i / (\psi n x^{opt}))^+)`; orders replace use
    and close the gap to target over :math:`\tau` days; scarcity raises overproduction.

Criticality of 1 or 0 for inputs rated important gives the strong and the weak reading of
[PichlerEtAl2022]_, 0.5 the half-critical one, and 1 for all inputs Leontief's. Under the linear
rule all inputs are substitutes, and the mean of stocks weighted by value limits output,
:math:`\sum_i S_i / \sum_i A_i`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from iomodel.typing import Float

__all__ = ["VARIANTS", "Behaviour", "input_limit", "next_capacity", "next_orders", "producible"]

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
        Days until that share is reached, in a straight line from the first day of a cut.
    recycling_days : float
        Days to build up recycling, likewise.
    intermediate_first : bool
        Whether industries are served before final demand.
    linear : bool
        Whether all inputs are substitutes for each other.
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

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters for the record of a run; without restocking there are no days for it."""
        parameters = asdict(self)
        # Recorded as the option that sets it, ``rationing``.
        del parameters["intermediate_first"]
        if np.isinf(self.restocking_days):
            del parameters["restocking_days"]
        return parameters


def producible(
    behaviour: Behaviour, target: Float, stock: Float, cover: Float, weight: Float
) -> Float:
    """Return the output that stocks allow, (n, B).

    Parameters
    ----------
    behaviour : Behaviour
    target : ndarray, shape (n, B)
        Output that capacity, and for ARIO demand, allow.
    stock, cover : ndarray, shape (S, n, B) and (S, n)
        Actual and target stocks, in days of use.
    weight : ndarray, shape (S, n)
        Criticality of every product for every industry; for linear production its share in the
        industry's purchases.
    """
    if behaviour.variant == "pichler":
        return np.minimum(target, input_limit(behaviour, stock, weight))
    if behaviour.linear:
        shortage = np.einsum("sn,snb->nb", weight, target - stock)
        return np.asarray(target - np.maximum(shortage, 0.0))
    if behaviour.variant != "ario":
        shortage = target - stock
        np.maximum(shortage, 0.0, out=shortage)
        shortage *= weight[:, :, None]
    else:
        # Under a day of stock no rule can ask for less than the day's own use.
        threshold = np.maximum(behaviour.psi * cover, 1.0)[:, :, None] * target
        ratio = np.divide(stock, threshold, out=np.ones_like(stock), where=threshold > stock)
        shortage = weight[:, :, None] * (1.0 - ratio) * target
    return np.asarray(target - shortage.max(axis=0))


def input_limit(behaviour: Behaviour, stock: Float, weight: Float) -> Float:
    """Pichler: output that stocks allow at any workforce, (n, B), infinite without rated inputs.

    Equations (9) to (14) of [PichlerEtAl2022]_. Parameters are those of :func:`producible`.
    """
    bound = weight[:, :, None] > 0
    if behaviour.linear:
        mean_stock = np.einsum("sn,snb->nb", weight, stock)
        return np.where(bound.any(axis=0), mean_stock, np.inf)
    limit = weight[:, :, None] * (stock - 1.0) + 1.0
    return np.asarray(np.min(limit, axis=0, where=bound, initial=np.inf))


def next_orders(
    behaviour: Behaviour,
    output: Float,
    demand: Float,
    capacity: Float,
    stock: Float,
    cover: Float,
) -> Float:
    """Return the next day's orders in days of base use, (S, n, B); `capacity` bounds needs."""
    if behaviour.variant == "contracts":
        return np.broadcast_to(np.minimum(demand, capacity), stock.shape)
    target = cover[:, :, None]
    if behaviour.variant == "pichler":
        orders = target - stock
        orders /= behaviour.restocking_days
        orders += demand
        return np.maximum(orders, 0.0, out=orders)
    gap = np.maximum(target * np.minimum(demand, capacity) - stock, 0.0)
    return np.asarray(output + gap / behaviour.restocking_days)


def next_capacity(
    behaviour: Behaviour,
    capacity: Float,
    possible: Float,
    demand: Float,
    output: Float,
    cut_days: Float,
) -> Float:
    """Return the next day's capacity relative to base, before cuts, (n, B).

    Parameters
    ----------
    behaviour : Behaviour
    capacity : ndarray, shape (n, B)
        Today's.
    possible : ndarray, shape (n, B)
        Pichler: output that inputs allow at any workforce.
    demand, output : ndarray, shape (n, B)
        Relative to base.
    cut_days : ndarray, shape (B,)
        Days with a cut so far.
    """
    if behaviour.variant == "contracts":
        built = np.minimum(cut_days / behaviour.overproduction_days, 1.0)
        return np.broadcast_to(1.0 + (behaviour.overproduction - 1.0) * built, capacity.shape)
    if behaviour.variant == "pichler":
        gap = np.minimum(possible, demand) - capacity
        adjusted = capacity + np.where(gap > 0, behaviour.hiring, behaviour.firing) * gap
        return np.clip(adjusted, 0.0, behaviour.overproduction)
    scarcity = np.divide(
        demand - output, demand, out=np.zeros_like(demand), where=demand > output * (1 + 1e-12)
    )
    growth = np.where(
        scarcity > 0, (behaviour.overproduction - capacity) * scarcity, 1.0 - capacity
    )
    return np.asarray(capacity + growth / behaviour.overproduction_days)
