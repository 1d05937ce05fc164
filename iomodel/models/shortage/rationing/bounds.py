"""Upper bounds of the rationing programme's variables, written as losses from the most possible.

Variables, in this order, each between zero and its bound: output lost (R x S), shipments dropped,
final use lost (S x R), needs saved for criticality between zero and one, and idle capacity left
idle (R x S) if there is any. With criticality one, needs follow output and are no variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iomodel.models.shortage.allocation import ConstrainedEconomy
from iomodel.typing import Bool, Float, Index

__all__ = ["TOLERANCE", "Bounds", "Limits", "bounds_of"]


# Feasibility tolerance of HiGHS.
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Limits:
    """Growth allowed beyond the base, and whether output has to be sold.

    Attributes
    ----------
    idle : float
        Idle capacity, as a fraction of base output.
    resourcing : float
        Fraction by which a delivery that no cut touches may grow.
    sold : bool
        Whether output has to be sold.
    """

    idle: float = 0.0
    resourcing: float = 0.0
    sold: bool = False


@dataclass(frozen=True, eq=False)
class Bounds:
    """Largest possible flows, in the programme's unit of account.

    Attributes
    ----------
    output, most, idle : ndarray, shape (R, S)
        Base output, the largest that capacity allows, and its part that is idle in the base.
    withdrawal : ndarray, shape (R, S)
        Withdrawals from stocks in the base.
    base, caps : ndarray, shape (R, S, R)
        Base shipments, and the largest that are allowed.
    cut : ndarray of bool, shape (R, S, R)
        Shipments that a cut limits.
    final : ndarray, shape (S, R)
        Base final use, origins pooled.
    use_per_output : ndarray, shape (S, R, S)
        Base use per unit of the user's output.
    need : ndarray, shape (S, R, S)
        Need of each input at the largest output; below zero if there is none.
    steep : ndarray, shape (S, R, S)
        Need saved by a unit of output lost.
    linear : ndarray of bool, shape (S, R, S)
        Needs that follow output.
    """

    output: Float
    most: Float
    idle: Float
    withdrawal: Float
    base: Float
    caps: Float
    cut: Bool
    final: Float
    use_per_output: Float
    need: Float
    steep: Float
    linear: Bool

    @cached_property
    def flow(self) -> tuple[Index, Index, Index]:
        """Positions of the shipments that exist."""
        r, i, s = np.nonzero(self.caps > 0)
        return r, i, s

    @cached_property
    def kinked(self) -> tuple[Index, Index, Index]:
        """Positions of needs that reach zero before output does."""
        i, s, j = np.nonzero((self.need > 0) & ~self.linear)
        return i, s, j

    @cached_property
    def upper(self) -> Float:
        """Bounds of all variables."""
        used = self.most - self.idle
        losses = used.reshape(-1), self.caps[self.flow], self.final.reshape(-1)
        idle = [self.idle.reshape(-1)] if self.idle.any() else []
        return np.concatenate([*losses, self.need[self.kinked], *idle])


def bounds_of(economy: ConstrainedEconomy, limits: Limits, unit: float) -> Bounds:
    """Return the bounds of the programme.

    Parameters
    ----------
    economy : ConstrainedEconomy
    limits : Limits
    unit : float
        Unit of account, in the table's unit.
    """
    R = economy.output.shape[0]
    output, base = economy.output / unit, (economy.intermediate + economy.final) / unit
    idle = economy.capacity * limits.idle
    capacity = economy.capacity + idle
    caps = base * np.where(economy.delivered < 1.0, economy.delivered, 1.0 + limits.resourcing)
    region = np.arange(R)
    # Deliveries that the border stops are available to the exporter's own users.
    caps[region, :, region] += economy.blocked_sales / unit
    use = economy.use / unit
    shape = use.shape
    use_per_output = np.divide(use, output[None], out=np.zeros(shape), where=output[None] > 0)
    gamma = np.broadcast_to(economy.gamma[:, None, :], shape)
    rated = (gamma > 0) & (use_per_output > 0)
    steep = np.divide(use_per_output, gamma, out=np.zeros(shape), where=rated)
    need = steep * ((capacity - np.maximum(capacity, 1.0) * (1.0 - gamma)) * output)
    return Bounds(
        output=output,
        most=capacity * output,
        idle=idle * output,
        withdrawal=economy.stock_withdrawal / unit,
        base=base,
        caps=caps,
        cut=economy.delivered < 1.0,
        final=economy.final.sum(axis=0) / unit,
        use_per_output=use_per_output,
        need=need,
        steep=steep,
        linear=rated & (gamma == 1.0),
    )
