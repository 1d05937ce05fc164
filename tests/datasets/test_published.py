"""Tables and data shipped for replications are what their builders make from the raw statistics."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xarray as xr

from datasets.builders import (
    criticality,
    elasticities,
    labour_shares,
    long_run,
    tariff_layers,
    wiod_2013,
)
from datasets.builders.archive import write_archive
from datasets.published import PUBLISHED, WIOD_2013
from iomodel.table.catalogue import embedded
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import read_factors
from replications.caliendo_parro_2015 import data as nafta
from replications.goes_bekkers_2022 import ten_by_six, world_2014

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (WIOD_2013, nafta.DATA, world_2014.FILE, ten_by_six.FILE)


def _parts(path: Path) -> xr.Dataset:
    return MRIOTable.from_netcdf(path).dataset


def members(path: Path) -> dict[str, bytes]:
    """Arrays of an archive with type, shape and order: compressors of other versions differ."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_is_what_its_builder_makes(raw_data: Path, tmp_path: Path) -> None:
    """Text files to the byte, archives by member."""
    pytest.importorskip("pyarrow", reason="US imports are in Parquet files")
    for module in (elasticities, labour_shares, criticality, long_run, tariff_layers):
        assert module.main(["--raw", str(raw_data), "--out", str(tmp_path)]) == 0
    for path in [*(tmp_path / "embedded").iterdir(), *(tmp_path / "published").iterdir()]:
        is_published = path.parent.name == "published"
        committed = PUBLISHED / path.name if is_published else embedded(path.name)
        assert path.read_bytes() == committed.read_bytes(), path.name
    for path in wiod_2013.build(raw_data, tmp_path / "archives"):
        shipped = PUBLISHED / path.relative_to(tmp_path / "archives")
        assert members(path) == members(shipped), path.name
    assert members(nafta.build(raw_data, tmp_path)) == members(nafta.DATA)
    _check_base_years(raw_data, tmp_path)


def _check_base_years(raw_data: Path, tmp_path: Path) -> None:
    """Check the tables of ten regions by six sectors of 2014."""
    readers = {world_2014: lambda path: read_factors(path)[1], ten_by_six: _parts}
    for builder, read in readers.items():
        path = builder.build(raw_data, tmp_path)
        rebuilt, committed = read(path), read(builder.FILE)
        assert rebuilt.attrs == committed.attrs
        # Another processor or NumPy may round exp and sums differently in the last bit.
        xr.testing.assert_allclose(rebuilt, committed, rtol=1e-9)
        if rebuilt.identical(committed):
            assert path.read_bytes() == builder.FILE.read_bytes()


def test_archives_are_the_same_bytes_on_every_run(tmp_path: Path) -> None:
    arrays = dict.fromkeys(("a", "b"), nafta.load_nafta().theta)
    written = [write_archive(tmp_path / f"{k}.npz", arrays).read_bytes() for k in (1, 2)]
    assert written[0] == written[1]


def test_shipped_data_are_a_few_megabytes_and_have_a_licence() -> None:
    files = [f for p in SHIPPED for f in (sorted(p.iterdir()) if p.is_dir() else [p])]
    assert sum(f.stat().st_size for f in files) < 6_000_000
    licences = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    for path in SHIPPED:
        assert f"`{path.relative_to(ROOT).as_posix()}" in licences
