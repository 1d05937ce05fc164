"""Every way to solve gives the same answer, says what it did, and refuses what it cannot do."""

import numpy as np
import pytest
import threadpoolctl
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel._threads import blas_threads
from iomodel.errors import LabelError, NonProductiveError, SolverError
from iomodel.leontief import LeontiefSystem, updated
from iomodel.leontief.certificate import productive
from iomodel.leontief.forms.block_size import best_block
from iomodel.leontief.forms.operators import Dense
from iomodel.leontief.plan import SMALL
from iomodel.leontief.solvers.krylov import gmres
from tests.leontief.technologies import technology, with_radius

DENSE = ("krylov", "mixed", "lu")
# Backward errors are below 1e-14 and conditions below 1e3 here: answers agree to 1e-11.
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 40), k=st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_methods_agree_transposed_and_not(seed, n, k):
    A = technology(seed, n)
    rng = np.random.default_rng(seed)
    f = rng.lognormal(0, 2, (n, k)) if k else rng.normal(size=n)
    L = np.linalg.inv(np.eye(n) - A)
    for method in DENSE:
        system = LeontiefSystem.from_coefficients(A, method=method)
        x, report = system.solve(f, report=True)
        np.testing.assert_allclose(x, L @ f, rtol=1e-9, atol=1e-12 * np.abs(f).max(initial=1))
        p, prices = system.solve_prices(f, report=True)
        np.testing.assert_allclose(p, L.T @ f, rtol=1e-9, atol=1e-12 * np.abs(f).max(initial=1))
        assert report.method == prices.method == method
        assert max(report.residual, prices.residual) <= 1e-12
        assert x.shape == f.shape
        assert x.flags.c_contiguous


@pytest.mark.parametrize("radius", [0.985, 0.9999, 0.9999999])
@pytest.mark.parametrize("method", ["auto", "krylov", "lu"])
def test_radius_near_one(radius, method):
    A = with_radius(technology(5, 60), radius)
    f = np.random.default_rng(1).lognormal(0, 2, (60, 3))
    L = np.linalg.inv(np.eye(60) - A)
    system = LeontiefSystem.from_coefficients(A, method=method)
    # Condition 1 / (1 - radius) times the rounding of two routes.
    close = {"rtol": 1e-13 / (1 - radius), "atol": 0}
    np.testing.assert_allclose(system.solve(f), L @ f, **close)
    np.testing.assert_allclose(system.solve_prices(f), L.T @ f, **close)


def test_column_sums_to_999_thousandths():
    A = technology(6, 80)
    sums = A.sum(axis=0)
    A *= 0.999 / np.where(sums > 0, sums, 1)
    f = np.ones(80)
    exact = np.linalg.solve(np.eye(80) - A, f)
    for method in DENSE:
        x = LeontiefSystem.from_coefficients(A, method=method).solve(f)
        np.testing.assert_allclose(x, exact, rtol=1e-10)


def test_small_industries_are_as_exact_as_large_ones():
    A = technology(7, 200)
    f = 10.0 ** np.random.default_rng(0).uniform(-6, 6, 200)
    exact = np.linalg.solve(np.eye(200) - A, f)
    x = LeontiefSystem.from_coefficients(A, method="krylov").solve(f)
    # Relative to each industry, over twelve orders of magnitude.
    np.testing.assert_allclose(x, exact, rtol=1e-10)


