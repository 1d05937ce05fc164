"""Groups that a scenario defines: named anywhere in it, recorded, refused where a name is taken."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

import iomodel as iom
from iomodel.effects import named_regions
from iomodel.errors import LabelError, ScenarioError
from iomodel.scenario.files import dump, read_text

TEXT = """\
name: own
groups:
  regions:
    friends: [JPN, South Korea, EU27]
    neighbours: [friends, Canada]
  sectors:
    batteries: [C20, C27]
    all-batteries: [batteries, mining]
parameters: {who: friends}
shocks:
  - tariff: {importer: USA, exporter: $who, sectors: batteries, rate: 0.1}
  - export_cut:
      exporter: CHN
      importers: [neighbours, US]
      sectors: all-batteries
      share: 0.5
      product_share: {batteries: 0.2, mining: 1.0}
  - embargo: {between: [neighbours, RUS], sectors: all-batteries}
"""
SPELLED_OUT = """\
name: own
shocks:
  - tariff: {importer: USA, exporter: [JPN, KOR, EU27], sectors: [C20, C27], rate: 0.1}
  - export_cut:
      exporter: CHN
      importers: [JPN, KOR, EU27, CAN, USA]
      sectors: [C20, C27, mining]
      share: 0.5
      product_share: {C20: 0.2, C27: 0.2, mining: 1.0}
  - embargo: {between: [[JPN, KOR, EU27, CAN], RUS], sectors: [C20, C27, mining]}
