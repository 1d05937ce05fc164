"""Mexico's real estate in WIOD 2014, which is booked under administrative services.

WIOD 2016 has no output of real estate (L68) for Mexico, while its administrative services (N) are
three times as large as elsewhere and keep 89% of output as value added: N holds both. Left as it
is, the table would have a large economy without real estate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.builders.raw import Wiod2014
from iomodel.typing import Float

COUNTRY = "MEX"
MISSING, HOLDER = 43, 49  # positions of L68 and N among the 56 industries


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
    m = wiod.regions.index(COUNTRY)
    if wiod.costs[7, m, MISSING] > 0:
        return wiod
    domestic, final, costs = wiod.domestic.copy(), wiod.final.copy(), wiod.costs.copy()
    reference = [r for r in range(len(wiod.regions)) if r != m]
    own_final = np.einsum("riru->riu", wiod.final)
    users = _share(wiod.domestic[reference].sum(axis=0))
    uses = _share(own_final[reference].sum(axis=0))
    domestic[m, MISSING], domestic[m, HOLDER] = _split(domestic[m, HOLDER], users)
    final[m, MISSING, m], final[m, HOLDER, m] = _split(final[m, HOLDER, m], uses)
    moved = domestic[m, MISSING].sum() + final[m, MISSING, m].sum()
    part = moved / costs[7, m, HOLDER]
    column = domestic[m, :, HOLDER].copy()
    domestic[m, :, MISSING], domestic[m, :, HOLDER] = part * column, (1.0 - part) * column
    column = costs[:, m, HOLDER].copy()
    costs[:, m, MISSING], costs[:, m, HOLDER] = part * column, (1.0 - part) * column
    return replace(wiod, domestic=domestic, final=final, costs=costs)


def _share(rows: Float) -> Float:
    """L68 over L68 and N in each column of (56, users), clipped to [0, 1]."""
    pair = rows[MISSING] + rows[HOLDER]
    share = np.divide(rows[MISSING], pair, out=np.zeros_like(pair), where=pair != 0)
    clipped: Float = np.clip(share, 0.0, 1.0)
    return clipped


def _split(row: Float, share: Float) -> tuple[Float, Float]:
    return row * share, row * (1.0 - share)
