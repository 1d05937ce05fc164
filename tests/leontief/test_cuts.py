"""Scenarios of single rows against brute force."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, NonProductiveError, SolverError, TableError
from iomodel.leontief import LeontiefSystem, RowScenarios
from iomodel.leontief.solvers.dense_lu import DenseLU
from iomodel.leontief.solvers.freivalds import MANY


def technology(seed, n, top=0.9):
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < 0.7)
    sums = A.sum(axis=0)
    return A * rng.uniform(0.2, top, n) / np.where(sums > 0, sums, 1)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 20),
    m=st.integers(0, 12),
    method=st.sampled_from(["lu", "mixed", "krylov"]),
    rising=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_equal_brute_force_scenario_by_scenario(seed, n, m, method, rising):
    rng = np.random.default_rng(seed)
    A = technology(seed, n, 0.8)
    rows = rng.integers(0, n, m)
    changes = A[rows] * rng.uniform(-1.0, 0.1 if rising else 0.0, (m, n))
    f = rng.lognormal(0, 1, n)
    batch = RowScenarios(LeontiefSystem.from_coefficients(A, method=method), rows, changes=changes)
    x, report = batch.solve(f, report=True)
    p = batch.solve_prices(f)
    assert x.shape == p.shape == (n, m)
    assert report.residual <= 1e-12
    for s in range(m):
        M = np.eye(n) - A
        M[rows[s]] -= changes[s]
        # Column sums below 0.88: conditions below 10, two routes of 1e-13 agree to 1e-11.
        np.testing.assert_allclose(x[:, s], np.linalg.solve(M, f), rtol=1e-10)
        np.testing.assert_allclose(p[:, s], np.linalg.solve(M.T, f), rtol=1e-10)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 20), m=st.integers(0, 12))
@settings(deadline=None, max_examples=40)
def test_shares_are_changes_of_every_cell(seed, n, m):
    rng = np.random.default_rng(seed)
    A, f = technology(seed, n, 0.8), rng.lognormal(0, 1, n)
    # Negative shares are gains; column sums stay below one.
    rows, shares = rng.integers(0, n, m), rng.uniform(-0.1, 1.0, m)
    system = LeontiefSystem.from_coefficients(A)
    x, report = RowScenarios(system, rows, shares).solve(f, report=True)
    given_cells = RowScenarios(system, rows, changes=-shares[:, None] * A[rows])
    np.testing.assert_allclose(x, given_cells.solve(f), rtol=1e-11)
    assert report.residual <= 1e-12
    by_share = RowScenarios(system, rows, shares).solve_prices(f)
    np.testing.assert_allclose(by_share, given_cells.solve_prices(f), rtol=1e-11)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("k", [1, 5, 40])
def test_unit_columns_of_factors_with_row_exchanges(kind, k):
    rng = np.random.default_rng(k)
    # A random matrix needs exchanges, which technologies hardly do.
    M = rng.standard_normal((40, 40))
    which = rng.choice(40, k, replace=False)
    factors = DenseLU.overwrite(M.astype(kind))
    assert (factors.pivots != np.arange(40)).any()
    # Condition number of a few hundred times rounding of the precision.
    tolerance = 1e4 * np.finfo(kind).eps
    np.testing.assert_allclose(
        factors.columns(which), np.linalg.inv(M)[:, which], rtol=0, atol=tolerance
    )


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("last", [[], [0], [39], [3, 37, 20, 39], list(range(25)), range(40)])
def test_factors_with_rows_eliminated_last(kind, last):
    rng = np.random.default_rng(len(last))
    M = rng.standard_normal((40, 40))
    wanted = np.linalg.inv(M)
    last = np.array(last, dtype=np.intp)
    factors = DenseLU.overwrite(M.astype(kind), last=last)
    ahead = np.setdiff1d(last, np.arange(40 - last.size, 40))
    assert set(factors.exchanged[:, 0]) == set(ahead)
    # As above; products with right-hand sides of size one add some forty cells.
    tolerance = 1e4 * np.finfo(kind).eps

    def near(found, told, times=1):
        np.testing.assert_allclose(found, told, rtol=0, atol=times * tolerance)

    rhs = rng.standard_normal((40, 3))
    for which in (last, np.array([39, 0, 7])):
        if which.size:
            near(factors.columns(which), wanted[:, which])
    for right in (rhs, rhs[:, 0]):
        near(factors.solve(right), wanted @ right, 10)
        near(factors.solve(right, transposed=True), wanted.T @ right, 10)
    near(factors.inverse(), wanted)
    near(factors.solve(rhs), wanted @ rhs, 10)
    near(factors.into_inverse(), wanted)


def test_a_system_whose_factors_row_cuts_made_answers_as_any_other():
    A = technology(7, MANY + 40)
    plain = LeontiefSystem.from_coefficients(A, method="lu")
    cut = LeontiefSystem.from_coefficients(A, method="lu")
    f = np.random.default_rng(4).lognormal(0, 1, (A.shape[0], 3))
    RowScenarios(cut, np.arange(MANY), 0.5).solve(f[:, 0])
    assert cut.factors.exchanged.size > 0
    np.testing.assert_allclose(cut.solve(f), plain.solve(f), rtol=1e-12)
    np.testing.assert_allclose(cut.solve_prices(f), plain.solve_prices(f), rtol=1e-12)
    np.testing.assert_allclose(cut.inverse(), plain.inverse(), rtol=0, atol=1e-13)
    prices = [RowScenarios(s, [0, 9], 0.5).solve_prices(f[:, 0]) for s in (cut, plain)]
    np.testing.assert_allclose(*prices, rtol=1e-12)


def test_many_rows_bounded_by_probes():
    A = technology(7, MANY + 40)
    rows = np.arange(MANY + 1)
    f = np.random.default_rng(8).lognormal(0, 1, A.shape[0])
    system = LeontiefSystem.from_coefficients(A, method="lu")
    x, report = RowScenarios(system, rows, 0.5).solve(f, report=True)
    assert report.method.startswith("lu")
    assert 0 < report.residual <= 1e-12
    for s in (0, 17, MANY):
        M = np.eye(A.shape[0]) - A
        M[s] += 0.5 * A[s]
        np.testing.assert_allclose(x[:, s], np.linalg.solve(M, f), rtol=1e-9)


def test_shares_labels_and_repeated_rows():
    A = technology(1, 6)
    regions, sectors = ["a", "b"], ["p", "q", "r"]
    dims = ("region", "sector", "user_region", "user_sector")
    coords = dict(zip(dims, (regions, sectors, regions, sectors), strict=True))
    system = LeontiefSystem.from_coefficients(xr.DataArray(A.reshape(2, 3, 2, 3), coords, dims))
    f = xr.DataArray(np.ones((2, 3)), {"region": regions, "sector": sectors}, ("region", "sector"))
    x = RowScenarios(system, [4, 4, 1], [0.0, 1.0, 0.25]).solve(f)
    assert x.dims == ("region", "sector", "scenario")
    xr.testing.assert_allclose(x.isel(scenario=0), system.solve(f), rtol=1e-12)
    cut = A.copy()
    cut[4] = 0.0
    np.testing.assert_allclose(
        x.values[..., 1].reshape(-1), np.linalg.solve(np.eye(6) - cut, np.ones(6)), rtol=1e-12
    )
    # Without intermediate sales output is final demand.
    assert x.values[1, 1, 1] == pytest.approx(1.0, rel=1e-12)


def test_refusals():
    A = technology(2, 5)
    system = LeontiefSystem.from_coefficients(A)
    with pytest.raises(LabelError, match="out of range"):
        RowScenarios(system, [5], 0.5)
    with pytest.raises(LabelError, match="whole numbers"):
        RowScenarios(system, [0.5], 0.5)
    with pytest.raises(TableError, match="either shares or changes"):
        RowScenarios(system, [0])
    with pytest.raises(TableError, match="scenario 0 would make"):
        RowScenarios(system, [0], 1.5)
    with pytest.raises(TableError, match="shape"):
        RowScenarios(system, [0], changes=np.zeros((2, 5)))
    with pytest.raises(TableError, match="one right-hand side"):
        RowScenarios(system, [0], 0.5).solve(np.ones((5, 2)))
    grown = np.zeros((1, 5))
    grown[0, 2] = 1.3
    with pytest.raises(NonProductiveError, match="industry 2"):
        RowScenarios(system, [2], changes=grown).solve(np.ones(5))
    strict = LeontiefSystem.from_coefficients(A)
    batch = RowScenarios(strict, [0, 1], 0.5)
    strict.tolerance = 1e-300
    with pytest.raises(SolverError, match="relative residual"):
        batch.solve(np.random.default_rng(0).random(5))
