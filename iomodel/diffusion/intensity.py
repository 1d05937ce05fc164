r"""Arrival rate of ideas, scaled on what ideas add to the growth of the baseline.

The arrival rate :math:`\alpha_0` has the unit of knowledge to the power :math:`1-\beta`, a year,
and is one number for every exponent. [GoesBekkers2022]_ do not print it; their validation run
grows faster than the same run without ideas by a number of points, and :math:`\alpha_0` follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.ideas import Ideas, arrivals
from iomodel.diffusion.path import Course, simulate
from iomodel.diffusion.world import World
from iomodel.errors import InfeasibleError, IOModelError, SolverError
from iomodel.typing import Float

__all__ = ["arrival_rate", "growth_rates"]


# Of mean growth a year: a thousandth of a percentage point.
TOLERANCE = 1e-5
ROUNDS = 15


def growth_rates(course: Course) -> Float:
    """Mean growth of real GDP a year over the path, (M, N), as fractions. Eq. (14)."""
    span = float(course.years[-1] - course.years[0])
    return np.asarray((course.real_gdp[-1] / course.real_gdp[0]) ** (1.0 / span) - 1.0)


def arrival_rate(
    world: World,
    ideas: Ideas,
    addition: float,
    *,
    years: float = 15.0,
    progress: Callable[[str], None] | None = None,
) -> float:
    """Arrival rate at which ideas add a number of points to mean growth of the baseline.

    Eq. (15).

    Parameters
    ----------
    world : World
    ideas : Ideas
        Of one member; its arrival rate is left aside.
    addition : float
        Growth of real GDP a year, plain mean over regions, over that without ideas; a positive
        fraction.
    years : float
        Span over which growth is measured, or the whole path if that is shorter.
    progress : callable, optional
        Called with a line of text after every round.

    Returns
    -------
    float
        A year, in the unit of knowledge to the power of one less beta.

    Raises
    ------
    InfeasibleError
        If no industry has inputs to learn from.
    SolverError
        If the rate is not found.
    """
    if addition <= 0.0 or len(ideas.alpha) != 1:
        raise IOModelError(
            f"ideas of {len(ideas.alpha)} members are to add {addition:g} to growth; give one "
            "member and a positive addition"
        )
    short = world.until(years)

    def mean_growth(alpha: float) -> float:
        trial = replace(ideas, alpha=np.array([alpha]))
        return float(growth_rates(simulate(short, ge.Shock(), trial, links=1)).mean())

    idle = mean_growth(0.0)
    log_alpha = np.log(_first_guess(short, ideas, addition))
    added = mean_growth(float(np.exp(log_alpha))) - idle
    # Additions are nearly proportional to the rate: logs are nearly a line of slope one.
    slope = 1.0
    for k in range(ROUNDS):
        if progress:
            progress(f"arrival rate, round {k + 1}: ideas add {100.0 * added:.3f} points a year")
        if abs(added - addition) <= TOLERANCE:
            return float(np.exp(log_alpha))
        step = float(np.clip(np.log(addition / max(added, 1e-12)) / slope, -2.0, 2.0))
        before, log_alpha = added, log_alpha + step
        added = mean_growth(float(np.exp(log_alpha))) - idle
        if added > 0.0 and before > 0.0 and added != before:
            secant = float(np.log(added / before)) / step
            slope = secant if secant > 0.0 else slope
    raise SolverError(
        f"no arrival rate: after {ROUNDS} rounds ideas add {100.0 * added:.3f} points to growth, "
        f"not {100.0 * addition:.2f}; give alpha"
    )


# ---------------------------------------------------------------------- helpers
def _first_guess(world: World, ideas: Ideas, addition: float) -> float:
    r"""Arrival rate at constant trade shares and Domar weights.

    Eq. (16).

    By Hulten's theorem GDP grows with :math:`\sum_s (R_s / Y) \ln \hat A_s`; capital that keeps
    pace with it adds the reciprocal of the labour share.
    """
    base, years = world.base, world.years
    knowledge = world.knowledge[None]
    insights = arrivals(base.share[None], knowledge, world.input_cost, ideas.beta, ideas.insight)
    if not insights.any():
        raise InfeasibleError("no industry has inputs to learn from; give alpha")
    span = float(years[-1] - years[0])
    weight = base.output / np.maximum(base.income, 1e-300) / world.factors.labour_share
    weight = weight * world.productivity_exponent[:, None] / span
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2.0
        log_growth = np.log1p(span * np.exp(middle) * insights[0] / world.knowledge)
        growth = float((weight * log_growth).sum(axis=0).mean())
        low, high = (middle, high) if growth < addition else (low, middle)
    return float(np.exp((low + high) / 2.0))
