"""The world's mean weights regions by GDP of the base."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import IOModelError

Maker = Callable[..., ge.Economy]


def test_the_world_mean_weights_by_base_gdp() -> None:
    assert float(ge.world_mean([2.0, -1.0], [1.0, 3.0])) == -0.25
    paths = np.arange(24.0).reshape(2, 4, 3)
    gdp = np.array([1.0, 2.0, 5.0])
    assert ge.world_mean(paths, gdp).shape == (2, 4)
    np.testing.assert_allclose(ge.world_mean(paths, gdp), np.average(paths, axis=-1, weights=gdp))


def test_the_world_mean_does_not_depend_on_the_unit_of_gdp() -> None:
    change, gdp = np.array([[0.9, 1.1, 1.0]]), np.array([4.0, 1.0, 0.0])
    np.testing.assert_allclose(ge.world_mean(change, gdp), ge.world_mean(change, 1e-6 * gdp))


@pytest.mark.parametrize(
    ("gdp", "message"),
    [([1.0, 2.0], "one GDP per region"), ([0.0] * 3, "cannot weight"), ([1.0, -1.0, 2.0], "-1")],
)
def test_weights_without_meaning_are_refused(gdp: list[float], message: str) -> None:
    with pytest.raises(IOModelError, match=message):
        ge.world_mean(np.ones((2, 3)), gdp)


@pytest.mark.parametrize("revenue", ["rebated", "spent"])
def test_world_real_income_weights_by_the_gdp_of_the_economy_solved(
    make_economy: Maker, revenue: str
) -> None:
    base = make_economy(4)
    shock = ge.Shock(tariff=1.5 * base.tariff, productivity=np.linspace(0.9, 1.1, 12).reshape(3, 4))
    new = ge.solve(
        base, ge.Elasticities(np.full(base.shape[0], 4.0)), shock, ge.Closure(revenue=revenue)
    )
    gdp = base.value_added.sum(axis=0)
    mean = sum(gdp * new.real_income[0]) / sum(gdp)
    assert float(new.world_real_income[0]) == pytest.approx(mean, rel=1e-14)
    assert mean != pytest.approx(np.average(new.real_income[0], weights=base.expenditure), rel=1e-9)
