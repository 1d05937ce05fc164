"""What the library's scenarios say of each other's size is what the model finds."""

from __future__ import annotations

import pytest

import iomodel as iom
from iomodel.models.elasticities import LONG_RUN_SET

NAMED = {
    "us-china-decoupling": ("us-china-decoupling", "two-bloc-decoupling"),
    "two-bloc-decoupling": ("two-bloc-decoupling", "us-china-decoupling"),
    "us-china-tariff-100": ("us-china-tariff-100", "two-bloc-decoupling"),
    "two-bloc-tariffs": ("two-bloc-tariffs", "us-china-decoupling"),
}


@pytest.fixture(scope="module")
def world_gdp() -> dict[str, float]:
    """Change of world GDP in percent, as `iomodel run` has it without options."""
    table = iom.load("world-2022")
    found = {}
    for name in NAMED:
        effects = iom.run(table, iom.Scenario.load(name))
        assert (effects.model, effects.elasticities) == ("equilibrium", LONG_RUN_SET)
        found[name] = float(effects.by_region().loc["WORLD", "gdp_pct"])
    return found


@pytest.mark.parametrize("name", list(NAMED))
def test_descriptions_hold_the_numbers_of_the_model(name: str, world_gdp: dict[str, float]) -> None:
    text = " ".join(iom.Scenario.load(name).description.split())
    for other in NAMED[name]:
        assert f"{world_gdp[other]:.2f} percent" in text


def test_a_bilateral_break_and_two_blocs_are_an_order_of_magnitude_apart(
    world_gdp: dict[str, float],
) -> None:
    assert world_gdp["two-bloc-decoupling"] < 10.0 * world_gdp["us-china-decoupling"] < 0.0
