"""A baseline and scenarios of the recursive model, for several exponents side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

import iomodel.diffusion as df
import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import BALANCE
from iomodel.errors import IOModelError, ScenarioError, unknown_label
from iomodel.models.general_equilibrium.equilibrium.base import start_of
from iomodel.models.long_run.diffusion.inputs import (
    investment_shares,
    knowledge_of,
    labour_of,
    regional,
    theta_of,
)
from iomodel.models.long_run.diffusion.years import paths_note, points_of_time, policy_begins
from iomodel.models.options import closure_of
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "ALPHA_GROWTH",
    "BETA",
    "DEPRECIATION",
    "GROWTH",
    "HANDLES",
    "LABOUR_SHARE",
    "Options",
    "Run",
    "simulated",
]


HANDLES = frozenset({"tariff", "trade_cost", "embargo", "productivity"})
CAPITAL = ("accumulates", "fixed")
PROFITS = ("value-added", "markup")
ARRIVAL = ("own", "baseline")
# Published: the exponent, the growth of the arrival rate and mean growth of the baseline.
BETA, ALPHA_GROWTH, GROWTH = 0.44, 0.0118, 3.64
# Ours: the rate that GTAP uses for all regions (from memory), and the labour share of all countries
# of WIOD together, .60 in 2000 and .58 in 2014.
DEPRECIATION, LABOUR_SHARE = 0.04, 0.6
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
class Options:
    """The options of :func:`iomodel.models.long_run.diffusion.diffusion`, which documents them."""

    horizon: int = 2040
    step: int = 1
    policy_year: int | None = None
    elasticities: str | float | xr.DataArray = "GB"
    balance: str = "zero"
    pairing: str = "plain"
    insight: str = "goods"
    growth: float = GROWTH
    alpha: float | None = None
    alpha_growth: float = ALPHA_GROWTH
    labour: str | float | xr.DataArray = "data"
    productivity: str | xr.DataArray = "data"
    capital: str = "accumulates"
    profits: str = "value-added"
    arrival: str = "own"
    investment_rate: float | xr.DataArray | None = None
    depreciation: float = DEPRECIATION
    labour_share: float | xr.DataArray = LABOUR_SHARE
    checkpoint: str | os.PathLike[str] | None = None
    progress: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        """Refuse words that are not known."""
        for what, word, valid in (
            ("capital", self.capital, CAPITAL),
            ("profits", self.profits, PROFITS),
            ("arrival", self.arrival, ARRIVAL),
        ):
            if word not in valid:
                raise unknown_label(f"{what} of model diffusion", word, valid)
        closure_of("balance", self.balance, BALANCE)


@dataclass(frozen=True)
class Run:
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
    table: MRIOTable, scenarios: Sequence[Scenario], betas: Sequence[float], chosen: Options
) -> Run:
    """Run a baseline and scenarios for every exponent; errors as in ``diffusion``."""
    if not scenarios or not betas:
        raise IOModelError("give at least one scenario and one beta")
    years = points_of_time(table, chosen.horizon, chosen.step)
    begin = policy_begins(years, chosen.policy_year)
    theta, theta_record = theta_of(chosen.elasticities, table)
    policies = [scenario.lower(table) for scenario in scenarios]
    elasticities, closure = ge.Elasticities(theta), ge.Closure(balance=chosen.balance)
    start = start_of(table, _common_duties(policies), elasticities, closure)
    base = start.economy
    if chosen.profits == "markup":
        base = df.with_profits(base, theta, table.sectors, table.regions)
    factors, factors_record, goods_note = _factors(table, base, years, chosen)
    knowledge, knowledge_record = knowledge_of(chosen.productivity, table)
    world = df.World(
        base, elasticities, closure, factors, knowledge, np.asarray(years, dtype=np.float64)
    )
    ideas = df.Ideas(
        df.exponents(np.array(betas, dtype=np.float64), theta, chosen.pairing, table.sectors),
        np.full(len(betas), chosen.alpha or 0.0),
        chosen.alpha_growth,
        chosen.insight,
    )
    if chosen.alpha is None:
        ideas = df.scaled_ideas(world, ideas, chosen.growth / 100.0, progress=chosen.progress)
    P, B = 1 + len(policies), len(betas)
    course = df.simulate(
        world,
        _shock(policies, len(betas)),
        replace(ideas, beta=np.concatenate([ideas.beta] * P), alpha=np.tile(ideas.alpha, P)),
        begin=begin,
        links=LINKS,
        teachers=None if chosen.arrival == "own" else [*range(B)] * P,
        checkpoint=None if chosen.checkpoint is None else Path(chosen.checkpoint),
        progress=chosen.progress,
    )
    return Run(
        course=course,
        betas=tuple(betas),
        flow=start.trade,
        parameters={
            "beta": _cited(betas[0], BETA),
            "pairing": chosen.pairing,
            "insight": chosen.insight,
            "alpha": {f"beta {b:g}": float(a) for b, a in zip(betas, ideas.alpha, strict=True)},
            "alpha_growth": _cited(chosen.alpha_growth, ALPHA_GROWTH),
            "growth": _cited(chosen.growth, GROWTH),
            "horizon": {"value": chosen.horizon},
            "step": chosen.step,
            "policy_year": {"value": years[begin]},
            "elasticities": theta_record,
            "balance": chosen.balance,
            "arrival": chosen.arrival,
            "productivity": knowledge_record,
            **factors_record,
        },
        notes=(
            paths_note(years, begin),
            *NOTES,
            PROFIT_NOTES[chosen.profits],
            goods_note,
            *([GAPS] if knowledge_record["value"] == "data" else []),
            *([REBASED] if chosen.balance == "zero" else []),
        ),
    )


# ---------------------------------------------------------------------- helpers
def _factors(
    table: MRIOTable, base: ge.Economy, years: Sequence[int], chosen: Options
) -> tuple[df.Factors, dict[str, Any], str]:
    """Return labour and capital, their record, and a sentence on investment goods."""
    people, record = labour_of(chosen.labour, table, years)
    goods, note = investment_shares(table, base.final_share)
    share = regional("labour_share", chosen.labour_share, table)
    kept = chosen.capital == "fixed"
    given = chosen.investment_rate
    steady = chosen.depreciation + chosen.growth / 100.0
    rate = regional("investment_rate", steady if given is None else given, table)
    factors = df.Factors(
        labour=people,
        labour_share=share,
        investment_rate=np.zeros_like(rate) if kept else rate,
        depreciation=0.0 if kept else chosen.depreciation,
        investment_share=goods,
    )
    common = not isinstance(chosen.labour_share, xr.DataArray)
    return (
        factors,
        {
            "labour": record,
            "labour_share": chosen.labour_share if common else share,
            "capital": chosen.capital,
            "profits": chosen.profits,
            "depreciation": chosen.depreciation,
            **({} if given is None else {"investment_rate": rate.tolist()}),
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


def _shock(policies: Sequence[PolicyArrays], betas: int) -> ge.Shock:
    """Return the baseline and the policies, each once for every exponent."""
    S, R = policies[0].productivity.T.shape

    def members(nothing: Float, each: Sequence[Float]) -> Float:
        return np.repeat(np.stack([nothing, *each]), betas, axis=0)

    cost = [np.where(p.delivered == 0.0, np.inf, p.trade_cost).transpose(1, 0, 2) for p in policies]
    return ge.Shock(
        tariff=members(
            policies[0].tariff_base.transpose(1, 0, 2),
            [p.tariff_new.transpose(1, 0, 2) for p in policies],
        ),
        trade_cost=members(np.ones((S, R, R)), cost),
        productivity=members(np.ones((S, R)), [p.productivity.T for p in policies]),
    )


def _cited(value: float, published: float) -> dict[str, Any]:
    return {"value": value, **({"citation": "GoesBekkers2022"} if value == published else {})}
