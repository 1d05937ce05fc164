r"""The path: a static equilibrium every period, with what people know and own moving in between.

Each period is solved in hats relative to the base year (:mod:`iomodel.diffusion.periods`). Ideas
arrive with a lag of one period, so that the periods follow one another and nothing has to be
foreseen. The policy holds from one point of the path on, which is its static effect; nobody sees it
coming.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion import checkpoint as files
from iomodel.diffusion.ideas import Ideas, arrivals
from iomodel.diffusion.periods import KEPT, first_period, link, onset, solved
from iomodel.diffusion.world import World
from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["Course", "simulate"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """Paths of M members.

    Attributes
    ----------
    years : ndarray, shape (T + 1,)
    real_income, real_gdp, capital : ndarray, shape (T + 1, M, N)
        Over the base year; GDP is chained volume.
    knowledge : ndarray, shape (T + 1, M, S, N)
        Stocks, on the scale given.
    solution : Solution
        The last period.
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
    solution: ge.Solution
    residual: float
    iterations: int
    seconds: float


def simulate(
    world: World,
    shock: ge.Shock,
    ideas: Ideas,
    *,
    begin: int = 0,
    links: int = 4,
    teachers: Sequence[int] | None = None,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> Course:
    """Run M members side by side.

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
        Points along which real GDP is chained when the policy comes into force.
    teachers : sequence of int, optional
        For every member the one whose ideas it gets, as when knowledge stays on its baseline path
        whatever the policy does to trade; default: its own.
    checkpoint : Path, optional
        File (.npz) to write after every period, and to go on from where it exists.
    progress : callable, optional
        Told in words after every period.

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
    begun = time.perf_counter()
    taught = list(range(len(ideas.alpha)) if teachers is None else teachers)
    if len(taught) != len(ideas.alpha) or not set(taught) <= set(range(len(taught))):
        raise IOModelError(f"teachers must name one of the {len(ideas.alpha)} members for each")
    if np.any(np.asarray(shock.endowment) != 1.0):
        raise IOModelError("endowments follow from labour and capital; the shock must leave them")
    if not 0 <= begin < len(world.years):
        raise IOModelError(
            f"the policies begin at point {begin}; the points of time are 0 to "
            f"{len(world.years) - 1}"
        )
    if links < 1:
        raise IOModelError("links must be at least one")
    policy = [shock if k >= begin else ge.Shock() for k in range(len(world.years))]
    parts = (world, shock, ideas, links, tuple(taught), begin)
    mark = files.fingerprint(*parts) if checkpoint else ""
    saved = files.load(checkpoint, mark) if checkpoint else None
    if saved is None:
        at_once = links if begin == 0 else 1
        history, solution = first_period(world, policy[0], len(taught), at_once)
        count, worst, steps = 1, solution.certificate.worst, solution.certificate.iterations
    else:
        history = {name: np.array(saved[name]) for name in KEPT}
        count, steps = int(saved["count"]), int(saved["iterations"])
        worst = float(saved["residual"])
        solution = _resumed(world, policy[count - 1], history, count - 1, saved)
    for k in range(count, len(world.years)):
        before = solution
        years = float(world.years[k] - world.years[k - 1])
        rate = ideas.rate(float(world.years[k - 1] - world.years[0]))[:, None, None]
        gained = arrivals(
            before.share, history["knowledge"][k - 1], world.input_cost, ideas.beta, ideas.insight
        )
        history["knowledge"][k] = history["knowledge"][k - 1] + years * (rate * gained)[taught]
        history["capital"][k] = world.factors.accumulate(history["capital"][k - 1], before, years)
        if k == begin:
            path = onset(world, shock, history, k, before, links)
        else:
            path = [solved(world, policy[k], history, k, before)]
        solution = path[-1]
        newton = sum(point.certificate.iterations for point in path)
        worst = max(worst, *(point.certificate.worst for point in path))
        steps += newton
        history["real_income"][k] = solution.real_income
        history["real_gdp"][k] = history["real_gdp"][k - 1] * link(before, path)
        if checkpoint:
            counts = {"count": k + 1, "iterations": steps, "residual": worst}
            record = history | {name: np.array(value) for name, value in counts.items()}
            files.save(checkpoint, mark, record, solution)
        if progress:
            progress(
                f"year {world.years[k]:g}, period {k} of {len(world.years) - 1}: "
                f"{newton} Newton steps"
            )
    return Course(
        years=world.years,
        **history,
        solution=solution,
        residual=worst,
        iterations=steps,
        seconds=time.perf_counter() - begun,
    )


# ---------------------------------------------------------------------- helpers
def _resumed(
    world: World,
    policy: ge.Shock,
    history: dict[str, Float],
    period: int,
    saved: files.Arrays,
) -> ge.Solution:
    """Return the last solution that was saved, digit by digit."""
    idle = ge.solve(world.base, world.elasticities, None, world.closure)
    start = files.restore(idle, saved)
    return files.restore(solved(world, policy, history, period, start), saved)
