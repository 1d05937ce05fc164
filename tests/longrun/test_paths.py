"""Population and GDP per head: what is published, what is residual, what is extrapolated."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest

import iomodel as iom
from iomodel.errors import LabelError
from iomodel.models.long_run.projections import (
    labour_path,
    labour_productivity,
    productivity_path,
)
from iomodel.models.long_run.regional_data import source_regions
from iomodel.table.catalogue import embedded
from iomodel.table.groups import region_groups
from iomodel.table.mrio import MRIOTable

YEARS = [2022, 2025, 2030, 2035, 2040]


@pytest.fixture(scope="module")
def world() -> MRIOTable:
    return iom.load("world-2022")


@pytest.fixture(scope="module")
def small(world: MRIOTable) -> MRIOTable:
    groups = region_groups()
    names = [g for g in groups if g.startswith("gb-")]
    regions = {g: [r for r in world.regions if r in groups[g]] for g in names}
    return world.aggregate(regions=regions)


def test_every_region_of_the_world_table_has_a_path(world: MRIOTable) -> None:
    people = labour_path(world, YEARS)
    assert people.dims == ("time", "region")
    assert np.isfinite(people.values).all()
    assert people.values.min() > 0.0
    assert "UN2022WPP" in people.attrs["citation"]


def test_aggregation_adds_people_up(world: MRIOTable, small: MRIOTable) -> None:
    fine, coarse = labour_path(world, YEARS), labour_path(small, YEARS)
    np.testing.assert_allclose(fine.sum("region"), coarse.sum("region"), rtol=1e-12)
    np.testing.assert_allclose(
        coarse.sel(region="gb-chn"), fine.sel(region=["CHN", "HKG"]).sum("region"), rtol=1e-12
    )


def test_growth_is_the_published_rate_in_the_years_it_is_stated_for(world: MRIOTable) -> None:
    people = labour_path(world, [2029, 2030]).sel(region="IND").values
    assert 100.0 * (people[1] / people[0] - 1.0) == pytest.approx(0.752, abs=1e-9)


def test_the_world_grows_as_the_united_nations_say(world: MRIOTable) -> None:
    """ROW is the world less the others at the knots; between them rates run linearly."""
    total = labour_path(world, list(range(2024, 2041))).sum("region").values
    growth = 100.0 * (total[1:] / total[:-1] - 1.0)
    # .888 in 2025, .642 in 2040 (medium variant). The share of ROW at the knots is worked out at
    # their rates, that of the path at rates that change year by year: a shift of next to nothing.
    assert growth[0] == pytest.approx(0.888, abs=0.01)
    assert growth[-1] == pytest.approx(0.642, abs=0.01)


def test_gdp_per_head_is_the_published_one(world: MRIOTable, small: MRIOTable) -> None:
    heads = labour_productivity(world)
    # World Bank 2022: 17,881,783 million USD over 1,412,175 thousand persons.
    assert float(heads.sel(region="CHN")) == pytest.approx(17_881_783e6 / 1_412_175e3, rel=1e-5)
    assert "market exchange rates" in heads.attrs["note"]
    coarse = labour_productivity(small)
    assert float(coarse.sel(region="gb-usa")) == pytest.approx(float(heads.sel(region="USA")))


def test_the_penn_exponent_narrows_gaps_and_says_so(small: MRIOTable) -> None:
    wide, narrow = labour_productivity(small), labour_productivity(small, 0.65)
    logs = np.log(narrow.values) - np.log(narrow.values).mean()
    expected = 0.65 * (np.log(wide.values) - np.log(wide.values).mean())
    np.testing.assert_allclose(logs, expected, atol=1e-12)
    assert "assumption" in narrow.attrs["note"]


def test_the_productivity_path_is_a_rule_and_fades(small: MRIOTable) -> None:
    path = productivity_path(small, [2022, 2032, 2042], half_life=10.0)
    assert "not a published projection" in path.attrs["note"]
    np.testing.assert_allclose(path.isel(time=0), labour_productivity(small))
    steps = np.diff(np.log(path.values), axis=0)
    # One half-life later every difference from the world's growth is half as large.
    np.testing.assert_allclose(steps[1], steps[0] / 2.0, rtol=1e-9)


def test_row_is_all_that_no_other_label_stands_for(make_table: Callable[..., MRIOTable]) -> None:
    table = make_table(3)
    with pytest.raises(LabelError, match="'R0'"):
        labour_path(table, YEARS)
    named = table.aggregate(regions={"R0": "USA", "R1": "EU27", "R2": "ROW"})
    groups = source_regions(named)
    assert groups["USA"] == ["USA"]
    assert "CHN" in groups["ROW"]
    assert "DEU" not in groups["ROW"]
    twice = table.aggregate(regions={"R0": "DEU", "R1": "EU27", "R2": "ROW"})
    with pytest.raises(LabelError, match="DEU lies in two"):
        source_regions(twice)


def test_years_before_the_data_are_refused(world: MRIOTable) -> None:
    with pytest.raises(LabelError, match="starts in 2010"):
        labour_path(world, [2000, 2022])


def test_every_row_says_what_it_rests_on() -> None:
    with embedded("long-run.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    other = {(r["variable"], r["region"]): r["basis"] for r in rows if r["basis"] != "published"}
    assert other == {
        ("population", "TWN"): "recalled",
        ("population", "ROW"): "residual",
        ("gdp", "TWN"): "table",
        ("gdp", "ROW"): "table",
        ("population_growth", "ROW"): "residual",
    }
