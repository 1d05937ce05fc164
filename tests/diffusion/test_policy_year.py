"""Policies that begin after the base year: nothing before, the static effect then, less after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, LabelError
from iomodel.models.long_run.diffusion import diffusion, diffusion_paths
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, Tariff, TradeCost
from iomodel.table.mrio import MRIOTable

OPTIONS: dict[str, Any] = {
    "elasticities": 4.0,
    "labour": 0.01,
    "productivity": "equal",
    "horizon": 2028,
    "alpha": 0.02,
    "exponent": "1/theta",
    "knowledge_unit": 16500.0,
    "nest": "cobb-douglas",
    "profits": "value-added",
}
WALL = Scenario([TradeCost(between=["R0", "R1"], increase=0.5)], name="wall")
DUTY = Scenario([Tariff("R0", "R1", "all", 0.25)], name="duty")
PATHS = ("real_income_path_pct", "real_income_no_diffusion_path_pct", "gdp_path_pct")


@pytest.fixture(scope="module")
def table(make_table: Callable[..., MRIOTable]) -> MRIOTable:
    source = make_table(5)
    # Rates of up to 30 percent on every input leave random industries without value added.
    return source.with_history("tariffs lowered for a test", tariff=0.05 * source.tariff)


@pytest.fixture(scope="module")
def world(
    symmetric: Callable[..., ge.Economy], make_world: Callable[..., df.World]
) -> tuple[df.World, ge.Shock]:
    """Three equal regions with one good, so that all of them lose alike."""
    base = symmetric(3, 1.6, 4.0, 0.5)
    years = np.arange(0.0, 9.0)
    factors = {"labour_growth": 0.01, "investment_rate": 0.08, "depreciation": 0.05}
    apart = np.ones((1, 3, 3)) + 0.8 * ~np.eye(3, dtype=bool)
    return make_world(base, years=years, **factors), ge.Shock(trade_cost=apart)


def test_the_base_year_is_the_default(table: MRIOTable) -> None:
    usual = diffusion(table, WALL, **OPTIONS)
    named = diffusion(table, WALL, policy_year=2022, **OPTIONS)
    for name in usual.dataset.data_vars:
        np.testing.assert_array_equal(named[str(name)], usual[str(name)])
    assert named.parameters == usual.parameters
    assert usual.parameters["policy_year"] == {"value": 2022}
    assert "from the base year on" in " ".join(usual.notes)


@pytest.mark.parametrize("scenario", [WALL, DUTY])
@pytest.mark.parametrize("arrival", ["own", "baseline"])
def test_before_the_policy_nothing_changes(
    table: MRIOTable, scenario: Scenario, arrival: str
) -> None:
    effects = diffusion(table, scenario, policy_year=2025, arrival=arrival, **OPTIONS)
    assert effects.parameters["policy_year"] == {"value": 2025}
    assert "holds from 2025 on" in " ".join(effects.notes)
    for name in PATHS:
        early = effects[name].sel(time=slice(2022, 2024))
        # The same problem solved twice, from the same point.
        np.testing.assert_allclose(early, 0.0, atol=1e-10)
        assert (np.abs(effects[name].sel(time=slice(2025, 2028))).max("region") > 0.1).all()


def test_the_year_it_begins_shows_the_static_effect_on_what_has_grown(
    world: tuple[df.World, ge.Shock], make_ideas: Callable[..., df.Ideas]
) -> None:
    """Equal regions grow alike, so that shares, and with them the effect, are those of the base."""
    model, shock = world
    ideas = make_ideas([0.44, 0.0], 0.05)
    quiet = df.simulate(model, ge.Shock(), ideas)
    static = ge.solve(model.base, model.elasticities, shock, model.closure)
    chain = ge.gdp_chain(model.base, model.elasticities, shock, model.closure)
    late = df.simulate(model, shock, ideas, begin=5, links=chain.links)
    np.testing.assert_allclose(late.real_income[:5], quiet.real_income[:5], rtol=1e-12)
    hat = late.real_income[5] / quiet.real_income[5]
    # Two chains of solves, each to 1e-10 in excess demand, times theta.
    np.testing.assert_allclose(hat, np.broadcast_to(static.real_income, hat.shape), rtol=1e-8)
    grown = late.real_gdp[5] / quiet.real_gdp[5]
    np.testing.assert_allclose(grown, np.broadcast_to(chain.hat, hat.shape), rtol=1e-8)
    assert late.gdp_error_points == pytest.approx(chain.error_points, rel=1e-3)
    np.testing.assert_allclose(late.knowledge[5], quiet.knowledge[5], rtol=1e-12)
    assert (late.knowledge[6, 0] < quiet.knowledge[6, 0]).all()


def test_the_later_it_begins_the_less_is_lost_in_the_end(
    world: tuple[df.World, ge.Shock], make_ideas: Callable[..., df.Ideas]
) -> None:
    model, shock = world
    ideas = make_ideas([0.44, 0.0], 0.05)
    ends = np.stack(
        [df.simulate(model, shock, ideas, begin=k).real_income[-1] for k in (0, 2, 4, 6, 8)]
    )
    assert (np.diff(ends, axis=0) > 0.0).all()
    with pytest.raises(IOModelError, match="points of time are 0 to 8"):
        df.simulate(model, shock, ideas, begin=9)
    with pytest.raises(IOModelError, match="links must be"):
        df.simulate(model, shock, ideas, begin=2, links=0)


def test_without_growth_a_later_policy_ends_where_an_early_one_does(table: MRIOTable) -> None:
    """Real GDP too, which is chained along the way into the policy."""
    still = OPTIONS | {"beta": 0.0, "alpha": 0.0, "labour": 0.0, "capital": "fixed"}
    for scenario in (WALL, DUTY, Scenario([Embargo(between=["R0", "R1"])], name="closed")):
        now, later = (
            diffusion(table, scenario, policy_year=year, **still) for year in (2022, 2025)
        )
        for name in PATHS:
            np.testing.assert_allclose(later[name][-1], now[name][-1], atol=1e-6)
        np.testing.assert_allclose(later["trade_new"], now["trade_new"], rtol=1e-7, atol=1e-9)


def test_a_year_that_is_no_point_of_the_path_is_refused(table: MRIOTable) -> None:
    for year in (2021, 2029):
        with pytest.raises(LabelError, match=r"policy year.*valid: 2022, 2023.*2028"):
            diffusion(table, WALL, policy_year=year, **OPTIONS)
    with pytest.raises(LabelError, match=r"valid: 2022, 2025, 2028"):
        diffusion_paths(table, [WALL], policy_year=2024, step=3, **OPTIONS)
    last = diffusion_paths(table, [WALL], policy_year=2028, step=3, **OPTIONS)
    found = last["real_income_pct"].sel(scenario="wall")
    np.testing.assert_allclose(found[:, :-1], 0.0, atol=1e-10)
    assert float(np.abs(found[:, -1]).max()) > 0.1
    assert "holds from 2028 on" in last.attrs["notes"]
