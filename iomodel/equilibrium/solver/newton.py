r"""Newton's method on the residuals of all markets, with the inverse Jacobian kept while it serves.

The Jacobian is analytic (:mod:`iomodel.equilibrium.solver.tangent`), dense where it is small and
matrix-free with GMRES where it is not; the dense inverse is kept from step to step with Broyden's
correction while it contracts. For caps this is the semi-smooth method: of each pair of complements
the row of the larger violation. Excess demand is homogeneous of degree zero and obeys Walras' law
within every group of regions that trade with one another, so each group has a numeraire of its own:
its factor income.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.solver.markets import JACOBIAN_TOLERANCE, krylov_step, system_at
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import TIGHT, Trial, again, evaluate
from iomodel.typing import Bool, Float

__all__ = ["Search", "search"]


DENSE_LIMIT = 200
# Of one step, in logs: of wages, and of rents, which may have far to go.
LONGEST_STEP, LONGEST_RENT_STEP = 1.5, 3.0
# The inverse is kept and corrected by rank-one updates; renewed where the residual falls by less.
KEEP = 0.95
# Tolerances of the inner solves: the loosest, and as a share of excess demand.
LOOSEST, LOOSENESS = 1e-5, 1e-4
# Rows of caps change where they begin to bind: a step need only improve on the worst of the last.
MEMORY = 5


@dataclass(frozen=True)
class Search:
    """The end of a Newton search.

    Attributes
    ----------
    trial : Trial
        The trial reached.
    steps, jacobians : int
        Newton steps taken and Jacobians formed.
    inverse : ndarray, shape (B, F + G, F + G), or (B, F + G, 0) where matrix-free
        Inverse Jacobians as they stood; zero where none was formed.
    """

    trial: Trial
    steps: int
    jacobians: int
    inverse: Float


def search(
    problem: Problem,
    start: Trial,
    closure: Closure,
    tolerance: float,
    limit: int,
    inverse: Float | None = None,
) -> Search:
    """Search from a trial until every market clears or no progress is made.

    Parameters
    ----------
    problem : Problem
    start : Trial
    closure : Closure
    tolerance : float
        Largest absolute residual.
    limit : int
        Newton steps.
    inverse : ndarray, shape (1, M, M) or (B, M, M), optional
        Inverse Jacobians of a like problem to begin with; another shape is passed over.

    Returns
    -------
    Search
        The caller judges ``trial.size``.
    """
    trial, steps, formed = start, 0, 0
    markets = trial.excess.shape[1]
    dense = markets <= DENSE_LIMIT
    shape = (problem.batch, markets, markets if dense else 0)
    if inverse is None or inverse.shape[1:] != shape[1:]:
        inverse = np.zeros(shape)
    inverse = np.array(np.broadcast_to(inverse, shape))
    known = np.abs(inverse).sum(axis=(1, 2)) > 0.0
    stuck = np.zeros(problem.batch, dtype=bool)

    @lru_cache(maxsize=2)
    def part(members: tuple[int, ...]) -> Problem:
        # Those still on their way are the same for many steps: copied out once.
        return problem if len(members) == problem.batch else problem.items(members)

    memory = MEMORY if problem.caps.groups else 1
    sizes: list[Float] = []
    inner, precise = TIGHT, False
    rough = TIGHT  # tolerance with which the trial was evaluated
    while steps < limit:
        active = (trial.size > tolerance) & np.isfinite(trial.size) & ~stuck
        if not active.any():
            if rough == TIGHT:
                break
            # What was found with loose inner solves is confirmed, or not, with tight ones.
            trial, rough = again(problem, trial, closure), TIGHT
            continue
        # Early steps need no more digits inside than they will gain.
        inner = TIGHT if precise else LOOSENESS * float(trial.size[active].min())
        inner = max(TIGHT, min(LOOSEST, inner))
        direction = np.zeros((problem.batch, markets))
        fresh = active & ~known
        for b in np.flatnonzero(active).tolist():
            if not dense:
                direction[b] = krylov_step(system_at(problem, trial, closure, b), trial.excess[b])
                formed += 1
                continue
            if not known[b]:
                if steps == 0 and known.any():
                    # Members of a batch are alike: the first one's inverse does for a beginning.
                    inverse[b] = inverse[int(known.argmax())]
                else:
                    system = system_at(problem, trial, closure, b)
                    inverse[b] = np.linalg.pinv(system.matrix(JACOBIAN_TOLERANCE), 1e-13)
                    formed += 1
                known[b] = True
            direction[b] = -(inverse[b] @ trial.excess[b])
        before = trial
        sizes = [*sizes, trial.size][-memory:]
        direction = _shortened(direction, trial)
        trial, accepted = _line_search(
            part, trial, direction, active, closure, inner, np.max(sizes, axis=0)
        )
        steps += 1
        slow = active & (~accepted | (trial.size > KEEP * before.size))
        if max(inner, rough) > TIGHT and not accepted.all():
            # Perhaps only rounding inside was in the way: from here on with all digits.
            precise, trial, rough = True, again(problem, trial, closure), TIGHT
        else:
            stuck |= active & ~accepted & fresh
            rough = max(inner, rough) if not accepted.all() else inner
        # A cap that begins or ceases to bind changes a whole row.
        known &= ~slow & (trial.binding == before.binding).all(axis=1)
        if dense:
            for b in np.flatnonzero(active & known).tolist():
                _broyden(inverse[b], trial, before, b)
    return Search(
        trial if rough == TIGHT else again(problem, trial, closure), steps, formed, inverse
    )


# ---------------------------------------------------------------------- helpers
def _shortened(direction: Float, trial: Trial) -> Float:
    """Scale steps (B, F + G) down to the longest allowed."""
    allowed = np.full(direction.shape[1], LONGEST_STEP)
    allowed[direction.shape[1] - trial.rent.shape[1] :] = LONGEST_RENT_STEP
    longest = (np.abs(direction) / allowed).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(direction / np.maximum(longest, 1.0), dtype=np.float64)


def _unknowns(trial: Trial, b: int) -> Float:
    """Return wages by market and rents of one member, (F + G,)."""
    factors = trial.excess.shape[1] - trial.rent.shape[1]
    wage = trial.wage[b].reshape(-1) if factors == trial.wage[b].size else trial.wage[b, 0]
    return np.concatenate([wage[:factors], trial.rent[b]])


def _broyden(inverse: Float, after: Trial, before: Trial, b: int) -> None:
    """Update an inverse in place so that it maps the last change of excess to the last step."""
    step = _unknowns(after, b) - _unknowns(before, b)
    image = inverse @ (after.excess[b] - before.excess[b])
    weight = float(step @ image)
    if abs(weight) > 1e-3 * float(step @ step):
        inverse += np.outer((step - image) / weight, step @ inverse)


def _line_search(
    part: Callable[[tuple[int, ...]], Problem],
    trial: Trial,
    direction: Float,
    active: Bool,
    closure: Closure,
    inner: float,
    allowed: Float,
) -> tuple[Trial, Bool]:
    """Shorten each step until the largest excess falls; members that never gain stay put."""
    batch, S, N = trial.wage.shape
    factors = direction.shape[1] - trial.rent.shape[1]
    wages = direction[:, :factors].reshape(batch, -1, N) if factors else np.zeros((batch, 1, N))
    full = np.broadcast_to(wages, (batch, S, N))
    accepted = ~active
    best, length = trial, 1.0
    for _ in range(8):
        pending = np.flatnonzero(~accepted)
        whole = len(pending) == batch
        old = trial if whole else trial.items(pending.tolist())
        new = evaluate(
            part(tuple(pending.tolist())),
            old.wage + length * full[pending],
            old.rent + length * direction[pending, factors:],
            closure,
            old.prices.price,
            old.levels.spending,
            inner,
        )
        gained = new.size < allowed[pending] * (1.0 - 1e-4 * length)
        if whole and gained.all():
            return new, np.ones_like(accepted)
        best = best.with_items(pending[gained], new.items(np.flatnonzero(gained).tolist()))
        accepted[pending[gained]] = True
        if accepted.all():
            break
        length *= 0.4
    return best, accepted
