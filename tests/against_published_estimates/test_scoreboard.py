"""docs/scoreboard.md lays published estimates beside ours: a few rows are worked out again."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from iomodel.table.catalogue import load
from replications.pages import row
from replications.scoreboard.page import Comparison, line
from replications.scoreboard.runs import (
    CUT_HEADLINE,
    LEVIER,
    Answer,
    Estimate,
    answer,
    estimates,
    scenario_of,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scoreboard.md").read_text(encoding="utf-8")
ESTIMATES = estimates()
# Runs of a second or two each: one level with a sector, one group of a scenario, one band.
RECOMPUTED = [
    ("BudgetLab2025", "USA", "gdp_pct", "us-tariffs-2025-11", "horizon=long"),
    ("BudgetLab2025", "USA", "output", "us-tariffs-2025-08-07", "horizon=long"),
    ("FelbermayrMahlkowSandkamp2023", "BRIC", "real_income_pct", "bric-west-barriers", ""),
    ("BachmannEtAl2022", "DEU", "gni_pct", "germany-russian-energy", "horizon=short"),
]


def selected(key, region, measure, scenario, options):
    return [
        e
        for e in ESTIMATES
        if (e.key, e.region, e.measure, e.scenario) == (key, region, measure, scenario)
        and options in e.options
    ]


@pytest.mark.parametrize("words", RECOMPUTED, ids=lambda words: words[3])
def test_rows_of_the_page(words):
    rows = selected(*words)
    assert rows
    for estimate in rows:
        assert row(line(Comparison(estimate, answer(estimate)))) in PAGE


def test_every_estimate_is_on_the_page_with_its_source_and_its_reason():
    bibliography = (ROOT / "iomodel" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{([^,]+),", bibliography, flags=re.M))
    lines = [text for text in PAGE.splitlines() if re.match(r"\| [^|]+ \(\d{4}\) \[", text)]
    assert len(lines) == len(ESTIMATES) >= 20
    for estimate in ESTIMATES:
        assert estimate.key in keys
        assert estimate.low <= estimate.high
        assert estimate.shock
        assert estimate.horizon
        # One sentence.
        assert estimate.why.endswith(".")
        assert ". " not in estimate.why
        assert any(f"[{estimate.key}]" in t and t.endswith(f"{estimate.why} |") for t in lines)


def test_every_scenario_of_the_page_can_be_run():
    tables = {name: load(name) for name in {e.table for e in ESTIMATES}}
    for name, table in dict.fromkeys((e.scenario, e.table) for e in ESTIMATES):
        assert scenario_of(name).lower(tables[table]).kinds


def test_supply_cuts_have_the_headline_and_its_band(monkeypatch):
    headlines = [e for e in ESTIMATES if e.options == CUT_HEADLINE]
    assert {e.table for e in ESTIMATES if e.scenario.startswith("rare-earth")} == {
        e.table for e in headlines
    }
    frame = pd.DataFrame({"change": [-0.2], "low": [-1.0], "high": [0.5]}, index=["JPN"])
    monkeypatch.setattr("replications.scoreboard.runs._headline_frame", lambda *words: frame)
    japan = next(e for e in headlines if e.region == "JPN")
    assert answer(japan) == Answer(-0.2, -1.0, 0.5)
    assert not answer(japan).band_alone


def test_partners_answer_with_the_duty_that_they_pay():
    # A uniform duty: the mean of each partner is the rate itself.
    answered = scenario_of("us-uniform-duty-answered rate=0.3")
    answers = [shock for shock in answered.shocks if shock.exporter == LEVIER]
    assert {round(shock.rate, 12) for shock in answers} == {0.3}
    partners = {shock.importer for shock in answers}
    assert LEVIER not in partners
    assert {"CHN", "DEU", "CAN"} <= partners


def of(low, high, value, measure="gdp_pct", band=(0.0, 0.0), alone=False):
    words = dict.fromkeys(("source", "key", "year", "shock", "region", "sectors", "horizon"), "")
    words |= dict.fromkeys(("scenario", "table", "options", "why"), "")
    estimate = Estimate(**words, measure=measure, low=low, high=high)
    return Comparison(estimate, Answer(value, *(value + end for end in band), alone))


def test_agreement_is_measured_to_the_nearest_end_of_a_range():
    inside, beyond, twice = of(-3.0, -1.0, -2.0), of(-3.0, -1.0, -7.0), of(-3.0, -1.0, -0.5)
    assert (inside.ratio, inside.near) == (1.0, True)
    assert (beyond.nearest, beyond.near) == ((-7.0, -3.0), False)
    assert (twice.ratio, twice.near) == (0.5, True)


def test_a_small_figure_of_the_other_sign_is_a_wrong_sign():
    wrong = of(-1.9, -1.9, 0.01)
    assert not wrong.same_sign
    assert not wrong.near
    assert of(-1.9, -1.9, -0.01).same_sign
    assert not of(19.0, 19.0, 15.0, "best_duty").signed


def test_a_band_meets_a_published_range_where_the_two_overlap():
    assert of(-5.0, -4.0, -6.0, band=(-1.0, 1.5)).in_band
    assert not of(-5.0, -4.0, -6.0, band=(-1.0, 0.5)).in_band


@pytest.mark.parametrize(
    ("band", "nearest"),
    [((-1.0, 0.5), (-5.5, -5.0)), ((1.5, 3.0), (-4.5, -4.5)), ((3.0, 4.0), (-3.0, -4.0))],
)
def test_a_band_without_a_number_is_compared_at_its_nearest_point(band, nearest):
    assert of(-5.0, -4.0, -6.0, band=band, alone=True).nearest == nearest
