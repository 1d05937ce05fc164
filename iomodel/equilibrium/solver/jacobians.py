r"""Jacobians of a batch of searches, formed or borrowed, corrected, and inverted.

Kept are the derivatives J of all quantities, binding or not. Of each pair of complements the row
in force is that of the larger violation: the row of J, or minus that of the identity where the
wage is at its floor or the cap slack. A market that changes sides swaps its row; nothing is formed
anew. With import shares by user the users of a region are pooled for J
(:mod:`iomodel.equilibrium.solver.pooled_tangent`) until a step of it fails. Between trials each row
in force at both is corrected [Broyden1965]_,

.. math:: J \leftarrow J + \frac{(\Delta z - J\,\Delta x)\,\Delta x^\top}{\Delta x^\top\Delta x}.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.linearised import newton_step
from iomodel.equilibrium.solver.markets import (
    JACOBIAN_TOLERANCE,
    rows_in_force,
    system_at,
)
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.regional_blocks import RegionalBlocks
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Bool, Float

__all__ = ["Jacobians"]


DENSE_LIMIT = 200
# Singular values below this share of the largest belong to markets without trade.
SINGULAR = 1e-13
# Far from singular by the condition number of the 1-norm, at most M times that of singular values.
WELL_CONDITIONED = 1e10


@dataclass
class Jacobians:
    """Jacobians of a batch, and the inverses of their rows in force.

    Attributes
    ----------
    values : ndarray, shape (B, M, M), or (B, M, 0) if matrix-free
        Derivatives of log quantities in all markets with respect to the unknowns.
    inverses : ndarray, shape (B, M, M) or (B, M, 0)
    valid, inverted : ndarray of bool, shape (B,)
        Whether a member has a Jacobian, and the inverse of its present rows in force.
    pooled : ndarray of bool, shape (B,)
        Whether a member's Jacobians are formed with the users of a region pooled.
    formed : int
        Number of Jacobians, or matrix-free of preconditioners, formed so far.
    blocks : dict of int to RegionalBlocks
        Preconditioners of matrix-free steps by member.
    """

    values: Float
    inverses: Float
    valid: Bool
    inverted: Bool
    pooled: Bool
    formed: int = 0
    blocks: dict[int, RegionalBlocks | None] = field(default_factory=dict)

    @classmethod
    def for_batch(
        cls, batch: int, markets: int, guess: Float | None, *, pooled: bool = False
    ) -> Jacobians:
        """Jacobians to begin with: the guess, (1, M, M) or (B, M, M), zero where there is none."""
        shape = (batch, markets, markets if markets <= DENSE_LIMIT else 0)
        if guess is None or guess.shape[1:] != shape[1:]:
            guess = np.zeros(shape)
        values = np.array(np.broadcast_to(guess, shape))
        valid: Bool = np.asarray(values.any(axis=(1, 2)))
        inverted = np.zeros(batch, dtype=bool)
        return cls(values, np.zeros(shape), valid, inverted, np.full(batch, pooled))

    @property
    def dense(self) -> bool:
        """Whether Jacobians are formed at all."""
        markets, columns = self.values.shape[1:]
        return bool(markets == columns)

    def step(
        self,
        problem: Problem,
        trial: Trial,
        closure: Closure,
        b: int,
        *,
        borrow: bool,
        tolerance: float = 0.0,
    ) -> Float:
        """Newton step of one member, (M,); matrix-free, as exact as `tolerance` asks for."""
        pooled = bool(self.pooled[b])
        if not self.dense:
            system = system_at(problem, trial, closure, b, pooled=pooled)
            if self.blocks.get(b) is None:
                self.formed += 1
            step, blocks = newton_step(system, trial.excess[b], tolerance, self.blocks.get(b))
            self.blocks[b] = blocks
            return step
        if not self.valid[b]:
            if borrow and self.valid.any():
                # Members of a batch are alike: any one's Jacobian does for a beginning.
                self.values[b] = self.values[int(self.valid.argmax())]
            else:
                system = system_at(problem, trial, closure, b, pooled=pooled)
                self.values[b] = system.quantity_matrix(JACOBIAN_TOLERANCE)
                self.formed += 1
            self.valid[b], self.inverted[b] = True, False
        if not self.inverted[b]:
            in_force = rows_in_force(self.values[b], trial.binding[b])
            self.inverses[b] = _inverse(in_force)
            self.inverted[b] = True
        return np.asarray(-(self.inverses[b] @ trial.excess[b]), dtype=np.float64)

    def correct(self, members: Bool, after: Trial, before: Trial, markets: FactorMarkets) -> None:
        """Correct the Jacobians of members; where a market changed sides, swap its row."""
        if not self.dense:
            return
        same = (after.binding == before.binding).all(axis=1)
        for b in np.flatnonzero(members & self.valid).tolist():
            step = _unknowns(after, b, markets) - _unknowns(before, b, markets)
            change = after.excess[b] - before.excess[b]
            if same[b] and not _correct_inverse(self.inverses[b], step, change):
                continue
            length = float(step @ step)
            if length > 0.0:
                in_force = after.binding[b] & before.binding[b]
                gap = np.where(in_force, change - self.values[b] @ step, 0.0)
                self.values[b] += np.outer(gap / length, step)
        self.inverted &= same


# ---------------------------------------------------------------------- helpers
def _inverse(in_force: Float) -> Float:
    """Inverse of the rows in force; without singular directions where there are any."""
    try:
        inverse: Float = np.asarray(np.linalg.inv(in_force), dtype=np.float64)
        condition = float(np.linalg.norm(in_force, 1) * np.linalg.norm(inverse, 1))
    except np.linalg.LinAlgError:
        condition = np.inf
    # The decomposition in singular values takes ten times as long.
    if condition < WELL_CONDITIONED:
        return inverse
    return np.asarray(np.linalg.pinv(in_force, SINGULAR), dtype=np.float64)


def _correct_inverse(inverse: Float, step: Float, change: Float) -> bool:
    """Update an inverse in place so that it maps a change of residuals to the step; if it can."""
    image = inverse @ change
    weight = float(step @ image)
    if not abs(weight) > 1e-3 * float(step @ step):
        return False
    inverse += np.outer((step - image) / weight, step @ inverse)
    return True


def _unknowns(trial: Trial, b: int, markets: FactorMarkets) -> Float:
    """Wages by market and rents of one member, (M,)."""
    return np.concatenate([trial.wage[b, markets.lowest].reshape(-1), trial.rent[b]])
