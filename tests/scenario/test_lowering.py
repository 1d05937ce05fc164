"""Lowering: arithmetic by hand on a table of three regions and two sectors."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, ScenarioError
from iomodel.scenario.content import direct_content, embodied_content, trade_flows
from iomodel.scenario.detailed_rates import rates_by_partner
from iomodel.scenario.layers import layer_state
from iomodel.scenario.policy import KINDS
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import (
    ContentControl,
    DemandChange,
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TariffLayer,
    TradeCost,
)
from iomodel.table.mrio import MRIOTable
from tests.scenario.conftest import labelled_table

USA, CHN, DEU = 0, 1, 2
C26, G = 0, 1
ARRAYS = (
    "tariff_base",
    "tariff_new",
    "trade_cost",
    "delivered",
    "supply",
    "demand",
    "productivity",
)


def lower(table, *shocks, date=None):
    return Scenario(shocks, name="test").lower(table, date)


def changed(cells, base):
    """Return the positions that differ from the base, as a set of tuples."""
    return {tuple(int(k) for k in position) for position in np.argwhere(cells != base)}


def test_no_shock_changes_nothing(small):
    policy = lower(small)
    assert np.array_equal(policy.tariff_base, small.tariff.values)
    assert np.array_equal(policy.price_factor, np.ones((3, 2, 3)))
    for name in ("delivered", "supply", "demand", "productivity"):
        assert (getattr(policy, name) == 1.0).all()
    assert policy.kinds == frozenset()
    assert policy.demand.shape == (3, 2, 3, 2)


def test_tariffs_add_up_or_set_the_level(small):
    tariff = Tariff("USA", "CHN", "C26", 0.10)
    policy = lower(small, tariff, Tariff("USA", "CHN", "C26", 0.20))
    assert policy.tariff_new[CHN, C26, USA] == pytest.approx(0.35)
    assert changed(policy.tariff_new, policy.tariff_base) == {(CHN, C26, USA)}
    assert policy.price_factor[CHN, C26, USA] == pytest.approx(1.35 / 1.05)
    level = lower(small, tariff, Tariff("USA", "CHN", "C26", 0.20, add=False))
    assert level.tariff_new[CHN, C26, USA] == 0.20
    assert "Tariffs start from the table's own rates." in policy.notes


def test_others_are_all_but_the_other_side(small):
    policy = lower(small, Tariff("USA", "others", "G", 0.1))
    assert changed(policy.tariff_new, policy.tariff_base) == {(CHN, G, USA), (DEU, G, USA)}
    policy = lower(small, Tariff("others", ["USA", "DEU"], "G", 0.1))
    assert changed(policy.tariff_new, policy.tariff_base) == {(USA, G, CHN), (DEU, G, CHN)}


def test_domestic_flows_are_never_touched(small):
    everything = [
        Tariff("all", "all", rate=1.0),
        TradeCost(importer="all", exporter="all", increase=1),
    ]
    policy = lower(small, *everything, Embargo(importer="all", exporter="all"))
    for r in range(3):
        assert (policy.price_factor[r, :, r] == 1.0).all()
        assert (policy.delivered[r, :, r] == 1.0).all()
    assert (policy.delivered.sum(axis=(0, 2)) == 3.0).all()
    assert any("both sides" in note for note in policy.notes)


def test_trade_costs_multiply_and_run_both_ways_between_blocs(small):
    policy = lower(
        small,
        TradeCost(["USA", ["CHN", "DEU"]], sectors="C26", increase=1.6),
        TradeCost(importer="USA", exporter="CHN", sectors="C26", increase=0.5),
    )
    assert policy.trade_cost[CHN, C26, USA] == pytest.approx(2.6 * 1.5)
    assert policy.trade_cost[USA, C26, DEU] == pytest.approx(2.6)
    assert policy.trade_cost[CHN, C26, DEU] == 1.0
    assert (policy.trade_cost[:, G] == 1.0).all()


def test_one_side_left_out_stands_for_all_others(small):
    policy = lower(small, Embargo(exporter="CHN", sectors="G"))
    assert changed(policy.delivered, 1.0) == {(CHN, G, USA), (CHN, G, DEU)}
    assert policy.delivered[CHN, G, USA] == 0.0


def test_cuts_multiply_and_count_only_the_controlled_product(small):
    policy = lower(
        small,
        ExportCut("CHN", "C26", 0.8, product_share=0.25),
        ExportCut("CHN", "all", 0.5, importers="USA", product_share={"C26": 0.1, "G": 1.0}),
    )
    assert policy.delivered[CHN, C26, USA] == pytest.approx((1 - 0.8 * 0.25) * (1 - 0.5 * 0.1))
    assert policy.delivered[CHN, C26, DEU] == pytest.approx(0.8)
    assert policy.delivered[CHN, G, USA] == pytest.approx(0.5)
    assert policy.delivered[CHN, G, DEU] == 1.0
    assert (policy.supply == 1.0).all()


def test_a_supply_cut_touches_supply_and_not_deliveries(small):
    policy = lower(small, SupplyCut("CHN", "C26", 0.5, 0.2), SupplyCut("CHN", "C26", 0.5))
    assert policy.supply[CHN, C26] == pytest.approx(0.9 * 0.5)
    assert changed(policy.supply, 1.0) == {(CHN, C26)}
    assert (policy.delivered == 1.0).all()
    assert policy.kinds == {"supply_cut"}


def test_demand_changes_whoever_delivers(small):
    policy = lower(small, DemandChange("USA", "G", -0.1, final_uses="I"))
    assert changed(policy.demand, 1.0) == {(r, G, USA, 1) for r in range(3)}
    assert policy.demand[DEU, G, USA, 1] == pytest.approx(0.9)


def test_productivity_multiplies(small):
    policy = lower(small, Productivity("DEU", "all", 0.1), Productivity("DEU", "G", 0.1))
    assert policy.productivity[DEU] == pytest.approx([1.1, 1.21])


def test_layers_add_go_on_or_end(small):
    layer = "us-section-301-2018-2020"
    at = (CHN, C26, USA)
    rate = rates_by_partner(layer, dt.date(2024, 1, 1))["CHN"]["C26"]
    high = 0.05 + rate
    added = lower(small, TariffLayer(layer))
    going = lower(small, TariffLayer(layer, mode="in-force"))
    ended = lower(small, TariffLayer(layer, mode="lift"))
    assert rate > 0.0
    assert (added.tariff_base[at], added.tariff_new[at]) == pytest.approx((0.05, high))
    assert (going.tariff_base[at], going.tariff_new[at]) == pytest.approx((high, high))
    assert (ended.tariff_base[at], ended.tariff_new[at]) == pytest.approx((high, 0.05))
    assert (going.price_factor == 1.0).all()
    assert (added.tariff_new[:, G] == small.tariff.values[:, G]).all()


def test_tables_of_other_sectors_take_the_mean_of_a_partners_rates():
    layer = "us-section-301-2018-2020"
    labels = ["c1", "c14"]
    classified = labelled_table(["USA", "CHN"], labels, classification="wiod-2013")
    policy = lower(classified, TariffLayer(layer))
    rise = (policy.tariff_new - policy.tariff_base)[1, :, 0]
    assert rise == pytest.approx([layer_state(layer, None)[0][0].rate] * 2)
    assert any("one rate here, its mean over goods" in note for note in policy.notes)
    assert not any("ROW" in note for note in policy.notes)


def test_a_layer_is_read_as_of_a_day(small):
    layer, at = "us-fentanyl-2025", (CHN, C26, USA)
    rates = {"2025-02-10": 0.10, "2025-05-01": 0.20, "2025-11-10": 0.10}
    for day, rate in rates.items():
        policy = lower(small, TariffLayer(layer, date=day))
        assert policy.tariff_new[at] - policy.tariff_base[at] == pytest.approx(rate)
        on_day = lower(small, TariffLayer(layer), date=dt.date.fromisoformat(day))
        assert np.array_equal(on_day.tariff_new, policy.tariff_new)
    latest = lower(small, TariffLayer(layer))
    assert any("as of 2025-11-10, its last state" in note for note in latest.notes)
    in_2024 = lower(small, TariffLayer(layer), date=dt.date(2024, 1, 1))
    assert np.array_equal(in_2024.tariff_new, in_2024.tariff_base)


def test_partners_that_the_table_lacks_are_told(small):
    policy = lower(small, TariffLayer("us-2025-11-effective"))
    assert policy.tariff_new[DEU, C26, USA] > policy.tariff_base[DEU, C26, USA]
    assert "Tariff layer us-2025-11-effective without CAN: not in the table." in policy.notes


def test_only_shocks_in_force_count_on_a_day(small):
    shocks = (
        Tariff("USA", "CHN", "C26", 0.1, end="2025-03-03"),
        Tariff("USA", "CHN", "C26", 0.2, start="2025-03-04"),
    )
    at = (CHN, C26, USA)
    assert lower(small, *shocks, date=dt.date(2025, 3, 3)).tariff_new[at] == pytest.approx(0.15)
    assert lower(small, *shocks, date=dt.date(2025, 3, 4)).tariff_new[at] == pytest.approx(0.25)
    together = lower(small, *shocks)
    assert together.tariff_new[at] == pytest.approx(0.25)
    assert any("1 of 2 shocks" in note for note in together.notes)


def test_content_rule_by_hand():
    """Two goods in three countries; only Germany's C26 uses the controlled Chinese product."""
    regions, sectors = ["USA", "CHN", "DEU"], ["C20", "C26"]
    Z = np.zeros((6, 6))
    Z[2, 5] = 4.0  # Chinese C20 to German C26
    Z[5, 4] = 1.0  # German C26 to German C20
    Y = np.full((6, 3), 10.0)
    table = MRIOTable.from_arrays(Z, Y, regions=regions, sectors=sectors)
    x = Z.sum(axis=1) + Y.sum(axis=1)
    indicator = np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 0.0]])
    direct = 0.5 * 4.0 / x[5]
    assert direct_content(table, indicator)[2] == pytest.approx([0.0, direct])
    content = embodied_content(table, indicator)
    assert content[2] == pytest.approx([direct * 1.0 / x[4], direct])
    assert content[1, 0] == pytest.approx(0.5)
    rule = ContentControl("CHN", "C20", 0.05, "USA", share=0.6, product_share=0.5)
    policy = Scenario(rule).lower(table)
    assert changed(policy.delivered, 1.0) == {(2, 1, 0)}
    assert policy.delivered[2, 1, 0] == pytest.approx(0.4)
    assert any("1 of 2 flows" in note and "10 of 20" in note for note in policy.notes)
    assert policy.kinds == {"content_control"}
    wide = Scenario(ContentControl("CHN", "C20", 0.001, "USA", product_share=0.5)).lower(table)
    assert changed(wide.delivered, 1.0) == {(2, 0, 0), (2, 1, 0)}
    assert any("By direct content alone 1 flows" in note for note in wide.notes)


