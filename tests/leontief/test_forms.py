"""Technologies known by their products: shared imports, few cells, on disk."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import splu

from datasets.published import WIOD_2013
from iomodel.errors import NonProductiveError, SolverError, TableError
from iomodel.leontief import LeontiefSystem, OnDisk, RawMatrix, SharedImports, Sparse, write_raw
from iomodel.leontief.forms.shared_imports import shared_imports
from iomodel.table.catalogue import embedded, load
from iomodel.table.readers.wiod import read_wiod
from iomodel.table.storage.compact import read_factors

CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def technology(seed, n, top=0.9, density=0.3):
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < density)
    sums = A.sum(axis=0)
    return A * rng.uniform(0.2, top, n) / np.where(sums > 0, sums, 1)


def proportional(seed, R, S):
    """Shares of origins and national needs; one region that needs nothing of one product."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(R, 0.3), (S, R)).transpose(2, 0, 1)
    needs = rng.pareto(1.5, (R, S, S))
    needs *= rng.uniform(0.2, 0.9, (R, 1, S)) / needs.sum(axis=1, keepdims=True)
    needs[0, 0] = 0.0
    A = np.einsum("isr,rsu->isru", shares, needs).reshape(R * S, R * S)
    return np.ascontiguousarray(shares), needs, A


def agree(operator, A, seed, **close):
    """Products, sums, diagonal, blocks and answers equal those of the array."""
    n = A.shape[0]
    rng = np.random.default_rng(seed)
    x = rng.lognormal(0, 1, (3, n))
    for transposed, M in ((False, A.T), (True, A)):
        np.testing.assert_allclose(operator.times(x, transposed=transposed), x @ M, rtol=1e-12)
        single = operator.times_single(x.astype(np.float32), transposed=transposed)
        np.testing.assert_allclose(single, x @ M, rtol=1e-4)
        assert single.dtype == np.float32
    np.testing.assert_allclose(operator.sums()[0], A.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(operator.sums()[1], A.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(operator.diagonal(), A.diagonal(), rtol=1e-12)
    size = operator.guess_block()
    own = np.arange(n // size)
    blocks = A.reshape(n // size, size, n // size, size)[own, :, own, :]
    np.testing.assert_allclose(operator.blocks(size), blocks, rtol=1e-12)
    system = LeontiefSystem.from_coefficients(operator)
    L = np.linalg.inv(np.eye(n) - A)
    f = rng.lognormal(0, 1, (n, 2))
    answer, report = system.solve(f, report=True)
    np.testing.assert_allclose(answer, L @ f, **CLOSE)
    np.testing.assert_allclose(system.solve_prices(f), L.T @ f, **CLOSE)
    np.testing.assert_allclose(system.solve(f[:, 0]), L @ f[:, 0], **CLOSE)
    assert report.method == system.plan.method == operator.kind
    assert report.residual <= 1e-12
    assert system.coefficient_norm() == pytest.approx(A.sum(axis=1).max(), rel=1e-12)
    np.testing.assert_allclose(system.product(f), f - A @ f, rtol=1e-11, atol=1e-12)
    with pytest.raises(TableError, match="known by their products alone"):
        system.inverse()


# ---------------------------------------------------------------------- shared imports
@given(seed=st.integers(0, 2**32 - 1), R=st.integers(1, 5), S=st.integers(1, 5))
@settings(deadline=None, max_examples=30)
def test_shared_imports(seed, R, S):
    shares, needs, A = proportional(seed, R, S)
    agree(SharedImports(shares, needs), A, seed)
    agree(SharedImports.from_coefficients(A, R, S), A, seed)


def test_shared_imports_are_recognized_and_others_are_not():
    _, _, A = proportional(1, 4, 5)
    assert shared_imports(A, 4, 5) is not None
    assert shared_imports(A, 5, 4) is None
    other = A.copy()
    other[3, 7] *= 1 + 1e-9
    assert shared_imports(other, 4, 5) is None
    with pytest.raises(TableError, match=r"import shares are not common.*industry 7"):
        SharedImports.from_coefficients(other, 4, 5)
    with pytest.raises(TableError, match="not 3 regions x 5 sectors"):
        SharedImports.from_coefficients(A, 3, 5)
    shares, needs, _ = proportional(1, 2, 3)
    with pytest.raises(TableError, match="wanted"):
        SharedImports(shares, needs[:1])
    needs[0, 0, 1] = -1.0
    with pytest.raises(TableError, match=r"national need \[0, 0, 1\]"):
        SharedImports(shares, needs)


def test_world_is_structured_and_its_factors_are_enough():
    table = load("world-2022")
    system = LeontiefSystem(table)
    assert system.plan.method == "structured"
    f = table.Y2.sum(axis=1)
    x, report = system.solve(f, report=True)
    assert report.method == "structured"
    np.testing.assert_allclose(x, table.x1, rtol=1e-8, atol=1e-9 * table.x1.max())
    factors, _ = read_factors(embedded("world-2022"))
    slim = SharedImports.from_factors(factors)
    rows = np.random.default_rng(0).lognormal(0, 2, (4, table.n))
    for transposed, M in ((False, table.A2.T), (True, table.A2)):
        # Terms are not negative, so sums of 2,997 of them differ by rounding only.
        np.testing.assert_allclose(slim.times(rows, transposed=transposed), rows @ M, rtol=1e-12)
    np.testing.assert_allclose(
        LeontiefSystem.from_coefficients(slim).solve(f), x, rtol=1e-10, atol=1e-9
    )
    dense = LeontiefSystem(table, method="krylov")
    np.testing.assert_allclose(dense.solve(f), x, rtol=1e-10, atol=1e-9)


# ---------------------------------------------------------------------- few cells
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 30))
@settings(deadline=None, max_examples=30)
def test_sparse(seed, n):
    A = technology(seed, n)
    agree(Sparse(sparse.coo_array(A)), A, seed)
    x = LeontiefSystem.from_coefficients(sparse.csc_matrix(A)).solve(np.ones(n))
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(n) - A, np.ones(n)), **CLOSE)


