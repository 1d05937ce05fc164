"""Labels, weights and provenance of effects."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.effects import Effects, percent_change
from iomodel.effects.variables import VARIABLES
from iomodel.errors import IOModelError, LabelError

# Sums of a handful of float64 numbers: a few roundings at most.
EXACT = 1e-12


def test_every_number_can_be_traced_from_the_attributes(effects, scenario):
    attrs = effects.dataset.attrs
    assert attrs["model"] == "leontief"
    assert attrs["closure"] == "lost"
    assert attrs["scenario"] == scenario.to_yaml()
    assert json.loads(attrs["parameters"])["elasticities"]["citation"] == "CaliendoParro2015"
    assert effects.parameters["theta"] == [4.0, 5.0]
    assert effects.diagnostics["quantities"]["seconds"] == 0.25
    assert (attrs["table_name"], attrs["table_year"]) == ("toy", 2022)
    assert attrs["table_history"] == "made\nbalanced"
    assert attrs["package"] == "iomodel"
    assert attrs["package_version"]
    assert effects.elasticities == "CP"
    assert effects.notes == ["GDP at base-year prices."]
    assert effects.closures == ["lost", "diverted"]


def test_variables_say_unit_and_what_the_percentage_is_of(effects):
    assert effects["output_base"].attrs["units"] == "million USD"
    assert effects["gdp_pct"].attrs["units"] == "percent"
    assert effects["gdp_pct"].attrs["percent_of"] == "base GDP (value added at basic prices)"
    for name, data in effects.dataset.data_vars.items():
        assert data.attrs["long_name"], name


def test_change_from_zero_is_undefined_and_not_zero(effects):
    assert np.isnan(effects["output_pct"].sel(region="VNM", sector="G"))
    assert np.isnan(percent_change([0.0, 0.0], [0.0, 1.0])).all()


def test_weights_come_from_the_table(effects, table):
    np.testing.assert_array_equal(effects["output_base"], table.x)
    np.testing.assert_allclose(effects["gdp_base"], table.value_added.sum("sector"), rtol=EXACT)


def test_world_and_groups_are_weighted_by_base_gdp(effects):
    frame = effects.by_region(groups=["ASEAN", "G7"])
    base = frame["gdp_base"][["USA", "CHN", "VNM"]]
    for column in ("gdp_pct", "gdp_pct_lost", "gdp_pct_diverted"):
        expected = np.average(frame[column][base.index], weights=base)
        assert frame.loc["WORLD", column] == pytest.approx(expected, rel=EXACT)
    assert frame.loc["WORLD", "gdp_new"] == pytest.approx(frame["gdp_new"][base.index].sum())
    # ASEAN has one member in the table, G7 has the United States only.
    for column in frame:
        assert frame.loc["ASEAN", column] == pytest.approx(frame.loc["VNM", column], nan_ok=True)
        assert frame.loc["G7", column] == pytest.approx(frame.loc["USA", column], nan_ok=True)
    assert list(frame.index) == ["USA", "CHN", "VNM", "ASEAN", "G7", "WORLD"]


def test_sums_over_sectors_take_percentages_anew(effects):
    frame = effects.by_region(world=False)
    assert "WORLD" not in frame.index
    np.testing.assert_allclose(frame["output_pct"], [-10, -20, 0], atol=1e-12)
    np.testing.assert_allclose(frame["output_pct_diverted"], [1, 1, 1], rtol=EXACT)


def test_by_sector_of_the_world_of_a_region_and_of_a_group(effects):
    world, china = effects.by_sector(), effects.by_sector("CHN")
    assert list(world["sector_name"]) == ["Electronics", "Trade"]
    x = effects["output_base"].values
    expected = 100 * ((x * [[0.9], [0.8], [1.0]]).sum(axis=0) / x.sum(axis=0) - 1)
    np.testing.assert_allclose(world["output_pct"], expected, rtol=1e-10)
    np.testing.assert_allclose(china["output_pct"], -20.0, rtol=1e-10)
    assert np.isnan(effects.by_sector("ASEAN").loc["G", "output_pct"])
    with pytest.raises(LabelError, match="unknown region 'XXX'"):
        effects.by_sector("XXX")


def test_prices_are_weighted_by_output_and_by_gdp(table, scenario):
    prices = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, np.nan]])
    effects = Effects.build(
        table,
        scenario,
        model="price",
        variables={
            "price_pct": (("region", "sector"), prices),
            "consumer_price_pct": (("region",), np.array([1.0, 2.0, 4.0])),
        },
    )
    frame = effects.by_region()
    x = table.x.values
    assert frame.loc["USA", "price_pct"] == pytest.approx(np.average([1, 2], weights=x[0]))
    # An industry without output has no price; it does not spoil the region's.
    assert frame.loc["VNM", "price_pct"] == pytest.approx(5.0)
    gdp = table.value_added.values.sum(axis=1)
    assert frame.loc["WORLD", "consumer_price_pct"] == pytest.approx(
        np.average([1, 2, 4], weights=gdp)
    )
    assert "gdp_pct" not in effects
    with pytest.raises(LabelError, match="model 'price' says nothing about 'gdp_pct'"):
        effects["gdp_pct"]


def test_undefined_change_with_weight_spoils_the_sum(table, scenario):
    effects = Effects.build(
        table,
        scenario,
        model="price",
        variables={"consumer_price_pct": (("region",), np.array([1.0, np.nan, 1.0]))},
    )
    assert np.isnan(effects.by_region().loc["WORLD", "consumer_price_pct"])


def test_long_table_holds_every_cell_once(effects):
    frame = effects.to_dataframe()
    assert len(frame) == sum(v.size for v in effects.dataset.data_vars.values())
    keys = ["variable", "closure", "region", "sector"]
    assert not frame.duplicated(keys).any()
    one = frame.set_index(keys).loc[("output_pct_by_closure", "diverted", "CHN", "C26")]
    assert one["value"] == 1.0
    assert one["units"] == "percent"


def test_unknown_variable_is_refused_with_the_nearest_name(table, scenario):
    with pytest.raises(LabelError, match="unknown effects variable 'gdp_percent'"):
        Effects.build(
            table, scenario, model="m", variables={"gdp_percent": (("region",), np.zeros(3))}
        )


def test_wrong_dimensions_shape_or_labels_are_refused(table, scenario):
    def build(name, dims, cells, **more):
        return Effects.build(table, scenario, model="m", variables={name: (dims, cells)}, **more)

    with pytest.raises(IOModelError, match=r"it needs \('region',\)"):
        build("gdp_new", ("sector",), np.zeros(2))
    with pytest.raises(IOModelError, match="its labels ask for"):
        build("gdp_new", ("region",), np.zeros(4))
    with pytest.raises(LabelError, match="no labels for 'closure'"):
        build("gdp_pct_by_closure", ("closure", "region"), np.zeros((2, 3)))
    with pytest.raises(IOModelError, match="needs 'exports_base' beside it"):
        build("exports_pct", ("region",), np.zeros(3))


def test_further_dimensions_stand_in_front(table, scenario):
    effects = Effects.build(
        table,
        scenario,
        model="inventories",
        variables={"gdp_pct": (("time", "region"), np.ones((4, 3)))},
        coords={"time": [0, 1, 2, 3]},
    )
    assert effects["gdp_pct"].dims == ("time", "region")
    assert "gdp_pct" not in effects.by_region()
    assert len(effects.to_dataframe().query("variable == 'gdp_pct'")) == 12


def test_arrays_cannot_be_written_through(effects):
    with pytest.raises(ValueError, match="read-only"):
        effects["output_new"].values[0, 0] = 1.0


def test_registry_gives_every_level_and_percentage_a_consistent_row():
    for name, found in VARIABLES.items():
        assert found.name == name
        assert bool(found.percent_of) == bool(found.weight)
        if found.weight:
            assert found.weight in VARIABLES
            assert not VARIABLES[found.weight].weight


@settings(deadline=None, max_examples=40)
@given(
    base=st.lists(st.floats(0.1, 1e6), min_size=3, max_size=3),
    change=st.lists(st.floats(-99, 300), min_size=3, max_size=3),
)
def test_world_percentage_equals_change_of_the_sums(base, change):
    before, pct = np.array(base), np.array(change)
    after = before * (1 + pct / 100)
    weighted = (percent_change(before, after) * before).sum() / before.sum()
    total = percent_change(before.sum(), after.sum())
    # Cancellation in `after - before` costs digits of the base, not of the change.
    assert weighted == pytest.approx(float(total), rel=1e-9, abs=1e-10)


def test_a_band_is_that_of_a_row_not_the_sum_of_lows(table, scenario):
    gdp = table.value_added.values.sum(axis=1)
    by_sigma = np.array([[-3.0, 1.0, 0.0], [-2.0, -1.0, 0.5]])
    effects = Effects.build(
        table,
        scenario,
        model="equilibrium",
        variables={
            "gdp_new": (("region",), gdp * (1.0 + by_sigma[0] / 100.0)),
            "gdp_pct_by_sigma": (("sigma", "region"), by_sigma),
        },
        coords={"sigma": [1.5, 2.0]},
    )
    frame = effects.by_region()
    np.testing.assert_allclose(frame["gdp_pct_low"][:3], by_sigma.min(axis=0))
    np.testing.assert_allclose(frame["gdp_pct_high"][:3], by_sigma.max(axis=0))
    world = by_sigma @ gdp / gdp.sum()
    assert frame.loc["WORLD", "gdp_pct_low"] == pytest.approx(world.min())
    assert frame.loc["WORLD", "gdp_pct_high"] == pytest.approx(world.max())
    assert frame.loc["WORLD", "gdp_pct"] == pytest.approx(world[0])
    assert not [column for column in frame if "sigma" in column]
    long = effects.to_dataframe()
    assert set(long.loc[long["variable"] == "gdp_pct_by_sigma", "sigma"]) == {1.5, 2.0}
