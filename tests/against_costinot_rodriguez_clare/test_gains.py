"""Costinot and Rodriguez-Clare (2014), Table 4.1, columns 1 to 4: gains from trade in 2008.

The chapter used the release of WIOD of April 2012, which is no longer distributed; here it is that
of November 2013, so the digits cannot agree and the deviations are bounded instead.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import iomodel.equilibrium as ge

Float = NDArray[np.float64]

# Percent: one sector; many sectors; many sectors with scale effects; many sectors and materials.
PUBLISHED = {
    "AUS": (2.3, 8.6, 3.7, 15.8),
    "AUT": (5.7, 30.3, 30.5, 49.5),
    "BEL": (7.5, 32.7, 32.4, 54.6),
    "BRA": (1.5, 3.7, 4.3, 6.3),
    "CAN": (3.8, 17.4, 15.3, 30.2),
    "CHN": (2.6, 4, 4, 11.5),
    "CZE": (6, 16.8, 21.2, 34),
    "DEU": (4.5, 12.7, 17.6, 21.3),
    "DNK": (5.8, 30.2, 24.8, 41.4),
    "ESP": (3.1, 9, 9.5, 18.3),
    "FIN": (4.4, 11.1, 10.5, 20.2),
    "FRA": (3, 9.4, 11.1, 17.2),
    "GBR": (3.2, 12.9, 11.7, 21.6),
    "GRC": (4.2, 16.3, 4.7, 23.7),
    "HUN": (8.1, 29.8, 31.3, 53.5),
    "IDN": (2.9, 5.5, 4, 13.1),
    "IND": (2.4, 4.6, 4.3, 9.2),
    "IRL": (8, 23.5, 14.2, 37.1),
    "ITA": (2.9, 8.7, 9.2, 16.4),
    "JPN": (1.7, 1.4, 3.7, 4.6),
    "KOR": (4.3, 3.9, 8.6, 12.5),
    "MEX": (3.3, 11.1, 12.1, 18.4),
    "NLD": (6.2, 24.3, 23.1, 40.1),
    "POL": (4.4, 18.4, 19.7, 33.8),
    "PRT": (4.4, 23.8, 20.6, 35.9),
    "ROM": (4.5, 17.7, 12.7, 26.4),
    "RUS": (2.4, 18, 0.9, 35.9),
    "SVK": (7.6, 22.2, 23.6, 48.3),
    "SVN": (6.8, 39.6, 39.3, 57.8),
    "SWE": (5.1, 12.5, 14.5, 24.4),
    "TUR": (2.9, 11.9, 13.3, 20),
    "TWN": (6.1, 9.6, 9.9, 19.9),
    "USA": (1.8, 4.4, 3.8, 8.3),
    "RoW": (5.2, 15.2, 7.3, 33.3),
}
SMALL = ("BGR", "CYP", "EST", "LTU", "LUX", "LVA", "MLT")
MERGED = {"c5": "c4", "c20": "c19", "c34": "c31", "c35": "c31"}
GOODS = (8.11, 15.72, 2.55, 5.56, 10.83, 9.07, 51.08, 4.75, 1.66, 2.76, 7.99, 1.52, 10.6, 0.37, 5.0)
SERVICES = 5.0
# Where the two releases differ most, and Greece, where a sector has no domestic sales.
REVISED = ("CHN", "TUR", "RoW", "DNK", "GRC")


class Accounts:
    """WIOD 2008 in 34 regions and 31 sectors, negative final demand set to zero."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "wiod2013_2008.npz", allow_pickle=False) as file:
            Z, F, x = (np.asarray(file[k], dtype=np.float64) for k in ("Z", "F", "x"))
            names, industries = (
                [str(c) for c in file["countries"]],
                [str(c) for c in file["industries"]],
            )
        final = np.maximum(F, 0.0)
        A = np.divide(Z, x, out=np.zeros_like(Z), where=x > 0.0)
        output = np.linalg.solve(np.eye(len(x)) - A, final.sum(axis=1))
        self.regions = [c for c in names if c not in SMALL]
        region = [self.regions.index("RoW" if c in SMALL else c) for c in names]
        kept = [c for c in industries if c not in MERGED]
        sector = [kept.index(MERGED.get(c, c)) for c in industries]
        R, S, N = len(self.regions), len(kept), len(names)
        place = (np.array(region)[:, None] * S + np.array(sector)).ravel()
        gather = np.zeros((R * S, len(x)))
        gather[place, np.arange(len(x))] = 1.0
        who = np.zeros((N, R))
        who[np.arange(N), region] = 1.0
        cube = (gather @ (A * output) @ gather.T).reshape(R, S, R, S)
        demand = (gather @ final).reshape(R, S, N, -1).sum(axis=3) @ who
        self.flow = np.ascontiguousarray((cube.sum(axis=3) + demand).transpose(1, 0, 2))
        self.inputs = cube.sum(axis=0).transpose(1, 0, 2)
        self.theta = np.array([*GOODS, *[SERVICES] * (S - len(GOODS))])


