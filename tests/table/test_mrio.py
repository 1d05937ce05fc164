"""The table itself: construction, views, and one sentence for every kind of bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import IOModelError, LabelError, TableError
from iomodel.table.mrio import MRIOTable

LABELS = {"regions": ["A", "B"], "sectors": ["s", "t"]}


def arrays():
    Z = np.array([[2.0, 1, 0, 1], [1, 3, 1, 0], [0, 1, 2, 1], [1, 0, 1, 4]])
    Y = np.array([[9.0, 1], [8, 1], [1, 7], [2, 9]])
    return Z, Y, Z.sum(axis=1) + Y.sum(axis=1)


def test_views_share_memory_and_cannot_be_written():
    Z, Y, x = arrays()
    table = MRIOTable.from_arrays(Z, Y, x=x, **LABELS)
    assert np.shares_memory(table.Z2, Z)
    assert np.shares_memory(table.Y2, Y)
    assert np.shares_memory(table.Z2, table.Z.values)
    for view in (table.Z2, table.Y2, table.V2, table.x1, table.A2, table.v1):
        assert view.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            view[...] = 0
    assert Z.flags.writeable
    assert table.A is table.A
    np.testing.assert_array_equal(table.A2, Z / x)
    np.testing.assert_array_equal(table.v1, x - Z.sum(axis=0))


@given(seed=st.integers(0, 2**32 - 1), regions=st.integers(1, 4), sectors=st.integers(1, 5))
@settings(deadline=None, max_examples=40)
def test_four_and_two_dimensional_input_agree(make_table, seed, regions, sectors):
    table = make_table(seed, regions, sectors)
    same = {"regions": table.regions, "sectors": table.sectors}
    flat = MRIOTable.from_arrays(table.Z2, table.Y2, table.V2, table.x1, **same)
    four = MRIOTable.from_arrays(
        table.Z.values, table.Y.values, table.V.values, table.x.values, **same
    )
    derived = MRIOTable.from_arrays(table.Z2, table.Y2, **same)
    assert flat.dataset.identical(four.dataset)
    # x and V are sums of the same cells as before.
    np.testing.assert_allclose(derived.x1, table.x1, rtol=1e-10, atol=1e-12)
    assert table.check(1e-9).ok
    np.testing.assert_allclose(table.gdp.values.sum(), table.Y2.sum(), rtol=1e-10)


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_identities_do_not_depend_on_the_order_of_labels(make_table, seed):
    table = make_table(seed, 3, 4, idle=True)
    rng = np.random.default_rng(seed)
    r, s = rng.permutation(3), rng.permutation(4)
    shuffled = MRIOTable(table.dataset.isel(region=r, user_region=r, sector=s, user_sector=s))
    assert shuffled.check().ok
    np.testing.assert_array_equal(shuffled.A.reindex_like(table.A).values, table.A.values)


def changed(name, index, value):
    Z, Y, x = arrays()
    cells = {"Z": Z, "Y": Y, "x": x, "V": x - Z.sum(axis=0)}
    cells[name] = cells[name].copy()
    cells[name][index] = value
    return cells


@pytest.mark.parametrize(
    ("name", "index", "value", "text"),
    [
        ("Z", (2, 1), np.nan, r"finite fails at Z\[B/s, A/t\]"),
        ("Y", (3, 0), np.inf, r"finite fails at Y\[B/t, A/final\]"),
        ("V", 1, np.nan, r"finite fails at V\[VA, A/t\]"),
        ("x", 2, -np.inf, r"finite fails at x\[B/s, output\]"),
        ("x", 1, -14.0, "output is not negative fails at A/t"),
        ("x", 3, 20.0, "intermediate . final sales = output fails at B/t"),
        ("V", 0, 20.0, "intermediate . primary inputs = output fails at A/s"),
        ("Z", (0, 0), 9.0, "final sales = output fails at A/s"),
    ],
)
def test_a_bad_cell_is_named(name, index, value, text):
    with pytest.raises(TableError, match=text) as caught:
        MRIOTable.from_arrays(
            **changed(name, index, value), **LABELS, primary_inputs=["VA"], name="bad"
        )
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("table 'bad': ")
    assert isinstance(caught.value, IOModelError)


def test_inputs_worth_more_than_output_are_refused_unless_accepted():
    Z, Y, _ = arrays()
    Z[:, 1] += 5
    with pytest.raises(TableError, match="column sum of A is at most one fails at A/t"):
        MRIOTable.from_arrays(Z, Y, **LABELS)
    accepted = MRIOTable.from_arrays(Z, Y, **LABELS, negative_value_added="accept")
    assert not accepted.check().ok
    assert accepted.v1[1] < 0


def test_inputs_without_output_are_refused():
    with pytest.raises(TableError, match="without output has no inputs fails at A/t"):
        MRIOTable.from_arrays(
            [[1.0, 1.0], [0.0, 0.0]], [[3.0], [0.0]], regions=["A"], sectors=["s", "t"]
        )


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"regions": ["A", "A"]}, LabelError, "duplicated region label 'A'"),
        ({"sectors": ["s", "s"]}, LabelError, "duplicated sector label 's'"),
        ({"regions": []}, LabelError, "no region labels"),
        ({"regions": ["A", "B", "C"]}, TableError, "Z has shape|Z has 16 cells"),
        ({"final_uses": ["one", "two"]}, TableError, "2 final_use labels for 1"),
        ({"value_added_inputs": ["wages"]}, LabelError, "'wages' is not among VA"),
        ({"sector_names": ["one"]}, TableError, "1 sector names for 2 sectors"),
        ({"tariff": np.zeros((2, 2))}, TableError, "tariff has 4 cells"),
        ({"tariff": np.full((2, 2, 2), -1.5)}, TableError, "above -100% fails at A/s -> A"),
        ({"extensions": {"jobs": [1.0]}}, TableError, "extension jobs has 1 cells"),
    ],
)
def test_labels_and_shapes_must_fit(change, error, text):
    Z, Y, x = arrays()
    with pytest.raises(error, match=text):
        MRIOTable.from_arrays(Z, Y, x=x, **{**LABELS, **change})


def test_what_a_table_lacks_is_said():
    Z, Y, x = arrays()
    table = MRIOTable.from_arrays(Z, Y, x=x, **LABELS)
    assert "tariff" not in table
    with pytest.raises(TableError, match="has no tariff; it holds Z, Y, V, x"):
        _ = table.tariff


def test_history_grows_in_a_new_table(make_table):
    table = make_table(1)
    longer = table.with_history("second", x=table.x)
    assert longer.history == ["made for a test", "second"]
    assert table.history == ["made for a test"]
    assert np.shares_memory(longer.Z2, table.Z2)
    assert longer.attrs["history"] == longer.history


def test_report_lists_every_identity_with_its_worst_cell(make_table):
    report = make_table(1).check(1e-9)
    assert report.ok
    assert bool(report)
    frame = report.to_dataframe()
    assert list(frame.columns) == ["identity", "worst", "where", "holds"]
    assert frame["holds"].all()
    assert len(str(report).splitlines()) == len(frame)


@pytest.mark.parametrize("name", ["Z", "Y", "V", "x"])
def test_rows_of_several_lengths_are_refused(name):
    arrays = {"Z": np.eye(2), "Y": np.ones((2, 2)), "V": np.ones(2), "x": np.ones(2)}
    arrays[name] = [[1, 2], [3]]
    with pytest.raises(TableError, match=f"{name} is no array of numbers; give rows of one length"):
        MRIOTable.from_arrays(**arrays, regions=["A", "B"], sectors=["a"])