"""


def read(text):
    return read_text(text, iom.Scenario).fill()


@pytest.fixture(scope="module")
def world():
    return iom.load("world-2022")


def test_an_own_group_stands_for_its_members(world):
    own, spelled_out = read(TEXT).lower(world), read(SPELLED_OUT).lower(world)
    for name in ("tariff_new", "delivered"):
        np.testing.assert_array_equal(getattr(own, name), getattr(spelled_out, name))


def test_groups_go_to_yaml_and_back():
    scenario = read(TEXT)
    again = read(scenario.to_yaml())
    assert again == scenario
    assert again.groups == scenario.groups
    assert again.fingerprint == scenario.fingerprint
    built = iom.Scenario(
        scenario.shocks,
        name="own",
        settings={"who": "friends"},
        groups=yaml.safe_load(TEXT)["groups"],
    )
    assert built == scenario
    changed = read(TEXT.replace("South Korea", "Taiwan"))
    assert changed.fingerprint != scenario.fingerprint
    assert "groups" not in dump(iom.Scenario([], name="none"))


def test_effects_record_the_groups_and_show_them_as_rows(world, tmp_path):
    effects = iom.run(
        world,
        read(
            TEXT.replace("exporter: $who", "exporter: friends").replace(
                "parameters: {who: friends}\n", ""
            )
        ),
        "leontief",
    )
    recorded = yaml.safe_load(effects.dataset.attrs["scenario"])
    assert recorded["groups"]["regions"]["neighbours"] == ["friends", "Canada"]
    assert named_regions(effects)[:2] == ["USA", "friends"]
    rows = effects.by_region(groups=["friends", "Germany"])
    members = ["JPN", "KOR", *iom.table.resolve_regions("EU27", world.regions)]
    assert rows["gdp_base"]["friends"] == pytest.approx(rows["gdp_base"][members].sum())
    assert rows["gdp_base"]["Germany"] == rows["gdp_base"]["DEU"]
    again = iom.Effects.from_netcdf(effects.to_netcdf(tmp_path / "own.nc"))
    assert "friends" in again.by_region(groups=["friends"]).index


@pytest.mark.parametrize(
    ("groups", "problem"),
    [
        ({"regions": {"EU27": ["DEU"]}}, "group 'EU27', which is a built-in group; rename it"),
        ({"regions": {"Germany": ["DEU"]}}, "group 'Germany', which is a name of DEU"),
        ({"regions": {"DE": ["DEU"]}}, "group 'DE', which is a name of DEU"),
        ({"regions": {"Korea": ["KOR"]}}, "which is a name of KOR, PRK"),
        ({"regions": {"others": ["KOR"]}}, "which is a word of the scenario language"),
        ({"sectors": {"goods": ["C27"]}}, "group 'goods', which is a built-in group"),
        ({"sectors": {"H49": ["C20"]}}, "group 'H49', which is a sector of wiod-2016"),
        ({"regions": {"a": ["b"], "b": ["a"]}}, "contains itself: a > b > a"),
        ({"countries": {"a": ["DEU"]}}, "groups holds 'countries'; valid: regions, sectors"),
        ({"regions": ["DEU"]}, "give names with lists of members"),
        ({"regions": {"a": []}}, "give a label, a group name or a list"),
        ({"regions": {"a": [3]}}, "a holds 3; give labels"),
        ({"regions": {"$a": ["DEU"]}}, "without a dollar sign"),
    ],
)
def test_taken_names_and_wrong_members_are_refused(groups, problem):
    with pytest.raises(ScenarioError, match=problem):
        iom.Scenario([], name="x", groups=groups)
    text = yaml.safe_dump({"name": "x", "groups": groups}, sort_keys=False)
    with pytest.raises(ScenarioError, match=r"scenario\.yaml, line \d+: "):
        read(text)


def test_a_name_of_the_table_is_refused_on_it(world, make_table):
    table = make_table(1)
    scenario = iom.Scenario(
        iom.Tariff("R0", "R1", rate=0.1), name="x", groups={"regions": {"R2": ["R1"]}}
    )
    with pytest.raises(ScenarioError, match="region group 'R2' has the name of a region"):
        scenario.lower(table)


def test_members_are_checked_against_the_table(world):
    def policy(members):
        groups = {"regions": {"friends": members}}
        return iom.Scenario(iom.Tariff("USA", "friends", rate=0.1), name="x", groups=groups)

    with pytest.raises(LabelError, match=r"group 'friends': unknown region 'Jpan' \(did you mean"):
        policy(["DEU", "Jpan"]).lower(world)
    with pytest.raises(LabelError, match="'Korea' is ambiguous"):
        policy(["DEU", "Korea"]).lower(world)
    with pytest.raises(LabelError, match="no member of the region group 'friends'"):
        policy(["Timor-Leste"]).lower(world)
    notes = policy(["DEU", "Timor-Leste"]).lower(world).notes
    assert "The region group friends is taken without Timor-Leste: not in the table." in notes
    with pytest.raises(LabelError, match=r"unknown region 'freinds' \(did you mean 'friends'"):
        iom.Scenario(
            iom.Tariff("USA", "freinds", rate=0.1),
            name="x",
            groups={"regions": {"friends": ["DEU"]}},
        ).lower(world)


def test_the_same_file_runs_on_tables_with_other_labels(world):
    iso2 = iom.MRIOTable.from_arrays(
        np.ones((6, 6)),
        np.full((6, 3), 9.0),
        regions=["US", "DE", "FIGW1"],
        sectors=["C20", "C27"],
        classification="nace-64",
    )
    scenario = iom.Scenario(
        iom.Tariff("United States", "friends", sectors="batteries", rate=0.25),
        name="x",
        groups={"regions": {"friends": ["EU27"]}, "sectors": {"batteries": ["C27"]}},
    )
    rates = scenario.lower(iso2).tariff_new
    assert rates[1, 1, 0] == 0.25
    assert np.count_nonzero(rates) == 1


def test_a_content_rule_reaches_own_groups(world):
    groups = {"regions": {"neighbours": ["USA", "CAN"]}, "sectors": {"magnets": ["C27"]}}
    rule = {"origin": "CHN", "sectors": "magnets", "threshold": 0.001}
    own = iom.Scenario(iom.ContentControl(importers="neighbours", **rule), name="x", groups=groups)
    plain = iom.ContentControl("CHN", "C27", 0.001, ["USA", "CAN"])
    reach, spelled_out = iom.content_reach(world, own), iom.content_reach(world, plain)
    np.testing.assert_array_equal(reach.by_exporter(), spelled_out.by_exporter())
