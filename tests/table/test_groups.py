"""Names that stand for several regions or sectors."""

import pytest

from iomodel.errors import LabelError
from iomodel.table.groups import (
    region_group_titles,
    region_groups,
    resolve,
    resolve_regions,
    resolve_sectors,
    sector_groups,
)

CODES = """
AGO ARE ARG AUS AUT BEL BGD BGR BLR BRA BRN CAN CHE CHL CHN CIV CMR COD COL CRI CYP CZE DEU DNK EGY
ESP EST FIN FRA GBR GRC HKG HRV HUN IDN IND IRL ISL ISR ITA JOR JPN KAZ KHM KOR LAO LTU LUX LVA MAR
MEX MLT MMR MYS NGA NLD NOR NZL PAK PER PHL POL PRT ROU RUS SAU SEN SGP STP SVK SVN SWE THA TUN TUR
TWN UKR USA VNM ZAF ROW
"""
ICIO = CODES.split()
WIOD13 = [f"c{k}" for k in range(1, 36)]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *(("EU27", 27), ("EA20", 20), ("ASEAN", 11), ("G7", 7), ("G20", 19), ("BRICS", 5)),
        *(("BRICS10", 10), ("NATO", 32), ("FiveEyes", 5), ("USMCA", 3), ("RCEP", 15)),
        *(("CPTPP", 12), ("OECD", 38)),
    ],
)
def test_official_groups_have_their_number_of_members(name, size):
    assert len(set(region_groups()[name])) == len(region_groups()[name]) == size


def test_blocs_are_disjoint_and_hold_every_region():
    west, east = resolve_regions("west", ICIO), resolve_regions("east", ICIO)
    assert not set(west) & set(east)
    assert sorted(west + east) == sorted(ICIO)
    assert {"USA", "DEU", "JPN", "MEX", "GBR"} <= set(west)
    assert {"CHN", "IND", "RUS", "ROW"} <= set(east)


def test_ten_regions_of_the_paper_partition_the_table():
    names = [name for name in region_groups() if name.startswith("gb-")]
    members = [code for name in names for code in resolve_regions(name, ICIO)]
    assert len(names) == 10
    assert sorted(members) == sorted(ICIO)


def test_us_partners_partition_the_rest_of_the_table():
    spec = ["CAN", "CHN", "EU27", "us-fta", "JPN", "MEX", "us-other-partners", "GBR", "USA"]
    members = [code for name in spec for code in resolve_regions(name, ICIO)]
    assert sorted(members) == sorted(ICIO)


def test_aligned_blocs_leave_the_neutral_out():
    groups = region_groups()
    aligned = set(groups["west-aligned"]) | set(groups["east-aligned"])
    assert not aligned & set(groups["neutral"])
    assert "USA" not in groups["us-allies"]


def test_every_group_says_what_it_is():
    assert set(region_group_titles()) == set(region_groups())
    assert all(region_group_titles().values())


def test_a_label_wins_over_a_group_of_the_same_name():
    assert resolve_regions("EU27", ["EU27", "DEU", "USA"]) == ["EU27"]


def test_lists_are_joined_without_repetition_in_order():
    assert resolve_regions(["USA", "G7", "CHN"], ["CHN", "USA", "DEU"]) == ["USA", "DEU", "CHN"]
    assert resolve_regions("all", ["B", "A"]) == ["B", "A"]


def test_absent_members_are_left_out_and_told():
    resolution = resolve("region", "ASEAN", ["VNM", "USA"], region_groups())
    assert resolution.labels == ("VNM",)
    assert resolution.absent[0][0] == "ASEAN"
    assert "TLS" in resolution.absent[0][1]


def test_a_group_without_any_member_is_an_error():
    with pytest.raises(LabelError, match="no member of the region group 'ASEAN'"):
        resolve_regions("ASEAN", ["USA", "CHN"])


def test_an_unknown_name_lists_labels_and_groups():
    with pytest.raises(
        LabelError, match=r"'ASEANN' \(did you mean 'ASEAN'\?\).*USA.*groups:.*EU27"
    ):
        resolve_regions("ASEANN", ["USA", "VNM"])
    with pytest.raises(LabelError, match="empty list of regions"):
        resolve_regions([], ["USA"])


@pytest.mark.parametrize("classification", ["icio-28+services", "wiod-2013"])
def test_goods_and_services_partition_a_classification(classification):
    groups = sector_groups(classification)
    parts = [groups[name] for name in ("agriculture", "mining", "manufacturing")]
    assert groups["goods"] == [code for part in parts for code in part]
    assert not set(groups["goods"]) & set(groups["services"])
    assert len(groups["goods"] + groups["services"]) == {"icio-28+services": 37}.get(
        classification, 35
    )
    assert set(groups["strategic"]) <= set(groups["goods"])


def test_sector_groups_follow_the_classification():
    assert resolve_sectors("electronics", ["C26", "C27"], "icio-28+services") == ["C26"]
    assert resolve_sectors("electronics", WIOD13, "wiod-2013") == ["c14"]


def test_codes_tell_the_classification_where_it_is_not_named():
    assert resolve_sectors("services", ["C26", "G"], "") == ["G"]
    with pytest.raises(LabelError, match="unknown sector 'goods'"):
        resolve_sectors("goods", ["wheat", "steel"], "")
    assert sector_groups("") == {}
