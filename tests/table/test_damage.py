"""Damaged table files: refused at once, whatever was hit."""

import time

import h5py
import numpy as np
import pytest
import xarray as xr

from iomodel import MRIOTable, load
from iomodel.errors import TableError
from iomodel.table.storage.seal import LENGTH, verify

MUTANTS, SECONDS = 50, 10


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    rng = np.random.default_rng(3)
    table = MRIOTable.from_arrays(
        rng.uniform(0, 2, (12, 12)), rng.uniform(5, 50, (12, 3)),
        regions=["A", "B", "C"], sectors=["a", "b", "c", "d"],
    )  # fmt: skip
    return table.to_netcdf(tmp_path_factory.mktemp("table") / "t.nc")


def mutants(whole):
    """Flipped bits, lost blocks and overwritten addresses, at places from everywhere."""
    rng = np.random.default_rng(11)
    for k in range(MUTANTS):
        damaged = bytearray(whole)
        place = int(rng.integers(len(whole) - LENGTH))
        if k % 3 == 0:
            damaged[place] ^= 1 << int(rng.integers(8))
        elif k % 3 == 1:
            damaged[place : place + 8] = rng.bytes(len(damaged[place : place + 8]))
        else:
            damaged[place : place + 64] = bytes(len(damaged[place : place + 64]))
        if damaged != whole:
            yield bytes(damaged)


def test_every_mutant_of_a_table_file_is_refused_at_once(file, tmp_path):
    whole = file.read_bytes()
    start, count = time.process_time(), 0
    for count, damaged in enumerate(mutants(whole), 1):
        path = tmp_path / f"{count}.nc"
        path.write_bytes(damaged)
        with pytest.raises(TableError, match="its bytes are not those of its checksum") as refusal:
            load(path)
        assert "\n" not in str(refusal.value)
    assert count > MUTANTS / 2
    assert time.process_time() - start < SECONDS


def test_a_truncated_file_is_refused(file, tmp_path):
    whole = file.read_bytes()
    for size in (10, len(whole) // 2, len(whole) - LENGTH - 1):
        (tmp_path / "t.nc").write_bytes(whole[:size])
        with pytest.raises(TableError, match="truncated, damaged"):
            load(tmp_path / "t.nc")


def test_other_readers_open_the_file_and_may_write_to_it(file, tmp_path):
    path = tmp_path / "t.nc"
    path.write_bytes(file.read_bytes())
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        assert dataset["Z"].shape == (3, 4, 3, 4)
    with h5py.File(path, "a") as opened:
        opened.attrs["name"] = "mine"
    # What another program has written bears no checksum of ours.
    verify(path)
    assert load(path).name == "mine"


def test_a_file_without_a_checksum_is_read(file, tmp_path):
    (tmp_path / "old.nc").write_bytes(file.read_bytes()[:-LENGTH])
    assert load(tmp_path / "old.nc").fingerprint == load(file).fingerprint
