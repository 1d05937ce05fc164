r"""Equilibria of one period: the base year, the onset of a policy, and any other.

Each is solved in hats relative to the base year. Knowledge enters unit costs as
:math:`\hat A_{sn} = (\lambda_{sn}/\lambda_{sn,0})^{e_s}`. With :math:`e_s = 1/\theta_s` shares of
origins are proportional to :math:`\lambda (\kappa c)^{-\theta}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.world import World
from iomodel.equilibrium.measures.volumes import link as log_gdp_link
from iomodel.typing import Float

__all__ = ["HISTORY", "Onset", "first_period", "link", "onset", "solved", "trade_volume"]


HISTORY = ("real_income", "real_gdp", "capital", "knowledge", "trade")


@dataclass(frozen=True)
class Onset:
    """Period in which a policy comes into force.

    Attributes
    ----------
    solutions : list of Solution
        All that were solved, the period's own last.
    real_gdp : ndarray, shape (M, N)
        Hats from the period before, or from the base.
    error_points : float
        Estimated error of the policy's effect on it, in percentage points; NaN if the number of
        links is odd.
    """

    solutions: list[ge.Solution]
    real_gdp: Float
    error_points: float


def first_period(
    world: World, policy: ge.Shock, members: int, links: int
) -> tuple[dict[str, Float], Onset]:
    """Histories of M members with the base year filled in, and its solutions."""
    M, (S, N), T = members, world.base.shape, len(world.years)

    def along(part: float, start: ge.Solution | None) -> ge.Solution:
        partial = ge.partial_shock(world.base, policy, part)
        shock = _with_knowledge(world, partial, np.ones((M, S, N)))
        return world.solve(shock, np.ones((M, N)), 0.0, start)

    solution = along(1.0, None)
    hat, error = ge.real_gdp([solution]), np.nan
    if links > 1:
        path = ge.GDPPath.to(solution, along).doubled_to(links)
        hat, error = path.hat, _known(path.error_points)
    history = {name: np.ones((T, M, N)) for name in HISTORY[:3]}
    history["knowledge"] = np.ones((T, M, S, N))
    history["trade"] = np.zeros((T, M, N, N))
    history["knowledge"][0] = world.knowledge
    history["real_income"][0] = solution.real_income
    history["real_gdp"][0] = hat
    history["trade"][0] = trade_volume(solution)
    return history, Onset([solution], hat, error)


def solved(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    start: ge.Solution,
) -> ge.Solution:
    """Solve for a period at the knowledge and capital of the histories. Eq. (10)."""
    relative_stock = history["knowledge"][period] / world.knowledge
    productivity = relative_stock ** world.productivity_exponent[:, None]
    endowment = world.factors.endowment(period, history["capital"][period])
    years = float(world.years[period] - world.years[0])
    return world.solve(_with_knowledge(world, policy, productivity), endowment, years, start)


def onset(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    before: ge.Solution,
    links: int,
) -> Onset:
    r"""Solve for the period of the policy's onset, from none of the policy to all of it.

    Eq. (11). Knowledge and capital are those of the period throughout; `before` is the period
    before.
    """
    begin = solved(world, ge.Shock(), history, period, before)
    solutions = [begin]

    def along(part: float, start: ge.Solution | None) -> ge.Solution:
        partial = ge.partial_shock(world.base, policy, part)
        solutions.append(solved(world, partial, history, period, start or begin))
        return solutions[-1]

    end = along(1.0, begin)
    hat = link(before, begin)
    if links == 1:
        return Onset(solutions, hat * link(begin, end), np.nan)
    path = ge.GDPPath.to(end, along, begin).doubled_to(links)
    # The period's own is the last.
    solutions = [*solutions[:1], *solutions[2:], end]
    return Onset(solutions, hat * path.hat, _known(path.error_points))


def link(before: ge.Solution, after: ge.Solution) -> Float:
    """Hats of real GDP from one period to the next, (M, N)."""
    # A border that stays closed has no change of its infinite cost.
    with np.errstate(invalid="ignore"):
        return np.exp(log_gdp_link(before, after))


def trade_volume(solution: ge.Solution) -> Float:
    """Return exports to each partner at base prices, (M, N, N); zero at home. Eq. (12)."""
    volume = (solution.flow / solution.cost[:, :, :, None]).sum(axis=1)
    return np.asarray(volume * ~np.eye(volume.shape[-1], dtype=bool), dtype=np.float64)


# ---------------------------------------------------------------------- helpers
def _known(error_points: float | None) -> float:
    return np.nan if error_points is None else error_points


def _with_knowledge(world: World, shock: ge.Shock, productivity: Float) -> ge.Shock:
    """Shock of a policy on top of the productivity that knowledge gives, (M, S, N)."""
    shape = (len(productivity), *world.base.shape)
    return replace(
        shock,
        productivity=np.broadcast_to(productivity * np.asarray(shock.productivity), shape),
    )
