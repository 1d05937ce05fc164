"""Estimates side by side: our own by model and elasticity, and what others have published."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.models.long_run.diffusion.options import BETA, DiffusionOptions
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.decoupling.draws import by_sector
from iomodel.studies.decoupling.paths import INCOME_VARIABLES, income_changes
from iomodel.table.catalogue import embedded

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["our_estimates", "published_estimates"]

# The static question: trade has adjusted, capital has not; the index of GDP is not asked for.
LONG: Mapping[str, Any] = {"horizon": "long", "links": 1, "balance": DiffusionOptions.balance}


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

    With diffusion the change is cumulative, over the policy's years together, in the specification
    ``goes-bekkers-2022-printed`` unless `options` name another.

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
        Told the name of each case.
    **options
        Of the diffusion model.

    Returns
    -------
    pandas.DataFrame
        One row per estimate: ``scenario``, ``model``, ``elasticities``, ``beta`` (not a number in
        the static model) and ``world_pct``. Without those that have no equilibrium: with Leontief
        nests and elasticities near one barriers may cost more than there is.
    """
    centres = by_sector(centres, table)
    sets: dict[str, Any] = {str(name): centres.sel(set=name) for name in centres["set"].values}
    sets |= {f"{level:g}": level for level in levels}
    questions: list[tuple[str, str, float, Mapping[str, Any]]] = [
        ("static", "equilibrium", np.nan, LONG)
    ]
    if dynamic:
        for words, beta in (("with diffusion", BETA), ("to the horizon, no diffusion", 0.0)):
            questions.append((words, "diffusion", beta, {"split": False, "beta": beta, **options}))
    rows, cases = [], []
    for name, theta in sets.items():
        for words, model, beta, settings in questions:
            for title, scenario in scenarios.items():
                label = f"{name}, {words}, {title}"
                cases.append(Case(label, scenario, model, {**settings, "elasticities": theta}))
                rows.append((title, words, name, beta))
    ensemble = run_batch(
        table, cases, keep=INCOME_VARIABLES, progress=progress, on_error="infeasible"
    )
    frame = pd.DataFrame(rows, columns=["scenario", "model", "elasticities", "beta"])
    frame = frame.assign(world_pct=income_changes(ensemble, cases, table)[:, 0])
    return frame.dropna(subset=["world_pct"], ignore_index=True)
