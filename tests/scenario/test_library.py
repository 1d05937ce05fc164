"""The library: every file loads, lowers, says where it comes from, and means what it says."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import iomodel
import iomodel as iom
from iomodel.errors import ScenarioError
from iomodel.scenario.catalogue import scenario_names, scenarios
from iomodel.scenario.files import read_text
from iomodel.scenario.label_resolver import LabelResolver
from iomodel.scenario.layers import tariff_layers
from iomodel.scenario.policy import KINDS
from iomodel.scenario.scenario import Scenario
from iomodel.table.catalogue import load
from iomodel.table.groups import resolve_regions, resolve_sectors

NAMES = scenario_names()
ASKED_FOR = {
    *("us-china-tariff-100", "us-china-tariff-100-retaliation", "truce-expiry"),
    *("section-301-baseline", "rare-earth-export-controls", "rare-earth-30", "rare-earth-80"),
    *("rare-earth-100", "derisking", "us-china-decoupling", "two-bloc-decoupling"),
    *("germany-china-decoupling", "eu-china-decoupling"),
    *("two-bloc-tariffs", "allied-decoupling", "content-control-0.1", "busan-truce"),
    *("us-tariffs-2025-11", "us-tariffs-2026-02-20", "us-tariffs-2026-08-19"),
    *("ieepa-ruling-2026-02-20", "section-122-surcharge-2026", "section-232-metals-2026"),
    *("section-301-forced-labour-2026", "section-338-canada-2026"),
    *("suspension-extended-2026-11", "suspension-lapsed-2026-11"),
}
THEMES = {"US duties", "US-China duties", "Export controls", "Decoupling and blocs"}
REE = {"C20": 424 / 196_992.82, "C24A": 188 / 88_400.01, "C27": 2_860 / 322_957.67}


@pytest.fixture(scope="module")
def at(world):
    """Return the positions of labels in the world table."""
    places = {label: k for k, label in enumerate(world.regions)}
    places |= {label: k for k, label in enumerate(world.sectors)}
    return places


def bibliography():
    text = (Path(iomodel.__file__).parent / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,]+),", text, flags=re.M))


def rise(policy):
    return policy.tariff_new - policy.tariff_base


def test_the_library_holds_what_was_asked_for():
    assert set(NAMES) >= ASKED_FOR
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_loads_lowers_and_says_what_it_is(name, world):
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.theme in THEMES
    assert len(scenario.description) > 80
    keys = [s for s in scenario.sources if re.fullmatch(r"[A-Z]\w*\d{4}\w*|EO\d+", s)]
    assert keys
    assert set(keys) <= bibliography()
    assert scenario.dates or "no date" in scenario.description
    assert read_text(scenario.to_yaml(), Scenario).fill() == scenario
    policy = scenario.lower(world)
    assert policy.kinds
    assert policy.kinds <= KINDS
    changed = (policy.price_factor != 1.0).any() or (policy.delivered != 1.0).any()
    # Random flows have next to no controlled content: there the rule may catch nothing.
    assert changed or name.startswith("content-control")
    for r in range(len(world.regions)):
        assert (policy.delivered[r, :, r] == 1.0).all()


def test_the_list_names_kinds_and_sources():
    frame = scenarios().set_index("name")
    assert list(frame.index) == NAMES
    assert frame.loc["us-china-decoupling", "kinds"] == "embargo"
    assert "GoesBekkers2022" in frame.loc["two-bloc-decoupling", "sources"]
    assert frame.loc["busan-truce", "theme"] == "US-China duties"
    assert "degree=0.3" in frame.loc["rare-earth-30", "parameters"]


def test_an_unknown_name_lists_the_library():
    with pytest.raises(ScenarioError, match=r"did you mean 'us-china-decoupling'.*truce-expiry"):
        Scenario.load("us-china-decoupled")


def test_a_hundred_points_come_on_top_of_the_duties_in_force(world, at):
    policy = Scenario.load("us-china-tariff-100").lower(world)
    cell = (at["CHN"], at["C26"], at["USA"])
    back = (at["USA"], at["C26"], at["CHN"])
    # 301 on C26 as collected: 2.8 percent, two thirds of it being exempt.
    assert policy.tariff_base[cell] == pytest.approx(0.028 + 0.20 + 0.10, abs=5e-4)
    assert rise(policy)[cell] == pytest.approx(1.0)
    assert rise(policy)[back] == 0.0
    assert np.count_nonzero(rise(policy)) == 27
    answered = Scenario.load("us-china-tariff-100-retaliation").lower(world)
    assert rise(answered)[back] == pytest.approx(1.0)


def test_the_lapse_brings_back_145_and_125_points(world, at):
    cell = (at["CHN"], at["C26"], at["USA"])
    back = (at["USA"], at["C26"], at["CHN"])
    policy = Scenario.load("truce-expiry").lower(world)
    assert rise(policy)[cell] == pytest.approx(1.45)
    assert rise(policy)[back] == pytest.approx(1.25)
    assert policy.tariff_base[cell] == pytest.approx(0.028, abs=5e-4)
    step = Scenario.load("truce-expiry-step").lower(world)
    assert step.tariff_new[cell] == pytest.approx(policy.tariff_new[cell])
    assert step.tariff_new[back] == pytest.approx(policy.tariff_new[back])
    assert rise(step)[cell] == pytest.approx(1.15)
    assert rise(step)[back] == pytest.approx(1.15)


def test_the_layers_at_the_peak_add_up_to_the_145_points():
    frame = tariff_layers()
    peak = frame[frame["expires"].astype(str) != "NaT"]
    fentanyl = peak[(peak["layer"] == "us-fentanyl-2025")]["rate"].max()
    reciprocal = peak[(peak["layer"] == "us-reciprocal-2025")]["rate"].max()
    assert fentanyl + reciprocal == pytest.approx(1.45)
    assert set(frame["source"]) <= bibliography()


def test_busan_leaves_20_and_10_points(world, at):
    policy = Scenario.load("busan-truce").lower(world)
    assert rise(policy)[at["CHN"], at["C26"], at["USA"]] == pytest.approx(0.20)
    assert rise(policy)[at["USA"], at["C26"], at["CHN"]] == pytest.approx(0.10)


def test_the_truce_of_busan_ended_with_the_emergency_powers():
    truce = Scenario.load("busan-truce")
    assert str(truce.dates.expires) == "2026-02-20"
    frame = tariff_layers().set_index("layer")
    for layer in ("us-fentanyl-2025", "us-reciprocal-2025", "us-2025-11-effective"):
        assert str(frame.loc[layer, "expires"].iloc[-1]) == "2026-02-20"
    assert "no source" in frame.loc["china-2025", "note"].iloc[-1]


def test_the_lapse_of_the_suspension_adds_controls_and_24_points(world, at):
    extended = Scenario.load("suspension-extended-2026-11").lower(world)
    lapsed = Scenario.load("suspension-lapsed-2026-11").lower(world)
    step = Scenario.load("suspension-lapsed-2026-11-step").lower(world)
    back = (at["USA"], at["C26"], at["CHN"])
    assert rise(extended)[back] == pytest.approx(0.10)
    assert rise(lapsed)[back] == pytest.approx(0.34)
    assert rise(step)[back] == pytest.approx(0.24)
    assert (extended.delivered == 1.0).all()
    assert lapsed.delivered[at["CHN"], at["C27"], at["DEU"]] < 1.0
    here = (at["CHN"], at["C13T15"], at["USA"])
    assert rise(extended)[here] == rise(lapsed)[here] == pytest.approx(0.125, abs=1e-3)
    assert rise(step)[here] == 0.0


def test_section_301_added_and_lifted_mirror_each_other(world):
    added = Scenario.load("section-301-baseline").lower(world)
    lifted = Scenario.load("section-301-lifted").lower(world)
    np.testing.assert_array_equal(added.tariff_new, lifted.tariff_base)
    np.testing.assert_array_equal(added.tariff_base, lifted.tariff_new)


@pytest.mark.parametrize(("name", "degree"), [("30", 0.3), ("80", 0.8), ("100", 1.0)])
def test_rare_earth_cuts_hit_a_sliver_of_three_sectors(name, degree, world, at):
    policy = Scenario.load(f"rare-earth-{name}").lower(world)
    chn = at["CHN"]
    for sector, share in REE.items():
        delivered = policy.delivered[chn, at[sector]]
        # The files give the product shares to three digits.
        assert 1.0 - delivered[at["USA"]] == pytest.approx(degree * share, rel=3e-3)
        assert delivered[at["VNM"]] == delivered[chn] == 1.0
    assert (policy.delivered[np.arange(81) != chn] == 1.0).all()
    hit = [world.sectors[s] for s in np.flatnonzero((policy.delivered[chn] < 1).any(axis=1))]
    assert hit == list(REE)
    assert set(hit) <= set(resolve_sectors("rare-earth-chain", world.sectors, "icio-28+services"))


@pytest.mark.parametrize("name", ["rare-earth-80", "content-control-0.1"])
def test_one_text_means_the_parts_of_the_chain_where_a_table_has_them(name, world):
    """On the split table the sectors of the chain are cut whole, and nothing else is."""
    split = load("world-2022-ree")
    scenario = Scenario.load(name)
    shock = scenario.shocks[0]
    resolver = LabelResolver(split)
    shares = dict(
        zip(split.sectors, resolver.product_shares(shock.sectors, shock.product_share), strict=True)
    )
    assert {s: v for s, v in shares.items() if v} == dict.fromkeys(
        ["C20_REE", "C24A_REE", "C27_REE"], 1.0
    )
    assert not any("part of its sectors" in note for note in scenario.lower(split).notes)
    assert any("part of its sectors" in note for note in scenario.lower(world).notes)
    if name == "rare-earth-80":
        delivered = scenario.lower(split).delivered[split.regions.index("CHN")]
        cut_sectors = [
            s for s, row in zip(split.sectors, delivered, strict=True) if (row < 1).any()
        ]
        assert cut_sectors == ["C20_REE", "C24A_REE", "C27_REE"]
        assert delivered[delivered < 1] == pytest.approx(0.2)


def test_a_product_share_of_a_split_sector_is_not_that_of_its_parts():
    split = load("world-2022-ree")
    resolver = LabelResolver(split)
    shares = resolver.product_shares("C27_REE", {"C27": 0.01})
    assert shares[split.sectors.index("C27_REE")] == shares.sum() == 1.0
    # Both parts together are the sector, and a group is no sector.
    part_shares = resolver.product_shares("C27", {"C27": 0.01})
    assert sorted(part_shares[part_shares > 0]) == [0.01, 0.01]
    with pytest.raises(ScenarioError, match="names, beyond sectors"):
        resolver.product_shares("C26", {"electronics": 0.5, "C29": 0.1})
    with pytest.raises(ScenarioError, match="names, beyond sectors"):
        resolver.product_shares("C27_REE", {"strategic": 0.5})


def test_two_blocs_touch_every_flow_between_them_and_no_other(world):
    policy = Scenario.load("two-bloc-decoupling").lower(world)
    west = np.isin(world.regions, resolve_regions("west", world.regions))
    across = west[:, None] != west[None, :]
    np.testing.assert_allclose(
        policy.trade_cost, np.where(across, 2.6, 1.0)[:, None, :] + np.zeros((81, 37, 81))
    )
    tariffs = Scenario.load("two-bloc-tariffs", sectors="all").lower(world)
    np.testing.assert_allclose(
        rise(tariffs), np.where(across, 0.32, 0.0)[:, None, :] + np.zeros((81, 37, 81))
    )


def test_embargoes_stop_both_ways(world, at):
    policy = Scenario.load("us-china-decoupling").lower(world)
    assert (policy.delivered[at["USA"], :, at["CHN"]] == 0.0).all()
    assert (policy.delivered[at["CHN"], :, at["USA"]] == 0.0).all()
    assert np.count_nonzero(policy.delivered == 0.0) == 2 * 37
    allied = Scenario.load("allied-decoupling").lower(world)
    assert (allied.delivered[at["CHN"], :, at["KOR"]] == 0.0).all()
    assert (allied.delivered[at["CHN"], :, at["VNM"]] == 1.0).all()
    few = Scenario.load("allied-decoupling", allies=["JPN", "AUS"]).lower(world)
    assert np.count_nonzero(few.delivered == 0.0) == 2 * 3 * 37


def test_rare_earth_denominators_come_from_the_cube():
    """China's exports of the sectors in 2022, against which the product shares are stated.

    world-2022 reproduces every cell of the cube (tests/datasets/test_world_2022.py).
    """
    table = load("world-2022")
    sales = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    chn = table.regions.index("CHN")
    numerators = {"C20": 424.0, "C24A": 105.0 + 83.0, "C27": 2_860.0}
    shock = Scenario.load("rare-earth-100").shocks[0]
    assert shock.product_share[0] == ("rare-earth-chain", 0.0)
    for sector, stated in shock.product_share[1:]:
        flows = sales[chn, table.sectors.index(sector)]
        exports = flows.sum() - flows[chn]
        # Stated to three digits.
        assert stated == pytest.approx(numerators[sector] / exports, rel=3e-3)


def test_the_page_of_the_policy_is_what_its_builder_writes():
    from datasets.builders.policy_page import PAGE, policy_page

    assert PAGE.read_text(encoding="utf-8") == policy_page()


def test_the_events_of_the_page_are_dated_and_sourced(raw_data):
    """Every US act of the source is on the page, and no other; China's are in the bibliography."""
    from datasets.builders.concordance import DATA

    events = pd.read_csv(DATA / "policy_events.csv", dtype=str)
    assert set(events["source"]) <= bibliography()
    acts = pd.read_csv(raw_data / "us_tariffs_2026" / "events.csv")
    dates = pd.to_datetime(acts["date"], format="%b %d, %Y").dt.strftime("%Y-%m-%d")
    ours = events[events["authority"] != "China"]["date"]
    assert set(ours) == set(dates)


def test_the_table_that_suits_a_scenario():
    assert iom.suited_table(iom.Scenario.load("us-china-decoupling")) == "world-2022"
    assert iom.suited_table(iom.Scenario.load("rare-earth-80")) == "world-2022-ree"
    assert {*iom.scenario.tables.SUITED_TABLES.values()} <= {*iom.datasets()["name"]}
