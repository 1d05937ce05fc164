"""Links of real GDP: prohibitive duties are closed borders, errors are known and bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.errors import SolverError
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.table.mrio import MRIOTable

Maker = Callable[..., ge.Economy]

NESTED = ge.Elasticities(np.array([4.0, 2.0, 8.0]), 0.5, 0.2, 0.9)
NAMED = ["USA", "CHN", "JPN", "DEU", "FRA", "MEX", "KOR", "VNM", "IND"]


@pytest.fixture(scope="module")
def ten_regions() -> MRIOTable:
    world = iom.load("world-2022")
    rest = [region for region in world.regions if region not in NAMED]
    return world.aggregate(regions={**{region: [region] for region in NAMED}, "ROW": rest})


def duty(base: ge.Economy, rate: float) -> ge.Shock:
    tariff = np.array(base.tariff)
    tariff[:, 0, 2] = rate
    return ge.Shock(tariff=tariff)


def embargo(base: ge.Economy, *, quota: bool) -> ge.Shock:
    closed = np.zeros(base.tariff.shape, dtype=bool)
    closed[:, 0, 2] = True
    if quota:
        return ge.Shock(quotas=ge.Quotas.on_flows(np.where(closed, 0.0, np.inf)))
    return ge.Shock(trade_cost=np.where(closed, np.inf, 1.0))


@pytest.fixture(scope="module")
def embargo_gdp(ten_regions: MRIOTable) -> np.ndarray:
    embargo = iom.Embargo(importer="USA", exporter="CHN", sectors="goods")
    scenario = iom.Scenario([embargo], name="embargo")
    effects = equilibrium(ten_regions, scenario, elasticities="CP-99", horizon="long")
    return effects["gdp_pct"].values


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rate", [145.0, 1e3, 1e12])
def test_a_prohibitive_duty_costs_the_gdp_of_the_embargo(
    ten_regions: MRIOTable, embargo_gdp: np.ndarray, rate: float
) -> None:
    scenario = iom.Scenario([iom.Tariff("USA", "CHN", "goods", rate, extreme=True)], name="duty")
    effects = equilibrium(ten_regions, scenario, elasticities="CP-99", horizon="long")
    np.testing.assert_allclose(effects["gdp_pct"], embargo_gdp, rtol=0, atol=0.01)
    assert effects.diagnostics["gdp_error_points"] < 5e-4


@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_a_prohibitive_duty_is_a_closed_border_and_nearly_so_with_one_link(
    make_economy: Maker, labour: str
) -> None:
    base = make_economy(4)
    shocks = (duty(base, 1e12), embargo(base, quota=False), embargo(base, quota=True))
    dear, shut, banned = (
        ge.gdp_chain(base, NESTED, shock, ge.Closure(labour)).hat for shock in shocks
    )
    # Revenue on the way moves the terms of trade a little: .01 percentage points.
    np.testing.assert_allclose(dear, shut, rtol=0, atol=1e-4)
    # The same quantities whatever closes the border; seller and buyer share the loss otherwise.
    weight = base.expenditure / base.expenditure.sum()
    assert float((banned - 1.0)[0] @ weight) == pytest.approx(
        float((shut - 1.0)[0] @ weight), rel=0.02
    )
    direct = ge.gdp_chain(base, NESTED, shocks[0], ge.Closure(labour), links=1).hat
    np.testing.assert_allclose(direct, dear, rtol=0, atol=0.2 * np.abs(dear - 1.0).max())


def test_a_closed_flow_is_the_limit_of_rising_costs_with_export_taxes(make_economy: Maker) -> None:
    base = make_economy(4)
    rates = np.random.default_rng(0).uniform(0.0, 0.5, base.share.shape)
    base = ge.solve(base, NESTED, ge.Shock(export_tax=rates)).economy()
    cost = np.ones(base.tariff.shape)
    cost[:, 0, 2] = 1e12
    dear = ge.gdp_chain(base, NESTED, ge.Shock(trade_cost=cost)).hat
    shut = ge.gdp_chain(base, NESTED, embargo(base, quota=False)).hat
    np.testing.assert_allclose(dear, shut, rtol=0, atol=1e-5)


def long_chain(
    base: ge.Economy, theta: ge.Elasticities, shock: ge.Shock, closure: ge.Closure, links: int
) -> tuple[np.ndarray, float]:
    """Real GDP from quantities link by link (equation 27), and its error in percentage points.

    A second formula with even points: extrapolated, its error falls to a sixteenth from half the
    points on, and to a quarter if caps begin to bind on the way.
    """
    path = ge.homotopy(base, theta, shock, closure, steps=links, tolerance=1e-9)
    hat = ge.chained_gdp(path)
    return hat, 100.0 * float(np.abs(hat - ge.chained_gdp(path[1::2])).max()) / 3.0


def shocks(base: ge.Economy, kind: str) -> ge.Shock:
    rng = np.random.default_rng(3)
    away = ~np.eye(base.shape[1], dtype=bool) & (base.flow > 0.0)
    limits = np.where(away, np.exp(rng.uniform(-1.0, 1.0, base.flow.shape)), np.inf)
    return {
        "duty": duty(base, 0.6),
        "prohibitive": duty(base, 145.0),
        "embargo": embargo(base, quota=False),
        "closed quota": embargo(base, quota=True),
        "productivity": ge.Shock(productivity=0.5),
        "export tax": ge.Shock(export_tax=np.where(away, rng.uniform(0.0, 20.0, away.shape), 0.0)),
        # Half of the caps leave room to grow, and bind or not as costs fall on the way.
        "kinks": ge.Shock(
            trade_cost=np.exp(np.where(away, rng.normal(0.0, 0.7, away.shape), 0.0)),
            quotas=ge.Quotas.on_flows(limits),
        ),
    }[kind]


@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid", "sticky"])
@pytest.mark.parametrize(
    "kind",
    ["duty", "prohibitive", "embargo", "closed quota", "productivity", "export tax", "kinks"],
)
def test_the_estimated_error_bounds_the_error(make_economy: Maker, labour: str, kind: str) -> None:
    base, closure = make_economy(4), ge.Closure(labour)
    chain = ge.gdp_chain(base, NESTED, shocks(base, kind), closure)
    links = 256 if kind in ("kinks", "export tax") else 128
    limit, uncertainty = long_chain(base, NESTED, shocks(base, kind), closure, links)
    assert chain.error_points is not None
    assert chain.error_points < 5e-4
    # Residuals of 1e-9 are all that either knows of its points.
    error = 100.0 * np.abs(chain.hat - limit).max()
    assert error <= chain.error_points + uncertainty + 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_complements_and_regions_without_trade_have_the_gdp_of_a_long_chain(
    make_economy: Maker, seed: int
) -> None:
    """Elasticities of the short run, below zero too; then a world that falls into two."""
    base, closure = make_economy(seed, gaps=False), ge.Closure("specific")
    short = ge.Elasticities(np.array([0.8, -0.24, 2.0]), 0.2, 0.1, 0.5)
    between = np.ones(base.tariff.shape)
    between[:, :2, 2:] = between[:, 2:, :2] = np.inf
    for theta, shock in ((short, duty(base, 0.6)), (NESTED, ge.Shock(trade_cost=between))):
        chain = ge.gdp_chain(base, theta, shock, closure)
        limit, uncertainty = long_chain(base, theta, shock, closure, 128)
        assert chain.error_points is not None
        error = 100.0 * np.abs(chain.hat - limit).max()
        assert error <= chain.error_points + uncertainty + 1e-6


@pytest.mark.parametrize("balance", ["share", "fixed"])
def test_deficits_and_capital_in_its_steady_state_are_in_the_index(
    make_economy: Maker, balance: str
) -> None:
    base, closure = make_economy(4, deficits=True), ge.Closure(balance=balance)
    capital = ge.SteadyCapital(np.full(4, 0.6), base.final_share, 0.2 * base.expenditure)
    for economy in (base, replace(base, capital=capital)):
        chain = ge.gdp_chain(economy, NESTED, duty(base, 0.6), closure)
        limit, uncertainty = long_chain(economy, NESTED, duty(base, 0.6), closure, 64)
        assert chain.error_points is not None
        error = 100.0 * np.abs(chain.hat - limit).max()
        assert error <= chain.error_points + uncertainty + 1e-6


def test_members_of_a_batch_are_chained_as_alone(make_economy: Maker) -> None:
    base = make_economy(4)
    rates = np.stack([duty(base, rate).tariff for rate in (0.3, 3.0)])
    batch = ge.gdp_chain(base, NESTED, ge.Shock(tariff=rates))
    for b, rate in enumerate((0.3, 3.0)):
        alone = ge.gdp_chain(base, NESTED, duty(base, rate), links=batch.links)
        np.testing.assert_allclose(batch.hat[b], alone.hat[0], rtol=1e-8)


def test_links_added_are_those_of_a_fixed_chain(make_economy: Maker) -> None:
    base = make_economy(4)
    chain = ge.gdp_chain(base, NESTED, duty(base, 3.0))
    fixed = ge.gdp_chain(base, NESTED, duty(base, 3.0), links=chain.links)
    np.testing.assert_allclose(chain.hat, fixed.hat, rtol=1e-9)
    assert fixed.error_points == pytest.approx(chain.error_points, rel=1e-3)


@pytest.mark.parametrize(("name", "most"), [("us-china-tariff-100", 4), ("us-china-decoupling", 8)])
def test_few_equilibria_give_the_real_gdp_of_the_world(name: str, most: int) -> None:
    """On `world-2022`, against the points of 16 links."""
    runs = [
        equilibrium(iom.load("world-2022"), iom.Scenario.load(name), horizon="long", links=links)
        for links in (None, 16)
    ]
    assert runs[0].parameters["links"] <= most
    gap = np.abs(runs[0]["gdp_pct"] - runs[1]["gdp_pct"]).max()
    assert gap <= runs[0].diagnostics["gdp_error_points"] + 1e-6


def test_an_odd_chain_has_no_known_error_and_an_even_one_has(make_economy: Maker) -> None:
    base = make_economy(4)
    errors = [ge.gdp_chain(base, NESTED, duty(base, 1.0), links=k).error_points for k in (1, 2, 6)]
    assert errors[0] is None
    assert errors[1] is not None
    assert errors[2] is not None
    assert errors[2] < errors[1]


def test_a_chain_that_does_not_settle_is_refused_with_the_way_out(make_economy: Maker) -> None:
    base = make_economy(4)
    with pytest.raises(SolverError, match=r"uncertain by .* after 8 links .*: links=1 gives it"):
        ge.gdp_chain(base, NESTED, duty(base, 3.0), error_points=1e-9, most_links=8)


def test_links_leave_real_income_alone(ten_regions: MRIOTable) -> None:
    scenario = iom.Scenario.load("us-china-tariff-100")
    runs = [equilibrium(ten_regions, scenario, links=links) for links in (None, 1, 3)]
    incomes = [run["real_income_pct"].values for run in runs]
    np.testing.assert_array_equal(incomes[0], incomes[1])
    np.testing.assert_allclose(incomes[0], incomes[2], rtol=0, atol=1e-7)
    assert [run.diagnostics.get("gdp_error_points") is None for run in runs] == [False, True, True]
    assert runs[0].parameters["links"] >= 4
