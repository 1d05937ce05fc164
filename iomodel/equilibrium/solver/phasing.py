"""Search along a path of partial shocks, each point starting from the one before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solver.newton import STEP_LIMIT, converged, search
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial, again, base_trial

__all__ = ["phased_search"]


# Tolerance at the points before the last, and the excess demand above which the path is lost.
LOOSE, LOST = 1e-6, 1e-3


def phased_search(
    problem: Problem,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure,
    tolerance: float,
    phases: int,
) -> tuple[Trial, int, int]:
    """Follow the path of partial shocks from the base: loose on the way, tight at its end.

    Parameters
    ----------
    problem : Problem
        With the whole shock.
    elasticities : Elasticities
    shock : Shock
    closure : Closure
    tolerance : float
        Largest absolute residual at the end.
    phases : int
        Points on the path.

    Returns
    -------
    Trial, int, int
        The end of the path, or a trial of size one or more if it is lost; Newton steps and
        Jacobians of all points.
    """
    trial: Trial | None = None
    steps, jacobians = 0, 0
    for k in range(1, phases + 1):
        final = k == phases
        point = problem
        if not final:
            partial = partial_shock(problem.base, shock, k / phases)
            point = prepare(problem.base, elasticities, partial)
        start = base_trial(point, closure) if trial is None else again(point, trial, closure)
        result = search(point, start, closure, tolerance if final else LOOSE, STEP_LIMIT)
        trial = result.trial
        steps, jacobians = steps + result.steps, jacobians + result.jacobians
        if not converged(trial, LOST):
            # The path is lost; a later point would not be found from here either.
            trial = replace(trial, size=np.maximum(trial.size, 1.0))
            break
    return trial or base_trial(problem, closure), steps, jacobians
