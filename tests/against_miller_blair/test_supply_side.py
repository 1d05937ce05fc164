"""Ghosh and mixed models on the two-sector table of Miller and Blair, to the printed digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import InfeasibleError, LabelError, TableError
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.models.fixed_price.ghosh import fixed_output
from iomodel.models.fixed_price.mixed import mixed_outputs
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, ExportCut, SupplyCut
from iomodel.table.catalogue import load

CLOSE = {"rtol": 1e-11, "atol": 1e-11}


def cut(sector, share):
    return Scenario(SupplyCut("MB", sector, share))


# ---------------------------------------------------------------------- Ghosh
def test_ghosh_change_of_output():
    # Value added of sector 1 is 650; a cut of a tenth is the worked change of -65.
    effects = run(load("miller-blair"), cut("1", 0.1), "ghosh")
    change = (effects["output_new"] - effects["output_base"]).values.ravel()
    np.testing.assert_allclose(change, [-81.51815, -42.90429], atol=5e-6)
    np.testing.assert_allclose(
        effects["output_pct"].values.ravel(), [-8.151815, -2.145215], atol=5e-7
    )


def test_ghosh_is_the_price_model_in_disguise():
    # The same relative changes as prices after a tenth less value added per unit in sector 1.
    system = LeontiefSystem(load("miller-blair"))
    prices = system.solve_prices(np.array([-0.1 * 0.65, 0.0]))
    np.testing.assert_allclose(100 * prices, [-8.151815, -2.145215], atol=5e-7)
    # Its flaw: primary inputs of sector 2 stay at 1400 while its output falls.
    effects = run(load("miller-blair"), cut("1", 0.1), "ghosh")
    assert 1400 / float(effects["output_new"][0, 1]) == pytest.approx(0.715346, abs=5e-7)


def test_ghosh_from_the_allocation_matrix(make_table):
    table, scenario = (
        make_table(3),
        Scenario([ExportCut("R1", "s1", 0.4), SupplyCut("R0", "s0", 0.2)]),
    )
    policy = scenario.lower(table)
    B = (table.Z.values * policy.delivered[..., None]).reshape(table.n, -1) / table.x1[:, None]
    v = table.v1 * policy.supply.ravel()
    x = np.linalg.solve(np.eye(table.n) - B.T, v)
    effects = run(table, scenario, "ghosh")
    np.testing.assert_allclose(effects["output_new"].values.ravel(), x, **CLOSE)


def test_ghosh_with_given_output_scales_a_row_of_its_inverse(make_table):
    table = make_table(4)
    B = table.Z2 / table.x1[:, None]
    G = np.linalg.inv(np.eye(table.n) - B)
    found = fixed_output(table, {("R1", "s1"): -3.0})
    np.testing.assert_allclose(found.values.ravel(), -3.0 * G[5] / G[5, 5], **CLOSE)
    several = fixed_output(table, {("R1", "s1"): -3.0, ("R0", "s2"): 1.0})
    assert several.sel(region="R1", sector="s1").item() == pytest.approx(-3.0)
    assert several.sel(region="R0", sector="s2").item() == pytest.approx(1.0)
    with pytest.raises(LabelError, match="unknown region"):
        fixed_output(table, {("X", "s1"): 1.0})
    with pytest.raises(TableError, match="R2 s3 has no output"):
        fixed_output(make_table(4, idle=True), {("R2", "s3"): 1.0})
    with pytest.raises(TableError, match="not that of table"):
        fixed_output(table, {("R1", "s1"): 1.0}, system=LeontiefSystem(make_table(1)))


# ---------------------------------------------------------------------- mixed
@pytest.mark.parametrize(
    ("output", "other", "final"),
    [(1800.0, 941.176471, 1521.764706), (100.0, 441.176471, 6.764706)],
)
def test_mixed_with_given_output_of_sector_2(output, other, final):
    effects = run(load("miller-blair"), cut("2", 1 - output / 2000), "mixed")
    np.testing.assert_allclose(effects["output_new"].values.ravel(), [other, output], atol=5e-7)
    np.testing.assert_allclose(effects["final_sales_new"].values.ravel(), [350.0, final], atol=5e-7)


def test_mixed_without_an_answer():
    with pytest.raises(
        InfeasibleError, match=r"MB 2 from 1700 to -11\.0588 .*use model extraction"
    ):
        run(load("miller-blair"), cut("2", 1 - 80 / 2000), "mixed")
    dx, df, _ = mixed_outputs(
        LeontiefSystem(load("miller-blair")), np.array([1]), np.array([-1920])
    )
    assert 1000 + dx[0] == pytest.approx(435.294118, abs=5e-7)
    assert 1700 + df[0] == pytest.approx(-11.058824, abs=5e-7)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 999), size=st.integers(1, 5))
def test_mixed_equals_the_partitioned_system(make_table, seed, size):
    table, rng = make_table(seed), np.random.default_rng(seed)
    s = np.sort(rng.choice(table.n, size, replace=False))
    k = np.setdiff1d(np.arange(table.n), s)
    dx = -rng.uniform(0, 0.01, size) * table.x1[s]
    A, x, f = table.A2, table.x1, table.Y2.sum(axis=1)
    x_s = x[s] + dx
    inner = np.eye(k.size) - A[np.ix_(k, k)]
    x_k = np.linalg.solve(inner, f[k] + A[np.ix_(k, s)] @ x_s)
    f_s = x_s - A[np.ix_(s, s)] @ x_s - A[np.ix_(s, k)] @ x_k
    output, final, _ = mixed_outputs(LeontiefSystem(table), s, dx)
    np.testing.assert_allclose((x + output)[k], x_k, rtol=1e-10)
    np.testing.assert_allclose((x + output)[s], x_s, rtol=1e-10)
    np.testing.assert_allclose(f[s] + final, f_s, rtol=1e-9, atol=1e-9 * x.max())


def test_mixed_export_cut_lowers_output_by_what_is_withheld(make_table):
    table = make_table(5)
    effects = run(table, Scenario(ExportCut("R1", "s1", 0.01, importers="R2")), "mixed")
    withheld = 0.01 * (table.Z.values[1, 1, 2].sum() + table.Y.values[1, 1, 2].sum())
    fall = (effects["output_base"] - effects["output_new"]).values[1, 1]
    assert fall == pytest.approx(withheld, rel=1e-10)


def test_mixed_has_no_word_on_embargoes(make_table):
    with pytest.raises(ValueError, match=r"models that have: leontief, extraction, equilibrium"):
        run(make_table(0), Scenario(Embargo(between=["R0", "R1"])), "mixed")
