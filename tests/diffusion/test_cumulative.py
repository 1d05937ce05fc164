"""Cumulative changes: by hand, over uneven and short periods, and for trade and knowledge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.typing import Float

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]


def test_a_ratio_of_sums_from_the_date_of_the_policy() -> None:
    baseline = np.array([[1.0, 2.0], [1.1, 2.0], [1.2, 4.0], [1.3, 0.0]])
    path = np.array([[9.0, 9.0], [1.0, 2.0], [1.1, 2.0], [1.0, 0.0]])
    change = df.cumulative_change(path, baseline, np.arange(2014.0, 2018.0), 1)
    np.testing.assert_allclose(change, [-0.5 / 3.6, -2.0 / 6.0], rtol=1e-14)
    nothing = df.cumulative_change(path * 0.0, baseline * 0.0, np.arange(4.0), 0)
    assert np.isnan(nothing).all()


def test_between_points_of_time_paths_are_straight_lines() -> None:
    """Years 0 to 5 at points 0, 2 and 5; half-years do not count twice."""
    yearly = np.array([1.0, 0.9, 0.8, 0.7, 0.6, 0.5])
    ones = np.ones(6)
    whole = df.cumulative_change(yearly, ones, np.arange(6.0), 0)
    points = [0, 2, 5]
    uneven = df.cumulative_change(yearly[points], ones[points], np.array([0.0, 2.0, 5.0]), 0)
    halves = np.arange(0.0, 5.5, 0.5)
    fine = df.cumulative_change(np.interp(halves, np.arange(6.0), yearly), np.ones(11), halves, 0)
    assert whole == pytest.approx(-0.25, rel=1e-14)
    assert uneven == pytest.approx(float(whole), rel=1e-12)
    assert fine == pytest.approx(float(whole), rel=1e-12)


@pytest.mark.parametrize("sigma", [1.0, 0.0])
def test_periods_of_half_a_year_hardly_change_it(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf, sigma: float
) -> None:
    """Less than .05 points of income, trade and knowledge, over 20 years from the sixth."""

    def changes(points: Float, begin: int) -> list[Float]:
        world = make_world(
            make_economy(3),
            years=points,
            labour_growth=0.01,
            labour_share=0.75,
            investment_rate=0.08,
            depreciation=0.04,
        )
        nests = replace(world.elasticities, value_added=sigma, inputs=sigma)
        world = replace(world, elasticities=nests)
        S, N = world.base.shape
        cost = np.ones((2, S, N, N))
        cost[1] += 0.6 * ~np.eye(N, dtype=bool)
        ideas = make_ideas([0.44, 0.44], 0.02, 0.0118)
        course = df.simulate(world, ge.Shock(trade_cost=cost), ideas, begin=begin)
        return [
            100.0 * df.cumulative_change(path[:, 1], path[:, 0], points, begin)
            for path in (course.real_income, course.trade.sum(axis=-1), course.knowledge)
        ]

    year, half = changes(np.arange(0.0, 27.0), 6), changes(np.arange(0.0, 26.5, 0.5), 12)
    for coarse, fine in zip(year, half, strict=True):
        assert np.abs(coarse).max() > 0.5
        assert np.abs(coarse - fine).max() < 0.05
