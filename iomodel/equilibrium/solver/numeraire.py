"""The numeraire: nominal values restated in another unit of account."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial
from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["restated", "unit_of"]


def unit_of(problem: Problem, trial: Trial, closure: Closure) -> Float:
    """Price of the solver's unit of account in that of the closure, (B,).

    Nominal values of the trial are to be multiplied by it.

    Parameters
    ----------
    problem : Problem
    trial : Trial
        With world factor income as in the base.
    closure : Closure

    Returns
    -------
    ndarray, shape (B,)

    Raises
    ------
    IOModelError
        If there is no such region, or it has no factor income.
    """
    n, regions = closure.region, problem.base.shape[1]
    if closure.numeraire == "world":
        return np.ones(problem.batch)
    if not 0 <= n < regions:
        raise IOModelError(f"numeraire of region {n}: there are {regions}, counted from zero")
    if closure.numeraire == "price":
        return np.exp(-trial.prices.final[:, n])
    supply = (problem.base.value_added * problem.endowment).sum(axis=1)[:, n]
    if not (supply > 0.0).all():
        raise IOModelError(
            f"{problem.base.names.region(n)} has no factor income to be the numeraire; "
            "choose another"
        )
    return np.asarray(supply / trial.levels.income[:, n], dtype=np.float64)


def restated(trial: Trial, unit: Float) -> Trial:
    """Multiply the nominal values of a trial by a unit of account, (B,)."""
    plane, cube = unit[:, None], unit[:, None, None]
    prices, levels = trial.prices, trial.levels
    return replace(
        trial,
        wage=trial.wage + np.log(cube),
        prices=replace(
            prices,
            wage=prices.wage + np.log(cube),
            bundle=prices.bundle + np.log(cube),
            cost=prices.cost + np.log(cube),
            price=prices.price + np.log(cube),
            final=prices.final + np.log(plane),
        ),
        levels=replace(
            levels,
            spending=levels.spending * cube,
            output=levels.output * cube,
            income=levels.income * plane,
            revenue=levels.revenue * plane,
            rents=levels.rents * plane,
            deficit=levels.deficit * plane,
            labour_demand=levels.labour_demand * cube,
        ),
    )
