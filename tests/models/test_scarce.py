"""Scarce inputs in a nest of their own: closed forms, the CES identity, who holds the rent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.equilibrium.quotas import Quotas
from iomodel.errors import LabelError, NotApplicableError
from iomodel.models import run
from iomodel.models.general_equilibrium.scarce.model import SIGMA
from iomodel.models.general_equilibrium.scarce.nest import nest_scarce
from iomodel.models.shortage.expenditure_bounds import ces_response
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut
from iomodel.table.catalogue import load

REE, GOOD = 0, 1
SCARCE = np.array([True, False])
SPECIFIC = ge.Closure("specific")


def closed(alpha):
    """One region: a rare earth of factors alone, and a good that spends alpha of its cost on it."""
    return ge.calibrate(
        np.array([[[alpha]], [[1.0]]]),
        np.zeros((2, 1, 1)),
        np.array([[1.0], [1.0 - alpha]]),
        np.array([[[0.0, 1.0], [0.0, 0.0]]]),
    )


def two_regions(alpha=0.02):
    """China makes the rare earth and sells a half of it; both regions make the good of it."""
    flow = np.zeros((2, 2, 2))
    flow[REE, 0] = alpha, alpha
    # The other region pays with goods: trade is balanced.
    flow[GOOD] = [[0.9, 0.1], [0.1 + alpha, 0.9]]
    share = np.array([[1.0, 1.0], [1.0 - alpha, 1.0 - alpha / (1.0 + alpha)]])
    use = np.zeros((2, 2, 2))
    use[:, REE, GOOD] = 1.0
    return ge.calibrate(flow, np.zeros((2, 2, 2)), share, use)


def answer(economy, sigma, shock, closure=SPECIFIC, nest=(1.0, 1.0, 1.0)):
    nested = nest_scarce(economy, SCARCE)
    elastic = nested.elasticities(np.full(2, 4.0), nest, sigma)
    return nested, elastic, ge.solve(nested.economy, elastic, shock, closure)


@pytest.mark.parametrize(
    ("alpha", "sigma", "percent"),
    [
        (1e-3, 0.04, -73.3),
        (1e-3, 0.1, -56.9),
        (1e-3, 0.2, -11.4),
        (1e-3, 0.5, -0.40),
        (1e-3, 1.0, -0.16),
        (1e-5, 0.04, -67.7),
        (1e-5, 0.1, -28.5),
        (1e-5, 0.2, -0.16),
    ],
)
def test_four_fifths_of_a_scarce_input_are_lost(alpha, sigma, percent):
    """The closed form through the engine; printed values have two or three digits.

    At sigma = .04 the rare earth takes all income but one part in 10^14, and the engine still has
    the output to eight digits.
    """
    shock = ge.Shock(endowment=np.array([[0.2], [1.0], [1.0]]))
    _, _, solution = answer(closed(alpha), sigma, shock)
    output = (solution.output / solution.cost)[0, GOOD, 0]
    assert output == pytest.approx(float(ces_response(alpha, 0.2, sigma)), rel=1e-8)
    assert solution.real_income[0, 0] == pytest.approx(output, rel=1e-8)
    digit = 0.05 if abs(percent) > 1 else 0.005
    assert 100 * (output - 1) == pytest.approx(percent, abs=digit)


def test_the_nest_leaves_the_base_as_it_is():
    economy = two_regions()
    nested = nest_scarce(economy, SCARCE)
    assert nested.economy.imbalance() < 1e-12
    assert nested.users.tolist() == [GOOD]
    np.testing.assert_allclose(nested.economy.output[:2], economy.output)
    # Value added has gone to the core.
    np.testing.assert_allclose(nested.economy.value_added[2], economy.value_added[GOOD])
    solution = ge.solve(nested.economy, nested.elasticities(np.ones(2), (1.0, 1.0, 1.0), 0.1))
    np.testing.assert_allclose(solution.wage, 1.0, atol=1e-9)


def test_with_the_elasticity_of_all_inputs_the_nest_is_the_usual_one():
    """CES of CES with one elasticity is one CES: value added, goods and the scarce input alike."""
    economy = two_regions()
    quotas = Quotas.on_flows(limits(0.3))
    nest = (0.6, 0.6, 0.9)
    _, _, nested = answer(economy, 0.6, ge.Shock(quotas=quotas), nest=nest)
    plain = ge.solve(
        economy, ge.Elasticities(np.full(2, 4.0), *nest), ge.Shock(quotas=quotas), SPECIFIC
    )
    np.testing.assert_allclose(nested.real_income, plain.real_income, rtol=1e-9)
    np.testing.assert_allclose(nested.quota_price, plain.quota_price, rtol=1e-8)


@pytest.mark.parametrize("sigma", [0.1, 0.2, 0.5, 1.0])
def test_quantities_are_what_is_allowed_and_prices_what_the_nest_asks(sigma):
    """The exact CES identity: relative spending is relative quantity to the power 1 - 1/sigma."""
    left, user = 0.2, 1
    nested, _, solution = answer(
        two_regions(), sigma, ge.Shock(quotas=Quotas.on_flows(limits(left)))
    )
    base = nested.economy
    sold = solution.flow[0] / solution.border_price[0] / np.where(base.flow > 0, base.flow, 1.0)
    assert sold[REE, 0, user] == pytest.approx(left, rel=1e-8)
    core = 2
    made = (solution.output / solution.cost)[0, core, user] / base.output[core, user]
    spent = solution.flow[0, REE, 0, user] / solution.output[0, core, user]
    before = base.flow[REE, 0, user] / base.output[core, user]
    assert spent / before == pytest.approx((left / made) ** (1 - 1 / sigma), rel=1e-7)


def test_a_smaller_elasticity_costs_the_buyer_more():
    lost = [
        1
        - answer(two_regions(), s, ge.Shock(quotas=Quotas.on_flows(limits(0.2))))[2].real_income[
            0, 1
        ]
        for s in (1.0, 0.5, 0.2)
    ]
    assert 0 < lost[0] < lost[1] < lost[2]


@pytest.mark.parametrize("balance", ["zero", "fixed", "share"])
@pytest.mark.parametrize("sigma", [0.2, 1.0])
def test_a_rent_at_the_buyer_is_a_duty_that_is_rebated(sigma, balance):
    """The duty that gives the same quantity is the same equilibrium, with another solver's path."""
    economy, left = two_regions(), 0.4
    closure = ge.Closure("specific", balance)
    if balance != "zero":
        income = economy.income
        economy = replace(economy, deficit=0.05 * income.min() * np.array([1.0, -1.0]))
        economy, _ = ge.rebase(
            economy, ge.Elasticities(np.full(2, 4.0)), ge.Closure(balance=balance)
        )
    nested = nest_scarce(economy, SCARCE)
    elastic = nested.elasticities(np.full(2, 4.0), (1.0, 1.0, 1.0), sigma)
    at_buyer = ge.Shock(quotas=Quotas.on_flows(limits(left), 0.0, 1.0))
    found = ge.solve(nested.economy, elastic, at_buyer, closure)
    duty = np.zeros((3, 2, 2))
    duty[REE, 0, 1] = found.quota_price[0, 0] - 1
    taxed = ge.solve(nested.economy, elastic, ge.Shock(tariff=duty), closure)
    # Caps and factor markets are solved to 1e-10.
    np.testing.assert_allclose(found.real_income, taxed.real_income, rtol=1e-8)
    sold = taxed.flow[0, REE, 0, 1] / taxed.cost[0, REE, 0] / nested.economy.flow[REE, 0, 1]
    assert sold == pytest.approx(left, rel=1e-6)
    at_seller = ge.Shock(quotas=Quotas.on_flows(limits(left)))
    seller = ge.solve(nested.economy, elastic, at_seller, closure)
    assert found.real_income[0, 1] > seller.real_income[0, 1]
    assert found.real_income[0, 0] < seller.real_income[0, 0]


