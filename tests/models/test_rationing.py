"""Rationing: worked cases of the programme, what no rule can beat, and nothing used twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, SolverError
from iomodel.models import run
from iomodel.models.fixed_price.quantities import value_added_coefficients
from iomodel.models.shortage.allocation import (
    RULES,
    constrained_economy,
    downstream_losses,
    sales,
)
from iomodel.models.shortage.expenditure_bounds import expenditure_bound, trapezoid
from iomodel.models.shortage.options import CLOSURES
from iomodel.models.shortage.rationing.bounds import Limits
from iomodel.models.shortage.rationing.model import _assert_feasible, rationing
from iomodel.models.shortage.rationing.options import OBJECTIVES
from iomodel.models.shortage.rationing.programme import SECOND, ObjectiveWeights, best_allocation
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import ExportCut, SupplyCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

HALVED = Scenario(SupplyCut("TOY", "REE", 0.5))
CHAIN = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
# HiGHS works to 1e-7 of a unit of account of 1e-8 world outputs, summed over some hundred rows.
SOLVER = 1e-12


def ratios(effects):
    return (effects["output_new"] / effects["output_base"]).values.ravel()


def gammas(seed, sectors=4):
    return np.random.default_rng(seed).choice([0.0, 0.3, 0.5, 1.0], (sectors, sectors))


def cuts(share):
    return Scenario([ExportCut("R0", "s0", share), SupplyCut("R1", "s2", share / 3)])


# ---------------------------------------------------------------------- worked by hand
def test_scarce_inputs_go_where_they_are_needed():
    effects = rationing(load("ree-toy"), HALVED, criticality=CHAIN)
    # Magnets need .8 of rare earths and get the .5 that are left: output 6 x .5 / .8 = 3.75, of
    # which vehicles need 4. Nobody else needs either, so nobody else loses.
    np.testing.assert_allclose(ratios(effects), [0.5, 0.625, 0.9375, 1.0], rtol=1e-9)
    lost = 0.5 * 0.7 + 0.375 * 3.5 + 0.0625 * 155.95
    assert float(effects["gdp_pct"][0]) == pytest.approx(-100 * lost / 474.6, rel=1e-9)


def test_shadow_price_is_the_worth_of_one_more_unit():
    effects = rationing(load("ree-toy"), HALVED, criticality=CHAIN)
    # One more unit of rare earths: 6 / .8 = 7.5 of magnets, and 200 x 7.5 / 4 of vehicles.
    worth = 3.5 / 6 * 7.5 + 155.95 / 200 * 375
    price = effects["shadow_price"].sel(region="TOY")
    assert float(price.sel(sector="REE")) == pytest.approx(100 * worth, rel=1e-9)
    assert float(price.sel(sector="MAG")) == pytest.approx(100 * 155.95 / 4, rel=1e-9)
    # Final demand of what is not scarce is worth no more than the weight that settles ties.
    assert float(price.sel(sector="SRV")) <= 100 * SECOND
    named = effects.diagnostics["scarcest"][0]
    assert (named["product"], named["region"]) == ("REE", "TOY")
    assert named["price_multiple"] == pytest.approx(worth, rel=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_programme_where_the_mixed_model_has_no_answer(objective):
    """Miller and Blair's table with 80 of sector 2: x = (380, 80) and f = (303, 0)."""
    table = load("miller-blair")
    cut = Scenario(SupplyCut("MB", "2", 1 - 80 / 2000))
    effects = rationing(table, cut, criticality=1.0, closure="sold", objective=objective)
    np.testing.assert_allclose(effects["output_new"].values.ravel(), [380, 80], rtol=1e-9)
    assert float(effects["final_demand_new"][0]) == pytest.approx(303, rel=1e-9)
    supply = constrained_economy(table, cut.lower(table), np.ones((2, 2)))
    best = best_allocation(supply, ObjectiveWeights(np.zeros((1, 2)), 1.0), Limits(sold=True))
    final = table.Y.values.sum(axis=(0, 3)) - best.lost_final
    np.testing.assert_allclose(final.ravel(), [303, 0], atol=1e-9 * 303)


