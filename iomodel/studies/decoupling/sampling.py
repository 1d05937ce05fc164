"""Running a sample of draws: elasticities, beta and blocs drawn together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel.effects.tables import WORLD
from iomodel.errors import IOModelError, LabelError, unknown_label
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.decoupling.draws import by_sector
from iomodel.studies.decoupling.estimates import LONG
from iomodel.studies.decoupling.paths import (
    CUMULATIVE,
    INCOME_VARIABLES,
    LEVEL,
    income_changes,
    world_path,
)
from iomodel.studies.elasticity_draws import drawn_elasticities

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MODELS_OF_DRAWS", "run_sample"]

MODELS_OF_DRAWS = ("equilibrium", "diffusion")


def run_sample(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    *,
    model: str = "equilibrium",
    path: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> xr.Dataset:
    """Return real income for every draw of a sample.

    Parameters
    ----------
    table : MRIOTable
    sample : Dataset
        From :func:`iomodel.studies.decoupling.draw`, with the table's sectors.
    scenarios : mapping of str to Scenario
        One for each variant of the sample.
    model : {"equilibrium", "diffusion"}
        ``equilibrium``: the static model in the long run. ``diffusion``: to the horizon, with the
        draw's beta, in the specification ``goes-bekkers-2022-printed`` unless `options` name
        another.
    path : path-like, optional
        Folder for finished draws; see :func:`iomodel.run_batch`.
    progress : callable, optional
        Told how far the sample is.
    **options
        Of the model.

    Returns
    -------
    xarray.Dataset
        The sample with ``real_income_pct`` (draw, region), the world first. With diffusion this is
        the final year, beside ``real_income_cumulative_pct`` (draw, region), over the years of
        the policy together, both with the world at base-year GDP; and ``world_path_pct`` (draw,
        time), the world's real income year by year. Not a number where no equilibrium is found:
        with Leontief nests and small elasticities barriers may cost more than there is.

    Raises
    ------
    LabelError
        If a variant has no scenario, or a sector of the table no elasticity.
    OutputError
        If `path` holds draws of another table, or something else.
    """
    if model not in MODELS_OF_DRAWS:
        raise unknown_label("model for draws", model, MODELS_OF_DRAWS)
    lacking = sorted(set(map(str, sample["variant"].values)) - set(scenarios))
    if lacking:
        raise LabelError(f"no scenario for variant {lacking[0]!r}; give one for each")
    cases = _cases(table, sample, scenarios, model, options)
    regions = [WORLD, *map(str, table.regions)]
    attrs = {"units": "percent", "model": model}
    result = sample.assign_coords(region=np.array(regions, dtype=object))
    if model == "equilibrium":
        # Nothing else is kept, so that draws are solved side by side.
        ensemble = run_batch(
            table, cases, keep=["real_income_pct"], path=path, progress=progress, on_error="raise"
        )
        income = ensemble.to_dataframe("real_income_pct", regions).to_numpy().T
        return result.assign(real_income_pct=(("draw", "region"), income, attrs))
    # Without any answer `first` raises with the reasons, so that no wrong option goes unnoticed.
    ensemble = run_batch(
        table, cases, keep=INCOME_VARIABLES, path=path, progress=progress, on_error="record"
    )
    level, cumulative = (income_changes(ensemble, cases, table, m) for m in (LEVEL, CUMULATIVE))
    times = ensemble.first.dataset["time"].values
    no_path = np.full(len(times), np.nan)
    world = [
        no_path if case.key in ensemble.refusals else world_path(ensemble[case.key])
        for case in cases
    ]
    return result.assign_coords(time=times).assign(
        real_income_pct=(("draw", "region"), level, attrs),
        real_income_cumulative_pct=(("draw", "region"), cumulative, attrs),
        world_path_pct=(("draw", "time"), np.stack(world), attrs),
    )


# ---------------------------------------------------------------------- helpers
def _cases(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    model: str,
    options: Mapping[str, Any],
) -> list[Case]:
    aligned = sample.drop_dims("sector").assign(theta=by_sector(sample["theta"], table))
    cases = []
    for k in range(sample.sizes["draw"]):
        settings: dict[str, Any] = {"elasticities": drawn_elasticities(aligned, k), **options}
        if model == "equilibrium":
            settings = {**LONG, **settings}
        else:
            settings = {"split": False, **settings, "beta": float(sample["beta"][k])}
        scenario = scenarios[str(sample["variant"].values[k])]
        cases.append(Case("draw", scenario, model, settings, draw=k))
    if not cases:
        raise IOModelError("the sample has no draws; draw at least one")
    return cases