def test_trade_flows_add_up_all_uses(small):
    expected = small.Z.sum("user_sector").values + small.Y.sum("final_use").values
    np.testing.assert_allclose(trade_flows(small), expected, rtol=1e-13)


def test_a_table_without_tariffs_starts_from_zero(world):
    policy = lower(world, Tariff("USA", "CHN", "goods", 0.1))
    assert (policy.tariff_base == 0.0).all()
    assert "The table has no tariffs: base rates are zero." in policy.notes
    assert policy.tariff_new.sum() == pytest.approx(2.7)


def test_absent_members_are_noted(world):
    policy = lower(world, Embargo(["ASEAN", "USA"]))
    assert "The region group ASEAN is taken without TLS: not in the table." in policy.notes


@pytest.mark.parametrize(
    ("shock", "error", "message"),
    [
        (
            Tariff("USA", "XXX", rate=0.1),
            LabelError,
            r"shock 1 \(tariff\): unknown region 'XXX'.*groups: all, EU27",
        ),
        (Tariff("USA", "CHN", "C99", 0.1), LabelError, "unknown sector 'C99'"),
        (Tariff("USA", "ASEAN", rate=0.1), LabelError, "no member of the region group 'ASEAN'"),
        (
            Tariff("USA", "USA", rate=0.1),
            ScenarioError,
            "no cross-border flow runs from USA to USA",
        ),
        (
            Tariff("USA", "CHN", "C26", -1, add=False),
            ScenarioError,
            "the duty of USA on C26 from CHN becomes -100%; it must stay above -100%",
        ),
        (TradeCost(["G7", "DEU"], increase=1), ScenarioError, "between has DEU in both blocs"),
        (DemandChange("USA", "G", 0.1, "X"), LabelError, "unknown final use 'X'"),
        (TariffLayer("x"), ScenarioError, "unknown tariff layer 'x'; valid: us-section-301"),
        (TariffLayer("china-2025", date="2025-01-01"), ScenarioError, "not in force on 2025-01-01"),
        (
            ExportCut("CHN", "all", 1, product_share={"C26": 0.1}),
            ScenarioError,
            "product_share lacks 'G'",
        ),
        (
            ExportCut("CHN", "C26", 1, product_share={"C26": 0.1, "G": 1}),
            ScenarioError,
            "names, beyond sectors, 'G'",
        ),
        (ContentControl(["USA", "CHN"], "G", 0.1, "DEU"), ScenarioError, "no third country"),
    ],
)
def test_errors_name_the_shock(small, shock, error, message):
    with pytest.raises(error, match=message):
        lower(small, shock)


