"""Splitting a sector: what must hold whatever is stated, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.published import WIOD_2013
from iomodel.errors import LabelError, SolverError, TableError
from iomodel.models.elasticities import elasticities
from iomodel.table.catalogue import load
from iomodel.table.groups import resolve_sectors
from iomodel.table.mrio import MRIOTable
from iomodel.table.readers.wiod import read_wiod
from iomodel.table.splitting.wolsky import wolsky_coefficients

PARTS = ["small", "large"]
# Balancing stops at 1e-11 of a part's cells; parent cells are met to rounding.
CLOSED = 1e-9


def leontief(table: MRIOTable) -> np.ndarray:
    return np.linalg.inv(np.eye(table.n) - table.A2)


def merged(table: MRIOTable, sector: str = "s1", parts: list[str] | None = None) -> MRIOTable:
    return table.aggregate(sectors=dict.fromkeys(parts or PARTS, sector), unmapped="keep")


def assert_same(table: MRIOTable, reference: MRIOTable) -> None:
    assert table.sectors == reference.sectors
    for name in ("Z", "Y", "V", "x", "tariff", "extensions"):
        a, b = getattr(table, name).values, getattr(reference, name).values
        np.testing.assert_allclose(a, b, rtol=CLOSED, atol=1e-12 * np.abs(b).max(), err_msg=name)


weights = st.floats(1e-4, 0.3)
seeds = st.integers(0, 10_000)


def knowledge(table: MRIOTable, rng: np.random.Generator) -> dict:
    """End uses and costs near the parent's, with one closed cell of each."""
    users = ["s0", "s2", "s3", "use1"]
    share = rng.dirichlet(np.ones(len(users) + 2))[: len(users)]
    use = dict(zip(users, share, strict=True)) | {"small": 0.0}
    goods = rng.dirichlet(np.ones(5))[:3] * 0.6
    return {
        "use": {"small": use},
        "inputs": {"small": dict(zip(["s0", "s2", "VA"], goods, strict=True))},
    }


@settings(max_examples=25, deadline=None)
@given(seed=seeds, weight=weights)
def test_merging_the_parts_returns_the_table(make_table, seed, weight):
    table = make_table(seed)
    rng = np.random.default_rng(seed)
    split = table.split("s1", PARTS, output={"small": weight}, **knowledge(table, rng))
    assert_same(merged(split), table)
    assert split.check(CLOSED).ok, str(split.check(CLOSED))
    assert split.v1.min() >= 0
    parent_negative = (table.Y.values < 0)[:, 1]
    assert not (split.Y.values[:, 1:3] < 0)[~np.repeat(parent_negative[:, None], 2, 1)].any()
    assert max(abs(np.linalg.eigvals(split.A2))) < 1
    assert not split.Z.values[:, 1, :, 1].any()  # small sells nothing to small
    k = [0, 1, 1, 2, 3]
    assert not split.Z.values[table.Z.values[:, k][..., k] == 0].any()


@settings(max_examples=15, deadline=None)
@given(seed=seeds, weight=weights)
def test_weights_alone_are_wolsky(make_table, seed, weight):
    table = make_table(seed, regions=1)
    split = table.split("s1", PARTS, output={"small": weight})
    coefficients = wolsky_coefficients(table.A2, 1, (weight, 1 - weight))
    np.testing.assert_allclose(split.A2, coefficients, rtol=1e-12, atol=1e-15)


