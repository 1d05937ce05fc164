"""Value added in trade: the 3 x 3 "leather" example and WIOD 2008.

The published figures of the example are printed to six decimals, so half a unit of the sixth.
"""

import numpy as np
import pytest

from datasets.published import WIOD_2013
from iomodel.indicators import (
    domestic_value_added_in_exports,
    gross_exports,
    value_added_absorbed,
    vax,
    vax_ratio,
)
from iomodel.leontief import LeontiefSystem, LowRankUpdate
from iomodel.table.mrio import MRIOTable

Z = [
    [16.1, 5.1, 1.8, 3.2, 4.3, 0.4, 3.1, 2.8, 4.9],
    [2.4, 8.0, 3.2, 0.1, 3.2, 1.6, 1.2, 3.9, 11.5],
    [0.9, 0.5, 4.0, 0.0, 0.1, 0.3, 0.0, 0.4, 0.5],
    [1.1, 1.9, 0.2, 18.0, 13.2, 6.1, 9.0, 3.1, 8.9],
    [0.3, 2.8, 0.1, 6.1, 28.1, 6.3, 2.1, 2.5, 25.6],
    [0.0, 0.1, 0.3, 4.1, 3.2, 8.9, 0.2, 0.0, 1.8],
    [1.2, 4.2, 0.3, 4.1, 1.2, 0.6, 29.0, 19.5, 17.9],
    [1.3, 1.1, 0.0, 3.2, 4.8, 2.6, 5.1, 29.1, 24.1],
    [2.1, 1.4, 3.0, 4.1, 3.1, 3.9, 11.3, 8.1, 51.3],
]
Y = [
    [21.5, 6.1, 8.4],
    [16.2, 1.9, 5.1],
    [11.0, 0.5, 0.8],
    [7.5, 29.5, 14.2],
    [8.9, 24.9, 16.9],
    [1.2, 18.5, 4.9],
    [9.2, 17.9, 51.2],
    [7.9, 10.1, 38.5],
    [25.1, 35.2, 68.4],
]
X = [77.7, 58.3, 19.0, 112.7, 124.6, 43.2, 156.3, 127.8, 217.0]
COUNTRIES = ["ARG", "TUR", "DEU"]


@pytest.fixture
def table():
    return MRIOTable.from_arrays(
        Z,
        Y,
        x=X,
        regions=COUNTRIES,
        sectors=["agriculture", "textile", "transport"],
        name="leather",
    )


def test_value_added_exports(table):
    exports = vax(table)
    assert list(exports["region"].values) == COUNTRIES
    np.testing.assert_allclose(exports, [46.732088, 77.341444, 96.719142], atol=5e-7)


def test_gross_exports_and_domestic_value_added_in_them(table):
    np.testing.assert_allclose(gross_exports(table), [64.3, 113.6, 147.6], rtol=1e-14)
    domestic = domestic_value_added_in_exports(table)
    np.testing.assert_allclose(domestic, [52.817562, 89.824817, 106.842403], atol=5e-7)
    # Value added absorbed abroad is part of the domestic value added in exports, which is part
    # of gross exports.
    assert (vax(table) < domestic).all()
    assert (domestic < gross_exports(table)).all()
    np.testing.assert_allclose(vax_ratio(table), vax(table) / gross_exports(table), rtol=1e-15)


def test_absorption_adds_up_to_value_added_and_to_final_demand(table):
    flows = value_added_absorbed(table, LeontiefSystem(table))
    np.testing.assert_allclose(flows.sum("user_region"), table.value_added, rtol=1e-13)
    spent = np.asarray(Y).sum(axis=0)
    np.testing.assert_allclose(flows.sum(("region", "sector")), spent, rtol=1e-13)


@pytest.mark.parametrize("r", [0, 1, 2])
def test_closed_form_equals_extraction_by_low_rank_update(table, r):
    """Los, Timmer & de Vries: delete the exports of one country and re-solve the world."""
    system = LeontiefSystem(table)
    own, others = np.arange(3 * r, 3 * r + 3), [k for k in range(9) if k // 3 != r]
    change = np.zeros((3, 9))
    change[:, others] = -system.A[np.ix_(own, others)]
    demand = table.Y.values.sum(axis=3).reshape(9, 3).copy()
    demand[own] = np.where(np.arange(3) == r, demand[own], 0.0)
    x = LowRankUpdate.from_rows(system, own, change).solve(demand.sum(axis=1))
    lost = (table.v1 / table.x1 * (table.x1 - x))[own].sum()
    np.testing.assert_allclose(lost, domestic_value_added_in_exports(table)[r], rtol=1e-12)


def test_a_region_that_exports_nothing():
    table = MRIOTable.from_arrays(
        np.diag([1.0, 2.0]), np.diag([3.0, 4.0]), regions=["A", "B"], sectors=["s"]
    )
    np.testing.assert_allclose(vax(table), 0.0, atol=1e-15)
    np.testing.assert_allclose(domestic_value_added_in_exports(table), 0.0, atol=1e-14)
    assert np.isnan(vax_ratio(table)).all()


def test_wiod_2008_vax_ratios():
    """Printed to three digits. Output is the row sum: the file rounds cells down, so its x is up to
    103 million above Z e + Y e, and taking it moves the German ratio from .691 to .690."""
    path = WIOD_2013 / "wiod2013_2008.npz"
    with np.load(path, allow_pickle=False) as data:
        # One industry (CYP c8) costs half as much again as it sells, yet A is productive.
        table = MRIOTable.from_arrays(
            data["Z"],
            data["F"],
            regions=data["countries"],
            sectors=data["industries"],
            negative_value_added="accept",
        )
    ratio = vax_ratio(table).sel(region=["USA", "CHN", "DEU", "JPN", "KOR", "TWN"])
    np.testing.assert_allclose(ratio, [0.780, 0.750, 0.691, 0.802, 0.576, 0.509], atol=5e-4)