def test_arrays_are_read_only(small):
    policy = lower(small)
    with pytest.raises(ValueError, match="read-only"):
        policy.tariff_new[0, 0, 0] = 1.0


REGIONS, SECTORS = ["USA", "CHN", "DEU", "VNM"], ["C20", "C26", "G"]
SPEC = st.sampled_from(["USA", "CHN", ["DEU", "VNM"], "G7", "ASEAN"])
SECTOR = st.sampled_from(["all", "goods", "G", ["C20", "G"]])
SHARE = st.floats(0, 1)
SHOCK = st.one_of(
    st.builds(Tariff, SPEC, st.just("others"), SECTOR, st.floats(0, 2)),
    st.builds(ExportCut, SPEC, SECTOR, SHARE, product_share=SHARE),
    st.builds(SupplyCut, SPEC, SECTOR, SHARE),
    st.builds(TradeCost, importer=SPEC, sectors=SECTOR, increase=st.floats(0, 2)),
    st.builds(Embargo, exporter=SPEC, sectors=SECTOR),
    st.builds(DemandChange, SPEC, SECTOR, st.floats(-1, 1)),
    st.builds(Productivity, SPEC, SECTOR, st.floats(-0.5, 1)),
)
SCENARIO = st.lists(SHOCK, max_size=4).map(Scenario)


