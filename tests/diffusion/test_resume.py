"""Members side by side, and runs that were broken off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]


class Broken(Exception):
    """The power cut."""


@pytest.fixture(scope="module")
def run(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> tuple[df.World, ge.Shock, df.Ideas]:
    base = make_economy(7)
    S, N = base.shape
    world = make_world(base, labour_growth=0.01, investment_rate=0.08, depreciation=0.04)
    cost = np.ones((4, S, N, N)) + np.array([0.0, 0.0, 0.7, 0.7])[:, None, None, None] * ~np.eye(
        N, dtype=bool
    )
    return world, ge.Shock(trade_cost=cost), make_ideas([0.44, 0.0, 0.44, 0.0], 0.05, 0.0118)


def test_members_side_by_side_are_those_run_alone(
    run: tuple[df.World, ge.Shock, df.Ideas],
) -> None:
    world, shock, ideas = run
    both = df.simulate(world, shock, ideas)
    for m in range(4):
        alone = df.simulate(
            world,
            ge.Shock(trade_cost=np.asarray(shock.trade_cost)[m : m + 1]),
            replace(ideas, beta=ideas.beta[m : m + 1], alpha=ideas.alpha[m : m + 1]),
        )
        # Two chains of solves, each to 1e-10 in excess demand.
        np.testing.assert_allclose(both.real_income[:, m], alone.real_income[:, 0], rtol=1e-8)
        np.testing.assert_allclose(both.knowledge[:, m], alone.knowledge[:, 0], rtol=1e-8)


@pytest.mark.parametrize(("cut", "begin"), [(1, 0), (3, 0), (1, 3), (3, 3)])
def test_a_run_broken_off_goes_on_to_the_same_bits(
    run: tuple[df.World, ge.Shock, df.Ideas], tmp_path: Path, cut: int, begin: int
) -> None:
    world, shock, ideas = run
    whole = df.simulate(world, shock, ideas, begin=begin)

    def stop(words: str) -> None:
        if f"period {cut} " in words:
            raise Broken

    file = tmp_path / "run.npz"
    with pytest.raises(Broken):
        df.simulate(world, shock, ideas, begin=begin, checkpoint=file, progress=stop)
    told: list[str] = []
    resumed = df.simulate(world, shock, ideas, begin=begin, checkpoint=file, progress=told.append)
    assert len(told) == len(world.years) - 1 - cut
    for name in ("real_income", "real_gdp", "capital", "knowledge", "trade"):
        np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name))
    np.testing.assert_array_equal(resumed.solution.flow, whole.solution.flow)
    assert (resumed.residual, resumed.iterations) == (whole.residual, whole.iterations)
    again = df.simulate(world, shock, ideas, begin=begin, checkpoint=file)
    np.testing.assert_array_equal(again.real_income, whole.real_income)


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(
    run: tuple[df.World, ge.Shock, df.Ideas], tmp_path: Path
) -> None:
    world, shock, ideas = run
    file = tmp_path / "run"
    df.simulate(world, shock, ideas, checkpoint=file)
    written = tmp_path / "run.npz"
    assert written.is_file()
    with pytest.raises(IOModelError, match="another run"):
        df.simulate(world, shock, replace(ideas, growth=0.02), checkpoint=file)
    with pytest.raises(IOModelError, match="another run"):
        df.simulate(world, shock, ideas, begin=1, checkpoint=file)
    written.write_bytes(written.read_bytes()[:200])
    with pytest.raises(IOModelError, match="truncated or damaged"):
        df.simulate(world, shock, ideas, checkpoint=file)
