"""Which regions, industries and numbers a reader sees first."""

import io

import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text
from rich.console import Console

import iomodel as iom
from iomodel.effects import Effects
from iomodel.effects.regions import named_regions
from iomodel.report.headline import headline, headline_rows, undetermined_note
from iomodel.report.html import report_html
from iomodel.report.provenance import identity
from iomodel.report.rankings import industries_hit, ranked_regions, regions_hit
from iomodel.report.text import effects_text


class Named:
    name = "named"
    title = ""
    fingerprint = "0" * 64

    def __init__(self, text):
        self.text = text

    def to_yaml(self):
        return self.text


def printed(renderable):
    stream = io.StringIO()
    Console(file=stream, width=100, markup=False, highlight=False).print(renderable)
    return stream.getvalue()


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


def incomes(table, scenario, gdp, income):
    """Effects of a model with real GDP and real income, in percent by region."""
    base = table.value_added.values.sum(axis=1)
    return Effects.build(
        table,
        scenario,
        model="equilibrium",
        variables={
            "gdp_new": (("region",), base * (1.0 + np.array(gdp) / 100.0)),
            "real_income_pct": (("region",), np.array(income)),
        },
    )


def test_regions_are_ranked_by_real_income(table):
    scenario = Named("name: named\nshocks: []\n")
    gdp = [-0.5, -0.4, -0.3, -0.2, -0.1, 0.0]
    income = [-0.1, 0.004, -0.3, -0.9, 0.7, -0.001]
    effects = incomes(table, scenario, gdp, income)
    assert headline(effects).variable == "real_income_pct"
    hit = regions_hit(effects, 9)["real_income_pct"]
    assert list(hit.index) == ["VNM", "DEU", "USA", "ROW"]


def test_most_hit_lose_and_gain_most_gain_by_what_is_printed(table):
    scenario = Named("name: named\nshocks: []\n")
    income = [-0.1, 0.004, -0.3, -0.004, 0.7, -0.9]
    effects = incomes(table, scenario, [0.0] * 6, income)
    ranked = ranked_regions(effects, 9)
    assert list(ranked.headline.index) == ["WORLD", "ASEAN", "EU27", "JPN"]
    assert list(ranked.losers.index) == ["ROW", "DEU", "USA"]
    assert list(ranked.gainers.index) == []
    assert ranked.decimals == 2
    text = printed(effects_text(effects))
    assert "most hit" in text
    assert "gain most" not in text
    effects = incomes(table, scenario, [0.0] * 6, [0.2, 0.3, -0.1, 0.001, 0.0, -0.2])
    for page in (printed(effects_text(effects)), report_html(effects)):
        words = page.lower()
        assert words.index("most hit") < words.index("gain most") < words.index("united states")
    drawn = [text.get_text() for text in effects.plot.regions().findobj(Text)]
    assert {"Most hit", "Gain most"} <= set(drawn)


def test_prices_that_fall_are_gains(table):
    scenario = Named("name: named\nshocks: []\n")
    total = np.array([0.5, -0.4, 0.3, 0.2, -0.1, 0.001])
    effects = Effects.build(
        table,
        scenario,
        model="price",
        variables={
            "consumer_price_pct": (("region",), total),
            "consumer_price_direct_pct": (("region",), total / 2),
            "consumer_price_cascaded_pct": (("region",), total / 2),
        },
    )
    ranked = ranked_regions(effects, 3)
    assert (ranked.losers["consumer_price_pct"] > 0).all()
    assert "ROW" not in ranked.losers.index
    assert (ranked.gainers["consumer_price_pct"] < 0).all()


def test_us_tariffs_hit_the_neighbours_most():
    """Their real income falls most; their real GDP hardly moves."""
    effects = iom.run(iom.load("world-2022"), iom.Scenario.load("us-tariffs-2025-11"))
    ranked = ranked_regions(effects, 6)
    assert list(ranked.losers.index[:2]) == ["MEX", "CAN"]
    assert ranked.losers.loc["CAN", "real_income_pct"] == pytest.approx(-1.03, abs=0.01)
    assert (ranked.losers["real_income_pct"] < -0.005).all()
    assert (ranked.gainers["real_income_pct"] > 0.005).all()


@pytest.mark.parametrize("alone", [False, True])
def test_a_band_stands_beside_its_number_or_for_it(table, alone):
    scenario = Named("name: named\nshocks: []\n")
    base = table.value_added.values.sum(axis=1)
    income = np.array([[-3.0, 1.0, 0.0, -1.0, 2.0, 0.1], [-2.0, -1.0, 0.5, -1.5, 1.0, 0.1]])
    effects = Effects.build(
        table,
        scenario,
        model="equilibrium",
        variables={
            "gdp_new": (("region",), base),
            "real_income_pct": (("region",), income[0]),
            "real_income_pct_by_sigma": (("sigma", "region"), income),
        },
        coords={"sigma": [1.5, 2.0]},
        parameters={"band": {"sigma": [1.5, 2.0], "alone": alone}},
    )
    ends = ["real_income_pct_low", "real_income_pct_high"]
    number = [] if alone else ["real_income_pct"]
    assert list(headline(effects).columns) == ["gdp_pct", *number, *ends]
    key = ends[0] if alone else "real_income_pct"
    assert (np.diff(regions_hit(effects, 3)[key]) >= 0).all()


@pytest.fixture
def banded(table):
    """Draws of which the first region's span zero, the second's do not."""
    base = table.value_added.values.sum(axis=1)
    draws = np.array([[-0.5, -2.0, 0.0, 0.004, 1.0, 0.0], [0.5, -1.0, 0.0, -0.004, 2.0, 0.0]])
    effects = Effects.build(
        table,
        Named("name: named\nshocks: []\n"),
        model="equilibrium",
        variables={
            "gdp_new": (("region",), base),
            "real_income_pct": (("region",), draws.mean(axis=0)),
        },
    )
    by_draw = xr.DataArray(draws, dims=("draw", "region"), coords={"draw": [0, 1]})
    return effects.with_draws({"real_income_pct": by_draw}, parameters={"draws": 2}, note="Drawn.")


def test_a_band_is_printed_beside_its_number_and_marked_where_it_spans_zero(banded):
    summary, frame = headline(banded), banded.by_region()
    assert summary.shown == {"gdp_pct": "real GDP", "real_income_pct": "real income"}
    cells = [summary.cells(frame.iloc[k], 2)[1] for k in range(5)]
    assert cells == [
        "0.00 (-0.45 to +0.45) ?",
        "-1.50 (-1.95 to -1.05)",
        "0.00 (0.00 to 0.00)",
        # Of opposite signs, but not at the printed digits.
        "0.00 (0.00 to 0.00)",
        "+1.50 (+1.05 to +1.95)",
    ]
    assert summary.cells(frame.iloc[3], 4)[1] == "0.0000 (-0.0036 to +0.0036) ?"


def test_text_and_page_say_where_a_sign_is_not_determined(banded):
    sentence = "? = sign not determined: the band spans zero."
    assert undetermined_note(["-1.00 (-2.00 to -0.50)", "0.10"]) == []
    assert undetermined_note(["0.00 (-1.00 to +1.00) ?"]) == [sentence]
    page = report_html(banded)
    assert sentence in page
    assert ") ?</td>" in page
    assert "Drawn." in page
