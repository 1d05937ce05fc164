"""The bracket of a supply cut: every method, expenditure, implied prices, and what it prints."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from rich.console import Console

from iomodel.cli import main
from iomodel.cli.job import suited_table
from iomodel.cli.run import _bracket_pointer
from iomodel.errors import NotApplicableError
from iomodel.models import Workbench, applicable
from iomodel.models.shortage.expenditure_bounds import trapezoid
from iomodel.report.cut_text import cut_text
from iomodel.report.headline import banded
from iomodel.report.numbers import few_digits
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, Tariff
from iomodel.studies.case import Case
from iomodel.studies.cut_cases import FAMILIES, cut_cases, cut_sectors
from iomodel.studies.cut_headline import cut_headline
from iomodel.studies.supply_cuts import PRICES, cut_bracket
from iomodel.table.catalogue import load

CHAIN = ["C20_REE", "C24A_REE", "C27_REE"]
CUT = Scenario(
    ExportCut("CHN", CHAIN, 0.8, importers=["USA", "JPN"]), name="cut", title="Four fifths less"
)


@pytest.fixture(scope="module")
def table():
    """The split world in five regions."""
    world = load("world-2022-ree")
    named = ["USA", "CHN", "JPN", "KOR"]
    rest = [r for r in world.regions if r not in named]
    return world.aggregate(regions={**{r: [r] for r in named}, "ROW": rest})


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def bracket(table, told):
    return cut_bracket(table, CUT, progress=told.append)


def test_every_applicable_method_runs_or_leaves_its_sentence(bracket, table, told):
    labels = [case.label for case in bracket.ensemble.cases]
    assert told == labels
    assert len(set(labels)) == len(labels)
    assert {case.model for case in bracket.ensemble.cases} == set(applicable(table, CUT))
    assert set(bracket.ensemble.effects) | set(bracket.ensemble.refusals) == set(labels)
    # Supplying all users in full leaves China less than no magnets to sell at home.
    assert list(bracket.ensemble.refusals) == ["mixed"]
    assert set(bracket.losses().index.get_level_values("family")) == set(FAMILIES) - {"other"}
    assert cut_sectors(Workbench(table), CUT) == CHAIN


def test_the_bill_is_what_was_bought_of_what_is_cut(bracket, table):
    chn = table.regions.index("CHN")
    for name in ("USA", "JPN"):
        n = table.regions.index(name)
        flows = table.Z.values[chn, :, n].sum(axis=1) + table.Y.values[chn, :, n].sum(axis=1)
        bought = sum(flows[table.sectors.index(s)] for s in CHAIN)
        assert bracket.account(name)["expenditure"] == pytest.approx(bought, rel=1e-9)
        assert bracket.account(name)["remaining"] == pytest.approx(0.2)
    assert bracket.account("KOR")["expenditure"] == 0.0
    assert bracket.focus == "USA"
    both = bracket.account("USA")["expenditure"] + bracket.account("JPN")["expenditure"]
    assert bracket.account("WORLD")["expenditure"] == pytest.approx(both)


def test_multiples_and_implied_prices_follow_from_losses(bracket):
    own = bracket.account("USA")
    losses, times = bracket.losses(["USA"])["USA"], bracket.multiples(["USA"])["USA"]
    np.testing.assert_allclose(times, -losses / 100 * own["gdp"] / own["expenditure"])
    prices = bracket.implied_prices(["USA"])["USA"]
    for price in PRICES:
        assert prices["prices", f"price x {price:g}"] == pytest.approx(price)
    known = prices.dropna()
    back = trapezoid(own["expenditure"] / own["gdp"], own["remaining"], known.to_numpy())
    np.testing.assert_allclose(100 * back, losses[known.index], rtol=1e-9)
    # A loss below the one at base prices implies no price.
    assert np.isnan(prices["accounting", "leontief, lost"])
    assert bracket.multiples(["KOR"])["KOR"].isna().all()


def test_the_more_a_method_lets_people_do_the_less_is_lost(bracket):
    """Each family is monotone in what decides it; no allocation beats the best one."""
    loss = -bracket.losses(["USA"])["USA"]
    sweep = loss["equilibrium"]
    for tail in ("", ", rent stays", ", rent abroad"):
        values = [sweep[f"sigma {s}{tail}"] for s in ("0.5", "0.2", "0.1")]
        assert values == sorted(values)
        assert values[0] < values[-1]
    assert 0 < sweep["sigma 0.1, new origins"] < sweep["sigma 0.1"]
    stocks = [loss["stocks", f"inventories, {m} months"] for m in (6, 2, 0)]
    assert 0 < stocks[0] < stocks[1] < stocks[2]
    for weight in ("0.5", "1"):
        best = -bracket.losses(["WORLD"])["WORLD"]["allocation", f"rationing, weight {weight}"]
        least = -bracket.losses(["WORLD"])["WORLD"]["bottleneck", f"bottleneck {weight}, possible"]
        assert 0 < best < least
    assert loss["accounting", "leontief, lost"] < loss["allocation", "rationing, weight 0.5"]


def test_one_method_that_fails_leaves_the_others(table):
    cases = [
        Case("wrong", CUT, "scarce", {"sigma": -1.0}, "equilibrium"),
        Case("ghosh", CUT, "ghosh", family="accounting"),
    ]
    bracket = cut_bracket(table, CUT, cases=cases)
    assert list(bracket.ensemble.effects) == ["ghosh"]
    sentence = "option sigma of model scarce is -1.0; give a number above 0"
    assert bracket.ensemble.refusals["wrong"] == sentence
    assert f"wrong refuses: {sentence}" in printed(bracket)


def test_the_headline_is_one_case_between_the_corners_of_its_band(bracket):
    """Elasticity .2 with rents as the cut says; corners .1 and .5, sellers and buyers."""
    headline = cut_headline(bracket)
    losses = bracket.losses().droplevel("family").T
    assert headline.question == (
        "Four fifths less; within a year, no stocks, sellers and buyers share the rent"
    )
    assert headline.missing == ()
    frame = headline.frame
    assert frame["change"].tolist() == losses["sigma 0.2"].tolist()
    assert frame["with_stocks"].tolist() == losses["inventories, 2 months"].tolist()
    corners = losses[[f"sigma {s}, rent {h}" for s in ("0.1", "0.5") for h in ("stays", "abroad")]]
    assert (frame["low"] <= corners.min(axis=1)).all()
    assert (frame["high"] >= corners.max(axis=1)).all()
    assert ((frame["low"] <= frame["change"]) & (frame["change"] <= frame["high"])).all()
    text = printed(bracket)
    row = frame.loc["USA"]
    cell = banded(row["change"], row["low"], row["high"], 2)
    assert cell in text
    # It stands above the bracket that it is a case of.
    assert text.index(cell) < text.index("Change of GDP, percent")


def test_a_run_of_a_cut_points_to_its_headline():
    assert "`iomodel compare` prints one number" in _bracket_pointer(CUT)
    assert _bracket_pointer(Scenario(Tariff("USA", "CHN", rate=0.1), name="tariff")) == ""


def test_no_headline_without_its_cases_or_at_another_horizon(table):
    few = [Case("ghosh", CUT, "ghosh", family="accounting")]
    assert cut_headline(cut_bracket(table, CUT, cases=few)) is None
    later = [
        Case(label, CUT, "scarce", {"sigma": 0.2, "horizon": "medium"}, "equilibrium")
        for label in ("sigma 0.2", "sigma 0.5, rent stays")
    ]
    assert cut_headline(cut_bracket(table, CUT, cases=later)) is None


def test_models_without_known_sweeps_run_once():
    cases = cut_cases(CUT, ["ghosh", "oracle"], ["C20"])
    assert [(c.label, c.family) for c in cases] == [("ghosh", "accounting"), ("oracle", "other")]


def test_a_scenario_without_cuts_is_refused(table):
    with pytest.raises(NotApplicableError, match="cuts no supplies"):
        cut_bracket(table, Scenario(Tariff("USA", "CHN", rate=0.1), name="tariff"))


# ---------------------------------------------------------------------- what is printed and written
def printed(bracket):
    file = io.StringIO()
    Console(width=80, file=file).print(cut_text(bracket))
    return " ".join(file.getvalue().split())


def test_the_text_says_what_was_cut_and_what_it_implies(bracket):
    text = printed(bracket)
    own = bracket.account("USA")
    cost = f"United States {own['expenditure']:,.0f} million USD"
    assert f"Expenditure on restricted imports: {cost}" in text
    assert "20% still comes" in text
    for heading in ("Least substitution", "implied price x", "times expenditure", "hit most"):
        assert heading in text
    loss = bracket.losses(["USA"]).loc[("allocation", "rationing, weight 1"), "USA"]
    assert few_digits(loss, most=4) in text
    assert "mixed refuses" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-12.345, "-12"),
        (-0.12345, "-0.12"),
        (0.000123, "0.0001"),
        (-0.00001, "0"),
        (1234.5, "1,200"),
        (3.26e6, "3,300,000"),
        (float("nan"), "-"),
    ],
)
def test_numbers_stay_short(value, words):
    assert few_digits(value, most=4) == words


def test_the_table_and_the_figure_hold_every_run(bracket, tmp_path):
    rows = pd.read_csv(bracket.to_csv(tmp_path / "c.csv"))
    assert not rows.duplicated(["region", "case", "closure", "variable"]).any()
    assert set(rows["region"]) == {"USA", "CHN", "JPN", "KOR", "ROW", "WORLD"}
    plain = pd.read_csv(bracket.ensemble.to_csv(tmp_path / "plain.csv"))
    assert list(rows.columns) == list(plain.columns)
    one = rows.query("region == 'USA' and case == 'ghosh'").set_index("variable")["value"]
    assert one["gdp_pct"] == pytest.approx(bracket.losses()["USA"]["accounting", "ghosh"])
    times = bracket.multiples()["USA"]["accounting", "ghosh"]
    assert one["expenditure_multiple"] == pytest.approx(times)
    chart = bracket.plot.bracket()
    assert chart.png() == bracket.plot.bracket().png()
    assert chart.save(tmp_path / "c.svg").stat().st_size > 10_000


def test_the_command_line(table, tmp_path, monkeypatch):
    """compare runs the bracket of a cut; the split table is taken where nothing is said."""
    assert suited_table(Scenario.load("rare-earth-80")) == "world-2022-ree"
    assert suited_table(Scenario.load("content-control-0.1")) == "world-2022-ree"
    assert suited_table(Scenario.load("us-china-decoupling")) == "world-2022"
    monkeypatch.chdir(tmp_path)
    table.to_netcdf(tmp_path / "small.nc")
    # A quarter of the methods is enough here.
    monkeypatch.setattr(
        "iomodel.studies.comparison.cut_cases",
        lambda scenario, *_: [Case("a", scenario, "ghosh", family="other")],
    )
    (tmp_path / "cut.yaml").write_text(CUT.to_yaml())
    result = CliRunner().invoke(main, ["compare", "cut.yaml", "--table", "small.nc"])
    assert result.exit_code == 0, result.output
    assert "Implied price" in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    files = sorted(p.name for p in (tmp_path / "results" / "cut").iterdir())
    assert files == ["bracket.csv", "comparison.csv", "comparison.nc", "comparison.png"]


def test_the_command_on_content(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table.to_netcdf(tmp_path / "small.nc")
    result = CliRunner().invoke(main, ["content", "content-control-0.1", "--table", "small.nc",
                                       "--set", "importers=[USA, JPN]"])  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "0.1% (the rule)" in result.stdout
    assert "A ban stops" in result.stdout
    folder = tmp_path / "results" / "content-control-0.1"
    assert sorted(p.name for p in folder.iterdir()) == [
        "content.csv", "content.png", "flows.csv", "thresholds.csv",
    ]  # fmt: skip
    frame = pd.read_csv(folder / "flows.csv")
    assert set(frame["importer"]) <= {"USA", "JPN"}
    assert (frame["embodied"] >= 0.001).all()
    wrong = CliRunner().invoke(main, ["content", "rare-earth-80", "--table", "small.nc"])
    assert wrong.exit_code == 2
    assert "holds 0 content controls" in wrong.stderr
