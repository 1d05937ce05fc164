"""Prices are finite just if a technology yields more than it takes: known cases by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel.equilibrium.solver.finite_prices import runaway_goods
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.errors import InfeasibleError

Maker = Callable[..., ge.Economy]

CLOSED = np.where(np.eye(2, dtype=bool), 1.0, np.inf)[None]
# Two regions with one good; half of costs are materials.
HALF = 0.5


def one_good(home_share: float) -> ge.Economy:
    flow = 100.0 * np.array([[[home_share, 1.0 - home_share], [1.0 - home_share, home_share]]])
    costs = np.full((1, 2), HALF)
    return ge.calibrate(flow, np.zeros_like(flow), costs, np.ones((2, 1, 1)))


@pytest.mark.parametrize("labour", ["mobile", "specific", "sticky"])
@pytest.mark.parametrize("sigma", [0.0, 0.5, 0.9])
def test_one_good_in_autarky(sigma: float, labour: str) -> None:
    r"""P = h^{-1/theta} c and c^{1-s} = v w^{1-s} + (1 - v) P^{1-s}, hence with g = h^{(s-1)/theta}

    (P / w)^{1-s} = g v / (1 - g (1 - v)), finite just if g (1 - v) < 1.
    """
    theta, power = 1.0, 1.0 - sigma
    limit = HALF ** (theta / power)
    elasticities = ge.Elasticities(np.full(1, theta), sigma, sigma, 1.0)
    shock, closure = ge.Shock(trade_cost=CLOSED), ge.Closure(labour)
    home_share = min(1.05 * limit, 0.99)
    solution = ge.solve(one_good(home_share), elasticities, shock, closure)
    g = home_share ** (-power / theta)
    price = (g * HALF / (1.0 - g * (1.0 - HALF))) ** (1.0 / power)
    np.testing.assert_allclose(solution.real_wage[0], 1.0 / price, rtol=1e-9)
    with pytest.raises(InfeasibleError, match=r"^no prices are finite in region 0, region 1: "):
        ge.solve(one_good(0.95 * limit), elasticities, shock, closure)


@pytest.mark.parametrize("seed", range(12))
def test_fixed_coefficients_are_finite_where_the_technology_is_productive(
    make_economy: Maker, seed: int
) -> None:
    """Without substitution: the spectral radius of inputs, each made dearer by its lost origins."""
    base = make_economy(seed, regions=3, sectors=4, gaps=False)
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0.3, 3.0, 4)
    lasting = np.eye(3, dtype=bool)
    shock = ge.Shock(trade_cost=np.where(lasting, 1.0, np.inf)[None] * np.ones((4, 1, 1)))
    problem = prepare(base, ge.Elasticities(theta, 0.0, 0.0, 1.0), shock)
    runaway = runaway_goods(problem)[0]
    for n in range(3):
        dearer = base.share[:, n, n] ** (-1.0 / theta)
        inputs = base.input_share[n].T * (1.0 - base.value_added_share[:, n])[:, None]
        radius = np.abs(np.linalg.eigvals(dearer[:, None] * inputs)).max()
        assert runaway[:, n].any() == (radius > 1.0), radius
    # With shares of spending fixed factors replace inputs.
    fixed_shares = prepare(base, ge.Elasticities.caliendo_parro(theta), shock)
    assert not runaway_goods(fixed_shares).any()


def test_prohibitive_duties_have_no_finite_prices_either() -> None:
    duty = np.where(np.eye(2, dtype=bool), 0.0, 1e6)[None]
    elasticities = ge.Elasticities(np.ones(1), 0.5, 0.5, 1.0)
    with pytest.raises(InfeasibleError, match=r"no prices are finite"):
        ge.solve(one_good(0.2), elasticities, ge.Shock(tariff=duty))
    assert ge.solve(one_good(0.3), elasticities, ge.Shock(tariff=duty)).certificate.worst < 1e-8


def test_autarky_names_the_region_the_product_and_the_end_of_the_band() -> None:
    """Sigma 2 has finite prices for the United States within a year, 1.5 has none."""
    world = iom.load("world-2022")
    named = ["USA", "CHN", "JPN"]
    table = world.aggregate(regions={r: r if r in named else "ROW" for r in world.regions})

    def alone(region: str) -> iom.Scenario:
        partners = [name for name in table.regions if name != region]
        return iom.Scenario(iom.Embargo(between=[region, partners]), name="alone")

    with pytest.raises(InfeasibleError, match=r"^no prices are finite in JPN: .* of B06 in JPN"):
        iom.run(table, alone("JPN"), "equilibrium", horizon="medium")
    with pytest.raises(InfeasibleError, match=r"^at sigma 1.5 .*no prices are finite in USA: "):
        iom.run(table, alone("USA"), "equilibrium", horizon="short", links=1)
    answer = {"horizon": "short", "links": 1, "elasticities": 1.1}
    effects = iom.run(table, alone("USA"), "equilibrium", **answer)
    assert effects.diagnostics["residual"] < 1e-8
