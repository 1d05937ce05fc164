"""docs/rare-earths.md says what the code finds: a few rows are worked out again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import iomodel as iom
from iomodel.report.names import region_name
from iomodel.report.numbers import few_digits
from iomodel.scenario.reach import content_reach
from iomodel.studies.cut_cases import CORNERS, HEADLINE
from iomodel.studies.supply_cuts import cut_bracket
from replications.rare_earth_cuts import page as rare_earths
from replications.rare_earth_cuts.country_order import country_factors, multiples

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rare-earths.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# One of each family that takes a second or two.
SCENARIO = iom.Scenario.load(rare_earths.SCENARIO)
CASES = [
    iom.Case("ghosh", SCENARIO, "ghosh", family="accounting"),
    iom.Case("sigma 0.5", SCENARIO, "scarce", {"sigma": 0.5}, "equilibrium"),
    iom.Case("sigma 0.2", SCENARIO, "scarce", {"sigma": 0.2}, "equilibrium"),
    iom.Case("bottleneck 1", SCENARIO, "bottleneck", {"important": 1.0}, "bottleneck"),
]


@pytest.fixture(scope="module")
def table():
    return iom.load("world-2022-ree")


@pytest.fixture(scope="module")
def bracket(table):
    return cut_bracket(table, SCENARIO, cases=CASES)


def test_rows_of_the_bracket(bracket):
    frame = bracket.losses(rare_earths.REGIONS)
    # Four runs with one row or two, and three price multiples.
    assert len(frame) == 8
    for (_, label), row in frame.iterrows():
        cells = " | ".join(few_digits(float(v)) for v in row)
        assert f"| {label} | {cells} |" in PAGE


def test_the_headline_is_the_case_of_its_rule_and_stands_in_the_readme(bracket):
    """The number is worked out again; its band is that of the rows of the page."""
    change = bracket.losses(["USA"]).loc[("equilibrium", "sigma 0.2"), "USA"]
    sentence = next(line for line in PAGE.splitlines() if line.startswith(f"**{SCENARIO.title}"))
    assert f"changes by {change:+.2f} (" in sentence
    block = README.split(rare_earths.START)[1].split(rare_earths.END)[0]
    assert " ".join(block.split()) == f"{sentence} {rare_earths.WHY_IMF}"
    assert rare_earths.WHY_IMF in PAGE
    rows = [line.split(" | ") for line in PAGE.splitlines()]
    named = [row for row in rows if row[0].removeprefix("| ") in (HEADLINE, *CORNERS)]
    # The bracket; the table of implied prices below it has the same labels.
    corners = [float(row[1].replace(",", "")) for row in named]
    assert len(corners) == 5 + 5
    low, high = re.search(r"\((-[\d.]+) to (-[\d.]+)\) percent", sentence).groups()
    # Two digits in the bracket, two decimals in the headline.
    assert float(low) == pytest.approx(min(corners[:5]), rel=0.05)
    assert float(high) == pytest.approx(max(corners[:5]), abs=0.005)


def test_the_order_of_countries(table):
    """The table of factors is worked out again; the factors of magnets multiply to their ratio."""
    factors = country_factors(table, SCENARIO)
    for name in ("JPN", "DEU", "KOR"):
        times = multiples(factors, name)
        product = times["users"] * times["intensity"] * times["china"]
        assert product == pytest.approx(times["magnets"], rel=1e-9)
        cells = [few_digits(factors.loc[name, c]) for c in ("restricted", "magnets", "others")]
        assert f"| {region_name(name)} | {' | '.join(cells)} | " in PAGE
    parts = factors["magnets"] + factors["others"]
    assert factors["restricted"].tolist() == pytest.approx(parts.tolist(), rel=1e-12)


def test_content_of_the_page(table):
    at = content_reach(table, iom.Scenario.load(rare_earths.RULE)).by_threshold()
    assert rare_earths._content(at) in PAGE


def test_published_figures_stand_beside_ours(bracket):
    found = rare_earths.studies(bracket.restricted["gdp"])
    assert {study.name for study in found} == {"IMF", "ECB", "USGS", "Daiwa", "NRI"}
    for study in found:
        assert f"| {study.name} [{study.key}] |" in PAGE
        assert study.low <= study.high < 0
    # Ten billion dollars of the table's GDP.
    usgs = next(study for study in found if study.name == "USGS")
    assert usgs.low == pytest.approx(-100 * 9990 / bracket.restricted.loc["USA", "gdp"])


def test_a_figure_stands_between_the_next_smaller_and_larger_loss(bracket):
    frame = bracket.losses(rare_earths.REGIONS)
    study = rare_earths.Study("x", "", "USA", -0.06, -0.05, "")
    smaller, within, larger = rare_earths.beside(study, frame)
    assert smaller.endswith("(sigma 0.5)")
    assert within == "-"
    assert larger.endswith("(sigma 0.2)")
    wide = rare_earths.Study("x", "", "USA", -99.0, -0.01, "")
    within = rare_earths.beside(wide, frame)[1]
    assert [part.split(" (")[1] for part in within.split("; ")] == [
        "sigma 0.5)",
        "sigma 0.2)",
        "bottleneck 1, possible)",
        "bottleneck 1, sold)",
    ]


def test_no_place_is_left_open():
    assert not re.search(r"\{[a-z_]+\}", PAGE)