def limits(left):
    """Cap China's sales of the rare earth to the other region."""
    cells = np.full((2, 2, 2), np.inf)
    cells[REE, 0, 1] = left
    return cells


# ---------------------------------------------------------------------- the model
@pytest.fixture(scope="module")
def small():
    """The split world in five regions: all sectors, the chain among them."""
    table = load("world-2022-ree")
    named = ["USA", "CHN", "JPN", "KOR"]
    rest = [r for r in table.regions if r not in named]
    return table.aggregate(regions={**{r: [r] for r in named}, "ROW": rest})


CUT = Scenario(ExportCut("CHN", "rare-earth-chain", 0.8, importers=["USA", "JPN"]), name="cut")


def test_no_cut_no_effect(small):
    nothing = Scenario(ExportCut("CHN", "rare-earth-chain", 0.0), name="none")
    effects = run(small, nothing, "scarce", inputs="rare-earth-chain")
    np.testing.assert_allclose(effects["real_income_pct"], 0.0, atol=1e-7)
    with pytest.raises(NotApplicableError, match="cuts nothing"):
        run(small, nothing, "scarce")


def test_horizons_set_the_elasticity_and_losses_grow_as_it_falls(small):
    losses = []
    for horizon in ("long", "medium", "short"):
        effects = run(small, CUT, "scarce", horizon=horizon)
        assert effects.parameters["sigma"]["value"] == SIGMA[horizon]
        assert effects.parameters["sigma"]["scarce"] == [
            s for s in small.sectors if s.endswith("_REE")
        ]
        assert effects.diagnostics["residual"] < 1e-8
        losses.append(-float(effects["real_income_pct"].sel(region="USA")))
    assert 0 < losses[0] < losses[1] < losses[2]


def test_what_may_be_sold_is_sold_and_dear(small):
    effects = run(small, CUT, "scarce", sigma=0.5)
    dear = effects.diagnostics["scarcity_price_multiple"]["C27_REE"]
    assert set(dear) == {"USA", "JPN"}
    assert min(dear.values()) > 1.0
    assert "gdp_pct" not in effects
    held = run(small, CUT, "scarce", sigma=0.5, rents="buyer")
    at_home, abroad = (e["real_income_pct"].sel(region="USA").item() for e in (held, effects))
    assert at_home > abroad
    assert "old price" in " ".join(held.notes)


def test_a_supply_cut_is_a_cap_on_output(small):
    mine = Scenario(SupplyCut("CHN", "C27_REE", 0.3), name="mine")
    effects = run(small, mine, "scarce", sigma=0.5, horizon="medium")
    output = effects["output_pct"].sel(region="CHN", sector="C27_REE").item()
    assert output == pytest.approx(-30.0, abs=1e-5)


def test_names_are_checked(small):
    for option, value, words in (
        ("rents", "state", "unknown rents of model scarce"),
        ("horizon", "soon", "unknown horizon"),
        ("nest", "flat", "unknown nest of model scarce"),
        ("balance", "none", "unknown balance"),
    ):
        with pytest.raises(LabelError, match=words):
            run(small, CUT, "scarce", **{option: value})
