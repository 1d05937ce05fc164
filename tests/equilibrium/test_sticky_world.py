"""Sticky wages on world-2022: all US duties of November 2025, and uniform ones.

Figures are those of an independent prototype, to .02 points, imports and shares to the printed
digit: base with balanced trade and the elasticities `CP-99`, sigma 2 across origins, nest
(.5, .2, .9). No wage, no price and no figure here was chosen after a look at published estimates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.effects.aggregates import weighted_mean
from iomodel.models.elasticities import elasticities
from iomodel.models.general_equilibrium.base_year import base_year
from iomodel.models.general_equilibrium.lowering import shock_of
from iomodel.models.workbench import Workbench
from iomodel.table.groups import resolve_regions, resolve_sectors
from iomodel.typing import Bool, Float

TOLERANCE = 0.02
BASE_SET = "CP-99"
NEST = (0.5, 0.2, 0.9)
STICKY = ge.Closure("sticky")
RATES = np.array([0.0, 0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0])


@dataclass(frozen=True)
class World:
    """World economy before the duties, with the places of regions and goods."""

    regions: list[str]
    goods: Bool
    before: ge.Economy
    table: ge.Economy
    duties: ge.Shock

    def elasticities(self, sigma: float) -> ge.Elasticities:
        return ge.Elasticities(np.full(len(self.goods), sigma - 1.0), *NEST)

    def change(self, hats: Float, region: str) -> float:
        """Percent, of a region, a group or the world, weighted by base GDP."""
        weight = self.before.income
        if region != "WORLD":
            members = resolve_regions(region, self.regions)
            weight = weight * np.isin(self.regions, members)
        return 100.0 * float(weighted_mean(hats[0] - 1.0, weight))

    def uniform(self, rate: float) -> ge.Shock:
        """A US duty on all goods on top of those of the table, no other after its year."""
        usa = self.regions.index("USA")
        tariff = self.table.tariff.copy()
        tariff[np.ix_(self.goods, np.arange(len(self.regions)) != usa, [usa])] += rate
        return ge.Shock(tariff=tariff)


@pytest.fixture(scope="module")
def world() -> World:
    table = iom.load("world-2022")
    workbench = Workbench(table)
    theta = np.asarray(elasticities(BASE_SET, table).values, dtype=np.float64)
    long_run = ge.Elasticities.caliendo_parro(theta)
    policy = workbench.policy(iom.Scenario.load("us-tariffs-2025-11"))
    # Any one duty stands for no layer of a baseline.
    plain = workbench.policy(iom.Scenario([iom.Tariff("USA", "CHN", "all", 0.1)], name="duty"))
    goods = resolve_sectors("goods", table.sectors, str(table.attrs["classification"]))
    return World(
        list(table.regions),
        np.isin(table.sectors, goods),
        base_year(workbench, policy, long_run, ge.Closure()).economy,
        base_year(workbench, plain, long_run, ge.Closure()).economy,
        shock_of(policy),
    )


@pytest.fixture(scope="module")
def sigma_two(world: World) -> ge.GDPChain:
    return ge.gdp_chain(world.before, world.elasticities(2.0), world.duties, STICKY)


def test_november_2025_at_sigma_two(world: World, sigma_two: ge.GDPChain) -> None:
    gdp = {"USA": -0.56, "CHN": -0.35, "EU27": -0.15, "CAN": -2.44, "MEX": -2.19, "WORLD": -0.40}
    for region, expected in gdp.items():
        assert world.change(sigma_two.hat, region) == pytest.approx(expected, abs=TOLERANCE)
    solution = sigma_two.solution
    employment = world.change(solution.regional_employment, "USA")
    assert employment == pytest.approx(-0.39, abs=TOLERANCE)
    assert world.change(solution.final_price, "USA") == pytest.approx(1.30, abs=TOLERANCE)
    measured, usa = ge.incidence(solution), world.regions.index("USA")
    assert 100.0 * (measured.imports[0, usa] - 1.0) == pytest.approx(-13.9, abs=0.05)
    assert 100.0 * measured.buyers_share[0, usa] == pytest.approx(98.0, abs=0.5)
    certificate = solution.certificate
    assert certificate.worst < 1e-9
    assert certificate.iterations < 15


def test_november_2025_at_sigma_one_and_a_half(world: World) -> None:
    chain = ge.gdp_chain(world.before, world.elasticities(1.5), world.duties, STICKY)
    solution, usa = chain.solution, world.regions.index("USA")
    for region, expected in {"USA": -0.51, "CAN": -2.03}.items():
        assert world.change(chain.hat, region) == pytest.approx(expected, abs=TOLERANCE)
    employment = world.change(solution.regional_employment, "USA")
    assert employment == pytest.approx(-0.37, abs=TOLERANCE)
    assert world.change(solution.final_price, "USA") == pytest.approx(1.22, abs=TOLERANCE)
    measured = ge.incidence(solution)
    assert 100.0 * (measured.imports[0, usa] - 1.0) == pytest.approx(-11.8, abs=0.05)
    assert 100.0 * measured.buyers_share[0, usa] == pytest.approx(99.0, abs=0.5)


@pytest.mark.parametrize(
    ("labour", "sigma", "revenue", "gdp", "share"),
    [
        ("specific", 0.76, "rebated", -0.01, 8.0),
        ("specific", 2.0, "rebated", -0.10, 53.0),
        ("rigid", 2.0, "rebated", 0.03, 101.0),
        ("sticky", 2.0, "spent", -0.17, 95.0),
    ],
)
def test_other_closures_beside_it(
    world: World, labour: str, sigma: float, revenue: str, gdp: float, share: float
) -> None:
    """Why it is the short run: flexible wages make a windfall, rigid ones hire nobody's hands."""
    chain = ge.gdp_chain(
        world.before,
        world.elasticities(sigma),
        world.duties,
        ge.Closure(labour, revenue=revenue),
        links=4,
    )
    assert world.change(chain.hat, "USA") == pytest.approx(gdp, abs=TOLERANCE)
    measured = ge.incidence(chain.solution).buyers_share[0, world.regions.index("USA")]
    assert 100.0 * measured == pytest.approx(share, abs=0.5)
    if labour == "rigid":
        # Mexican machines, for one: a tenth more hands than there are.
        assert chain.solution.employment.max() > 1.05


