r"""The world's mean of a change: regions weighted by GDP of the base.

.. math:: \bar z = \frac{\sum_n Y_n z_n}{\sum_n Y_n},

with :math:`Y_n` value added of region n in the economy that was solved
(:attr:`iomodel.equilibrium.Economy.income`): the one meaning of "World" in the package.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["world_mean"]


def world_mean(change: ArrayLike, base_gdp: ArrayLike) -> Float:
    """Mean of changes over regions, weighted by base GDP.

    Eq. (24).

    Parameters
    ----------
    change : array-like, shape (..., N)
        Hats, percentages or any other measure by region; batch axes come before.
    base_gdp : array-like, shape (N,)
        GDP of the base by region, in any one unit; not negative.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    IOModelError
        If there is not one GDP for each region, one is negative, or all are zero.

    Examples
    --------
    >>> float(world_mean([1.0, -1.0], [3.0, 1.0]))
    0.5
    """
    values = np.asarray(change, dtype=np.float64)
    gdp = np.asarray(base_gdp, dtype=np.float64)
    if values.shape[-1:] != gdp.shape:
        raise IOModelError(
            f"changes have shape {values.shape} and GDP {gdp.shape}; give one GDP per region, "
            "regions on the last axis"
        )
    if not (gdp.min() >= 0.0 and gdp.sum() > 0.0):
        raise IOModelError(f"base GDP runs from {gdp.min():g} to {gdp.max():g}; it cannot weight")
    return np.asarray(values @ gdp / gdp.sum(), dtype=np.float64)
