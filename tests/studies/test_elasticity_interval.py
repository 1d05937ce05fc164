"""Intervals over trade elasticities: seeded, around the run, each draw a run of its own."""

from __future__ import annotations

import numpy as np
import pytest

import iomodel as iom
from iomodel.errors import NotApplicableError
from iomodel.models import Workbench
from iomodel.studies import draw_elasticities, drawn_elasticities, with_interval
from tests.few_regions import merged

MEASURES = ("gdp_pct", "real_income_pct")
DECOUPLING = iom.Scenario.load("us-china-decoupling")
# With duties imposed between the year of the table and the scenario.
TARIFF = iom.Scenario.load("us-china-tariff-100")


@pytest.fixture(scope="module")
def workbench():
    return Workbench(merged("world-2022", ["USA", "CHN", "DEU"]))


@pytest.fixture(scope="module")
def central(workbench):
    return iom.run(workbench, DECOUPLING)


@pytest.fixture(scope="module")
def banded(workbench, central):
    return with_interval(workbench, DECOUPLING, central, draws=15)


def test_equal_seeds_give_equal_bands_and_others_others(workbench, central, banded):
    again = with_interval(workbench, DECOUPLING, central, draws=15)
    assert again.dataset.identical(banded.dataset)
    other = with_interval(workbench, DECOUPLING, central, draws=15, seed=1)
    for name in MEASURES:
        assert not np.array_equal(other[f"{name}_by_draw"], banded[f"{name}_by_draw"])


def test_the_run_stays_as_it_is_and_the_draws_are_on_record(central, banded):
    names = list(central.dataset.data_vars)
    assert banded.dataset[names].drop_attrs().identical(central.dataset.drop_attrs())
    record = banded.parameters["interval"]
    assert {k: record[k] for k in ("draws", "answered", "seed", "cv")} == {
        "draws": 15, "answered": 15, "seed": 0, "cv": 0.3,
    }  # fmt: skip
    assert banded.notes[1].startswith("Bands are 5 to 95 percent of 15 draws")
    assert len(record["sets"]) == 7


def test_the_median_is_near_the_run_and_the_band_around_it(banded):
    """The run is at the median of the sets; draws of a source are its own times its scatter."""
    frame = banded.by_region()
    for region in ("WORLD", "USA", "CHN"):
        low, middle, high = (frame.loc[region, f"gdp_pct_{q}"] for q in ("low", "median", "high"))
        assert low < frame.loc[region, "gdp_pct"] < high
        assert middle == pytest.approx(frame.loc[region, "gdp_pct"], rel=0.25)


def test_bounds_are_quantiles_of_the_row_after_it_is_added_up(banded):
    draws, base = banded["gdp_pct_by_draw"], banded["gdp_base"]
    world = (draws * base).sum("region") / base.sum()
    frame = banded.by_region()
    for end, share in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
        assert frame.loc["WORLD", f"gdp_pct_{end}"] == pytest.approx(np.quantile(world, share))
        assert frame.loc["USA", f"gdp_pct_{end}"] == pytest.approx(
            np.quantile(draws.sel(region="USA"), share)
        )


@pytest.mark.parametrize(
    ("scenario", "options"),
    [(DECOUPLING, {}), (TARIFF, {}), (TARIFF, {"horizon": "steady"}),
     (DECOUPLING, {"balance": "zero"}), (DECOUPLING, {"horizon": "medium"})],
    ids=["closed", "earlier duties", "steady, earlier duties", "zero", "medium"],
)  # fmt: skip
def test_a_draw_is_a_run_of_its_own(workbench, scenario, options):
    effects = iom.run(workbench, scenario, **options)
    banded = with_interval(workbench, scenario, effects, draws=2)
    for k in range(2):
        theta = drawn_elasticities(draw_elasticities(workbench.table, 2, 0), k)
        if options.get("horizon") == "medium":
            theta = iom.trade_elasticity_at(3.0, theta)
        run = iom.run(workbench, scenario, **options, elasticities=theta)
        np.testing.assert_allclose(
            banded["real_income_pct_by_draw"][k], run["real_income_pct"], rtol=0, atol=1e-4
        )
        # .01 points or a hundredth of itself, as the note on the draws has it.
        np.testing.assert_allclose(
            banded["gdp_pct_by_draw"][k], run["gdp_pct"], rtol=0.01, atol=0.01
        )


def test_a_medium_run_after_earlier_duties_lies_in_its_band(workbench):
    """All draws start from the base of the run, whose elasticities are of the long run."""
    effects = iom.run(workbench, TARIFF, horizon="medium")
    frame = with_interval(workbench, TARIFF, effects, draws=15).by_region()
    for region in ("WORLD", "USA"):
        low, high = frame.loc[region, "gdp_pct_low"], frame.loc[region, "gdp_pct_high"]
        # The loss from a duty has a maximum in theta near the run: the run may be at the low end.
        slack = 0.05 * abs(frame.loc[region, "gdp_pct"])
        assert low - slack < frame.loc[region, "gdp_pct"] < high + slack


def test_the_error_of_gdp_is_that_of_the_run_beside_the_draws(banded):
    assert 0.0 <= banded.parameters["interval"]["gdp_error_points"] < 0.01


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"elasticities": 4.0}, "are the user's"), ({"horizon": "short"}, "has one over sigma"),
     ({"closure": "specific"}, "factors not mobile"), ({"model": "leontief"}, "has none")],
)  # fmt: skip
def test_where_there_is_nothing_to_draw_the_reason_is_said(workbench, options, reason):
    effects = iom.run(workbench, TARIFF, **options)
    with pytest.raises(NotApplicableError, match=reason):
        with_interval(workbench, TARIFF, effects, draws=2)


def test_a_set_named_that_is_the_horizons_own_has_a_band(workbench):
    effects = iom.run(workbench, TARIFF, elasticities="median")
    assert "interval" in with_interval(workbench, TARIFF, effects, draws=2).parameters


def test_a_file_with_a_band_repeats_to_the_byte(banded, workbench, tmp_path):
    outcome = iom.rerun(banded.to_netcdf(tmp_path / "effects.nc"), table=workbench.table)
    assert outcome.same_bytes, outcome.sentence
