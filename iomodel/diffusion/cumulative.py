r"""Cumulative changes: a ratio of sums over the path from the date of a policy.

With :math:`x_t` on the path of the baseline, :math:`x'_t` under the policy and p its first year,

.. math:: \hat x = \frac{\sum_{t=p}^T (x'_t - x_t)}{\sum_{t=p}^T x_t},

over calendar years, between points of time on straight lines: the measure of [GoesBekkers2022]_ for
income, trade and knowledge.
"""

from __future__ import annotations

import numpy as np

from iomodel.typing import Float

__all__ = ["cumulative_change"]


def cumulative_change(path: Float, baseline: Float, years: Float, begin: int) -> Float:
    """Change of a sum over calendar years from a policy's first year to the last.

    Eq. (13).

    Parameters
    ----------
    path, baseline : ndarray, shape (T + 1, ...)
        Levels at the points of time, under the policy and without it; further axes broadcast.
    years : ndarray, shape (T + 1,)
    begin : int
        Point of time of the policy's first year.

    Returns
    -------
    ndarray, shape (...)
        Fractions of the baseline's sum; NaN where that is zero.

    Examples
    --------
    >>> flat, falling = np.array([1.0, 1.0, 1.0]), np.array([1.0, 0.9, 0.7])
    >>> round(float(cumulative_change(falling, flat, np.array([0.0, 1.0, 2.0]), 1)), 6)
    -0.2
    """
    weight = _weights(years[begin:])
    sums = np.tensordot(weight, baseline[begin:], axes=1)
    change = np.tensordot(weight, path[begin:] - baseline[begin:], axes=1)
    return np.divide(change, sums, out=np.full_like(change, np.nan), where=sums != 0.0)


# ---------------------------------------------------------------------- helpers
def _weights(years: Float) -> Float:
    """Weights of points of time in the sum over calendar years, (T + 1,)."""
    calendar = np.arange(years[0], years[-1] + 1e-9)
    unit = np.eye(len(years))
    return np.asarray([np.interp(calendar, years, row).sum() for row in unit], dtype=np.float64)
