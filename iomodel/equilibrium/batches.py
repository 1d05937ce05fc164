"""Long batches of draws or scenarios, in groups that fit into the processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from iomodel._workers import Kind, in_order
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.counterfactuals import TOLERANCE, solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.elasticity_jacobian import ElasticityJacobian, elasticity_jacobian
from iomodel.errors import IOModelError

__all__ = ["DrawStart", "group_size", "in_groups", "solve_many"]

Answer = TypeVar("Answer")

# Bytes of a cache that most processors have for each core, and kernels of a member, of prices and
# of sales. Not read from the machine: bytes of the answers would depend on it.
CACHE_BYTES, KERNELS = 1_000_000, 2
# Members of a group wait for the slowest.
MOST_TOGETHER = 8


def group_size(base: Economy) -> int:
    """Members to solve together: as many as have their kernels in a cache of a megabyte, 1 to 8.

    One of 81 regions by 37 sectors, whose kernels are 2 MB each; eight of 20 by 17.
    """
    return int(np.clip(CACHE_BYTES // (KERNELS * base.share.nbytes), 1, MOST_TOGETHER))


@dataclass(frozen=True)
class DrawStart:
    """Solution from which draws start, with the Jacobian of markets at the elasticities of each.

    Attributes
    ----------
    solution : Solution
        Of one draw.
    jacobian : ElasticityJacobian or None
        None where it has no simple form: draws then start with that of the solution.
    """

    solution: Solution
    jacobian: ElasticityJacobian | None

    @classmethod
    def of(cls, solution: Solution) -> DrawStart:
        """Start at a solution; takes about as long as one Jacobian."""
        solution = solution.in_world_income()
        return cls(
            solution, elasticity_jacobian(solution.problem, solution.trial, solution.closure)
        )

    def at(self, elasticities: Elasticities) -> Solution:
        """Solution with Jacobians at the trade elasticities of draws."""
        if self.jacobian is None:
            return self.solution
        theta = elasticities.expanded()[0]
        return replace(self.solution, jacobian=self.jacobian.at(theta))


def solve_many(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    group: int | None = None,
    workers: int | None = None,
    kind: Kind | None = None,
    tolerance: float = TOLERANCE,
) -> Iterator[Solution]:
    """Yield the solutions of a long batch, group by group, each warm-started from member zero.

    Parameters
    ----------
    base : Economy
        The same for all.
    elasticities, shock, closure, tolerance
        As in :func:`iomodel.equilibrium.solve`; some of the arrays with a leading axis.
    group : int, optional
        Members solved together. Default: :func:`group_size` of the base.
    workers : int, optional
        Groups solved at a time; default: one for each processor that this process may use. Results
        do not depend on it.
    kind : {"fork", "thread"}, optional
        Processes or threads; default: forked processes where that is safe.

    Yields
    ------
    Solution
        With a leading axis of at most `group`, in order.

    Raises
    ------
    SolverError
        If one of them is not found.
    """
    if group is not None and group < 1:
        raise IOModelError("group must be at least one")
    total = max(
        *(len(array) for array in elasticities.expanded()),
        *(len(np.asarray(a)) for a, axes in shock.arrays().values() if np.ndim(a) == axes + 1),
    )

    def solve_members(members: slice, start: DrawStart | None) -> Solution:
        drawn = elasticities.drawn(members)
        return solve(
            base,
            drawn,
            shock.drawn(members),
            closure,
            start=None if start is None else start.at(drawn),
            tolerance=tolerance,
        )

    centre = DrawStart.of(solve_members(slice(0, 1), None))
    yield from in_groups(
        lambda members: solve_members(members, centre),
        total,
        group=group or group_size(base),
        workers=workers,
        kind=kind,
    )


def in_groups(
    solve_members: Callable[[slice], Answer],
    total: int,
    *,
    group: int,
    workers: int | None = None,
    kind: Kind | None = None,
) -> Iterator[Answer]:
    """Yield the answers for a long batch in order, group by group, on several workers.

    Parameters
    ----------
    solve_members : callable
        Answer for the members of a slice.
    total : int
        Members of the batch.
    group, workers, kind
        As in :func:`solve_many`.

    Yields
    ------
    object
        Whatever `solve_members` returns.

    Raises
    ------
    IOModelError
        If a group has no member, or there is no worker.
    """
    if group < 1:
        raise IOModelError("group must be at least one")
    slices = [slice(k, min(k + group, total)) for k in range(0, total, group)]
    return in_order(solve_members, slices, workers=workers, kind=kind)
