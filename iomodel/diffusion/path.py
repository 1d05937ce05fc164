r"""The path: a static equilibrium every period, with what people know and own moving in between.

Each period is solved in hats relative to the base year. Knowledge enters unit costs as
:math:`\hat A_{sn} = (\lambda_{sn}/\lambda_{sn,0})^{1/\theta_s}`: shares of origins are proportional
to :math:`\lambda (\kappa c)^{-\theta}`. Ideas arrive with a lag of one period, so that the periods
follow one another and nothing has to be foreseen. The policy holds from the base year on; the first
point of the path is the static effect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import iomodel.equilibrium as ge
from iomodel.diffusion import checkpoint as files
from iomodel.diffusion.factors import Factors
from iomodel.diffusion.ideas import Ideas, arrivals
from iomodel.errors import IOModelError

__all__ = ["Course", "World", "simulate"]

Float = NDArray[np.float64]
Progress = Callable[[str], None]

KEPT = ("real_income", "real_gdp", "capital", "knowledge")


@dataclass(frozen=True)
class World:
    """What every member of a run has in common.

    Attributes
    ----------
    base : Economy
        An equilibrium (see :func:`iomodel.equilibrium.rebase`) of S sectors and N regions.
    elasticities : Elasticities
        With positive trade elasticities of one member; the nests Cobb-Douglas.
    closure : Closure
        With mobile factors.
    factors : Factors
    knowledge : ndarray, shape (S, N)
        Stocks in the base year, up to one scale for all.
    years : ndarray, shape (T + 1,)
        Points of time, the first being the base year.
    """

    base: ge.Economy
    elasticities: ge.Elasticities
    closure: ge.Closure
    factors: Factors
    knowledge: Float
    years: Float

    def __post_init__(self) -> None:
        """Refuse what the law of motion is not written for."""
        theta = np.asarray(self.elasticities.theta)
        nests = (
            self.elasticities.value_added,
            self.elasticities.inputs,
            self.elasticities.final,
        )
        if theta.ndim != 1 or theta.min() <= 0.0:
            raise IOModelError("diffusion of ideas needs one positive trade elasticity per sector")
        if any(np.any(np.asarray(sigma) != 1.0) for sigma in nests):
            raise IOModelError("diffusion of ideas is written for Cobb-Douglas nests")
        if self.closure.labour != "mobile":
            raise IOModelError("diffusion of ideas needs factors that move between industries")
        if not (self.knowledge > 0.0).all() or self.knowledge.shape != self.base.shape:
            raise IOModelError("knowledge must be positive, one stock per sector and region")
        if len(self.years) != len(self.factors.labour) or np.any(np.diff(self.years) <= 0.0):
            raise IOModelError("years must increase, with one row of labour each")

    @property
    def input_cost(self) -> Float:
        """Shares of inputs in costs, (N, K, S)."""
        material = (1.0 - self.base.value_added_share).T[:, None, :]
        return np.asarray(self.base.input_share * material, dtype=np.float64)


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
        Policies in force from the base year on; arrays with a leading axis of M, or none. Its
        productivity comes on top of knowledge; its endowment must be one.
    ideas : Ideas
        Of M members.
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
        If the checkpoint belongs to another run.
    """
    begun = time.perf_counter()
    taught = list(range(len(ideas.alpha)) if teachers is None else teachers)
    if len(taught) != len(ideas.alpha) or not set(taught) <= set(range(len(taught))):
        raise IOModelError(f"teachers must name one of the {len(ideas.alpha)} members for each")
    if np.any(np.asarray(shock.endowment) != 1.0):
        raise IOModelError("endowments follow from labour and capital; the shock must leave them")
    mark = files.fingerprint(world, shock, ideas, links, tuple(taught)) if checkpoint else ""
    saved = files.load(checkpoint, mark) if checkpoint else None
    if saved is None:
        history, solution = _first(world, shock, ideas, links)
        count, worst, steps = 1, solution.certificate.worst, solution.certificate.iterations
    else:
        history = {name: np.array(saved[name]) for name in KEPT}
        count, steps = int(saved["count"]), int(saved["iterations"])
        worst = float(saved["residual"])
        solution = _resumed(world, shock, history, count - 1, saved)
    for k in range(count, len(world.years)):
        before = solution
        years = float(world.years[k] - world.years[k - 1])
        rate = ideas.rate(float(world.years[k - 1] - world.years[0]))[:, None, None]
        gained = arrivals(before.share, history["knowledge"][k - 1], world.input_cost, ideas.beta)
        history["knowledge"][k] = history["knowledge"][k - 1] + years * (rate * gained)[taught]
        history["capital"][k] = world.factors.accumulate(history["capital"][k - 1], before, years)
        solution = _solve(world, shock, history, k, before)
        worst = max(worst, solution.certificate.worst)
        steps += solution.certificate.iterations
        history["real_income"][k] = solution.real_income
        # A border that stays closed has no change of its infinite cost.
        with np.errstate(invalid="ignore"):
            link = ge.real_gdp([before, solution]) / ge.real_gdp([before])
        history["real_gdp"][k] = history["real_gdp"][k - 1] * link
        if checkpoint:
            counts = {"count": k + 1, "iterations": steps, "residual": worst}
            record = history | {name: np.array(value) for name, value in counts.items()}
            files.save(checkpoint, mark, record, solution)
        if progress:
            progress(
                f"year {world.years[k]:g}, period {k} of {len(world.years) - 1}: "
                f"{solution.certificate.iterations} Newton steps"
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
def _first(
    world: World, shock: ge.Shock, ideas: Ideas, links: int
) -> tuple[dict[str, Float], ge.Solution]:
    """Return histories with the base year filled in, and its solution."""
    M, (S, N), T = len(ideas.alpha), world.base.shape, len(world.years)
    if links < 1:
        raise IOModelError("links must be at least one")
    whole = _state(world, shock, np.ones((M, S, N)), np.ones((M, N)))
    solution = ge.solve(world.base, world.elasticities, whole, world.closure)
    path = [solution]
    if links > 1:
        way = ge.homotopy(world.base, world.elasticities, whole, world.closure, steps=links)
        path = [*way[:-1], solution]
    history = {name: np.ones((T, M, N)) for name in KEPT[:3]}
    history["knowledge"] = np.ones((T, M, S, N))
    history["knowledge"][0] = world.knowledge
    history["real_income"][0] = solution.real_income
    history["real_gdp"][0] = ge.chained_gdp(path)
    return history, solution


def _solve(
    world: World,
    shock: ge.Shock,
    history: dict[str, Float],
    period: int,
    start: ge.Solution,
) -> ge.Solution:
    theta = np.asarray(world.elasticities.theta)[:, None]
    productivity = (history["knowledge"][period] / world.knowledge) ** (1.0 / theta)
    endowment = world.factors.endowment(period, history["capital"][period])
    now = _state(world, shock, productivity, endowment)
    return ge.solve(world.base, world.elasticities, now, world.closure, start=start)


def _state(world: World, shock: ge.Shock, productivity: Float, endowment: Float) -> ge.Shock:
    """Return policy and state of a period as one shock."""
    members, shape = len(endowment), (len(endowment), *world.base.shape)
    return replace(
        shock,
        productivity=np.broadcast_to(productivity * np.asarray(shock.productivity), shape),
        endowment=np.broadcast_to(endowment[:, None, :], (members, *world.base.shape)),
    )


def _resumed(
    world: World,
    shock: ge.Shock,
    history: dict[str, Float],
    period: int,
    saved: files.Arrays,
) -> ge.Solution:
    """Return the last solution that was saved, digit by digit."""
    idle = ge.solve(world.base, world.elasticities, None, world.closure)
    start = files.restore(idle, saved)
    return files.restore(_solve(world, shock, history, period, start), saved)
