"""Draws of trade elasticities: whole sets, common factors, one sample for all tables."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.errors import IOModelError, LabelError
from iomodel.models.elasticities import SOURCES, elasticities, published_sectors
from iomodel.studies.decoupling import draw, elasticity_centres
from iomodel.studies.elasticity_draws import CV, draw_elasticities, drawn_elasticities, scattered
from iomodel.table.mrio import MRIOTable


@pytest.fixture(scope="module")
def world() -> MRIOTable:
    return iom.load("world-2022")


@pytest.fixture(scope="module")
def sample(world: MRIOTable) -> xr.Dataset:
    return draw_elasticities(world, 7_000, seed=5)


def factors(sample: xr.Dataset, table: MRIOTable, name: str) -> np.ndarray:
    """Return the factors on one set. Shape (draws of it, sectors)."""
    theta = sample["theta"].values[sample["set"].values == name]
    return np.asarray(theta / elasticities(name, table).values)


def wiod() -> MRIOTable:
    sectors = [f"c{k}" for k in range(1, 36)]
    n = len(sectors)
    return MRIOTable.from_arrays(
        np.zeros((n, n)),
        np.ones((n, 1)),
        regions=["A"],
        sectors=sectors,
        classification="wiod-2013",
    )


def test_sets_are_drawn_whole_and_equally_often(sample: xr.Dataset) -> None:
    names, counts = np.unique(sample["set"].values.astype(str), return_counts=True)
    assert set(names) == set(SOURCES)
    # 1,000 expected of each, with a standard deviation of 29: four of them.
    assert np.abs(counts - 1_000).max() < 117
    assert sample.attrs["sets"] == ", ".join(SOURCES)
    assert (sample.attrs["cv"], sample.attrs["seed"]) == (CV, 5) == (0.30, 5)


@pytest.mark.parametrize("name", SOURCES)
def test_sectors_with_one_estimate_move_together(
    sample: xr.Dataset, world: MRIOTable, name: str
) -> None:
    factor, centre = factors(sample, world, name), elasticities(name, world).values
    for k in range(len(centre)):
        together = np.isclose(factor, factor[:, [k]]).all(axis=0)
        np.testing.assert_array_equal(together, np.isclose(centre, centre[k]))
    # Factors of different estimates are independent: 1,000 draws have correlations of .03.
    _, first = np.unique(np.round(centre, 9), return_index=True)
    if len(first) > 1:
        correlation = np.corrcoef(factor[:, np.sort(first)].T)
        assert np.abs(correlation - np.eye(len(first))).max() < 5 * 0.032


def test_agriculture_has_one_factor_and_boehm_one_in_all(
    sample: xr.Dataset, world: MRIOTable
) -> None:
    for name in SOURCES:
        farming = factors(sample, world, name)[:, :3]
        np.testing.assert_allclose(farming, farming[:, [0, 0, 0]])
    boehm = factors(sample, world, "Boehm")
    np.testing.assert_array_equal(boehm, np.broadcast_to(boehm[:, :1], boehm.shape))


def test_factors_have_mean_one_and_the_stated_variation(
    sample: xr.Dataset, world: MRIOTable
) -> None:
    # One factor per draw: 7,000 of them.
    first = np.concatenate([factors(sample, world, name)[:, 0] for name in SOURCES])
    # Standard errors .3 / sqrt(7,000) = .0036, and about as much for the skewed deviation: four.
    assert first.mean() == pytest.approx(1.0, abs=0.015)
    assert first.std() == pytest.approx(0.30, abs=0.015)
    # A log-normal variable has its mean above its median: sigma^2 / 2 in logs.
    assert np.log(first).mean() == pytest.approx(-0.5 * np.log1p(0.09), abs=0.015)


def test_a_longer_sample_begins_with_the_shorter(world: MRIOTable) -> None:
    short, long = (draw_elasticities(world, count, seed=3) for count in (5, 9))
    xr.testing.assert_identical(short, long.isel(draw=slice(0, 5)))
    assert not np.array_equal(short["theta"], draw_elasticities(world, 5, seed=4)["theta"])


def test_tables_of_other_classifications_have_the_same_draws(world: MRIOTable) -> None:
    fine, coarse = (draw_elasticities(table, 20, seed=3) for table in (world, wiod()))
    np.testing.assert_array_equal(fine["set"], coarse["set"])
    for sector, members in (("c1", ["A01"]), ("c12", ["C24A", "C24B", "C25"]), ("c35", ["O_T"])):
        np.testing.assert_allclose(
            coarse["theta"].sel(sector=sector), fine["theta"].sel(sector=members).mean("sector")
        )


@pytest.mark.parametrize("name", SOURCES)
def test_averages_of_the_compilation_are_the_set_of_the_table(world: MRIOTable, name: str) -> None:
    for table in (world, wiod()):
        values, averages = published_sectors([name], table)
        np.testing.assert_allclose(averages.sum(axis=1), 1.0)
        np.testing.assert_allclose(
            averages @ values.values[0], elasticities(name, table).values, rtol=1e-14
        )


def test_decoupling_draws_with_the_same_function(world: MRIOTable) -> None:
    ours, joint = draw_elasticities(world, 30, seed=2), draw(elasticity_centres(world), 30, 2)
    np.testing.assert_array_equal(ours["set"], joint["set"])
    np.testing.assert_allclose(ours["theta"], joint["theta"], rtol=1e-14)


def test_a_draw_says_where_it_is_from(world: MRIOTable) -> None:
    sample = draw_elasticities(world, 2, seed=8, sets=["LL"], cv=0.1)
    scenario = iom.Scenario(iom.Tariff("USA", "CHN", sectors="C26", rate=0.1))
    theta = drawn_elasticities(sample, 1)
    record = iom.run(world, scenario, "leontief", elasticities=theta).parameters["elasticities"]
    assert record["value"] == "LL, draw 1 of seed 8, cv 0.1"
    assert record["origin"] == "drawn"
    assert record["citation"] == "LashkaripourLugovskyy2023"
    assert list(record["by_sector"].values()) == sample["theta"].values[1].tolist()
    record = iom.run(world, scenario, "leontief", elasticities=2.0 * theta).parameters
    assert record["elasticities"]["value"] == "own"


def test_without_variation_draws_are_the_sets(world: MRIOTable) -> None:
    sample = draw_elasticities(world, 10, seed=1, cv=0.0)
    for k in range(10):
        centre = elasticities(str(sample["set"].values[k]), world)
        np.testing.assert_allclose(sample["theta"].values[k], centre.values, rtol=1e-15)


def test_what_cannot_be_drawn_is_refused(world: MRIOTable) -> None:
    for bad in ({"count": 0}, {"cv": -0.1}, {"sets": []}):
        with pytest.raises(IOModelError, match="cannot draw"):
            draw_elasticities(world, **{"count": 3, "seed": 1, **bad})
    with pytest.raises(LabelError, match="'CPP' \\(did you mean 'CP'"):
        draw_elasticities(world, 3, seed=1, sets=["CPP"])
    empty = xr.DataArray(np.zeros((0, 2)), dims=("set", "sector"), coords={"sector": ["a", "b"]})
    with pytest.raises(IOModelError, match="cannot draw"):
        scattered(empty, 3, seed=1)
