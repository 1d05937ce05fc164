"""RAS, GRAS and the balancing of whole tables."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, SolverError, TableError
from iomodel.table.balancing.ras import gras, ras
from iomodel.table.mrio import MRIOTable

SEEDS = st.integers(0, 2**32 - 1)
# Rows stop at a relative gap of 1e-11, columns are met to rounding.
MET = {"rtol": 1e-9, "atol": 1e-9}


@given(seed=SEEDS, m=st.integers(1, 6), n=st.integers(1, 6))
@settings(deadline=None, max_examples=50)
def test_ras_finds_the_matrix_that_a_biproportional_change_hid(seed, m, n):
    rng = np.random.default_rng(seed)
    prior = rng.uniform(0.1, 9, (m, n)) * (rng.random((m, n)) < 0.8)
    hidden = rng.uniform(0.3, 3, m)[:, None] * prior * rng.uniform(0.3, 3, n)
    result = ras(prior, hidden.sum(axis=1), hidden.sum(axis=0), max_iterations=20_000)
    # The convergence of RAS slows down where zeros nearly cut the matrix in two, so that cells may
    # be further off than totals.
    np.testing.assert_allclose(result.matrix, hidden, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(result.matrix.sum(axis=0), hidden.sum(axis=0), **MET)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=50)
def test_gras_keeps_signs_and_zeros_and_equals_ras_without_negatives(seed):
    rng = np.random.default_rng(seed)
    prior = rng.uniform(0.1, 9, (5, 4)) * rng.choice([1.0, 1.0, 1.0, 0.0, -0.2], (5, 4))
    prior[:, 0], prior[0] = np.abs(prior[:, 0]) + 0.1, np.abs(prior[0]) + 0.1
    factor = rng.uniform(0.5, 2, 5)[:, None] * rng.uniform(0.5, 2, 4)
    hidden = np.where(prior > 0, prior * factor, prior / factor)
    result = gras(prior, hidden.sum(axis=1), hidden.sum(axis=0), max_iterations=20_000)
    np.testing.assert_array_equal(np.sign(result.matrix), np.sign(prior))
    np.testing.assert_allclose(result.matrix, hidden, rtol=1e-6, atol=1e-8)
    positive = np.abs(prior)
    u, v = (positive * factor).sum(axis=1), (positive * factor).sum(axis=0)
    np.testing.assert_array_equal(gras(positive, u, v).matrix, ras(positive, u, v).matrix)


def test_batches_broadcast_in_both_ways():
    prior = np.arange(1.0, 7.0).reshape(2, 3)
    u, v = np.array([[6.0, 15.0], [12.0, 30.0]]), np.array([[7.0, 7.0, 7.0], [12.0, 14.0, 16.0]])
    result = ras(prior, u, v)
    assert result.matrix.shape == (2, 2, 3)
    for k in range(2):
        np.testing.assert_allclose(result.matrix[k], ras(prior, u[k], v[k]).matrix, rtol=1e-9)
    shared = ras(np.stack([prior, prior[::-1]]), u[0], v[0])
    np.testing.assert_allclose(shared.matrix.sum(axis=-1), np.stack([u[0]] * 2), **MET)


def test_a_zero_total_empties_its_line():
    result = gras([[1.0, 2.0], [3.0, 4.0]], [0.0, 4.0], [1.0, 3.0])
    np.testing.assert_array_equal(result.matrix, [[0.0, 0.0], [1.0, 3.0]])
    assert result.row_multipliers[0] == 0


@pytest.mark.parametrize(
    ("method", "prior", "rows", "columns", "error", "text"),
    [
        (ras, [[1, -1], [1, 1]], [1, 1], [1, 1], TableError, "row north, column b; use GRAS"),
        (ras, [[1, 1], [1, 1]], [1, 1], [1, 2], TableError, "add up to 2 .* to 3; scale"),
        (ras, [[0, 0], [1, 1]], [1, 1], [1, 1], TableError, "row north cannot sum to 1"),
        (gras, [[1, 1], [1, 1]], [3, -1], [1, 1], TableError, "row south cannot sum to -1"),
        (gras, [[1, 1], [1, -1]], [1, 1], [3, -1], TableError, None),
        (gras, [[-1, 1], [-1, 1]], [1, 1], [1, 1], TableError, "column a cannot sum to 1"),
        (ras, [[1, np.nan], [1, 1]], [1, 1], [1, 1], TableError, r"not finite at \(0, 1\)"),
        (ras, [[1, 1]], [1, 1], [1, 1], TableError, "needs as many"),
        (ras, [[1, 0], [1, 1]], [2, 1], [1, 2], SolverError, "row north misses its total"),
    ],
)
def test_impossible_targets_are_named(method, prior, rows, columns, error, text):
    labels = {"row_labels": ["north", "south"], "column_labels": ["a", "b"]}
    if text is None:
        result = method(prior, rows, columns, **labels)
        np.testing.assert_allclose(result.matrix.sum(axis=0), columns, **MET)
        return
    with pytest.raises(error, match=text):
        method(prior, rows, columns, **labels)


@given(seed=SEEDS, idle=st.booleans())
@settings(deadline=None, max_examples=30)
def test_balancing_a_disturbed_table_closes_every_identity(make_table, seed, idle):
    table = make_table(seed, idle=idle)
    noise = np.random.default_rng(seed).lognormal(0.0, 0.1, table.Z.shape)
    disturbed = table.with_history("disturbed", Z=table.Z * noise)
    assert not disturbed.check().ok
    balanced = disturbed.balance()
    assert balanced.check(1e-9).ok, str(balanced.check())
    np.testing.assert_array_equal(balanced.x1, table.x1)
    np.testing.assert_array_equal(balanced.V2, table.V2)
    np.testing.assert_array_equal(np.sign(balanced.Z2), np.sign(table.Z2))
    assert "largest change at" in balanced.history[-1]
    assert balanced.history[:2] == ["made for a test", "disturbed"]


def test_a_balanced_table_stays_as_it_is(make_table):
    table = make_table(3)
    np.testing.assert_allclose(table.balance().Z2, table.Z2, rtol=1e-10, atol=1e-12)


def test_balancing_to_new_totals(make_table):
    table = make_table(5)
    output = table.x * xr.DataArray([1.1, 0.95, 1.2], dims="region")
    primary = table.V2.sum(axis=0) * 1.05
    balanced = table.balance(x=output.transpose("sector", "region"), primary_inputs=primary)
    np.testing.assert_array_equal(balanced.x1, output.values.reshape(-1))
    np.testing.assert_allclose(balanced.V2.sum(axis=0), primary, rtol=1e-12)
    assert balanced.check(1e-9).ok
    shares = table.Y2.sum(axis=0) / table.Y2.sum()
    np.testing.assert_allclose(balanced.Y2.sum(axis=0) / balanced.Y2.sum(), shares, rtol=1e-9)
    final = table.Y2.sum(axis=0) * np.linspace(0.9, 1.1, shares.size)
    final *= primary.sum() / final.sum()
    to_final = table.balance(x=output, primary_inputs=primary, final_demand=final)
    np.testing.assert_allclose(to_final.Y2.sum(axis=0), final, rtol=1e-10)


def test_balancing_refuses_what_cannot_be(make_table):
    table = make_table(5)
    with pytest.raises(TableError, match="valid: ras, gras"):
        table.balance("entropy")
    with pytest.raises(TableError, match="use GRAS"):
        table.balance("ras")
    with pytest.raises(TableError, match="x has 2 cells; the labels ask for 12"):
        table.balance(x=[1.0, 2.0])
    with pytest.raises(TableError, match="final demand adds up to"):
        table.balance(final_demand=np.ones(6))
    with pytest.raises(TableError, match="column R0/s0 cannot sum to"):
        table.balance(primary_inputs=np.where(np.arange(12) == 0, 2 * table.x1, table.V2[0]))
    with pytest.raises(LabelError, match="x lacks sector 's2'"):
        table.balance(x=table.x.isel(sector=slice(2)))
    with pytest.raises(LabelError, match="has dimensions"):
        table.balance(x=table.x.isel(sector=0))
    bare = MRIOTable.from_arrays(
        [[1.0]], [[1.0]], [[0.0], [0.0]], [2.0], regions=["A"], sectors=["s"], validate=False
    )
    with pytest.raises(TableError, match="A/s, which has none to scale"):
        bare.balance(primary_inputs=[1.0])


def test_arrays_of_a_balanced_table_are_read_only_and_contiguous(make_table):
    balanced = make_table(7).balance()
    for name in ("Z", "Y"):
        cells = balanced.dataset[name].values
        assert cells.flags.c_contiguous
        assert not cells.flags.writeable
