"""Random splits: admissible, reproducible, and uniform where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.errors import LabelError, TableError
from iomodel.table.mrio import MRIOTable
from iomodel.table.splitting.sampling import sample_splits

PARTS = ["a", "b", "c"]
OUTPUT = [0.2, 0.3, 0.5]


@pytest.fixture(scope="module")
def table(make_table) -> MRIOTable:
    return make_table(3)


@pytest.fixture(scope="module")
def sample(table):
    return sample_splits(table, "s1", PARTS, output=OUTPUT, draws=40, sweeps=60)


def test_every_draw_is_a_split(table, sample):
    for draw in (0, 17, 39):
        split = sample.table(draw)
        # Sums of some hundred moves around rectangles keep the totals to rounding.
        assert split.check(1e-9).ok
        assert split.v1.min() >= -1e-9
        back = split.aggregate(sectors=dict.fromkeys(PARTS, "s1"), unmapped="keep")
        for name in ("Z", "Y", "V", "x", "tariff"):
            a, b = getattr(back, name).values, getattr(table, name).values
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
        k = [0, 1, 1, 1, 2, 3]
        assert not split.Z.values[table.Z.values[:, k][..., k] == 0].any()


def test_totals_and_signs_of_the_whole_batch(table, sample):
    np.testing.assert_allclose(sample.rows.sum(axis=2), sample.totals.rows[None].repeat(40, 0))
    np.testing.assert_allclose(
        sample.columns.sum(axis=3), sample.totals.columns[None].repeat(40, 0)
    )
    parent = np.broadcast_to(sample.totals.rows[None, :, None], sample.rows.shape)
    assert (sample.rows[parent >= 0] >= 0).all()
    sold = sample.rows.sum(axis=(3, 4)) + sample.block.sum(axis=(3, 4))
    np.testing.assert_allclose(sold, np.broadcast_to(sample.totals.output, sold.shape), rtol=1e-9)
    spent = sample.columns.sum(axis=1) + sample.block.sum(axis=(1, 2))
    np.testing.assert_allclose(spent, np.broadcast_to(sample.totals.output, spent.shape), rtol=1e-9)


@pytest.mark.parametrize("extension", [None, "jobs"])
def test_multipliers_are_those_of_the_tables(sample, extension):
    batch = sample.multipliers(extension)
    assert batch.dims == ("draw", "region", "sector")
    for draw in (0, 25):
        split = sample.table(draw)
        e = np.ones(split.n)
        if extension:
            e = split.extensions.sel(extension=extension).values.ravel() / split.x1
        multipliers = np.linalg.solve((np.eye(split.n) - split.A2).T, e)
        np.testing.assert_allclose(batch.values[draw].ravel(), multipliers, rtol=1e-8)
        assert batch["sector"].values.tolist() == split.sectors


def test_coefficients_match_the_tables(sample):
    cells, split = sample.coefficients(), sample.table(5)
    A = split.A.sel(sector="b", user_sector="s2")
    sales = cells["sales"].sel(part="b", user_sector="s2").isel(draw=5)
    np.testing.assert_allclose(sales.values, A.values)
    block = cells["block"].isel(draw=5).sel(part="a", user_part="c")
    np.testing.assert_allclose(block.values, split.A.sel(sector="a", user_sector="c").values)


def test_seed_decides(table, sample):
    same = sample_splits(table, "s1", PARTS, output=OUTPUT, draws=40, sweeps=60)
    np.testing.assert_array_equal(same.rows, sample.rows)
    another_seed = sample_splits(table, "s1", PARTS, output=OUTPUT, draws=40, sweeps=60, seed=1)
    assert not np.array_equal(another_seed.rows, sample.rows)


def test_one_dimension_is_uniform():
    """A part that makes 3 of 10 units for two users sells the first one t in [0, 3], uniformly."""
    table = MRIOTable.from_arrays(
        [[0.0]], [[6.0, 4.0]], regions=["A"], sectors=["k"], final_uses=["f", "g"]
    )
    sample = sample_splits(table, "k", ["p", "q"], output={"p": 0.3}, draws=4000, sweeps=30)
    t = np.sort(sample.rows[:, 0, 0, 0, 0]) / 3
    steps = np.arange(1, 4001) / 4000
    # The Kolmogorov distance of 4,000 uniform draws stays below 1.95 / sqrt(4000) in 999 of 1,000.
    assert np.abs(t - steps).max() < 0.031


def test_the_spread_exceeds_the_single_split(table, sample):
    spread = sample.multipliers().std("draw")
    assert float(spread.sel(sector=PARTS).min()) > 1e-3


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"draws": 0}, TableError, "0 draws"),
        ({"memory_gib": 1e-9}, TableError, "above memory_gib"),
        ({"sector": "zz"}, LabelError, "unknown sector 'zz'"),
    ],
)
def test_refusals(table, options, error, message):
    call = {"sector": "s1", "parts": PARTS, "output": OUTPUT, **options}
    with pytest.raises(error, match=message):
        sample_splits(table, **call)


def test_unknown_extension(sample):
    with pytest.raises(LabelError, match=r"unknown extension 'water'.*jobs"):
        sample.multipliers("water")
