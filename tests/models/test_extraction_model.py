"""Extraction of flows and of industries: equal to brute force, and what global extraction keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError
from iomodel.indicators import extract_industries
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, SupplyCut
from iomodel.table.mrio import MRIOTable

# Issue text: low-rank updates must equal brute force; a dozen industries, well conditioned.
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
SHOCKS = [
    [Embargo(between=["R0", "R1"])],
    [ExportCut("R1", ["s0", "s2"], 0.3)],
    [ExportCut("R0", "s1", 0.5, importers="R2"), SupplyCut("R2", "s3", 0.8)],
    [SupplyCut("R1", "all", 1.0)],
]


def global_by_loops(cells, limit, output):
    """The definition of global extraction for one buyer and one product; cells by origin."""
    kept = cells * limit
    missing = cells.sum() - kept.sum()
    free = limit == 1
    weights = cells * free if (cells * free).sum() > 0 else output * free
    return kept + missing * weights / weights.sum() if weights.sum() > 0 else kept


def brute(table, policy, *, everywhere):
    R, S = table.shape
    limit = policy.delivered * policy.supply[:, :, None]
    A, Y = table.A2.reshape(R, S, R, S).copy(), table.Y.values.copy()
    for s in range(S):
        for m in range(R):
            uses = [A[:, s, m, c] for c in range(S)] + [Y[:, s, m, u] for u in range(Y.shape[3])]
            for cells in uses:
                z = np.maximum(cells, 0)
                new = z * limit[:, s, m]
                if everywhere:
                    new = global_by_loops(z, limit[:, s, m], table.x.values[:, s])
                cells += new - z
    f = Y.reshape(table.n, -1).sum(axis=1)
    return np.linalg.solve(np.eye(table.n) - A.reshape(table.n, table.n), f)


@pytest.mark.parametrize("shocks", SHOCKS)
@pytest.mark.parametrize("closure", ["hypothetical", "global"])
def test_equals_brute_force(make_table, shocks, closure):
    for seed in range(5):
        table, scenario = make_table(seed), Scenario(shocks)
        x = brute(table, scenario.lower(table), everywhere=closure == "global")
        effects = run(table, scenario, "extraction", closure=closure)
        np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **TIGHT)


def test_low_rank_answer_equals_a_factorization_from_scratch(make_table):
    table = make_table(0, regions=12, sectors=5)
    scenario = Scenario(ExportCut("R3", "s1", 0.7))
    effects = run(table, scenario, "extraction")
    assert "rank 1" in effects.diagnostics["method"]
    x = brute(table, scenario.lower(table), everywhere=False)
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **TIGHT)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), share=st.floats(0, 1))
def test_global_extraction_keeps_primary_inputs_of_the_world(make_table, seed, share):
    table = make_table(seed)
    effects = run(table, Scenario(ExportCut("R0", "all", share)), "extraction", closure="global")
    assert effects.diagnostics["unmet_use"] == 0.0
    assert float(effects["gdp_new"].sum()) == pytest.approx(float(table.Y.sum()), rel=1e-10)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), share=st.floats(0, 0.9), more=st.floats(0.01, 0.1))
def test_hypothetical_extraction_is_monotone_in_the_degree(make_table, seed, share, more):
    table = make_table(seed)
    mild, hard = (
        run(table, Scenario(SupplyCut("R1", "s1", d)), "extraction") for d in (share, share + more)
    )
    assert np.all(hard["output_new"] <= mild["output_new"] + 1e-12 * table.x.values)


def test_buyer_without_another_supplier_turns_to_the_world(make_table):
    Z = np.zeros((3, 3))
    Z[0, 1] = 2.0
    table = MRIOTable.from_arrays(
        Z, [[6, 0, 0], [0, 10, 0], [0, 0, 4]], regions=["A", "B", "C"], sectors=["s"]
    )
    scenario = Scenario(Embargo(importer="B", exporter="A"))
    effects = run(table, scenario, "extraction", closure="global")
    # Left are B itself and C, by their outputs of 10 and 4: a_BB = 0.2 * 10 / 14.
    a = np.array([[0, 0, 0], [0, 0.2 * 10 / 14, 0], [0, 0.2 * 4 / 14, 0]])
    x = np.linalg.solve(np.eye(3) - a, [6, 10, 4])
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, rtol=1e-12)
    assert effects.diagnostics["use_met_by_new_suppliers"] == pytest.approx(2.0)
    assert any("asks most of B s" in note for note in effects.notes)


def test_hypothetical_equals_lost_and_global_equals_diverted_for_cuts(make_table):
    table = make_table(11, regions=8)
    scenario = Scenario(ExportCut("R0", "all", 0.6, importers="R1"))
    hung, served = (run(table, scenario, model) for model in ("extraction", "leontief"))
    # Global extraction knows the world as a supplier of last resort; here nobody needs it.
    assert hung.diagnostics["use_met_by_new_suppliers"] == 0.0
    name = "output_pct_by_closure"
    np.testing.assert_allclose(hung[name].values, served[name].values, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("degree", [0.3, 1.0])
@pytest.mark.parametrize(("sales", "purchases"), [(True, False), (False, True), (True, True)])
def test_industries_are_extracted_as_by_the_textbook(make_table, degree, sales, purchases):
    table = make_table(1)
    industries = [("R0", "s1"), ("R2", "s0")]
    k = [1, 8]
    A, f = table.A2.copy(), table.Y2.sum(axis=1)
    keep = np.ones_like(A)
    if sales:
        keep[k] = 1 - degree
        f[k] *= 1 - degree
    if purchases:
        keep[:, k] = 1 - degree
    x = np.linalg.solve(np.eye(table.n) - A * keep, f)
    found = extract_industries(table, industries, degree, sales=sales, purchases=purchases)
    np.testing.assert_allclose(found.values.ravel(), x, **TIGHT)


def test_one_row_follows_sherman_and_morrison(make_table):
    table, a, k = make_table(2), 0.4, 5
    L = LeontiefSystem(table).inverse().values.reshape(table.n, table.n)
    f = table.Y2.sum(axis=1)
    f[k] *= 1 - a
    unit = np.eye(table.n)[k]
    L_new = L - a * np.outer(L[:, k], L[k] - unit) / (1 + a * (L[k, k] - 1))
    found = extract_industries(table, [("R1", "s1")], a, purchases=False)
    np.testing.assert_allclose(found.values.ravel(), L_new @ f, **TIGHT)


def test_bad_extractions_are_refused(make_table):
    table = make_table(0)
    with pytest.raises(LabelError, match="unknown sector 's9'"):
        extract_industries(table, [("R0", "s9")])
    with pytest.raises(LabelError, match="unknown region 'X'"):
        extract_industries(table, [("X", "s1")])
    with pytest.raises(LabelError, match="named twice"):
        extract_industries(table, [("R0", "s1"), ("R0", "s1")])
    with pytest.raises(LabelError, match="from 0 to 1"):
        extract_industries(table, [("R0", "s1")], 1.5)
