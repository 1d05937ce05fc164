"""The embedded table world-2022: identities, calibration, donors, and its rebuild from raw data."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import h5netcdf
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from iomodel.errors import TableError
from iomodel.table.catalogue import embedded
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import Factors, expand, read_factors
from iomodel.table.storage.compact_table import read_compact

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "datasets" / "embedded" / "world-2022.nc"
PAGE = ROOT / "datasets" / "world-2022.md"
GOODS = 27
# RAS stops at 1e-13 and the residual column goes to value added: what is left is rounding of sums
# of some 3,000 terms, far below the 1e-9 that the table promises.
IDENTITY = 1e-9


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    return read_compact(FILE)


@pytest.fixture(scope="module")
def compact() -> tuple[Factors, xr.Dataset]:
    return read_factors(FILE)


@pytest.fixture(scope="module")
def icio(raw_data: Path) -> dict[str, np.ndarray]:
    with np.load(raw_data / "icio" / "ICIO2022.npz", allow_pickle=False) as file:
        return {name: file[name] for name in ("X", "countries")}


def build(raw_data: Path, out: Path) -> Path:
    command = [sys.executable, "-W", "error", "-m", "datasets.builders.world_2022"]
    command += ["--raw", str(raw_data), "--out", str(out)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return out


@pytest.fixture(scope="module")
def rebuilt(raw_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow")
    return build(raw_data, tmp_path_factory.mktemp("rebuilt"))


# ------------------------------------------------------------------ the table as it ships
def test_identities_close(table: MRIOTable) -> None:
    Z, Y, V, x = table.Z2, table.Y2, table.V2, table.x1
    assert np.max(np.abs(Z.sum(axis=1) + Y.sum(axis=1) - x)) <= IDENTITY * x.max()
    active = x > 0
    rows = np.abs(Z.sum(axis=1) + Y.sum(axis=1) - x)[active] / x[active]
    columns = np.abs(Z.sum(axis=0) + V.sum(axis=0) - x)[active] / x[active]
    assert rows.max() <= IDENTITY
    assert columns.max() <= IDENTITY


def test_check_is_clean(table: MRIOTable) -> None:
    table.check(IDENTITY).raise_if_broken(table.name)


def test_labels_and_metadata(table: MRIOTable) -> None:
    assert table.shape == (81, 37)
    assert table.regions[-1] == "ROW"
    assert table.sectors[:3] == ["A01", "A02", "A03"]
    assert table.sectors[GOODS:] == ["D_E", "F", "G", "H", "I", "J", "K", "L", "M_N", "O_T"]
    assert table.final_uses == ["HFCE", "GGFC", "GCF"]
    assert table.V["primary_input"].values.tolist() == ["VA", "TLS_M"]
    assert table.attrs["name"] == "world-2022"
    assert table.attrs["classification"] == "icio-28+services"
    assert "not an official table" in table.attrs["description"]
    assert table.attrs["unit"].startswith("million USD")
    # One step more than before November 2026: the tables of the United States and China.
    assert len(table.attrs["history"]) == 10


def test_idle_industries_are_empty(table: MRIOTable) -> None:
    idle = table.x1 == 0
    assert idle.reshape(81, 37)[:, :GOODS].sum() == 41
    assert not table.Z2[idle].any()
    assert not table.Z2[:, idle].any()
    assert not table.V2[:, idle].any()


def test_technology_is_productive(table: MRIOTable) -> None:
    assert table.A2.min() >= 0
    assert table.A2.sum(axis=0).max() < 1
    assert table.Y2.min() >= 0
    assert (table.v1[table.x1 > 0] > 0).all()


def test_every_region_has_every_service(table: MRIOTable) -> None:
    # Mexico's real estate, which WIOD 2014 books under administrative services, included.
    output = table.x.values[:, GOODS:]
    assert (output > 0).all()


def test_import_shares_are_common_to_all_users(
    table: MRIOTable, compact: tuple[Factors, xr.Dataset]
) -> None:
    factors = compact[0]
    trade = factors.trade
    absorbed = trade.sum(axis=0)
    share = np.divide(trade, absorbed, out=np.zeros_like(trade), where=absorbed > 0)
    for region in (0, 40, 80):
        expected = share[:, :, region, None] * factors.use[region]
        flows = np.concatenate([table.Z.values[:, :, region], table.Y.values[:, :, region]], axis=2)
        # The same two factors multiplied in the same order: equal to the last bit but one.
        np.testing.assert_allclose(flows, expected, rtol=1e-15, atol=0)


def test_value_added_meets_published_gdp(
    table: MRIOTable, compact: tuple[Factors, xr.Dataset]
) -> None:
    notes = compact[1]
    calibrated = notes["value_added_status"].values == "calibrated"
    assert notes["region"].values[~calibrated].tolist() == ["TWN", "ROW"]
    gdp, tax = notes["gdp_published"].values, notes["tax_share"].values
    assert np.isfinite(gdp).tolist() == calibrated.tolist()
    total = table.value_added.values.sum(axis=1)
    value_added = (gdp * (1 - tax))[calibrated]
    np.testing.assert_allclose(total[calibrated], value_added, rtol=1e-9)
    assert ((tax >= 0) & (tax <= 0.2)).all()


def test_published_gdp_is_that_of_the_world_bank(compact: tuple[Factors, xr.Dataset]) -> None:
    """long-run.csv holds it in whole million USD, for all but Taiwan and the rest of the world."""
    printed = pd.read_csv(embedded("long-run.csv"), comment="#").set_index("region")
    printed = printed[(printed["variable"] == "gdp") & (printed["basis"] == "published")]["2022"]
    notes = compact[1]["gdp_published"].to_series()
    assert set(notes.index) - set(printed.index) == {"TWN", "ROW"}
    np.testing.assert_allclose(notes[printed.index], printed, rtol=0, atol=0.5)


def test_donors_are_complete(compact: tuple[Factors, xr.Dataset]) -> None:
    notes = compact[1]
    weights, codes = notes["donor_weight"].values, notes["donor"].values.astype(str)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    is_lender = codes[:, 0] == notes["region"].values.astype(str)
    assert is_lender.sum() == 43
    lenders = set(notes["region"].values[is_lender]) - {"TWN"}
    assert set(codes[~is_lender].ravel()) <= lenders
    assert (weights[~is_lender] > 0).all()
    assert (np.diff(weights[~is_lender], axis=1) <= 0).all()


def test_tariffs_are_on_international_goods_only(table: MRIOTable) -> None:
    tariff = table.tariff.values
    assert not tariff[:, GOODS:].any()
    regions = np.arange(81)
    assert not tariff[regions, :, regions].any()
    assert 0 < tariff.max() < 1


# ------------------------------------------------------------------ errors of the reader
def test_broken_factors_are_refused(compact: tuple[Factors, xr.Dataset]) -> None:
    factors = compact[0]
    use = factors.use.copy()
    use[3, 5, 7] *= 1.5
    with pytest.raises(TableError, match="breaks the identity"):
        Factors(factors.trade, use, factors.primary).check()


def test_expansion_of_a_two_region_table() -> None:
    # One product: region 0 sells (6, 2), region 1 sells (3, 4). Region 0 absorbs 9, 2/3 of it own;
    # its industry uses 3 and its one final use 6.
    trade = np.array([[[6.0, 2.0]], [[3.0, 4.0]]])
    use = np.array([[[3.0, 6.0]], [[2.0, 4.0]]])
    primary = np.array([[[5.0], [5.0]]])
    factors = Factors(trade, use, primary)
    factors.check()
    Z, Y = expand(factors)
    np.testing.assert_allclose(Z[:, 0, 0, 0], [2, 1])
    np.testing.assert_allclose(Y[:, 0, 1, 0], [4 / 3, 8 / 3])
    np.testing.assert_allclose(Z.sum(axis=(2, 3)) + Y.sum(axis=(2, 3)), [[8], [7]])


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "cut.nc"
    damaged.write_bytes(FILE.read_bytes()[:100_000])
    with pytest.raises(TableError, match="truncated"):
        read_compact(damaged)


# ------------------------------------------------------------------ the committed seeds
def test_concordance_maps_every_industry() -> None:
    data = ROOT / "datasets" / "builders" / "data"
    industries = pd.read_csv(data / "concordance_wiod2016.csv")
    sectors = pd.read_csv(data / "sectors.csv")
    assert industries["position"].tolist() == list(range(56))
    assert set(industries["parent"]) == set(sectors["parent"])
    assert set(" ".join(industries["sectors"]).split()) == set(sectors["sector"])


@pytest.mark.parametrize("parent", ["B", "C24", "C30"])
def test_split_seeds_are_shares_with_reasons(parent: str) -> None:
    path = ROOT / "datasets" / "builders" / "data" / f"split_{parent}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["users"] == "*"
    users = [user for row in rows for user in row["users"].split()]
    assert len(users) == len(set(users))
    for row in rows:
        weights = [float(v) for k, v in row.items() if k not in ("users", "reason")]
        assert sum(weights) == pytest.approx(100)
        assert min(weights) > 0
        assert len(row["reason"]) > 15


# ------------------------------------------------------------------ against the raw data
def test_every_goods_cell_of_the_cube_is_reproduced(
    table: MRIOTable, icio: dict[str, np.ndarray]
) -> None:
    flows = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    cube = icio["X"].transpose(0, 2, 1)
    assert table.regions == icio["countries"].tolist()
    # Sums of 40 terms with rounding 1e-16 each, on shares of the same precision.
    np.testing.assert_allclose(flows[:, :GOODS], cube[:, :GOODS], rtol=1e-12, atol=0)
    np.testing.assert_allclose(flows[:, GOODS:].sum(axis=1), cube[:, GOODS], rtol=1e-12, atol=0)


def test_rebuild_gives_the_committed_file_and_page(
    raw_data: Path, rebuilt: Path, compact: tuple[Factors, xr.Dataset], tmp_path: Path
) -> None:
    """And building twice gives the same bytes."""
    again = build(raw_data, tmp_path)
    for name in ("embedded/world-2022.nc", "world-2022.md"):
        assert (again / name).read_bytes() == (rebuilt / name).read_bytes()
    assert PAGE.read_bytes() == (rebuilt / "world-2022.md").read_bytes()
    source = pd.read_csv(raw_data / "macro" / "gdp_current_usd.csv")
    source = source[source["Year"] == 2022].set_index("Country Code")["Value"] / 1e6
    notes = compact[1]["gdp_published"].to_series()
    np.testing.assert_allclose(notes, source.reindex(notes.index), rtol=1e-14)
    path = rebuilt / "embedded" / "world-2022.nc"
    committed, rebuilt_factors = read_factors(FILE)[1], read_factors(path)[1]
    assert committed.attrs == rebuilt_factors.attrs
    # Another processor or NumPy may round exp and sums differently in the last bit.
    xr.testing.assert_allclose(committed, rebuilt_factors, rtol=1e-9)
    with h5netcdf.File(FILE) as old_file, h5netcdf.File(path) as new_file:
        writers = {file._h5file.attrs["_NCProperties"] for file in (old_file, new_file)}
    if len(writers) == 1 and committed.identical(rebuilt_factors):
        assert FILE.read_bytes() == path.read_bytes()


def test_builder_needs_a_folder() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "IOMODEL_RAW_DATA"}
    command = [sys.executable, "-m", "datasets.builders.world_2022"]
    process = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert "IOMODEL_RAW_DATA" in process.stderr
    assert "Traceback" not in process.stderr
