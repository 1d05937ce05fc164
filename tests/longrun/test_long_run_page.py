"""docs/long-run.md and the README's table: the committed results, and the code behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

import iomodel as iom
from iomodel.effects.tables import WORLD
from replications.long_run.page import in_readme, page, readme_table, results
from replications.long_run.runs import (
    MAIN,
    NUMBERS,
    RESULTS,
    SCENARIOS,
    VARIANTS,
    VARIED,
    losses,
)
from replications.pages import facts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "long-run.md"
# Results have four decimals; another processor may round the last one the other way.
STORED = 1.1e-4


def test_page_and_readme_are_what_the_results_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
    assert in_readme() == readme_table()


def test_results_have_every_variant_and_scenario() -> None:
    rows = {(r["variant"], r["scenario"]) for r in facts(RESULTS) if r["region"] == WORLD}
    assert rows == {
        (name, scenario)
        for name, variant in VARIANTS.items()
        for group in (SCENARIOS if variant.kind == MAIN else VARIED)
        for scenario in group
    }


def test_a_variant_computed_anew_has_the_stored_results() -> None:
    """One run to 2040 on the whole table; periods of two years."""
    name = "exponent .7, inferred"
    scenario = "us-china-decoupling"
    computed = losses(iom.load("world-2022"), [scenario], VARIANTS[name])
    for column in NUMBERS:
        stored = results()[name, scenario, WORLD][column]
        assert computed[scenario, WORLD][column] == pytest.approx(stored, abs=STORED)


def test_diffusion_and_time_add_to_losses() -> None:
    """Two blocs: the level of the last year below the sum, below the static effect."""
    for name, variant in VARIANTS.items():
        if variant.kind == MAIN:
            loss = results()[name, "two-bloc-decoupling", WORLD]
            assert loss["level"] < loss["cumulative"] < loss["static"] < 0.0 > loss["diffusion"]
