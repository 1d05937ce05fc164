"""The model on tables: labels, levels and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.errors import LabelError, NotApplicableError
from iomodel.models.general_equilibrium.base_year import economy_of
from iomodel.models.general_equilibrium.equilibrium import equilibrium
from iomodel.models.general_equilibrium.incidence_checks import incidence_checks
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import (
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TradeCost,
)
from iomodel.table.mrio import MRIOTable

Maker = Callable[..., MRIOTable]


@pytest.fixture(scope="module")
def table(make_table: Maker) -> MRIOTable:
    source = make_table(5)
    # Rates of up to 30 percent on every input leave random industries without value added.
    return source.with_history("tariffs lowered for a test", tariff=0.05 * source.tariff)


OPTIONS: dict[str, Any] = {"elasticities": 4.0, "horizon": "long"}


def test_base_is_an_equilibrium_with_the_levels_of_the_table(table: MRIOTable) -> None:
    economy = economy_of(table, np.zeros((3, 4, 3)))
    np.testing.assert_allclose(economy.output.T, table.x.values, rtol=1e-9)
    assert economy.imbalance() < 1e-9


def test_a_tariff_hurts_the_exporter_and_raises_revenue(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    effects = equilibrium(table, scenario, **OPTIONS)
    regions = effects.by_region()
    assert regions.loc["R1", "real_income_pct"] < 0.0
    assert regions.loc["R0", "tariff_revenue_new"] > regions.loc["R0", "tariff_revenue_base"]
    observed = equilibrium(table, scenario, balance="fixed", **OPTIONS)
    # With the table's deficits the base is the table, whose duties leave value added.
    np.testing.assert_allclose(observed["output_base"].values, table.x.values, rtol=1e-6)


def test_an_embargo_closes_the_flow(table: MRIOTable) -> None:
    scenario = Scenario([Embargo(importer="R0", exporter="R1")], name="embargo")
    effects = equilibrium(table, scenario, nest="baqaee-farhi", links=3, **OPTIONS)
    trade = effects["trade_new"].sel(region="R1", user_region="R0")
    assert float(trade) == 0.0
    assert effects["real_income_pct"].sel(region="R0") < 0.0


def test_productivity_raises_real_gdp_by_domar_weights(table: MRIOTable) -> None:
    scenario = Scenario([Productivity("R2", "s1", 1e-4)], name="productivity")
    effects = equilibrium(table, scenario, **OPTIONS)
    assert effects["gdp_pct"].sel(region="R2") > 0.0


def test_first_order_welfare_is_exact_for_small_duties(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "others", "all", 1e-4)], name="small")
    effects = equilibrium(table, scenario, **OPTIONS)
    exact, terms, volume, transfer, total = (
        effects[name].values
        for name in (
            "real_income_pct",
            "welfare_terms_of_trade_pct",
            "welfare_volume_of_trade_pct",
            "welfare_transfer_pct",
            "welfare_first_order_pct",
        )
    )
    np.testing.assert_allclose(total, terms + volume + transfer, rtol=1e-12)
    # What is left out is of second order: a duty of 1e-4 times elasticities of a few.
    np.testing.assert_allclose(total, exact, rtol=0, atol=2e-3 * np.abs(exact).max())
    assert np.abs(volume).max() > 0.0


@pytest.mark.parametrize(
    ("shock", "closure"),
    [
        (TradeCost(between=["R0", "R1"], increase=0.5), "mobile"),
        (Embargo(between=["R0", "R1"]), "mobile"),
        (Productivity("R2", "s1", 0.1), "mobile"),
        (Tariff("R0", "R1", "all", 0.25), "sticky"),
    ],
)
def test_first_order_welfare_is_silent_beyond_duties(
    table: MRIOTable, shock: Any, closure: str
) -> None:
    """Melting, productivity and idle factors are in neither of the two terms."""
    effects = equilibrium(table, Scenario([shock], name="other"), closure=closure, **OPTIONS)
    assert not any("welfare" in str(name) for name in effects.dataset.data_vars)


@pytest.mark.parametrize("closure", ["mobile", "specific", "sticky"])
def test_factor_income_is_price_times_use(table: MRIOTable, closure: str) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    effects = equilibrium(table, scenario, closure=closure, **OPTIONS)
    base, income = (effects[f"factor_income_{when}"] for when in ("base", "new"))
    np.testing.assert_array_equal(base, effects["value_added_base"])
    np.testing.assert_allclose(base.sum("sector"), effects["gdp_base"], rtol=1e-12)
    assert np.abs(effects["factor_income_pct"]).max() > 1e-3
    assert ("employment_pct" in effects) == (closure == "sticky")
    assert ("value_added_new" in effects) == (closure != "specific")
    if closure == "specific":
        return
    if closure == "mobile":
        totals = effects.by_region(world=False)["value_added_pct"]
        # Percent, to the tolerance of the solver.
        np.testing.assert_allclose(totals, 0.0, atol=1e-7)
    use = effects["value_added_new"] / effects["value_added_base"]
    wage = (income / base / use).values
    if closure == "mobile":
        # One wage per region.
        np.testing.assert_allclose(wage, np.broadcast_to(wage[:, :1], wage.shape), rtol=1e-9)
        return
    employment = effects["employment_pct"].values
    np.testing.assert_allclose(employment, 100.0 * (use - 1.0), atol=1e-9)
    assert wage.min() > 1.0 - 1e-9
    assert np.minimum(wage - 1.0, -employment).max() < 1e-7
    assert (wage > 1.0 + 1e-4).any()
    regional = effects.by_region(world=False)["employment_pct"]
    weighted = (employment * base.values).sum(axis=1) / base.values.sum(axis=1)
    np.testing.assert_allclose(regional, weighted, rtol=1e-9)
    assert effects.diagnostics["highest_employment_pct"] < 1e-7


def test_rigid_wages_are_refused_where_they_employ_people_who_do_not_exist(
    table: MRIOTable,
) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    with pytest.raises(NotApplicableError, match=r"percent more than there are in s\d .*sticky"):
        equilibrium(table, scenario, closure="rigid", **OPTIONS)
    # With fixed shares of spending no industry gains, and both closures are one.
    fixed = OPTIONS | {"elasticities": 0.0, "nest": "cobb-douglas"}
    rigid, sticky = (
        equilibrium(table, scenario, closure=closure, **fixed) for closure in ("rigid", "sticky")
    )
    for name in ("gdp_pct", "gni_pct", "real_income_pct", "employment_pct", "real_wage_pct"):
        np.testing.assert_allclose(rigid[name], sticky[name], atol=1e-8)
    assert float(np.abs(rigid["employment_pct"]).max()) > 1e-3


def test_incidence_of_duties_is_in_the_diagnostics(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    effects = equilibrium(table, scenario, closure="sticky", **OPTIONS)
    assert set(effects.diagnostics["incidence"]) == {"R0"}
    checked = effects.diagnostics["incidence"]["R0"]
    assert checked["imports_pct"] < 0.0
    assert checked["buyers_share_pct"] > 80.0
    assert not any(note.startswith("Check: ") for note in effects.notes)
    # Below unit substitution a factor that is tied to its industry bears the duty.
    windfall = OPTIONS | {"elasticities": -0.5, "nest": "baqaee-farhi", "horizon": "short"}
    effects = equilibrium(table, scenario, closure="specific", **windfall)
    assert effects.diagnostics["incidence"]["R0"]["buyers_share_pct"] < 80.0
    assert any(note.startswith("Check: buyers in R0 bear ") for note in effects.notes)
    without = equilibrium(table, Scenario([Embargo(between=["R0", "R1"])], name="e"), **OPTIONS)
    assert "incidence" not in without.diagnostics


def test_imports_are_judged_where_no_duty_on_the_same_products_falls() -> None:
    """Dearer from the small origin, cheaper from the large one: imports rise, rightly."""
    flow = np.array([[[80.0, 20.0, 20.0], [10.0, 80.0, 20.0], [30.0, 20.0, 80.0]]])
    duty = np.zeros_like(flow)
    duty[0, 1:, 0] = 0.0, 0.3
    base = ge.without_materials(flow, duty)
    elasticities, sticky = ge.Elasticities(np.ones(1)), ge.Closure("sticky")
    base, _ = ge.rebase(base, elasticities)

    def checked(small: float, large: float) -> tuple[ge.Incidence, list[str]]:
        new = duty.copy()
        new[0, 1:, 0] = small, large
        solution = ge.solve(base, elasticities, ge.Shock(tariff=new), sticky)
        notes = incidence_checks(solution, ("R0", "R1", "R2"), "long").notes
        return ge.incidence(solution), notes

    shifted, notes = checked(0.1, 0.0)
    assert shifted.imports[0, 0] > 1.0
    assert shifted.lowers[0].tolist() == [True, False, False]
    assert notes == []
    raised, notes = checked(0.1, 0.3)
    assert raised.imports[0, 0] < 1.0
    assert not raised.lowers.any()
    assert notes == []


def test_imports_that_rise_though_no_duty_falls_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.ones((1, 2))
    judged = ge.Incidence(one > 0.0, 1.01 * one, one, np.array([[False, True]]))
    monkeypatch.setattr(ge, "incidence", lambda solution: judged)
    flow = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    solution = ge.solve(ge.without_materials(flow, 0.0 * flow), ge.Elasticities(np.ones(1)))
    notes = incidence_checks(solution, ("R0", "R1"), "long").notes
    assert [note.split(" raises ")[0] for note in notes] == [
        "Check: imports of the products on which R0"
    ]


def test_trade_in_value_is_trade_in_volume_times_producer_prices(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    plain = equilibrium(table, scenario, **OPTIONS)
    effects = equilibrium(table, scenario, detail=True, **OPTIONS)
    assert "trade_by_sector_new" not in plain
    price = 1.0 + effects["price_pct"] / 100.0
    np.testing.assert_allclose(
        effects["trade_value_by_sector_new"], effects["trade_by_sector_new"] * price, rtol=1e-12
    )
    for name in ("trade", "trade_value"):
        for when in ("base", "new"):
            np.testing.assert_allclose(
                effects[f"{name}_{when}"],
                effects[f"{name}_by_sector_{when}"].sum("sector"),
                rtol=1e-12,
            )


def test_what_is_withheld_is_a_cap_with_a_rent(table: MRIOTable) -> None:
    scenario = Scenario([ExportCut("R0", "s1", 0.5, rents="sellers")], name="cut")
    effects = equilibrium(table, scenario, detail=True, **OPTIONS)
    sold = effects["trade_by_sector_new"].sel(region="R0", sector="s1").values
    base = effects["trade_by_sector_base"].sel(region="R0", sector="s1").values
    # Caps hold to the solver's tolerance of 1e-10 in logs.
    np.testing.assert_allclose(sold, 0.5 * base, rtol=1e-8)
    rent = effects["scarcity_rent"]
    assert float(rent.sel(region="R0", sector="s1")) > 1.0
    assert float(rent.sum()) == pytest.approx(float(rent.sel(region="R0", sector="s1")))
    cost = 1.0 + effects["price_pct"] / 100.0
    multiple = (effects["trade_value_by_sector_new"] / effects["trade_by_sector_new"]) / cost
    dearest = float(multiple.sel(region="R0", sector="s1").max())
    assert 100.0 * (dearest - 1.0) == pytest.approx(float(rent.sel(region="R0", sector="s1")))
    assert any(note.startswith("Scarcest is s1 of R0: at the border") for note in effects.notes)
    losers = effects["real_income_pct"].sel(region=["R1", "R2"])
    assert float(losers.max()) < 0.0


def test_lost_supply_is_a_cap_on_all_sales(table: MRIOTable) -> None:
    scenario = Scenario([SupplyCut("R0", "s1", 0.3)], name="cut")
    for nest in ("cobb-douglas", "baqaee-farhi"):
        effects = equilibrium(table, scenario, nest=nest, **OPTIONS)
        output = effects["output_pct"].sel(region="R0", sector="s1")
        assert float(output) == pytest.approx(-30.0, abs=1e-6)
        assert float(effects["scarcity_rent"].sel(region="R0", sector="s1")) > 0.0
        assert float(effects.by_region().loc["WORLD", "real_income_pct"]) < 0.0


def test_a_cap_that_does_not_bind_changes_nothing(table: MRIOTable) -> None:
    duty = Tariff("R1", "R0", "s1", 3.0)
    with_cap, without = (
        equilibrium(table, Scenario(shocks, name="cut"), **OPTIONS)
        for shocks in ([duty, ExportCut("R0", "s1", 0.01, importers="R1")], [duty])
    )
    assert any("No cap binds" in note for note in with_cap.notes)
    for name in ("real_income_pct", "output_pct"):
        np.testing.assert_allclose(with_cap[name], without[name], atol=1e-7)
    # Points on the way are solved to 1e-7 in logs, which is 1e-5 percent at most.
    np.testing.assert_allclose(with_cap["gdp_pct"], without["gdp_pct"], atol=1e-6)


def test_a_cap_near_zero_is_near_an_embargo(table: MRIOTable) -> None:
    nearly = Scenario([ExportCut("R1", "all", 1.0 - 1e-7, importers="R0")], name="cut")
    closed = Scenario([Embargo(importer="R0", exporter="R1")], name="embargo")
    one, two = (equilibrium(table, s, links=1, **OPTIONS) for s in (nearly, closed))
    # What is left of spending is of the order 1e-7 to the power theta / (theta + 1), 3e-6.
    np.testing.assert_allclose(one["real_income_pct"], two["real_income_pct"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("numeraire", ["wage:R1", "price:R2"])
def test_the_numeraire_changes_nominal_values_only(table: MRIOTable, numeraire: str) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    world = equilibrium(table, scenario, **OPTIONS)
    other = equilibrium(table, scenario, numeraire=numeraire, **OPTIONS)
    for name in (
        "gdp_new",
        "real_income_pct",
        "output_new",
        "trade_new",
        "terms_of_trade_pct",
        "welfare_first_order_pct",
    ):
        np.testing.assert_allclose(other[name], world[name], rtol=1e-9, atol=1e-9, err_msg=name)
    unit = other["factor_income_new"] / world["factor_income_new"]
    np.testing.assert_allclose(unit, unit.values.flat[0], rtol=1e-9)
    assert abs(float(unit.values.flat[0]) - 1.0) > 1e-4
    if numeraire == "price:R2":
        assert abs(float(other["consumer_price_pct"].sel(region="R2"))) < 1e-9


def test_revenue_that_governments_spend_is_no_income_of_households(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    rebated, spent = (
        equilibrium(table, scenario, revenue=revenue, **OPTIONS) for revenue in ("rebated", "spent")
    )
    np.testing.assert_allclose(spent["gdp_new"], rebated["gdp_new"], rtol=1e-9)
    lower = spent["real_income_pct"] < rebated["real_income_pct"] - 1e-3
    assert bool(lower.sel(region="R0"))


def test_import_shares_by_user_are_common_ones_where_users_buy_alike(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    common, own = (
        equilibrium(table, scenario, import_shares=kind, links=1, **OPTIONS)
        for kind in ("common", "by-user")
    )
    assert np.abs(common["gdp_pct"] - own["gdp_pct"]).max() > 1e-4
    trade = np.maximum(table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3), 0.0)
    share = trade / trade.sum(axis=0)
    Z = share[..., None] * table.Z.values.sum(axis=0)
    Y = share[..., None] * table.Y.values.sum(axis=0).clip(0.0)
    alike = MRIOTable.from_arrays(
        Z,
        Y,
        regions=table.regions,
        sectors=table.sectors,
        tariff=table.tariff.values,
        unusual_tariffs="accept",
    )
    common, own = (
        equilibrium(alike, scenario, import_shares=kind, links=1, **OPTIONS)
        for kind in ("common", "by-user")
    )
    for name in ("gdp_pct", "real_income_pct", "output_pct"):
        np.testing.assert_allclose(own[name], common[name], atol=1e-7)


def test_names_that_are_not_known_are_refused(table: MRIOTable) -> None:
    scenario = Scenario([Tariff("R0", "R1", "all", 0.25)], name="tariff")
    for options in (
        {"closure": "lost"},
        {"balance": "none"},
        {"nest": "leontief"},
        {"horizon": "now"},
        {"revenue": "kept"},
        {"numeraire": "gold"},
        {"numeraire": "wage"},
        {"numeraire": "price:R9"},
        {"import_shares": "own"},
    ):
        with pytest.raises(LabelError):
            equilibrium(table, scenario, **(OPTIONS | options))
