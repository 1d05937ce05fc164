"""Solving for the new equilibrium: directly, or by phasing the shock in."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.measures.certificate import UNCHECKED, certify
from iomodel.equilibrium.measures.units import restated, unit_of
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.newton import search
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial, again, evaluate
from iomodel.errors import InfeasibleError, IOModelError, SolverError

__all__ = ["homotopy", "rebase", "solve"]


TOLERANCE = 1e-10
# Inner solves end at 1e-13; rounding in large economies leaves budgets a little above that.
ACCEPT = 1e-8
STEP_LIMIT = 120


def solve(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock | None = None,
    closure: Closure | None = None,
    *,
    start: Solution | None = None,
    tolerance: float = TOLERANCE,
    phases: int = 16,
) -> Solution:
    """Return the equilibrium after a shock, in exact hat algebra.

    Parameters
    ----------
    base : Economy
        Should itself be an equilibrium (see :func:`rebase`); then hats mean changes from it.
    elasticities : Elasticities
    shock : Shock, optional
        No shock solves for the base under the closure.
    closure : Closure, optional
        Default: mobile factors, balanced trade.
    start : Solution, optional
        Of the same base, to begin from; a batch of one serves every member of a batch.
    tolerance : float
        Largest absolute log excess demand in a factor market.
    phases : int
        Steps of the homotopy that is tried where the direct search fails; 0 for none.

    Returns
    -------
    Solution
        Always with a leading axis of scenarios or draws, of length one for a single solve.

    Raises
    ------
    SolverError
        If no equilibrium was found to tolerance; nothing unconverged is ever returned.
    InfeasibleError
        If a region loses every supplier of something it uses, or its surplus exceeds its income.
    """
    begun = time.perf_counter()
    closure = closure or Closure()
    shock = shock or Shock()
    problem = prepare(base, elasticities, shock)
    _check_transfers(problem, closure)
    first = _first(problem, closure, start)
    known = None if start is None or start.closure.markets != closure.markets else start.inverse
    found = search(problem, first, closure, tolerance, STEP_LIMIT, known)
    method, steps, formed = "newton", found.steps, found.jacobians
    trial = found.trial
    if phases and not _converged(trial, tolerance):
        trial, more, extra = _phased(problem, elasticities, shock, closure, tolerance, phases)
        method, steps, formed = f"homotopy ({phases} phases)", steps + more, formed + extra
    seconds = time.perf_counter() - begun
    taxed = problem.with_rents(trial.rent)
    unit = unit_of(problem, trial, closure)
    draft = Solution(base, taxed, closure, restated(trial, unit), UNCHECKED, found.inverse, unit)
    certificate = certify(draft, iterations=steps, jacobians=formed, method=method, seconds=seconds)
    if not (certificate.excess_demand <= tolerance and certificate.worst <= ACCEPT):
        raise SolverError(
            f"no equilibrium found: after {steps} Newton steps excess demand is "
            f"{certificate.excess_demand:.1e} (at most {tolerance:.0e}) and the worst residual "
            f"{certificate.worst:.1e}; with closed or nearly closed borders use balanced trade "
            "(balance='zero'), or phase the shock in more slowly (phases)"
        )
    if draft.expenditure.min() < 0.0:
        regions = np.flatnonzero((draft.expenditure < 0.0).any(axis=0)).tolist()
        raise InfeasibleError(
            f"regions {regions} would spend less than nothing: their surplus exceeds their income; "
            "use balance='zero'"
        )
    return replace(draft, certificate=certificate)


def homotopy(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    steps: int,
    tolerance: float = TOLERANCE,
) -> list[Solution]:
    """Return the equilibria along a path from no shock to the whole one.

    Parameters
    ----------
    base, elasticities, shock, closure, tolerance
        As in :func:`solve`.
    steps : int
        Points on the path, the last being the whole shock. Logs of costs grow in proportion;
        closed flows close gradually.

    Returns
    -------
    list of Solution

    Raises
    ------
    SolverError
        If a point on the path is not found.
    """
    if steps < 1:
        raise IOModelError("a path needs at least one step")
    path: list[Solution] = []
    for k in range(1, steps + 1):
        part = partial_shock(base, shock, k / steps)
        before = path[-1] if path else None
        path.append(
            solve(base, elasticities, part, closure, start=before, tolerance=tolerance, phases=0)
        )
    return path


def rebase(
    base: Economy, elasticities: Elasticities, closure: Closure | None = None
) -> tuple[Economy, Solution]:
    """Return the base solved anew under a closure, by default with all deficits at zero.

    Parameters
    ----------
    base : Economy
        Any calibration.
    elasticities : Elasticities
    closure : Closure, optional

    Returns
    -------
    Economy, Solution
        The new base, and the solve that led to it (its hats tell how far it moved).
    """
    solution = solve(base, elasticities, None, closure)
    return solution.economy(), solution


# ---------------------------------------------------------------------- helpers
def _first(problem: Problem, closure: Closure, start: Solution | None) -> Trial:
    S, N = problem.base.shape
    batch, groups = problem.batch, problem.caps.groups
    wide = (batch, *problem.base.spending.shape)
    if start is None:
        wage, rent = np.zeros((batch, S, N)), np.zeros((batch, groups))
        spending = np.broadcast_to(problem.base.spending, wide)
        return evaluate(problem, wage, rent, closure, np.zeros(wide), spending)
    guess = start.in_world_income().trial
    price, spending = guess.prices.price, guess.levels.spending
    if price.shape[1:] != wide[1:] or len(price) not in (1, batch):
        raise IOModelError("the solution to start from has another shape; solve without start")
    rent = guess.rent if guess.rent.shape[1] == groups else np.zeros((1, groups))
    return evaluate(
        problem,
        np.broadcast_to(guess.wage, (batch, S, N)),
        np.broadcast_to(rent, (batch, groups)),
        closure,
        np.broadcast_to(price, wide),
        np.broadcast_to(spending, wide),
    )


def _check_transfers(problem: Problem, closure: Closure) -> None:
    """Refuse deficits among regions that no longer trade: nothing could pay for them."""
    if closure.balance == "zero" or closure.labour == "rigid" or not problem.component.any():
        return
    for group in range(int(problem.component.max()) + 1):
        member = problem.component == group
        left = np.abs((member * problem.base.deficit).sum(axis=1))
        if np.any(left > 1e-9 * problem.base.income.sum()):
            regions = np.flatnonzero(member.any(axis=0)).tolist()
            raise InfeasibleError(
                f"regions {regions} no longer trade with the rest, yet balance="
                f"{closure.balance!r} asks for transfers between them; use balance='zero'"
            )


def _converged(trial: Trial, tolerance: float) -> bool:
    return bool((trial.size <= tolerance).all())


def _phased(
    problem: Problem,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure,
    tolerance: float,
    phases: int,
) -> tuple[Trial, int, int]:
    """Follow the path of partial shocks; loose on the way, tight at its end."""
    trial, steps, formed = _first(problem, closure, None), 0, 0
    last: Trial | None = None
    for k in range(1, phases + 1):
        whole = k == phases
        here = (
            problem
            if whole
            else prepare(problem.base, elasticities, partial_shock(problem.base, shock, k / phases))
        )
        begin = _first(here, closure, None) if last is None else again(here, last, closure)
        found = search(here, begin, closure, tolerance if whole else 1e-6, STEP_LIMIT)
        last, steps, formed = found.trial, steps + found.steps, formed + found.jacobians
        if not _converged(last, 1e-3):
            # The path is lost; a later point would not be found from here either.
            lost = np.maximum(last.size, 1.0)
            return replace(last, size=lost), steps, formed
    return last or trial, steps, formed
