r"""Armington re-sourcing after changes of delivered prices and cuts of deliveries.

Every user (an industry or a final use of region :math:`m`) buys product :math:`s` from the origins
:math:`i` in quantities :math:`z_i`. With producer prices fixed, the price factor :math:`k_i` on
delivery, the trade elasticity :math:`\theta_s = \sigma_s - 1` [Armington1969]_ and the limit
:math:`q_i` on deliveries (no limit if :math:`q_i = 1`), the user buys

.. math:: z'_i = z_i \min(\kappa_i c,\, q_i), \qquad \kappa_i = k_i^{-\sigma_s},

closure *diverted*
    :math:`c` is such that the total use of the product is kept, :math:`\sum_i z'_i = \sum_i z_i`.
    If every supplier is at his limit there is none to divert to: the product is lost, and the
    shortfall is reported. A duty on a sole supplier changes nothing.
closure *lost*
    nobody steps in: :math:`z'_i = z_i \min(1, \kappa_i c, q_i)` for deliveries that are cut or
    become dearer (:math:`q_i < 1` or :math:`k_i > 1`); all others stay as they are, even if a
    cheaper rival would crowd them out.

:math:`c` belongs to each using industry, since origins are mixed differently in each. Quantities
are those that arrive: the part that melts under iceberg costs is no demand for the exporter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.typing import Bool, Float

__all__ = ["Allocation", "allocate", "world_shares"]


# A shortfall below this share of the use is rounding of sums, not a missing supplier.
SHORTFALL_ROUNDING = 1e-12
# Origins that a price factor has driven below this share of the use count as gone.
NEGLIGIBLE = 1e-290


@dataclass(frozen=True)
class Allocation:
    r"""Split of every user's purchases of each product over origins, before and after.

    Attributes
    ----------
    preference : ndarray, shape (R, S, M)
        :math:`\kappa`, scaled to 1 for the cheapest origin of each user region.
    limit : ndarray, shape (R, S, M)
        :math:`q`, infinite without a limit.
    hit : ndarray of bool, shape (R, S, M)
        Deliveries that are cut or become dearer.
    scale : ndarray, shape (S, M, C)
        :math:`c`.
    unmet : ndarray, shape (S, M, C)
        Use of the product without a remaining supplier, in the units of the cells, net of
        `new_supplier_use`.
    fallback : ndarray, shape (R, S, M)
        Shares of origins new to the user in use that his suppliers cannot meet; zero: nobody
        steps in.
    new_supplier_use : ndarray, shape (S, M, C)
        Use met by the fallback.
    """

    preference: Float
    limit: Float
    hit: Bool
    scale: Float
    unmet: Float
    fallback: Float
    new_supplier_use: Float

    def apply(self, cells: Float, *, diverted: bool) -> Float:
        """Return the purchases of each origin under the policy.

        Parameters
        ----------
        cells : ndarray, shape (R, S, M, C)
            Base purchases, or the same per unit of output; not negative.
        diverted : bool
            Whether other suppliers step in.

        Returns
        -------
        ndarray, shape (R, S, M, C)
            A new array, the only one of its size that is made.
        """
        bought = self.preference[..., None] * self.scale
        if np.isfinite(self.limit).any():
            np.minimum(bought, self.limit[..., None], out=bought)
        if not diverted:
            np.minimum(bought, 1.0, out=bought)
            np.copyto(bought, 1.0, where=~self.hit[..., None])
        bought *= cells
        if diverted and self.new_supplier_use.any():
            # Few products of few users lack a supplier: only those cells are visited.
            s, m, c = self.new_supplier_use.nonzero()
            bought[:, s, m, c] += self.fallback[:, s, m] * self.new_supplier_use[s, m, c]
        return bought


def allocate(
    cells: Float,
    price_factor: Float,
    limit: Float,
    theta: Float,
    fallback: Float | None = None,
) -> Allocation:
    """Allocate purchases to origins.

    Parameters
    ----------
    cells : ndarray, shape (R, S, M, C)
        Purchases [origin, product, user region, user], not negative, in any unit per user.
    price_factor : ndarray, shape (R, S, M)
        Factor :math:`k > 0` on the delivered price.
    limit : ndarray, shape (R, S, M)
        Fraction of the base delivery that remains possible; 1 means no limit.
    theta : ndarray, shape (S,)
        Trade elasticities, above -1.
    fallback : ndarray, shape (R, S, M), optional
        Shares over origins in purchases of a product that no present supplier can deliver.

    Returns
    -------
    Allocation
    """
    log_preference = -(1.0 + theta)[None, :, None] * np.log(price_factor)
    preference = np.exp(log_preference - log_preference.max(axis=0))
    limited = limit < 1.0
    bound = limited & (preference >= limit)
    # At c = 1 nobody buys more than before: c has to close the gap to the base.
    gap = np.einsum("ismc,ism->smc", cells, 1.0 - np.where(bound, limit, preference))
    slope = np.einsum("ismc,ism->smc", cells, np.where(bound, 0.0, preference))
    total = cells.sum(axis=0)
    supplied = slope > NEGLIGIBLE * total
    scale = 1.0 + np.divide(gap, slope, out=np.zeros_like(gap), where=supplied)
    unmet = np.where(supplied, 0.0, gap)
    caps = np.where(limited, limit, np.inf)
    pending = limited & ~bound
    if pending.any():
        _raise_to_limits(cells, preference, caps, pending, scale, unmet)
    unmet[unmet <= SHORTFALL_ROUNDING * total] = 0.0
    new_supplier_use = np.zeros_like(unmet)
    if fallback is None:
        fallback = np.zeros_like(preference)
    elif unmet.any():
        covered = (fallback.sum(axis=0) > 0)[..., None]
        new_supplier_use = np.where(covered, unmet, 0.0)
        unmet = np.where(covered, 0.0, unmet)
    is_hit = limited | (price_factor > 1.0)
    return Allocation(preference, caps, is_hit, scale, unmet, fallback, new_supplier_use)


def _raise_to_limits(
    cells: Float,
    preference: Float,
    caps: Float,
    pending: Bool,
    scale: Float,
    unmet: Float,
) -> None:
    """Raise `scale` in place for origins that reach their limits as others divert to them.

    Deliveries are concave and piecewise linear in c, so Newton's steps from below stay below, and
    each one but the last passes a limit: at most R + 1 of them.
    """
    s, m = np.nonzero(pending.any(axis=0))
    purchases, kappa = cells[:, s, m], preference[:, s, m][..., None]
    cap, c = caps[:, s, m][..., None], scale[s, m]
    total = purchases.sum(axis=0)
    for _ in range(purchases.shape[0] + 1):
        unlimited = kappa * c
        gap = np.sum(purchases * (1.0 - np.minimum(unlimited, cap)), axis=0)
        slope = np.sum(purchases * np.where(unlimited < cap, kappa, 0.0), axis=0)
        unmet[s, m] = np.where(slope > 0, 0.0, gap)
        is_open = (gap > SHORTFALL_ROUNDING * total) & (slope > 0)
        if not is_open.any():
            break
        c = c + np.divide(gap, slope, out=np.zeros_like(gap), where=is_open)
    scale[s, m] = c


def world_shares(output: Float, limit: Float) -> Float:
    """Return the shares of unlimited origins in world output of each product.

    Parameters
    ----------
    output : ndarray, shape (R, S)
        Gross output.
    limit : ndarray, shape (R, S, M)
        Fraction of base deliveries that remains possible; origins below 1 are left out.

    Returns
    -------
    ndarray, shape (R, S, M)
        Summing to one over origins, or to zero without a remaining origin.
    """
    unlimited: Float = np.where(limit < 1.0, 0.0, output[:, :, None])
    total = unlimited.sum(axis=0)
    shares: Float = np.divide(unlimited, total, out=np.zeros_like(unlimited), where=total > 0)
    return shares
