"""Links of real GDP: prohibitive duties are closed borders, errors are known and bounded."""

from __future__ import annotations

from collections.abc import Callable

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
    return equilibrium(ten_regions, scenario, elasticities="CP", horizon="long")["gdp_pct"].values


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rate", [145.0, 1e3, 1e12])
def test_a_prohibitive_duty_costs_the_gdp_of_the_embargo(
    ten_regions: MRIOTable, embargo_gdp: np.ndarray, rate: float
) -> None:
    scenario = iom.Scenario([iom.Tariff("USA", "CHN", "goods", rate, extreme=True)], name="duty")
    effects = equilibrium(ten_regions, scenario, elasticities="CP", horizon="long")
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


@pytest.mark.parametrize("labour", ["mobile", "specific", "rigid"])
@pytest.mark.parametrize("kind", ["duty", "embargo", "quota", "productivity"])
def test_the_estimated_error_bounds_the_error(make_economy: Maker, labour: str, kind: str) -> None:
    """Against a fixed chain of twice as many links."""
    base = make_economy(4)
    shock = {
        "duty": duty(base, 0.6),
        "embargo": embargo(base, quota=False),
        "quota": embargo(base, quota=True),
        "productivity": ge.Shock(productivity=0.5),
    }[kind]
    chain = ge.gdp_chain(base, NESTED, shock, ge.Closure(labour))
    finer = ge.gdp_chain(base, NESTED, shock, ge.Closure(labour), links=2 * chain.links)
    assert chain.error_points is not None
    assert chain.error_points < 5e-4
    assert 100.0 * np.abs(chain.hat - finer.hat).max() <= chain.error_points + 1e-7


def test_links_added_are_those_of_a_fixed_chain(make_economy: Maker) -> None:
    base = make_economy(4)
    chain = ge.gdp_chain(base, NESTED, duty(base, 3.0))
    fixed = ge.gdp_chain(base, NESTED, duty(base, 3.0), links=chain.links)
    np.testing.assert_allclose(chain.hat, fixed.hat, rtol=1e-9)
    assert fixed.error_points == pytest.approx(chain.error_points, rel=1e-3)
    path = ge.homotopy(base, NESTED, duty(base, 3.0), steps=chain.links)
    np.testing.assert_allclose(chain.hat, ge.chained_gdp(path), rtol=1e-9)


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
