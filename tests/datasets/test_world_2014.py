"""The embedded table world-2014: identities, import shares by user, its rebuild from raw data."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from datasets.builders import world_2014
from datasets.builders.isic import isic_of
from datasets.builders.wiod_2014 import CLASSIFICATION, sectors_2014
from datasets.builders.world_2014_page import CITED_EXPORTS
from iomodel.errors import TableError
from iomodel.indicators.value_added_trade import gross_exports
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.compact import read_compact_dataset
from iomodel.table.storage.compact_table import read_compact
from iomodel.table.storage.import_flows import ImportFlows, expand_import_flows, read_import_flows

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "datasets" / "embedded" / "world-2014.nc"
PAGE = ROOT / "datasets" / "world-2014.md"
# Value added is the residual of the expanded columns: sums of 2,200 terms are left, far below.
IDENTITY = 1e-9
# Published in single precision (24 bits), scaled once more: 2^-23 of a cell.
SINGLE = 2.4e-7
# Regions whose imported inputs were refitted, and Mexico, whose real estate is separated.
REPAIRED = ("BGR", "MLT", "MEX")


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    return iom.load("world-2014")


@pytest.fixture(scope="module")
def factors() -> ImportFlows:
    return read_import_flows(read_compact_dataset(FILE))


# ------------------------------------------------------------------ the table as it ships
def test_identities_close(table: MRIOTable) -> None:
    table.check(IDENTITY).raise_if_broken(table.name)
    assert (table.x.values == 0).sum() == 46
    # Every industry pays for its inputs, taxes and margins; one publishes a negative value added.
    assert table.V.values.sum(axis=0).min() >= 0.0
    negative = np.argwhere(table.value_added.values < 0.0)
    assert [(table.regions[r], table.sectors[s]) for r, s in negative] == [("BRA", "C19")]


def test_labels_and_metadata(table: MRIOTable) -> None:
    assert table.shape == (44, 50)
    assert table.regions[-1] == "ROW"
    assert table.sectors == list(sectors_2014())
    assert table.final_uses == ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT"]
    assert table.attrs["classification"] == CLASSIFICATION
    assert "not the official" in PAGE.read_text(encoding="utf-8")
    assert iom.datasets().set_index("name").loc["world-2014", "sectors"] == 50


def test_sectors_are_sums_of_divisions() -> None:
    assert isic_of("C28_C33") == "28 33"
    assert isic_of("M71_M73-M75") == "71 73-75"
    assert sum(len(codes) for codes in sectors_2014().values()) == 56


def test_loads_in_under_a_second_and_stays_small() -> None:
    read_compact(FILE)
    started = time.process_time()
    read_compact(FILE)
    assert time.process_time() - started < 1.0
    assert FILE.stat().st_size < 2_500_000


def test_no_sale_is_below_zero(table: MRIOTable) -> None:
    sales = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    # Sums of a positive and a negative number in single precision, of up to 10^6 million.
    assert sales.min() > -SINGLE * 1e6


def test_cells_are_products_of_the_factors(table: MRIOTable, factors: ImportFlows) -> None:
    """Brute force on three users, domestic and imported inputs apart."""
    for buyer, user in ((0, 4), (22, 18), (43, 49)):
        for seller in (0, 22, 43):
            expected = (
                factors.domestic[buyer, :, user]
                if seller == buyer
                else factors.origin_share[seller, :, buyer] * factors.imported[buyer, :, user]
            )
            np.testing.assert_array_equal(table.Z.values[seller, :, buyer, user], expected)


def test_industries_differ_in_their_import_shares(table: MRIOTable) -> None:
    """German steel users: machinery imports a larger share of its metals than construction."""
    germany = table.regions.index("DEU")
    metals = table.Z.sel(sector="C24", user_region="DEU")
    imported = 1.0 - metals.isel(region=germany) / metals.sum("region")
    assert abs(imported.sel(user_sector="C28_C33") - imported.sel(user_sector="F")).item() > 0.01


def test_damaged_factors_are_refused(factors: ImportFlows) -> None:
    wrong = factors.imported.copy()
    wrong[0, 0, 0] += 1.0
    changed = ImportFlows(
        factors.domestic, wrong, factors.origin_share, factors.final, factors.primary
    )
    with pytest.raises(TableError, match="inputs of each industry = output"):
        changed.check()
    shares = factors.origin_share.copy()
    shares[1, 0, 0] += 1e-6
    changed = ImportFlows(
        factors.domestic, factors.imported, shares, factors.final, factors.primary
    )
    with pytest.raises(TableError, match="origin shares"):
        changed.check()


def test_a_file_without_a_factor_is_refused(tmp_path: Path) -> None:
    from datasets.builders.compact_file import write_compact

    dataset = xr.open_dataset(FILE, engine="h5netcdf").load().drop_vars("imported_use")
    write_compact(dataset, tmp_path / "short.nc")
    with pytest.raises(TableError, match="lacks imported_use"):
        iom.load(tmp_path / "short.nc")


# ------------------------------------------------------------------ models on it
@pytest.fixture(scope="module")
def duties() -> iom.Scenario:
    return iom.Scenario(
        [iom.Tariff("USA", "CHN", ["goods"], 0.25), iom.Tariff("CHN", "USA", ["goods"], 0.25)],
        name="duties-both-ways",
    )


@pytest.fixture(scope="module")
def common(table: MRIOTable, duties: iom.Scenario) -> xr.DataArray:
    return iom.run(table, duties, model="equilibrium").dataset["real_income_pct"]


def test_equilibrium_with_common_shares(common: xr.DataArray) -> None:
    assert common.sel(region=["USA", "CHN"]).max() < 0.0
    assert common.sel(region="MEX") > 0.0


def test_equilibrium_with_shares_by_user(
    table: MRIOTable, duties: iom.Scenario, common: xr.DataArray
) -> None:
    """Both ways agree in sign and size: the difference is of second order in the import shares."""
    options = {"model": "equilibrium", "import_shares": "by-user"}
    effects = iom.run(table, duties, **options).dataset["real_income_pct"]
    big = ["USA", "CHN"]
    assert (effects.sel(region=big) < 0.0).all()
    assert np.abs(effects - common).max() > 1e-3
    np.testing.assert_allclose(effects.sel(region=big), common.sel(region=big), rtol=0.1)


def test_leontief(table: MRIOTable) -> None:
    """Output of the table's own final demand is its output."""
    output = iom.LeontiefSystem(table).solve(table.Y2.sum(axis=1))
    np.testing.assert_allclose(np.asarray(output).reshape(-1), table.x1, rtol=1e-9, atol=1e-6)