def balanced(economy: ge.Economy, theta: Float) -> ge.Economy:
    return ge.rebase(economy, ge.Elasticities.caliendo_parro(theta))[0]


@pytest.fixture(scope="module")
def deviations(raw_data: Path) -> tuple[list[str], Float]:
    folder = raw_data / "wiod2013"
    if not (folder / "wiod2013_2008.npz").is_file():
        pytest.skip("the World Input-Output Database of 2008 is absent")
    data = Accounts(folder)
    flow, theta, free = data.flow, data.theta, np.zeros_like(data.flow)
    output = flow.sum(axis=2)
    value_added = 1.0 - np.divide(
        data.inputs.sum(axis=1).T, output, out=np.zeros_like(output), where=output > 0.0
    )
    one = balanced(ge.without_materials(flow.sum(axis=0, keepdims=True), free[:1]), np.array([5.0]))
    plain = balanced(ge.without_materials(flow, free), theta)
    linked = balanced(ge.calibrate(flow, free, value_added, data.inputs), theta)

    def positive(cells: Float) -> Float:
        # A sector without domestic sales (Greece, other transport equipment) is left out.
        return np.where(cells > 0.0, cells, 1.0)

    own = positive(ge.own_shares(plain))
    costs = linked.input_share * (1.0 - linked.value_added_share).T[:, None, :]
    found = np.stack(
        [
            ge.gains_one_sector(ge.own_shares(one)[0], 5.0),
            # Weights by final demand in all columns are our inference: of four weightings tried
            # they come nearest to columns 2 and 3, so agreement there proves nothing by itself.
            ge.gains_multi_sector(own, linked.final_share, theta),
            ge.gains_multi_sector(
                own,
                linked.final_share,
                theta,
                scale=1.0,
                spending_share=positive(plain.spending / plain.spending.sum(axis=0)),
                sales_share=positive(plain.output / plain.output.sum(axis=0)),
            ),
            ge.gains_from_trade(
                positive(ge.own_shares(linked)), linked.final_share, theta, input_cost_share=costs
            ),
        ],
        axis=1,
    )
    printed = np.array([PUBLISHED[r] for r in data.regions])
    return data.regions, 100.0 * found - printed


@pytest.mark.parametrize(
    ("column", "average", "largest"),
    # These bounds are our own gaps rounded up (.21/.66, .27/1.43, .28/1.33, .55/1.78 points). They
    # keep the gaps from growing and prove no agreement; what is expected is held in the next test.
    [(0, 0.25, 0.8), (1, 0.35, 1.6), (2, 0.35, 1.5), (3, 0.65, 2.0)],
)
def test_gaps_to_table_4_1_do_not_grow(
    deviations: tuple[list[str], Float], column: int, average: float, largest: float
) -> None:
    regions, gaps = deviations
    for name, row in zip(regions, gaps, strict=True):
        print(name, *(f"{gap:+.2f}" for gap in row))
    kept = [k for k, name in enumerate(regions) if name not in REVISED]
    gap = np.abs(gaps[kept, column])
    assert gap.mean() < average
    assert gap.max() < largest


BEYOND = "a finding: the release of November 2013 leaves a larger gap than was expected of it"


@pytest.mark.parametrize(
    ("column", "expected"),
    # The chapter used the release of April 2012. Of the one that we have, gaps of .1 points were
    # expected on average in column 1 and of at most .5 in the others.
    [
        pytest.param(0, 0.1, marks=pytest.mark.xfail(reason=BEYOND)),
        (1, 0.5),
        (2, 0.5),
        pytest.param(3, 0.5, marks=pytest.mark.xfail(reason=BEYOND)),
    ],
)
def test_table_4_1_is_as_near_as_another_release_allows(
    deviations: tuple[list[str], Float], column: int, expected: float
) -> None:
    regions, gaps = deviations
    kept = [k for k, name in enumerate(regions) if name not in REVISED]
    assert np.abs(gaps[kept, column]).mean() <= expected
