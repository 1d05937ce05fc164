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
from iomodel.models.general_equilibrium.horizons import NESTS
from iomodel.models.general_equilibrium.investment import investment_rate, investment_shares
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
    IDEAS_GROWTH,
    IDEAS_YEARS,
    DiffusionOptions,
)
from iomodel.models.long_run.diffusion.specific import specific_factors_of
from iomodel.models.long_run.diffusion.specifications import (
    SCALED,
    SPECIFICATIONS,
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
# Largest share of profits in an industry's value added, where they are capped: above that of any
# industry of the ten-by-six world of 2014, so that the cap is for finer tables alone.
LARGEST_PROFIT = 0.9
NOTES = (
    "Levels are volumes of the final year at prices of the base year, and weights are those of the "
    "baseline in the final year. Cumulative changes are of sums over the years from the scenario's "
    "first to the last.",
    "Without diffusion means beta = 0 at the same arrival rate, so that its baseline grows less.",
    "Labour and capital have the same shares in all industries of a region.",
    "Growth that labour and capital do not explain is all due to ideas, so that the effect of "
    "diffusion is an upper bound (Goes, Bekkers and Fraser 2025).",
)
MARKUP_NOTE = "Profits are 1/(1 + theta) of sales, which buyers pay and owners spend"
PROFIT_NOTES = {
    "value-added": "Profits count as income of labour and capital.",
    "markup": f"{MARKUP_NOTE}.",
    "markup-capped": f"{MARKUP_NOTE}, at most {LARGEST_PROFIT:g} of an industry's value added "
    "({}).",
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
    begin : int
        Point of time from which the scenarios hold.
    parameters : dict
        For the effects, with citations.
    notes : tuple of str
    """

    course: df.Course
    betas: tuple[float, ...]
    start: BaseYear
    begin: int
    parameters: dict[str, Any]
    notes: tuple[str, ...]

    def change(self, name: str) -> Float:
        """Return paths in percent of the baseline of the same beta, (P, B, T + 1, R)."""
        paths = self._by_policy(getattr(self.course, name))
        change = 100.0 * (paths[:, 1:] / paths[:, :1] - 1.0)
        return np.asarray(np.moveaxis(change, 0, 2), dtype=np.float64)

    def cumulative(self, levels: Float) -> Float:
        """Change of sums over years from the scenario's first on, percent, (P, B, ...).

        Parameters
        ----------
        levels : ndarray, shape (T + 1, M, ...)
            An array of the course, or sums over its regions.
        """
        paths, years = self._by_policy(levels), self.course.years
        change = df.cumulative_change(paths[:, 1:], paths[:, :1], years, self.begin)
        return 100.0 * change

    def _by_policy(self, levels: Float) -> Float:
        """View members as policies, the baseline in front, by exponent: (T + 1, 1 + P, B, ...)."""
        return levels.reshape(len(levels), -1, len(self.betas), *levels.shape[2:])

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
    notes: tuple[str, ...]


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
        begin=begin,
        parameters=_parameters(baseline, betas, ideas, years[begin], options),
        notes=(
            paths_note(years, begin),
            *NOTES,
            *baseline.notes,
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
    nest = NESTS[options.nest][0] if isinstance(options.nest, str) else options.nest
    elasticities = ge.Elasticities(theta, *nest)
    closure = ge.Closure(balance=options.balance)
    start = base_year(workbench, policy, elasticities, closure, options.import_shares)
    economy, profit_note = _profits(start.economy, theta, table, options)
    factors, factors_record, goods_note = _factors(
        table, economy, start.economy.income, years, options
    )
    specific, specific_record, specific_notes = specific_factors_of(options, table)
    specification = options.specified
    knowledge, knowledge_record = knowledge_of(options.productivity, table)
    world = df.World(
        economy,
        elasticities,
        closure,
        factors,
        knowledge * 1000.0 / specification.knowledge_unit,
        np.asarray(years, dtype=np.float64),
        None if isinstance(specification.exponent, str) else specification.exponent,
        specific,
    )
    return _Baseline(
        world,
        start,
        theta_record,
        knowledge_record,
        {
            "nest": list(nest),
            "investment_nest": options.investment_nest,
            **factors_record,
            **specific_record,
        },
        (profit_note, goods_note, *specific_notes),
    )


def _profits(
    economy: ge.Economy, theta: Float, table: MRIOTable, options: DiffusionOptions
) -> tuple[ge.Economy, str]:
    """Return an economy with profits as the options say, and a sentence on them."""
    note = PROFIT_NOTES[options.profits]
    if options.profits == "value-added":
        return economy, note
    is_capped = options.profits == "markup-capped"
    largest = LARGEST_PROFIT if is_capped else None
    split = df.with_profits(economy, theta, table.sectors, table.regions, largest)
    is_bound = (1.0 / (1.0 + theta[:, None]) > LARGEST_PROFIT * economy.value_added_share) & (
        economy.output > 0.0
    )
    return split, note.format(f"binding in {int(is_bound.sum())} of {is_bound.size} industries")


def _ideas(
    workbench: Workbench, world: df.World, betas: Sequence[float], options: DiffusionOptions
) -> df.Ideas:
    """Return the diffusion of ideas for every exponent, at one arrival rate."""
    theta = np.asarray(world.elasticities.theta)
    alpha = options.specified.alpha

    def ideas_of(exponents: Sequence[float], alpha: Float) -> df.Ideas:
        beta = df.exponents(
            np.array(exponents, dtype=np.float64), theta, options.pairing, workbench.table.sectors
        )
        return df.Ideas(beta, alpha, options.alpha_growth, options.insight)

    if isinstance(alpha, str):
        alpha = df.arrival_rate(
            world,
            ideas_of([BETA], np.zeros(1)),
            options.ideas_growth / 100.0,
            years=IDEAS_YEARS,
            progress=workbench.progress,
        )
    arrives = np.array([options.ideas_at_zero or beta > 0.0 for beta in betas])
    return ideas_of(betas, np.where(arrives, alpha, 0.0))


def _parameters(
    baseline: _Baseline,
    betas: Sequence[float],
    ideas: df.Ideas,
    policy_year: int,
    options: DiffusionOptions,
) -> dict[str, Any]:
    """Return the parameters of a run as the effects record them."""
    alphas = zip(betas, ideas.alpha, strict=True)
    specification = options.specified
    return {
        "specification": _specification_record(options),
        "exponent": specification.exponent,
        "knowledge_unit": {"value": specification.knowledge_unit, "unit": "dollars a worker"},
        "beta": _cited(betas[0], BETA),
        "pairing": options.pairing,
        "insight": options.insight,
        "alpha": {f"beta {beta:g}": float(alpha) for beta, alpha in alphas},
        "alpha_growth": _cited(options.alpha_growth, ALPHA_GROWTH),
        **(
            {"ideas_growth": _cited(options.ideas_growth, IDEAS_GROWTH)}
            if specification.alpha == SCALED
            else {}
        ),
        "horizon": {"value": options.horizon},
        "step": options.step,
        "policy_year": {"value": policy_year},
        "elasticities": baseline.elasticities,
        "balance": options.balance,
        "import_shares": options.import_shares,
        "arrival": options.arrival,
        "productivity": baseline.productivity,
        **baseline.factors,
    }


def _specification_record(options: DiffusionOptions) -> dict[str, Any]:
    """Return the name of the specification, and the options that replace a value of it."""
    replaced = [
        name
        for name in ("exponent", "alpha", "knowledge_unit")
        if getattr(options, name) is not None
    ]
    return {
        "value": options.specification,
        "title": SPECIFICATIONS[options.specification].title,
        "citation": "GoesBekkers2022",
        **({"replaced": replaced} if replaced else {}),
    }


def _factors(
    table: MRIOTable,
    economy: ge.Economy,
    gdp: Float,
    years: Sequence[int],
    options: DiffusionOptions,
) -> tuple[df.Factors, dict[str, Any], str]:
    """Return labour and capital, their record, and a sentence on investment goods.

    Parameters
    ----------
    gdp : ndarray, shape (N,)
        Of the base year, profits included.
    """
    labour, record = labour_of(options.labour, table, years)
    goods, note = investment_shares(table, economy.final_share)
    share = regional("labour_share", options.labour_share, table)
    is_fixed = options.capital == "fixed"
    saving, saving_record = _saving(table, options)
    rate = saving * economy.expenditure / (options.capital_output * gdp)
    factors = df.Factors(
        labour=labour,
        labour_share=share,
        investment_rate=np.zeros_like(rate) if is_fixed else rate,
        depreciation=0.0 if is_fixed else options.depreciation,
        investment_share=goods,
        investment_nest=options.investment_nest,
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
            "saving": saving_record,
            "capital_output": options.capital_output,
        },
        note,
    )


def _saving(table: MRIOTable, options: DiffusionOptions) -> tuple[Float, dict[str, Any]]:
    """Return the share of income that is invested, (N,), and its record."""
    if options.saving is not None:
        saving = regional("saving", options.saving, table)
        return saving, {"value": saving.tolist()}
    saving = investment_rate(table)
    if saving.any():
        return saving, {"value": "table", "citation": "GoesBekkers2022"}
    replacing = options.depreciation * options.capital_output
    return np.full(table.shape[0], replacing), {"value": "keeps capital as it is"}


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
