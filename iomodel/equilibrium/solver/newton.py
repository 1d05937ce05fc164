r"""Newton's method on the residuals of all markets, its Jacobian updated by Broyden's rule.

The Jacobian is analytic (:mod:`iomodel.equilibrium.solver.tangent`): dense if it is small,
matrix-free with GMRES if not. The dense one is reused from step to step with Broyden's correction
while it contracts (:mod:`iomodel.equilibrium.solver.jacobians`). For caps and sticky wages this is
the semi-smooth method: of each pair of complements the row of the larger violation. Where spending
is not fixed, excess demand is homogeneous of degree zero and obeys Walras' law within every group
of regions that trade with one another, so each group has a numeraire of its own: its factor income.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.jacobians import Jacobians
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import TIGHT, Trial, again, evaluate
from iomodel.typing import Bool, Float

__all__ = ["STEP_LIMIT", "Search", "converged", "loosest_inner", "search"]


STEP_LIMIT = 120
# Of one step, in logs: of wages, and of rents, which may have far to go.
LONGEST_STEP, LONGEST_RENT_STEP = 1.5, 3.0
# The Jacobian is corrected by rank-one updates, and renewed if the residual falls by less.
SLOWEST = 0.95
# Tolerances of the inner solves: the loosest, as a share of excess demand, and of the last trial as
# a share of the tolerance, where the loops of inputs and revenue enlarge their errors some tenfold.
LOOSEST, LOOSENESS, TIGHTNESS = 1e-5, 1e-4, 1e-3
# Rows of complements change when they begin to bind: a step need only improve on the worst of the
# last.
MEMORY = 5


@dataclass(frozen=True)
class Search:
    """The end of a Newton search.

    Attributes
    ----------
    trial : Trial
    steps, jacobians : int
        Newton steps taken and Jacobians formed.
    jacobian : ndarray, shape (B, F + G, F + G), or (B, F + G, 0) if matrix-free
        Derivatives of quantities at the last step; zero if none was formed.
    """

    trial: Trial
    steps: int
    jacobians: int
    jacobian: Float


def converged(trial: Trial, tolerance: float) -> bool:
    """Whether all residuals of all members are within tolerance."""
    return bool((trial.size <= tolerance).all())


def search(
    problem: Problem,
    start: Trial,
    closure: Closure,
    tolerance: float,
    limit: int,
    jacobian: Float | None = None,
    start_inner: float = TIGHT,
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
    jacobian : ndarray, shape (1, M, M) or (B, M, M), optional
        Jacobians of a like problem to begin with; another shape is passed over.
    start_inner : float
        Tolerance of the inner solves of `start`.

    Returns
    -------
    Search
        The caller judges ``trial.size``.
    """
    trial, steps = start, 0
    jacobians = Jacobians.for_batch(
        problem.batch, trial.excess.shape[1], jacobian, pooled=problem.base.users > 1
    )
    markets = FactorMarkets.of(problem.base, closure)
    stuck = np.zeros(problem.batch, dtype=bool)

    @lru_cache(maxsize=2)
    def subproblem(members: tuple[int, ...]) -> Problem:
        # Those still on their way are the same for many steps: copied out once.
        return problem if len(members) == problem.batch else problem.items(members)

    has_complements = problem.caps.groups > 0 or closure.labour == "sticky"
    memory = MEMORY if has_complements else 1
    sizes: list[Float] = []
    # Rounding inside is large beside a small capped flow: it would be taken for a failing Jacobian.
    precise = problem.caps.groups > 0
    tight = TIGHT if precise else max(TIGHT, TIGHTNESS * tolerance)
    inner_used = start_inner  # tolerance with which the trial was evaluated
    while steps < limit:
        active = (trial.size > tolerance) & np.isfinite(trial.size) & ~stuck
        if not active.any():
            if inner_used <= tight:
                break
            # A result of loose inner solves is confirmed, or not, with tight ones.
            trial, inner_used = again(problem, trial, closure, tight), tight
            continue
        inner = tight if precise else _inner_tolerance(trial.size[active], tight)
        direction = np.zeros_like(trial.excess)
        fresh = active & ~jacobians.valid
        for b in np.flatnonzero(active).tolist():
            direction[b] = jacobians.step(
                problem, trial, closure, b, borrow=steps == 0, tolerance=tolerance
            )
        before = trial
        sizes = [*sizes, trial.size][-memory:]
        direction = _shortened(direction, trial)
        trial, accepted = _line_search(
            subproblem, trial, direction, active, closure, inner, np.max(sizes, axis=0)
        )
        steps += 1
        slow = active & (~accepted | (trial.size > SLOWEST * before.size))
        is_loose = max(inner, inner_used) > tight
        if is_loose and ((slow & fresh).any() or not accepted.all()):
            # Perhaps only rounding inside was in the way, which is large beside a small capped
            # flow: from here on with all digits.
            precise, tight = True, TIGHT
            trial, inner_used = again(problem, trial, closure), TIGHT
        else:
            stuck |= active & ~accepted & fresh & ~jacobians.pooled
            inner_used = max(inner, inner_used) if not accepted.all() else inner
        # A cap or a floor that begins or ceases to bind changes a whole row, but not the Jacobian.
        changed_sides = accepted & (trial.binding != before.binding).any(axis=1)
        jacobians.valid &= ~slow | changed_sides
        # A Jacobian with users pooled is only near; after a slow step the next is by user.
        jacobians.pooled &= ~(slow & fresh) | changed_sides
        jacobians.correct(active, trial, before, markets)
    trial = trial if inner_used <= tight else again(problem, trial, closure, tight)
    return Search(trial, steps, jacobians.formed, jacobians.values)


