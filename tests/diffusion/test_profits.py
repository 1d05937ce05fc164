"""Profits as a markup: the same accounts, another weight of inputs in costs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import InfeasibleError, IOModelError

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]

LABELS = (["a", "b", "c"], ["X", "Y", "Z"])


def test_the_accounts_stay_and_profits_are_their_share_of_sales(make_economy: Maker) -> None:
    base = make_economy(1)
    theta = np.array([4.0, 6.0, 9.0])
    split = df.with_profits(base, theta, *LABELS)
    split.check()
    assert split.imbalance() < 1e-8
    np.testing.assert_allclose(split.expenditure, base.expenditure, rtol=1e-12)
    profit = (base.output / (1.0 + theta[:, None])).sum(axis=0)
    np.testing.assert_allclose(split.rents, profit, rtol=1e-12)
    np.testing.assert_allclose(split.income + split.rents, base.income, rtol=1e-9)
    quiet = ge.solve(split, ge.Elasticities(theta))
    np.testing.assert_allclose(quiet.real_income, 1.0, rtol=1e-9)


def test_one_good_of_equal_regions(
    symmetric: Maker, make_world: Worlds, make_ideas: IdeasOf
) -> None:
    r"""Productivity counts :math:`1/\gamma` times, with :math:`1-\gamma` inputs in costs."""
    theta, v = 4.0, 0.5
    base = df.with_profits(symmetric(3, 1.6, theta, v), np.array([theta]), ["a"], LABELS[1])
    gamma = 1.0 - (1.0 - v) * (1.0 + theta) / theta
    np.testing.assert_allclose(base.value_added_share, gamma, rtol=1e-12)
    course = df.simulate(make_world(base, theta), ge.Shock(), make_ideas(0.44, 0.07))
    hat = (course.knowledge[-1, 0, 0, 0]) ** (1.0 / (theta * gamma))
    assert hat > 1.05
    # Every solve ends at 1e-10 in excess demand.
    np.testing.assert_allclose(course.real_income[-1], hat, rtol=1e-8)
    # No relative price moves: volume and income are one.
    np.testing.assert_allclose(course.real_gdp[-1], hat, rtol=1e-8)


def test_where_value_added_is_too_little_it_is_refused(make_economy: Maker) -> None:
    base = make_economy(2)
    with pytest.raises(InfeasibleError, match=r"in 9 industries .* use profits='value-added'"):
        df.with_profits(base, np.full(3, 0.2), *LABELS)
    split = df.with_profits(base, np.full(3, 9.0), *LABELS)
    with pytest.raises(IOModelError, match="without export taxes"):
        df.with_profits(split, np.full(3, 9.0), *LABELS)
