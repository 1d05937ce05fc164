"""Running a sample of draws, chunk by chunk, into a file from which a broken run goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from rich.console import Console
from rich.progress import Progress

import iomodel.equilibrium as ge
from iomodel.effects.tables import WORLD
from iomodel.errors import IOModelError, LabelError, unknown_label
from iomodel.models.long_run.diffusion import diffusion_paths
from iomodel.models.long_run.diffusion.run import Options
from iomodel.studies.decoupling.draws import by_sector
from iomodel.studies.decoupling.dynamic import income_path
from iomodel.studies.decoupling.saving import identity_of, load_sample, save_sample
from iomodel.studies.decoupling.static import base_economy, shock_of
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MODELS", "interval", "run_sample"]


MODELS = ("equilibrium", "diffusion")
# Draws between two saves: one group of the static engine's batches, many enough to share a start.
CHUNK = {"equilibrium": 64, "diffusion": 4}


def run_sample(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    *,
    model: str = "equilibrium",
    path: str | os.PathLike[str] | None = None,
    progress: bool = False,
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
        ``equilibrium``: the static model with balanced trade; the draws share one base, balanced
        under the mean of the sets. ``diffusion``: to the horizon, with the
        draw's beta.
    path : path-like, optional
        NetCDF file, saved after every chunk. Where it exists and holds the same sample, the run
        goes on from what it has.
    progress : bool
        Show a bar on standard error.
    **options
        Of the diffusion model.

    Returns
    -------
    xarray.Dataset
        The sample with ``real_income_pct`` (draw, region), the world first, in the final year; and
        with diffusion ``world_path_pct`` (draw, time), the world's real income year by year.

    Raises
    ------
    LabelError
        If a variant has no scenario, or a sector of the table no elasticity.
    OutputError
        If `path` holds another sample, or something else.
    """
    if model not in MODELS:
        raise unknown_label("model for draws", model, MODELS)
    lacking = sorted(set(map(str, sample["variant"].values)) - set(scenarios))
    if lacking:
        raise LabelError(f"no scenario for variant {lacking[0]!r}; give one for each")
    identity = identity_of(table, sample, scenarios, model, options)
    count = sample.sizes["draw"]
    done = load_sample(path, identity) if path is not None else None
    done = done if done is None else done.isel(draw=slice(0, count))
    first = 0 if done is None else done.sizes["draw"]
    found = [] if done is None else [_columns(done)]
    run = _static if model == "equilibrium" else _dynamic
    with Progress(console=Console(stderr=True), disable=not progress) as bar:
        task = bar.add_task(f"{model}, {count} draws", total=count, completed=first)
        for rows in run(table, sample, scenarios, first, options):
            found.append(rows)
            bar.advance(task, len(rows))
            if path is not None:
                save_sample(_result(table, sample, found, model, options), path, identity)
    return _result(table, sample, found, model, options)


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


# ---------------------------------------------------------------------- helpers
def _static(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    first: int,
    options: Mapping[str, Any],
) -> Iterator[Float]:
    if options:
        raise IOModelError(f"the static model has no option {next(iter(options))!r} for draws")
    theta, variant = by_sector(sample["theta"], table).values, sample["variant"].values.astype(str)
    centre = by_sector(sample["centre"], table).values
    base = base_economy(table, ge.Elasticities.caliendo_parro(centre))
    shocks = {name: shock_of(table, scenario) for name, scenario in scenarios.items()}
    for start in range(first, len(theta), CHUNK["equilibrium"]):
        part = slice(start, start + CHUNK["equilibrium"])
        shock = ge.Shock(
            tariff=np.stack([_tariff(shocks[name], base) for name in variant[part]]),
            trade_cost=np.stack([shocks[name].trade_cost for name in variant[part]]),
        )
        members = ge.Elasticities.caliendo_parro(theta[part])
        rows = [
            np.column_stack([solution.world_real_income, solution.real_income])
            for solution in ge.solve_many(base, members, shock)
        ]
        yield 100.0 * (np.concatenate(rows) - 1.0)


def _dynamic(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    first: int,
    options: Mapping[str, Any],
) -> Iterator[Float]:
    """Yield the final year by region, and after it the world in every year."""
    rows: list[Float] = []
    for k in range(first, sample.sizes["draw"]):
        one = sample.isel(draw=k)
        paths = diffusion_paths(
            table,
            [scenarios[str(one["variant"].item())]],
            betas=(float(one["beta"]),),
            elasticities=by_sector(one["theta"], table),
            **options,
        )
        income = income_path(paths.isel(scenario=0, beta=0), table)
        rows.append(np.concatenate([income[-1], income[:, 0]]))
        if len(rows) == CHUNK["diffusion"]:
            yield np.stack(rows)
            rows = []
    if rows:
        yield np.stack(rows)


def _tariff(shock: ge.Shock, base: ge.Economy) -> Float:
    return base.tariff if shock.tariff is None else shock.tariff


def _result(
    table: MRIOTable, sample: xr.Dataset, found: list[Float], model: str, options: Mapping[str, Any]
) -> xr.Dataset:
    regions = np.array([WORLD, *map(str, table.regions)], dtype=object)
    cells = np.concatenate(found)
    income, path = cells[:, : len(regions)], cells[:, len(regions) :]
    result = sample.isel(draw=slice(0, len(cells))).assign_coords(region=regions)
    attrs = {"units": "percent", "model": model}
    result = result.assign(real_income_pct=(("draw", "region"), income, attrs))
    if model == "equilibrium":
        return result
    first, last, step = int(table.attrs["year"]), *_calendar(options)
    times = [*range(first, last, step), last]
    return result.assign_coords(time=times).assign(world_path_pct=(("draw", "time"), path, attrs))


def _calendar(options: Mapping[str, Any]) -> tuple[int, int]:
    """Return the horizon and the years per period of a run with these options."""
    chosen = Options(**options)
    return chosen.horizon, chosen.step


def _columns(result: xr.Dataset) -> Float:
    """Return the cells of a saved result as the runs yield them."""
    names = [n for n in ("real_income_pct", "world_path_pct") if n in result]
    return np.concatenate([result[n].values for n in names], axis=1)
