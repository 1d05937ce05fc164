"""Who gets what of a shortage, and what is produced of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import SolverError
from iomodel.models.shortage.allocation.fixed_point import FULL_PASSES, TOLERANCE, Shortage
from iomodel.models.shortage.allocation.supply import Supply
from iomodel.typing import Float

__all__ = ["Sales", "sales"]


@dataclass(frozen=True, eq=False)
class Sales:
    """Who gets what.

    Attributes
    ----------
    activity : ndarray, shape (R, S)
        Output relative to base.
    lost : ndarray, shape (R, S, R)
        Fall of sales by product between regions, final deliveries included.
    lost_final : ndarray, shape (R, S, R)
        Fall of final deliveries.
    """

    activity: Float
    lost: Float
    lost_final: Float


def sales(supply: Supply, found: Shortage, *, sold_only: bool) -> Sales:
    """Return who gets what, and what is produced of it.

    Users of a product are served by the rule; industries that something else holds back take no
    more than they can use.

    Parameters
    ----------
    supply : Supply
    found : Shortage
    sold_only : bool
        Whether producers make only what is bought; else they produce what they can, and what
        nobody buys goes to stock.

    Returns
    -------
    Sales

    Raises
    ------
    SolverError
        If sales do not converge.
    """
    possible = 1.0 - found.loss
    missing, missing_final = supply.missing(found.loss)
    replaced = _Replaced(supply, found, missing, missing_final)
    available = 1.0 - found.gap
    final = supply.final * missing_final
    activity, change = possible, np.inf
    for _ in range(FULL_PASSES):
        used = np.minimum(activity[None], available)
        share = np.divide(used, available, out=np.zeros_like(used), where=available > 0)
        # What users leave of their share; nobody can leave what never reaches him.
        unsold = supply.unsold(missing, 1.0 - share)
        anew, anew_final = replaced.deliveries(share)
        lost = unsold + final - anew
        fall = lost.sum(axis=2)
        fall = np.divide(fall, supply.output, out=np.zeros_like(fall), where=supply.output > 0)
        new = np.maximum(1.0 - fall, 0.0) if sold_only else np.maximum(possible, 1.0 - fall)
        change = float(np.max(np.abs(activity - new), initial=0.0))
        activity = new
        if change <= TOLERANCE / 100 or not sold_only:
            return Sales(activity, lost, final - anew_final)
    raise SolverError(f"sales still change by {change:.1e} after {FULL_PASSES} passes")


class _Replaced:
    """Deliveries that take the place of what is missing: from home, and from idle capacity."""

    def __init__(
        self, supply: Supply, found: Shortage, missing: Float, missing_final: Float
    ) -> None:
        self.home, self.world = found.home, (1.0 - found.home) * found.world
        self.any = bool(self.home.any() or self.world.any()) and bool(missing.any())
        self.short = supply.unserved(missing)
        self.short_final = (supply.final * missing_final).sum(axis=0)
        origin = supply.free * (1.0 - found.loss)
        pool = origin.sum(axis=0)
        self.origin = np.divide(origin, pool, out=np.zeros_like(origin), where=pool > 0)

    def deliveries(self, share: Float) -> tuple[Float, Float]:
        """Return them by origin, product and region: all, and those to final users."""
        R, S = self.origin.shape
        if not self.any:
            return np.zeros((R, S, R)), np.zeros((R, S, R))
        wanted = (self.short * share).sum(axis=2)
        parts = []
        for amount in (wanted, self.short_final):
            part = self.origin[:, :, None] * (self.world * amount)[None]
            own = np.arange(R)
            part[own, :, own] += (self.home * amount).T
            parts.append(part)
        return parts[0] + parts[1], parts[1]
