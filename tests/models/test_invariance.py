"""What must not change an answer: no shock, the order of labels, how regions are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import ScenarioError
from iomodel.models import MODELS, run
from iomodel.models import applicable as all_applicable
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

NO_SHOCK = [
    [],
    [Tariff("R0", "R1", "all", 0.0)],
    [TradeCost(between=["R0", "R1"], increase=0.0)],
    [ExportCut("R0", "all", 0.0), SupplyCut("R1", "s1", 0.0)],
    [DemandChange("R2", "all", 0.0), Productivity("R0", "all", 0.0)],
]
SHOCKS = {
    "tariff": [Tariff("R0", "R1", "all", 0.5), TradeCost(between=["R0", "R2"], increase=0.2)],
    "cut": [ExportCut("R1", ["s0", "s2"], 0.002), SupplyCut("R2", "s3", 0.001)],
    "embargo": [Embargo(between=["R0", "R1"])],
    "demand": [DemandChange("R0", "s1", -0.2), Productivity("R1", "s1", 0.05)],
}


# What models need beside a table whose sectors nobody has elasticities or ratings for.
OPTIONS = {
    "leontief": {"elasticities": 3.0},
    "inventories": {"criticality": 0.5, "stocks": 0.3, "days": 40},
}
RATED = ("inventories",)
ENGINE = ("equilibrium", "scarce")


def applicable(table, scenario):
    # General equilibrium is exact to its solver's tolerance, not to the last bit, and has these
    # properties tested in tests/equilibrium.
    known = [model for model in all_applicable(table, scenario) if model not in ENGINE]
    return [*known, *(m for m in RATED if scenario.kinds <= MODELS[m].handles)]


def answer(table, scenario, model):
    return run(table, scenario, model, **OPTIONS.get(model, {}))


@pytest.mark.parametrize("shocks", NO_SHOCK)
@pytest.mark.parametrize("idle", [False, True])
def test_no_shock_gives_the_baseline_to_the_last_bit(make_table, shocks, idle):
    table, scenario = make_table(0, idle=idle), Scenario(shocks)
    for model in applicable(table, scenario):
        effects = answer(table, scenario, model)
        for name, data in effects.dataset.data_vars.items():
            if str(name).endswith("_new"):
                base = effects[str(name).replace("_new", "_base")]
                np.testing.assert_array_equal(data.values, base.values, err_msg=f"{model} {name}")
            elif "_pct" in str(name):
                assert np.all(np.nan_to_num(data.values) == 0.0), f"{model} {name}"


def permuted(table, regions, sectors):
    r, s = np.array(regions), np.array(sectors)
    data = table.dataset
    return MRIOTable.from_arrays(
        data["Z"].values[np.ix_(r, s, r, s)],
        data["Y"].values[np.ix_(r, s, r, range(len(table.final_uses)))],
        x=data["x"].values[np.ix_(r, s)],
        tariff=data["tariff"].values[np.ix_(r, s, r)],
        unusual_tariffs="accept",
        regions=[table.regions[k] for k in r],
        sectors=[table.sectors[k] for k in s],
        final_uses=table.final_uses,
    )


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 999),
    regions=st.permutations(range(3)),
    sectors=st.permutations(range(4)),
    kind=st.sampled_from(sorted(SHOCKS)),
)
def test_order_of_labels_does_not_matter(make_table, seed, regions, sectors, kind):
    table, scenario = make_table(seed), Scenario(SHOCKS[kind])
    other = permuted(table, regions, sectors)
    for model in [m for m in applicable(table, scenario) if m != "mixed"]:
        one, two = answer(table, scenario, model), answer(other, scenario, model)
        for name, data in one.dataset.data_vars.items():
            same = two[str(name)].reindex_like(data)
            scale = float(np.nanmax(np.abs(data.values), initial=1.0))
            np.testing.assert_allclose(same, data, rtol=1e-9, atol=1e-10 * scale, err_msg=str(name))


def split_in_two(table, share):
    """Draw region R2 as two regions that trade and use in proportion to their size."""
    weights = np.ones(4)
    weights[2:] = share, 1 - share
    of = np.array([0, 1, 2, 2])
    Z = table.Z.values[of][:, :, of] * weights[:, None, None, None] * weights[None, None, :, None]
    Y = table.Y.values[of][:, :, of] * weights[:, None, None, None] * weights[None, None, :, None]
    return MRIOTable.from_arrays(
        Z,
        Y,
        x=table.x.values[of] * weights[:, None],
        tariff=table.tariff.values[of][:, :, of],
        unusual_tariffs="accept",
        regions=["R0", "R1", "R2a", "R2b"],
        sectors=table.sectors,
        final_uses=table.final_uses,
    )


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 999), share=st.floats(0.2, 0.8), kind=st.sampled_from(["t", "c", "e"]))
def test_a_region_drawn_as_two_alike_answers_as_one(make_table, seed, share, kind):
    table = make_table(seed)
    drawn = split_in_two(table, share)
    for model in ("leontief", "price", "extraction", "ghosh", "inventories"):
        results = []
        for where, economy in (("R2", table), (["R2a", "R2b"], drawn)):
            shock = {
                "t": Tariff("R0", where, "all", 0.5),
                "c": ExportCut(where, "s1", 0.4, importers=["R0", "R1"]),
                "e": Embargo(importer="R1", exporter=where),
            }[kind]
            scenario = Scenario(shock)
            if model in applicable(economy, scenario):
                results.append(answer(economy, scenario, model).by_region().drop(columns=[]))
        if results:
            one, two = results
            names = [c for c in one if c.endswith(("_pct", "_lost", "_diverted", "_global"))]
            # Trade between the two parts is foreign trade now, that inside R2 was not.
            names = [c for c in names if not c.startswith(("exports", "imports"))]
            for ours, theirs in {"R0": "R0", "R1": "R1", "R2": "R2a", "WORLD": "WORLD"}.items():
                np.testing.assert_allclose(
                    two.loc[theirs, names], one.loc[ours, names], rtol=1e-7, atol=1e-8
                )


def test_one_region_has_no_trade_but_supply_and_demand(make_table):
    table = make_table(0, regions=1)
    cut = Scenario(SupplyCut("R0", "s1", 0.001))
    for model in applicable(table, cut):
        effects = answer(table, cut, model)
        assert float(effects["gdp_pct"][0]) < 0
    effects = run(table, Scenario(DemandChange("R0", "all", 0.1)))
    np.testing.assert_allclose(effects["output_pct"], 10.0, rtol=1e-9)
    np.testing.assert_array_equal(effects["exports_new"], 0.0)
    with pytest.raises(ScenarioError):
        run(table, Scenario(Tariff("R0", "others", "all", 0.1)), elasticities=1)


def test_industries_without_output_stay_so(make_table):
    table = make_table(1, idle=True)
    idle = table.x.values == 0
    assert idle.any()
    for shocks in SHOCKS.values():
        scenario = Scenario(shocks)
        for model in [m for m in applicable(table, scenario) if m not in ("price", "mixed")]:
            effects = answer(table, scenario, model)
            assert np.all(effects["output_new"].values[idle] == 0)
            assert np.isfinite(effects["gdp_new"].values).all()
            assert np.isfinite(effects.by_region()["gdp_pct"]).all()
