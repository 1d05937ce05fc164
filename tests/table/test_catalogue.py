"""The catalogue of embedded tables."""

import numpy as np
import pytest

import iomodel as iom
from iomodel.errors import LabelError, TableError
from iomodel.table import catalogue
from iomodel.table.catalogue import datasets, embedded, load
from iomodel.table.import_shares import with_common_shares

SMALL = ["leather", "miller-blair", "ree-toy"]


def test_the_list_is_sorted_and_complete():
    frame = datasets()
    assert list(frame.columns) == list(catalogue.COLUMNS)
    assert frame["name"].is_monotonic_increasing
    assert set(SMALL) <= set(frame["name"])
    small = frame.set_index("name").loc["leather"]
    assert (small["regions"], small["sectors"]) == (3, 3)
    assert (frame[["title", "unit", "source", "licence", "price_basis"]] != "").all().all()


@pytest.mark.parametrize("name", list(datasets()["name"]))
def test_every_table_loads_with_every_kind_of_import_shares(name):
    """Common shares pool origins and keep totals; tables without shares by user say so."""
    table, common = load(name), load(name, import_shares="common")
    flows, pooled = (np.concatenate([t.Z.values, t.Y.values], axis=3) for t in (table, common))
    # Sums of up to 3,000 cells, and products of shares with sums, against output.
    scale = 1e-12 * table.x.values.max()
    for axis in (0, 3):
        np.testing.assert_allclose(
            pooled.sum(axis=axis), flows.sum(axis=axis), rtol=1e-9, atol=scale
        )
    np.testing.assert_array_equal(common.x.values, table.x.values)
    use, trade = pooled.sum(axis=0), pooled.sum(axis=3)
    absorbed = trade.sum(axis=0)[None, ..., None]
    np.testing.assert_allclose(pooled * absorbed, trade[..., None] * use[None], rtol=1e-9, atol=0)
    text = datasets().set_index("name").loc[name, "import_shares"]
    if "by-user" in text:
        by_user = load(name, import_shares="by-user")
        assert np.abs(by_user.Z.values - common.Z.values).max() > 1e3
        stands = by_user if text.startswith("by-user") else common
        assert stands.dataset.identical(table.dataset)
    else:
        with pytest.raises(TableError, match=f"{name}.nc has no import shares by user"):
            load(name, import_shares="by-user")


def test_common_import_shares_by_hand():
    # Two regions, one product. Region 0 buys 6 at home and 4 abroad: its industry 1 + 3, its
    # households 5 + 1. Under common shares both buy six tenths at home.
    table = iom.MRIOTable.from_arrays(
        np.array([[[[1.0], [0.0]]], [[[3.0], [0.0]]]]).reshape(2, 2),
        np.array([[5.0, 0.0], [1.0, 2.0]]),
        x=np.array([6.0, 6.0]),
        regions=["A", "B"],
        sectors=["s"],
        final_uses=["C"],
    )
    common = with_common_shares(table)
    np.testing.assert_allclose(common.Z2, [[2.4, 0.0], [1.6, 0.0]])
    np.testing.assert_allclose(common.Y2, [[3.6, 0.0], [2.4, 2.0]])
    assert common.history[-1] == "import shares common to all users of a region"
    drawn = table.with_history("sold from stocks", Y=table.Y * 0.0 - table.Z.sum("user_sector"))
    with pytest.raises(TableError, match="no common import shares of s in A"):
        with_common_shares(drawn)


@pytest.mark.parametrize("name", SMALL)
def test_small_tables_close(name):
    table = load(name)
    assert table.name == name
    assert table.check(1e-12).ok
    assert table.history


def test_small_tables_are_what_their_builder_makes(tmp_path):
    builder = pytest.importorskip("datasets.builders.textbook")
    for path in builder.build(tmp_path):
        assert load(path).dataset.identical(load(path.stem).dataset)
        assert path.read_bytes() == load(path.stem).to_netcdf(tmp_path / "again.nc").read_bytes()


def test_printed_figures():
    table = load("miller-blair")
    np.testing.assert_array_equal(table.A2, [[0.15, 0.25], [0.2, 0.05]])
    np.testing.assert_array_equal(table.v1, [650.0, 1400.0])
    np.testing.assert_array_equal(table.extensions.values[0, 0] / table.x1, [0.3, 0.25])
    # The printed GDP of the toy has one decimal; the sum of four numbers rounds at 1e-13.
    np.testing.assert_allclose(load("ree-toy").gdp.values, [474.6], rtol=1e-14)


def test_paths_and_names(tmp_path, make_table):
    path = make_table(1).to_netcdf(tmp_path / "mine.nc")
    assert load(path).name == "random-1"
    assert load(str(path)).name == "random-1"
    assert embedded("leather") == embedded("leather.nc")
    assert embedded("leather").is_file()


def test_unknown_names_list_the_valid_ones(tmp_path):
    with pytest.raises(
        LabelError, match=r"'leathr' \(did you mean 'leather'\?\); valid: .*ree-toy"
    ):
        load("leathr")
    with pytest.raises(LabelError, match=r"unknown embedded file 'nothing\.csv'.* valid: .*leath"):
        embedded("nothing.csv")
    with pytest.raises(TableError, match="there is no file"):
        load(tmp_path / "absent.nc")
    with pytest.raises(TableError, match="there is no file"):
        load("absent.nc")


def test_files_that_hold_no_table_are_left_out(tmp_path, monkeypatch, make_table):
    import xarray as xr

    monkeypatch.setattr(catalogue, "data_folder", lambda: tmp_path)
    make_table(1).to_netcdf(tmp_path / "mine.nc")
    xr.Dataset({"rate": ("sector", [0.1])}).to_netcdf(tmp_path / "layer.nc", engine="h5netcdf")
    assert datasets()["name"].tolist() == ["mine"]
    with pytest.raises(LabelError, match="valid: mine"):
        load("layer")
    (tmp_path / "cut.nc").write_bytes((tmp_path / "mine.nc").read_bytes()[:3000])
    with pytest.raises(TableError, match=r"cut\.nc.*truncated"):
        load("cut")
