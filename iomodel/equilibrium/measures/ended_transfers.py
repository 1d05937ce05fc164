"""Real GDP while transfers between groups of regions end that will no longer trade."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.counterfactuals import solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.measures.volumes import link
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solution import Solution
from iomodel.typing import Component, Float

__all__ = ["Balancing", "balancing", "ended_transfers"]

# Share of world income; a smaller transfer is rounding.
NO_TRANSFER = 1e-9
# Steps in which transfers end; two chains, of all steps and of every second, measure the error.
STEPS = 4


@dataclass(frozen=True)
class Balancing:
    """Economy whose transfers have ended.

    Attributes
    ----------
    economy : Economy
    hat : ndarray, shape (1, N)
        Real GDP over base.
    error_points : float
        Estimated error of `hat` in percentage points, in the worst region.
    """

    economy: Economy
    hat: Float
    error_points: float


def ended_transfers(end: Solution) -> Float:
    """Deficits of the base that trade no longer lets anybody pay for, (N,).

    The balance of each group of regions that still trade, in proportion to income. Zero but for
    deficits that are shares of incomes.
    """
    base, component = end.base, end.problem.component[0]
    ended = np.zeros_like(base.deficit)
    if end.closure.balance != "share" or end.closure.fixes_spending or len(end.unit) > 1:
        return ended
    for group in range(int(component.max()) + 1):
        member = component == group
        balance, income = base.deficit[member].sum(), base.income[member].sum()
        if abs(balance) > NO_TRANSFER * base.income.sum() and income > 0.0:
            ended[member] = balance / income * base.income[member]
    return ended


def balancing(
    base: Economy,
    elasticities: Elasticities,
    closure: Closure,
    ended: Float,
    groups: Component,
) -> Balancing:
    """Solve for the economy without some transfers, and chain real GDP on the way.

    Parameters
    ----------
    base : Economy
    elasticities : Elasticities
    closure : Closure
    ended : ndarray, shape (N,)
        Parts of the deficits that end.
    groups : ndarray of int, shape (N,)
        Groups of regions among which deficits balance afterwards.

    Returns
    -------
    Balancing
    """
    points: list[Solution | None] = [None]
    for step in range(1, STEPS + 1):
        partial = replace(base, deficit=base.deficit - step / STEPS * ended)
        shock = Shock(balanced=groups) if step == STEPS else None
        points.append(solve(partial, elasticities, shock, closure, start=points[-1]))

    def chain(stride: int) -> Float:
        places = range(stride, STEPS + 1, stride)
        links = [link(points[k - stride], _known(points[k])) for k in places]
        return np.asarray(sum(links), dtype=np.float64)

    fine, coarse = chain(1), chain(2)
    log_hat = fine + (fine - coarse) / 3.0
    error = float(100.0 * (np.exp(fine) * np.abs(fine - coarse)).max() / 3.0)
    return Balancing(_known(points[-1]).economy(), np.exp(log_hat), error)


def _known(solution: Solution | None) -> Solution:
    assert solution is not None
    return solution
