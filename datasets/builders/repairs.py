"""Mexico's real estate in WIOD 2014, which is booked under administrative services.

WIOD 2016 has no output of real estate (L68) for Mexico, while its administrative services (N) are
three times as large as elsewhere and keep 89% of output as value added: N holds both. Left as it
is, the table would have a large economy without real estate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.builders.concordance import sector_2014_of
from datasets.builders.raw import Wiod2014
from iomodel.typing import Float

COUNTRY = "MEX"
REAL_ESTATE, HOLDER = "L68", "N"


def separate_mexican_real_estate(wiod: Wiod2014) -> Wiod2014:
    """Move part of Mexico's N to L68: rows by user as elsewhere, the column in proportion.

    The share of a user's (or final use's) purchases of L68 and N that is L68 is the one of all
    other countries together. Exports stay with N. Rows and columns of both close as before.

    Parameters
    ----------
    wiod : Wiod2014
        Data as read.

    Returns
    -------
    Wiod2014
        A copy in which only Mexico's two industries differ; unchanged if L68 is not empty.
    """
    m, missing, holder = position = real_estate_position(wiod.regions, list(sector_2014_of()))
    if wiod.costs[7, m, missing] > 0:
        return wiod
    output = float(wiod.costs[7, m, holder])
    domestic, final, part = split_real_estate(wiod.domestic, wiod.final, output, position)
    costs = split_column(wiod.costs, part, position)
    return replace(wiod, domestic=domestic, final=final, costs=costs)


def real_estate_position(regions: list[str], industries: list[str]) -> tuple[int, int, int]:
    """Positions of the country, of real estate and of the industry that holds it."""
    return regions.index(COUNTRY), industries.index(REAL_ESTATE), industries.index(HOLDER)


def split_real_estate(
    domestic: Float, final: Float, output: float, position: tuple[int, int, int]
) -> tuple[Float, Float, float]:
    """Move a country's real estate out of the industry that holds it too.

    Parameters
    ----------
    domestic : ndarray, shape (R, S, S)
        Domestic inputs: region, product, industry.
    final : ndarray, shape (R, S, R, U)
        Sales to final uses.
    output : float
        Output of the holder.
    position : tuple of int
        Country, real estate, and the industry that holds it.

    Returns
    -------
    ndarray, ndarray, float
        Copies of `domestic` and `final`, and the share of the holder's column that has moved.
    """
    m, missing, holder = position
    domestic, final = domestic.copy(), final.copy()
    reference = [r for r in range(len(domestic)) if r != m]
    own_final = np.einsum("riru->riu", final)
    pair = [missing, holder]
    users = _share(domestic[reference][:, pair].sum(axis=0))
    uses = _share(own_final[reference][:, pair].sum(axis=0))
    domestic[m, missing], domestic[m, holder] = _split(domestic[m, holder], users)
    final[m, missing, m], final[m, holder, m] = _split(final[m, holder, m], uses)
    part = float((domestic[m, missing].sum() + final[m, missing, m].sum()) / output)
    columns = split_column(domestic.swapaxes(0, 1), part, position).swapaxes(0, 1)
    return np.ascontiguousarray(columns), final, part


def split_column(costs: Float, part: float, position: tuple[int, int, int]) -> Float:
    """Copy of costs (rows, regions, industries) with a share of a column moved to another."""
    m, missing, holder = position
    moved = costs.copy()
    column = costs[:, m, holder]
    moved[:, m, missing], moved[:, m, holder] = part * column, (1.0 - part) * column
    return moved


def _share(pair: Float) -> Float:
    """First over the sum of both rows of (2, users), clipped to [0, 1]."""
    total = pair.sum(axis=0)
    share = np.divide(pair[0], total, out=np.zeros_like(total), where=total != 0)
    clipped: Float = np.clip(share, 0.0, 1.0)
    return clipped


def _split(row: Float, share: Float) -> tuple[Float, Float]:
    return row * share, row * (1.0 - share)
