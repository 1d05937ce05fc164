"""Fingerprints tell values apart by content, and by nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import iomodel as iom
from iomodel.fingerprint import fingerprint
from iomodel.table.mrio import MRIOTable


@dataclass(frozen=True)
class Point:
    x: float
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    x: float
    path: tuple[str, ...] = ()


# Values that differ from one another in one respect: none may share a fingerprint.
DIFFERENT: list[Any] = [
    None,
    True,
    1,
    1.0,
    "1",
    b"1",
    "True",
    "None",
    [],
    [[]],
    {},
    set(),
    [1, 2],
    [12],
    [2, 1],
    [[1], 2],
    ["a", "b"],
    ["ab"],
    ["a 1:b"],
    {"a": 1, "b": 2},
    {"a": 2, "b": 1},
    {1, 2},
    0.0,
    -0.0,
    float("nan"),
    1.0 + 2.0**-52,
    dt.date(2025, 11, 1),
    "2025-11-01",
    np.zeros(0),
    np.zeros((0, 3)),
    np.array(1.0),
    np.arange(6.0),
    np.arange(6.0).reshape(2, 3),
    np.arange(6.0).reshape(3, 2),
    np.arange(6),
    np.arange(6, dtype=np.float32),
    np.array(["a", "b"]),
    np.array([["a", "b"]]),
    np.array([True, False]),
    np.array(["2025-11-01"], dtype="datetime64[D]"),
    xr.DataArray([1.0, 2.0], dims="x"),
    xr.DataArray([1.0, 2.0], dims="y"),
    xr.DataArray([1.0, 2.0], dims="x", name="a"),
    xr.DataArray([1.0, 2.0], dims="x", coords={"x": ["a", "b"]}),
    xr.DataArray([1.0, 2.0], dims="x", coords={"x": ["b", "a"]}),
    Point(1.0),
    Place(1.0),
    Point(2.0),
    Point(1.0, ("x",)),
]


def test_values_that_differ_have_fingerprints_that_differ():
    digests = [fingerprint(value) for value in DIFFERENT]
    assert len(set(digests)) == len(DIFFERENT)
    assert all(len(digest) == 64 for digest in digests)
    assert fingerprint(1, 2) != fingerprint(1) != fingerprint()


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ([1, "a"], (1, "a")),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"x", "y", "z"}, frozenset({"z", "y", "x"})),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))),
        (np.arange(6.0)[::2], np.array([0.0, 2.0, 4.0])),
        (np.array(["a", "bc"]), np.array(["a", "bc"], dtype=object)),
        (np.array(["a", "bc"]), np.array(["a", "bc"], dtype="<U9")),
        (Point(1.0, ("x",)), Point(1.0, ("x",))),
    ],
)
def test_equal_values_have_equal_fingerprints(one, another):
    assert fingerprint(one) == fingerprint(another)


@pytest.mark.parametrize(
    "value", [object(), print, Point, np.zeros(2, dtype=[("a", "f8"), ("b", "O")])]
)
def test_a_value_without_content_is_refused(value):
    with pytest.raises(TypeError, match="no fingerprint"):
        fingerprint(value)


# ---------------------------------------------------------------------- tables
VARIABLES = ("Z", "Y", "V", "x", "tariff", "extensions")


@pytest.mark.parametrize("variable", VARIABLES)
def test_one_cell_changes_the_fingerprint_of_a_table(make_table, variable):
    table = make_table(3)
    cells = table.dataset[variable].values.copy()
    cells.flat[cells.size // 2] = np.nextafter(cells.flat[cells.size // 2], np.inf)
    changed = table.dataset.copy()
    changed[variable] = (table.dataset[variable].dims, cells)
    changed.attrs = dict(table.dataset.attrs)
    other_table = MRIOTable(changed)
    assert (other_table.name, other_table.history) == (table.name, table.history)
    assert other_table.regions == table.regions
    assert other_table.fingerprint != table.fingerprint


def test_equal_tables_have_equal_fingerprints(make_table, tmp_path):
    table = make_table(3)
    assert table.fingerprint == make_table(3).fingerprint
    reread = MRIOTable.from_netcdf(table.to_netcdf(tmp_path / "t.nc"))
    assert reread.fingerprint == table.fingerprint
    assert table.fingerprint != make_table(4).fingerprint


def test_layout_order_and_words_do_not_enter(make_table):
    table = make_table(3)
    dataset = table.dataset
    columns = {k: (v.dims, np.asfortranarray(v.values)) for k, v in dataset.data_vars.items()}
    backwards = dict(reversed(columns.items()))
    attrs = {**dataset.attrs, "name": "renamed", "citation": "elsewhere", "history": "none"}
    assert MRIOTable(xr.Dataset(backwards, dataset.coords, attrs)).fingerprint == table.fingerprint


@pytest.mark.parametrize(
    "change", [{"unit": "EUR"}, {"year": 2021}, {"classification": "a"}, {"price_basis": "b"}]
)
def test_attributes_that_change_numbers_enter(make_table, change):
    table = make_table(3)
    dataset = table.dataset.assign_attrs(change)
    assert MRIOTable(dataset).fingerprint != table.fingerprint


@pytest.mark.parametrize("label", ["region", "sector", "final_use", "extension_unit"])
def test_labels_enter(make_table, label):
    table = make_table(3)
    names = table.dataset[label].values.copy()
    names[0] = "another"
    dataset = table.dataset.assign_coords({label: (table.dataset[label].dims, names)})
    assert MRIOTable(dataset).fingerprint != table.fingerprint


def test_an_embedded_table_loaded_twice():
    assert iom.load("ree-toy").fingerprint == iom.load("ree-toy").fingerprint


# ---------------------------------------------------------------------- scenarios
def test_a_scenario_is_told_by_its_content():
    scenario = iom.Scenario.load("us-china-tariff-100")
    assert scenario.fingerprint == iom.Scenario.load("us-china-tariff-100").fingerprint
    digests = {iom.Scenario.load(name).fingerprint for name in iom.scenarios()["name"]}
    assert len(digests) == len(iom.scenarios())
    tariff = iom.Tariff("USA", "CHN", rate=0.25)
    changed = replace(tariff, rate=0.25 + 1e-12)
    assert replace(scenario, shocks=changed).fingerprint != scenario.fingerprint
    assert iom.Scenario(tariff).fingerprint == iom.Scenario([tariff]).fingerprint
    assert iom.Scenario(tariff).fingerprint != iom.Scenario(changed).fingerprint


def test_places_in_a_file_do_not_enter():
    scenario = iom.Scenario.load("us-china-tariff-100")
    assert replace(scenario, origins=()).fingerprint == scenario.fingerprint


def test_rates_of_layers_and_members_of_groups_enter(monkeypatch):
    layered = iom.Scenario([iom.TariffLayer("us-reciprocal-2025")], name="layered")
    grouped = iom.Scenario([iom.Tariff("USA", "EU27", rate=0.1)], name="grouped")
    before = layered.fingerprint, grouped.fingerprint
    from iomodel.scenario import layers
    from iomodel.table import groups

    rows = layers.layer_rows()
    monkeypatch.setattr(layers, "layer_rows", lambda: tuple(replace(r, rate=0.0) for r in rows))
    again = iom.Scenario(layered.shocks, name="layered")
    assert again.fingerprint != before[0]
    members = {**groups.region_groups(), "EU27": ["DEU"]}
    monkeypatch.setattr(groups, "_region_members", lambda: members)
    again = iom.Scenario(grouped.shocks, name="grouped")
    assert again.fingerprint != before[1]
