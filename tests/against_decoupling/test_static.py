"""Two blocs and a US-China break in static models, against published ranges of world losses.

Static models with inputs put the loss of two blocs (+160% trade costs) at 2.5 to 4% of world GDP
at trade elasticities of 4 to 8, about 6% at 2 and 8 to 9% at 1; without inputs at about 1.6%; a
bilateral US-China break at .1 to .9%. WIOD 2011, rest of the world in the East.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datasets.published import WIOD_YEARS
from replications.static_decoupling.laboratory import Laboratory, wiod
from replications.static_decoupling.page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "decoupling-static.md"
LOW_END = (
    "a finding: a uniform elasticity of 8 gives less than the range for 4 to 8; elasticities "
    "that vary by sector are inside it"
)


@pytest.mark.parametrize(
    ("elasticities", "nested", "lowest", "highest"),
    # "About 6" is read as 5.5 to 6.5.
    [
        pytest.param(8.0, False, 2.5, 4.0, marks=pytest.mark.xfail(reason=LOW_END)),
        pytest.param(8.0, True, 2.5, 4.0, marks=pytest.mark.xfail(reason=LOW_END)),
        (4.0, False, 2.5, 4.0),
        (4.0, True, 2.5, 4.0),
        ("CP-99", False, 2.5, 4.0),
        ("CP-99", True, 2.5, 4.0),
        (2.0, False, 5.5, 6.5),
        (2.0, True, 5.5, 6.5),
        (1.0, False, 8.0, 9.0),
        (1.0, True, 8.0, 9.0),
    ],
)
def test_two_blocs_cost_the_world_what_is_published(
    world: Laboratory, elasticities: str | float, nested: bool, lowest: float, highest: float
) -> None:
    found = world.solve(world.blocs(), world.theta(elasticities), nested=nested)
    assert lowest <= -found.world <= highest


def test_two_blocs_without_inputs(world: Laboratory) -> None:
    """Published as about 1.6, for an elasticity that is not named."""
    found = world.solve(world.blocs(), world.theta("CP-99"), inputs="none")
    # "About" with two digits: one unit of the last.
    assert -found.world == pytest.approx(1.6, abs=0.1)


@pytest.mark.parametrize("elasticities", [8.0, 4.0, 2.0, 1.0, "CP-99"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_bilateral_break_is_an_order_of_magnitude_smaller(
    world: Laboratory, elasticities: str | float, nested: bool
) -> None:
    theta = world.theta(elasticities)
    pair = world.solve(world.pair(), theta, cost=np.inf, nested=nested)
    blocs = world.solve(world.blocs(), theta, nested=nested)
    assert 0.1 <= -pair.world <= 0.9
    assert blocs.world < 9.0 * pair.world
    assert max(pair.by_region["USA"], pair.by_region["CHN"]) < pair.world


def test_loss_is_in_proportion_to_the_trade_that_is_cut() -> None:
    """At elasticity 1, from 7 to 14% of world GDP in sixteen years: why world-2022 gives less."""
    rates = []
    for year in WIOD_YEARS:
        lab = wiod(year)
        found = lab.solve(lab.blocs(), lab.theta(1.0))
        rates.append(found.world / found.cross_trade)
    # Years differ in gross output per GDP and in what is traded: 5% is far below the factor of 2
    # by which the trade itself grew.
    assert np.ptp(rates) < 0.05 * abs(np.mean(rates))


def test_the_page_is_what_the_script_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
