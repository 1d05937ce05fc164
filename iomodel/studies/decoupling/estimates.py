"""Estimates side by side: our own by model and elasticity, and what others have published."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.models.long_run.diffusion import diffusion_paths
from iomodel.studies.decoupling.draws import by_sector
from iomodel.studies.decoupling.dynamic import final_income
from iomodel.studies.decoupling.static import static_income
from iomodel.table.catalogue import embedded

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["our_estimates", "published_estimates"]


def published_estimates() -> pd.DataFrame:
    """Return what others found that decoupling costs.

    Returns
    -------
    pandas.DataFrame
        One row per estimate: ``study``, ``citation``, ``shock``, ``model``, ``horizon``, ``scope``
        (world, bloc, region), ``low`` and ``high`` (percent lost, positive), ``bound`` and
        ``note``.
    """
    with embedded("published-decoupling.csv").open(encoding="utf-8", newline="") as file:
        frame = pd.DataFrame(csv.DictReader(line for line in file if not line.startswith("#")))
    return frame.astype({"low": float, "high": float})


def our_estimates(
    table: MRIOTable,
    scenarios: Mapping[str, Scenario],
    centres: xr.DataArray,
    *,
    levels: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0),
    dynamic: bool = True,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return the world's real income by scenario, model and elasticities.

    Parameters
    ----------
    table : MRIOTable
    scenarios : mapping of str to Scenario
        By name.
    centres : DataArray (set, sector)
        Sets of elasticities, for the sectors of the table.
    levels : tuple of float
        Uniform elasticities to add.
    dynamic : bool
        Run the diffusion model too, with the paper's beta and with none.
    progress : callable, optional
        Called with the name of each set.
    **options
        Of the diffusion model.

    Returns
    -------
    pandas.DataFrame
        One row per estimate: ``scenario``, ``model``, ``elasticities``, ``beta`` (not a number in
        the static model) and ``world_pct``.
    """
    centres = by_sector(centres, table)
    sets = {str(name): centres.sel(set=name).values for name in centres["set"].values}
    sets |= {f"{level:g}": np.full(centres.sizes["sector"], level) for level in levels}
    rows = []
    for name, theta in sets.items():
        if progress is not None:
            progress(name)
        for title, scenario in scenarios.items():
            found = static_income(table, scenario, theta)
            rows.append((title, "static", name, np.nan, found.world))
        if not dynamic:
            continue
        paths = diffusion_paths(
            table,
            list(scenarios.values()),
            elasticities=xr.DataArray(
                theta, dims=("sector",), coords={"sector": list(table.sectors)}
            ),
            **options,
        )
        for k, title in enumerate(scenarios):
            for b, beta in enumerate(paths["beta"].values.tolist()):
                world = float(final_income(paths.isel(scenario=k, beta=b), table)[0])
                model = "with diffusion" if beta else "to the horizon, no diffusion"
                rows.append((title, model, name, beta, world))
    return pd.DataFrame(rows, columns=["scenario", "model", "elasticities", "beta", "world_pct"])
