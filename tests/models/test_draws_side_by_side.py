"""Draws solved side by side: each is a run of its own, whatever solves it and beside whom."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel._workers import in_order
from iomodel.models import Workbench
from iomodel.models.general_equilibrium.equilibrium.variables import HEADLINES
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Case, draw_elasticities, drawn_elasticities, run_batch

CHANGES = sorted(name for name in HEADLINES if name.endswith("_pct"))
DUTY = Scenario(iom.Tariff("R0", "R1", rate=0.4), name="duty")
EMBARGO = Scenario(iom.Embargo(between=["R0", "R1"]), name="embargo")
COST = Scenario(iom.TradeCost(between=["R1", "R2"], increase=0.5), name="cost")
# Tables in which every industry sells for more than its inputs with duty.
SEEDS = (2, 3, 6, 10, 12, 13)
# Printed with three decimals at most: half of the last, in percentage points.
HALF_DIGIT = 5e-4


def cases(table, scenario, count, seed=0, **options):
    theta = np.random.default_rng(seed).uniform(0.5, 12.0, (count, len(table.sectors)))
    labels = {"sector": list(table.sectors)}
    return [
        Case(
            "draw",
            scenario,
            "equilibrium",
            {"elasticities": xr.DataArray(row, labels, ("sector",)), **options},
            draw=k,
        )
        for k, row in enumerate(theta)
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scenario", [DUTY, EMBARGO, COST], ids=lambda s: s.name)
@pytest.mark.parametrize(
    "options",
    [{"horizon": "long"}, {"horizon": "medium"}, {"horizon": "long", "balance": "zero"}],
    ids=["long", "medium", "balanced"],
)
def test_draws_are_runs_of_their_own(make_table, seed, scenario, options):
    """Without real GDP to all digits of the solver; GDP is tested apart."""
    table = make_table(seed)
    draws = cases(table, scenario, 4, seed, **options)
    keep = [name for name in CHANGES if name != "gdp_pct"]
    together = run_batch(table, draws, keep=keep)
    assert not together.refusals
    for one in draws:
        alone = iom.run(table, scenario, "equilibrium", **one.options)
        for name in keep:
            # Both end within 1e-10 of excess demand; trade and output move with it times an
            # elasticity of up to twelve, small flows of these tables by some hundred percent.
            np.testing.assert_allclose(
                together[one.key][name], alone[name], rtol=1e-8, atol=1e-6, err_msg=name
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_beside_gdp_all_printed_digits_are_those_of_a_run(make_table, seed):
    table = make_table(seed)
    draws = cases(table, DUTY, 4, seed, horizon="long")
    together = run_batch(table, draws, keep=CHANGES)
    for one in draws:
        alone = iom.run(table, DUTY, "equilibrium", **one.options)
        for name in CHANGES:
            gap = np.abs(together[one.key][name] - alone[name]).max()
            # Real GDP: .01 points or a hundredth of itself, as the note says.
            bound = HALF_DIGIT / 10.0
            if name == "gdp_pct":
                bound = 0.01 + 0.01 * float(np.abs(alone[name]).max())
            assert gap < bound, name


def test_the_tolerance_is_an_option_and_on_record(make_table):
    table = make_table(2)
    draws = cases(table, DUTY, 3, horizon="long")
    keep = ["gdp_pct", "real_income_pct"]
    exact = run_batch(table, draws, keep=["real_income_pct"])
    for tolerance in (None, 1e-9, 1e-5):
        options = {} if tolerance is None else {"tolerance": tolerance}
        loose = run_batch(table, cases(table, DUTY, 3, horizon="long", **options), keep=keep)
        bound = tolerance or 1e-7
        for key, effects in loose.effects.items():
            assert effects.parameters["tolerance"] == bound
            gap = np.abs(effects["real_income_pct"] - exact[key]["real_income_pct"]).max()
            assert gap < 300.0 * bound
    assert {e.parameters["tolerance"] for e in exact.effects.values()} == {ge.TOLERANCE}
    alone = iom.run(table, DUTY, "equilibrium", **draws[0].options, tolerance=1e-6)
    assert alone.parameters["tolerance"] == 1e-6
    assert alone.diagnostics["excess_demand"] <= 1e-6
    assert alone.options["tolerance"] == 1e-6


@pytest.mark.parametrize("keep", [["real_income_pct"], CHANGES], ids=["income", "all"])
@pytest.mark.parametrize("balance", ["share", "zero"])
def test_workers_change_no_byte(make_table, keep, balance, monkeypatch):
    table = make_table(3)
    draws = cases(table, DUTY, 20, horizon="long", balance=balance)

    def answers(workers, kind):
        monkeypatch.setattr("iomodel.equilibrium.batches.in_order", partial(in_order, kind=kind))
        monkeypatch.setattr("iomodel._workers.processors", lambda: workers)
        ensemble = run_batch(table, draws, keep=keep)
        return [[ensemble[one.key][name].values.tobytes() for name in keep] for one in draws]

    alone = answers(1, None)
    for workers, kind in ((2, "thread"), (2, None), (4, None)):
        assert answers(workers, kind) == alone


def test_draws_on_the_world_table_are_runs_of_their_own():
    table = iom.load("world-2022")
    scenario = Scenario.load("us-china-tariff-100")  # with a base year of its own for each draw
    bench, sample = Workbench(table), draw_elasticities(table, 3, 0)
    draws = [
        Case(
            "draw",
            scenario,
            "equilibrium",
            {"elasticities": drawn_elasticities(sample, k)},
            draw=k,
        )
        for k in range(3)
    ]
    together = run_batch(bench, draws, keep=CHANGES)
    for one in draws[1:]:
        alone = iom.run(bench, scenario, "equilibrium", **one.options)
        for name in CHANGES:
            # Trade of the United States with China moves by up to ninety percent.
            bound = 0.01 if name == "gdp_pct" else HALF_DIGIT / 5.0
            assert np.abs(together[one.key][name] - alone[name]).max() < bound, name
