r"""Equilibria of one period: the base year, the onset of a policy, and any other.

Each is solved in hats relative to the base year. Knowledge enters unit costs as
:math:`\hat A_{sn} = (\lambda_{sn}/\lambda_{sn,0})^{1/\theta_s}`: shares of origins are proportional
to :math:`\lambda (\kappa c)^{-\theta}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

import iomodel.equilibrium as ge
from iomodel.diffusion.world import World
from iomodel.typing import Float

__all__ = ["HISTORY", "first_period", "link", "onset", "solved"]


HISTORY = ("real_income", "real_gdp", "capital", "knowledge")


def first_period(
    world: World, policy: ge.Shock, members: int, links: int
) -> tuple[dict[str, Float], ge.Solution]:
    """Histories of M members with the base year filled in, and its solution."""
    M, (S, N), T = members, world.base.shape, len(world.years)
    shock = _state(world, policy, np.ones((M, S, N)), np.ones((M, N)))
    solution = ge.solve(world.base, world.elasticities, shock, world.closure)
    path = [solution]
    if links > 1:
        partial = ge.homotopy(world.base, world.elasticities, shock, world.closure, steps=links)
        path = [*partial[:-1], solution]
    history = {name: np.ones((T, M, N)) for name in HISTORY[:3]}
    history["knowledge"] = np.ones((T, M, S, N))
    history["knowledge"][0] = world.knowledge
    history["real_income"][0] = solution.real_income
    history["real_gdp"][0] = ge.chained_gdp(path)
    return history, solution


def solved(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    start: ge.Solution,
) -> ge.Solution:
    """Solve for a period at the knowledge and capital of the histories. Eq. (9)."""
    theta = np.asarray(world.elasticities.theta)[:, None]
    productivity = (history["knowledge"][period] / world.knowledge) ** (1.0 / theta)
    endowment = world.factors.endowment(period, history["capital"][period])
    shock = _state(world, policy, productivity, endowment)
    return ge.solve(world.base, world.elasticities, shock, world.closure, start=start)


def onset(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    start: ge.Solution,
    links: int,
) -> list[ge.Solution]:
    """Solve for the period of the policy's onset, from none of the policy to all of it.

    Knowledge and capital are those of the period throughout; `start` is the period before.
    """
    path = [solved(world, ge.Shock(), history, period, start)]
    for k in range(1, links + 1):
        partial = ge.partial_shock(world.base, policy, k / links)
        path.append(solved(world, partial, history, period, path[-1]))
    return path


def link(before: ge.Solution, path: list[ge.Solution]) -> Float:
    """Hats of real GDP from the period before to the last point of a path, (M, N).

    Eq. (10).

    A path of one point is the chain's next link. A longer one, of :func:`onset`, is the link to its
    beginning and even steps from there with the leading error removed, as in
    :func:`iomodel.equilibrium.chained_gdp`.
    """
    # A border that stays closed has no change of its infinite cost.
    with np.errstate(invalid="ignore"):
        hat = _hat(before, path[:1])
        if len(path) == 1:
            return hat
        fine = _hat(path[0], path[1:])
        if len(path) % 2 == 0:
            return hat * fine
        return np.asarray(hat * fine * (fine / _hat(path[0], path[2::2])) ** (1.0 / 3.0))


# ---------------------------------------------------------------------- helpers
def _hat(before: ge.Solution, path: list[ge.Solution]) -> Float:
    return np.asarray(ge.real_gdp([before, *path]) / ge.real_gdp([before]), dtype=np.float64)


def _state(world: World, shock: ge.Shock, productivity: Float, endowment: Float) -> ge.Shock:
    """Combine policy and state of a period into one shock."""
    members, shape = len(endowment), (len(endowment), *world.base.shape)
    return replace(
        shock,
        productivity=np.broadcast_to(productivity * np.asarray(shock.productivity), shape),
        endowment=np.broadcast_to(endowment[:, None, :], (members, *world.base.shape)),
    )
