r"""Arrival rate of ideas at which the baseline meets a target of growth.

The scale of knowledge is free, so that :math:`\alpha_0` has no unit of its own. As in
[GoesBekkers2022]_ it is set, for every exponent anew, so that the mean growth of real GDP over
regions and years meets the target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.ideas import Ideas, arrivals
from iomodel.diffusion.path import Course, simulate
from iomodel.diffusion.world import World
from iomodel.errors import InfeasibleError, SolverError
from iomodel.typing import Float

__all__ = ["growth_rates", "scaled_ideas"]


# Of mean growth a year: a thousandth of a percentage point.
TOLERANCE = 1e-5
ROUNDS = 15


def growth_rates(course: Course) -> Float:
    """Mean growth of real GDP a year over the path, (M, N), as fractions. Eq. (12)."""
    span = float(course.years[-1] - course.years[0])
    return np.asarray((course.real_gdp[-1] / course.real_gdp[0]) ** (1.0 / span) - 1.0)


def scaled_ideas(
    world: World,
    ideas: Ideas,
    target: float,
    *,
    progress: Callable[[str], None] | None = None,
) -> Ideas:
    """Set arrival rates so that mean growth of the baseline meets a target.

    Eq. (13).

    Parameters
    ----------
    world : World
    ideas : Ideas
        Of M members; their arrival rates are replaced.
    target : float
        Growth of real GDP a year, plain mean over regions, as a fraction.
    progress : callable, optional
        Called with a line of text after every round.

    Returns
    -------
    Ideas

    Raises
    ------
    InfeasibleError
        If the baseline grows faster than that without any ideas.
    SolverError
        If the rates are not found.
    """
    members = len(ideas.alpha)

    def mean_growth(alpha: Float) -> Float:
        course = simulate(world, ge.Shock(), replace(ideas, alpha=alpha), links=1)
        return np.asarray(growth_rates(course).mean(axis=1), dtype=np.float64)

    idle = mean_growth(np.zeros(members))
    if idle.min() >= target - TOLERANCE:
        if np.abs(idle - target).max() <= TOLERANCE:
            return replace(ideas, alpha=np.zeros(members))
        raise InfeasibleError(
            f"labour and capital alone let the baseline grow by {100 * idle.max():.2f} percent a "
            f"year, more than the {100 * target:.2f} asked for; ask for more, or give alpha"
        )
    log_alpha = np.log(_first_guess(world, ideas, idle, target))
    growth = mean_growth(np.exp(log_alpha))
    slope = np.maximum(growth - idle, 1e-6)
    for k in range(ROUNDS):
        if progress:
            progress(f"arrival rate, round {k + 1}: baseline grows {_percent(growth)} a year")
        if np.abs(growth - target).max() <= TOLERANCE:
            return replace(ideas, alpha=np.exp(log_alpha))
        step = np.clip((target - growth) / slope, -2.0, 2.0)
        before, log_alpha = growth, log_alpha + step
        growth = mean_growth(np.exp(log_alpha))
        secant = np.divide(growth - before, step, out=np.zeros_like(step), where=step != 0.0)
        slope = np.where(secant > 0.0, secant, slope)
    raise SolverError(
        f"no arrival rate found: after {ROUNDS} rounds the baseline grows {_percent(growth)} a "
        f"year, not {100 * target:.2f} percent; give alpha"
    )


# ---------------------------------------------------------------------- helpers
def _first_guess(world: World, ideas: Ideas, idle: Float, target: float) -> Float:
    r"""Arrival rates that meet the target at constant trade shares and Domar weights.

    Eq. (14).

    By Hulten's theorem GDP grows with :math:`\sum_s (R_s / Y) \ln \hat A_s`; capital that keeps
    pace with it adds the reciprocal of the labour share.
    """
    base, years = world.base, world.years
    knowledge = np.broadcast_to(world.knowledge, (len(ideas.alpha), *base.shape))
    share = np.broadcast_to(base.share, (len(knowledge), *base.share.shape))
    insights = arrivals(share, knowledge, world.input_cost, ideas.beta, ideas.insight) / knowledge
    span = float(years[-1] - years[0])
    weight = base.output / np.maximum(base.income, 1e-300) / world.factors.labour_share
    weight = weight / np.asarray(world.elasticities.theta)[:, None] / span
    low, high = np.full(len(knowledge), -60.0), np.full(len(knowledge), 60.0)
    for _ in range(60):
        middle = (low + high) / 2.0
        log_growth = np.log1p(span * np.exp(middle)[:, None, None] * insights)
        growth = idle + (weight * log_growth).sum(axis=1).mean(axis=1)
        low, high = np.where(growth < target, middle, low), np.where(growth < target, high, middle)
    return np.asarray(np.exp((low + high) / 2.0), dtype=np.float64)


def _percent(growth: Float) -> str:
    return ", ".join(f"{100 * g:.3f}%" for g in growth)