def test_sparse_is_chosen_for_few_cells_only():
    A = technology(1, 1200, density=0.01)
    system = LeontiefSystem.from_coefficients(A)
    assert system.plan.method == "sparse"
    assert "1.0% of the cells" in system.plan.reason
    _, report = system.solve(np.ones(1200), report=True)
    assert report.method == "sparse"
    assert LeontiefSystem.from_coefficients(technology(1, 1200)).plan.method == "krylov"
    forced = LeontiefSystem.from_coefficients(technology(1, 50), method="sparse")
    assert forced.solve(np.ones(50), report=True)[1].method == "sparse"


def test_wiod_2013_in_every_way():
    table = read_wiod(WIOD_2013, 2008)
    f = table.Y2.sum(axis=1)
    answers = {}
    for method in ("lu", "mixed", "krylov", "sparse"):
        answers[method], report = LeontiefSystem(table, method=method).solve(f, report=True)
        assert report.residual <= 1e-12
    for answer in answers.values():
        np.testing.assert_allclose(answer, answers["lu"], rtol=1e-9, atol=1e-9)


def test_sparse_refusals():
    with pytest.raises(TableError, match="square"):
        Sparse(sparse.csr_array(np.zeros((2, 3))))
    with pytest.raises(TableError, match="from industry 1 to industry 0"):
        Sparse(sparse.csr_array(np.array([[0.1, 0.0], [-0.2, 0.0]])))
    with pytest.raises(NonProductiveError, match="industry 1 "):
        LeontiefSystem.from_coefficients(sparse.csr_array(np.diag([0.5, 1.5])))
    with pytest.raises(TableError, match="leave the method out"):
        LeontiefSystem.from_coefficients(sparse.csr_array(np.diag([0.5, 0.5])), method="lu")
    with pytest.raises((NonProductiveError, SolverError)):
        LeontiefSystem.from_coefficients(sparse.csr_array(np.diag([0.5, 1.0])))


# ---------------------------------------------------------------------- on disk
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("memory", [1, 20_000, 2**29])
def test_on_disk(tmp_path, dtype, memory):
    A = technology(3, 60).astype(dtype)
    matrix = write_raw(tmp_path / "A.raw", (A[i : i + 7] for i in range(0, 60, 7)), dtype)
    blocked = OnDisk(matrix, memory=memory, sectors=12)
    assert blocked.height == (1 if memory == 1 else 60 if memory > 1e6 else blocked.height)
    assert blocked.extra_bytes <= max(memory, 60 * 16 * 2)
    agree(blocked, A.astype(np.float64), 0)
    assert "lie on disk" in str(LeontiefSystem.from_coefficients(blocked).plan)
    assert OnDisk(matrix).guess_block() >= 1


