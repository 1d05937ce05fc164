"""Published estimates, scenarios that restate their shocks, and our answers at default options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

import iomodel as iom
from iomodel.effects.regions import own_groups
from iomodel.models.workbench import Workbench
from iomodel.studies.cut_cases import CORNERS, HEADLINE, cut_cases
from iomodel.studies.cut_headline import cut_headline
from iomodel.studies.supply_cuts import cut_bracket
from iomodel.table.groups import region_groups, resolve_sectors
from replications.pages import facts

__all__ = ["CUT_HEADLINE", "Answer", "Estimate", "answer", "estimates", "scenario_of"]

ESTIMATES = Path(__file__).with_name("estimates.csv")
SCENARIOS = Path(__file__).with_name("scenarios")
ANSWERED = "-answered"
CUT_HEADLINE = "headline"
"""Options of a row that is the headline of a supply cut, real income, in place of a run."""
LEVIER = "USA"
# Bounds and tolerance of the search for the best uniform duty, fractions.
HIGHEST_DUTY, DUTY_TOLERANCE = 2.0, 0.005


@dataclass(frozen=True)
class Estimate:
    """One published figure, and the run of ours that stands beside it.

    Attributes
    ----------
    source, key, year, shock : str
        Short name, key of ``references.bib``, year of publication, shock in words.
    region, measure, sectors : str
        Region or group; variable of effects, or one of :data:`MEASURES`; products of `output`.
    horizon : str
        That of the source, in words.
    low, high : float
        Percent; equal where one figure was published.
    scenario, table, options : str
        Our scenario, table and options by name, or :data:`CUT_HEADLINE`; all other options are
        defaults.
    why : str
        One sentence: why the two differ.
    """

    source: str
    key: str
    year: str
    shock: str
    region: str
    measure: str
    sectors: str
    horizon: str
    low: float
    high: float
    scenario: str
    table: str
    options: str
    why: str


@dataclass(frozen=True)
class Answer:
    """Our figure in percent, with the ends of its band where the run has one.

    Attributes
    ----------
    value, low, high : float
    band_alone : bool
        Whether no number stands for the band, as where deliveries are withheld within a year.
    """

    value: float
    low: float
    high: float
    band_alone: bool = False

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest figure that is put forward."""
        return (self.low, self.high) if self.band_alone else (self.value, self.value)


def estimates() -> list[Estimate]:
    """Return the published estimates in the order of their file."""
    return [
        Estimate(**{**line, "low": float(line["low"]), "high": float(line["high"])})  # type: ignore[arg-type]
        for line in facts(ESTIMATES)
    ]


def scenario_of(text: str, **parameters: Any) -> iom.Scenario:
    """Return a scenario of this folder or of the library, or one that all partners answer.

    Parameters
    ----------
    text : str
        Name, with ``-answered`` behind it for the answers, and parameters as ``name=value`` words.
    **parameters
        More of them.

    Returns
    -------
    Scenario
    """
    name, *words = text.split()
    parameters |= {key: float(value) for key, value in (word.split("=") for word in words)}
    if name.endswith(ANSWERED):
        return _answered(scenario_of(name.removesuffix(ANSWERED), **parameters))
    path = SCENARIOS / f"{name}.yaml"
    return iom.Scenario.load(path if path.exists() else name, **parameters)


def answer(estimate: Estimate) -> Answer:
    """Return our figure beside a published one."""
    if estimate.measure == "best_duty":
        return _exact(100.0 * best_duty(estimate.table, estimate.scenario, estimate.options))
    if estimate.options == CUT_HEADLINE:
        return _cut_headline(estimate)
    effects = _effects(estimate.table, estimate.scenario, estimate.options)
    measure = MEASURES.get(estimate.measure)
    return measure(effects, estimate) if measure else _of_region(effects, estimate)


# ---------------------------------------------------------------------- runs
@cache
def _workbench(table: str) -> Workbench:
    return Workbench(iom.load(table))


def _options(text: str) -> dict[str, Any]:
    """Return options from ``name=value`` words; whole numbers as such."""
    pairs = dict(word.split("=", 1) for word in text.split())
    return {name: int(value) if value.isdigit() else value for name, value in pairs.items()}


@cache
def _effects(table: str, scenario: str, options: str) -> iom.Effects:
    return iom.run(_workbench(table), scenario_of(scenario), **_options(options))


