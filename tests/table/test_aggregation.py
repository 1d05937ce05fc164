"""Aggregation: every form of concordance, every silent mistake refused, identities kept."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import LabelError, TableError
from iomodel.table.mrio import MRIOTable

SEEDS = st.integers(0, 2**32 - 1)
# Sums of the same cells in another order.
SAME = {"rtol": 1e-11, "atol": 1e-11}


def assert_same_cells(table, reference):
    assert (table.regions, table.sectors) == (reference.regions, reference.sectors)
    assert set(table.dataset.data_vars) == set(reference.dataset.data_vars)
    for name in table.dataset.data_vars:
        np.testing.assert_allclose(
            table.dataset[name].values, reference.dataset[name].values, err_msg=name, **SAME
        )


def drawn_map(rng, labels, stem):
    return {label: f"{stem}{rng.integers(0, 2)}" for label in labels}


def with_codes(table, regions):
    return MRIOTable(table.dataset.assign_coords(region=regions, user_region=regions))


@given(seed=SEEDS, regions=st.integers(1, 4), sectors=st.integers(1, 5), idle=st.booleans())
@settings(deadline=None, max_examples=40)
def test_every_identity_and_every_total_is_kept(make_table, seed, regions, sectors, idle):
    table = make_table(seed, regions, sectors, idle=idle)
    rng = np.random.default_rng(seed)
    by_region, by_sector = drawn_map(rng, table.regions, "G"), drawn_map(rng, table.sectors, "t")
    small = table.aggregate(by_region, by_sector)
    assert small.check(1e-9).ok, str(small.check())
    assert small.regions == list(dict.fromkeys(by_region.values()))
    assert small.sectors == list(dict.fromkeys(by_sector.values()))
    for name in ("Z", "Y", "V", "x"):
        total = table.dataset[name].values.sum()
        np.testing.assert_allclose(small.dataset[name].values.sum(), total, rtol=1e-12)
        assert small.dataset[name].values.flags.c_contiguous
        assert not small.dataset[name].values.flags.writeable
    brute = sum(
        table.Z.values[r, s, :, :].sum()
        for r, rn in enumerate(table.regions)
        for s, sn in enumerate(table.sectors)
        if (by_region[rn], by_sector[sn]) == (small.regions[0], small.sectors[0])
    )
    np.testing.assert_allclose(small.Z.values[0, 0].sum(), brute, rtol=1e-11)
    np.testing.assert_allclose(
        small.extensions.values.sum(axis=(1, 2)), table.extensions.values.sum(axis=(1, 2))
    )


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_two_steps_equal_one(make_table, seed):
    table = make_table(seed, 4, 5, final_uses=1)
    rng = np.random.default_rng(seed)
    inner = {r: f"G{rng.integers(0, 3)}" for r in table.regions}
    outer = {g: f"H{rng.integers(0, 2)}" for g in dict.fromkeys(inner.values())}
    sectors = drawn_map(rng, table.sectors, "t")
    steps = table.aggregate(inner).aggregate(outer, sectors)
    at_once = table.aggregate({r: outer[g] for r, g in inner.items()}, sectors)
    assert_same_cells(steps, at_once)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_the_order_of_labels_does_not_matter(make_table, seed):
    table = make_table(seed, 4, 5)
    rng = np.random.default_rng(seed)
    r, s = rng.permutation(4), rng.permutation(5)
    shuffled = MRIOTable(table.dataset.isel(region=r, user_region=r, sector=s, user_sector=s))
    by_region, by_sector = drawn_map(rng, table.regions, "G"), drawn_map(rng, table.sectors, "t")
    one = table.aggregate(by_region, by_sector).dataset
    from_shuffled = shuffled.aggregate(by_region, by_sector).dataset
    for name in one.data_vars:
        np.testing.assert_allclose(
            from_shuffled[name].reindex_like(one).values, one[name].values, **SAME
        )


def test_every_form_of_concordance_gives_the_same_table(make_table):
    table = make_table(1)
    old_new = {"R0": "X", "R1": "Y", "R2": "X"}
    reference = table.aggregate(old_new)
    matrix = pd.DataFrame([[1, 0], [0, 1], [1, 0]], index=table.regions, columns=["X", "Y"])
    pairs = pd.DataFrame({"old": list(old_new), "new": list(old_new.values())})
    for concordance in (
        {"Y": ["R1"], "X": ["R2", "R0"]},
        {"X": ("R0", "R2"), "R1": "Y"},
        pd.Series(old_new),
        pairs,
        pairs.assign(note=1.0),
        pairs.set_axis(["from", "to"], axis=1),
        matrix,
        matrix.astype(bool),
    ):
        assert_same_cells(table.aggregate(concordance), reference)
    assert reference.regions == ["X", "Y"]


def test_group_names_stand_for_their_members(make_table):
    table = with_codes(make_table(1, 4), ["USA", "DEU", "FRA", "CHN"])
    assert table.aggregate({"EU": ["EU27"]}, unmapped="keep").regions == ["USA", "EU", "CHN"]
    assert table.aggregate({"EU27": "EU"}, unmapped="Others").regions == ["Others", "EU"]
    assert table.aggregate({"world": ["all"]}).regions == ["world"]
    coded = MRIOTable(
        table.dataset.assign_coords(
            sector=["c1", "c2", "c3", "c28"], user_sector=["c1", "c2", "c3", "c28"]
        ).assign_attrs(classification="wiod-2013")
    )
    small = coded.aggregate(sectors={"G": ["goods"], "S": ["services"]})
    assert small.sectors == ["G", "S"]
    assert small.attrs["classification"] == ""


def test_unmapped_labels_are_never_silent(make_table):
    table = make_table(1)
    with pytest.raises(LabelError, match="2 regions are not in the concordance: R1, R2; map them"):
        table.aggregate({"R0": "X"})
    with pytest.raises(LabelError, match="1 sector is not in the concordance: s3"):
        table.aggregate(sectors=pd.Series({"s0": "a", "s1": "a", "s2": "b", "s3": None}))
    assert table.aggregate({"R0": "X"}, unmapped="keep").regions == ["X", "R1", "R2"]
    assert table.aggregate({"R0": "X"}, unmapped="ROW").regions == ["X", "ROW"]
    assert table.aggregate({"R0": "R1"}, unmapped="keep").regions == ["R1", "R2"]


@pytest.mark.parametrize(
    ("concordance", "text"),
    [
        ({"R0": "X", "R9": "Y"}, "unknown region 'R9'.*valid: R0, R1, R2"),
        ({"X": ["R0", "R8"], "Y": ["R9"]}, "2 regions are of the concordance|R8, R9"),
        ({"X": ["R0", "R1"], "Y": ["R1", "R2"]}, "mapped twice: R1 to X and Y"),
        (pd.Series(["X", "Y"], index=["R0", "R0"]), "mapped twice: R0 to X and Y"),
        (pd.DataFrame([[1, 1], [0, 1], [1, 0]], ["R0", "R1", "R2"], ["X", "Y"]), "R0 to X and Y"),
        (pd.DataFrame([[0.5, 0.5]], ["R0"], ["X", "Y"]), r"0.5 at \(R0, X\)"),
        (pd.DataFrame({"a": ["R0"], "b": ["X"], "c": ["Y"]}), "columns a, b, c"),
        (["R0"], "not a list"),
    ],
)
def test_bad_concordances_name_their_labels(make_table, concordance, text):
    with pytest.raises(LabelError, match=text):
        make_table(1).aggregate(concordance)


def test_tariffs_are_weighted_by_the_flows_that_pay_them(make_table):
    table = make_table(8, final_uses=1)
    merged = {"R0": "X", "R1": "X", "R2": "Y"}
    small = table.aggregate(merged, {"s0": "a", "s1": "a"}, unmapped="keep")
    flows = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    revenue = (table.tariff.values * flows)[:2, :2, 2].sum()
    np.testing.assert_allclose(small.tariff.values[0, 0, 1], revenue / flows[:2, :2, 2].sum())
    zero = MRIOTable.from_arrays(
        np.zeros((2, 2)),
        np.eye(2),
        regions=["A", "B"],
        sectors=["s"],
        tariff=[[[0.0, 0.1]], [[0.3, 0.0]]],
    )
    by_frame = zero.aggregate({"A": "W", "B": "W"})
    assert by_frame.tariff.values.item() == 0.0
    idle = MRIOTable.from_arrays(
        np.zeros((4, 4)),
        np.kron(np.eye(2), [[1.0], [1.0]]),
        regions=["A", "B"],
        sectors=["s", "t"],
        tariff=[[[0.0, 0.1], [0.0, 0.2]], [[0.3, 0.0], [0.3, 0.0]]],
    )
    simple = idle.aggregate(sectors={"s": "u", "t": "u"})
    np.testing.assert_allclose(simple.tariff.values[:, 0], [[0.0, 0.15], [0.3, 0.0]])


def test_metadata_follow(make_table):
    table = make_table(8)
    small = table.aggregate({"R0": "X", "R1": "X", "R2": "Y"}, {"m": ["s0", "s1"]}, unmapped="keep")
    assert small.history == [
        "made for a test",
        "aggregate: 3 regions to 2 (X = R0 + R1; Y = R2), 4 sectors to 3 (m = s0 + s1)",
    ]
    assert small.attrs["unit"] == table.attrs["unit"]
    assert small.x["sector_name"].values.tolist() == ["m", "Sector 2", "Sector 3"]
    assert small.extensions["extension_unit"].values.tolist() == ["persons", "TJ"]
    assert small.name == table.name
    unchanged = table.aggregate({r: r for r in table.regions})
    assert unchanged.history[-1] == "aggregate: no label changed"
    assert unchanged.Z.values is table.Z.values or np.shares_memory(unchanged.Z2, table.Z2)


def test_primary_inputs_keep_what_they_count_as():
    table = MRIOTable.from_arrays(
        np.ones((2, 2)),
        np.ones((2, 2)) * 3,
        V=[[5.0, 4.0], [1.0, 2.0]],
        regions=["A", "B"],
        sectors=["s"],
        primary_inputs=["VA", "TLS"],
        value_added_inputs=["VA"],
    )
    small = table.aggregate({"A": "W", "B": "W"})
    assert small.V["counts_as_value_added"].values.tolist() == [True, False]
    assert small.v1.tolist() == [9.0]


def test_a_variable_that_cannot_be_added_is_refused(make_table):
    table = make_table(1)
    odd = MRIOTable(table.dataset.assign(note=("region", [1.0, 2.0, 3.0])))
    with pytest.raises(TableError, match="aggregate note"):
        odd.aggregate({"R0": "X"}, unmapped="keep")
