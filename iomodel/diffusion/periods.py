r"""The equilibrium of one period, and the two in which a path begins or its policy does.

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
from iomodel.equilibrium.shock import partial_shock
from iomodel.typing import Float

__all__ = ["KEPT", "first_period", "link", "onset", "solved"]


KEPT = ("real_income", "real_gdp", "capital", "knowledge")


def first_period(
    world: World, policy: ge.Shock, members: int, links: int
) -> tuple[dict[str, Float], ge.Solution]:
    """Return histories of M members with the base year filled in, and its solution."""
    M, (S, N), T = members, world.base.shape, len(world.years)
    whole = _state(world, policy, np.ones((M, S, N)), np.ones((M, N)))
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


def solved(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    start: ge.Solution,
) -> ge.Solution:
    """Return the equilibrium of a period whose knowledge and capital are in the histories."""
    theta = np.asarray(world.elasticities.theta)[:, None]
    productivity = (history["knowledge"][period] / world.knowledge) ** (1.0 / theta)
    endowment = world.factors.endowment(period, history["capital"][period])
    now = _state(world, policy, productivity, endowment)
    return ge.solve(world.base, world.elasticities, now, world.closure, start=start)


def onset(
    world: World,
    policy: ge.Shock,
    history: Mapping[str, Float],
    period: int,
    start: ge.Solution,
    links: int,
) -> list[ge.Solution]:
    """Return the equilibria of the period in which the policy begins, from none of it to all.

    Knowledge and capital are those of the period throughout; `start` is the period before.
    """
    path = [solved(world, ge.Shock(), history, period, start)]
    for k in range(1, links + 1):
        part = partial_shock(world.base, policy, k / links)
        path.append(solved(world, part, history, period, path[-1]))
    return path


def link(before: ge.Solution, path: list[ge.Solution]) -> Float:
    """Return hats of real GDP from the period before to the last point of a path, (M, N).

    Of one point: the chain's next link. Of more, as :func:`onset` returns them: the way to the
    first, and from there along even steps with the leading error taken off, as
    :func:`iomodel.equilibrium.chained_gdp` does from the base.
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
    """Return policy and state of a period as one shock."""
    members, shape = len(endowment), (len(endowment), *world.base.shape)
    return replace(
        shock,
        productivity=np.broadcast_to(productivity * np.asarray(shock.productivity), shape),
        endowment=np.broadcast_to(endowment[:, None, :], (members, *world.base.shape)),
    )