def test_gross_exports_are_those_cited(table: MRIOTable) -> None:
    """Of another program on the official release, to .1 percent (shared/data: 20,649 to 20,637)."""
    exports = gross_exports(table).sum().item() / 1e3
    assert exports == pytest.approx(CITED_EXPORTS, rel=1e-3)


# ------------------------------------------------------------------ against the raw data
@pytest.fixture(scope="module")
def rebuilt(raw_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rebuilt")
    (out / "embedded").mkdir()
    assert world_2014.main(["--raw", str(raw_data), "--out", str(out)]) == 0
    return out


def test_rebuild_gives_the_committed_bytes(rebuilt: Path) -> None:
    assert (rebuilt / "world-2014.md").read_bytes() == PAGE.read_bytes()
    path = rebuilt / "embedded" / "world-2014.nc"
    new, committed = read_compact_dataset(path), read_compact_dataset(FILE)
    assert new.attrs == committed.attrs
    # Another NumPy may round the sums behind shares and value added differently in the last bit.
    xr.testing.assert_allclose(new, committed, rtol=1e-6)
    if new.identical(committed):
        assert path.read_bytes() == FILE.read_bytes()


def test_table_is_that_of_the_source(raw_data: Path, table: MRIOTable) -> None:
    """Cell by cell where nothing was repaired, and in value added."""
    with np.load(raw_data / "wiod2014" / "wiod2014_44x50.npz") as file:
        Z = file["Z"].astype(np.float64).reshape(table.Z.shape)
        F = file["F"].astype(np.float64).reshape(table.Y.shape)
    unrepaired = [k for k, region in enumerate(table.regions) if region not in REPAIRED]
    home = np.arange(44)
    own, source = table.Z.values[home, :, home], Z[home, :, home]
    np.testing.assert_array_equal(own[unrepaired], source[unrepaired])
    # Single cells of the source are off proportions by up to .55 million.
    gap = np.abs(table.Z.values - Z)[:, :, unrepaired]
    assert gap.max() < 0.6
    imports = Z.sum(axis=0) - Z[home, :, home].transpose(1, 0, 2)
    mine = table.Z.values.sum(axis=0) - own.transpose(1, 0, 2)
    np.testing.assert_allclose(mine[:, unrepaired], imports[:, unrepaired], rtol=SINGLE, atol=1e-3)
    # 18 flows below zero and their counterparts, and Mexico's two industries.
    assert (np.abs(table.Y.values - F) > 0.01).any(axis=(2, 3)).sum() <= 20
    np.testing.assert_array_equal(table.Y.values[..., :3][1], F[..., :3][1])
    # Value added of countries to .2 percent, of all to .001: the source rounds imported inputs.
    with np.load(raw_data / "wiod2016" / "wiod2016_2014_partial.npz") as file:
        row = file["cost_rows"].tolist().index("Value added at basic prices")
        published = file["costs_2014"][row].sum(axis=1)
    value_added = table.value_added.values.sum(axis=1)[:-1]
    np.testing.assert_allclose(value_added, published, rtol=2e-3)
    assert value_added.sum() == pytest.approx(published.sum(), rel=1e-5)


def test_expansion_does_not_touch_the_factors(factors: ImportFlows) -> None:
    before = factors.imported.copy()
    Z, _, x = expand_import_flows(factors)
    np.testing.assert_array_equal(factors.imported, before)
    assert Z.shape == (44, 50, 44, 50)
    assert x.shape == (44, 50)
