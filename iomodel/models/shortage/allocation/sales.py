"""Sales and output after rationing, with replacement deliveries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import SolverError
from iomodel.models.shortage.allocation.downstream_losses import (
    FULL_PASSES,
    TOLERANCE,
    DownstreamLosses,
)
from iomodel.models.shortage.allocation.economy import ConstrainedEconomy
from iomodel.models.shortage.allocation.rules import lost_shares, sales_loss, unmet_use
from iomodel.typing import Float

__all__ = ["Sales", "sales"]


# Largest accepted output beyond what is possible, as a share of world output: rounding at the fixed
# point of losses.
EXCESS = 1e-10


@dataclass(frozen=True, eq=False)
class Sales:
    """Output, and the fall of sales by destination.

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


def sales(economy: ConstrainedEconomy, losses: DownstreamLosses, *, sold_only: bool) -> Sales:
    """Return sales under the rationing rule, and the output behind them.

    Industries that another constraint binds take no more of an input than they can use.

    Parameters
    ----------
    economy : ConstrainedEconomy
    losses : DownstreamLosses
    sold_only : bool
        Whether producers make only goods that are bought; else they produce as much as they can,
        and unsold goods go to stock.

    Returns
    -------
    Sales

    Raises
    ------
    SolverError
        If sales do not converge, or need more than producers can make.
    """
    possible = 1.0 - losses.loss
    lost, lost_final = lost_shares(economy, losses.loss)
    replacement = _Replacement(economy, losses, lost, lost_final)
    available = 1.0 - losses.gap
    final_loss = economy.final * lost_final
    activity, change = possible, np.inf
    for _ in range(FULL_PASSES):
        used = np.minimum(activity[None], available)
        uptake = np.divide(used, available, out=np.zeros_like(used), where=available > 0)
        # Users can leave unused only deliveries that reach them.
        unsold = sales_loss(economy, lost, 1.0 - uptake)
        replaced, replaced_final = replacement.deliveries(uptake)
        total_loss = unsold + final_loss - replaced
        fall = total_loss.sum(axis=2)
        fall = np.divide(fall, economy.output, out=np.zeros_like(fall), where=economy.output > 0)
        floor = 0.0 if sold_only else possible
        next_activity = np.maximum(1.0 - fall, floor)
        change = float(np.max(np.abs(activity - next_activity), initial=0.0))
        activity = next_activity
        if change <= TOLERANCE / 100 or not sold_only:
            _refuse_excess(economy, possible, activity)
            return Sales(activity, total_loss, final_loss - replaced_final)
    raise SolverError(f"sales still change by {change:.1e} after {FULL_PASSES} passes")


def _refuse_excess(economy: ConstrainedEconomy, possible: Float, activity: Float) -> None:
    """Refuse output beyond what inputs, cuts and idle capacity leave."""
    idle = economy.resourcing * np.where(economy.uncut_output > 0, possible, 0.0)
    excess = economy.output * (activity - possible - idle)
    if float(excess.max(initial=0.0)) > EXCESS * float(economy.output.sum()):
        r, s = np.unravel_index(int(excess.argmax()), excess.shape)
        raise SolverError(
            f"the rule {economy.rule!r} has industry {s + 1} of region {r + 1} sell "
            f"{excess[r, s]:.3g} more than it can make; this should not happen, please report the "
            "scenario"
        )


class _Replacement:
    """Deliveries that replace unmet demand, from withheld exports and from idle capacity."""

    def __init__(
        self,
        economy: ConstrainedEconomy,
        losses: DownstreamLosses,
        lost: Float,
        lost_final: Float,
    ) -> None:
        self.at_home = losses.replaced_at_home
        self.abroad = (1.0 - self.at_home) * losses.replaced_abroad
        self.any = bool(self.at_home.any() or self.abroad.any()) and bool(lost.any())
        self.unmet = unmet_use(economy, lost)
        self.unmet_final = (economy.final * lost_final).sum(axis=0)
        origin = economy.uncut_output * (1.0 - losses.loss)
        pool = origin.sum(axis=0)
        self.origin_share = np.divide(origin, pool, out=np.zeros_like(origin), where=pool > 0)

    def deliveries(self, uptake: Float) -> tuple[Float, Float]:
        """Return deliveries by origin, product and region: all, and those to final users."""
        R, S = self.origin_share.shape
        if not self.any:
            return np.zeros((R, S, R)), np.zeros((R, S, R))
        intermediate, final = (
            self._delivered(demand)
            for demand in ((self.unmet * uptake).sum(axis=2), self.unmet_final)
        )
        return intermediate + final, final

    def _delivered(self, demand: Float) -> Float:
        """Return replacement of a demand (S, R) by origin, (R, S, R)."""
        delivered: Float = self.origin_share[:, :, None] * (self.abroad * demand)[None]
        region = np.arange(len(delivered))
        delivered[region, :, region] += (self.at_home * demand).T
        return delivered
