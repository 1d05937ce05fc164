"""Bounds of many residuals from a few probes."""

import numpy as np
import pytest

from iomodel.errors import SolverError
from iomodel.leontief import LeontiefSystem
from iomodel.leontief.solvers.backward_error import backward_error
from iomodel.leontief.solvers.freivalds import MANY, probed_solve
from tests.leontief.technologies import technology

N, K = 60, 40


@pytest.fixture
def problem():
    M = np.eye(N) - technology(3, N)
    rng = np.random.default_rng(4)
    return M, rng.lognormal(0, 2, (N, K)), np.linalg.norm(M, np.inf)


def solve(M, F, norm, solver, tolerance=1e-12):
    return probed_solve(F, solver, lambda x: M @ x, lambda u: M.T @ u, norm, tolerance, "lu")


def test_the_bound_is_one(problem):
    M, F, norm = problem
    rng = np.random.default_rng(5)
    for size in (1e-15, 1e-9, 1e-3):
        noisy = np.linalg.solve(M, F) * (1 + size * rng.normal(size=F.shape))
        _, report = solve(M, F, norm, lambda b, x=noisy: x, tolerance=1.0)
        exact = backward_error(F - M @ noisy, noisy, F, norm)
        # Lengths exceed largest cells by the root of n at most, and the margin is four.
        assert exact <= report.residual <= 10 * np.sqrt(N) * exact + 1e-14


def test_one_bad_column_is_seen_and_mended(problem):
    M, F, norm = problem
    calls = []

    def solver(b):
        calls.append(b)
        x = np.linalg.solve(M, b)
        if len(calls) <= 2:
            x[7, 11] *= 1 + 1e-6
        return x

    x, report = solve(M, F, norm, solver)
    np.testing.assert_allclose(x, np.linalg.solve(M, F), rtol=1e-11)
    assert len(calls) == 3
    assert report.iterations == 1
    assert report.residual <= 1e-12


def test_refuses_what_refinement_cannot_mend(problem):
    M, F, norm = problem
    with pytest.raises(SolverError, match="relative residual"):
        solve(M, F, norm, lambda b: np.zeros_like(b))


def test_a_system_probes_many_columns():
    A = technology(8, 80)
    F = np.random.default_rng(9).lognormal(0, 2, (80, MANY))
    system = LeontiefSystem.from_coefficients(A, method="lu")
    for transposed in (False, True):
        x, report = system.answer(F, transposed=transposed)
        M = np.eye(80) - (A.T if transposed else A)
        np.testing.assert_allclose(x, np.linalg.solve(M, F), rtol=1e-9)
        assert 0 < report.residual <= 1e-12
