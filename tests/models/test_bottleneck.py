"""The bottleneck model: worked numbers, feasibility, and what must not move it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError
from iomodel.models.shortage.allocation import (
    RULES,
    constrained_economy,
    downstream_losses,
    sales,
)
from iomodel.models.shortage.bottleneck import bottleneck
from iomodel.models.shortage.diagnostics import REPORTED_ENTRIES, largest
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, SupplyCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

HALVED = Scenario(SupplyCut("TOY", "REE", 0.5))
CHAIN = {("REE", "MAG"): 1.0, ("MAG", "VEH"): 1.0}
PROPORTIONAL = {"rationing": "proportional"}


def loss(effects):
    return 100 * (1 - float(effects["gdp_new"].sum() / effects["gdp_base"].sum()))


def ratios(effects):
    return (effects["output_new"] / effects["output_base"]).values.ravel()


def ratings(seed, sectors=4):
    rng = np.random.default_rng(seed)
    return rng.choice([0.0, 0.5, 1.0], (sectors, sectors))


def test_only_the_chain_binds():
    effects = bottleneck(load("ree-toy"), HALVED, criticality=CHAIN, **PROPORTIONAL)
    np.testing.assert_allclose(ratios(effects), [0.5, 0.5, 0.5, 1.0], atol=1e-12)
    # Printed with four decimals.
    assert loss(effects) == pytest.approx(16.8721, abs=5e-5)
    assert effects.diagnostics["binding"][0]["held_back_by"] == "MAG"


def test_all_inputs_bind():
    effects = bottleneck(load("ree-toy"), HALVED, criticality=1.0, **PROPORTIONAL)
    np.testing.assert_allclose(ratios(effects), 0.5, atol=1e-12)
    assert loss(effects) == pytest.approx(50.0, abs=1e-10)


def test_industries_before_final_demand_lose_less():
    effects = bottleneck(load("ree-toy"), HALVED, criticality=CHAIN)
    # .5 of 1 for uses of .9, then .5556 of 6 for uses of 5.
    magnets = 0.5 / 0.9
    np.testing.assert_allclose(ratios(effects), [0.5, magnets, magnets * 6 / 5, 1.0], rtol=1e-12)


def test_a_trace_that_nobody_rated_moves_nothing():
    toy = load("ree-toy")
    Z = toy.Z2.copy()
    Z[0, 3] += 1e-6 * toy.x1[3]
    traced = MRIOTable.from_arrays(
        Z, toy.Y2, x=Z.sum(1) + toy.Y2.sum(1), regions=toy.regions, sectors=toy.sectors
    )
    for rule in RULES:
        plain, more = (
            loss(bottleneck(t, HALVED, criticality=CHAIN, rationing=rule)) for t in (toy, traced)
        )
        # In percent of GDP. The trace takes 0.04% of what the mine sells, which those served before
        # final demand miss; a shortage that it brought about would be 33%.
        assert abs(plain - more) < (1e-3 if rule == "proportional" else 0.02)
    assert loss(bottleneck(traced, HALVED, criticality=1.0, **PROPORTIONAL)) > 49.0


def test_export_cut_spares_the_exporters_own_users(make_table):
    table = make_table(3)
    cut = Scenario(ExportCut("R0", "s1", 0.8))
    gamma = {("s1", "all"): 1.0}
    effects = bottleneck(table, cut, criticality=gamma)
    change = effects["output_pct"]
    # R0 buys its own s1 in full, and what it withholds replaces s1 that others no longer make.
    np.testing.assert_array_equal(change.sel(region="R0").values, 0.0)
    assert float(change.sel(region=["R1", "R2"]).min()) < -0.1
    assert float(effects["gdp_pct_by_closure"].sel(closure="sold", region="R0")) < 0


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 999),
    share=st.floats(0.0, 1.0),
    rule=st.sampled_from(RULES),
    sold=st.booleans(),
    resourcing=st.sampled_from([0.0, 0.02]),
)
def test_nobody_uses_more_than_is_made(make_table, seed, share, rule, sold, resourcing):
    table = make_table(seed, idle=seed % 2 == 0)
    scenario = Scenario([ExportCut("R0", "s0", share), SupplyCut("R1", "s2", share / 3)])
    supply = constrained_economy(table, scenario.lower(table), ratings(seed), resourcing, rule)
    found = downstream_losses(supply)
    answer = sales(supply, found, sold_only=sold)
    base = supply.intermediate + supply.final
    delivered = base - answer.lost
    scale = table.x1.max()
    assert delivered.min() >= -1e-9 * scale
    assert (supply.final - answer.lost_final).min() >= -1e-9 * scale
    # Negative final demand is a stock drawn down, which adds to what can be sold.
    drawn = -np.minimum(table.Y.values, 0.0).sum(axis=(2, 3))
    slack = answer.activity * supply.output + drawn - delivered.sum(axis=2)
    assert slack.min() >= -1e-9 * scale
    assert np.all((found.loss >= 0) & (found.loss <= 1))


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 999), rule=st.sampled_from(RULES))
def test_more_cut_or_more_critical_never_helps(make_table, seed, rule):
    table, gamma = make_table(seed), ratings(seed)

    # Cuts of supply: under a cut of exports what is withheld helps the exporter's own users.
    def losses(share, weights):
        scenario = Scenario(SupplyCut("R0", ["s0", "s1"], share))
        return downstream_losses(
            constrained_economy(table, scenario.lower(table), weights, 0.0, rule)
        ).loss

    small, large = losses(0.2, gamma), losses(0.6, gamma)
    # Losses that creep round a circle are known to about 1e-11 over the rate of their approach.
    assert np.all(large >= small - 1e-7)
    assert np.all(large >= losses(0.6, 0.5 * gamma) - 1e-7)
    assert np.all(losses(0.0, gamma) == 0.0)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), share=st.floats(0.01, 0.99))
def test_closed_economy_where_all_is_critical_loses_the_share(make_table, seed, share):
    table = make_table(seed, regions=1)
    A = table.A2
    reached = np.linalg.matrix_power((A > 0) + np.eye(table.n), table.n)[0] > 0
    effects = bottleneck(
        table, Scenario(SupplyCut("R0", "s0", share)), criticality=1.0, **PROPORTIONAL
    )
    np.testing.assert_allclose(ratios(effects)[reached], 1 - share, atol=1e-9)
    np.testing.assert_array_equal(ratios(effects)[~reached], 1.0)


def test_income_and_expenditure_agree_where_every_input_binds():
    toy = load("ree-toy")
    effects = bottleneck(toy, HALVED, criticality=1.0, **PROPORTIONAL)
    assert float(effects["final_demand_new"].sum()) == pytest.approx(
        float(effects["gdp_new"].sum()), rel=1e-12
    )


def test_no_shock_is_the_baseline_to_the_last_bit(make_table):
    for scenario in (Scenario(), Scenario([ExportCut("R0", "all", 0.0)])):
        for closure in ("possible", "sold"):
            effects = bottleneck(
                make_table(0, idle=True), scenario, criticality=1.0, closure=closure
            )
            for name, data in effects.dataset.data_vars.items():
                if str(name).endswith("_new"):
                    base = effects[str(name).replace("_new", "_base")]
                    np.testing.assert_array_equal(data.values, base.values, err_msg=str(name))


def test_order_of_labels_does_not_matter(make_table):
    table = make_table(5)
    r, s = [2, 0, 1], [3, 1, 0, 2]
    other = MRIOTable.from_arrays(
        table.Z.values[np.ix_(r, s, r, s)],
        table.Y.values[np.ix_(r, s, r, [0, 1])],
        x=table.x.values[np.ix_(r, s)],
        regions=[table.regions[k] for k in r],
        sectors=[table.sectors[k] for k in s],
        final_uses=table.final_uses,
    )
    scenario = Scenario(Embargo(between=["R0", "R1"]))
    gamma = {("s1", "s2"): 1.0, ("s2", "all"): 0.5}
    one, two = (bottleneck(t, scenario, criticality=gamma) for t in (table, other))
    for name, data in one.dataset.data_vars.items():
        same = two[str(name)].reindex_like(data)
        np.testing.assert_allclose(same, data, rtol=1e-9, atol=1e-9, err_msg=str(name))


def test_refusals(make_table):
    with pytest.raises(LabelError, match="unknown rationing of model bottleneck 'fair'"):
        bottleneck(make_table(0), Scenario(), criticality=0.0, rationing="fair")
    with pytest.raises(LabelError, match="resourcing of model bottleneck is -1"):
        bottleneck(make_table(0), Scenario(), criticality=0.0, resourcing=-1)
    with pytest.raises(LabelError, match="unknown closure"):
        bottleneck(make_table(0), Scenario(), criticality=0.0, closure="lost")


def test_what_is_drawn_from_stock_is_no_shortage():
    """Industry a sells 12 to b out of an output of 10 and a stock run down by 2."""
    table = MRIOTable.from_arrays(
        [[0.0, 12.0], [0.0, 0.0]], [[-2.0], [50.0]], regions=["R"], sectors=["a", "b"]
    )
    effects = bottleneck(table, Scenario(SupplyCut("R", "a", 0.0)), criticality=1.0)
    np.testing.assert_array_equal(effects["output_new"], effects["output_base"])
    effects = bottleneck(table, Scenario(SupplyCut("R", "a", 0.1)), criticality=1.0)
    # 9 made and 2 from stock for a need of 12.
    np.testing.assert_allclose(ratios(effects), [0.9, 11 / 12], rtol=1e-12)


def test_largest_entries_are_positive_and_in_order():
    assert largest(np.array([[0.0, 3.0], [-1.0, 3.0], [5.0, 0.0]])) == [(2, 0), (0, 1), (1, 1)]
    assert len(largest(np.arange(1.0, 20.0))) == REPORTED_ENTRIES
    assert largest(np.zeros(4)) == []
