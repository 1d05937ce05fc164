"""Draws as a dimension: results of many draws stacked, and bounds over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from iomodel.errors import IOModelError

__all__ = ["interval", "with_draws"]


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


def with_draws(stacked: xr.Dataset, draw: Sequence[int]) -> xr.Dataset:
    """Return a dataset over (case, draw, ...) from one over cases with draws."""
    names = [str(name) for name in stacked["case"].values]
    labels, draws = list(dict.fromkeys(names)), sorted(set(draw))
    rows = np.array([labels.index(name) for name in names])
    columns = np.array([draws.index(number) for number in draw])

    def spread(cells: xr.DataArray) -> tuple[tuple[str, ...], Any, dict[str, Any]]:
        shape = (len(labels), len(draws), *cells.shape[1:])
        numeric = cells.dtype.kind == "f"
        full: Any = np.full(shape, np.nan) if numeric else np.full(shape, "", dtype=object)
        full[rows, columns] = cells.values
        return ("case", "draw", *map(str, cells.dims[1:])), full, dict(cells.attrs)

    along = {str(k): v for k, v in stacked.coords.items() if v.dims == ("case",) and k != "case"}
    return xr.Dataset(
        {str(name): spread(cells) for name, cells in stacked.data_vars.items()},
        coords={
            "case": np.array(labels, dtype=object),
            "draw": draws,
            **{k: spread(v)[:2] for k, v in along.items()},
            **{str(k): v.variable for k, v in stacked.coords.items() if "case" not in v.dims},
        },
        attrs=stacked.attrs,
    )
