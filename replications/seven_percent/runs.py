"""Draws behind docs/seven-percent.md, which take minutes, and the options of its long run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

import iomodel as iom
import iomodel.studies.decoupling as dc
from iomodel.models.elasticities import LONG_RUN_SET
from iomodel.report.names import PAPER_REGIONS
from iomodel.scenario.scenario import Scenario
from iomodel.studies.decoupling.estimates import LONG
from iomodel.table.mrio import MRIOTable
from replications.goes_bekkers_2022.runs import PRINTED, base_of
from replications.long_run.results import main_losses
from replications.long_run.runs import (
    POLICY_YEAR,
    VARIANT_STEP,
    distinct_memberships,
    purchasing_power,
    sides,
)
from replications.pages import markdown, signed

DRAWS, DYNAMIC_DRAWS, WORLD_DRAWS, SEED = 400, 100, 64, 2022
# Other assumptions stand in the same place in both orders of the page.
OTHER_ORDER = (
    *("linkages", "blocs", "production", "horizon", "diffusion"),
    *("barriers", "last-year"),
)
# A draw of the long run on the whole table costs as much as twenty static ones: half as many draws,
# in periods of four years, fixed before they were run.
WORLD_PATH_DRAWS, WORLD_PATH_STEP = 32, 4
# Stands for a loss without an equilibrium: barriers cost more than there is, percent.
ALL_LOST = -100.0


@dataclass(frozen=True)
class Inputs:
    """Tables and scenarios of the page."""

    world: MRIOTable
    small: MRIOTable
    centres: xr.DataArray
    cache: Path

    @property
    def blocs(self) -> dc.Blocs:
        """The paper's blocs on the ten by six."""
        return dc.default_blocs(self.small)

    @property
    def long_run(self) -> dict[str, Any]:
        """Options of the long run on the ten by six: policy year, step, knowledge at the start."""
        knowledge = base_of(self.world).ppp
        return {"policy_year": POLICY_YEAR, "step": VARIANT_STEP, "productivity": knowledge}

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The two headlines, on the whole table."""
        return {
            "US-China embargo": Scenario.load("us-china-decoupling"),
            "Two blocs, +160%": Scenario.load("two-bloc-decoupling"),
        }


def headline(inputs: Inputs) -> tuple[str, str]:
    """Return world losses by scenario, static and as printed, with intervals from draws.

    And the number of draws of the long run without an equilibrium in words, by scenario that has
    any.
    """
    rows, unsolved = [], []
    for name, scenario in inputs.scenarios.items():
        centre = world_income(
            inputs.world, scenario, "equilibrium", **LONG, elasticities=LONG_RUN_SET
        )
        static, paths = world_draws(inputs, scenario)
        bounds = dc.interval(static["real_income_pct"].sel(region="WORLD"))
        long_run = main_losses(PRINTED, str(scenario.name))
        cells = [_bracket(centre, float(bounds[0]), float(bounds[-1]))]
        for column, variable in (
            ("cumulative", "real_income_cumulative_pct"),
            ("level", "real_income_pct"),
        ):
            by_draw = paths[variable].sel(region="WORLD")
            bounds = dc.interval(by_draw.fillna(ALL_LOST))
            cells.append(_interval(bounds, long_run[column], 2))
        rows.append([name, *cells])
        if count := int(by_draw.isnull().sum()):
            summed = paths["real_income_cumulative_pct"].sel(region="WORLD")
            largest = signed(float(summed.min()))
            unsolved.append(f"{count} of {name} (the largest loss of the others is {largest})")
    header = ["", "static model", f"as printed, sum of {POLICY_YEAR}-2040", "level of 2040"]
    return markdown(header, rows), " and ".join(unsolved) or "none"


def world_draws(inputs: Inputs, scenario: Scenario) -> tuple[xr.Dataset, xr.Dataset]:
    """Return draws on the whole table: of the static model, and of the long run as printed.

    The latter are the first of the former, with beta and membership of the blocs drawn too.
    """
    centres, title = dc.elasticity_centres(inputs.world), str(scenario.name)
    static = dc.run_sample(
        inputs.world,
        dc.draw(centres, WORLD_DRAWS, SEED),
        {"as given": scenario},
        path=inputs.cache / f"static-{title}",
        progress=say,
    )
    memberships = dict.fromkeys(distinct_memberships(), scenario)
    if title == "two-bloc-decoupling":
        memberships = {name: Scenario.load(title, **sides(name)) for name in memberships}
    paths = dc.run_sample(
        inputs.world,
        dc.draw(centres, WORLD_PATH_DRAWS, SEED, variants=list(memberships)),
        memberships,
        model="diffusion",
        policy_year=POLICY_YEAR,
        step=WORLD_PATH_STEP,
        productivity=purchasing_power(inputs.world),
        path=inputs.cache / f"printed-{title}",
        progress=say,
    )
    return static, paths


def world_income(table: MRIOTable, scenario: Scenario, model: str, **options: Any) -> float:
    """Return the change of the world's real income, percent, at base GDP weights."""
    income = iom.run(table, scenario, model, **options).by_region()["real_income_pct"]
    return float(income["WORLD"])


