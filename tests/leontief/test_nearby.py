"""Changes of many cells: iteration on the factors of the baseline."""

import numpy as np
import pytest

from iomodel.leontief import LeontiefSystem, NearbySystem, updated
from iomodel.leontief.plan import SMALL
from tests.leontief.technologies import technology, with_radius


@pytest.fixture(scope="module")
def hard():
    """A technology of radius .999, and what is left when every cell shrinks a little."""
    n = SMALL + 50
    A = with_radius(technology(5, n, 0.9, 0.9), 0.999)
    return A, A * np.random.default_rng(1).uniform(0.9, 1.0, (n, n))


@pytest.mark.parametrize("method", ["double_factors", "single_factors"])
def test_factors_of_the_baseline_halve_the_products(hard, method):
    A, changed = hard
    baseline = LeontiefSystem.from_coefficients(A)
    getattr(baseline.solvers, method)()
    system = updated(baseline, changed)
    assert isinstance(system, NearbySystem)
    assert "factors of a technology nearby" in str(system.plan)
    f = np.random.default_rng(2).lognormal(0, 1, A.shape[0])
    x, report = system.solve(f, report=True)
    p, prices = system.solve_prices(f, report=True)
    alone, plain = LeontiefSystem.from_coefficients(changed).solve(f, report=True)
    M = np.eye(A.shape[0]) - changed
    # Radius near one: condition of 1e3 and more times the rounding of two routes.
    np.testing.assert_allclose(x, np.linalg.solve(M, f), rtol=1e-9)
    np.testing.assert_allclose(p, np.linalg.solve(M.T, f), rtol=1e-9)
    np.testing.assert_allclose(x, alone, rtol=1e-9)
    assert report.residual <= 1e-12
    assert max(report.iterations, prices.iterations) <= 0.67 * plain.iterations


def test_without_factors_a_new_system_stands_alone(hard):
    A, changed = hard
    system = updated(LeontiefSystem.from_coefficients(A), changed)
    assert not isinstance(system, NearbySystem)
