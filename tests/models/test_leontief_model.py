"""The demand-side model: brute force, closures, additivity, invariants."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError
from iomodel.leontief import LeontiefSystem
from iomodel.models import Workbench
from iomodel.models import run as run_model
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import (
    DemandChange,
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TradeCost,
)
from iomodel.table.mrio import MRIOTable

run = partial(run_model, model="leontief")

# Solves of a dozen industries: backward error near 1e-16, condition numbers below 1e3.
CLOSE = {"rtol": 1e-11, "atol": 1e-11}
TARIFF = Tariff("R0", "R1", "all", 0.5)


def resourced(table, policy, theta, *, diverted):
    """Return new coefficients and final deliveries by loops, for shocks without partial cuts."""
    R, S = table.shape
    A = table.A2.reshape(R, S, R, S).copy()
    Y = table.Y.values.copy()
    k, q = policy.price_factor, policy.delivered
    for s in range(S):
        for m in range(R):
            w = k[:, s, m] ** -(1 + theta) * q[:, s, m]
            hit = (k[:, s, m] > 1) | (q[:, s, m] < 1)
            for cells in [A[:, s, m, c] for c in range(S)] + [
                Y[:, s, m, u] for u in range(Y.shape[3])
            ]:
                z = np.maximum(cells, 0)
                # Without a supplier left the product is lost; without a use there is no product.
                left = (z * w).sum()
                new = z * w * z.sum() / left if left > 0 else 0 * z
                new = new if diverted else np.where(hit, np.minimum(new, z), z)
                cells += new - z
    return A.reshape(table.n, table.n), Y


@pytest.mark.parametrize("closure", ["lost", "diverted"])
@pytest.mark.parametrize(
    "shocks",
    [
        [TARIFF],
        [Embargo(between=["R0", "R1"])],
        [TradeCost(between=["R0", ["R1", "R2"]], increase=1.6)],
        [TARIFF, Embargo(importer="R2", exporter="R0", sectors="s1")],
    ],
)
def test_equals_brute_force(make_table, closure, shocks):
    table, scenario = make_table(3), Scenario(shocks)
    effects = run(table, scenario, closure=closure, elasticities=3.0)
    A, Y = resourced(table, scenario.lower(table), 3.0, diverted=closure == "diverted")
    f = Y.reshape(table.n, -1).sum(axis=1)
    x = np.linalg.solve(np.eye(table.n) - A, f)
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **CLOSE)
    flows = (A * x).reshape(table.Z.shape).sum(axis=(1, 3)) + Y.sum(axis=(1, 3))
    np.fill_diagonal(flows, 0)
    np.testing.assert_allclose(effects["exports_new"].values, flows.sum(axis=1), **CLOSE)
    np.testing.assert_allclose(effects["imports_new"].values, flows.sum(axis=0), **CLOSE)
    np.testing.assert_allclose(effects["trade_new"].values, flows, **CLOSE)
    np.testing.assert_allclose(effects["final_demand_new"].values, Y.sum(axis=(0, 1, 3)), **CLOSE)


def test_both_closures_stand_beside_each_other(make_table):
    table = make_table(0)
    lost = run(table, Scenario(TARIFF), closure="lost", elasticities=4)
    diverted = run(table, Scenario(TARIFF), closure="diverted", elasticities=4)
    for effects in (lost, diverted):
        assert effects.closures == ["lost", "diverted"]
        both = effects["gdp_pct_by_closure"]
        np.testing.assert_array_equal(both.sel(closure="lost"), lost["gdp_pct"])
        np.testing.assert_array_equal(both.sel(closure="diverted"), diverted["gdp_pct"])
    assert lost.closure == "lost"
    assert float(lost["gdp_new"].sum()) < float(diverted["gdp_new"].sum())


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(0.01, 3))
def test_diverted_keeps_primary_inputs_of_the_world(make_table, seed, rate):
    table = make_table(seed)
    effects = run(
        table, Scenario(Tariff("R0", ["R1", "R2"], "all", rate)), closure="diverted", elasticities=5
    )
    # The table has one primary input, value added, so world GDP is world final demand.
    assert float(effects["gdp_new"].sum()) == pytest.approx(float(table.Y.sum()), rel=1e-11)


def test_additive_in_final_demand(make_table):
    table = make_table(4)
    one, two = DemandChange("R0", "s0", 0.3), DemandChange("R2", "s3", -0.6)
    change = [
        run(table, Scenario(shocks))["output_new"].values - table.x.values
        for shocks in ([one], [two], [one, two])
    ]
    np.testing.assert_allclose(change[0] + change[1], change[2], **CLOSE)
    system = LeontiefSystem(table)
    f = np.zeros(table.Y.shape)
    f[:, 0, 0] = 0.3 * table.Y.values[:, 0, 0]
    f[:, 3, 2] = -0.6 * table.Y.values[:, 3, 2]
    np.testing.assert_allclose(
        change[2].ravel(), system.solve(f.reshape(table.n, -1).sum(axis=1)), **CLOSE
    )


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), low=st.floats(0, 0.9), more=st.floats(0.01, 1))
def test_lost_is_monotone_in_the_share(make_table, seed, low, more):
    table, high = make_table(seed), min(low + more, 1.0)
    for cut in (
        lambda share: ExportCut("R1", "s1", share),
        lambda share: SupplyCut("R1", "s1", share),
        lambda share: Tariff("R0", "R1", "all", share),
    ):
        mild, hard = (run(table, Scenario(cut(s)), elasticities=2.0) for s in (low, high))
        tolerance = 1e-12 * table.x.values
        assert np.all(hard["output_new"] <= mild["output_new"] + tolerance)
        assert np.all(mild["output_new"] <= table.x.values + tolerance)


def test_supply_cut_scales_all_deliveries(make_table):
    table = make_table(7)
    effects = run(table, Scenario(SupplyCut("R0", "s1", 0.25)))
    A, f = table.A2.copy(), np.maximum(table.Y2, 0)
    A[1] *= 0.75
    f[1] *= 0.75
    f += np.minimum(table.Y2, 0)
    x = np.linalg.solve(np.eye(table.n) - A, f.sum(axis=1))
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **CLOSE)


def test_productivity_divides_inputs_and_value_added(make_table):
    table = make_table(8)
    effects = run(table, Scenario(Productivity("R1", "s2", 0.25)))
    A, v = table.A2.copy(), table.v1 / table.x1
    k = 4 + 2
    A[:, k], v[k] = A[:, k] / 1.25, v[k] / 1.25
    x = np.linalg.solve(np.eye(table.n) - A, table.Y2.sum(axis=1))
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **CLOSE)
    np.testing.assert_allclose(effects["value_added_new"].values.ravel(), v * x, **CLOSE)


def test_user_without_remaining_supplier_loses_the_product_and_is_told():
    # Industry B:s uses t of A alone (0.1), and final users of B buy s of A (2) and of B (4).
    Z = np.zeros((4, 4))
    Z[1, 2], Z[0, 0] = 0.1, 1.0
    table = MRIOTable.from_arrays(
        Z, [[5, 2], [3, 0], [0, 4], [0, 1]], regions=["A", "B"], sectors=["s", "t"]
    )
    effects = run(table, Scenario(Embargo(importer="B", exporter="A")), closure="diverted")
    assert effects.diagnostics["unmet_use"] == pytest.approx(0.1)
    assert any("0.1 currency of use has no supplier left" in note for note in effects.notes)
    # A:s makes 5 for home and an eighth of its output for itself, B:s 6 without any t.
    np.testing.assert_allclose(effects["output_new"], [[5 / (1 - 1 / 8), 3], [6, 1]])


def test_tariff_revenue_follows_the_flows(make_table):
    table = make_table(2)
    effects = run(table, Scenario(TARIFF), elasticities=4, closure="diverted")
    base = np.einsum(
        "ism,ism->m", table.tariff.values, table.Z.values.sum(3) + table.Y.values.sum(3)
    )
    np.testing.assert_allclose(effects["tariff_revenue_base"], base, rtol=1e-12)


def test_elasticities_are_looked_up_only_where_prices_change(make_table):
    table = make_table(0)
    effects = run(table, Scenario(Embargo(between=["R0", "R1"])))
    assert effects.elasticities == "not used (no price changes)"
    with pytest.raises(LabelError, match="pass elasticities as a number"):
        run(table, Scenario(TARIFF))
    assert run(table, Scenario(TARIFF), elasticities=2.5).elasticities == "2.5 in every sector"


def test_unknown_closure_is_refused(make_table):
    with pytest.raises(LabelError, match=r"unknown closure of model leontief 'loss'.*lost, div"):
        run(make_table(0), Scenario(TARIFF), closure="loss", elasticities=1)


def test_runs_on_a_workbench_share_its_system_and_give_the_same(make_table):
    table = make_table(0)
    scenario = Scenario(Embargo(between=["R0", "R1"]))
    workbench = Workbench(table)
    system = workbench.system
    shared = run(workbench, scenario)
    np.testing.assert_array_equal(shared["output_new"], run(table, scenario)["output_new"])
    assert workbench.system is system
    with pytest.raises(LabelError, match="unknown option of model leontief 'system'"):
        run(table, scenario, system=system)