@cache
def _headline_frame(table: str, scenario: str) -> pd.DataFrame:
    """Return the headline of a supply cut by region, from its own cases of the bracket alone."""
    workbench, cut = _workbench(table), scenario_of(scenario)
    cases = [c for c in cut_cases(cut, ["scarce"], []) if c.key in (HEADLINE, *CORNERS)]
    headline = cut_headline(cut_bracket(workbench, cut, cases=cases), workbench.table.regions)
    if headline is None or headline.missing:
        raise ValueError(f"{scenario} lacks its headline or an end of its band")
    return headline.frame


@cache
def best_duty(table: str, scenario: str, options: str) -> float:
    """Return the uniform duty that is best for the real income of its levier, a fraction.

    One link of the chain of real GDP, which real income does not need.
    """
    workbench = _workbench(table)

    def loss(rate: float) -> float:
        duty = scenario_of(scenario, rate=float(rate))
        effects = iom.run(workbench, duty, **_options(options), links=1)
        return -float(effects["real_income_pct"].sel(region=LEVIER))

    best = minimize_scalar(
        loss, bounds=(0.0, HIGHEST_DUTY), method="bounded", options={"xatol": DUTY_TOLERANCE}
    )
    return float(best.x)


def _answered(scenario: iom.Scenario) -> iom.Scenario:
    """Return a scenario in which every partner levies its mean US duty on all US goods.

    Means are weighted by US imports of the table, in goods.
    """
    workbench = _workbench("world-2022")
    table, policy = workbench.table, workbench.policy(scenario)
    goods = np.isin(table.sectors, resolve_sectors("goods", table.sectors))
    levier = table.regions.index(LEVIER)
    flows = table.Z.sum("user_sector") + table.Y.sum("final_use")
    imports = flows.values[:, goods, levier]
    rise = (policy.tariff_new - policy.tariff_base)[:, goods, levier]
    rates = (imports * rise).sum(axis=1) / imports.sum(axis=1)
    answers = [
        iom.Tariff(importer=region, exporter=LEVIER, sectors="goods", rate=float(rate))
        for region, rate in zip(table.regions, rates, strict=True)
        if rate > 0.0 and region != LEVIER
    ]
    return iom.Scenario(
        (*scenario.shocks, *answers),
        name=f"{scenario.name}{ANSWERED}",
        title=f"{scenario.title}, answered",
        sources=scenario.sources,
    )


# ---------------------------------------------------------------------- measures
def _exact(value: float) -> Answer:
    return Answer(value, value, value)


def _cut_headline(estimate: Estimate) -> Answer:
    """Return real income after a supply cut with its band over elasticities and holders."""
    frame = _headline_frame(estimate.table, estimate.scenario)
    value, low, high = (
        float(frame[column].to_dict()[estimate.region]) for column in ("change", "low", "high")
    )
    return Answer(value, low, high)


def _of_region(effects: iom.Effects, estimate: Estimate) -> Answer:
    region, measure = estimate.region, estimate.measure
    known = {*region_groups(), *own_groups(effects.dataset)}
    frame = effects.by_region(groups=[region] if region in known else [])
    figures = dict(zip(frame.columns, frame.loc[[region]].to_numpy(np.float64)[0], strict=True))
    value = float(figures[measure])
    low, high = (float(figures.get(f"{measure}_{end}", value)) for end in ("low", "high"))
    alone = effects.parameters.get("band", {}).get("alone", False)
    return Answer(value, low, high, bool(alone) and low < high)


def _output(effects: iom.Effects, estimate: Estimate) -> Answer:
    """Return the change in output of a group of products, at base prices."""
    frame = effects.by_sector(estimate.region)
    names = resolve_sectors(estimate.sectors, effects.sectors)
    base, new = frame.loc[names, ["output_base", "output_new"]].to_numpy(np.float64).sum(axis=0)
    return _exact(100.0 * (new / base - 1.0))


def _buyers_share(effects: iom.Effects, estimate: Estimate) -> Answer:
    return _exact(float(effects.diagnostics["incidence"][estimate.region]["buyers_share_pct"]))


MEASURES: Mapping[str, Callable[[iom.Effects, Estimate], Answer]] = {
    "output": _output,
    "buyers_share_pct": _buyers_share,
}
