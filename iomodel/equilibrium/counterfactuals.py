"""Counterfactual equilibria: after one shock, along a path of partial shocks, and a new base."""

from __future__ import annotations

import time

import numpy as np

from iomodel._threads import one_blas_thread
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.certificate import Certificate, certify
from iomodel.equilibrium.solver.common_start import common_start
from iomodel.equilibrium.solver.finite_prices import check_finite_prices
from iomodel.equilibrium.solver.newton import STEP_LIMIT, converged, loosest_inner, search
from iomodel.equilibrium.solver.numeraire import restated, unit_of
from iomodel.equilibrium.solver.phasing import phased_search
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import TIGHT, Trial, base_trial, trial_from
from iomodel.errors import InfeasibleError, IOModelError, SolverError
from iomodel.typing import Float

__all__ = ["TOLERANCE", "homotopy", "rebase", "solve"]


TOLERANCE = 1e-10
# Largest residual of budgets and goods markets. Inner solves end at 1e-13; rounding in large
# economies leaves budgets a little above that. Else a budget is out by the excess demand of its
# region's factors, and by residuals of inner solves, a small part of it: twice is enough.
ACCEPT, ACCEPT_TIMES = 1e-8, 2.0


@one_blas_thread()
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
    """Solve for the equilibrium after a shock, in exact hat algebra.

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
        Steps of the homotopy that is tried if the direct search fails; 0 for none.

    Returns
    -------
    Solution
        Always with a leading axis of scenarios or draws, of length one for a single solve.

    Raises
    ------
    SolverError
        If no equilibrium was found to tolerance; nothing unconverged is ever returned.
    InfeasibleError
        If a region loses every supplier of a good it uses, its goods need more of one another than
        they yield, or its surplus exceeds its income.
    """
    start_time = time.perf_counter()
    closure = closure or Closure()
    shock = shock or Shock()
    if base.capital is not None and closure.labour != "mobile":
        raise IOModelError(
            f"a steady state of capital needs mobile factors, not closure={closure.labour!r}; name "
            "another horizon or closure='mobile'"
        )
    if base.capital is not None and base.specific:
        sector = base.names.sector(base.specific[0])
        raise IOModelError(
            f"a steady state of capital needs mobile factors; {sector} has a factor of its own"
        )
    problem = prepare(base, elasticities, shock)
    _check_transfers(problem, closure)
    inner = TIGHT if start is None else loosest_inner(problem)
    initial, jacobian = _beginning(problem, elasticities, shock, closure, start, inner)
    direct = search(problem, initial, closure, tolerance, STEP_LIMIT, jacobian, inner)
    trial, method, steps, jacobians = direct.trial, "newton", direct.steps, direct.jacobians
    if not converged(trial, tolerance):
        check_finite_prices(problem)
    if phases and not converged(trial, tolerance):
        trial, more_steps, more_jacobians = phased_search(
            problem, elasticities, shock, closure, tolerance, phases
        )
        method = f"homotopy ({phases} phases)"
        steps, jacobians = steps + more_steps, jacobians + more_jacobians
    seconds = time.perf_counter() - start_time
    taxed = problem.with_rents(trial.rent)
    unit = unit_of(problem, trial, closure)
    trial = restated(trial, unit)
    certificate = certify(
        taxed,
        trial,
        closure,
        iterations=steps,
        jacobians=jacobians,
        method=method,
        seconds=seconds,
    )
    _check_certificate(certificate, tolerance, base, trial, closure)
    expenditure = trial.levels.expenditure
    if expenditure.min() < 0.0:
        regions = base.names.listed(np.flatnonzero((expenditure < 0.0).any(axis=0)))
        raise InfeasibleError(
            f"spending would be less than nothing in {regions}: the surplus exceeds the income; "
            "use balance='zero'"
        )
    return Solution(base, taxed, closure, trial, certificate, direct.jacobian, unit)


def homotopy(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    steps: int,
    tolerance: float = TOLERANCE,
) -> list[Solution]:
    """Solve for equilibria along a path from no shock to the whole one.

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
        partial = partial_shock(base, shock, k / steps)
        start = path[-1] if path else None
        path.append(
            solve(base, elasticities, partial, closure, start=start, tolerance=tolerance, phases=0)
        )
    return path


def rebase(
    base: Economy, elasticities: Elasticities, closure: Closure | None = None
) -> tuple[Economy, Solution]:
    """Solve the base anew under a closure, by default with all deficits at zero.

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
def _beginning(
    problem: Problem,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure,
    start: Solution | None,
    inner: float,
) -> tuple[Trial, Float | None]:
    """Trial to begin with, and a Jacobian of a like problem if there is one."""
    if start is not None:
        alike = start.closure.markets == closure.markets
        trial = trial_from(problem, closure, start.in_world_income().trial, inner)
        return trial, start.jacobian if alike else None
    if problem.base.users > 1:
        common = common_start(problem, elasticities, shock, closure)
        if common is not None:
            return common.trial, common.jacobian
    return base_trial(problem, closure), None


def _check_certificate(
    certificate: Certificate, tolerance: float, base: Economy, trial: Trial, closure: Closure
) -> None:
    """Refuse a trial that is no equilibrium; say where it is furthest from one."""
    if certificate.excess_demand <= tolerance and certificate.worst <= max(
        ACCEPT, ACCEPT_TIMES * tolerance
    ):
        return
    # Where prices have to move most, the search has least to hold on to.
    logs = np.where(base.value_added > 0.0, np.abs(trial.wage).max(axis=0), 0.0)
    sector, region = (int(k) for k in np.unravel_index(int(logs.argmax()), logs.shape))
    place = base.names.region(region)
    if closure.labour in ("specific", "sticky"):
        place = base.names.industry(sector, region)
    wages = trial.wage[:, sector, region]
    change = float(np.exp(wages[int(np.abs(wages).argmax())]))
    rigid = closure.labour == "rigid"
    balance = "" if closure.balance == "zero" else ", or balance='zero'"
    raise SolverError(
        f"no equilibrium found: after {certificate.iterations} Newton steps excess demand is "
        f"{certificate.excess_demand:.1e} (at most {tolerance:.0e}) and the worst residual "
        f"{certificate.worst:.1e}"
        + ("" if rigid else f"; factor prices move most in {place}, to {change:.2g} times the base")
        + "; cut a smaller share, leave a flow open, take higher elasticities or a longer horizon"
        + balance
    )


def _check_transfers(problem: Problem, closure: Closure) -> None:
    """Refuse fixed deficits among regions that no longer trade: nothing could pay for them."""
    if closure.balance != "fixed" or closure.fixes_spending or not problem.component.any():
        return
    for group in range(int(problem.component.max()) + 1):
        member = problem.component == group
        transfer = np.abs((member * problem.base.deficit).sum(axis=1))
        if np.any(transfer > 1e-9 * problem.base.income.sum()):
            regions = problem.base.names.listed(np.flatnonzero(member.any(axis=0)))
            raise InfeasibleError(
                f"there is no longer trade of {regions} with the rest, yet balance='fixed' asks "
                "for transfers between them; use balance='share' or balance='zero'"
            )
