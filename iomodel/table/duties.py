"""Duties that users hand in with a table: fractions, on what crosses a border."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = ["refuse_unusual_duties"]

# Largest duty of a table that is taken for a fraction; prohibitive ones stay below 1,000 percent.
LARGEST = 10.0
# Half the duties of a table lie below this one; above it they are percentages or powers 1 + rate.
LARGEST_MEDIAN = 1.0

REMEDY = 'or pass unusual_tariffs="accept" if this is meant'


def refuse_unusual_duties(tariff: Float, regions: Sequence[str], sectors: Sequence[str]) -> None:
    """Refuse duties that look like percentages or powers, and duties on own sales.

    Parameters
    ----------
    tariff : ndarray, shape (R, S, R)
        Exporter, sector, importer.
    regions, sectors : sequence of str

    Raises
    ------
    TableError
        With the cell, the percentage that it would be and the remedy.
    """
    rates = np.where(np.isfinite(tariff), tariff, 0.0)
    at_home = rates[np.arange(len(regions)), :, np.arange(len(regions))]
    if at_home.any():
        r, s = (int(k) for k in np.argwhere(at_home)[0])
        raise TableError(
            f"tariff has {at_home[r, s]:g} on what {regions[r]} sells of {sectors[s]} to itself; "
            f"own sales bear no duty: set it to 0, {REMEDY}"
        )
    positive = rates[rates > 0]
    if not positive.size:
        return
    e, s, i = (int(k) for k in np.unravel_index(int(rates.argmax()), rates.shape))
    largest = float(rates[e, s, i])
    if largest <= LARGEST and float(np.median(positive)) < LARGEST_MEDIAN:
        return
    raise TableError(
        f"tariff is {largest:g}, a fraction: {100 * largest:,.0f} percent, on {sectors[s]} from "
        f"{regions[e]} to {regions[i]}, and the median duty {100 * np.median(positive):,.0f} "
        f"percent; divide percentages by 100, subtract 1 from powers, {REMEDY}"
    )
