"""The concordance of sectors to ISIC rev. 4, and what goes through it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from iomodel.errors import LabelError
from iomodel.models.elasticities import SETS, elasticities, resolve_elasticities
from iomodel.models.shortage.criticality import criticality, resolve_criticality
from iomodel.models.shortage.inventory_cover import inventory_cover
from iomodel.models.shortage.ratings import is_rated
from iomodel.models.shortage.survey_concordance import mapped_ratings
from iomodel.table.catalogue import embedded, load
from iomodel.table.classifications import (
    classification_with,
    classifications,
    correspondences,
    divisions_of,
    mapping_text,
    weights,
)
from iomodel.table.groups import grouped_classifications, resolve_sectors, sector_groups
from iomodel.table.mrio import MRIOTable

# Numbers of sectors in the publishers' own descriptions.
SIZES = {
    "icio-28": 28,
    "icio-28+services": 37,
    "wiod-2013": 35,
    "wiod-2016": 56,
    "wiod-2016-50": 50,
    "icio-45": 45,
    "icio-50": 50,
    "nace-64": 64,
    "exiobase-3": 163,
}
NEW = ["icio-45", "icio-50", "nace-64", "exiobase-3"]
PADDY, WHEAT = "Cultivation of paddy rice", "Cultivation of wheat"


def table_of(sectors, flows=None, **attrs):
    n = len(sectors)
    flows = np.ones((n, n)) if flows is None else flows
    final = np.full((n, 1), flows.sum())
    return MRIOTable.from_arrays(flows, final, regions=["DE"], sectors=sectors, **attrs)


def whole(classification, declared=True):
    attrs = {"classification": classification} if declared else {}
    return table_of(list(divisions_of(classification)), **attrs)


def test_all_classifications_are_whole():
    assert {name: len(divisions_of(name)) for name in classifications()} == SIZES
    # ISIC rev. 4 has 88 divisions; extraterritorial bodies (99) are not in every table.
    with embedded("isic.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for name in SIZES:
        spans = [
            word.split("-")
            for row in rows
            if row["classification"] == name
            for word in f"{row['isic']} {row['also']}".split()
        ]
        held = {k for s in spans for k in range(int(s[0][:2]), int(s[-1][:2]) + 1)}
        assert len(held | {99}) == 88


def test_the_builder_writes_the_file(tmp_path):
    from datasets.builders.isic import build

    assert build(tmp_path).read_bytes() == Path(embedded("isic.csv")).read_bytes()


def test_codes_are_read_as_divisions():
    from datasets.builders.isic import isic_of

    assert [isic_of(code) for code in ("C10T12", "C10-C12", "J59_J60", "F", "M_N", "E37T39")] == [
        "10-12",
        "10-12",
        "59-60",
        "41-43",
        "69-75 77-82",
        "37-39",
    ]
    with pytest.raises(ValueError, match="'wheat' is no code"):
        isic_of("wheat")


def test_correspondences_by_kind():
    icio = correspondences("icio-45", "icio-28")
    assert (icio["C20"].sources, icio["C20"].kind) == (("C20",), "exact")
    assert (icio["B05_06"].sources, icio["B05_06"].kind) == (("B05", "B06"), "mean of 2")
    assert icio["J61"].kind == "parent"
    assert correspondences("wiod-2013", "icio-28")["c7"].kind == "mainly"
    # One of fifteen industries with the same division is a part of it.
    assert correspondences("exiobase-3", "wiod-2016")[PADDY].kind == "parent"
    text = mapping_text(["C20", "B05_06", "J61"], icio)
    assert text == ("1 sectors exact; mean of 2 B05, B06: B05_06; parent Services (aggregate): J61")
    with pytest.raises(LabelError, match="unknown classification 'wiod'"):
        correspondences("wiod", "icio-28")


def test_weights_add_up():
    for name in classifications():
        for source in ("icio-28", "wiod-2016"):
            sectors = list(divisions_of(name))
            matrix = weights(sectors, correspondences(name, source), list(divisions_of(source)))
            np.testing.assert_allclose(matrix.sum(axis=1), 1.0)


def test_the_concordance_gives_the_elasticities_that_the_file_lists():
    # Written before the concordance, sector by sector: `from` and the plain average over it.
    with embedded("elasticities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        match = correspondences(row["classification"], "icio-28")[row["sector"]]
        assert match.sources == tuple(row["from"].split("+"))
        for name in SETS:
            cube = {r["sector"]: float(r[name]) for r in rows if r["classification"] == "icio-28"}
            assert np.mean([cube[k] for k in match.sources]) == float(row[name])


@pytest.mark.parametrize("classification", NEW)
@pytest.mark.parametrize("declared", [True, False])
def test_new_classifications_have_elasticities_ratings_and_cover(classification, declared):
    table = whole(classification, declared)
    for name in SETS:
        theta = elasticities(name, table)
        assert theta.attrs["classification"] == classification
        assert np.all(theta > 0)
    record = resolve_elasticities("CP", table)[1]
    assert "parent Services (aggregate): " in record["mapping"]
    assert is_rated(table)
    gamma, record = resolve_criticality("analysts", table)
    assert record["mapping"]
    assert np.all((gamma >= 0) & (gamma <= 1))
    assert gamma.max() == 1.0
    months = inventory_cover(table)
    assert len(months.attrs["assumed"]) <= 1  # extraterritorial bodies
    assert np.all(months.values >= 0)


@pytest.mark.parametrize("name", list(SETS))
def test_elasticities_by_classification(name):
    cube = elasticities(name, whole("icio-28"))
    expected = {
        ("nace-64", "C19"): ["C19"],
        ("exiobase-3", "Petroleum Refinery"): ["C19"],
        ("exiobase-3", "Chemicals nec"): ["C20", "C21"],
        ("exiobase-3", WHEAT): ["A01"],
        ("exiobase-3", "Health and social work (85)"): ["Services (aggregate)"],
        ("icio-45", "C24"): ["C24A", "C24B"],
        ("icio-45", "B05_06"): ["B05", "B06"],
        ("icio-50", "C302T309"): ["C302T309"],
        ("wiod-2016", "B"): ["B05", "B06", "B07", "B08", "B09"],
    }
    for (classification, sector), sources in expected.items():
        theta = elasticities(name, whole(classification)).sel(sector=sector)
        assert float(theta) == pytest.approx(float(cube.sel(sector=sources).mean()), rel=1e-14)


def test_a_finer_sector_is_critical_as_far_as_its_parent_s_buyers_live_on_it():
    sectors = list(divisions_of("exiobase-3"))
    flows = np.ones((163, 163))
    paddy, wheat, rice = (sectors.index(s) for s in (PADDY, WHEAT, "Processed rice"))
    flows[wheat, rice], flows[paddy, rice] = 2.0, 40.0
    gamma = criticality(table_of(sectors, flows, classification="exiobase-3"))
    parent = criticality(whole("wiod-2016")).sel(sector="A01", user_sector="C10-C12").item()
    assert gamma.values[paddy, rice] == parent > 0
    assert gamma.values[wheat, rice] == pytest.approx(parent * 2.0 / 40.0)


def test_ratings_by_concordance_are_near_to_those_of_the_survey_s_builder():
    # The builder weighs by flows of 2014 and splits mining by use: the plain mean is coarser, but
    # it says the same of most pairs.
    table = load("world-2022")
    behind = correspondences("icio-28+services", "wiod-2016")
    critical, important = mapped_ratings(table, behind, set(table.sectors))
    gap = critical + 0.5 * important - criticality(table).values
    assert np.abs(gap).mean() < 0.05


def test_what_was_known_by_code_stays_as_it_is():
    for name in ("icio-28+services", "wiod-2013", "wiod-2016"):
        table = whole(name)
        with embedded("criticality.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(line for line in file if not line.startswith("#"))
            listed = {
                (r["input"], r["user"]): float(r["critical"]) + 0.5 * float(r["important"])
                for r in rows
                if r["classification"] == name
            }
        gamma = criticality(table)
        for i, product in enumerate(table.sectors):
            for j, user in enumerate(table.sectors):
                assert gamma.values[i, j] == listed.get((product, user), 0.0)


@pytest.mark.parametrize("classification", grouped_classifications())
def test_groups_part_every_classification(classification):
    groups = sector_groups(classification)
    goods = [code for name in ("agriculture", "mining", "manufacturing") for code in groups[name]]
    assert sorted(goods) == sorted(groups["goods"])
    assert not set(goods) & set(groups["services"])
    size = SIZES.get(classification, 41)
    assert len(goods) + len(groups["services"]) == size
    by_article = [code for name in groups if name.startswith("gb-") for code in groups[name]]
    expected = goods if classification == "icio-28" else [*goods, *groups["services"]]
    assert sorted(by_article) == sorted(expected)
    for name in ("energy", "electronics", "high-tech", "strategic", "rare-earth-chain"):
        assert groups[name]


def test_groups_by_divisions_agree_with_those_by_code():
    # icio-28 and icio-50 have the goods of icio-28+services, whose groups are listed by code.
    listed = sector_groups("icio-28+services")
    for other in ("icio-28", "icio-50"):
        derived = sector_groups(other)
        for name in ("goods", "mining", "electronics", "high-tech", "strategic", "gb-hea"):
            assert derived[name] == listed[name]


def test_codes_tell_the_classification():
    assert classification_with(["A01", "Q87_88"]) == "nace-64"
    assert classification_with(["A01_02"], "icio-45/C27=magnets,other") == "icio-45"
    assert classification_with(["wheat"]) is None
    assert resolve_sectors("electronics", ["C26", "D", "H49"]) == ["C26"]
    assert resolve_sectors("agriculture", [WHEAT, "Pulp"]) == [WHEAT]
