"""Technologies near a singular one: solved as float64 allows, singular ones refused."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import NonProductiveError
from iomodel.leontief import LeontiefSystem, backward_error
from tests.leontief.technologies import technology

METHODS = ("lu", "mixed", "krylov")


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12), noise=st.sampled_from([1e-9, 1e-3]))
@settings(deadline=None, max_examples=60)
def test_the_backward_error_is_the_change_of_a_and_f_that_makes_x_exact(seed, n, noise):
    # The perturbations in the proof of theorem 7.1 of Higham (2002), with weights A and f.
    rng = np.random.default_rng(seed)
    A, f = technology(seed, n, 0.9), rng.lognormal(0, 1, n)
    x = np.linalg.solve(np.eye(n) - A, f) * (1 + noise * rng.standard_normal(n))
    norm, residual = A.sum(axis=1).max(), f - (x - A @ x)
    scale = norm * np.abs(x).max() + np.abs(f).max()
    top = int(np.abs(x).argmax())
    dA = np.zeros((n, n))
    dA[:, top] = -norm * residual * np.sign(x[top]) / scale
    df = -np.abs(f).max() * residual / scale
    np.testing.assert_allclose(x - (A + dA) @ x, f + df, rtol=1e-9, atol=1e-9 * np.abs(x).max())
    error = backward_error(residual, x, f, norm)
    assert np.abs(dA).sum(axis=1).max() == pytest.approx(error * norm, rel=1e-9)
    assert np.abs(df).max() == pytest.approx(error * np.abs(f).max(), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("demand", [1.0, 0.3, 7.7e8, 1.23456e-9])
def test_one_industry_that_uses_most_of_itself_is_solved(method, gap, demand):
    coefficient = 1.0 - gap
    system = LeontiefSystem.from_coefficients([[coefficient]], method=method)
    exact = float(Fraction(demand) / (1 - Fraction(coefficient)))
    output, report = system.solve(np.array([demand]), report=True)
    assert report.residual <= 1e-12
    # Forward error of at most the backward error times the condition number, 2 / gap.
    assert output[0] == pytest.approx(exact, rel=2e-12 / gap)


@pytest.mark.parametrize("method", METHODS)
def test_many_industries_that_use_most_of_themselves_are_solved(method):
    rng = np.random.default_rng(4)
    A = np.diag(1.0 - 10.0 ** rng.uniform(-7, -3, 30)) + 1e-12 * rng.random((30, 30))
    f = rng.lognormal(0, 2, (30, 3))
    system = LeontiefSystem.from_coefficients(A, method=method)
    x, report = system.solve(f, report=True)
    assert report.residual <= 1e-12
    reference = np.linalg.solve(np.eye(30) - A, f)
    bound = 4e-12 * np.linalg.inv(np.eye(30) - A).max()
    np.testing.assert_allclose(x, reference, rtol=bound, atol=bound * np.abs(x).max())


def exactly_singular(seed, n, scales):
    """Coefficients of 1/1024 whose columns add up to one without rounding, in units of 2^k."""
    rng = np.random.default_rng(seed)
    A = rng.multinomial(1024, rng.dirichlet(np.ones(n)), size=n).T / 1024.0
    unit = 2.0 ** rng.integers(-scales, scales + 1, n)
    return A * unit[:, None] / unit


@pytest.mark.parametrize("n", [1, 2, 3, 10, 60, 300, 700])
@pytest.mark.parametrize("scales", [0, 12])
def test_no_singular_technology_passes(n, scales):
    for seed in range(5):
        with pytest.raises(NonProductiveError, match="must be below 1"):
            LeontiefSystem.from_coefficients(exactly_singular(seed, n, scales))


@pytest.mark.parametrize("n", [2, 3, 10, 60, 300])
def test_no_technology_singular_but_for_its_rounding_passes(n):
    for seed in range(20):
        A = np.random.default_rng(seed).random((n, n))
        A /= A.sum(axis=0)
        # Some have all column sums below one, by rounding alone.
        for shares in (A, A * (1 - 2e-16)):
            with pytest.raises(NonProductiveError, match="must be below 1"):
                LeontiefSystem.from_coefficients(shares)


def test_a_coefficient_next_to_one_is_refused():
    with pytest.raises(NonProductiveError, match="spectral radius of A is 1"):
        LeontiefSystem.from_coefficients([[np.nextafter(1.0, 0.0)]])


@pytest.mark.parametrize("transposed", [False, True])
def test_the_condition_number_bounds_what_changes_of_coefficients_do(transposed):
    A, f = technology(5, 20, 0.99), np.random.default_rng(6).lognormal(0, 1, 20)
    condition = LeontiefSystem.from_coefficients(A).condition(transposed=transposed)
    M = (A.T if transposed else A).copy()
    L = np.linalg.inv(np.eye(20) - M)
    assert condition == pytest.approx(np.abs(L @ M).sum(axis=1).max(), rel=1e-10)
    share = 1e-3 / condition
    changed = np.linalg.solve(np.eye(20) - M * (1 + share), f)
    change = np.abs(changed - L @ f).max() / np.abs(L @ f).max()
    assert change <= 1e-3 / (1 - 1e-3)


def test_blocks_that_are_singular_in_single_precision_are_solved_in_double():
    A = np.zeros((4, 4))
    A[0, 1], A[1, 0] = 1.0, 1.0 - 1e-9
    A[2:, 2:] = 0.2
    system = LeontiefSystem.from_coefficients(A, method="krylov")
    output, report = system.solve(np.ones(4), report=True)
    assert "float64" in report.method
    np.testing.assert_allclose(output, np.linalg.solve(np.eye(4) - A, np.ones(4)), rtol=1e-5)
