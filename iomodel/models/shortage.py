r"""How a shortage runs downstream: the least fixed point of losses under criticality.

With the loss :math:`\delta_j = 1 - q_j` of industry j, the part :math:`\omega_{ri}` of orders that
industries get of a producer, the fraction :math:`d_{r,i,m}` of deliveries that may cross to region
m, and origins :math:`r` of product i pooled by the user,

.. math:: \delta_j = \max\Big( 1 - \kappa_j,\; \max_i \gamma_{ij}\, g_{ij} \Big), \qquad
          g_{ij} = (1 - \varphi_{im}) \frac{\sum_r z_{ri,j}\,(1 - d_{r,i,m}\, \omega_{ri})}
                                        {\sum_r z_{ri,j}} .

Proportional rationing has :math:`\omega = q`; where industries are served before final demand,
:math:`\omega = \min(1, q\, x / \sum_j z_j)`. What an exporter withholds is there for his own users
to replace what they miss (:math:`\varphi`), as is idle capacity elsewhere where re-sourcing is
allowed.

A full pass over the table finds each industry's scarcest input; passes over these inputs alone then
follow the chain at 1/S of the cost. Losses rise monotonically from zero in both, so the limit is
the least fixed point: the smallest loss that respects every critical input under the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from iomodel.errors import SolverError

__all__ = ["RULES", "Sales", "Shortage", "Supply", "sales", "shortage"]

Float = NDArray[np.float64]

RULES = ("proportional", "intermediate")
TOLERANCE = 1e-11
# A chain may creep: what is still to come is many times its last step.
CREEP = 1e-15
FULL_PASSES = 500
CHAIN_PASSES = 200
LEAPS = 20


@dataclass(frozen=True, eq=False)
class Supply:
    """An economy and what may be produced and delivered in it.

    Attributes
    ----------
    Z : ndarray, shape (R, S, R, S)
        Intermediate flows.
    final : ndarray, shape (R, S, R)
        Final deliveries that can be rationed: negative cells left out.
    output : ndarray, shape (R, S)
        Base output.
    delivered : ndarray, shape (R, S, R)
        Fraction of deliveries that may still cross.
    capacity : ndarray, shape (R, S)
        Fraction of base output that remains possible.
    gamma : ndarray, shape (S, S)
        Criticality, input by user.
    resourcing : float
        Fraction of base output that origins without any cut can add for users who run short.
    rule : str
        One of RULES.
    """

    Z: Float
    final: Float
    output: Float
    delivered: Float
    capacity: Float
    gamma: Float
    resourcing: float = 0.0
    rule: str = "proportional"

    @cached_property
    def total(self) -> Float:
        """Use of each product by each industry, origins pooled, (S, R, S)."""
        total: Float = self.Z.sum(axis=0)
        return total

    @cached_property
    def sold(self) -> Float:
        """Intermediate sales by product between regions, (R, S, R)."""
        sold: Float = self.Z.sum(axis=3)
        return sold

    @cached_property
    def free(self) -> Float:
        """Base output of origins that no cut touches, (R, S)."""
        open_ = (self.delivered >= 1.0).all(axis=2) & (self.capacity >= 1.0)
        return np.where(open_, self.output, 0.0)

    @cached_property
    def drawn(self) -> Float:
        """What is drawn from stocks in the base: sales beyond output, (R, S)."""
        sales = self.sold.sum(axis=2) + self.final.sum(axis=2)
        drawn: Float = np.maximum(sales - self.output, 0.0)
        return drawn

    @cached_property
    def withheld(self) -> Float:
        """Base sales that may not cross the border, by exporter, (R, S)."""
        held: Float = ((1.0 - self.delivered) * (self.sold + self.final)).sum(axis=2)
        return held

    def missing(self, loss: Float) -> tuple[Float, Float]:
        """Return the part of base sales that industries, and final users, lose, (R, S, R) each."""
        possible = 1.0 - loss
        if self.rule == "proportional":
            lost = 1.0 - self.delivered * possible[:, :, None]
            return lost, lost
        made, need = possible * self.output + self.drawn, self.sold.sum(axis=2)
        served = np.divide(made, need, out=np.ones_like(made), where=need > made)
        left = np.maximum(made - served * need, 0.0)
        wanted = self.final.sum(axis=2)
        rest = np.divide(left, wanted, out=np.ones_like(made), where=wanted > left)
        # Who loses nothing serves all: rounding of sums must not ration anybody.
        served, rest = (np.where(loss > 0, part, 1.0)[:, :, None] for part in (served, rest))
        return 1.0 - self.delivered * served, 1.0 - self.delivered * rest


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
        loss = _follow(supply, np.maximum(loss, bound), weighted.argmax(axis=0), still)
    raise SolverError(
        f"losses still change by {residual:.1e} after {FULL_PASSES} passes; lower the criticality "
        "of inputs that industries buy of themselves"
    )


def _gaps(supply: Supply, loss: Float, home: Float, world: Float) -> tuple[Float, Float, Float]:
    """Return what is missing of every input of every user, and the shares that are replaced."""
    missing, missing_final = supply.missing(loss)
    short = np.einsum("rpmc,rpm->pmc", supply.Z, missing)
    wanted = short.sum(axis=2) + (supply.final * missing_final).sum(axis=0)
    # Supplies fall and wants rise from pass to pass; the minimum guards the last bit.
    home = np.minimum(home, _part((supply.withheld * (1.0 - loss)).T, wanted))
    wanted = wanted * (1.0 - home)
    spare = supply.resourcing * (supply.free * (1.0 - loss)).sum(axis=0)
    world = np.minimum(world, _part(spare, wanted.sum(axis=1))[:, None])
    short *= ((1.0 - home) * (1.0 - world))[:, :, None]
    gap = np.divide(short, supply.total, out=short, where=supply.total > 0)
    return gap, home, world


def _part(supply: Float, wanted: Float) -> Float:
    """Return the share of what is wanted that a supply covers."""
    return np.divide(supply, wanted, out=np.ones_like(wanted), where=wanted > supply)


def _follow(supply: Supply, loss: Float, scarcest: NDArray[np.intp], still: Float) -> Float:
    """Iterate with every industry held to one input; a lower bound on the losses, from below."""
    R, S = loss.shape
    m, c = np.indices((R, S))
    bought = supply.Z[:, scarcest, m, c].reshape(R, -1)
    pooled = supply.total[scarcest, m, c].reshape(-1)
    weight = (supply.gamma[scarcest, c] * still[scarcest, m]).reshape(-1)
    scale = np.divide(weight, pooled, out=np.zeros_like(pooled), where=pooled > 0)
    product, region = scarcest.reshape(-1), m.reshape(-1)
    passing = supply.delivered[:, product, region]
    stopped = (bought * (1.0 - passing)).sum(axis=0) * scale
    bought = bought * passing * scale
    need = supply.sold.sum(axis=2)
    # Where final demand is served last, a loss reaches industries only beyond its share of sales.
    ratio, start = np.ones_like(need), np.zeros_like(need)
    if supply.rule != "proportional":
        ratio = np.divide(supply.output, need, out=np.zeros_like(need), where=need > 0)
        spare = np.divide(supply.drawn, need, out=np.ones_like(need), where=need > 0)
        start = 1.0 - ratio - spare
    for _ in range(LEAPS):
        for _ in range(CHAIN_PASSES):
            felt = np.where(loss > 0, np.maximum(ratio * loss + start, 0.0), 0.0)
            bound = stopped + np.einsum("rj,rj->j", bought, felt[:, product])
            new = np.maximum(loss, np.minimum(bound.reshape(R, S), 1.0))
            change = float(np.max(new - loss, initial=0.0))
            loss = new
            if change <= CREEP:
                return loss
        slope, shift = (np.where(felt > 0, part, 0.0) for part in (ratio, start))
        loss = _leap(loss, bound, bought, stopped, slope, shift, product)
    return loss


def _leap(
    loss: Float,
    bound: Float,
    bought: Float,
    stopped: Float,
    slope: Float,
    start: Float,
    product: NDArray[np.intp],
) -> Float:
    """Solve the chain at once where losses creep: Newton's step, which stays below the limit."""
    R, S = loss.shape
    n, flat, slopes = R * S, loss.reshape(-1), slope.reshape(-1)
    origin = np.arange(R)[:, None] * S + product
    user = np.broadcast_to(np.arange(n), (R, n))
    chain = csc_array(
        ((bought * slopes[origin]).reshape(-1), (user.reshape(-1), origin.reshape(-1))),
        shape=(n, n),
    )
    # A producer's loss is felt as slope * loss + start, or not at all.
    fixed = stopped + (bought * start.reshape(-1)[origin]).sum(axis=0)
    held = (bound >= flat - CREEP) & (flat > 0.0) & (flat < 1.0)
    if not held.any():
        return loss
    part = chain[held]
    right = fixed[held] + part[:, ~held] @ flat[~held]
    system = eye_array(int(held.sum()), format="csc") - part[:, held]
    try:
        found = splu(system.tocsc()).solve(right)
    except RuntimeError:
        # Exactly singular: a loss feeds itself in full, and passes go on to the cap.
        return loss
    # Where it feeds itself more than in full the solution means nothing.
    if not (np.isfinite(found).all() and (found >= flat[held] - 1e-9).all()):
        return loss
    new = flat.copy()
    new[held] = np.clip(found, flat[held], 1.0)
    return new.reshape(R, S)


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
        left = np.einsum("rpmc,pmc->rpm", supply.Z, 1.0 - share)
        anew, anew_final = replaced.deliveries(share)
        lost = supply.sold * missing + (1.0 - missing) * left + final - anew
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
        self.short = np.einsum("rpmc,rpm->pmc", supply.Z, missing)
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
