"""Interval of a run over trade elasticities: real GDP and real income at a few seeded draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel.errors import NotApplicableError
from iomodel.models.elasticities import SOURCES
from iomodel.models.general_equilibrium.horizons import HORIZONS
from iomodel.models.model import Model
from iomodel.models.option_records import restored
from iomodel.models.registry import MODELS
from iomodel.models.workbench import Workbench
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.elasticity_draws import CV, draw_elasticities, drawn_elasticities
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.studies.ensembles.rows import NO_DRAW

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["DRAWS", "SEED", "interval_obstacle", "with_interval"]

DRAWS, SEED = 32, 0
MEASURES = ("gdp_pct", "real_income_pct")
# An interval over fewer of its draws would be one over those that are easy to solve.
LEAST_SHARE = 0.9


def with_interval(
    table: MRIOTable | Workbench,
    scenario: Scenario,
    effects: Effects,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    progress: Callable[[str], None] | None = None,
) -> Effects:
    r"""Add the 5 to 95 percent interval over trade elasticities to the effects of a run.

    The run is repeated at draws :math:`\theta_k` of :func:`iomodel.studies.draw_elasticities`, for
    horizons in between at :math:`\theta(h)` of each (:func:`iomodel.trade_elasticity_at`). Bounds
    of a row are quantiles :math:`q_p\{c(\theta_k)\}_k` of its change :math:`c`, of the world and of
    groups too.

    Parameters
    ----------
    table : MRIOTable or Workbench
        That of the run; a workbench shares its base with it.
    scenario : Scenario
        That of the run.
    effects : Effects
        Of the model ``equilibrium`` at one of the horizons ``medium``, ``long`` and ``steady``.
    draws : int
        Number of draws.
    seed : int
        Equal seeds give equal draws.
    progress : callable, optional
        As of :func:`iomodel.run_batch`.

    Returns
    -------
    Effects
        With ``gdp_pct_by_draw`` and ``real_income_pct_by_draw`` (draw, region), percent, of which
        ``by_region()`` makes the columns ``gdp_pct_low``, ``gdp_pct_median``, ``gdp_pct_high`` and
        so on; ``parameters["interval"]`` holds draws, seed, sets, coefficient of variation, and the
        error of real GDP at the elasticities of the run in percentage points.

    Raises
    ------
    NotApplicableError
        If there is nothing to draw: the model has no trade elasticities, the user set them, the
        horizon has a band over sigma, quantities are capped, or factors are not mobile; or if too
        few draws have an equilibrium.

    Examples
    --------
    >>> import iomodel as iom
    >>> table = iom.load("world-2022")
    >>> scenario = iom.Scenario.load("us-china-decoupling")
    >>> effects = iom.run(table, scenario, horizon="long")
    >>> effects = iom.with_interval(table, scenario, effects)  # doctest: +SKIP
    >>> effects.by_region()[["gdp_pct_low", "gdp_pct", "gdp_pct_high"]]  # doctest: +SKIP
    """
    workbench = table if isinstance(table, Workbench) else Workbench(table, progress)
    options = restored(effects.options)
    obstacle = interval_obstacle(workbench, scenario, effects)
    if obstacle:
        raise NotApplicableError(f"no interval over trade elasticities: {obstacle}")
    sample = draw_elasticities(workbench.table, draws, seed)
    years = HORIZONS[effects.parameters["horizon"]["value"]].years

    def case(k: int, **drawn: Any) -> Case:
        return Case(scenario.name, scenario, effects.model, options | drawn, draw=k)

    # In front the run itself: the search for the others starts there, and it shows the error.
    cases = [case(NO_DRAW)]
    for k in range(draws):
        cases.append(case(k, elasticities=drawn_elasticities(sample, k, years)))
    ensemble = run_batch(workbench, cases, keep=MEASURES, progress=progress)
    answered = [one for one in ensemble.answered if one.draw != NO_DRAW]
    if len(answered) < LEAST_SHARE * draws:
        raise NotApplicableError(
            f"only {len(answered)} of {draws} draws of trade elasticities have an equilibrium: "
            f"{next(iter(ensemble.refusals.values()))}"
        )
    record = {
        "draws": draws,
        "answered": len(answered),
        "seed": seed,
        "cv": CV,
        "sets": list(SOURCES),
        "percent": [5, 95],
        "gdp_error_points": _error_points(ensemble, cases[0], effects),
    }
    changes = {name: _by_draw(ensemble, answered, name) for name in MEASURES}
    return effects.with_draws(changes, parameters=record, note=_note(draws, len(answered), seed))


def interval_obstacle(workbench: Workbench, scenario: Scenario, effects: Effects) -> str:
    """Reason for which a run has no elasticities to draw, in half a sentence; else empty."""
    model: Model[Any] = MODELS[effects.model]
    options = restored(effects.options)
    horizon = effects.parameters.get("horizon")
    if model.side_by_side is None or not isinstance(horizon, dict):
        return f"model {effects.model} has none"
    if "elasticities" in horizon.get("replaced", ()):
        return f"those of the run ({effects.elasticities}) are the user's"
    if HORIZONS[horizon["value"]].sigmas:
        return f"horizon {horizon['value']} has one over sigma"
    if options.get("import_shares") == "by-user":
        return "with import shares by user it would take an hour"
    if not model.side_by_side.fits(workbench, scenario, model.read(options)):
        return "quantities are capped, factors not mobile, or options not the default"
    return ""


# ---------------------------------------------------------------------- helpers
def _by_draw(ensemble: Ensemble, answered: list[Case], name: str) -> xr.DataArray:
    """Return a percentage by draw and region."""
    cells = np.stack([ensemble[one.key][name].values for one in answered])
    return xr.DataArray(
        cells, dims=("draw", "region"), coords={"draw": [one.draw for one in answered]}
    )


def _error_points(ensemble: Ensemble, central: Case, effects: Effects) -> float:
    """Return the difference of real GDP from that of the run, to two digits."""
    gap = np.abs(ensemble[central.key]["gdp_pct"].values - effects["gdp_pct"].values)
    return float(f"{np.nanmax(gap):.1e}")


def _note(draws: int, answered: int, seed: int) -> str:
    """Return the sentence on the interval."""
    count = f"{draws}" if answered == draws else f"the {answered} solvable of {draws}"
    return (
        f"Bands are 5 to 95 percent of {count} draws of trade elasticities: one of "
        f"{len(SOURCES)} published sets drawn whole, its estimates scattered by a coefficient of "
        f"variation of {CV:.2f}, an assumption (seed {seed})."
    )
