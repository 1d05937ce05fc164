"""Analysts' ratings on the sectors of a table, and how a user extends them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models.criticality import criticality, inventory_cover, resolve_criticality
from iomodel.table.catalogue import embedded, load
from iomodel.table.mrio import MRIOTable


def table_of(sectors, **attrs):
    n = len(sectors)
    return MRIOTable.from_arrays(
        np.zeros((n, n)), np.ones((n, 1)), regions=["A"], sectors=sectors, **attrs
    )


def test_ratings_of_world_2022():
    gamma = criticality(load("world-2022"))
    assert gamma.dims == ("sector", "user_sector")
    assert gamma.sel(sector="C27", user_sector="C29") == 1.0
    # Rated important: weight .5 by default, 1 and 0 are the strong and the weak reading.
    assert gamma.sel(sector="C27", user_sector="C26") == 0.5
    strong = criticality(load("world-2022"), important=1.0)
    assert strong.sel(sector="C27", user_sector="C26") == 1.0
    assert float(gamma.min()) == 0.0
    assert float(gamma.max()) == 1.0
    assert gamma.attrs["citation"] == "PichlerEtAl2022"


def test_a_trace_sibling_inherits_a_trace_of_the_rating():
    gamma = criticality(load("world-2022"))
    assert gamma.sel(sector="B06", user_sector="C19") == 1.0
    # A refinery buys 0.2 of metal ore for 95.5 of crude oil out of the mining that it is rated on.
    assert float(gamma.sel(sector="B07", user_sector="C19")) == pytest.approx(0.2 / 95.5, abs=5e-5)


def test_every_classification_is_covered():
    for table in (
        table_of([f"c{k}" for k in range(1, 36)], classification="wiod-2013"),
        table_of(["C24", "C27", "C29"], classification="wiod-2016"),
    ):
        assert criticality(table).attrs["unrated"] == []
        assert np.all(inventory_cover(table) > 0)


def test_users_extend_and_carve_out():
    table = table_of(["C26", "C27", "C29", "magnets"])
    gamma = criticality(
        table, overrides={("magnets", "C29"): 0.7}, parents={"magnets": "C27"}, important=0.25
    )
    assert float(gamma.sel(sector="magnets", user_sector="C29")) == 0.7
    assert float(gamma.sel(sector="magnets", user_sector="C26")) == 0.0
    assert float(gamma.sel(sector="C27", user_sector="magnets")) == 1.0
    plain, record = resolve_criticality({("magnets", "all"): 1.0}, table)
    np.testing.assert_array_equal(plain[3], 1.0)
    np.testing.assert_array_equal(plain[:, 3], [0.0, 0.0, 0.0, 1.0])
    assert record["overrides"] == {"magnets for all": 1.0}
    assert record["unrated, not critical"] == ["magnets"]


def test_numbers_and_arrays_are_taken_as_given():
    table = table_of(["a", "b"])
    np.testing.assert_array_equal(resolve_criticality(0.3, table)[0], np.full((2, 2), 0.3))
    given = xr.DataArray(
        [[0.1, 0.2], [0.3, 0.4]],
        dims=("sector", "user_sector"),
        coords={"sector": ["b", "a"], "user_sector": ["a", "b"]},
        name="mine",
    )
    cells, record = resolve_criticality(given, table)
    np.testing.assert_array_equal(cells, [[0.3, 0.4], [0.1, 0.2]])
    assert record == {"value": "mine"}
    assert resolve_criticality({("a", "b"): 1}, table)[0].sum() == 1.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("analysts", "no analysts' ratings are known.*'table' .*values by"),
        ("experts", "unknown ratings 'experts'"),
        (1.5, "must lie between 0 and 1"),
        ({("a", "x"): 1.0}, "unknown sector 'x'"),
        ({("a", "b"): -1.0}, "criticality of a for b is -1.0"),
        (xr.DataArray(np.ones((1, 1)), dims=("a", "b")), "has dimensions"),
    ],
)
def test_what_cannot_be_used_is_refused(given, message):
    with pytest.raises(LabelError, match=message):
        resolve_criticality(given, table_of(["a", "b"], name="table"))


def test_months_of_cover():
    months = inventory_cover(load("world-2022"), {"C29": 6.0, "C26": 0.0})
    assert float(months.sel(sector="C27")) == pytest.approx(1.934, abs=5e-4)
    assert months.sel(sector=["C29", "C26"]).values.tolist() == [6.0, 0.0]
    unknown = inventory_cover(table_of(["a", "b"]), {"a": 2.0})
    assert unknown.values.tolist() == [2.0, 0.0]
    assert unknown.attrs["assumed"] == ["b"]
    with pytest.raises(LabelError, match="must not be negative"):
        inventory_cover(table_of(["a"]), {"a": -1.0})


def test_embedded_files_are_what_the_builder_makes(raw_data, tmp_path):
    builder = pytest.importorskip("datasets.builders.criticality")
    for made in builder.build(raw_data, tmp_path):
        assert made.read_bytes() == embedded(made.name).read_bytes()
