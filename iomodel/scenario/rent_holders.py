r"""Holders of the licences of restricted flows, and the shares of the scarcity rent that they earn.

A flow under several rules has the rent of each in proportion to the log of what it leaves,

.. math:: \sigma = \frac{\sum_k \sigma_k \ln q_k}{\sum_k \ln q_k},

with :math:`q_k` the fraction delivered under rule k alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iomodel.scenario.checks import FieldError
from iomodel.typing import Float

__all__ = ["RENT_SHARES", "blended", "rent_holder"]

RENT_SHARES: Mapping[str, tuple[float, float]] = {
    "sellers": (1.0, 0.0),
    "buyers": (0.0, 1.0),
    "shared": (0.5, 0.5),
    "burnt": (0.0, 0.0),
}
"""Shares of the sellers' and of the buyers' region; the remainder is burnt."""


def rent_holder(value: object) -> str:
    """Name of the holders of a rule's licences, checked."""
    if not isinstance(value, str) or value not in RENT_SHARES:
        raise FieldError("rents", f"is {value!r}; valid: {', '.join(RENT_SHARES)}")
    return value


def blended(share: Float, before: Float, after: Float, new: float) -> Float:
    """Share in the rent of flows after one more rule.

    Parameters
    ----------
    share : ndarray
        Share under the rules before, by flow.
    before, after : ndarray
        Fractions delivered without and with the new rule, in [0, 1].
    new : float
        Share under the new rule alone.

    Returns
    -------
    ndarray
    """
    restricted = (after < before) & (after > 0.0)
    log_before = np.log(np.where(restricted, before, 1.0))
    log_after = np.log(np.where(restricted, after, 0.5))
    weight = np.where(restricted, 1.0 - log_before / log_after, 0.0)
    return np.asarray(share + weight * (new - share), dtype=np.float64)
