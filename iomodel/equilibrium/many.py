"""Many draws of elasticities or many scenarios, in groups that fit into the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy, Elasticities, Shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solve import TOLERANCE, solve
from iomodel.errors import IOModelError

__all__ = ["solve_many"]

Float = NDArray[np.float64]


def solve_many(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    group: int = 8,
    tolerance: float = TOLERANCE,
) -> Iterator[Solution]:
    """Yield the solutions of a long batch, group by group, each warm-started from the first.

    Parameters
    ----------
    base : Economy
        The same for all.
    elasticities, shock, closure, tolerance
        As in :func:`iomodel.equilibrium.solve`; some of the arrays with a leading axis.
    group : int
        Members solved together. Larger groups save little time and cost memory.

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
    total = _members(elasticities, shock)
    centre: Solution | None = None
    for first in range(0, total, group):
        part = slice(first, min(first + group, total))
        if centre is None:
            alone = slice(0, 1)
            centre = solve(
                base,
                _drawn(elasticities, alone),
                _shocked(shock, alone),
                closure,
                tolerance=tolerance,
            )
        yield solve(
            base,
            _drawn(elasticities, part),
            _shocked(shock, part),
            closure,
            start=centre,
            tolerance=tolerance,
        )


# ---------------------------------------------------------------------- helpers
def _members(elasticities: Elasticities, shock: Shock) -> int:
    lengths = {1}
    for value, plain in (
        (elasticities.theta, 1),
        (elasticities.value_added, 0),
        (elasticities.inputs, 0),
        (elasticities.final, 0),
        (shock.tariff, 3),
        (shock.trade_cost, 3),
        (shock.productivity, 2),
        (shock.endowment, 2),
    ):
        array = np.asarray(0.0 if value is None else value)
        if array.ndim == plain + 1:
            lengths.add(len(array))
    return max(lengths)


def _part(value: ArrayLike, plain: int, which: slice) -> Float:
    array = np.asarray(value, dtype=np.float64)
    return array[which] if array.ndim == plain + 1 and len(array) > 1 else array


def _drawn(elasticities: Elasticities, which: slice) -> Elasticities:
    return Elasticities(
        _part(elasticities.theta, 1, which),
        _part(elasticities.value_added, 0, which),
        _part(elasticities.inputs, 0, which),
        _part(elasticities.final, 0, which),
    )


def _shocked(shock: Shock, which: slice) -> Shock:
    return replace(
        shock,
        tariff=None if shock.tariff is None else _part(shock.tariff, 3, which),
        trade_cost=_part(shock.trade_cost, 3, which),
        productivity=_part(shock.productivity, 2, which),
        endowment=_part(shock.endowment, 2, which),
    )
