"""Analysts' ratings on the sectors of a table, and how a user extends them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models import applicable, run
from iomodel.models.shortage.criticality import criticality, resolve_criticality
from iomodel.models.shortage.inventory_cover import inventory_cover
from iomodel.models.shortage.ratings import is_rated, read_ratings
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

DATA = Path(__file__).resolve().parents[2] / "datasets" / "builders" / "data"
RATINGS = DATA / "ree_criticality.csv"


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


# ---------------------------------------------------------------------- rare earths
PARTS = ["B07_REE", "C20_REE", "C24A_REE", "C27_REE"]


@pytest.fixture(scope="module")
def rare_earths():
    return load("world-2022-ree")


def test_rests_are_rated_as_their_parents(rare_earths):
    family = rare_earths.attrs["parent_sector"]
    split, whole = criticality(rare_earths), criticality(load("world-2022"))
    inputs = [s for s in rare_earths.sectors if s not in PARTS]
    for user in rare_earths.sectors:
        one = split.sel(sector=inputs, user_sector=user).values
        two = whole.sel(
            sector=[family.get(s, s) for s in inputs], user_sector=family.get(user, user)
        )
        np.testing.assert_array_equal(one, two.values, err_msg=user)
    assert split.attrs["unrated"] == []
    months = inventory_cover(rare_earths)
    assert months.attrs["assumed"] == []
    assert float(months.sel(sector="C27_REE")) == float(inventory_cover(load("world-2022"))[21])


def test_who_needs_rare_earths(rare_earths):
    gamma = criticality(rare_earths)
    # Along the chain, and cars; all others are important at most, and most do without.
    critical = {
        (i, j)
        for i in PARTS
        for j in rare_earths.sectors
        if float(gamma.sel(sector=i, user_sector=j)) == 1.0
    }
    assert critical == {
        ("B07_REE", "C20_REE"),
        ("C20_REE", "C24A_REE"),
        ("C24A_REE", "C27_REE"),
        ("C27_REE", "C29"),
    }
    assert float(gamma.sel(sector="C27_REE", user_sector="C28")) == 0.5
    assert float(gamma.sel(sector="C27_REE", user_sector="O_T")) == 0.0
    assert (gamma.sel(sector=PARTS).values > 0).sum() == 11


def test_every_rating_of_a_part_has_a_reason_and_a_buyer(rare_earths):
    rows = pd.read_csv(RATINGS)
    assert set(rows["input"]) == set(PARTS)
    assert set(rows["rating"]) <= {"critical", "important", "none", "parent"}
    assert set(rows["status"]) <= {"fact", "reported", "judgement"}
    assert rows[["source", "note"]].notna().all(axis=None)
    assert not rows.duplicated(["input", "user"]).any()
    use = rare_earths.Z.sum(["region", "user_region"])
    told = set(zip(rows["input"], rows["user"], strict=True))
    for part in PARTS:
        bought = use.sel(sector=part).to_series()
        # Who buys a part is rated, if only as one who can do without; world-2022-ree has no others.
        assert {(part, user) for user in bought.index[bought > 0]} <= told


def test_ratings_from_a_file(rare_earths, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("# mine\ninput,user,criticality\nC27_REE,C28,1\nC27_REE,services,0.2\n")
    assert read_ratings(path) == {("C27_REE", "C28"): 1.0, ("C27_REE", "services"): 0.2}
    for given in (path, str(path)):
        gamma, record = resolve_criticality(given, rare_earths)
        row = gamma[rare_earths.sectors.index("C27_REE")]
        assert row[rare_earths.sectors.index("C28")] == 1.0
        assert row[rare_earths.sectors.index("H")] == 0.2
        assert row[rare_earths.sectors.index("C29")] == 1.0
        assert record["overrides"]["C27_REE for C28"] == 1.0
    path.write_text("input,user\nC27_REE,C28\n")
    with pytest.raises(LabelError, match="give the columns input, user and criticality"):
        read_ratings(path)
    with pytest.raises(LabelError, match=r"cannot be read from .*none\.csv"):
        resolve_criticality(str(tmp_path / "none.csv"), rare_earths)


def test_a_split_table_needs_what_its_parents_needed():
    table = load("world-2022").aggregate(regions={"WORLD": load("world-2022").regions})
    split = table.split("C27", ["magnets", "other"], output={"magnets": 0.01})
    gamma = criticality(split)
    whole = criticality(table)
    for part in ("magnets", "other"):
        ours = gamma.sel(sector="C26", user_sector=part)
        assert ours == whole.sel(sector="C26", user_sector="C27") > 0
    # Who needs the parts has to be said.
    assert not gamma.sel(sector=["magnets", "other"]).any()
    assert gamma.attrs["unrated"] == ["magnets", "other"]
    assert inventory_cover(split).sel(sector="magnets") == inventory_cover(table).sel(sector="C27")


@pytest.mark.parametrize("model", ["bottleneck", "rationing"])
def test_models_that_need_ratings_refuse_tables_without(make_table, model):
    table, cut = make_table(0), Scenario(SupplyCut("R0", "s0", 0.1))
    assert not is_rated(table)
    assert model not in applicable(table, cut)
    assert model in applicable(load("world-2022-ree"), Scenario(SupplyCut("CHN", "C27_REE", 0.1)))
    with pytest.raises(LabelError, match=r"no analysts' ratings.*give criticality as values by"):
        run(table, cut, model)
    assert float(run(table, cut, model, criticality=1.0)["gdp_pct"].min()) < 0


def test_ratings_in_another_encoding_are_one_sentence(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_bytes("# Schätzung\ninput,user,criticality\nA,B,1\n".encode("latin-1"))
    with pytest.raises(LabelError, match="it is no text in UTF-8; save it as UTF-8"):
        read_ratings(path)
