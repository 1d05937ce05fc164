"""The world loss from decoupling decomposed into assumptions, added one at a time.

The first rung is an embargo between the United States and China in a static model without
input-output linkages; each further rung changes one thing, up to the model as printed by
[GoesBekkers2022]_ and its level in the last year. The height of a rung depends on what stands below
it, so the order is an argument.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.effects.tables import WORLD
from iomodel.errors import IOModelError, unknown_label
from iomodel.models.long_run.diffusion.inputs import theta_of
from iomodel.models.long_run.diffusion.options import BETA, DiffusionOptions
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.decoupling.blocs import FULL, POINTS, Blocs
from iomodel.studies.decoupling.estimates import LONG
from iomodel.studies.decoupling.goes_bekkers import GOODS, default_blocs
from iomodel.studies.decoupling.paths import (
    CUMULATIVE,
    INCOME_VARIABLES,
    LEVEL,
    ONSET,
    income_change,
)
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["ASSUMPTIONS", "ORDER", "START", "decompose", "ladder_frame"]

START = "start"
ORDER = ("linkages", "blocs", "barriers", "production", "horizon", "diffusion", "last-year")
# Lower elasticities are no part of the printed model.
ASSUMPTIONS = (*ORDER, "elasticities")
# Between the strict reading of the long-run estimate of about -2 for values before duty, which is
# theta = 1, and the usual 4.
LOW = 2.0
CITATIONS = {
    START: "AiyarEtAl2023",
    "linkages": "CaliendoParro2015",
    "blocs": "GoesBekkers2022; NicitaOlarreagaSilva2018",
    "elasticities": "BoehmLevchenkoPandalaiNayar2023",
    "production": "GoesBekkers2022",
    "horizon": "GoesBekkers2022",
    "diffusion": "GoesBekkers2022",
    "barriers": "GoesBekkers2022",
    "last-year": "GoesBekkers2022",
}


@dataclass(frozen=True)
class LadderSettings:
    """Settings of all rungs; see :func:`decompose`."""

    table: MRIOTable
    blocs: Blocs
    bilateral: tuple[str, str]
    theta: Float
    theta_record: Mapping[str, str]
    low: float
    points: float
    increase: float
    goods: Sequence[str]
    beta: float
    horizon: int
    options: Mapping[str, Any]

    def scenario(self, assumed: frozenset[str]) -> Scenario:
        """Return the scenario of a rung."""
        if "blocs" not in assumed:
            one, partner = self.bilateral
            return Scenario(
                (Embargo(between=[one, partner]),),
                name="bilateral-embargo",
                title=f"No trade between {one} and {partner}",
            )
        if "barriers" in assumed:
            return self.blocs.costs(self.increase)
        return self.blocs.tariffs(self.points, list(self.goods))

    def case(self, step: str, assumed: frozenset[str]) -> Case:
        """Return the case of a rung."""
        theta: Float | xr.DataArray = self.theta
        if "elasticities" in assumed:
            theta = np.full_like(self.theta, self.low)
        theta = xr.DataArray(theta, dims=("sector",), coords={"sector": list(self.table.sectors)})
        if "production" in assumed:
            dynamic = {"split": False, **self.dynamic(assumed), **self.options}
            return Case(
                step, self.scenario(assumed), "diffusion", {**dynamic, "elasticities": theta}
            )
        static = {**LONG, "elasticities": theta, "linkages": "linkages" in assumed}
        return Case(step, self.scenario(assumed), "equilibrium", static)

    def dynamic(self, assumed: frozenset[str]) -> dict[str, Any]:
        """Return options of the recursive model on a rung."""
        return {"horizon": self.horizon, "beta": self.beta if "diffusion" in assumed else 0.0}

    def measure(self, assumed: frozenset[str]) -> str:
        """Return the measure of real income on a rung."""
        if "horizon" not in assumed:
            return ONSET
        return LEVEL if "last-year" in assumed else CUMULATIVE

    def record(self, assumed: frozenset[str]) -> dict[str, Any]:
        """Return the assumptions of a rung in words and numbers."""
        low = {"value": f"{self.low:g} in every sector"}
        dynamic = {
            **self.dynamic(assumed),
            "specification": self.options.get("specification", DiffusionOptions.specification),
            "measure": self.measure(assumed),
        }
        return {
            "scenario": self.scenario(assumed).title,
            "elasticities": low if "elasticities" in assumed else dict(self.theta_record),
            "linkages": "linkages" in assumed,
            **(dynamic if "production" in assumed else {}),
        }


def decompose(
    table: MRIOTable,
    blocs: Blocs | None = None,
    *,
    order: Sequence[str] = ORDER,
    bilateral: tuple[str, str] | None = None,
    elasticities: str | float | xr.DataArray = "GB",
    low: float = LOW,
    points: float = POINTS,
    increase: float = FULL,
    goods: Sequence[str] = GOODS,
    beta: float = BETA,
    horizon: int = 2040,
    progress: Callable[[str], None] | None = None,
    **options: Any,
) -> xr.Dataset:
    """Decompose the loss from decoupling into assumptions, added one at a time.

    Parameters
    ----------
    table : MRIOTable
        Usually the ten by six of :func:`iomodel.studies.decoupling.goes_bekkers_table`.
    blocs : Blocs, optional
        Default: those of [GoesBekkers2022]_.
    order : sequence of str
        Assumptions in the order in which they are made, some or all of ``linkages`` (input-output
        linkages), ``blocs`` (duties between two blocs take the place of the bilateral embargo),
        ``barriers`` (iceberg costs take the place of the duties), ``production`` (nests and
        profits of the model ``diffusion``, in the policy's first year), ``horizon`` (capital and
        labour on their path; cumulative change up to `horizon`), ``diffusion`` (of ideas, with
        `beta`), ``last-year`` (the level of that year in place of the sum) and ``elasticities``
        (`low` in every sector), which is not in the default order.
    bilateral : pair of str, optional
        Who stops trading on the first rung. Default: the United States and China.
    elasticities : str, float or DataArray (sector)
        ``"GB"``, or as in the model ``equilibrium``.
    low : float
        The lower elasticity. The default is an assumption, see the documentation.
    points, increase : float
        Duties, and increase of the iceberg factor, between the blocs.
    goods : sequence of str
        Sectors that pay the duties.
    beta, horizon
        Of the diffusion model.
    progress : callable, optional
        Called with the name of each rung.
    **options
        Further options of the diffusion model; its specification is
        ``goes-bekkers-2022-printed`` unless named.

    Returns
    -------
    xarray.Dataset
        Over (step, region), region ``WORLD`` first: ``real_income_pct`` after the step, percent,
        and ``contribution_pct``, its difference from the step before, percentage points. Over
        step: ``model``, ``parameters`` (JSON) and ``citation``.

    Raises
    ------
    LabelError
        If an assumption or a region is unknown.
    IOModelError
        If an assumption stands before one that it needs: linkages before production, horizon
        and then diffusion and last year; blocs before barriers.
    """
    _check(order)
    theta, record = theta_of(elasticities, table)
    settings = LadderSettings(
        table,
        blocs or default_blocs(table),
        bilateral or _pair(table),
        theta,
        record,
        low,
        points,
        increase,
        goods,
        beta,
        horizon,
        options,
    )
    steps, regions = [START, *order], [WORLD, *map(str, table.regions)]
    rungs = [frozenset(steps[1 : k + 1]) for k in range(len(steps))]
    ensemble = run_batch(
        table,
        [settings.case(step, rung) for step, rung in zip(steps, rungs, strict=True)],
        keep=INCOME_VARIABLES,
        progress=progress,
        on_error="raise",
    )
    income = np.stack(
        [
            income_change(ensemble[step], table, settings.measure(rung))
            for step, rung in zip(steps, rungs, strict=True)
        ]
    )
    models = [ensemble[step].model for step in steps]
    parameters = [json.dumps(settings.record(rung), sort_keys=True) for rung in rungs]
    contribution = np.diff(income, axis=0, prepend=0.0)
    dims = ("step", "region")
    return xr.Dataset(
        {
            "real_income_pct": (dims, income, {"units": "percent"}),
            "contribution_pct": (dims, contribution, {"units": "percentage points"}),
            "model": ("step", np.array(models, dtype=object)),
            "parameters": ("step", np.array(parameters, dtype=object)),
            "citation": ("step", np.array([CITATIONS[s] for s in steps], dtype=object)),
        },
        coords={
            "step": np.array(steps, dtype=object),
            "region": np.array(regions, dtype=object),
        },
        attrs={
            "title": "Real income, one assumption at a time",
            "table_name": table.name,
            "table_citation": str(table.attrs["citation"]),
            "blocs": settings.blocs.source,
            "west": ", ".join(settings.blocs.west),
            "east": ", ".join(settings.blocs.east),
        },
    )


def ladder_frame(ladder: xr.Dataset) -> pd.DataFrame:
    """Return one row per step and region, with the step's model, parameters and citation."""
    columns = ["real_income_pct", "contribution_pct"]
    frame = ladder[columns].to_dataframe().reset_index()
    about = ladder[["model", "parameters", "citation"]].to_dataframe()
    return frame.join(about, on="step")


# ---------------------------------------------------------------------- helpers
def _check(order: Sequence[str]) -> None:
    for name in order:
        if name not in ASSUMPTIONS:
            raise unknown_label("assumption", name, ASSUMPTIONS)
    if len(set(order)) < len(order):
        raise IOModelError("an assumption stands twice in the order; name each once")
    for condition, assumption in (
        ("linkages", "production"),
        ("production", "horizon"),
        ("horizon", "diffusion"),
        ("horizon", "last-year"),
        ("blocs", "barriers"),
    ):
        if assumption in order and condition not in order[: list(order).index(assumption)]:
            raise IOModelError(f"{assumption!r} needs {condition!r} before it in the order")


def _pair(table: MRIOTable) -> tuple[str, str]:
    for pair in (("USA", "CHN"), ("gb-usa", "gb-chn")):
        if set(pair) <= set(table.regions):
            return pair
    raise IOModelError("the table has neither USA and CHN nor gb-usa and gb-chn; pass bilateral=")
