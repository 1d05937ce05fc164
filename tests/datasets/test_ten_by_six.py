"""The world of Goes and Bekkers in 2014 from the full table: parts, memberships, rebuild."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import LabelError
from iomodel.studies.decoupling.goes_bekkers import EAST, WEST
from iomodel.table.groups import region_groups
from iomodel.table.mrio import MRIOTable
from replications.goes_bekkers_2022.base_year import base_year
from replications.goes_bekkers_2022.ten_by_six import (
    COUNTRIES,
    FILE,
    MEMBERSHIPS,
    REST,
    SECTORS_2014,
    capital_formation,
    countries_of,
    load_ten_by_six,
)

IDENTITY = 1e-9


@pytest.fixture(scope="module")
def full() -> MRIOTable:
    return iom.load("world-2014")


@pytest.fixture(scope="module")
def parts() -> MRIOTable:
    return MRIOTable.from_netcdf(FILE)


@pytest.fixture(scope="module")
def coarse(full: MRIOTable) -> MRIOTable:
    """The full table in six sectors, its rest of the world in one piece."""
    regions = {**COUNTRIES, "eu27": sorted(region_groups()["EU27"]), "ROW": ["ROW"]}
    return full.aggregate(regions=dict(regions), sectors=dict(SECTORS_2014))


def test_identities_close(parts: MRIOTable) -> None:
    parts.check(IDENTITY).raise_if_broken(parts.name)
    assert parts.shape == (19, 6)


def test_sectors_are_those_of_page_43(full: MRIOTable) -> None:
    members = [code for codes in SECTORS_2014.values() for code in codes]
    assert sorted(members) == sorted(full.sectors)
    # Refining is light manufacturing, utilities and construction are other services.
    assert "C19" in SECTORS_2014["gb-lig"]
    assert {"D35", "F"} <= set(SECTORS_2014["gb-ots"])


def test_countries_are_as_in_the_full_table(parts: MRIOTable, coarse: MRIOTable) -> None:
    known = coarse.regions[:-1]
    assert parts.regions[: len(known)] == known
    K = len(known)
    np.testing.assert_array_equal(parts.Z.values[:K, :, :K], coarse.Z.values[:K, :, :K])
    # Sums of other groupings of the same cells.
    np.testing.assert_allclose(parts.x.values[:K], coarse.x.values[:K], rtol=1e-12)
    np.testing.assert_allclose(parts.V.values[:, :K], coarse.V.values[:, :K], rtol=1e-12)


def test_parts_add_up_to_the_rest_of_the_world(parts: MRIOTable, coarse: MRIOTable) -> None:
    K = len(coarse.regions) - 1
    sales, whole = (t.Z.values.sum(axis=3) + t.Y.values.sum(axis=3) for t in (parts, coarse))
    pairs = [
        (parts.x.values[K:].sum(axis=0), coarse.x.values[K]),
        (parts.V.values[:, K:].sum(axis=1), coarse.V.values[:, K]),
        (parts.Z.values[K:, :, :K].sum(axis=0), coarse.Z.values[K, :, :K]),
        (sales[:, :, K:].sum(axis=2)[:K], whole[:K, :, K]),
        (sales[K:, :, K:].sum(axis=(0, 2)), whole[K, :, K]),
    ]
    for ours, expected in pairs:
        np.testing.assert_allclose(ours, expected, rtol=1e-11)


def test_industries_keep_their_import_shares(parts: MRIOTable) -> None:
    """Import shares of heavy goods differ between industries by more than a tenth somewhere."""
    home = np.arange(len(parts.regions))
    heavy = parts.sectors.index("gb-hea")
    use = parts.Z.values.sum(axis=0)[heavy]
    share = 1.0 - parts.Z.values[home, heavy, home] / use
    assert np.ptp(share, axis=1).max() > 0.1


@pytest.mark.parametrize("membership", MEMBERSHIPS)
def test_every_membership_has_ten_regions_and_all_countries(
    membership: str, parts: MRIOTable
) -> None:
    table = load_ten_by_six(membership)
    assert sorted(table.regions) == sorted((*EAST, *WEST))
    table.check(IDENTITY).raise_if_broken(table.name)
    assert table.x.sum().item() == pytest.approx(parts.x.sum().item(), rel=1e-12)
    countries = [code for codes in countries_of(membership).values() for code in codes]
    assert sorted(countries) == sorted(iom.load("world-2022").regions)


def test_our_reading_is_that_of_the_package() -> None:
    groups = region_groups()
    for region, codes in countries_of().items():
        assert set(codes) <= set(groups[region])


def test_an_unknown_membership_is_refused() -> None:
    with pytest.raises(LabelError, match="turkey in rest of East"):
        load_ten_by_six("turkey")


def test_capital_formation_is_that_of_the_full_table(full: MRIOTable) -> None:
    share = capital_formation(load_ten_by_six())
    bought = full.Y.sel(user_region="USA", final_use=["GFCF", "INVNT"]).sum()
    value_added = full.value_added.sel(region="USA").sum()
    assert share.sel(region="gb-usa").item() == pytest.approx((bought / value_added).item())
    # China saved nearly half of its income in 2014, the United States a fifth.
    assert share.sel(region="gb-chn") == pytest.approx(0.46, abs=0.01)
    assert share.sel(region="gb-usa") == pytest.approx(0.20, abs=0.01)


def test_base_year_has_the_people_of_its_countries() -> None:
    base = base_year("full", "turkey in rest of East")
    moved = base.labour - base_year("full").labour
    assert moved.sel(region="gb-rwc")[0] > 0.0
    assert moved.sum("region").max() == pytest.approx(0.0, abs=1e-6)
    assert base.labour["time"].values.tolist() == list(range(2014, 2041))
    assert (
        base.labour.region.values.tolist() == base.table.regions == base.ppp.region.values.tolist()
    )


def test_equilibrium_by_user_runs_on_it() -> None:
    table = load_ten_by_six()
    split = iom.Scenario(
        [iom.TradeCost(between=[list(WEST), list(EAST)], increase=1.6)], name="split"
    )
    options = {"elasticities": xr.DataArray([5.0] * 6, {"sector": table.sectors}, ["sector"])}
    for shares in ("common", "by-user"):
        effects = iom.run(table, split, model="equilibrium", import_shares=shares, **options)
        assert effects.dataset["real_income_pct"].max() < 0.0


# GDP of 2014 in billion USD, sums over the regions of REST that have one. World Bank, World
# Development Indicators, series NY.GDP.MKTP.CD.
GDP_2014 = {
    "hong-kong": 291.5,
    "latin-america": 1419.9,
    "small-developed": 533.5,
    "ukraine": 133.5,
    "asean": 1703.8,
    "east": 3669.6,
}


def test_parts_are_about_as_large_as_their_gdp(parts: MRIOTable) -> None:
    """To a fifth: ROW is WIOD's residual and is parted by trade alone; ICIO's rest has no GDP."""
    assert set(GDP_2014) == set(REST) - {"rest"}
    for name, gdp in GDP_2014.items():
        value_added = parts.value_added.sel(region=name).sum().item() / 1e3
        assert value_added == pytest.approx(gdp, rel=0.2), name