def loosest_inner(problem: Problem) -> float:
    """Tolerance of the inner solves of a trial to begin with."""
    # Rounding inside is large beside a small capped flow.
    return TIGHT if problem.caps.groups else LOOSEST


# ---------------------------------------------------------------------- helpers
def _inner_tolerance(size: Float, tight: float) -> float:
    """Tolerance of inner solves: early steps need no more digits inside than they will gain."""
    return max(tight, min(LOOSEST, LOOSENESS * float(size.min())))


def _shortened(direction: Float, trial: Trial) -> Float:
    """Scale steps (B, F + G) down to the longest allowed."""
    longest = np.full(direction.shape[1], LONGEST_STEP)
    longest[direction.shape[1] - trial.rent.shape[1] :] = LONGEST_RENT_STEP
    excess_length = (np.abs(direction) / longest).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(direction / np.maximum(excess_length, 1.0), dtype=np.float64)


def _line_search(
    subproblem: Callable[[tuple[int, ...]], Problem],
    trial: Trial,
    direction: Float,
    active: Bool,
    closure: Closure,
    inner: float,
    size_limit: Float,
) -> tuple[Trial, Bool]:
    """Shorten each step until the largest excess falls; members that never gain stay put."""
    batch, _, N = trial.wage.shape
    factors = direction.shape[1] - trial.rent.shape[1]
    markets = FactorMarkets.of(subproblem(tuple(range(batch))).base, closure)
    wage_step = markets.spread(direction[:, :factors].reshape(batch, markets.count, N))
    accepted = ~active
    best, length = trial, 1.0
    for _ in range(8):
        pending = np.flatnonzero(~accepted)
        all_pending = len(pending) == batch
        old = trial if all_pending else trial.items(pending.tolist())
        new = evaluate(
            subproblem(tuple(pending.tolist())),
            old.wage + length * wage_step[pending],
            old.rent + length * direction[pending, factors:],
            closure,
            old.prices.price,
            old.levels.spending,
            inner,
        )
        gained = new.size < size_limit[pending] * (1.0 - 1e-4 * length)
        if all_pending and gained.all():
            return new, np.ones_like(accepted)
        best = best.with_items(pending[gained], new.items(np.flatnonzero(gained).tolist()))
        accepted[pending[gained]] = True
        if accepted.all():
            break
        length *= 0.4
    return best, accepted
