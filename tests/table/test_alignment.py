"""What is handed in: arrays by position, pandas and xarray objects by label, nothing in between."""

import numpy as np
import pandas as pd
import pytest

import iomodel as iom
from iomodel.errors import LabelError, TableError
from iomodel.table.alignment import aligned
from iomodel.table.balancing.ras import gras, ras

REGIONS, SECTORS, USES = ["A", "B"], ["s2", "s1", "s3"], ["c", "g"]
ROWS = pd.MultiIndex.from_product([REGIONS, SECTORS], names=["region", "sector"])
COLUMNS = pd.MultiIndex.from_product([REGIONS, USES], names=["region", "use"])
RNG = np.random.default_rng(13)
Z, Y = RNG.random((6, 6)), 4 + RNG.random((6, 4))
LABELS = {"regions": REGIONS, "sectors": SECTORS}
TABLE = iom.MRIOTable.from_arrays(Z, Y, final_uses=USES, **LABELS)
Z_FRAME, Y_FRAME = pd.DataFrame(Z, ROWS, ROWS), pd.DataFrame(Y, ROWS, COLUMNS)


def same(table):
    return table.fingerprint == TABLE.fingerprint


def test_frames_are_put_in_the_order_of_the_labels():
    by_label = Z_FRAME.sort_index().sort_index(axis=1, ascending=False)
    table = iom.MRIOTable.from_arrays(by_label, Y_FRAME.sort_index(), **LABELS)
    assert table.final_uses == USES
    assert same(table)


def test_joined_labels_and_levels_by_name():
    joined = pd.Index(["_".join(key) for key in ROWS])
    frame = pd.DataFrame(Z, joined, joined).sort_index()
    swapped = Y_FRAME.swaplevel(axis=0).swaplevel(axis=1).sort_index()
    swapped.columns.names = ["final_use", "region"]
    table = iom.MRIOTable.from_arrays(frame, swapped, final_uses=USES, **LABELS)
    assert same(table)


def test_arrays_and_frames_without_labels_count_by_position():
    assert same(iom.MRIOTable.from_arrays(pd.DataFrame(Z), Y, final_uses=USES, **LABELS))
    reversed_rows = pd.DataFrame(Z)[::-1]
    with pytest.raises(LabelError, match="Z has the label '5'"):
        iom.MRIOTable.from_arrays(reversed_rows, Y, final_uses=USES, **LABELS)


def test_data_arrays_are_put_in_the_order_of_the_labels():
    z = TABLE.Z.transpose("user_sector", "sector", ...).sortby("sector").sortby("user_region")
    assert same(iom.MRIOTable.from_arrays(z, TABLE.Y.sortby("sector"), **LABELS))
    with pytest.raises(LabelError, match="has dimensions region, sector; wanted"):
        iom.MRIOTable.from_arrays(TABLE.x, Y, final_uses=USES, **LABELS)


def test_the_first_label_that_does_not_fit_is_named():
    wrong = Z_FRAME.rename(index={"s3": "s9"})
    with pytest.raises(LabelError, match="Z: unknown sector 's9'"):
        iom.MRIOTable.from_arrays(wrong, Y, **LABELS)
    with pytest.raises(LabelError, match="x lacks region 'B', sector 's3'"):
        aligned("x", pd.Series(1.0, ROWS[:-1]), {"region": REGIONS, "sector": SECTORS})
    twice = pd.Series(1.0, ROWS[[0, 0, 1, 2, 3, 4, 5]])
    with pytest.raises(LabelError, match="x has region 'A', sector 's2' twice"):
        aligned("x", twice, {"region": REGIONS, "sector": SECTORS})


def test_a_transposed_matrix_is_refused():
    with pytest.raises(TableError, match=r"Y has shape \(4, 6\)"):
        iom.MRIOTable.from_arrays(Z, Y.T, **LABELS)
    with pytest.raises(LabelError, match="Y"):
        iom.MRIOTable.from_arrays(Z, Y_FRAME.T, **LABELS)


def test_value_added_tariff_output_and_extensions_by_label():
    v = pd.DataFrame(TABLE.V2, ["wages"], ROWS).sort_index(axis=1)
    duty = pd.DataFrame(0.0, ROWS, REGIONS)
    duty.loc[("B", "s1"), "A"] = 0.25
    jobs = pd.Series(np.arange(6.0), ROWS)
    table = iom.MRIOTable.from_arrays(
        Z,
        Y,
        v,
        TABLE.x.to_series().sort_index(),
        tariff=duty.sort_index().sort_index(axis=1, ascending=False),
        extensions={"jobs": jobs.sort_index(), "wide": jobs.unstack()},
        **LABELS,
    )
    assert table.V["primary_input"].values.tolist() == ["wages"]
    np.testing.assert_array_equal(table.x1, TABLE.x1)
    assert float(table.tariff.sel(region="B", sector="s1", user_region="A")) == 0.25
    np.testing.assert_array_equal(table.extensions.values.reshape(2, 6), [jobs, jobs])


