"""Start of a search in an economy with import shares by user: that with common shares.

Wages, prices and the Jacobian of factor markets hardly depend on who of a region's users buys
where, and the economy with common shares costs a fraction of the other's time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.common_shares import with_common_shares
from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solver.newton import STEP_LIMIT, converged, search
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial, base_trial, evaluate
from iomodel.typing import Float

__all__ = ["CommonStart", "common_start"]


# Of the economy with common shares, whose equilibrium is further than this from that by user.
START_TOLERANCE = 1e-6


@dataclass(frozen=True)
class CommonStart:
    """Trial and Jacobian to begin a search with.

    Attributes
    ----------
    trial : Trial
        At the factor prices and rents of the economy with common shares.
    jacobian : ndarray, shape (B, M, M) or (B, M, 0)
    """

    trial: Trial
    jacobian: Float


def common_start(
    problem: Problem, elasticities: Elasticities, shock: Shock, closure: Closure
) -> CommonStart | None:
    """Start from the equilibrium of the economy with common import shares.

    Parameters
    ----------
    problem : Problem
        With shares by user.
    elasticities, shock, closure
        Those of `problem`.

    Returns
    -------
    CommonStart or None
        None if the search with common shares does not converge.
    """
    base = problem.base
    common = prepare(with_common_shares(base), elasticities, shock)
    result = search(common, base_trial(common, closure), closure, START_TOLERANCE, STEP_LIMIT)
    trial = result.trial
    if not converged(trial, START_TOLERANCE):
        return None
    old_spending = np.broadcast_to(common.base.spending, trial.levels.spending.shape)
    growth = np.divide(
        trial.levels.spending, old_spending, out=np.ones(old_spending.shape), where=old_spending > 0
    )
    spending = by_user(base.spending, base.shape[1]) * growth[:, :, None, :]
    start = evaluate(
        problem,
        trial.wage,
        trial.rent,
        closure,
        np.tile(trial.prices.price, (1, 1, base.users)),
        spending.reshape(problem.batch, len(base.spending), -1),
    )
    return CommonStart(start, result.jacobian)