def test_half_of_an_industry_may_run_without():
    # Vehicles keep half without magnets; magnets need rare earths in full.
    effects = rationing(
        load("ree-toy"),
        Scenario(SupplyCut("TOY", "REE", 1.0)),
        criticality={("REE", "MAG"): 1.0, ("MAG", "VEH"): 0.5},
    )
    np.testing.assert_allclose(ratios(effects), [0.0, 0.0, 0.5, 1.0], atol=1e-12)


# ---------------------------------------------------------------------- properties
@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 999),
    share=st.floats(0.0, 1.0),
    rule=st.sampled_from(RULES),
    sold=st.booleans(),
    final=st.booleans(),
)
def test_no_rule_loses_less(make_table, seed, share, rule, sold, final):
    table, gamma = make_table(seed, idle=seed % 2 == 0), gammas(seed)
    supply = constrained_economy(table, cuts(share).lower(table), gamma, rule=rule)
    intensity = value_added_coefficients(table).reshape(table.shape)
    worth = (
        ObjectiveWeights(np.zeros(table.shape), 1.0) if final else ObjectiveWeights(intensity, 0.0)
    )
    best = best_allocation(supply, worth, Limits(sold=sold))
    found = downstream_losses(supply)
    answer = sales(supply, found, sold_only=sold)
    if final:
        lost, least = answer.lost_final.sum(), best.lost_final.sum()
    else:
        lost = (intensity * (1 - answer.activity) * supply.output).sum()
        least = (intensity * best.loss).sum()
    # The rules' fixed points are known to 1e-11 of a flow, those that creep to about 1e-7.
    assert lost >= least - 1e-7 * table.x1.sum()
    assert least >= -SOLVER * table.x1.sum()


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 999),
    share=st.floats(0.0, 1.0),
    sold=st.booleans(),
    resourcing=st.sampled_from([0.0, 0.1]),
    idle=st.sampled_from([0.0, 0.05]),
)
def test_nothing_is_used_that_is_not_there(make_table, seed, share, sold, resourcing, idle):
    table, gamma = make_table(seed, idle=seed % 2 == 0), gammas(seed)
    policy = cuts(share).lower(table)
    supply = constrained_economy(table, policy, gamma)
    limits = Limits(idle if sold else 0.0, resourcing, sold)
    intensity = value_added_coefficients(table).reshape(table.shape)
    best = best_allocation(supply, ObjectiveWeights(intensity, SECOND), limits)
    tiny = 10 * SOLVER * table.x1.sum()
    shipped, made = supply.intermediate + supply.final - best.lost, supply.output - best.loss
    final = supply.final.sum(axis=0) - best.lost_final
    drawn = -np.minimum(table.Y.values, 0.0).sum(axis=(2, 3))
    assert min(shipped.min(), made.min(), final.min(), best.need.min()) >= -tiny
    assert (made + drawn - shipped.sum(axis=2)).min() >= -tiny
    assert (shipped.sum(axis=0) - best.need.sum(axis=2) - final).min() >= -tiny
    assert best.lost_final.min() >= -tiny
    # Borders: no cut delivery exceeds what is let through, no other one its re-sourced size.
    base = supply.intermediate + supply.final
    away = ~np.eye(3, dtype=bool)[:, None, :]
    most = base * np.where(policy.delivered < 1, policy.delivered, 1 + resourcing)
    assert ((most - shipped) * away).min() >= -tiny
    # Critical inputs: x <= x0 [k (1 - gamma) + gamma u / U].
    running = np.divide(made, supply.output, out=np.zeros_like(made), where=supply.output > 0)
    used = np.divide(best.need, supply.use, out=np.ones_like(best.need), where=supply.use > 0)
    most_of = np.maximum(policy.supply * (1 + limits.idle), 1.0)
    allowed = most_of * (1 - gamma[:, None, :]) + gamma[:, None, :] * used
    rated = (gamma[:, None, :] > 0) & (supply.use > 0)
    gap = np.where(rated, (running - allowed) * supply.output, 0.0)
    assert gap.max() <= 10 * tiny


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 999))
def test_freedom_never_hurts(make_table, seed):
    table, gamma = make_table(seed), gammas(seed)
    supply = constrained_economy(table, cuts(0.6).lower(table), gamma)
    intensity = value_added_coefficients(table).reshape(table.shape)
    worth = ObjectiveWeights(intensity, 0.0)
    losses = [
        (intensity * best_allocation(supply, worth, limits).loss).sum()
        for limits in (
            Limits(sold=True),
            Limits(resourcing=0.2, sold=True),
            Limits(idle=0.1, resourcing=0.2, sold=True),
        )
    ]
    # Idle capacity is never run for its own sake: in the base it stays idle.
    still = best_allocation(
        constrained_economy(table, cuts(0.0).lower(table), gamma),
        ObjectiveWeights(intensity, SECOND),
        Limits(0.1, 0.0, True),
    )
    assert abs(still.loss).max() <= SOLVER * table.x1.sum()
    assert np.all(np.diff(losses) <= 2 * SOLVER * table.x1.sum())
    loose = (intensity * best_allocation(supply, worth, Limits()).loss).sum()
    assert loose <= losses[0] + SOLVER * table.x1.sum()


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_shock_is_the_baseline_to_the_last_bit(make_table, closure, objective):
    table = make_table(0, idle=True)
    effects = rationing(table, Scenario(), criticality=0.7, closure=closure, objective=objective)
    for name, data in effects.dataset.data_vars.items():
        if str(name).endswith("_new"):
            base = effects[str(name).replace("_new", "_base")]
            np.testing.assert_array_equal(data.values, base.values, err_msg=str(name))
    assert not effects["shadow_price"].values.any()


