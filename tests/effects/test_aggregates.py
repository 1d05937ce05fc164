"""One meaning of a group's and of the world's change: weighted by base levels."""

import numpy as np
import pytest

from iomodel.effects import WORLD, weighted_mean
from iomodel.effects.aggregates import Aggregate


def test_weighted_mean_is_the_change_of_the_sums():
    base, new = np.array([100.0, 300.0]), np.array([98.0, 303.0])
    changes = 100.0 * (new / base - 1.0)
    assert weighted_mean(changes, base) == pytest.approx(100.0 * (new.sum() / base.sum() - 1.0))


def test_weighted_mean_along_an_axis_broadcasts_weights():
    changes = np.array([[1.0, 3.0], [2.0, 6.0]])
    np.testing.assert_allclose(weighted_mean(changes, [1.0, 3.0]), [2.5, 5.0])
    np.testing.assert_allclose(weighted_mean(changes, np.ones((2, 2)), axis=0), [1.5, 4.5])


def test_undefined_changes_count_only_with_weight():
    assert weighted_mean([np.nan, 2.0], [0.0, 5.0]) == 2.0
    assert np.isnan(weighted_mean([np.nan, 2.0], [1.0, 5.0]))
    assert np.isnan(weighted_mean([1.0, 2.0], [0.0, 0.0]))


def test_the_world_row_is_the_weighted_mean_of_regions(effects):
    frame = effects.by_region(world=False)
    world = effects.by_region().loc[WORLD]
    gdp = effects["gdp_base"].values
    for column in ("gdp_pct", "gdp_pct_lost", "gdp_pct_diverted"):
        assert world[column] == pytest.approx(float(weighted_mean(frame[column].to_numpy(), gdp)))


def test_levels_add_up_over_sectors_and_regions():
    levels = Aggregate(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    members = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    np.testing.assert_array_equal(levels.over_sectors().over_regions(members).value, [10.0, 21.0])
    np.testing.assert_array_equal(levels.over_regions(members[0]).value, [4.0, 6.0])
