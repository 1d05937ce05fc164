"""Bounds over draws."""

from __future__ import annotations

import xarray as xr

from iomodel.errors import IOModelError

__all__ = ["interval"]


def interval(values: xr.DataArray, level: float = 0.9) -> xr.DataArray:
    """Return the lower bound, the median and the upper bound of draws.

    Parameters
    ----------
    values : DataArray
        With a dimension ``draw``.
    level : float
        Share of draws between the bounds.

    Returns
    -------
    xarray.DataArray
        With a dimension ``quantile`` in place of ``draw``.

    Raises
    ------
    IOModelError
        If the level is no share.
    """
    if not 0.0 < level < 1.0:
        raise IOModelError(f"level is {level:g}; give a share between 0 and 1")
    tail = (1.0 - level) / 2.0
    return values.quantile([tail, 0.5, 1.0 - tail], dim="draw")
