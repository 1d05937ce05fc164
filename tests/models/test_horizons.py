"""Parameter sets by horizon: interpolation, presets, and what a user gives in their place."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import IOModelError, LabelError
from iomodel.models.elasticities import LONG_RUN_SET, elasticities, resolve_elasticities
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.general_equilibrium.horizons import (
    HORIZONS,
    NESTS,
    SCARCE_HORIZONS,
    SHORT_RUN,
    horizon_elasticities,
    trade_elasticity_at,
)
from iomodel.report.headline import headline
from iomodel.table.mrio import MRIOTable

SECTORS = ["A01", "C20", "G"]


@pytest.fixture(scope="module")
def table() -> MRIOTable:
    """Three regions whose sectors have published elasticities."""
    rng = np.random.default_rng(3)
    n = 3 * len(SECTORS)
    Z, final = rng.uniform(0.0, 2.0, (n, n)), rng.uniform(5.0, 50.0, (n, 3))
    return MRIOTable.from_arrays(
        Z,
        np.stack([0.75 * final, 0.25 * final], axis=2).reshape(n, 6),
        final_uses=["HFCE", "GCF"],
        regions=["A", "B", "C"],
        sectors=SECTORS,
        name="coded",
        classification="icio-28+services",
    )


TARIFF = iom.Scenario(iom.Tariff("A", "B", "all", 0.5), name="tariff")
EMBARGO = iom.Scenario(iom.Embargo(between=["A", "B"]), name="embargo")


def test_interpolation_runs_from_the_short_to_the_long_run():
    assert trade_elasticity_at(0.0, 8.0) == SHORT_RUN
    assert trade_elasticity_at(math.inf, 8.0) == 8.0
    years = np.linspace(0.0, 12.0, 25)
    path = np.array([trade_elasticity_at(h, 8.0, 1.0, 2.0) for h in years])
    assert np.all(np.diff(path) > 0.0)
    # The gap to the long run shrinks by the same factor every year.
    np.testing.assert_allclose(np.log((8.0 - path) / 7.0), -years / 2.0, atol=1e-12)
    # Seven to ten years to converge, as the estimates have it.
    behind = [(trade_elasticity_at(h, 8.0) - SHORT_RUN) / (8.0 - SHORT_RUN) for h in (7.0, 10.0)]
    assert [round(b, 2) for b in behind] == [0.90, 0.96]


def test_interpolation_by_sector_can_be_passed_on(table):
    found = trade_elasticity_at(3.0, elasticities("CP", table))
    assert isinstance(found, xr.DataArray)
    theta, record = resolve_elasticities(found, table)
    np.testing.assert_allclose(
        theta, trade_elasticity_at(3.0, elasticities("CP", table).values), rtol=1e-15
    )
    assert record["value"] == "CP after 3 years"
    assert "BoehmLevchenkoPandalaiNayar2023" in record["citation"]
    unchanged = trade_elasticity_at(math.inf, elasticities("CP", table))
    assert unchanged.attrs == elasticities("CP", table).attrs


@pytest.mark.parametrize("arguments", [(-1.0, 4.0), (math.nan, 4.0), (1.0, 4.0, 1.0, 0.0)])
def test_times_without_meaning_are_refused(arguments):
    with pytest.raises(IOModelError, match="give"):
        trade_elasticity_at(*arguments)


def test_presets_are_ordered_and_sourced(table):
    theta = {
        name: horizon_elasticities(HORIZONS[name], table, closes=False)[0]
        for name in ("short", "medium", "long")
    }
    assert np.all(theta["short"] < theta["medium"])
    assert np.all(theta["medium"] < theta["long"])
    np.testing.assert_array_equal(theta["long"], elasticities(LONG_RUN_SET, table).values)
    bibliography = (Path(iom.__file__).parent / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,]+),", bibliography, flags=re.M))
    for name, horizon in HORIZONS.items():
        cited = horizon_elasticities(horizon, table, closes=False)[1]["citation"].split(", ")
        assert {*cited, NESTS[horizon.nest][1]} <= known, name


def test_a_flow_that_closes_needs_more_than_unit_substitution(table):
    open_, closed = (
        horizon_elasticities(SCARCE_HORIZONS["short"], table, closes=closes)
        for closes in (False, True)
    )
    assert np.all(open_[0] < 0.0)
    assert np.all(closed[0] > 0.0)
    assert "citation" not in closed[1]
    for closes in (False, True):
        theta, _ = horizon_elasticities(HORIZONS["short"], table, closes=closes)
        np.testing.assert_array_equal(theta, 1.0)
    effects = equilibrium(table, EMBARGO, horizon="short")
    assert effects.elasticities == "1 in every sector"
    assert float(effects["trade_new"].sel(region="A", user_region="B")) == 0.0


def test_a_preset_is_its_parts(table):
    # With deficits kept the base is the table itself, whatever the elasticities.
    preset = equilibrium(table, TARIFF, horizon="short", balance="fixed")
    parts = equilibrium(
        table,
        TARIFF,
        closure="sticky",
        elasticities=1.0,
        nest="baqaee-farhi",
        balance="fixed",
    )
    for name in ("gdp_pct", "real_income_pct", "output_pct"):
        # The two bases are the table's accounts solved once each, equal to the solver's tolerance.
        np.testing.assert_allclose(preset[name], parts[name], atol=1e-8)
    assert preset.closure == "sticky"
    assert preset.parameters["horizon"] == {"value": "short", "title": "within a year"}
    assert preset.parameters["nest"]["citation"] == "BaqaeeFarhi2024"
    cited = "BoehmLevchenkoPandalaiNayar2023, FajgelbaumEtAl2020"
    assert preset.parameters["elasticities"]["citation"] == cited
    assert "band" not in parts.parameters


def test_the_short_run_is_a_band_over_sigma(table):
    effects = equilibrium(table, TARIFF, horizon="short")
    assert effects.parameters["band"] == {"sigma": [1.5, 2.0, 2.5], "alone": False}
    frame = effects.by_region()
    for name in ("gdp_pct", "real_income_pct", "gni_pct", "consumer_price_pct", "employment_pct"):
        middle = effects[f"{name}_by_sigma"].sel(sigma=2.0)
        np.testing.assert_allclose(middle, effects[name], rtol=1e-12, atol=1e-12)
        assert (frame[f"{name}_low"] <= frame[name] + 1e-12).all()
        assert (frame[f"{name}_high"] >= frame[name] - 1e-12).all()
    end = equilibrium(
        table, TARIFF, closure="sticky", elasticities=0.5, nest="baqaee-farhi", balance="fixed"
    )
    preset = equilibrium(table, TARIFF, horizon="short", balance="fixed")
    for name in ("gdp_pct", "employment_pct"):
        # The chain of an end is exact to .005 points.
        np.testing.assert_allclose(
            preset[f"{name}_by_sigma"].sel(sigma=1.5), end[name], rtol=0, atol=5e-3
        )


def test_what_closes_within_a_year_is_a_band_without_a_number(table):
    effects = equilibrium(table, EMBARGO, horizon="short")
    assert effects.parameters["band"]["alone"]
    shown = [f"{name}_{end}" for name in ("gdp_pct", "real_income_pct") for end in ("low", "high")]
    assert list(headline(effects).columns) == shown
    world = effects.by_region().loc["WORLD"]
    # Losses go with 1 / (sigma - 1): three times as large at 1.5 as at 2.5, to first order.
    assert 1.5 < world["gdp_pct_low"] / world["gdp_pct_high"] < 4.0
    assert any(note.startswith("Losses from closed or withheld") for note in effects.notes)


def test_every_horizon_starts_from_the_same_base(table):
    """What came before a scenario has had its time: the base is rebased with the long run."""
    rebasing = [
        equilibrium(table, TARIFF, horizon=name, balance="zero").diagnostics["rebasing"]
        for name in HORIZONS
    ]
    for each in rebasing:
        each.pop("seconds")
    assert rebasing[0]["iterations"] > 0
    assert rebasing.count(rebasing[0]) == len(HORIZONS) == 4


def test_what_a_user_gives_replaces_the_preset(table):
    effects = equilibrium(
        table,
        TARIFF,
        horizon="short",
        closure="mobile",
        elasticities="U4",
        nest="cobb-douglas",
    )
    long_run = equilibrium(table, TARIFF, elasticities="U4")
    np.testing.assert_array_equal(effects["real_income_pct"], long_run["real_income_pct"])
    replaced = effects.parameters["horizon"]["replaced"]
    assert replaced == ["closure", "elasticities", "nest"]
    assert effects.elasticities == "U4"


def test_less_time_to_adjust_costs_the_world_more(table):
    embargo = {
        name: equilibrium(table, EMBARGO, horizon=name).by_region().loc["WORLD", "gdp_pct"]
        for name in HORIZONS
    }
    assert embargo["short"] < embargo["medium"] < embargo["long"] < 0.0
    assert embargo["steady"] < embargo["long"]


def test_below_unit_substitution_the_way_does_not_matter(table):
    """With sigma below one equilibria need not be unique: both ways lead to the same one."""
    below = {"closure": "specific", "elasticities": SHORT_RUN, "horizon": "short"}
    direct, along = (equilibrium(table, TARIFF, links=links, **below) for links in (1, 12))
    np.testing.assert_allclose(direct["real_income_pct"], along["real_income_pct"], atol=1e-7)


def test_unknown_horizon_is_refused(table):
    with pytest.raises(
        LabelError, match=r"unknown horizon of model equilibrium 'shrt' .*did you mean 'short'"
    ):
        equilibrium(table, TARIFF, horizon="shrt")
