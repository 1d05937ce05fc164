"""Duties of the embedded tables against what was collected, and the rule that made them.

Bounds and revenue collected are those of the research note on defaults (November 2026), fixed
before the builder was written; billion USD.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import iomodel as iom
from iomodel.scenario.layers import layer_state
from iomodel.table.groups import region_groups
from iomodel.table.mrio import MRIOTable

FOOD, GOODS = "C10T12", 27
EU = region_groups()["EU27"]
COLLECTED = {
    "USA": 39.4,
    "CHN": 43.5,
    "JPN": 10.0,
    "GBR": 6.0,
    "KOR": 6.6,
    "IND": 16.4,
    "BRA": 11.0,
}
EU_COLLECTED = 27.5
COLLECTED_LAYER = "us-section-301-2018-2020"
REFERENCE_LAYER = "us-section-301-reference-weights"
# Of the 44 regions of WIOD, ROW included; the other importers keep the tariffs of the cube.
WIOD = {
    *EU,
    *("AUS", "BRA", "CAN", "CHE", "CHN", "GBR", "IDN", "IND", "JPN", "KOR", "MEX", "NOR", "RUS"),
    *("TUR", "TWN", "USA", "ROW"),
}


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    return iom.load("world-2022")


@pytest.fixture(scope="module")
def imports(table: MRIOTable) -> np.ndarray:
    """Trade across borders [exporter, sector, importer], billion USD."""
    flows = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    own = np.arange(81)
    flows[own, :, own] = 0.0
    result: np.ndarray = flows / 1e3
    return result


@pytest.fixture(scope="module")
def revenue(table: MRIOTable, imports: np.ndarray) -> pd.Series:
    """Ordinary duties by importer, billion USD."""
    return pd.Series((table.tariff.values * imports).sum(axis=(0, 1)), index=table.regions)


def food_duty(table: MRIOTable, imports: np.ndarray) -> pd.Series:
    """Mean duty on food by importer."""
    food = table.sectors.index(FOOD)
    cells = imports[:, food]
    mean = (table.tariff.values[:, food] * cells).sum(axis=0) / cells.sum(axis=0)
    return pd.Series(mean, index=table.regions)


# ------------------------------------------------------------------ the table as it ships
def test_revenue_is_near_what_was_collected(revenue: pd.Series) -> None:
    assert 36 <= revenue["USA"] <= 48
    assert 40 <= revenue["CHN"] <= 60
    assert 20 <= revenue[EU].sum() <= 30
    assert 250 <= revenue.sum() <= 350


def test_revenue_is_within_a_factor_of_what_is_known(revenue: pd.Series) -> None:
    ratios = {region: revenue[region] / amount for region, amount in COLLECTED.items()}
    ratios["EU27"] = revenue[EU].sum() / EU_COLLECTED
    assert all(1 / 2.5 < ratio < 2.5 for ratio in ratios.values()), ratios


def test_no_importer_has_a_prohibitive_duty_on_food(table: MRIOTable, imports: np.ndarray) -> None:
    duty = food_duty(table, imports)
    assert duty["USA"] < 0.03
    assert duty.max() < 0.30


def test_services_and_own_sales_pay_nothing(table: MRIOTable) -> None:
    rates, own = table.tariff.values, np.arange(81)
    assert not rates[:, GOODS:].any()
    assert not rates[own, :, own].any()
    assert rates.min() == 0.0


def test_members_of_a_customs_union_are_one_partner(table: MRIOTable) -> None:
    us = table.tariff.sel(user_region="USA", region=EU).values
    assert (us == us[0]).all()
    inside = table.tariff.sel(region=EU, user_region=EU).values
    assert not inside.any()


def test_split_sectors_keep_the_duty_of_their_parent(table: MRIOTable) -> None:
    split = iom.load("world-2022-ree")
    for part in ("C20_REE", "C24A_OTH", "C27_REE"):
        duty = table.tariff.sel(sector=part.partition("_")[0]).values
        np.testing.assert_array_equal(split.tariff.sel(sector=part).values, duty)


# ------------------------------------------------------------------ section 301
def section_301(table: MRIOTable, layer: str) -> np.ndarray:
    """Rates of a layer on goods from China in the United States, by sector."""
    rates = iom.Scenario((iom.TariffLayer(layer),), name="layer").lower(table)
    rise = rates.tariff_new - rates.tariff_base
    result: np.ndarray = rise[table.regions.index("CHN"), :, table.regions.index("USA")]
    touched = np.argwhere(rise.any(axis=1))
    assert touched.tolist() == [[table.regions.index("CHN"), table.regions.index("USA")]]
    return result


def test_section_301_by_sector(table: MRIOTable, imports: np.ndarray) -> None:
    flows = imports[table.regions.index("CHN"), :, table.regions.index("USA")]
    collected = section_301(table, COLLECTED_LAYER) @ flows / flows[:GOODS].sum()
    reference = section_301(table, REFERENCE_LAYER) @ flows / flows[:GOODS].sum()
    # Measured before by another program: 9.2 points collected, to the printed digit, and 16.0 at
    # reference weights, whose reference group it does not name: half a point is left for that.
    assert collected == pytest.approx(0.092, abs=0.0005)
    assert reference == pytest.approx(0.160, abs=0.005)
    assert not section_301(table, COLLECTED_LAYER)[GOODS:].any()


@pytest.mark.parametrize("layer", [COLLECTED_LAYER, REFERENCE_LAYER])
def test_means_of_section_301_are_inside_its_lists(table: MRIOTable, layer: str) -> None:
    """Lists ran from 7.5 to 25 percent for nearly all of 2024, exclusions pay nothing."""
    rates = section_301(table, layer)
    assert rates.min() >= 0.0
    assert rates.max() <= 0.25
    assert layer_state(layer, None)[0][0].rate == pytest.approx(rates.max() / 2, rel=0.5)


def test_no_scenario_but_its_own_ends_section_301() -> None:
    for name in iom.scenarios()["name"]:
        for shock in iom.Scenario.load(name).shocks:
            if isinstance(shock, iom.TariffLayer) and shock.mode == "lift":
                assert name.startswith("section-301-lifted"), name


def test_changes_of_us_duties_on_china_start_from_section_301(table: MRIOTable) -> None:
    china, us = table.regions.index("CHN"), table.regions.index("USA")
    ordinary = table.tariff.values[china, :, us]
    collected = ordinary + section_301(table, COLLECTED_LAYER)
    for name in ("us-tariffs-2026-08-19", "busan-truce", "ieepa-ruling-2026-02-20", "truce-expiry"):
        observed = iom.Scenario.load(name).lower(table).tariff_observed[china, :, us]
        np.testing.assert_allclose(observed, collected, rtol=1e-12)


def test_the_layer_of_november_2025_leaves_section_301_out(table: MRIOTable) -> None:
    """The source counts 2.209 points of all imports, China 13.4 percent of them, in its total."""
    policy = iom.Scenario.load("us-tariffs-2025-11").lower(table)
    china, us = table.regions.index("CHN"), table.regions.index("USA")
    rise = (policy.tariff_new - policy.tariff_base)[china, :GOODS, us]
    # The source's rate on China is 37.3 percent.
    assert rise == pytest.approx(np.full(GOODS, 0.373 - 0.02209 / 0.1338), abs=5e-4)
    np.testing.assert_allclose(
        policy.tariff_base[china, :, us],
        table.tariff.values[china, :, us] + section_301(table, COLLECTED_LAYER),
    )


# ------------------------------------------------------------------ duties and costs
@pytest.mark.parametrize("name", ["world-2022", "world-2022-ree"])
@pytest.mark.parametrize("layer", ["", COLLECTED_LAYER, REFERENCE_LAYER])
def test_no_industry_spends_more_with_duty_than_it_sells(name: str, layer: str) -> None:
    table = iom.load(name)
    rates = table.tariff.values
    if layer:
        shocks = (iom.TariffLayer(layer, mode="in-force"),)
        rates = iom.Scenario(shocks, name="duties").lower(table).tariff_observed
    Z, x = table.Z.values, table.x.values
    cost = Z.sum(axis=(0, 1)) + np.einsum("rsuv,rsu->uv", Z, rates)
    # One percent of output for factors: the solver refuses less than nothing.
    assert (cost[x > 0] < 0.99 * x[x > 0]).all()


@pytest.mark.parametrize("name", ["us-tariffs-2025-11", "section-301-lifted-reference"])
def test_duties_run_on_the_rare_earth_table(name: str) -> None:
    effects = iom.run(iom.load("world-2022-ree"), iom.Scenario.load(name), links=1)
    assert np.isfinite(effects["real_income_pct"].values).all()


# ------------------------------------------------------------------ against the raw data
def test_us_duties_are_those_of_the_customs_data(raw_data: Path, table: MRIOTable) -> None:
    """Collected in 2024: 39.4 ordinary and 36.5 additional, Slovakia counted twice (.2)."""
    pytest.importorskip("pyarrow")
    builder = pytest.importorskip("datasets.builders.collected_duties")
    sectors = iom.load("world-2022").sectors
    revenue = builder.read_collected_duties(raw_data, sectors).revenue
    assert revenue["ordinary"] + 0.2 == pytest.approx(39.4, abs=0.05)
    assert revenue["section_301"] == pytest.approx(36.5, abs=0.1)
    assert revenue["imports"] == pytest.approx(3_217 - 8.1, abs=0.5)
    # Japan's cars by hand: GTAP's motor vehicles are HS chapter 87 but for a few headings.
    customs = pd.read_parquet(raw_data / "us_imports_2024" / "us_imports_2024_hs6_country.parquet")
    crosswalk = pd.read_csv(raw_data / "bea" / "hs6_gtap_crosswalk.csv", dtype=str)
    codes = crosswalk[crosswalk["gtap_code"].str.upper() == "MVH"]["hs6_code"]
    lines = customs[(customs["cty"] == "5880") & customs["HS6"].isin(codes)]
    rate = lines["duty"].sum() / lines["imports"].sum()
    stored = table.tariff.sel(region="JPN", sector="C29", user_region="USA")
    assert float(stored) == pytest.approx(rate, rel=1e-9)


def test_other_importers_follow_the_rule(raw_data: Path, table: MRIOTable) -> None:
    with np.load(raw_data / "icio" / "ICIO2022.npz", allow_pickle=False) as file:
        cube = file["tariff"].transpose(0, 2, 1)[:, :GOODS]
    with np.load(raw_data / "wiod2014" / "tariffs2014_44x44x50.npz", allow_pickle=False) as file:
        earlier, codes = file["tariff"].astype(float), file["countries"].tolist()
        sectors_2014 = file["sectors"].tolist()
    assert set(codes) == WIOD
    rates, regions, food = table.tariff.values[:, :GOODS], table.regions, table.sectors.index(FOOD)
    outside = [k for k, r in enumerate(regions) if r not in WIOD]
    own = np.arange(81)
    cube = cube.copy()
    cube[own, :, own] = 0.0
    others = [s for s in range(GOODS) if s != food]
    np.testing.assert_array_equal(rates[:, others][..., outside], cube[:, others][..., outside])
    # 10.7 percent in the note.
    cap = rates[:, food, outside].max()
    assert cap == pytest.approx(0.107, abs=5e-4)
    np.testing.assert_array_equal(rates[:, food, outside], np.minimum(cube[:, food, outside], cap))
    for buyer, seller, code, code_2014 in (
        ("CHN", "JPN", "C29", "C29"),
        ("KOR", "USA", "A01", "A01"),
        ("IND", "VNM", "C28", "C28,C33"),
        ("DEU", "BGD", "C13T15", "C13-C15"),
    ):
        r, s, i = regions.index(seller), table.sectors.index(code), regions.index(buyer)
        exporter = codes.index(seller if seller in WIOD else "ROW")
        limit = earlier[exporter, codes.index(buyer), sectors_2014.index(code_2014)]
        assert rates[r, s, i] == min(cube[r, s, i], limit)
