"""Labels name the definition of GDP that a model uses."""

import pytest

import iomodel as iom
from iomodel.effects import CHAINED_VOLUME, Effects, variable
from iomodel.errors import LabelError


@pytest.fixture
def build(table, scenario, quantities):
    def make(**definitions):
        return Effects.build(
            table,
            scenario,
            model="m",
            closure="lost",
            variables=quantities,
            coords={"closure": ["lost", "diverted"]},
            definitions=definitions,
        )

    return make


def test_gdp_is_value_added_at_basic_prices_unless_a_model_says_otherwise(build):
    attrs = build()["gdp_pct"].attrs
    assert attrs["long_name"] == "change of GDP (value added at basic prices)"
    assert attrs["percent_of"] == "base GDP (value added at basic prices)"


def test_a_definition_is_in_the_labels_of_changes_and_new_levels(build):
    effects = build(gdp=CHAINED_VOLUME)
    for name in ("gdp_pct", "gdp_pct_by_closure"):
        assert CHAINED_VOLUME in effects[name].attrs["long_name"]
        assert CHAINED_VOLUME in effects[name].attrs["percent_of"]
    assert CHAINED_VOLUME in effects["gdp_new"].attrs["long_name"]
    # The base is the table's own level, which the volume index starts from.
    assert "value added at basic prices" in effects["gdp_base"].attrs["long_name"]
    assert build().by_region().equals(effects.by_region())


def test_unregistered_definitions_are_refused(build):
    with pytest.raises(LabelError, match="unknown definition of 'gdp_pct' 'at factor cost'"):
        build(gdp="at factor cost")
    with pytest.raises(LabelError, match="unknown definition of 'output_pct'"):
        build(output=CHAINED_VOLUME)
    with pytest.raises(LabelError, match="unknown effects variable"):
        variable("gpd_pct", CHAINED_VOLUME)


def test_equilibrium_labels_gdp_as_chained_volume_at_market_prices(table):
    scenario = iom.Scenario(iom.Tariff("USA", "CHN", "C26", 0.1), name="duty")
    effects = iom.run(table, scenario, model="equilibrium", elasticities=4.0, links=1)
    attrs = effects["gdp_pct"].attrs
    assert attrs["long_name"] == "change of GDP (chained volume at market prices)"
    assert attrs["percent_of"] == "base GDP (chained volume at market prices)"
    assert attrs["weight"] == "gdp_base"