def test_extension_types_objects_and_masks():
    whole = pd.DataFrame(np.arange(36).reshape(6, 6), ROWS, ROWS)
    want = iom.MRIOTable.from_arrays(whole.to_numpy(), 400 * Y, **LABELS).Z2
    for dtype in ("Int64", "Float64", "int32", object):
        read = iom.MRIOTable.from_arrays(whole.astype(dtype), 400 * Y, **LABELS)
        np.testing.assert_array_equal(read.Z2, want)
    missing = whole.astype("Int64")
    missing.loc[("B", "s1"), ("A", "s3")] = pd.NA
    with pytest.raises(TableError, match=r"Z is missing at \('B', 's1'\), \('A', 's3'\)"):
        iom.MRIOTable.from_arrays(missing, Y, **LABELS)
    for cells, words in (
        (np.ma.masked_greater(Z, 0.5), "masked at"),
        (Z + 1j, "complex"),
        (Z.astype(str), "holds values of type"),
        (np.full((6, 6), "1", dtype=object), "holds '1'"),
        ([[1.0], [1.0, 2.0]], "rows of one length"),
    ):
        with pytest.raises(TableError, match=words):
            iom.MRIOTable.from_arrays(cells, Y, **LABELS)


def test_systems_read_labels_and_answer_in_the_order_of_the_question():
    system = iom.LeontiefSystem(TABLE)
    demand = pd.Series(np.arange(6.0), ROWS)
    want = system.solve(demand.to_numpy())
    for rhs in (demand, demand.sort_index(), demand.sort_index().to_frame("d")):
        answer = system.solve(rhs)
        assert answer.index.equals(rhs.index)
        np.testing.assert_allclose(answer.loc[ROWS].to_numpy().ravel(), want, rtol=1e-13)
    prices = system.solve_prices(demand.sort_index()).loc[ROWS]
    np.testing.assert_allclose(prices, system.solve_prices(demand.to_numpy()), rtol=1e-13)
    with pytest.raises(LabelError, match="unknown region 'C'"):
        system.solve(demand.rename({"B": "C"}))
    shuffled = pd.DataFrame(TABLE.A2, ROWS, ROWS).sort_index().sort_index(axis=1, ascending=False)
    again = iom.LeontiefSystem.from_coefficients(shuffled)
    np.testing.assert_allclose(again.solve(demand).loc[ROWS], want, rtol=1e-12)


def test_systems_of_one_list_of_names():
    A = pd.DataFrame([[0.1, 0.2], [0.3, 0.4]], ["a", "b"], ["a", "b"])
    system = iom.LeontiefSystem.from_coefficients(A[["b", "a"]])
    np.testing.assert_array_equal(system.A, A)
    np.testing.assert_allclose(
        system.solve(pd.Series({"b": 2.0, "a": 1.0}))[["a", "b"]], system.solve([1.0, 2.0])
    )
    with pytest.raises(LabelError, match="unknown industry 'z'"):
        system.solve(pd.Series({"z": 2.0, "a": 1.0}))
    with pytest.raises(LabelError, match="one side only"):
        iom.LeontiefSystem.from_coefficients(pd.DataFrame(A.to_numpy(), ["a", "b"]))
    plain = iom.LeontiefSystem.from_coefficients(A.to_numpy())
    with pytest.raises(LabelError, match="without labels"):
        plain.solve(pd.Series({"b": 2.0, "a": 1.0}))


@pytest.mark.parametrize("method", [ras, gras])
def test_targets_of_a_labelled_matrix_are_put_in_its_order(method):
    matrix = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["a", "b"], ["c", "d"])
    want = method(matrix.to_numpy(), [4.0, 8.0], [5.0, 7.0])
    result = method(matrix, pd.Series({"b": 8.0, "a": 4.0}), pd.Series({"d": 7.0, "c": 5.0}))
    np.testing.assert_array_equal(result.matrix, want.matrix)
    with pytest.raises(LabelError, match="row totals"):
        method(matrix.to_numpy(), pd.Series({"b": 8.0, "a": 4.0}), [5.0, 7.0])


def test_balancing_names_rows_and_columns_of_a_labelled_matrix():
    with pytest.raises(TableError, match="row b cannot sum to"):
        gras(pd.DataFrame([[1.0, 2.0], [0.0, 0.0]], ["a", "b"]), [4.0, 8.0], [5.0, 7.0])
    with pytest.raises(TableError, match="negative cell at row b, column d"):
        ras(pd.DataFrame([[1.0, 2.0], [3.0, -4.0]], ["a", "b"], ["c", "d"]), [3, -1], [4, -2])


def test_balance_reads_targets_by_label():
    x = 1.1 * TABLE.x.to_series()
    by_label = TABLE.balance(x=x.sort_index(), primary_inputs=1.1 * TABLE.v1)
    by_place = TABLE.balance(x=x.to_numpy(), primary_inputs=1.1 * TABLE.v1)
    assert by_label.fingerprint == by_place.fingerprint


@pytest.mark.parametrize("duty", [35.0, 5.0, 1.05])
def test_duties_in_percent_or_as_powers_are_refused(duty):
    tariff = np.zeros((2, 3, 2))
    tariff[0, :, 1] = duty
    percent = f"{100 * duty:,.0f} percent, on s2 from A to B"
    with pytest.raises(TableError, match=percent):
        iom.MRIOTable.from_arrays(Z, Y, tariff=tariff, **LABELS)
    iom.MRIOTable.from_arrays(Z, Y, tariff=tariff, unusual_tariffs="accept", **LABELS)
    iom.MRIOTable.from_arrays(Z, Y, tariff=tariff / 100, **LABELS)


def test_duties_on_own_sales_are_refused():
    with pytest.raises(TableError, match=r"0.05 on what A sells of s2 to itself"):
        iom.MRIOTable.from_arrays(Z, Y, tariff=np.full((2, 3, 2), 0.05), **LABELS)
