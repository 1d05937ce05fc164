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
from replications.goes_bekkers_2022.runs import base_of
from replications.long_run.runs import POLICY_YEAR, VARIANT_STEP
from replications.pages import markdown, signed

DRAWS, DYNAMIC_DRAWS, WORLD_DRAWS, SEED = 400, 100, 64, 2022
# Other assumptions stand in the same place in both orders of the page.
OTHER_ORDER = (
    *("linkages", "blocs", "production", "horizon", "diffusion"),
    *("barriers", "last-year"),
)
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


def headline(inputs: Inputs) -> str:
    """Return the table of world losses by scenario in the static model, with intervals."""
    sample = dc.draw(dc.elasticity_centres(inputs.world), WORLD_DRAWS, SEED)
    rows = []
    for name, scenario in inputs.scenarios.items():
        centre = world_income(
            inputs.world, scenario, "equilibrium", **LONG, elasticities=LONG_RUN_SET
        )
        draws = dc.run_sample(
            inputs.world,
            sample,
            {"as given": scenario},
            path=inputs.cache / f"static-{scenario.name}",
            progress=say,
        )["real_income_pct"]
        low, _, high = dc.interval(draws.sel(region="WORLD")).values
        rows.append([name, _bracket(centre, low, high)])
    return markdown(["", "static"], rows)


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


def _interval(bounds: xr.DataArray) -> str:
    """Return the median and the middle nine tenths of draws in words."""
    low, middle, high = map(float, bounds.values)
    if low > ALL_LOST / 2.0:
        return _bracket(middle, low, high, 1)
    return f"{signed(middle, 1)} (no equilibrium to {signed(high, 1)})"
