"""The catalogue of embedded tables."""

import numpy as np
import pytest

from iomodel.errors import LabelError, TableError
from iomodel.table import catalogue
from iomodel.table.catalogue import datasets, embedded, load

SMALL = ["leather", "miller-blair", "ree-toy"]


def test_the_list_is_sorted_and_complete():
    frame = datasets()
    assert list(frame.columns) == list(catalogue.COLUMNS)
    assert frame["name"].is_monotonic_increasing
    assert set(SMALL) <= set(frame["name"])
    small = frame.set_index("name").loc["leather"]
    assert (small["regions"], small["sectors"]) == (3, 3)
    assert (frame[["title", "unit", "source", "licence", "price_basis"]] != "").all().all()


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
