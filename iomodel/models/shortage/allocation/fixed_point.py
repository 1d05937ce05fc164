r"""How a shortage runs downstream: the least fixed point of losses under criticality.

With the loss :math:`\delta_j = 1 - q_j` of industry j, the part :math:`\omega_{ri}` of orders that
industries get of a producer, the fraction :math:`d_{r,i,m}` of deliveries that may cross to region
m, and origins :math:`r` of product i pooled by the user,

.. math:: \delta_j = \max\Big( 1 - \kappa_j,\; \max_i \gamma_{ij}\, g_{ij} \Big), \qquad
          g_{ij} = (1 - \varphi_{im}) \frac{\sum_r z_{ri,j}\,(1 - d_{r,i,m}\, \omega_{ri})}
                                        {\sum_r z_{ri,j}} .

Proportional rationing has :math:`\omega = q`; where industries are served before final demand,
:math:`\omega = \min(1, q\, x / \sum_j z_j)`; where customers are served in order of size, each
has his own (:mod:`iomodel.models.shortage.allocation.supply`). What an exporter withholds is there
for his own users to replace what they miss (:math:`\varphi`), as is idle capacity elsewhere where
re-sourcing is allowed.

A full pass over the table finds each industry's scarcest input; passes over these inputs alone then
follow the chain at 1/S of the cost. Losses rise monotonically from zero in both, so the limit is
the least fixed point: the smallest loss that respects every critical input under the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.errors import SolverError
from iomodel.models.shortage.allocation.chain import follow_chain
from iomodel.models.shortage.allocation.supply import Supply
from iomodel.typing import Float

__all__ = ["FULL_PASSES", "TOLERANCE", "Shortage", "shortage"]


TOLERANCE = 1e-11
FULL_PASSES = 500


@dataclass(frozen=True, eq=False)
class Shortage:
    """The fixed point.

    Attributes
    ----------
    loss : ndarray, shape (R, S)
        Fraction of base output that cannot be made.
    gap : ndarray, shape (S, R, S)
        Share of each input that does not reach its user, after replacement.
    home, world : ndarray, shape (S, R)
        Share of what a region misses of each product that its own withheld exports replace, and
        share of the rest that idle capacity abroad does.
    passes : int
        Full passes over the table.
    residual : float
        Largest change in the last pass.
    """

    loss: Float
    gap: Float
    home: Float
    world: Float
    passes: int
    residual: float


def shortage(supply: Supply) -> Shortage:
    """Find the least losses that respect capacities, cuts and critical inputs.

    Parameters
    ----------
    supply : Supply

    Returns
    -------
    Shortage

    Raises
    ------
    SolverError
        If losses still change after very many passes.
    """
    R, S = supply.output.shape
    loss = 1.0 - supply.capacity
    home, world = np.ones((S, R)), np.ones((S, R))
    residual = np.inf
    for passes in range(1, FULL_PASSES + 1):
        gap, home, world = _gaps(supply, loss, home, world)
        weighted = supply.gamma[:, None, :] * gap
        bound = weighted.max(axis=0)
        residual = float(np.max(bound - loss, initial=0.0))
        if residual <= TOLERANCE:
            return Shortage(loss, gap, home, world, passes, residual)
        still = (1.0 - home) * (1.0 - world)
        loss = follow_chain(supply, np.maximum(loss, bound), weighted.argmax(axis=0), still)
    raise SolverError(
        f"losses still change by {residual:.1e} after {FULL_PASSES} passes; lower the criticality "
        "of inputs that industries buy of themselves"
    )


def _gaps(supply: Supply, loss: Float, home: Float, world: Float) -> tuple[Float, Float, Float]:
    """Return what is missing of every input of every user, and the shares that are replaced."""
    missing, missing_final = supply.missing(loss)
    short = supply.unserved(missing)
    wanted = short.sum(axis=2) + (supply.final * missing_final).sum(axis=0)
    # Supplies fall and wants rise from pass to pass; the minimum guards the last bit.
    home = np.minimum(home, _part(supply.withheld(loss).T, wanted))
    wanted = wanted * (1.0 - home)
    spare = supply.resourcing * (supply.free * (1.0 - loss)).sum(axis=0)
    world = np.minimum(world, _part(spare, wanted.sum(axis=1))[:, None])
    short *= ((1.0 - home) * (1.0 - world))[:, :, None]
    gap = np.divide(short, supply.total, out=short, where=supply.total > 0)
    return gap, home, world


def _part(supply: Float, wanted: Float) -> Float:
    """Return the share of what is wanted that a supply covers."""
    return np.divide(supply, wanted, out=np.ones_like(wanted), where=wanted > supply)
