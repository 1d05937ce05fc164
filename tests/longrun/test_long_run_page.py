"""docs/long-run.md and the README's table: the committed results, and the code behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import iomodel as iom
from iomodel.effects.tables import WORLD
from iomodel.models.elasticities import SOURCES
from iomodel.scenario.scenario import Scenario
from iomodel.studies.decoupling import Blocs
from replications.goes_bekkers_2022.runs import INFERRED, PRINTED
from replications.goes_bekkers_2022.ten_by_six import MEMBERSHIPS
from replications.long_run.page import in_readme, market_rates, page, readme_table
from replications.long_run.results import CAUSES, loss_range, results
from replications.long_run.runs import (
    MAIN,
    MEMBERSHIP,
    NUMBERS,
    RESULTS,
    VARIANTS,
    distinct_memberships,
    losses,
    scenarios_of,
    sides,
)
from replications.long_run.waterfall import FIGURE, STEPS, image, steps_chart, totals
from replications.pages import facts, signed

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "long-run.md"
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
        for group in scenarios_of(variant)
        for scenario in group
    }


def test_a_variant_computed_anew_has_the_stored_results() -> None:
    """One run to 2040 on the whole table; periods of two years."""
    name = "exponent .7, inferred"
    scenario = "us-china-decoupling"
    computed = losses(iom.load("world-2022"), [Scenario.load(scenario)], VARIANTS[name])
    for column in NUMBERS:
        stored = results()[name, scenario, WORLD][column]
        assert computed[scenario, WORLD][column] == pytest.approx(stored, abs=STORED)


def test_diffusion_and_time_add_to_losses() -> None:
    """Two blocs: the level of the last year below the sum, below the static effect."""
    for name, variant in VARIANTS.items():
        if variant.kind == MAIN:
            loss = results()[name, "two-bloc-decoupling", WORLD]
            assert loss["level"] < loss["cumulative"] < loss["static"] < 0.0 > loss["diffusion"]


def test_both_specifications_have_all_sets_and_memberships() -> None:
    for specification in (PRINTED, INFERRED):
        of_kind = {
            kind: [
                v for v in VARIANTS.values() if (v.specification, v.kind) == (specification, kind)
            ]
            for kind in CAUSES
        }
        assert [v.options["elasticities"] for v in of_kind["elasticities"]] == list(SOURCES)
        # The main variant has our reading; two of the seven have the same blocs.
        assert len(of_kind[MEMBERSHIP]) == len(MEMBERSHIPS) - 2
    assert sum(1 + len(same) for same in distinct_memberships().values()) == len(MEMBERSHIPS) == 7


def test_the_reading_is_that_of_the_packages_groups() -> None:
    blocs = Blocs.of(iom.load("world-2022").regions)
    assert sides("reading") == {"west": sorted(blocs.west), "east": sorted(blocs.east)}
    moved = sides("turkey in rest of East")
    assert set(moved["east"]) - set(blocs.east) == set(blocs.west) - set(moved["west"]) == {"TUR"}


def test_the_union_is_as_wide_as_its_causes() -> None:
    for scenario in ("two-bloc-decoupling", "us-china-decoupling"):
        for column in NUMBERS:
            causes = [loss_range(INFERRED, scenario, column, cause) for cause in CAUSES]
            ranges = [changes for changes in causes if changes]
            union = loss_range(INFERRED, scenario, column)
            assert union is not None
            assert union.low == min(changes.low for changes in ranges)
            assert union.high == max(changes.high for changes in ranges)
            assert union.unsolved == sum(changes.unsolved for changes in ranges)


def test_the_committed_waterfall_has_the_words_and_numbers_of_the_results(tmp_path: Path) -> None:
    # Outlines of letters differ between versions of the library; the texts stand in comments.
    texts = re.compile("<!-- (.+?) -->")
    drawn = steps_chart().save(tmp_path / FIGURE).read_text(encoding="utf-8")
    committed = (DOCS / FIGURE).read_text(encoding="utf-8")
    assert texts.findall(committed) == texts.findall(drawn)
    assert set(STEPS) <= set(texts.findall(committed))
    assert image() in PAGE.read_text(encoding="utf-8")
    assert signed(totals(PRINTED)[-1]) in image()


def test_both_pages_say_what_market_rates_change() -> None:
    for name in ("long-run.md", "diffusion.md"):
        assert market_rates() in (DOCS / name).read_text(encoding="utf-8")