@settings(max_examples=15, deadline=None)
@given(seed=seeds, weight=weights)
def test_other_shocks_and_proportional_shocks_are_unchanged(make_table, seed, weight):
    """Invariant 12: with weights alone, shocks in the parts' proportions act as on the parent."""
    table = make_table(seed)
    split = table.split("s1", PARTS, output={"small": weight})
    rng = np.random.default_rng(seed)
    f = rng.uniform(0, 1, table.shape)
    g = np.stack([f[:, 0], weight * f[:, 1], (1 - weight) * f[:, 1], f[:, 2], f[:, 3]], axis=1)
    x = (leontief(table) @ f.ravel()).reshape(table.shape)
    y = (leontief(split) @ g.ravel()).reshape(split.shape)
    np.testing.assert_allclose(y[:, [0, 3, 4]], x[:, [0, 2, 3]], rtol=1e-9)
    np.testing.assert_allclose(y[:, 1] + y[:, 2], x[:, 1], rtol=1e-9)
    m, k = (leontief(t).sum(axis=0).reshape(t.shape) for t in (table, split))
    np.testing.assert_allclose(k, m[:, [0, 1, 1, 2, 3]], rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=seeds, weight=weights)
def test_responses_in_proportion_obey_the_parents_table(make_table, seed, weight):
    """However the parts differ, output changes in their proportions need the parent's inputs."""
    table = make_table(seed)
    rng = np.random.default_rng(seed)
    split = table.split("s1", PARTS, output={"small": weight}, **knowledge(table, rng))
    f = split.Y2.sum(axis=1)
    np.testing.assert_allclose(leontief(split) @ f, split.x1, rtol=1e-7)
    dx = rng.uniform(0, 1, table.shape)
    dy = np.stack([dx[:, 0], weight * dx[:, 1], (1 - weight) * dx[:, 1], dx[:, 2], dx[:, 3]], 1)
    need = (dy.ravel() - split.A2 @ dy.ravel()).reshape(split.shape)
    need = np.stack([need[:, 0], need[:, 1] + need[:, 2], need[:, 3], need[:, 4]], axis=1)
    final_need = dx.ravel() - table.A2 @ dx.ravel()
    np.testing.assert_allclose(need.ravel(), final_need, rtol=1e-8, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_order_of_labels_does_not_matter(make_table, seed):
    table = make_table(seed)
    rng = np.random.default_rng(seed)
    r, s = rng.permutation(3), rng.permutation(4)

    def permuted(t: MRIOTable, r: np.ndarray, s: np.ndarray) -> MRIOTable:
        names = list(np.array(t.sectors)[s])
        return MRIOTable.from_arrays(
            t.Z.values[r][:, s][:, :, r][..., s],
            t.Y.values[r][:, s][:, :, r],
            t.V.values[:, r][..., s],
            t.x.values[r][:, s],
            regions=list(np.array(t.regions)[r]),
            sectors=names,
            final_uses=t.final_uses,
        )

    table = permuted(table, np.arange(3), np.arange(4))
    options = {"output": {"small": 0.01}, "use": {"small": {"s0": 0.5}}}
    split = table.split("s1", PARTS, **options)
    permuted_split = permuted(table, r, s).split("s1", PARTS, **options)
    by_label = permuted_split.Z.sel(
        region=split.regions,
        sector=split.sectors,
        user_region=split.regions,
        user_sector=split.sectors,
    )
    np.testing.assert_allclose(by_label.values, split.Z.values, rtol=1e-8, atol=1e-12)


def test_own_trade_is_met_and_extensions_follow(make_table):
    table = make_table(3)
    trade = np.array([[0.2, 0.8, 0.0], [0.0, 1.0, 0.0], [0.3, 0.3, 0.4]])
    split = table.split(
        "s1",
        PARTS,
        output={"small": {"R0": 0.02, "R1": 0.0, "R2": 0.01}},
        trade={"small": pd.DataFrame(trade, index=table.regions, columns=table.regions)},
        extensions={"jobs": {"small": 0.5}},
        names=["A small part", "The rest"],
    )
    sales = split.Z.values[:, 1].sum(axis=2) + split.Y.values[:, 1].sum(axis=2)
    np.testing.assert_allclose(sales, split.x.values[:, [1]] * trade, atol=1e-9)
    assert split.x.values[1, 1] == 0
    assert_same(merged(split), table)
    jobs = split.extensions.sel(extension="jobs").values
    np.testing.assert_allclose(jobs[:, 1], jobs[:, 2])
    energy = split.extensions.sel(extension="energy").values
    np.testing.assert_allclose(energy[:, 1] * 98, energy[:, 2] * np.array([2, 0, 98 / 99]))
    np.testing.assert_array_equal(split.tariff.values[:, 1], table.tariff.values[:, 1])
    assert split.x["sector_name"].values.tolist()[1:3] == ["A small part", "The rest"]
    assert split.attrs["parent_sector"] == {"small": "s1", "large": "s1"}
    assert "own trade of small" in split.history[-1]


def test_a_part_may_keep_the_parents_label_and_three_parts_work(make_table):
    table = make_table(5)
    split = table.split("s1", ["a", "s1", "b"], output=[0.1, 0.7, 0.2])
    assert split.sectors == ["s0", "a", "s1", "b", "s2", "s3"]
    again = split.split("s1", ["c", "d"], output={"c": 0.5})
    assert again.attrs["parent_sector"]["c"] == "s1"
    assert_same(merged(again, parts=["a", "b", "c", "d"]), table)


def test_groups_and_elasticities_follow_the_split(make_table):
    table = make_table(2, regions=2)
    codes = dict(zip(table.sectors, ["C26", "C27", "C29", "K"], strict=True))
    renamed = MRIOTable(
        table.aggregate(sectors=codes).dataset.assign_attrs(classification="icio-28+services")
    )
    split = renamed.split("C27", ["magnets", "other"], output={"magnets": 0.1})
    again = split.split("magnets", ["heavy", "light"], output={"heavy": 0.1})
    code = again.attrs["classification"]
    resolved = {g: resolve_sectors(g, again.sectors, code) for g in ("goods", "C27", "magnets")}
    assert resolved["goods"] == ["C26", "heavy", "light", "other", "C29"]
    assert resolved["C27"] == ["heavy", "light", "other"]
    assert resolved["magnets"] == ["heavy", "light"]
    theta, plain = elasticities("CP", again), elasticities("CP", renamed)
    assert float(theta.sel(sector="heavy")) == float(plain.sel(sector="C27"))
    same_code = renamed.split("C27", ["C27", "magnets"], output={"magnets": 0.1})
    assert resolve_sectors("C27", same_code.sectors, same_code.attrs["classification"]) == ["C27"]
    assert "C27=" in same_code.attrs["classification"]
    assert make_table(2).split("s1", PARTS, output=[0.5, 0.5]).attrs["classification"] == ""
    assert renamed.split("C27", ["a/b", "c"], output=[0.5, 0.5]).attrs["classification"] == ""


def test_a_split_table_travels_through_a_file(make_table, tmp_path):
    split = make_table(2).split("s1", PARTS, output={"small": 0.1})
    again = load(split.to_netcdf(tmp_path / "split.nc"))
    assert again.dataset.identical(split.dataset)
    assert again.attrs["parent_sector"] == {"small": "s1", "large": "s1"}


def test_frames_by_region(make_table):
    table = make_table(4)
    output = pd.DataFrame({"small": [0.1, 0.2, 0.3]}, index=table.regions)
    use = pd.DataFrame({"s0": [0.5, 0.1, 0.2]}, index=table.regions)
    split = table.split("s1", PARTS, output=output, use={"small": use})
    np.testing.assert_allclose(split.x.values[:, 1] / table.x.values[:, 1], [0.1, 0.2, 0.3])
    assert_same(merged(split), table)


def test_the_toy():
    table = load("ree-toy")
    split = table.split("REE", ["heavy", "light"], output={"heavy": 0.2}, use={"heavy": {"MAG": 1}})
    # 0.2 of 1.0 goes to magnets alone, which take 0.8 of rare earths in all.
    np.testing.assert_allclose(split.Z2[0], [0, 0, 0.2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(split.Z2[1], [0, 0, 0.6, 0.05, 0.05], rtol=1e-10)
    np.testing.assert_allclose(
        split.aggregate(sectors={"REE": ["heavy", "light"]}, unmapped="keep").Z2, table.Z2
    )


@pytest.mark.parametrize(
    ("sector", "user", "supplier"), [("c12", "c15", "c2"), ("c14", "c15", "c12")]
)
def test_wiod_2011(sector, user, supplier):
    """A real table with idle industries and stocks that are drawn down."""
    table = read_wiod(WIOD_2013, 2011)
    split = table.split(
        sector,
        PARTS,
        output={"small": 0.01},
        use={"small": {user: 0.6, "GFCF": 0.0}},
        inputs={"small": {supplier: 0.3, "small": 0.0}},
    )
    assert split.check(CLOSED).ok
    back = merged(split, sector)
    for name in ("Z", "Y", "V", "x"):
        a, b = getattr(back, name).values, getattr(table, name).values
        np.testing.assert_allclose(a, b, rtol=CLOSED, atol=1e-12 * np.abs(b).max(), err_msg=name)
    small = split.Y.sel(sector="small", final_use="GFCF").values
    assert not small.any()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sector": "s9"}, LabelError, r"unknown sector 's9'.*valid: s0"),
        ({"parts": ["a", "s0"]}, LabelError, "'s0' is already a label"),
        ({"parts": ["a"]}, LabelError, "two parts or more"),
        ({"parts": "ab"}, LabelError, "single text"),
        ({"output": {"nobody": 0.1}}, LabelError, "unknown part 'nobody'.*valid: small, large"),
        ({"output": {"small": 0.1, "large": 0.1}}, TableError, "add up to 0.2"),
        ({"output": {"small": 1.5}}, TableError, "output weight of large in R0 is -0.5"),
        ({"output": [0.1, 0.2, 0.7]}, TableError, "shape"),
        ({"output": {"small": {"R0": 0.1}}}, LabelError, "lacks region 'R1'"),
        ({"use": {"small": {"s7": 1.0}}}, LabelError, "unknown user 's7'.*use0"),
        ({"use": {"small": {"s0": 0.8, "s2": 0.8}}}, TableError, "use of small.*1.6"),
        ({"use": {"small": {"s0": -0.1}}}, TableError, "use of small"),
        ({"inputs": {"small": {"use0": 1.0}}}, LabelError, "unknown input 'use0'.*VA"),
        ({"trade": {"small": np.eye(2)}}, TableError, "trade of small has shape"),
        ({"extensions": {"water": [0.5, 0.5]}}, LabelError, "unknown extension 'water'.*jobs"),
        ({"names": ["one"]}, LabelError, "1 names for 2 parts"),
    ],
)
def test_refusals(make_table, options, error, message):
    call = {"sector": "s1", "parts": PARTS, "output": {"small": 0.1}, **options}
    sector, parts = call.pop("sector"), call.pop("parts")
    with pytest.raises(error, match=message):
        make_table(1).split(sector, parts, **call)


def test_contradictions_name_the_part():
    Z = np.array([[10.0, 20.0], [30.0, 5.0]])
    table = MRIOTable.from_arrays(Z, [[70.0], [65.0]], regions=["A"], sectors=["x", "y"])
    # The part makes half of y, 50, but may sell it to x alone, which takes 30.
    with pytest.raises(SolverError, match="part A/p misses"):
        table.split(
            "y", ["p", "q"], output={"p": 0.5}, use={"p": {"x": 1.0, "p": 0, "q": 0, "final": 0}}
        )
    closed = {"x": 0.0}
    with pytest.raises(TableError, match="A sells y to A/x, but no part may"):
        table.split("y", ["p", "q"], output=[0.5, 0.5], use={"p": closed, "q": closed})
    with pytest.raises(TableError, match="A/y buys from A/x, but no part may"):
        table.split("y", ["p", "q"], output=[0.5, 0.5], inputs={"p": closed, "q": closed})
