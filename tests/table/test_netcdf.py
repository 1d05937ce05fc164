"""Tables in files: exact round trips, one sentence for every damaged file."""

import hashlib

import h5netcdf
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import OutputError, TableError
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.header import table_sizes
from iomodel.table.storage.netcdf import read_netcdf, write_netcdf

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
PLAIN_VALUES = st.one_of(
    TEXT, st.integers(-(2**31), 2**31), st.floats(allow_nan=False), st.booleans(), st.none()
)
VALUES = st.one_of(PLAIN_VALUES, st.lists(PLAIN_VALUES), st.dictionaries(TEXT, PLAIN_VALUES))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("netcdf")


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3)),
    note=VALUES,
    line=TEXT,
)
@settings(deadline=None, max_examples=12)
def test_round_trip_is_exact(make_table, folder, seed, shape, note, line):
    table = make_table(seed, *shape).with_history(line)
    table = MRIOTable(table.dataset.assign_attrs(note=note))
    back = MRIOTable.from_netcdf(table.to_netcdf(folder / "table.nc"))
    assert back.dataset.identical(table.dataset)
    assert back.attrs == table.attrs
    assert type(back.attrs["note"]) is type(note)
    assert back.history == table.history
    for name, variable in back.dataset.data_vars.items():
        assert variable.dtype == table.dataset[name].dtype
        assert variable.values.flags.c_contiguous
        assert not variable.values.flags.writeable
    assert np.shares_memory(back.Z2, back.Z.values)


def test_sparse_and_rounded_tables_are_compressed_and_dense_ones_are_not(folder):
    rng = np.random.default_rng(1)
    labels = {"regions": [f"R{k}" for k in range(6)], "sectors": [f"s{k}" for k in range(20)]}
    dense = rng.random((120, 120))
    rounded = np.floor(dense * 100 * (dense > 0.7))
    sizes = {}
    for name, Z in (("dense", dense), ("rounded", rounded)):
        table = MRIOTable.from_arrays(Z, Z.sum(axis=0)[:, None] * np.ones(6), **labels)
        path = table.to_netcdf(folder / f"{name}.nc")
        sizes[name] = path.stat().st_size
        assert read_netcdf(path).dataset.identical(table.dataset)
    assert sizes["rounded"] < 0.4 * sizes["dense"]


def test_the_same_table_gives_the_same_bytes(make_table, folder):
    table = make_table(2)
    hashes = {
        hashlib.sha256(write_netcdf(table, folder / f"{k}.nc").read_bytes()).hexdigest()
        for k in range(2)
    }
    again = read_netcdf(folder / "0.nc")
    hashes.add(hashlib.sha256(write_netcdf(again, folder / "2.nc").read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_a_file_opens_without_iomodel(make_table, folder):
    path = make_table(4).to_netcdf(folder / "foreign-reader.nc")
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        assert dataset["Z"].dims == ("region", "sector", "user_region", "user_sector")
        assert dataset.attrs["form"] == "plain-1"
        assert dataset.attrs["history"] == "made for a test"
    assert table_sizes(path)["region"] == 3


def test_long_history_and_empty_text_survive(make_table, folder):
    table = make_table(4).with_history("é" * 100_000)
    table = MRIOTable(table.dataset.assign_attrs(citation=""))
    assert read_netcdf(table.to_netcdf(folder / "long.nc")).attrs == table.attrs


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_file_gets_one_sentence(make_table, folder, share):
    content = make_table(4).to_netcdf(folder / "whole.nc").read_bytes()
    path = folder / "cut.nc"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(TableError, match=r"cut\.nc.*truncated") as caught:
        MRIOTable.from_netcdf(path)
    assert "\n" not in str(caught.value)


def test_missing_foreign_and_incomplete_files_are_refused(make_table, folder):
    with pytest.raises(TableError, match="there is no file"):
        read_netcdf(folder / "absent.nc")
    with pytest.raises(TableError, match="there is no file"):
        read_netcdf(folder)
    text = folder / "text.nc"
    text.write_text("no table")
    with pytest.raises(TableError, match="truncated, damaged or no NetCDF-4 file"):
        read_netcdf(text)
    foreign = folder / "foreign.nc"
    xr.Dataset({"t2m": ("time", [1.0])}).to_netcdf(foreign, engine="h5netcdf")
    with pytest.raises(TableError, match="no iomodel table"):
        read_netcdf(foreign)
    table = make_table(4)
    path = folder / "incomplete.nc"
    for change, text_ in (
        (lambda d: d.drop_vars("V"), "lacks variable V"),
        (lambda d: d.drop_vars("sector_name"), "lacks the labels sector_name"),
        (lambda d: d.assign_attrs(form="plain-9"), "unknown form 'plain-9'"),
        (lambda d: d.assign_coords(user_region=["R0", "R2", "R1"]), "order for users"),
        (lambda d: d.assign_coords(region=["R0", "R0", "R1"]), "duplicated region"),
    ):
        dataset = table.dataset.assign_attrs(form="plain-1")
        change(dataset).to_netcdf(path, engine="h5netcdf")
        with pytest.raises(TableError, match=text_):
            read_netcdf(path)


def test_a_file_with_a_broken_identity_names_the_cell(make_table, folder):
    table = make_table(4)
    cells = table.Z.values.copy()
    cells[1, 2, 0, 3] += 1e-3 * table.x.values[1, 2]
    path = table.with_history("broken", Z=table.Z.copy(data=cells)).to_netcdf(folder / "broken.nc")
    with pytest.raises(TableError, match="R1/s2"):
        read_netcdf(path)
    assert read_netcdf(path, tolerance=1e9).history[-1] == "broken"
    cells[0, 0, 0, 0] = np.nan
    path = table.with_history("broken", Z=table.Z.copy(data=cells)).to_netcdf(folder / "broken.nc")
    with pytest.raises(TableError, match=r"finite fails at Z\[R0/s0, R0/s0\]"):
        read_netcdf(path)


def test_an_industry_that_was_accepted_at_a_loss_is_read_again(folder):
    table = MRIOTable.from_arrays(
        [[3.0]], [[-1.0]], regions=["A"], sectors=["s"], negative_value_added="accept"
    )
    assert read_netcdf(table.to_netcdf(folder / "loss.nc")).v1[0] == -1.0


def test_an_unwritable_folder_leaves_nothing(make_table, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        make_table(4).to_netcdf(blocked / "table.nc")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(make_table, tmp_path):
    path = make_table(4).to_netcdf(tmp_path / "table.nc")
    content = path.read_bytes()
    unfit = MRIOTable(make_table(5).dataset.assign_attrs(odd=object()))
    with pytest.raises(TableError, match="attribute 'odd' has type object"):
        unfit.to_netcdf(path)
    (tmp_path / "folder.nc").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        make_table(5).to_netcdf(tmp_path / "folder.nc")
    assert path.read_bytes() == content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.nc", "table.nc"]


def test_attributes_are_ordinary_netcdf_attributes(make_table, folder):
    table = MRIOTable(make_table(4).dataset.assign_attrs(sources=["a", "b"], share=0.5))
    with h5netcdf.File(table.to_netcdf(folder / "attributes.nc"), "r") as file:
        assert file.attrs["unit"] == "million USD"
        assert file.attrs["share"] == 0.5
        assert file.attrs["sources"] == 'json:["a", "b"]'
