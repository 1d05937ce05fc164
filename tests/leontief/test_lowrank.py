"""Low-rank updates against brute force."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, NonProductiveError, TableError
from iomodel.leontief import LeontiefSystem, LowRankUpdate, updated
from iomodel.leontief.updates.low_rank import _cover

# Column sums stay below 0.95: ||L|| <= 20, so two routes of backward error 1e-15 agree to 1e-12.
CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def technology(seed, n, top=0.9):
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < 0.7)
    sums = A.sum(axis=0)
    return A * rng.uniform(0.2, top, n) / np.where(sums > 0, sums, 1)


def check(update, A_new, seed):
    n = A_new.shape[0]
    f = np.random.default_rng(seed).random((n, 3))
    L = np.linalg.inv(np.eye(n) - A_new)
    x, report = update.solve(f, report=True)
    np.testing.assert_allclose(x, L @ f, **CLOSE)
    np.testing.assert_allclose(update.solve_prices(f), L.T @ f, **CLOSE)
    np.testing.assert_allclose(update.solve(f[:, 0]), L @ f[:, 0], **CLOSE)
    assert report.residual < 1e-12


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 25),
    r=st.integers(0, 3),
    c=st.integers(0, 3),
    low=st.sampled_from([0.0, 0.5, 1.05]),
)
@settings(deadline=None, max_examples=100)
def test_rows_and_columns_equal_brute_force(seed, n, r, c, low):
    rng = np.random.default_rng(seed)
    A = technology(seed, n, 0.8)
    rows = rng.choice(n, min(r, n), replace=False)
    cols = rng.choice(n, min(c, n), replace=False)
    factor_rows = rng.uniform(low, max(low, 1.0), (rows.size, n))
    dR = A[rows] * (factor_rows - 1)
    dC = A[:, cols] * (rng.uniform(low, max(low, 1.0), (n, cols.size)) - 1)
    dC[rows] = 0.0
    A_new = A.copy()
    A_new[rows] += dR
    A_new[:, cols] += dC
    system = LeontiefSystem.from_coefficients(A)
    update = LowRankUpdate(system, rows, dR, cols, dC)
    assert update.rank == rows.size + cols.size
    check(update, A_new, seed)
    norms = [update.coefficient_norm(transposed=k == 0) for k in (1, 0)]
    # Row sums come from 1 - (I - A) 1, to the rounding of one.
    sums = [A_new.sum(axis=k).max() for k in (1, 0)]
    np.testing.assert_allclose(norms, sums, rtol=1e-12, atol=1e-14)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 25), share=st.sampled_from([0.3, 1.0]))
@settings(deadline=None, max_examples=40)
def test_extraction_of_one_industry_in_closed_form(seed, n, share):
    """Sherman-Morrison for a row and for a column scaled by 1 - share."""
    A = technology(seed, n)
    k = seed % n
    L = np.linalg.inv(np.eye(n) - A)
    scale = 1 + share * (L[k, k] - 1)
    unit = np.eye(n)[k]
    row = L - share * np.outer(L[:, k], L[k] - unit) / scale
    column = L - share * np.outer(L[:, k] - unit, L[k]) / scale
    A_row, A_col = A.copy(), A.copy()
    A_row[k] *= 1 - share
    A_col[:, k] *= 1 - share
    for A_new, closed in ((A_row, row), (A_col, column)):
        np.testing.assert_allclose(np.linalg.inv(np.eye(n) - A_new), closed, **CLOSE)
    system = LeontiefSystem.from_coefficients(A)
    by_row = LowRankUpdate.from_rows(system, [k], (A_row - A)[[k]])
    by_column = LowRankUpdate.from_columns(system, [k], (A_col - A)[:, [k]])
    np.testing.assert_allclose(by_row.solve(np.eye(n)), row, **CLOSE)
    np.testing.assert_allclose(by_column.solve(np.eye(n)), column, **CLOSE)


def test_updated_finds_rows_columns_crosses_and_blocks():
    A = technology(1, 40)
    system = LeontiefSystem.from_coefficients(A)
    assert updated(system, A.copy()) is system
    cases = {
        "row": (np.s_[3], 1),
        "column": (np.s_[:, 5], 1),
        "wide block": (np.s_[2:4, 10:30], 2),
        "tall block": (np.s_[10:30, 2:5], 3),
    }
    for where, rank in cases.values():
        A_new = A.copy()
        A_new[where] *= 0.5
        update = updated(system, A_new)
        assert isinstance(update, LowRankUpdate)
        assert update.rank <= rank
        check(update, A_new, 0)
    cross = A.copy()
    cross[7], cross[:, 7] = 0.0, 0.0
    update = updated(system, cross)
    assert isinstance(update, LowRankUpdate)
    assert update.rank == 2
    check(update, cross, 0)
    declared = updated(system, cross, rows=[7], cols=[7])
    check(declared, cross, 0)
    with pytest.raises(TableError, match="outside the given rows"):
        updated(system, cross, rows=[7])


def test_updated_makes_a_new_system_where_everything_changes():
    A = technology(2, 30)
    system = LeontiefSystem.from_coefficients(A)
    fresh = updated(system, A * 0.9)
    assert isinstance(fresh, LeontiefSystem)
    check(fresh, A * 0.9, 0)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12), density=st.sampled_from([0.05, 0.4]))
@settings(deadline=None, max_examples=60)
def test_cover_holds_every_change(seed, n, density):
    changed = np.random.default_rng(seed).random((n, n)) < density
    changed[0, 0] = True
    rows, cols = _cover(changed)
    rest = changed.copy()
    rest[rows] = False
    rest[:, cols] = False
    assert not rest.any()
    assert rows.size + cols.size <= min(changed.any(axis=0).sum(), changed.any(axis=1).sum())


def labelled(A, R, S):
    regions, sectors = [f"R{r}" for r in range(R)], [f"s{s}" for s in range(S)]
    dims = ("region", "sector", "user_region", "user_sector")
    coords = dict(zip(dims, (regions, sectors, regions, sectors), strict=True))
    return xr.DataArray(A.reshape(R, S, R, S), coords, dims)


def test_labels_survive_an_update():
    A = labelled(technology(3, 6), 2, 3)
    system = LeontiefSystem.from_coefficients(A)
    changed = A.copy()
    changed[0, 1] *= 0.5
    f = xr.DataArray(
        np.ones((2, 3, 2)),
        {"region": ["R0", "R1"], "sector": ["s0", "s1", "s2"], "scenario": ["a", "b"]},
        ("region", "sector", "scenario"),
    )
    x = updated(system, changed).solve(f)
    assert x.dims == f.dims
    fresh = LeontiefSystem.from_coefficients(changed).solve(f)
    xr.testing.assert_allclose(x, fresh, rtol=1e-12)
    with pytest.raises(LabelError, match="other labels"):
        updated(system, changed.assign_coords(region=["X", "Y"], user_region=["X", "Y"]))
    with pytest.raises(TableError, match="4 industries, not 6"):
        updated(system, np.zeros((4, 4)))


def test_an_update_that_is_not_productive_is_refused():
    A = technology(4, 10)
    system = LeontiefSystem.from_coefficients(A)
    change = np.zeros((1, 10))
    change[0, 2] = 1.3
    update = LowRankUpdate.from_rows(system, [2], change)
    with pytest.raises(NonProductiveError, match="industry 2"):
        update.solve(np.ones(10))
    with pytest.raises(NonProductiveError, match="industry 2"):
        update.solve_prices(np.ones(10))


def test_an_update_with_a_column_sum_above_one_may_be_productive():
    A = np.array([[0.1, 0.2], [0.2, 0.1]])
    update = LowRankUpdate.from_rows(
        LeontiefSystem.from_coefficients(A), [0], np.array([[0.0, 1.3]])
    )
    check(update, np.array([[0.1, 1.5], [0.2, 0.1]]), 0)


def test_refusals():
    system = LeontiefSystem.from_coefficients(technology(5, 6))
    with pytest.raises(TableError, match="from industry 2 to industry"):
        LowRankUpdate.from_rows(system, [2], -np.ones((1, 6)))
    with pytest.raises(TableError, match="to industry 3"):
        LowRankUpdate.from_columns(system, [3], -np.ones((6, 1)))
    with pytest.raises(TableError, match="shape"):
        LowRankUpdate.from_rows(system, [2], np.zeros((2, 6)))
    with pytest.raises(TableError, match="NaN"):
        LowRankUpdate.from_rows(system, [2], np.full((1, 6), np.nan))
    with pytest.raises(LabelError, match="repeated"):
        LowRankUpdate.from_rows(system, [2, 2], np.zeros((2, 6)))
    with pytest.raises(LabelError, match="out of range"):
        LowRankUpdate.from_columns(system, [6], np.zeros((6, 1)))
    with pytest.raises(LabelError, match="whole numbers"):
        LowRankUpdate.from_rows(system, [0.5], np.zeros((1, 6)))
    with pytest.raises(TableError, match="6 industries"):
        LowRankUpdate.from_rows(system, [0], np.zeros((1, 6))).solve(np.ones(5))