def test_unit_of_the_table_does_not_matter(make_table):
    table = make_table(3)
    scale = 1e-6
    other = MRIOTable.from_arrays(
        table.Z2 * scale,
        table.Y2 * scale,
        x=table.x1 * scale,
        regions=table.regions,
        sectors=table.sectors,
        final_uses=table.final_uses,
    )
    one, two = (
        float(rationing(t, cuts(0.7), criticality=0.6)["gdp_pct"].sum()) for t in (table, other)
    )
    assert two == pytest.approx(one, rel=1e-9)


def test_the_same_question_has_the_same_answer_to_the_last_bit(make_table):
    table = make_table(11)
    one, two = (
        run(table, cuts(0.7), "rationing", criticality=0.6, closure="sold") for _ in range(2)
    )
    for name, data in one.dataset.data_vars.items():
        assert data.values.tobytes() == two[str(name)].values.tobytes(), name


def test_rules_are_those_of_the_bottleneck_model(make_table):
    table = make_table(4)
    for rule in RULES:
        one = rationing(table, cuts(0.5), rule=rule, criticality=0.8)
        two = run(table, cuts(0.5), "bottleneck", rationing=rule, criticality=0.8)
        np.testing.assert_array_equal(one["output_new"], two["output_new"])
        assert "shadow_price" not in one


def test_loss_implies_a_price():
    toy = load("ree-toy")
    effects = rationing(toy, HALVED, criticality=CHAIN)
    bound = expenditure_bound(toy, HALVED).loc["TOY"]
    # At this multiple of the price the shares before and after the cut add up to the loss.
    implied = effects.diagnostics["implied_price"]["TOY"]
    change = float(trapezoid(bound["share"], bound["remaining"], implied))
    assert 100 * change == pytest.approx(float(effects["gdp_pct"][0]), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "fair"}, "unknown rule of model rationing 'fair'"),
        ({"closure": "lost"}, "unknown closure"),
        ({"objective": "profit"}, "unknown objective of model rationing 'profit'"),
        ({"resourcing": -1}, "resourcing of model rationing is -1"),
        ({"idle": 0.1}, "use closure 'sold'"),
        ({"rule": "proportional", "resourcing": 0.1}, "takes no resourcing"),
        ({"criticality": "analysts"}, "no analysts' ratings are known"),
    ],
)
def test_refusals(make_table, options, message):
    with pytest.raises(LabelError, match=message):
        rationing(make_table(0), Scenario(), **{"criticality": 0.0, **options})


def test_an_allocation_that_uses_too_much_is_not_returned(make_table):
    table = make_table(2)
    supply = constrained_economy(table, cuts(0.5).lower(table), gammas(2))
    nothing, final = np.zeros_like(supply.intermediate), supply.final
    _assert_feasible(supply, table.x1, nothing, final)
    less = table.x1.copy()
    less[3] *= 0.9
    with pytest.raises(SolverError, match="more of a product than there is"):
        _assert_feasible(supply, less, nothing, final)
    with pytest.raises(SolverError, match="more of a product than there is"):
        _assert_feasible(supply, table.x1, nothing, final - final.max())
