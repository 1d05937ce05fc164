"""Losses along binding inputs: passes over one input per industry, at 1/S of the cost."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from iomodel.models.shortage.allocation.economy import ConstrainedEconomy
from iomodel.typing import Float, Index

__all__ = ["losses_from_binding_inputs"]


# Losses may converge slowly: the remaining change is then many times the last step.
LAST_STEP = 1e-15
PASSES = 200
NEWTON_STEPS = 20


def losses_from_binding_inputs(
    economy: ConstrainedEconomy, loss: Float, binding: Index, unreplaced: Float
) -> Float:
    """Iterate losses with one binding input per industry; a lower bound, from below.

    Parameters
    ----------
    economy : ConstrainedEconomy
    loss : ndarray, shape (R, S)
        Losses so far.
    binding : ndarray of int, shape (R, S)
        Product that binds each industry.
    unreplaced : ndarray, shape (S, R)
        Share of unmet demand for each product that nothing replaces.
    """
    R, S = loss.shape
    m, c = np.indices((R, S))
    bought = economy.Z[:, binding, m, c].reshape(R, -1)
    pooled = economy.use[binding, m, c].reshape(-1)
    weight = (economy.gamma[binding, c] * unreplaced[binding, m]).reshape(-1)
    scale = np.divide(weight, pooled, out=np.zeros_like(pooled), where=pooled > 0)
    product, region = binding.reshape(-1), m.reshape(-1)
    passing = economy.delivered[:, product, region]
    blocked = (bought * (1.0 - passing)).sum(axis=0) * scale
    bought = bought * passing * scale
    slope, intercept = _lost_share_line(economy, binding, product)
    for _ in range(NEWTON_STEPS):
        for _ in range(PASSES):
            origin_loss = loss[:, product]
            lost = np.where(
                origin_loss > 0, np.clip(slope * origin_loss + intercept, 0.0, 1.0), 0.0
            )
            bound = blocked + np.einsum("rj,rj->j", bought, lost)
            next_loss = np.maximum(loss, np.minimum(bound.reshape(R, S), 1.0))
            change = float(np.max(next_loss - loss, initial=0.0))
            loss = next_loss
            if change <= LAST_STEP:
                return loss
        if economy.rule == "priority":
            # A customer who has lost all loses no more: a tangent would lead beyond the limit.
            return loss
        slopes, intercepts = (np.where(lost > 0, term, 0.0) for term in (slope, intercept))
        loss = _newton_step(loss, bound, bought, blocked, slopes, intercepts, product)
    return loss


def _newton_step(
    loss: Float,
    bound: Float,
    bought: Float,
    blocked: Float,
    slope: Float,
    intercept: Float,
    product: Index,
) -> Float:
    """Solve the chain at once: Newton's step, which stays below the limit."""
    R, S = loss.shape
    n, flat = R * S, loss.reshape(-1)
    origin = np.arange(R)[:, None] * S + product
    user = np.broadcast_to(np.arange(n), (R, n))
    chain = csc_array(
        ((bought * slope).reshape(-1), (user.reshape(-1), origin.reshape(-1))),
        shape=(n, n),
    )
    # A producer's loss costs users slope * loss + intercept, or nothing.
    constant = blocked + (bought * intercept).sum(axis=0)
    active = (bound >= flat - LAST_STEP) & (flat > 0.0) & (flat < 1.0)
    if not active.any():
        return loss
    rows = chain[active]
    rhs = constant[active] + rows[:, ~active] @ flat[~active]
    system = eye_array(int(active.sum()), format="csc") - rows[:, active]
    try:
        solution = splu(system.tocsc()).solve(rhs)
    except RuntimeError:
        # Exactly singular: a loss feeds itself in full, and passes go on to the cap.
        return loss
    # A loss that feeds itself more than in full has no meaningful solution.
    if not (np.isfinite(solution).all() and (solution >= flat[active] - 1e-9).all()):
        return loss
    next_loss = flat.copy()
    next_loss[active] = np.clip(solution, flat[active], 1.0)
    return next_loss.reshape(R, S)


def _lost_share_line(
    economy: ConstrainedEconomy, binding: Index, product: Index
) -> tuple[Float, Float]:
    """Return slope and intercept of users' lost share in the loss of their origins, (R, n)."""
    R, S = binding.shape
    orders = economy.intermediate.sum(axis=2)
    if economy.rule == "proportional":
        return np.ones((R, R * S)), np.zeros((R, R * S))
    withdrawal = economy.stock_withdrawal
    if economy.rule == "intermediate":
        # Final demand is served last: a loss reaches industries only beyond its share of sales.
        ratio = np.divide(economy.output, orders, out=np.zeros_like(orders), where=orders > 0)
        spare = np.divide(withdrawal, orders, out=np.ones_like(orders), where=orders > 0)
        return ratio[:, product], (1.0 - ratio - spare)[:, product]
    m, c = np.indices((R, S))
    size = economy.Z[:, binding, m, c].reshape(R, -1)
    later = economy.later_sales[0][:, binding, m, c].reshape(R, -1)
    # Sales that would not be served without any output, less those served later.
    total_sales = orders + economy.final.sum(axis=2)
    unserved = (total_sales - economy.output - withdrawal)[:, product] - later
    buys = size > 0
    slope = np.divide(economy.output[:, product], size, out=np.zeros_like(size), where=buys)
    return slope, np.divide(unserved, size, out=np.zeros_like(size), where=buys)
