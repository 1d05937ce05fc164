r"""The long run: ideas travel with trade, so that barriers slow the growth of what people know.

A static equilibrium every period (:mod:`iomodel.equilibrium`), with labour, capital and knowledge
moving in between, after [GoesBekkers2022]_; :mod:`iomodel.diffusion` has the equations. Scenarios
are set against a baseline that grows without them, and against the same paths without diffusion.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import xarray as xr

from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.models.long_run.diffusion.inputs import goes_bekkers_elasticities
from iomodel.models.long_run.diffusion.levels import level_variables
from iomodel.models.long_run.diffusion.run import (
    ALPHA_GROWTH,
    BETA,
    DEPRECIATION,
    GROWTH,
    HANDLES,
    LABOUR_SHARE,
    Options,
    simulated,
)

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "HANDLES",
    "diffusion",
    "diffusion_batch",
    "diffusion_paths",
    "goes_bekkers_elasticities",
]


def diffusion(
    table: MRIOTable,
    scenario: Scenario,
    *,
    beta: float = BETA,
    horizon: int = 2040,
    step: int = 1,
    policy_year: int | None = None,
    elasticities: str | float | xr.DataArray = "GB",
    balance: str = "zero",
    pairing: str = "plain",
    insight: str = "goods",
    growth: float = GROWTH,
    alpha: float | None = None,
    alpha_growth: float = ALPHA_GROWTH,
    labour: str | float | xr.DataArray = "data",
    productivity: str | xr.DataArray = "data",
    capital: str = "accumulates",
    profits: str = "value-added",
    arrival: str = "own",
    investment_rate: float | xr.DataArray | None = None,
    depreciation: float = DEPRECIATION,
    labour_share: float | xr.DataArray = LABOUR_SHARE,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Effects:
    r"""Return the effects of a scenario in the long run.

    Parameters
    ----------
    table : MRIOTable
        The base year.
    scenario : Scenario
        Tariffs, trade costs, embargoes and productivity, in force from `policy_year` on.
    beta : float
        Exponent of the diffusion of ideas, in [0, 1).
    horizon : int
        Final year.
    step : int
        Years per period.
    policy_year : int, optional
        Year in which the scenario comes into force, unforeseen: the base year or the end of a
        period; default: the base year. Until then paths are those of the baseline; in that year
        they show the static effect on the economy as it has grown.
    elasticities : str, float or DataArray (sector)
        Trade elasticities :math:`\theta`: ``GB`` for those of Goes and Bekkers, or as in model
        ``equilibrium``.
    balance : {"zero", "fixed", "share"}
        Trade balances (:mod:`iomodel.equilibrium.closures`).
    pairing : {"plain", "scaled", "scaled-capped"}
        One exponent for all pairs of sectors; or :math:`\beta\theta_i/\theta_j`, refused or capped
        where it reaches one.
    insight : {"goods", "producers"}
        Whether ideas come from the goods that are bought, as published, so that a seller's share
        stands to the power :math:`1-\beta` and small sellers teach much; or from the seller's
        producers at large, in proportion to purchases (:mod:`iomodel.diffusion.ideas`).
    growth : float
        Mean growth of the baseline's real GDP over regions and years, percent a year, to which the
        arrival of ideas is scaled; capital begins by growing at this rate.
    alpha : float, optional
        The arrival rate of the base year itself, for all members.
    alpha_growth : float
        Growth of the arrival rate a year, a fraction.
    labour : "data", float or DataArray
        Projected population; a growth rate a year, a fraction; rates (region); or levels (time,
        region).
    productivity : "data", "equal" or DataArray
        What knowledge in the base year is proportional to: GDP per head at market rates; nothing;
        or values (region), (region, sector). The published model takes labour productivity at
        purchasing-power parity.
    capital : {"accumulates", "fixed"}
        Whether a fixed share of income is invested, or capital stays.
    profits : {"value-added", "markup"}
        Whether profits are part of factor income, as in model ``equilibrium``, or a share
        :math:`1/(1+\theta)` of sales of their own, as in [GoesBekkers2022]_; coarse tables only.
    arrival : {"own", "baseline"}
        Whether ideas arrive as the scenario's own trade brings them, or as in the baseline, so that
        knowledge does not respond.
    investment_rate : float or DataArray (region), optional
        Investment over capital in the base year; default: depreciation plus `growth`.
    depreciation : float
        Of capital, a year.
    labour_share : float or DataArray (region)
        Share of labour in the income of labour and capital.
    checkpoint : path-like, optional
        File to write after every period, and to go on from where it exists.
    progress : callable, optional
        Told in words how far the run is.

    Returns
    -------
    Effects
        Paths over ``time``; real income, GDP, output and trade of the final year; and how much of
        real income is due to diffusion.

    Raises
    ------
    LabelError
        If an option or a label is unknown, or the scenario begins in a year that is no point of the
        path; the message lists those that are.
    InfeasibleError
        If the baseline grows faster than asked for without ideas, or a region loses every supplier
        of something it uses.
    SolverError
        If a period has no equilibrium to tolerance.
    IOModelError
        If an option is out of range.
    """
    options = {k: v for k, v in locals().items() if k not in ("table", "scenario")}
    return diffusion_batch(table, [scenario], **options)[0]


def diffusion_batch(
    table: MRIOTable, scenarios: Sequence[Scenario], *, beta: float = BETA, **options: Any
) -> list[Effects]:
    """Run several scenarios side by side against one baseline; see :func:`diffusion`.

    Raises
    ------
    ScenarioError
        If their baselines differ in duties that came into force after the year of the table.
    """
    betas = (float(beta),) if beta == 0.0 else (float(beta), 0.0)
    run = simulated(table, scenarios, betas, Options(**options))
    income, gdp = run.change("real_income"), run.change("real_gdp")
    years = [int(y) for y in run.course.years]
    made = []
    for p, scenario in enumerate(scenarios):
        variables: dict[str, tuple[tuple[str, ...], Any]] = {
            **level_variables(table, run.flow, run.course, (1 + p) * len(betas)),
            "real_income_pct": (("region",), income[p, 0, -1]),
            "real_income_diffusion_pct": (("region",), income[p, 0, -1] - income[p, -1, -1]),
            "real_income_path_pct": (("time", "region"), income[p, 0]),
            "real_income_no_diffusion_path_pct": (("time", "region"), income[p, -1]),
            "gdp_path_pct": (("time", "region"), gdp[p, 0]),
            "gdp_baseline_path_pct": (("time", "region"), 100.0 * (run.baseline[0] - 1.0)),
        }
        made.append(
            Effects.build(
                table,
                scenario,
                model="diffusion",
                variables=variables,
                definitions={"gdp": CHAINED_VOLUME},
                coords={"time": years},
                parameters=run.parameters,
                diagnostics=run.diagnostics,
                notes=[*scenario.lower(table).notes, *run.notes],
            )
        )
    return made


def diffusion_paths(
    table: MRIOTable,
    scenarios: Sequence[Scenario],
    *,
    betas: Sequence[float] = (BETA, 0.0),
    **options: Any,
) -> xr.Dataset:
    """Return the paths of several scenarios and exponents side by side.

    Parameters
    ----------
    table : MRIOTable
    scenarios : sequence of Scenario
    betas : sequence of float
        Exponents of diffusion.
    **options
        Those of :func:`diffusion`, but for `beta`.

    Returns
    -------
    xarray.Dataset
        ``real_income_pct`` and ``gdp_pct`` (scenario, beta, time, region) in percent of the
        baseline of the same exponent and year; ``gdp_baseline`` (beta, time, region) over the base
        year.

    Raises
    ------
    ScenarioError
        If the baselines of the scenarios differ.
    """
    run = simulated(table, scenarios, tuple(float(b) for b in betas), Options(**options))
    full = ("scenario", "beta", "time", "region")
    return xr.Dataset(
        {
            "real_income_pct": (full, run.change("real_income"), {"units": "percent"}),
            "gdp_pct": (full, run.change("real_gdp"), {"units": "percent"}),
            "gdp_baseline": (full[1:], run.baseline, {"units": "1"}),
        },
        coords={
            "scenario": [s.name for s in scenarios],
            "beta": list(run.betas),
            "time": [int(y) for y in run.course.years],
            "region": list(table.regions),
        },
        attrs={
            "parameters": run.parameters,
            "diagnostics": run.diagnostics,
            "notes": "\n".join(run.notes),
        },
    )