def test_on_disk_takes_whatever_is_sliced_by_rows(tmp_path):
    A = technology(4, 30)
    A.tofile(tmp_path / "A.raw")
    mapped = np.memmap(tmp_path / "A.raw", dtype=np.float64, mode="r", shape=(30, 30))
    agree(OnDisk(mapped, memory=5000), A, 0)
    zarr = pytest.importorskip("zarr")
    stored = zarr.create_array(str(tmp_path / "A.zarr"), shape=(30, 30), chunks=(8, 30), dtype="f8")
    stored[:] = A
    agree(OnDisk(stored, memory=5000), A, 0)


def test_on_disk_refusals(tmp_path):
    with pytest.raises(TableError, match="there is no file"):
        RawMatrix(tmp_path / "none.raw")
    with pytest.raises(TableError, match="valid: float32, float64"):
        RawMatrix(tmp_path / "none.raw", "int8")
    np.zeros(7, np.float32).tofile(tmp_path / "short.raw")
    with pytest.raises(TableError, match="truncated"):
        RawMatrix(tmp_path / "short.raw")
    with pytest.raises(TableError, match="truncated"):
        write_raw(tmp_path / "bad.raw", [np.zeros((2, 3))])
    assert not (tmp_path / "bad.raw").exists()
    A = technology(5, 9)
    A[4, 2] = np.nan
    with pytest.raises(TableError, match="from industry 4 to industry 2"):
        OnDisk(write_raw(tmp_path / "nan.raw", [A]), memory=1)
    with pytest.raises(TableError, match="no multiple of 4 sectors"):
        OnDisk(write_raw(tmp_path / "A.raw", [technology(5, 9)]), sectors=4)
    A = technology(5, 9) * 9
    with pytest.raises(NonProductiveError):
        LeontiefSystem.from_coefficients(OnDisk(write_raw(tmp_path / "B.raw", [A])))


def truncated(path):
    os.truncate(path, path.stat().st_size - 8)


def deleted(path):
    path.unlink()


def replaced(path):
    write_raw(path, [technology(6, 30)], "float64")


def written_to(path):
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"\0\0")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


@pytest.mark.parametrize("change", [truncated, deleted, replaced, written_to])
@pytest.mark.parametrize("mapped", [False, True])
def test_a_file_that_changes_under_a_system_is_refused(tmp_path, change, mapped):
    path = tmp_path / "A.raw"
    matrix = write_raw(path, [technology(5, 30)], "float64")
    if mapped:
        matrix = np.memmap(path, dtype=np.float64, mode="r", shape=(30, 30))
    system = LeontiefSystem.from_coefficients(OnDisk(matrix, memory=5000))
    system.solve(np.ones(30))
    change(path)
    for question in (system.solve, system.solve_prices):
        with pytest.raises(TableError, match=r"A\.raw has changed since it was opened \(") as e:
            question(np.ones(30))
        assert "\n" not in str(e.value)


def test_a_file_that_changes_during_a_pass_is_refused(tmp_path):
    path = tmp_path / "A.raw"
    blocked = OnDisk(write_raw(path, [technology(5, 30)], "float64"), memory=1)
    passing = blocked._strips()
    next(passing)
    replaced(path)
    with pytest.raises(TableError, match="it was written to or replaced"):
        list(passing)


def test_a_store_that_cannot_be_read_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "A.h5", "w") as file:
        blocked = OnDisk(file.create_dataset("A", data=technology(5, 30)))
    with pytest.raises(TableError, match="rows 0 to 29 of the coefficients cannot be read"):
        blocked.times(np.ones((1, 30)))


@pytest.mark.parametrize(("dropped", "cells", "fill"), [(0.0, 0.20, 0.8), (1e-4, 0.09, 0.7)])
def test_elimination_fills_the_zeros_of_a_table(dropped, cells, fill):
    """Why there is no sparse factorization: SuperLU with its usual ordering."""
    A = read_wiod(WIOD_2013, 2011).A2
    A = np.where(dropped <= A, A, 0.0)
    # Published to two digits in the docstring of iomodel.leontief.forms.sparse.
    assert np.count_nonzero(A) / A.size == pytest.approx(cells, abs=0.005)
    factors = splu(sparse.csc_array(np.eye(A.shape[0]) - A))
    assert factors.nnz > fill * A.size
