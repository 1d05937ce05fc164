"""A baseline and scenarios of the recursive model, for several exponents side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.errors import IOModelError, ScenarioError
from iomodel.models.general_equilibrium.base_year import base_year
from iomodel.models.general_equilibrium.lowering import no_shock, shock_of, stacked
from iomodel.models.long_run.diffusion.inputs import (
    investment_shares,
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

__all__ = ["SimulatedPaths", "simulated"]


LINKS = 4
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
    """Members in the order (policy, beta), the first policy being the baseline."""

    course: df.Course
    betas: tuple[float, ...]
    flow: Float
    parameters: dict[str, Any]
    notes: tuple[str, ...]

    def change(self, name: str) -> Float:
        """Return a path in percent of the baseline of the same beta, (P, B, T + 1, R)."""
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
        """What the solver says of itself."""
        return {
            "method": "newton, period by period",
            "iterations": self.course.iterations,
            "residual": self.course.residual,
            "seconds": self.course.seconds,
            "periods": len(self.course.years) - 1,
            "baseline growth, percent a year": {
                f"beta {b:g}": float(100.0 * g)
                for b, g in zip(self.betas, df.growth_rates(self.course).mean(axis=1), strict=False)
            },
        }


def simulated(
    workbench: Workbench,
    scenarios: Sequence[Scenario],
    betas: Sequence[float],
    options: DiffusionOptions,
) -> SimulatedPaths:
    """Run a baseline and scenarios for every exponent; errors as in ``diffusion``."""
    if not scenarios or not betas:
        raise IOModelError("give at least one scenario and one beta")
    table = workbench.table
    years = points_of_time(table, options.horizon, options.step)
    begin = policy_begins(years, options.policy_year)
    theta, theta_record = theta_of(options.elasticities, table)
    policies = [workbench.policy(scenario) for scenario in scenarios]
    elasticities, closure = ge.Elasticities(theta), ge.Closure(balance=options.balance)
    start = base_year(workbench, _common_duties(policies), elasticities, closure)
    base = start.economy
    if options.profits == "markup":
        base = df.with_profits(base, theta, table.sectors, table.regions)
    factors, factors_record, goods_note = _factors(table, base, years, options)
    knowledge, knowledge_record = knowledge_of(options.productivity, table)
    world = df.World(
        base, elasticities, closure, factors, knowledge, np.asarray(years, dtype=np.float64)
    )
    ideas = df.Ideas(
        df.exponents(np.array(betas, dtype=np.float64), theta, options.pairing, table.sectors),
        np.full(len(betas), options.alpha or 0.0),
        options.alpha_growth,
        options.insight,
    )
    if options.alpha is None:
        ideas = df.scaled_ideas(world, ideas, options.growth / 100.0, progress=workbench.progress)
    P, B = 1 + len(policies), len(betas)
    course = df.simulate(
        world,
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
        flow=start.trade,
        parameters={
            "beta": _cited(betas[0], BETA),
            "pairing": options.pairing,
            "insight": options.insight,
            "alpha": {f"beta {b:g}": float(a) for b, a in zip(betas, ideas.alpha, strict=True)},
            "alpha_growth": _cited(options.alpha_growth, ALPHA_GROWTH),
            "growth": _cited(options.growth, GROWTH),
            "horizon": {"value": options.horizon},
            "step": options.step,
            "policy_year": {"value": years[begin]},
            "elasticities": theta_record,
            "balance": options.balance,
            "arrival": options.arrival,
            "productivity": knowledge_record,
            **factors_record,
        },
        notes=(
            paths_note(years, begin),
            *NOTES,
            PROFIT_NOTES[options.profits],
            goods_note,
            *([GAPS] if knowledge_record["value"] == "data" else []),
            *([REBASED] if options.balance == "zero" else []),
        ),
    )


# ---------------------------------------------------------------------- helpers
def _factors(
    table: MRIOTable, base: ge.Economy, years: Sequence[int], options: DiffusionOptions
) -> tuple[df.Factors, dict[str, Any], str]:
    """Return labour and capital, their record, and a sentence on investment goods."""
    people, record = labour_of(options.labour, table, years)
    goods, note = investment_shares(table, base.final_share)
    share = regional("labour_share", options.labour_share, table)
    fixed = options.capital == "fixed"
    steady = options.depreciation + options.growth / 100.0
    rate = regional(
        "investment_rate",
        steady if options.investment_rate is None else options.investment_rate,
        table,
    )
    factors = df.Factors(
        labour=people,
        labour_share=share,
        investment_rate=np.zeros_like(rate) if fixed else rate,
        depreciation=0.0 if fixed else options.depreciation,
        investment_share=goods,
    )
    common = not isinstance(options.labour_share, xr.DataArray)
    return (
        factors,
        {
            "labour": record,
            "labour_share": options.labour_share if common else share,
            "capital": options.capital,
            "profits": options.profits,
            "depreciation": options.depreciation,
            **({} if options.investment_rate is None else {"investment_rate": rate.tolist()}),
        },
        note,
    )


def _common_duties(policies: Sequence[PolicyArrays]) -> PolicyArrays:
    """Return the first policy, if all start from the same duties."""
    for policy in policies[1:]:
        if not np.array_equal(policy.tariff_base, policies[0].tariff_base):
            raise ScenarioError(
                "the scenarios start from different duties (those that came into force after the "
                "year of the table); run them one by one"
            )
    return policies[0]


def _cited(value: float, published: float) -> dict[str, Any]:
    return {"value": value, **({"citation": "GoesBekkers2022"} if value == published else {})}
