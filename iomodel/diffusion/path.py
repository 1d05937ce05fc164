r"""Path of the recursive model: a static equilibrium every period, linked by knowledge and capital.

Each period is solved in hats relative to the base year (:mod:`iomodel.diffusion.periods`). Ideas
arrive with a lag of one period, so that the periods follow one another and nothing has to be
foreseen. The policy is in force from one point of time on, without being expected: its effect at
that point is the static one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import iomodel.diffusion.checkpoint as files
import iomodel.equilibrium as ge
from iomodel.diffusion.ideas import Ideas, arrivals
from iomodel.diffusion.periods import (
    HISTORY,
    first_period,
    link,
    onset,
    solved,
    trade_volume,
)
from iomodel.diffusion.world import World
from iomodel.errors import IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.typing import Arrays, Float

__all__ = ["Course", "simulate"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """Paths of M members: income, output, capital and knowledge.

    Attributes
    ----------
    years : ndarray, shape (T + 1,)
    real_income, real_gdp, capital : ndarray, shape (T + 1, M, N)
        Over the base year; GDP is chained volume.
    knowledge : ndarray, shape (T + 1, M, S, N)
        Stocks, in the unit of the world's.
    trade : ndarray, shape (T + 1, M, N, N)
        Exports to each partner at prices of the base year; zero at home.
    solution : Solution
        The last period.
    gdp_error_points : float
        Estimated error of the policy's effect on real GDP, in percentage points, in the worst
        region: of its onset, which all later periods carry. NaN for an odd number of links.
    residual : float
        The worst of all periods.
    iterations : int
        Newton steps in all.
    seconds : float
    """

    years: Float
    real_income: Float
    real_gdp: Float
    capital: Float
    knowledge: Float
    trade: Float
    solution: ge.Solution
    gdp_error_points: float
    residual: float
    iterations: int
    seconds: float


def simulate(
    world: World,
    shock: ge.Shock,
    ideas: Ideas,
    *,
    begin: int = 0,
    links: int = 8,
    teachers: Sequence[int] | None = None,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> Course:
    """Simulate M members side by side.

    Parameters
    ----------
    world : World
    shock : Shock
        Policies; arrays with a leading axis of M, or none. Their productivity comes on top of
        knowledge; their endowment must be one.
    ideas : Ideas
        Of M members.
    begin : int
        Point of time from which the policies are in force; before it no member has any.
    links : int
        Of the path along which real GDP is integrated when the policy comes into force
        (:class:`iomodel.equilibrium.GDPPath`).
    teachers : sequence of int, optional
        For every member the one it learns from; the baseline for all keeps knowledge on its
        baseline path under any policy. Default: itself.
    checkpoint : Path, optional
        File (.npz) to write after every period, and to go on from if it exists.
    progress : callable, optional
        Called with a line of text after every period.

    Returns
    -------
    Course

    Raises
    ------
    SolverError, InfeasibleError
        If a period has no equilibrium.
    IOModelError
        If the checkpoint belongs to another run, or the policies begin at no point of time.
    """
    start_time = time.perf_counter()
    sources = _check_members(world, shock, ideas, begin, links, teachers)
    policies = [shock if k >= begin else ge.Shock() for k in range(len(world.years))]
    mark = ""
    if checkpoint:
        mark = fingerprint(world, shock, ideas, links, tuple(sources), begin)
    saved = files.load(checkpoint, mark) if checkpoint else None
    if saved is None:
        links_at_start = links if begin == 0 else 1
        history, origin = first_period(world, policies[0], len(sources), links_at_start)
        solution = origin.solutions[-1]
        periods, residual = 1, solution.certificate.worst
        iterations = solution.certificate.iterations
        gdp_error = origin.error_points if begin == 0 else 0.0
    else:
        history = {name: np.array(saved[name]) for name in HISTORY}
        periods, iterations = int(saved["count"]), int(saved["iterations"])
        residual, gdp_error = float(saved["residual"]), float(saved["gdp_error"])
        solution = _resumed(world, policies[periods - 1], history, periods - 1, saved)
    for k in range(periods, len(world.years)):
        before = solution
        _move_state(world, ideas, sources, history, k, before)
        if k == begin:
            change = onset(world, shock, history, k, before, links)
            path, growth, gdp_error = change.solutions, change.real_gdp, change.error_points
        else:
            path = [solved(world, policies[k], history, k, before)]
            growth = link(before, path[-1])
        solution = path[-1]
        newton_steps = sum(point.certificate.iterations for point in path)
        residual = max(residual, *(point.certificate.worst for point in path))
        iterations += newton_steps
        history["real_income"][k] = solution.real_income
        history["real_gdp"][k] = history["real_gdp"][k - 1] * growth
        history["trade"][k] = trade_volume(solution)
        if checkpoint:
            counts = {"count": k + 1, "iterations": iterations, "residual": residual}
            counts["gdp_error"] = gdp_error
            record = history | {name: np.array(value) for name, value in counts.items()}
            files.save(checkpoint, mark, record, solution)
        if progress:
            progress(
                f"year {world.years[k]:g}, period {k} of {len(world.years) - 1}: "
                f"{newton_steps} Newton steps"
            )
    return Course(
        years=world.years,
        **history,
        solution=solution,
        gdp_error_points=gdp_error,
        residual=residual,
        iterations=iterations,
        seconds=time.perf_counter() - start_time,
    )


# ---------------------------------------------------------------------- helpers
def _check_members(
    world: World,
    shock: ge.Shock,
    ideas: Ideas,
    begin: int,
    links: int,
    teachers: Sequence[int] | None,
) -> list[int]:
    """Check the inputs of a run, and return the member each one learns from."""
    members = len(ideas.alpha)
    sources = list(range(members) if teachers is None else teachers)
    if len(sources) != members or not set(sources) <= set(range(members)):
        raise IOModelError(f"teachers must name one of the {members} members for each")
    if np.any(np.asarray(shock.endowment) != 1.0):
        raise IOModelError("endowments follow from labour and capital; the shock must leave them")
    if not 0 <= begin < len(world.years):
        raise IOModelError(
            f"the policies begin at point {begin}; the points of time are 0 to "
            f"{len(world.years) - 1}"
        )
    if links < 1:
        raise IOModelError("links must be at least one")
    return sources


def _move_state(
    world: World,
    ideas: Ideas,
    sources: Sequence[int],
    history: dict[str, Float],
    period: int,
    before: ge.Solution,
) -> None:
    """Fill in the knowledge and capital of a period, from the equilibrium of the one before.

    Eq. (1).
    """
    knowledge, capital = history["knowledge"], history["capital"]
    years = float(world.years[period] - world.years[period - 1])
    rate = ideas.rate(float(world.years[period - 1] - world.years[0]))[:, None, None]
    insights = arrivals(
        world.origin_shares(before),
        knowledge[period - 1],
        world.input_cost,
        ideas.beta,
        ideas.insight,
    )
    knowledge[period] = knowledge[period - 1] + years * (rate * insights)[list(sources)]
    capital[period] = world.factors.accumulate(capital[period - 1], before, years)


def _resumed(
    world: World,
    policy: ge.Shock,
    history: dict[str, Float],
    period: int,
    saved: Arrays,
) -> ge.Solution:
    """Restore the last solution that was saved, digit by digit."""
    template = world.solve(ge.Shock(), np.ones((1, world.base.shape[1])), 0.0)
    start = files.restore(template, saved)
    return files.restore(solved(world, policy, history, period, start), saved)
