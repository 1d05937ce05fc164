"""Passes over each industry's scarcest input alone: the chain of a shortage at 1/S of the cost."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from iomodel.models.shortage.allocation.supply import Supply
from iomodel.typing import Float, Index

__all__ = ["follow_chain"]


# A chain may creep: what is still to come is many times its last step.
CREEP = 1e-15
CHAIN_PASSES = 200
LEAPS = 20


def follow_chain(supply: Supply, loss: Float, scarcest: Index, still: Float) -> Float:
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
    slope, start = _felt(supply, scarcest, product)
    for _ in range(LEAPS):
        for _ in range(CHAIN_PASSES):
            lost = loss[:, product]
            felt = np.where(lost > 0, np.clip(slope * lost + start, 0.0, 1.0), 0.0)
            bound = stopped + np.einsum("rj,rj->j", bought, felt)
            new = np.maximum(loss, np.minimum(bound.reshape(R, S), 1.0))
            change = float(np.max(new - loss, initial=0.0))
            loss = new
            if change <= CREEP:
                return loss
        if supply.rule == "priority":
            # A customer who has lost all loses no more: a tangent would lead beyond the limit.
            return loss
        slopes, starts = (np.where(felt > 0, part, 0.0) for part in (slope, start))
        loss = _leap(loss, bound, bought, stopped, slopes, starts, product)
    return loss


def _leap(
    loss: Float,
    bound: Float,
    bought: Float,
    stopped: Float,
    slope: Float,
    start: Float,
    product: Index,
) -> Float:
    """Solve the chain at once where losses creep: Newton's step, which stays below the limit."""
    R, S = loss.shape
    n, flat = R * S, loss.reshape(-1)
    origin = np.arange(R)[:, None] * S + product
    user = np.broadcast_to(np.arange(n), (R, n))
    chain = csc_array(
        ((bought * slope).reshape(-1), (user.reshape(-1), origin.reshape(-1))),
        shape=(n, n),
    )
    # A producer's loss is felt as slope * loss + start, or not at all.
    fixed = stopped + (bought * start).sum(axis=0)
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


def _felt(supply: Supply, scarcest: Index, product: Index) -> tuple[Float, Float]:
    """Return slope and start of the part that users lose in the loss of their origins, (R, n)."""
    R, S = scarcest.shape
    need = supply.sold.sum(axis=2)
    if supply.rule == "proportional":
        return np.ones((R, R * S)), np.zeros((R, R * S))
    if supply.rule == "intermediate":
        # Final demand is served last: a loss reaches industries only beyond its share of sales.
        ratio = np.divide(supply.output, need, out=np.zeros_like(need), where=need > 0)
        spare = np.divide(supply.drawn, need, out=np.ones_like(need), where=need > 0)
        return ratio[:, product], (1.0 - ratio - spare)[:, product]
    m, c = np.indices((R, S))
    size = supply.Z[:, scarcest, m, c].reshape(R, -1)
    after = supply.after[0][:, scarcest, m, c].reshape(R, -1)
    # Sales that would not be served without any output, less those served later.
    whole = (need + supply.final.sum(axis=2) - supply.output - supply.drawn)[:, product] - after
    bought = size > 0
    slope = np.divide(supply.output[:, product], size, out=np.zeros_like(size), where=bought)
    return slope, np.divide(whole, size, out=np.zeros_like(size), where=bought)
