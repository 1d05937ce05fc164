"""Long batches of draws or scenarios, in groups that fit into the processor's cache."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from iomodel._threads import processors
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.counterfactuals import TOLERANCE, solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solution import Solution
from iomodel.errors import IOModelError

__all__ = ["GROUP", "in_groups", "solve_many"]

Answer = TypeVar("Answer")

# Members solved together.
GROUP = 8


def solve_many(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    group: int = GROUP,
    workers: int | None = None,
    tolerance: float = TOLERANCE,
) -> Iterator[Solution]:
    """Yield the solutions of a long batch, group by group, each warm-started from member zero.

    Parameters
    ----------
    base : Economy
        The same for all.
    elasticities, shock, closure, tolerance
        As in :func:`iomodel.equilibrium.solve`; some of the arrays with a leading axis.
    group : int
        Members solved together. Larger groups save little time and cost memory.
    workers : int, optional
        Groups solved at a time, each on a thread of its own; default: one for each processor
        that this process may use. Results do not depend on it.

    Yields
    ------
    Solution
        With a leading axis of at most `group`, in order.

    Raises
    ------
    SolverError
        If one of them is not found.
    """
    if group < 1:
        raise IOModelError("group must be at least one")
    total = max(
        *(len(array) for array in elasticities.expanded()),
        *(len(np.asarray(a)) for a, axes in shock.arrays().values() if np.ndim(a) == axes + 1),
    )

    def solve_members(members: slice, start: Solution | None) -> Solution:
        return solve(
            base,
            elasticities.drawn(members),
            shock.drawn(members),
            closure,
            start=start,
            tolerance=tolerance,
        )

    centre = solve_members(slice(0, 1), None)
    yield from in_groups(
        lambda members: solve_members(members, centre), total, group=group, workers=workers
    )


def in_groups(
    solve_members: Callable[[slice], Answer],
    total: int,
    *,
    group: int = GROUP,
    workers: int | None = None,
) -> Iterator[Answer]:
    """Yield the answers for a long batch in order, group by group, on several threads.

    Parameters
    ----------
    solve_members : callable
        Answer for the members of a slice.
    total : int
        Members of the batch.
    group, workers : int
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
    workers = workers or processors()
    if min(group, workers) < 1:
        raise IOModelError("group and workers must be at least one")
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Answer]] = deque()
        for begin in range(0, total, group):
            # One group waits beside those at work: memory is bounded, and no thread idles.
            if len(running) > workers:
                yield running.popleft().result()
            running.append(pool.submit(solve_members, slice(begin, min(begin + group, total))))
        while running:
            yield running.popleft().result()
