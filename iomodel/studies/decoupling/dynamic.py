"""Real income on the paths of the diffusion model, the world included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["final_income", "income_path"]


def final_income(paths: xr.Dataset, table: MRIOTable) -> Float:
    """Return percent changes of the final year, the world first, (1 + R)."""
    return np.asarray(income_path(paths, table)[-1], dtype=np.float64)


def income_path(paths: xr.Dataset, table: MRIOTable) -> Float:
    """Return percent changes by year, the world first, (T, 1 + R).

    The world's is weighted by the GDP of the baseline in the same year.
    """
    change = paths["real_income_pct"].transpose("time", "region").values
    weight = paths["gdp_baseline"].transpose("time", "region").values
    weight = weight * table.value_added.values.sum(axis=1)
    world = (change * weight).sum(axis=1) / weight.sum(axis=1)
    return np.concatenate([world[:, None], change], axis=1)
