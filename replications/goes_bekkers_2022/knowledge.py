"""Knowledge at the start and its changes, as digitised from the paper's figures.

Figure 3 (figure 4 of the revision of 2025) shows knowledge of 2014 by region as a box over six
sectors; which sector is which value it does not say. Figure 11 shows cumulative changes of
knowledge by region and sector. ``printed.csv`` has both, and growth by beta (Table A3).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path

import numpy as np
import xarray as xr

from iomodel.studies.decoupling.goes_bekkers import SECTORS
from iomodel.typing import Float
from replications.goes_bekkers_2022.runs import REGIONS

__all__ = [
    "GROWTH_BY_BETA",
    "PRINTED_CHANGES",
    "assigned_knowledge",
    "box_values",
    "labelled",
]

PRINTED = Path(__file__).with_name("printed.csv")
BOX, CHANGES, GROWTH = (
    "fig4_lambda0_kUSD_PPP_a_worker",
    "fig11_lambda_cum_pct",
    "tableA3_growth_2004_19",
)
BOX_PARTS = ("min", "q1", "median", "q3", "max")
# Sectors as the figures name them, in the order of ours.
FIGURE_SECTORS = ("pri", "lmn", "hmn", "elm", "tas", "ots")
# Rounds of assignment: the last ones change a sector or two that knowledge hardly tells apart.
ROUNDS = 5


def _cells(item: str) -> dict[tuple[str, str, str], float]:
    """Read the values of one figure by case, sector and region."""
    with PRINTED.open(encoding="utf-8", newline="") as stream:
        return {
            (row["case"], row["sector"], row["region"]): float(row["value"])
            for row in csv.DictReader(stream)
            if row["item"] == item
        }


def _changes() -> dict[str, Float]:
    cells = _cells(CHANGES)
    regions = [region.removeprefix("gb-") for region in REGIONS]
    return {
        case: np.array([[cells[case, s, r] for s in FIGURE_SECTORS] for r in regions])
        for case in ("full", "tariff")
    }


# Percent of the sum over the years by region and sector, at beta .44.
PRINTED_CHANGES: Mapping[str, Float] = _changes()
# Mean growth of ten regions 2004-2019, percent a year, by beta.
GROWTH_BY_BETA: Mapping[float, float] = {
    float(case.removeprefix("beta ")): value
    for (case, statistic, _), value in _cells(GROWTH).items()
    if statistic == "mean"
}


def box_values() -> Float:
    """Return six values by region that have the printed box, ascending, (10, 6).

    Thousand dollars a worker; between the five statistics on straight lines.
    """
    cells = _cells(BOX)
    places = np.linspace(0.0, 1.0, len(BOX_PARTS))
    return np.array(
        [
            np.interp(
                np.linspace(0.0, 1.0, len(SECTORS)),
                places,
                [cells[part, "", region.removeprefix("gb-")] for part in BOX_PARTS],
            )
            for region in REGIONS
        ]
    )


def labelled(values: Float, name: str = "knowledge, Figure 3") -> xr.DataArray:
    """Return values with labels, (region, sector)."""
    return xr.DataArray(
        values,
        dims=("region", "sector"),
        coords={"region": list(REGIONS), "sector": list(SECTORS)},
        name=name,
        attrs={"citation": "GoesBekkers2022", "units": "thousand PPP dollars a worker"},
    )


def assigned_knowledge(changes_at: Callable[[xr.DataArray], Float]) -> xr.DataArray:
    """Assign the values of each box to the sectors, so that changes fit Figure 11 best.

    A change is what no longer arrives over the stock: at given arrivals it goes with the reciprocal
    of the stock. Every round takes arrivals from a run at the assignment before and, region by
    region, the permutation with the least squares of changes under full decoupling.

    Parameters
    ----------
    changes_at : callable
        Changes of knowledge under full decoupling in percent, (10, 6), of a run that starts from
        knowledge (region, sector).

    Returns
    -------
    xarray.DataArray (region, sector)
        Thousand dollars a worker.
    """
    boxes = box_values()
    # Primary sectors know least and technology services most: a guess to begin from.
    stock = boxes[:, [0, 1, 3, 4, 5, 2]]
    for _ in range(ROUNDS):
        missing = changes_at(labelled(stock)) * stock
        stock = np.stack(
            [
                _best_order(*rows)
                for rows in zip(boxes, missing, PRINTED_CHANGES["full"], strict=True)
            ]
        )
    return labelled(stock, "knowledge, Figure 3, by sector as Figure 11 has it best")


def _best_order(box: Float, missing: Float, published: Float) -> Float:
    """Return the order of six values at which changes are nearest to published ones."""
    orders = np.array(list(permutations(box.tolist())))
    gaps = ((missing / orders - published) ** 2).sum(axis=1)
    return np.asarray(orders[int(gaps.argmin())], dtype=np.float64)
