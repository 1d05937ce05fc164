"""LeontiefSystem: answers, orientation, labels, memory and refusals."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, NonProductiveError, SolverError, TableError
from iomodel.leontief import LeontiefSystem
from iomodel.leontief.solvers.dense_lu import DenseLU, identity_minus

# Random technologies below have column sums of at most 0.95, so ||L|| <= 20 and two solutions of
# backward error 1e-15 agree to about 1e-13; 1e-10 is far from chance and far from wrong.
CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def technology(seed, n, top=0.95):
    """A random productive A with zero cells, a zero column and a zero row."""
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < 0.6)
    sums = A.sum(axis=0)
    A *= rng.uniform(0.1, top, n) / np.where(sums > 0, sums, 1)
    if n > 2:
        A[:, n // 2] = 0.0
        A[n // 3] = 0.0
    return A


def labelled(A, R, S):
    regions, sectors = [f"R{r}" for r in range(R)], [f"s{s}" for s in range(S)]
    dims = ("region", "sector", "user_region", "user_sector")
    coords = dict(zip(dims, (regions, sectors, regions, sectors), strict=True))
    return xr.DataArray(A.reshape(R, S, R, S), coords, dims)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 30), k=st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_solves_agree_with_the_inverse(seed, n, k):
    A = technology(seed, n)
    rng = np.random.default_rng(seed + 1)
    f, v = rng.random((n, k)), rng.random((n, k))
    L = np.linalg.inv(np.eye(n) - A)
    system = LeontiefSystem.from_coefficients(A)
    x, report = system.solve(f, report=True)
    np.testing.assert_allclose(x, L @ f, **CLOSE)
    np.testing.assert_allclose(system.solve_prices(v), L.T @ v, **CLOSE)
    np.testing.assert_allclose(system.solve(f[:, 0]), x[:, 0], **CLOSE)
    np.testing.assert_allclose(system.inverse(), L, **CLOSE)
    assert 0 <= report.residual <= 1e-14
    assert report.method == "lu"
    assert report.seconds >= 0


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 20))
@settings(deadline=None, max_examples=40)
def test_quantity_and_price_sides_are_dual(seed, n):
    A = technology(seed, n)
    rng = np.random.default_rng(seed)
    f, v = rng.random(n), rng.random(n)
    system = LeontiefSystem.from_coefficients(A)
    # p'f = v'x: final demand at prices equals value added paid.
    np.testing.assert_allclose(system.solve_prices(v) @ f, v @ system.solve(f), rtol=1e-12)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 20))
@settings(deadline=None, max_examples=40)
def test_additive_in_demand_and_blind_to_the_order_of_industries(seed, n):
    A = technology(seed, n)
    rng = np.random.default_rng(seed)
    f, g, order = rng.random(n), rng.random(n), rng.permutation(n)
    system = LeontiefSystem.from_coefficients(A)
    np.testing.assert_allclose(system.solve(f + g), system.solve(f) + system.solve(g), **CLOSE)
    shuffled = LeontiefSystem.from_coefficients(A[np.ix_(order, order)])
    np.testing.assert_allclose(shuffled.solve(f[order]), system.solve(f)[order], **CLOSE)


def test_inverse_is_the_same_before_and_after_factorization_and_leaves_the_factors():
    A = technology(3, 12)
    fresh, used = LeontiefSystem.from_coefficients(A), LeontiefSystem.from_coefficients(A)
    f = np.arange(12.0)
    x = used.solve(f)
    assert used.factorized
    assert not fresh.factorized
    np.testing.assert_array_equal(fresh.inverse(), used.inverse())
    np.testing.assert_array_equal(used.solve(f), x)
    assert not fresh.factorized
    assert fresh.inverse().flags.c_contiguous


def test_no_copy_of_the_coefficients_and_one_buffer_for_the_factors():
    A = technology(5, 16)
    system = LeontiefSystem.from_coefficients(A)
    assert np.shares_memory(system.A, A)
    assert not system.A.flags.writeable
    assert A.flags.writeable
    M = identity_minus(A)
    assert np.shares_memory(DenseLU.overwrite(M).factors, M)


def test_labels_go_in_and_come_out_in_the_order_of_the_question():
    A = technology(7, 6)
    plain = LeontiefSystem.from_coefficients(A)
    system = LeontiefSystem.from_coefficients(labelled(A, 2, 3))
    assert np.shares_memory(system.A, A)
    cells = np.random.default_rng(0).random((4, 3, 2))
    f = xr.DataArray(
        cells,
        {"scenario": list("abcd"), "sector": ["s2", "s0", "s1"], "region": ["R1", "R0"]},
        ("scenario", "sector", "region"),
    )
    x = system.solve(f)
    assert x.dims == f.dims
    sorted_f = f.sel(region=["R0", "R1"], sector=["s0", "s1", "s2"])
    expected = plain.solve(sorted_f.transpose("region", "sector", "scenario").values.reshape(6, 4))
    got = x.transpose("region", "sector", "scenario")
    assert list(got["region"].values) == ["R0", "R1"]
    np.testing.assert_allclose(got.values.reshape(6, 4), expected, rtol=1e-14)
    p, report = system.solve_prices(f.isel(scenario=0), report=True)
    assert set(p.dims) == {"region", "sector"}
    assert report.residual < 1e-14
    L = system.inverse()
    assert L.dims == ("region", "sector", "user_region", "user_sector")
    np.testing.assert_allclose(L.values.reshape(6, 6), plain.inverse(), rtol=1e-14)


def test_transposed_labelled_coefficients_are_put_in_order():
    A = technology(8, 6)
    turned = labelled(A, 3, 2).transpose("user_sector", "region", "user_region", "sector")
    np.testing.assert_array_equal(LeontiefSystem.from_coefficients(turned).A, A)


@pytest.mark.parametrize("top", [0.999, 0.999999])
def test_ill_conditioned_but_productive(top):
    n = 40
    A = technology(11, n)
    A *= top / np.maximum(A.sum(axis=0), top / 2)
    system = LeontiefSystem.from_coefficients(A)
    x, report = system.solve(np.ones(n), report=True)
    assert report.residual < 1e-14
    assert (x >= 1).all()


def test_one_industry_one_region_zero_technology_and_zero_demand():
    np.testing.assert_allclose(
        LeontiefSystem.from_coefficients(np.array([[0.5]])).solve(np.array([3.0])), [6.0]
    )
    system = LeontiefSystem.from_coefficients(labelled(np.zeros((3, 3)), 1, 3))
    f = xr.DataArray(
        np.zeros((1, 3)), {"region": ["R0"], "sector": ["s0", "s1", "s2"]}, ("region", "sector")
    )
    x, report = system.solve(f, report=True)
    assert (x == 0).all()
    assert report.residual == 0
    assert LeontiefSystem.from_coefficients(np.zeros((2, 2))).solve(np.zeros((2, 0))).shape == (
        2,
        0,
    )


def test_integer_and_fortran_arrays_are_accepted():
    A = np.asfortranarray(technology(2, 5))
    f = np.arange(5)
    x = LeontiefSystem.from_coefficients(A).solve(f)
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(5) - A, f), **CLOSE)


# ---------------------------------------------------------------------- refusals
@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1])
def test_bad_coefficient_is_named(value):
    A = technology(1, 6)
    A[1, 5] = value
    with pytest.raises(TableError, match=r"from \(R0, s1\) to \(R1, s2\)"):
        LeontiefSystem.from_coefficients(labelled(A, 2, 3))
    with pytest.raises(TableError, match="from industry 1 to industry 5"):
        LeontiefSystem.from_coefficients(A)


@pytest.mark.parametrize("shape", [(2, 3), (4,), (0, 0)])
def test_coefficients_that_are_not_square(shape):
    with pytest.raises(TableError, match=r"square|empty"):
        LeontiefSystem.from_coefficients(np.zeros(shape))


def test_labels_of_coefficients_that_do_not_fit():
    A = labelled(technology(1, 6), 2, 3)
    with pytest.raises(LabelError, match="user_region"):
        LeontiefSystem.from_coefficients(A.assign_coords(user_region=["R1", "R0"]))
    with pytest.raises(LabelError, match="duplicated sector label 's0'"):
        LeontiefSystem.from_coefficients(A.assign_coords(sector=["s0", "s0", "s2"]))
    with pytest.raises(LabelError, match="lacks dimension 'user_region'"):
        LeontiefSystem.from_coefficients(A.rename(user_region="buyer"))
    with pytest.raises(LabelError, match="further dimension 'year'"):
        LeontiefSystem.from_coefficients(A.expand_dims(year=[2022]))
    with pytest.raises(LabelError, match="no labels"):
        LeontiefSystem.from_coefficients(A.drop_vars("region"))


@pytest.mark.parametrize("f", [np.ones(5), np.ones((5, 2)), np.ones((6, 2, 2)), 1.0])
def test_right_hand_side_of_another_size(f):
    with pytest.raises(TableError, match="6 industries"):
        LeontiefSystem.from_coefficients(technology(1, 6)).solve(f)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_right_hand_side_that_is_not_finite(bad):
    system = LeontiefSystem.from_coefficients(labelled(technology(1, 6), 2, 3))
    f = np.ones((6, 2))
    f[4, 1] = bad
    with pytest.raises(TableError, match=r"not finite at \(R1, s1\)"):
        system.solve(f)


def test_right_hand_side_with_labels_that_do_not_fit():
    system = LeontiefSystem.from_coefficients(labelled(technology(1, 6), 2, 3))
    f = xr.DataArray(
        np.ones((2, 3)),
        {"region": ["R0", "R1"], "sector": ["s0", "s1", "s2"]},
        ("region", "sector"),
    )
    with pytest.raises(LabelError, match=r"unknown region 'R7'.*valid: R0, R1"):
        system.solve(f.assign_coords(region=["R0", "R7"]))
    with pytest.raises(LabelError, match=r"lacks sector 's1'.*s0, s1, s2"):
        system.solve(f.sel(sector=["s0", "s2"]))
    with pytest.raises(LabelError, match="lacks dimension 'sector'"):
        system.solve(f.isel(sector=0))
    with pytest.raises(LabelError, match="duplicated region"):
        system.solve(f.assign_coords(region=["R0", "R0"]))
    with pytest.raises(LabelError, match="without labels"):
        LeontiefSystem.from_coefficients(technology(1, 6)).solve(f)


def test_a_residual_above_tolerance_never_leaves():
    system = LeontiefSystem.from_coefficients(technology(1, 30), tolerance=1e-300)
    with pytest.raises(SolverError, match="relative residual"):
        system.solve(np.random.default_rng(0).random(30))


def test_damaged_factors_are_refined_or_refused():
    A = technology(4, 20)
    f = np.ones(20)
    exact = np.linalg.solve(np.eye(20) - A, f)
    system = LeontiefSystem.from_coefficients(A)
    # An error of 1e-9 in the factors is what one step of refinement takes away ...
    system.solvers.double = DenseLU.overwrite(identity_minus(A) * (1 + 1e-9))
    x, report = system.solve(f, report=True)
    assert report.iterations == 1
    np.testing.assert_allclose(x, exact, **CLOSE)
    # ... and one of 1 % is not.
    system.solvers.double = DenseLU.overwrite(identity_minus(A) * 1.01)
    with pytest.raises(SolverError):
        system.solve(f)


def test_singular_matrix_is_refused_by_the_factorization():
    with pytest.raises(SolverError, match="singular"):
        DenseLU.overwrite(np.array([[1.0, -1.0], [-1.0, 1.0]]))


def test_non_productive_technology_is_refused_at_construction():
    with pytest.raises(NonProductiveError, match="spectral radius"):
        LeontiefSystem.from_coefficients(np.array([[0.9, 0.4], [0.3, 0.9]]))