def say(words: str) -> None:
    """Tell how far long work is."""
    print(words, flush=True)


def ladder(inputs: Inputs, order: Sequence[str] = dc.ORDER) -> xr.Dataset:
    """Return the loss of the ten by six decomposed, up to the model as printed."""
    return dc.decompose(inputs.small, inputs.blocs, order=order, **inputs.long_run)


def drawn(inputs: Inputs) -> tuple[str, int]:
    """Return medians and intervals by region from draws on the ten by six.

    And the number of draws of the long run without an equilibrium, which count as the largest
    losses.
    """
    blocs = inputs.blocs
    variants = {
        "paper": blocs.costs(),
        "Latin America neutral": blocs.moved("gb-lac", "neutral").costs(),
        "India neutral": blocs.moved("gb-ind", "neutral").costs(),
    }
    samples = {}
    for model, count, options in (
        ("diffusion", DYNAMIC_DRAWS, inputs.long_run),
        ("equilibrium", DRAWS, {}),
    ):
        samples[model] = dc.run_sample(
            inputs.small,
            dc.draw(inputs.centres, count, SEED, variants=list(variants)),
            variants,
            model=model,
            path=inputs.cache / f"draws-{model}",
            progress=say,
            **options,
        )
    paths = samples["diffusion"]
    income = {
        f"as printed, sum of {POLICY_YEAR}-2040": paths["real_income_cumulative_pct"],
        "as printed, level of 2040": paths["real_income_pct"],
        "static model": samples["equilibrium"]["real_income_pct"],
    }
    intervals = {name: dc.interval(change.fillna(ALL_LOST)) for name, change in income.items()}
    rows = [
        [
            named(str(region)),
            *(_interval(bounds.sel(region=region)) for bounds in intervals.values()),
        ]
        for region in paths["region"].values
    ]
    unsolved = int(paths["real_income_pct"].sel(region="WORLD").isnull().sum())
    return markdown(["", *income], rows), unsolved


def named(region: str) -> str:
    """Return the name of a region of the paper, or of the world."""
    return PAPER_REGIONS.get(region) or {"WORLD": "World"}.get(region, region)


# ---------------------------------------------------------------------- helpers
def _bracket(middle: float, low: float, high: float, digits: int = 2) -> str:
    return f"{signed(middle, digits)} ({signed(low, digits)} to {signed(high, digits)})"


def _interval(bounds: xr.DataArray, centre: float | None = None, digits: int = 1) -> str:
    """Return a centre, or else the median, and the middle nine tenths of draws in words."""
    low, median, high = map(float, bounds.values)
    middle = median if centre is None else centre
    if low > ALL_LOST / 2.0:
        return _bracket(middle, low, high, digits)
    return f"{signed(middle, digits)} (no equilibrium to {signed(high, digits)})"