def test_the_plan_says_what_will_be_done_and_why():
    small = LeontiefSystem.from_coefficients(technology(1, 12))
    assert small.plan.method == "lu"
    assert "12 industries" in small.plan.reason
    n = SMALL + 40
    large = LeontiefSystem.from_coefficients(technology(1, n))
    assert large.plan.method == "krylov"
    assert large.plan.memory < 0.6 * 8 * n**2
    assert large.plan_for(n // 20).method == "mixed"
    assert large.plan_for(n).method == "lu"
    assert "float64" in large.plan.precision
    assert str(large.plan).startswith("krylov: one right-hand side of 1,040 industries")
    _, report = large.solve(np.ones(n), report=True)
    assert report.method == large.plan.method
    forced = LeontiefSystem.from_coefficients(technology(1, n), method="lu")
    assert (forced.plan.method, forced.plan.reason) == ("lu", "asked for")
    with pytest.raises(LabelError, match=r"unknown solver method 'magic'.*krylov, mixed, lu"):
        LeontiefSystem.from_coefficients(np.zeros((2, 2)), method="magic")


def test_after_many_single_questions_a_factorization_is_made_and_used():
    n = SMALL + 40
    system = LeontiefSystem.from_coefficients(technology(2, n))
    f = np.random.default_rng(0).random((n, 20))
    first, report = system.solve(f, report=True)
    assert report.method == "krylov"
    second, report = system.solve(f, report=True)
    assert report.method == "mixed"
    assert system.factorized
    assert "at hand" in system.plan.reason
    np.testing.assert_allclose(first, second, **CLOSE)


def test_a_changed_technology_of_a_large_system_is_solved_anew():
    A = technology(3, SMALL + 40)
    changed = A.copy()
    changed[7] *= 0.5
    system = LeontiefSystem.from_coefficients(A)
    anew = updated(system, changed)
    assert isinstance(anew, LeontiefSystem)
    f = np.ones(A.shape[0])
    _ = system.factors
    np.testing.assert_allclose(anew.solve(f), updated(system, changed).solve(f), **CLOSE)


def test_labels_give_the_national_blocks():
    A = technology(4, 12)
    regions, sectors = ["a", "b", "c"], ["p", "q", "r", "s"]
    dims = ("region", "sector", "user_region", "user_sector")
    coords = dict(zip(dims, (regions, sectors, regions, sectors), strict=True))
    labelled = xr.DataArray(A.reshape(3, 4, 3, 4), coords, dims)
    system = LeontiefSystem.from_coefficients(labelled, method="krylov")
    f = xr.DataArray(np.ones((3, 4)), {"region": regions, "sector": sectors}, ("region", "sector"))
    plain = LeontiefSystem.from_coefficients(A, method="lu").solve(np.ones(12))
    np.testing.assert_allclose(system.solve(f).values.reshape(-1), plain, **CLOSE)


def test_blocks_are_found_without_labels():
    rng = np.random.default_rng(0)
    A = rng.random((60, 60)) * np.where(np.kron(np.eye(5), np.ones((12, 12))) > 0, 1.0, 0.05)
    users = np.arange(60)
    assert best_block(A, users) == 12
    assert best_block(np.zeros((60, 60)), users) == 1
    assert best_block(np.ones((1, 1)), np.arange(1)) == 1


def test_single_precision_falls_back_where_it_has_no_digit_left():
    A = with_radius(technology(8, 50), 1 - 1e-9)
    f = np.ones(50)
    x, report = LeontiefSystem.from_coefficients(A, method="krylov").solve(f, report=True)
    assert report.residual <= 1e-12
    assert (x > 0).all()
    with pytest.raises(SolverError, match="mixed solve"):
        LeontiefSystem.from_coefficients(A, method="mixed", tolerance=1e-18).solve(f)


def test_gmres_row_by_row():
    rng = np.random.default_rng(3)
    M = np.eye(30) + 0.1 * rng.normal(size=(30, 30))
    rhs = np.vstack([rng.normal(size=(3, 30)), np.zeros((1, 30)), M[:, 4]])
    u, steps = gmres(lambda x: x @ M.T, rhs, 1e-13, 30)
    np.testing.assert_allclose(u @ M.T, rhs, atol=1e-11)
    assert (u[3] == 0).all()
    assert steps <= 30
    # One product solves what lies in its first space, and no row is harmed by going on.
    u, steps = gmres(lambda x: 2 * x, np.array([[1.0, 2.0, 3.0]]), 1e-12, 5)
    assert steps == 1
    np.testing.assert_allclose(u, [[0.5, 1.0, 1.5]])


@given(seed=st.integers(0, 2**32 - 1), radius=st.sampled_from([0.5, 0.99, 0.9999, 1.0001, 1.3]))
@settings(deadline=None, max_examples=30)
def test_certificate_decides_by_products_alone(seed, radius):
    A = with_radius(technology(seed, 30, density=1.0), radius)
    verdict = productive(Dense(A), A.sum(axis=1), A.sum(axis=0))
    assert verdict is (radius < 1)


def test_large_technologies_are_refused_by_name():
    A = with_radius(technology(9, 700), 0.9)
    A[350, 350] = 0.0
    A[11, 11] = 1.2
    with pytest.raises(NonProductiveError, match="industry 11 "):
        LeontiefSystem.from_coefficients(A)


def test_blas_threads_are_honoured_and_reported():
    assert blas_threads() >= 1
    assert LeontiefSystem.from_coefficients(np.zeros((2, 2))).plan.threads == blas_threads()
    system = LeontiefSystem.from_coefficients(technology(1, SMALL + 40))
    with threadpoolctl.threadpool_limits(1):
        system.solve(np.ones(system.n))
        assert system.plan.threads == 1
        assert "1 BLAS thread" in str(system.plan)


def test_one_region_of_many_sectors_has_no_block_of_its_own():
    n = SMALL + 40
    A = technology(10, n)
    sectors = [f"s{k}" for k in range(n)]
    dims = ("region", "sector", "user_region", "user_sector")
    coords = dict(zip(dims, (["only"], sectors, ["only"], sectors), strict=True))
    system = LeontiefSystem.from_coefficients(xr.DataArray(A.reshape(1, n, 1, n), coords, dims))
    assert system.plan.method == "krylov"
    f = np.ones(n)
    np.testing.assert_allclose(system.solve(f), np.linalg.solve(np.eye(n) - A, f), **CLOSE)
