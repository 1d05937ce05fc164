"""Simulation of a baseline and scenarios, for several exponents of diffusion side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, ScenarioError
from iomodel.models.general_equilibrium.base_shift import base_shift_note
from iomodel.models.general_equilibrium.base_year import BaseYear, base_year
from iomodel.models.general_equilibrium.investment import investment_shares
from iomodel.models.general_equilibrium.lowering import no_shock, shock_of, stacked
from iomodel.models.long_run.diffusion.inputs import (
    knowledge_of,
    labour_of,
    regional,
    theta_of,
)
from iomodel.models.long_run.diffusion.options import (
    ALPHA_GROWTH,
    BETA,
    GROWTH,
    DiffusionOptions,
)
from iomodel.models.long_run.diffusion.years import paths_note, points_of_time, policy_begins
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["SimulatedPaths", "simulate_paths"]


LINKS = 8
NOTES = (
    "Levels are volumes of the final year at prices of the base year, and weights are those of the "
    "baseline in the final year.",
    "Without diffusion means beta = 0, with an arrival rate of its own that gives the baseline the "
    "same mean growth.",
    "Labour and capital have the same shares in all industries of a region.",
)
PROFIT_NOTES = {
    "value-added": "Profits count as income of labour and capital.",
    "markup": "Profits are 1/(1 + theta) of sales, which buyers pay and owners spend.",
}
GAPS = (
    "Knowledge starts in proportion to GDP per head at market exchange rates, whose gaps are wider "
    "than those of productivity, so that poor regions have much to learn and to lose; "
    "productivity='equal' is the other end."
)
REBASED = "Trade is balanced in every region, in the base year and after."


@dataclass(frozen=True)
class SimulatedPaths:
    """Paths of P scenarios and their baseline for B exponents of diffusion.

    Attributes
    ----------
    course : Course
        Members in the order (policy, beta), the baseline in front of the scenarios.
    betas : tuple of float
        Exponents of diffusion.
    start : BaseYear
    parameters : dict
        For the effects, with citations.
    notes : tuple of str
    """

    course: df.Course
    betas: tuple[float, ...]
    start: BaseYear
    parameters: dict[str, Any]
    notes: tuple[str, ...]

    def change(self, name: str) -> Float:
        """Return paths in percent of the baseline of the same beta, (P, B, T + 1, R)."""
        values = getattr(self.course, name)
        T, _, R = values.shape
        paths = values.reshape(T, -1, len(self.betas), R).transpose(1, 2, 0, 3)
        return np.asarray(100.0 * (paths[1:] / paths[:1] - 1.0), dtype=np.float64)

    @property
    def baseline(self) -> Float:
        """Real GDP of the baseline over the base year, (B, T + 1, R)."""
        return self.course.real_gdp[:, : len(self.betas)].transpose(1, 0, 2)

    @property
    def diagnostics(self) -> dict[str, Any]:
        """Iterations, residual and time of the solver, and mean growth of the baseline."""
        return {
            "method": "newton, period by period",
            "iterations": self.course.iterations,
            "residual": self.course.residual,
            "gdp_error_points": self.course.gdp_error_points,
            "seconds": self.course.seconds,
            "periods": len(self.course.years) - 1,
            "baseline growth, percent a year": {
                f"beta {beta:g}": float(100.0 * growth)
                for beta, growth in zip(
                    self.betas, df.growth_rates(self.course).mean(axis=1), strict=False
                )
            },
        }


@dataclass(frozen=True)
class _Baseline:
    """World without scenarios, with the records of its inputs."""

    world: df.World
    start: BaseYear
    elasticities: dict[str, Any]
    productivity: dict[str, Any]
    factors: dict[str, Any]
    note: str


def simulate_paths(
    workbench: Workbench,
    scenarios: Sequence[Scenario],
    betas: Sequence[float],
    options: DiffusionOptions,
) -> SimulatedPaths:
    """Simulate a baseline and scenarios for every exponent of diffusion.

    Parameters
    ----------
    workbench : Workbench
    scenarios : sequence of Scenario
    betas : sequence of float
        Exponents; `options.beta` is left aside.
    options : DiffusionOptions

    Returns
    -------
    SimulatedPaths

    Raises
    ------
    IOModelError
        Without a scenario or an exponent, and as in :func:`diffusion`.
    """
    if not scenarios or not betas:
        raise IOModelError("give at least one scenario and one beta")
    years = points_of_time(workbench.table, options.horizon, options.step)
    begin = policy_begins(years, options.policy_year)
    policies = [workbench.policy(scenario) for scenario in scenarios]
    baseline = _baseline(workbench, _common_duties(policies), years, options)
    ideas = _ideas(workbench, baseline.world, betas, options)
    P, B = 1 + len(policies), len(betas)
    course = df.simulate(
        baseline.world,
        stacked([no_shock(policies[0]), *map(shock_of, policies)], len(betas)),
        replace(ideas, beta=np.concatenate([ideas.beta] * P), alpha=np.tile(ideas.alpha, P)),
        begin=begin,
        links=LINKS,
        teachers=None if options.arrival == "own" else [*range(B)] * P,
        checkpoint=options.checkpoint,
        progress=workbench.progress,
    )
    return SimulatedPaths(
        course=course,
        betas=tuple(betas),
        start=baseline.start,
        parameters=_parameters(baseline, betas, ideas, years[begin], options),
        notes=(
            paths_note(years, begin),
            *NOTES,
            PROFIT_NOTES[options.profits],
            baseline.note,
            *([GAPS] if baseline.productivity["value"] == "data" else []),
            *([REBASED] if options.balance == "zero" else []),
            *base_shift_note(
                baseline.start.economy, baseline.start.observed, workbench.table.regions
            ),
        ),
    )


# ---------------------------------------------------------------------- helpers
def _baseline(
    workbench: Workbench, policy: PolicyArrays, years: Sequence[int], options: DiffusionOptions
) -> _Baseline:
    """Return the world of the base year under the duties before a policy."""
    table = workbench.table
    theta, theta_record = theta_of(options.elasticities, table)
    elasticities, closure = ge.Elasticities(theta), ge.Closure(balance=options.balance)
    start = base_year(workbench, policy, elasticities, closure)
    economy = start.economy
    if options.profits == "markup":
        economy = df.with_profits(economy, theta, table.sectors, table.regions)
    factors, factors_record, goods_note = _factors(table, economy, years, options)
    knowledge, knowledge_record = knowledge_of(options.productivity, table)
    times = np.asarray(years, dtype=np.float64)
    world = df.World(economy, elasticities, closure, factors, knowledge, times)
    return _Baseline(world, start, theta_record, knowledge_record, factors_record, goods_note)


def _ideas(
    workbench: Workbench, world: df.World, betas: Sequence[float], options: DiffusionOptions
) -> df.Ideas:
    """Return the diffusion of ideas for every exponent, scaled to growth unless alpha is set."""
    theta = np.asarray(world.elasticities.theta)
    ideas = df.Ideas(
        df.exponents(
            np.array(betas, dtype=np.float64), theta, options.pairing, workbench.table.sectors
        ),
        np.full(len(betas), options.alpha or 0.0),
        options.alpha_growth,
        options.insight,
    )
    if options.alpha is not None:
        return ideas
    return df.scaled_ideas(world, ideas, options.growth / 100.0, progress=workbench.progress)


def _parameters(
    baseline: _Baseline,
    betas: Sequence[float],
    ideas: df.Ideas,
    policy_year: int,
    options: DiffusionOptions,
) -> dict[str, Any]:
    """Return the parameters of a run as the effects record them."""
    alphas = zip(betas, ideas.alpha, strict=True)
    return {
        "beta": _cited(betas[0], BETA),
        "pairing": options.pairing,
        "insight": options.insight,
        "alpha": {f"beta {beta:g}": float(alpha) for beta, alpha in alphas},
        "alpha_growth": _cited(options.alpha_growth, ALPHA_GROWTH),
        "growth": _cited(options.growth, GROWTH),
        "horizon": {"value": options.horizon},
        "step": options.step,
        "policy_year": {"value": policy_year},
        "elasticities": baseline.elasticities,
        "balance": options.balance,
        "arrival": options.arrival,
        "productivity": baseline.productivity,
        **baseline.factors,
    }


def _factors(
    table: MRIOTable, economy: ge.Economy, years: Sequence[int], options: DiffusionOptions
) -> tuple[df.Factors, dict[str, Any], str]:
    """Return labour and capital, their record, and a sentence on investment goods."""
    labour, record = labour_of(options.labour, table, years)
    goods, note = investment_shares(table, economy.final_share)
    share = regional("labour_share", options.labour_share, table)
    is_fixed = options.capital == "fixed"
    steady_rate = options.depreciation + options.growth / 100.0
    rate = regional(
        "investment_rate",
        steady_rate if options.investment_rate is None else options.investment_rate,
        table,
    )
    factors = df.Factors(
        labour=labour,
        labour_share=share,
        investment_rate=np.zeros_like(rate) if is_fixed else rate,
        depreciation=0.0 if is_fixed else options.depreciation,
        investment_share=goods,
    )
    is_common = not isinstance(options.labour_share, xr.DataArray)
    return (
        factors,
        {
            "labour": record,
            "labour_share": options.labour_share if is_common else share,
            "capital": options.capital,
            "profits": options.profits,
            "depreciation": options.depreciation,
            **({} if options.investment_rate is None else {"investment_rate": rate.tolist()}),
        },
        note,
    )


def _common_duties(policies: Sequence[PolicyArrays]) -> PolicyArrays:
    """Return one of the policies, all of which have to start from the same duties."""
    for policy in policies[1:]:
        if not np.array_equal(policy.tariff_base, policies[0].tariff_base):
            raise ScenarioError(
                "the scenarios start from different duties (those that came into force after the "
                "year of the table); run them one by one"
            )
    return policies[0]


def _cited(value: float, published: float) -> dict[str, Any]:
    return {"value": value, **({"citation": "GoesBekkers2022"} if value == published else {})}