def permuted_table(table, regions, sectors):
    r, s = list(regions), list(sectors)
    return MRIOTable.from_arrays(
        table.Z.values[np.ix_(r, s, r, s)],
        table.Y.values[np.ix_(r, s, r)],
        regions=[REGIONS[k] for k in r],
        sectors=[SECTORS[k] for k in s],
        final_uses=table.final_uses,
        tariff=table.tariff.values[np.ix_(r, s, r)],
        unusual_tariffs="accept",
    )


@settings(deadline=None, max_examples=40)
@given(SCENARIO, st.permutations(range(4)), st.permutations(range(3)))
def test_lowering_commutes_with_permuting_labels(scenario, regions, sectors):
    draw = np.random.default_rng(1)
    table = MRIOTable.from_arrays(
        draw.random((12, 12)) / 12,
        1.0 + draw.random((12, 8)),
        regions=REGIONS,
        sectors=SECTORS,
        final_uses=["C", "I"],
        tariff=draw.random((4, 3, 4)),
        unusual_tariffs="accept",
    )
    policy = scenario.lower(table)
    permuted = scenario.lower(permuted_table(table, regions, sectors))
    r, s = list(regions), list(sectors)
    for name in ARRAYS:
        cells = getattr(policy, name)
        axes = {2: (r, s), 3: (r, s, r), 4: (r, s, r, [0, 1])}[cells.ndim]
        np.testing.assert_array_equal(getattr(permuted, name), cells[np.ix_(*axes)])


@settings(deadline=None, max_examples=40)
@given(SCENARIO)
def test_arrays_stay_within_their_ranges(scenario):
    draw = np.random.default_rng(2)
    Z = draw.random((12, 12)) / 12
    Y = 1.0 + draw.random((12, 8))
    table = MRIOTable.from_arrays(Z, Y, regions=REGIONS, sectors=SECTORS)
    policy = scenario.lower(table)
    assert policy.kinds <= KINDS
    assert ((policy.delivered >= 0) & (policy.delivered <= 1)).all()
    assert ((policy.supply >= 0) & (policy.supply <= 1)).all()
    assert (policy.trade_cost >= 1).all()
    assert (policy.demand >= 0).all()
    assert (policy.productivity > 0).all()
    for r in range(4):
        assert (policy.price_factor[r, :, r] == 1.0).all()


def test_duties_between_the_table_and_the_scenario_are_told_from_observed_ones(small):
    layer = "us-section-301-2018-2020"
    observed = lower(small, TariffLayer(layer, mode="in-force"))
    later = lower(small, TariffLayer(layer, mode="baseline"))
    np.testing.assert_array_equal(observed.tariff_observed, observed.tariff_base)
    np.testing.assert_array_equal(later.tariff_observed, small.tariff.values)
    np.testing.assert_array_equal(later.tariff_base, observed.tariff_base)
    np.testing.assert_array_equal(later.price_factor, 1.0)
