"""Which regions, industries and numbers a reader sees first."""

import numpy as np
import pytest

from iomodel.effects import Effects
from iomodel.effects.regions import named_regions
from iomodel.report.headline import headline, headline_rows
from iomodel.report.provenance import identity
from iomodel.report.rankings import industries_hit, regions_hit


class Named:
    name = "named"
    title = ""
    fingerprint = "0" * 64

    def __init__(self, text):
        self.text = text

    def to_yaml(self):
        return self.text


def test_rows_are_world_then_sides_then_the_standing_ones(quantity_effects):
    rows = headline_rows(quantity_effects)
    assert rows == ["WORLD", "USA", "CHN", "ASEAN", "EU27", "JPN"]  # Korea is not in the table


@pytest.mark.parametrize(
    ("shocks", "expected"),
    [
        ("- tariff: {importer: USA, exporter: [CHN, VNM], sectors: goods}", ["USA", "CHN", "VNM"]),
        ("- export_cut: {exporter: CHN, importers: others, share: 1}", ["CHN"]),
        ("- embargo: {between: [[USA, EU27], [CHN]]}", ["USA", "EU27", "CHN"]),
        ("- supply_cut: {region: KOR, sectors: C26, share: 0.5}", []),
        ("- tariff_layer: {name: us-section-301-2018-2020}", ["USA", "CHN"]),
        ("  []", []),
    ],
)
def test_sides_are_read_from_the_scenario_text(table, shocks, expected):
    scenario = Named(f"name: named\nshocks:\n{shocks}\n")
    effects = Effects.build(table, scenario, model="m", variables={})
    assert named_regions(effects) == expected


def test_headline_is_gdp_by_closure_or_consumer_prices_with_their_split(
    quantity_effects, price_effects
):
    assert list(headline(quantity_effects).columns.values()) == ["lost", "diverted"]
    assert list(headline(price_effects).columns.values()) == ["total", "direct", "cascaded"]


def test_identity_names_model_closures_elasticities_and_table(quantity_effects, price_effects):
    words = " ".join(identity(quantity_effects))
    for part in (
        "leontief",
        "lost and diverted",
        "CP",
        "toy",
        "2022",
        "basic prices",
        "an estimate",
    ):
        assert part in words
    assert "elasticities" not in " ".join(identity(price_effects))


def test_rankings_are_in_order_and_show_only_the_worse(quantity_effects, price_effects):
    lost = regions_hit(quantity_effects, 3, without=["USA"])["gdp_pct_lost"]
    assert "USA" not in lost.index
    assert (np.diff(lost) >= 0).all()
    assert (lost < 0).all()
    gains = regions_hit(quantity_effects, 9, gains=True)["gdp_pct_diverted"]
    assert (gains > 0).all()
    assert (np.diff(gains) <= 0).all()
    dearer = regions_hit(price_effects, 9)["consumer_price_pct"]
    assert (np.diff(dearer) <= 0).all()
    industries = industries_hit(quantity_effects, 5)
    assert list(industries.columns) == ["region", "sector", "sector_name", "lost", "diverted"]
    assert (np.diff(industries["lost"]) >= 0).all()
