"""Countries by ISO codes and names, in tables with any of these as their labels."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.table.countries import country_codes, country_label, labels_by_country
from iomodel.table.groups import region_groups, resolve_region, resolve_regions
from iomodel.table.mrio import MRIOTable

FIGARO = ["AR", "AT", "BE", "CN", "DE", "EL", "FR", "KR", "UK", "US", "FIGW1"]
EXIOBASE = ["DE", "FR", "NO", "US", "WA", "WL", "WE", "WF", "WM"]
NAMED = ["Germany", "Viet Nam", "Korea, Republic of", "Rest of the world"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("DE", "DEU"),
        ("DEU", "DEU"),
        ("germany", "DEU"),
        ("Viet Nam", "VNM"),
        ("Vietnam", "VNM"),
        ("Côte d'Ivoire", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("the Netherlands", "NLD"),
        ("United States", "USA"),
        ("United States of America", "USA"),
        ("Republic of Korea", "KOR"),
        ("South Korea", "KOR"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Russia", "RUS"),
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("Chinese Taipei", "TWN"),
    ],
)
def test_a_country_has_codes_and_names(name, code):
    assert country_codes(name) == (code,)


def test_every_member_of_a_group_is_a_country_or_the_rest_of_the_world():
    members = {code for codes in region_groups().values() for code in codes} - {"ROW"}
    assert all(country_codes(code) == (code,) for code in members)


def test_a_name_finds_the_label_of_the_table():
    for name in ("DE", "DEU", "Germany"):
        assert [resolve_region(name, t) for t in (["DEU", "FRA"], FIGARO, NAMED)] == [
            "DEU",
            "DE",
            "Germany",
        ]
    assert resolve_regions(["GRC", "GB", "Korea, Republic of"], FIGARO) == ["EL", "UK", "KR"]
    assert resolve_regions(["VN", "KOR"], NAMED) == ["Viet Nam", "Korea, Republic of"]


def test_groups_find_their_members_under_any_label():
    assert resolve_regions("EU27", FIGARO) == ["AT", "BE", "FR", "DE", "EL"]
    assert resolve_regions("ASEAN", NAMED) == ["Viet Nam"]
    assert resolve_regions("G7", EXIOBASE) == ["FR", "DE", "US"]


def test_aggregates_stand_for_no_country():
    # WF is Wallis and Futuna in ISO 3166, and the rest of Africa in EXIOBASE.
    assert resolve_region("WF", EXIOBASE) == "WF"
    with pytest.raises(LabelError, match=r"'Wallis and Futuna' \(WLF\) is not in the table"):
        resolve_region("Wallis and Futuna", EXIOBASE)
    assert labels_by_country(("WF", "DE")) == {"WLF": ("WF",), "DEU": ("DE",)}
    with pytest.raises(LabelError, match="unknown region 'ROW'"):
        resolve_regions("ROW", FIGARO)
    assert resolve_regions("FIGW1", FIGARO) == ["FIGW1"]


def test_ambiguous_names_are_refused_with_the_candidates():
    with pytest.raises(LabelError, match=r"'Korea' is ambiguous; .* KOR \(South Korea\), PRK"):
        resolve_regions("Korea", ["KOR", "JPN"])
    with pytest.raises(LabelError, match=r"'Congo' is ambiguous; .*COD .*COG"):
        resolve_regions("Congo", ["COD", "COG"])
    with pytest.raises(LabelError, match="'Germany' has the labels DE, DEU"):
        country_label("Germany", ["DE", "DEU"])
    # A label of the table wins over what else it may mean.
    assert resolve_regions("Korea", ["Korea", "JPN"]) == ["Korea"]


def test_the_european_union_suggests_its_group():
    with pytest.raises(LabelError, match=r"'EU' \(did you mean 'EU27'\?\)"):
        resolve_regions("EU", ["DEU", "FRA"])


def test_a_country_that_the_table_lacks_is_named_with_its_code():
    with pytest.raises(LabelError, match=r"region 'Japan' \(JPN\) is not in the table; valid: DE"):
        resolve_regions("Japan", ["DE", "FR"])


def test_aggregation_takes_countries_by_any_name(make_table):
    random = make_table(1, 3)
    table = MRIOTable.from_arrays(
        random.Z2, random.Y2, regions=["DE", "FR", "US"], sectors=random.sectors
    )
    smaller = table.aggregate(regions={"EU": ["DEU", "France"], "USA": "NAM"})
    assert smaller.regions == ["EU", "NAM"]
    np.testing.assert_allclose(smaller.x.values[0], table.x.values[:2].sum(axis=0))


def test_the_library_is_imported_only_when_a_name_asks_for_it():
    code = (
        "import sys, iomodel as iom; from iomodel.table.groups import resolve_regions as r;"
        "r(['USA', 'EU27'], ['USA', 'DEU', 'ROW']); print('pycountry' in sys.modules);"
        "r('Germany', ['DEU']); print('pycountry' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("key", ["alpha_2", "name"])
def test_the_library_means_the_same_flows_under_other_labels(key):
    from pycountry import countries

    from iomodel.effects.regions import present
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.catalogue import load

    table = load("world-2022")
    labels = [r if r == "ROW" else getattr(countries.get(alpha_3=r), key) for r in table.regions]
    coords = {dim: np.array(labels, dtype=object) for dim in ("region", "user_region")}
    other = MRIOTable(table.dataset.assign_coords(coords))
    for name in ("us-tariffs-2025-11", "two-bloc-decoupling", "us-china-decoupling"):
        scenario = Scenario.load(name)
        ours, theirs = scenario.lower(table), scenario.lower(other)
        for array in ("tariff_base", "tariff_new", "delivered", "trade_cost", "supply"):
            np.testing.assert_array_equal(getattr(ours, array), getattr(theirs, array))
    assert all(present(name, other.regions) for name in ("USA", "CHN", "EU27", "JPN"))
