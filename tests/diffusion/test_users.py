"""Import shares by user in the recursive model: ideas and investment by the user's own origins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import iomodel as iom
import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.long_run.diffusion import diffusion
from iomodel.models.long_run.diffusion.simulation import LINKS
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Tariff
from iomodel.table.mrio import MRIOTable
from tests.diffusion.conftest import ARRAYS, OPTIONS, SAME, WALL

Maker = Callable[..., ge.Economy]
Worlds = Callable[..., df.World]
IdeasOf = Callable[..., df.Ideas]
Tables = Callable[..., MRIOTable]

DUTY = Scenario([Tariff("R0", "R1", "all", 0.25)], name="duty")


def split_by_user(base: ge.Economy, spread: float) -> ge.Economy:
    """Economy of the same size with origins by user, those of the base where `spread` is zero."""
    S = base.shape[0]
    inputs = base.input_use * ((1.0 - base.value_added_share) * base.output)
    uses = np.concatenate([inputs, (base.final_share * base.expenditure)[:, None]], axis=1)
    flow = base.share[:, :, None, :] * uses[:, None] / (1.0 + base.tariff[:, :, None, :])
    flow = flow * np.random.default_rng(3).lognormal(0.0, spread, flow.shape)
    Z, Y = flow[:, :, :S].transpose(1, 0, 3, 2), flow[:, :, S].transpose(1, 0, 2)
    economy = ge.from_flows(Z, Y, base.tariff.transpose(1, 0, 2))
    return ge.rebase(economy, ge.Elasticities.caliendo_parro(np.full(S, 4.0)))[0]


def wall(base: ge.Economy) -> ge.Shock:
    S, N = base.shape
    return ge.Shock(trade_cost=np.ones((S, N, N)) + 0.6 * ~np.eye(N, dtype=bool))


def growing(make_world: Worlds, base: ge.Economy) -> df.World:
    rng = np.random.default_rng(7)
    return make_world(
        base,
        years=np.arange(0.0, 4.0),
        labour_growth=0.01,
        investment_rate=0.08,
        depreciation=0.04,
        knowledge=rng.lognormal(0.0, 1.0, base.shape),
    )


@pytest.mark.parametrize("insight", df.INSIGHTS)
def test_users_that_share_origins_are_the_common_world(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf, insight: str
) -> None:
    base = make_economy(8)
    alike = split_by_user(base, 0.0)
    assert alike.users == 4
    assert ge.has_common_shares(alike)
    ideas = replace(make_ideas([0.44, 0.0], 0.05, 0.0118), insight=insight)
    by_user, common = (
        df.simulate(growing(make_world, economy), wall(base), ideas, begin=1)
        for economy in (alike, ge.with_common_shares(alike))
    )
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(by_user, name), getattr(common, name), rtol=SAME)


@pytest.mark.parametrize("insight", df.INSIGHTS)
@pytest.mark.parametrize("pairing", ["plain", "scaled"])
def test_a_year_of_a_small_world_by_hand(
    make_economy: Maker, make_world: Worlds, insight: str, pairing: str
) -> None:
    r"""Loops over the equations of the page, at the prices of the static equilibrium.

    Origins of user u: :math:`\pi'_{jsn}(u) = \pi_{jsn}(u)(\kappa_{jsn}c_{js})^{-\theta_j}` over
    their sum, whose power :math:`-1/\theta_j` is u's price. Industry i learns through its own.
    """
    beta, alpha, theta = 0.4, 0.05, np.array([4.0, 5.0, 4.5])
    base = split_by_user(make_economy(8), 0.8)
    S, N = base.shape
    assert not ge.has_common_shares(base)
    world = replace(growing(make_world, base), elasticities=ge.Elasticities(theta)).until(1.0)
    pairs = df.exponents(np.array([beta]), theta, pairing, ["a", "b", "c"])
    ideas = df.Ideas(pairs, np.array([alpha]), 0.0, insight)
    course = df.simulate(world, wall(base), ideas, links=1)
    static = ge.solve(base, world.elasticities, wall(base))
    cost, kappa = static.cost[0], np.asarray(wall(base).trade_cost)
    share = base.share.reshape(S, N, S + 1, N)
    eta = base.input_share * (1.0 - base.value_added_share).T[:, None, :]
    expected = np.array(world.knowledge)
    for i in range(S):
        for n in range(N):
            for j in range(S):
                b = beta if pairing == "plain" else beta * theta[i] / theta[j]
                weight = share[j, :, i, n] * (kappa[j, :, n] * cost[j]) ** -theta[j]
                origins = weight / weight.sum()
                power = 1.0 - b if insight == "goods" else 1.0
                learnt = sum(
                    origins[s] ** power * world.knowledge[j, s] ** b for s in range(N)
                ) * math.gamma(1.0 - b)
                expected[i, n] += alpha * eta[n, j, i] * learnt
    np.testing.assert_allclose(course.knowledge[1, 0], expected, rtol=SAME)
    for n in range(N):
        index = 1.0
        for j in range(S):
            weight = share[j, :, S, n] * (kappa[j, :, n] * cost[j]) ** -theta[j]
            index *= weight.sum() ** (-world.factors.investment_share[j, n] / theta[j])
        volume = static.expenditure[0, n] / base.expenditure[n] / index
        assert course.capital[1, 0, n] == pytest.approx(1.0 + 0.08 * volume - 0.04, rel=SAME)


def test_a_run_by_user_goes_on_from_its_checkpoint(
    make_economy: Maker, make_world: Worlds, make_ideas: IdeasOf, tmp_path: Path
) -> None:
    base = split_by_user(make_economy(9), 0.5)
    world, ideas = growing(make_world, base), make_ideas([0.44, 0.0], 0.05)
    whole = df.simulate(world, wall(base), ideas)
    file = tmp_path / "state.npz"

    class Stopped(Exception):
        pass

    def stop(line: str) -> None:
        if "period 2" in line:
            raise Stopped

    with pytest.raises(Stopped):
        df.simulate(world, wall(base), ideas, checkpoint=file, progress=stop)
    resumed = df.simulate(world, wall(base), ideas, checkpoint=file)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name))


@pytest.fixture(scope="module")
def table(make_table: Tables) -> MRIOTable:
    source = make_table(5)
    # Rates of up to 30 percent on every input leave random industries without value added.
    return source.with_history("tariffs lowered for a test", tariff=0.05 * source.tariff)


@pytest.mark.parametrize("nest", ["cobb-douglas", (0.0, 0.0, 1.0)])
@pytest.mark.parametrize("scenario", [WALL, DUTY])
def test_beta_zero_and_no_growth_is_the_static_engine_by_user(
    table: MRIOTable, scenario: Scenario, nest: str | tuple[float, float, float]
) -> None:
    still = OPTIONS | {"beta": 0.0, "alpha": 0.0, "labour": 0.0, "capital": "fixed", "nest": nest}
    path = diffusion(table, scenario, import_shares="by-user", **still)
    static, common = (
        equilibrium(
            table,
            scenario,
            elasticities=4.0,
            nest=nest,
            balance="zero",
            links=LINKS,
            import_shares=shares,
        )
        for shares in ("by-user", "common")
    )
    # Percent; two chains of solves, each to 1e-10 in excess demand, times theta.
    for name in ("real_income_pct", "gdp_pct", "real_wage_pct", "exports_pct", "output_pct"):
        np.testing.assert_allclose(path[name].values, static[name].values, atol=1e-6)
    assert np.abs(common["gdp_pct"] - static["gdp_pct"]).max() > 1e-4
    for year in path.dataset["time"].values:
        point = path["real_income_path_pct"].sel(time=year)
        np.testing.assert_allclose(point, static["real_income_pct"], atol=1e-6)


def test_a_table_whose_users_share_origins_gives_the_common_answer(table: MRIOTable) -> None:
    trade = np.maximum(table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3), 0.0)
    share = trade / trade.sum(axis=0)
    alike = MRIOTable.from_arrays(
        share[..., None] * table.Z.values.sum(axis=0),
        share[..., None] * table.Y.values.sum(axis=0).clip(0.0),
        regions=table.regions,
        sectors=table.sectors,
        tariff=table.tariff.values,
        unusual_tariffs="accept",
        year=2022,
    )

    def answers(source: MRIOTable) -> list[iom.Effects]:
        return [
            diffusion(source, WALL, import_shares=kind, **OPTIONS) for kind in ("common", "by-user")
        ]

    common, by_user = answers(alike)
    names = ("real_income_pct", "gdp_pct", "knowledge_pct", "real_income_diffusion_pct")
    for name in names:
        # Sums over flows by user or over their totals differ by rounding in the base.
        np.testing.assert_allclose(by_user[name], common[name], atol=1e-7)
    common, by_user = answers(table)
    for name in names:
        assert float(np.abs(by_user[name] - common[name]).max()) > 1e-4