def test_rigid_wages_below_unit_substitution(world: World) -> None:
    """Demand hardly moves between origins there, so that few wages would rise."""
    rigid, sticky = (
        ge.gdp_chain(world.before, world.elasticities(0.76), world.duties, closure, links=4)
        for closure in (ge.Closure("rigid"), STICKY)
    )
    assert world.change(rigid.hat, "USA") == pytest.approx(-0.44, abs=TOLERANCE)
    assert (sticky.solution.wage > 1.0 + 1e-9).sum() < 25
    # Nineteen of 2,997 industries are short of hands: they are the difference.
    assert world.change(sticky.hat, "USA") == pytest.approx(-0.44, abs=0.03)


def test_a_uniform_duty_of_a_hundred_percent(world: World) -> None:
    chain = ge.gdp_chain(world.table, world.elasticities(2.0), world.uniform(1.0), STICKY)
    assert world.change(chain.hat, "USA") == pytest.approx(-4.04, abs=TOLERANCE)


@pytest.mark.parametrize("sigma", [1.5, 2.0, 2.5])
@pytest.mark.parametrize("revenue", ["rebated", "spent"])
def test_best_uniform_duty(world: World, sigma: float, revenue: str) -> None:
    """Zero; and 10 to 30 percent, never above 50, if the state spends the revenue."""
    income = [
        world.change(
            ge.solve(
                world.table,
                world.elasticities(sigma),
                world.uniform(float(rate)),
                ge.Closure("sticky", revenue=revenue),
            ).real_national_income,
            "USA",
        )
        for rate in RATES
    ]
    best = float(RATES[int(np.argmax(income))])
    if revenue == "rebated":
        assert best == 0.0
        assert (np.diff(income) < 0.0).all()
    else:
        assert 0.1 <= best <= 0.3
