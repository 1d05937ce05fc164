r"""Downstream losses of a shortage: the least fixed point under criticality.

With the loss :math:`\delta_j = 1 - q_j` of industry j, the fraction :math:`\omega_{ri}` of
industries' orders that a producer fills, the fraction :math:`d_{r,i,m}` of deliveries that may
cross to region m, and origins :math:`r` of product i pooled by the user,

.. math:: \delta_j = \max\Big( 1 - \kappa_j,\; \max_i \gamma_{ij}\, g_{ij} \Big), \qquad
          g_{ij} = (1 - \varphi_{im}) \frac{\sum_r z_{ri,j}\,(1 - d_{r,i,m}\, \omega_{ri})}
                                        {\sum_r z_{ri,j}} .

Proportional rationing has :math:`\omega = q`; service of industries before final demand has
:math:`\omega = \min(1, q\, x / \sum_j z_j)`; in order of size each customer has its own
(:mod:`iomodel.models.shortage.allocation.rules`). Replacement :math:`\varphi` comes
from an exporter's withheld exports, for its own users, and from idle capacity elsewhere if
re-sourcing is allowed.

A full pass over the table identifies each industry's binding input; passes over binding inputs
alone then follow the supply chain at 1/S of the cost. Losses rise monotonically from zero in both,
so the limit is the least fixed point: the smallest loss that respects every critical input under
the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import SolverError
from iomodel.models.shortage.allocation.binding_inputs import losses_from_binding_inputs
from iomodel.models.shortage.allocation.economy import ConstrainedEconomy
from iomodel.models.shortage.allocation.rules import lost_shares, unmet_use, withheld_exports
from iomodel.typing import Float

__all__ = ["FULL_PASSES", "TOLERANCE", "DownstreamLosses", "downstream_losses"]


TOLERANCE = 1e-11
FULL_PASSES = 500


@dataclass(frozen=True, eq=False)
class DownstreamLosses:
    """Losses of all industries at the fixed point.

    Attributes
    ----------
    loss : ndarray, shape (R, S)
        Fraction of base output that cannot be produced.
    gap : ndarray, shape (S, R, S)
        Share of each input that does not reach its user, after replacement.
    replaced_at_home, replaced_abroad : ndarray, shape (S, R)
        Share of a region's unmet demand for each product that its own withheld exports replace, and
        share of the remainder that idle capacity abroad replaces.
    passes : int
        Full passes over the table.
    residual : float
        Largest change in the last pass.
    """

    loss: Float
    gap: Float
    replaced_at_home: Float
    replaced_abroad: Float
    passes: int
    residual: float


def downstream_losses(economy: ConstrainedEconomy) -> DownstreamLosses:
    """Return the least losses that respect capacities, cuts and critical inputs.

    Parameters
    ----------
    economy : ConstrainedEconomy

    Returns
    -------
    DownstreamLosses

    Raises
    ------
    SolverError
        If losses still change after very many passes.
    """
    R, S = economy.output.shape
    loss = 1.0 - economy.capacity
    at_home, abroad = np.ones((S, R)), np.ones((S, R))
    residual = np.inf
    for passes in range(1, FULL_PASSES + 1):
        gap, at_home, abroad = _gaps(economy, loss, at_home, abroad)
        weighted = economy.gamma[:, None, :] * gap
        bound = weighted.max(axis=0)
        residual = float(np.max(bound - loss, initial=0.0))
        if residual <= TOLERANCE:
            return DownstreamLosses(loss, gap, at_home, abroad, passes, residual)
        unreplaced = (1.0 - at_home) * (1.0 - abroad)
        loss = losses_from_binding_inputs(
            economy, np.maximum(loss, bound), weighted.argmax(axis=0), unreplaced
        )
    raise SolverError(
        f"losses still change by {residual:.1e} after {FULL_PASSES} passes; lower the criticality "
        "of inputs that industries buy of themselves"
    )


def _gaps(
    economy: ConstrainedEconomy, loss: Float, at_home: Float, abroad: Float
) -> tuple[Float, Float, Float]:
    """Return the missing share of every input of every user, and the shares replaced."""
    lost, lost_final = lost_shares(economy, loss)
    unmet = unmet_use(economy, lost)
    demand = unmet.sum(axis=2) + (economy.final * lost_final).sum(axis=0)
    # Supplies fall and unmet demand rises from pass to pass; the minimum guards the last bit.
    at_home = np.minimum(at_home, _coverage(withheld_exports(economy, loss).T, demand))
    demand = demand * (1.0 - at_home)
    idle = economy.resourcing * (economy.uncut_output * (1.0 - loss)).sum(axis=0)
    abroad = np.minimum(abroad, _coverage(idle, demand.sum(axis=1))[:, None])
    unmet *= ((1.0 - at_home) * (1.0 - abroad))[:, :, None]
    gap = np.divide(unmet, economy.use, out=unmet, where=economy.use > 0)
    return gap, at_home, abroad


def _coverage(supply: Float, demand: Float) -> Float:
    """Return the share of demand that a supply covers."""
    return np.divide(supply, demand, out=np.ones_like(demand), where=demand > supply)
