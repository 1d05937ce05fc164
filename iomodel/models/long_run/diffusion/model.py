r"""Long run with diffusion of ideas: ideas travel with trade, so that barriers slow their growth.

A static equilibrium every period (:mod:`iomodel.equilibrium`), with labour, capital and knowledge
moving in between, after [GoesBekkers2022]_; :mod:`iomodel.diffusion` has the equations. Scenarios
are set against a baseline that grows without them, and against the same paths without diffusion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import xarray as xr

from iomodel.effects import CHAINED_VOLUME, Effects
from iomodel.models.long_run.diffusion.final_year import final_year_variables
from iomodel.models.long_run.diffusion.options import BETA, DiffusionOptions
from iomodel.models.long_run.diffusion.simulation import simulate_paths
from iomodel.models.model import model
from iomodel.models.workbench import Workbench
from iomodel.typing import BY_INDUSTRY, BY_PARTNER, BY_REGION, BY_YEAR, Variables

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["diffusion", "diffusion_batch", "diffusion_paths"]


@model(
    "the long run: ideas travel with trade, year by year against a growing baseline",
    frozenset({"tariff", "trade_cost", "embargo", "productivity"}),
    on_request=True,
)
def diffusion(workbench: Workbench, scenario: Scenario, options: DiffusionOptions) -> Effects:
    r"""Long-run effects of a scenario.

    Parameters
    ----------
    table : MRIOTable
        The base year.
    scenario : Scenario
        Tariffs, trade costs, embargoes and productivity, in force from `policy_year` on.

    Returns
    -------
    Effects
        Cumulative changes of real income, trade and knowledge, sums over the years from
        `policy_year` on; their levels, GDP and output of the final year; paths over ``time``; and
        the part of real income due to diffusion.

    Raises
    ------
    LabelError
        If an option or a label is unknown, or the scenario begins in a year that is no point of the
        path; the message lists the points.
    InfeasibleError
        If no industry has inputs to learn from, or a region loses every supplier of something it
        uses.
    SolverError
        If a period has no equilibrium to tolerance.
    IOModelError
        If an option is out of range.
    """
    return diffusion_batch(workbench, [scenario], options)[0]


def diffusion_batch(
    workbench: Workbench, scenarios: Sequence[Scenario], options: DiffusionOptions
) -> list[Effects]:
    """Run several scenarios side by side against one baseline; see :func:`diffusion`.

    Raises
    ------
    ScenarioError
        If their baselines differ in duties that came into force after the year of the table.
    """
    table = workbench.table
    split = options.split and options.beta != 0.0
    betas = (options.beta, 0.0) if split else (options.beta,)
    paths = simulate_paths(workbench, scenarios, betas, options)
    income, gdp = paths.change("real_income"), paths.change("real_gdp")
    cumulative = paths.cumulative(paths.course.real_income)
    exports = paths.cumulative(paths.course.trade.sum(axis=-1))
    trade = paths.cumulative(paths.course.trade)
    knowledge = paths.change("knowledge")
    knowledge_cumulative = paths.cumulative(paths.course.knowledge)
    years = [int(y) for y in paths.course.years]
    effects = []
    for p, scenario in enumerate(scenarios):
        variables: Variables = {
            **final_year_variables(paths.start, paths.course, (1 + p) * len(betas)),
            "real_income_pct": (BY_REGION, income[p, 0, -1]),
            "real_income_cumulative_pct": (BY_REGION, cumulative[p, 0]),
            "exports_cumulative_pct": (BY_REGION, exports[p, 0]),
            "trade_cumulative_pct": (BY_PARTNER, trade[p, 0]),
            "knowledge_pct": (BY_INDUSTRY, knowledge[p, 0, -1].T),
            "knowledge_cumulative_pct": (BY_INDUSTRY, knowledge_cumulative[p, 0].T),
            "real_income_path_pct": (BY_YEAR, income[p, 0]),
            "gdp_path_pct": (BY_YEAR, gdp[p, 0]),
            "gdp_baseline_path_pct": (BY_YEAR, 100.0 * (paths.baseline[0] - 1.0)),
        }
        if options.split:
            due_to_ideas = income[p, 0, -1] - income[p, -1, -1]
            variables["real_income_diffusion_pct"] = (BY_REGION, due_to_ideas)
            variables["real_income_no_diffusion_path_pct"] = (BY_YEAR, income[p, -1])
            due_to_ideas = cumulative[p, 0] - cumulative[p, -1]
            variables["real_income_diffusion_cumulative_pct"] = (BY_REGION, due_to_ideas)
        effects.append(
            Effects.build(
                table,
                scenario,
                model="diffusion",
                variables=variables,
                definitions={"gdp": CHAINED_VOLUME},
                coords={"time": years},
                parameters=paths.parameters,
                diagnostics=paths.diagnostics,
                notes=[*workbench.policy(scenario).notes, *paths.notes],
            )
        )
    return effects


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
        year; ``real_income_cumulative_pct`` and ``exports_cumulative_pct`` (scenario, beta,
        region), and ``knowledge_cumulative_pct`` (scenario, beta, region, sector), of sums over
        the years from the scenario's first to the last.

    Raises
    ------
    ScenarioError
        If the baselines of the scenarios differ.
    """
    paths = simulate_paths(
        Workbench(table),
        scenarios,
        tuple(float(b) for b in betas),
        diffusion.read(options),
    )
    course, percent = paths.course, {"units": "percent"}
    full, by_region = ("scenario", "beta", "time", "region"), ("scenario", "beta", "region")
    return xr.Dataset(
        {
            "real_income_pct": (full, paths.change("real_income"), percent),
            "gdp_pct": (full, paths.change("real_gdp"), percent),
            "gdp_baseline": (full[1:], paths.baseline, {"units": "1"}),
            "real_income_cumulative_pct": (
                by_region,
                paths.cumulative(course.real_income),
                percent,
            ),
            "exports_cumulative_pct": (
                by_region,
                paths.cumulative(course.trade.sum(axis=-1)),
                percent,
            ),
            "knowledge_cumulative_pct": (
                (*by_region, "sector"),
                paths.cumulative(course.knowledge).swapaxes(-1, -2),
                percent,
            ),
        },
        coords={
            "scenario": [s.name for s in scenarios],
            "beta": list(paths.betas),
            "time": [int(y) for y in paths.course.years],
            "region": list(table.regions),
            "sector": list(table.sectors),
        },
        attrs={
            "parameters": paths.parameters,
            "diagnostics": paths.diagnostics,
            "notes": "\n".join(paths.notes),
        },
    )
