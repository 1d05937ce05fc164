"""The runs behind docs/seven-percent.md that take minutes: draws and diffusion, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

import iomodel as iom
import iomodel.equilibrium as ge
import iomodel.studies.decoupling as dc
from iomodel.models.elasticities import LONG_RUN_SET, SOURCES
from iomodel.models.long_run.projections import labour_productivity
from iomodel.report.names import PAPER_REGIONS
from iomodel.scenario.scenario import Scenario
from iomodel.studies.decoupling.draws import BETA
from iomodel.studies.decoupling.estimates import LONG, TO_HORIZON
from iomodel.table.mrio import MRIOTable
from replications.pages import markdown, signed

DRAWS, DYNAMIC_DRAWS, WORLD_DRAWS, SEED = 400, 100, 64, 2022
STEP = 6


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
    def scenarios(self) -> dict[str, Scenario]:
        """The two headlines, on the whole table."""
        return {
            "US-China embargo": Scenario.load("us-china-decoupling"),
            "Two blocs, +160%": Scenario.load("two-bloc-decoupling"),
        }


def headline(inputs: Inputs) -> str:
    """Return the table of world losses by scenario and model, with intervals."""
    sample = dc.draw(dc.elasticity_centres(inputs.world), WORLD_DRAWS, SEED)
    paths = world_paths(inputs)
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
        row = [name, _bracket(centre, low, high)]
        for betas in ((0.0,), (0.44, *BETA)):
            part = paths.sel(scenario=name, beta=list(betas))
            middle = float(part.sel(set=LONG_RUN_SET, beta=betas[0]))
            sources = part.sel(set=list(SOURCES))
            row.append(_bracket(middle, float(sources.min()), float(sources.max())))
        rows.append(row)
    header = ["", "static", "to 2040, no diffusion", "to 2040, with diffusion"]
    return markdown(header, rows)


def world_income(table: MRIOTable, scenario: Scenario, model: str, **options: Any) -> float:
    """Return the change of the world's real income, percent, at base GDP weights."""
    income = iom.run(table, scenario, model, **options).by_region()["real_income_pct"]
    return float(income["WORLD"])


def say(words: str) -> None:
    """Tell how far long work is."""
    print(words, flush=True)


def world_paths(inputs: Inputs) -> xr.DataArray:
    """Return the world's loss in 2040 by set, scenario and beta, on the whole table."""
    betas = (0.44, *BETA, 0.0)
    sets = list(dict.fromkeys((LONG_RUN_SET, *SOURCES)))
    keys = [(s, n, b) for s in sets for n in inputs.scenarios for b in betas]
    ensemble = iom.run_batch(
        inputs.world,
        [
            iom.Case(
                f"{name}, {title}, beta {beta:g}",
                inputs.scenarios[title],
                "diffusion",
                {**TO_HORIZON, "beta": beta, "elasticities": name, "step": STEP},
            )
            for name, title, beta in keys
        ],
        keep=["real_income_pct"],
        path=inputs.cache / "diffusion",
        progress=say,
        on_error="raise",
    )
    world = ensemble.to_dataframe("real_income_pct", ["WORLD"]).to_numpy()
    return xr.DataArray(
        world.reshape(len(sets), len(inputs.scenarios), len(betas)),
        dims=("set", "scenario", "beta"),
        coords={"set": sets, "scenario": list(inputs.scenarios), "beta": list(betas)},
    )


def paper_numbers(inputs: Inputs) -> dict[str, str]:
    """Return losses with the paper's elasticities under several starts of knowledge."""
    scenario, small = inputs.blocs.costs(), inputs.small
    weight = small.value_added.values.sum(axis=1)

    def losses(beta: float, **options: Any) -> tuple[str, str]:
        settings = {**TO_HORIZON, "beta": beta, **options}
        effects = iom.run(small, scenario, "diffusion", **settings)
        income = effects["real_income_pct"].values
        world = float(effects.by_region()["real_income_pct"]["WORLD"])
        return signed(world, 1), signed(float(ge.world_mean(income, weight)), 1)

    central, at_base = losses(0.44)
    return {
        "ours_gb": central,
        "at_base": at_base,
        "ours_gb_still": losses(0.0)[1],
        "markup": losses(0.44, profits="markup")[1],
        "penn": losses(0.44, productivity=labour_productivity(small, 0.65))[1],
        "equal": losses(0.44, productivity="equal")[1],
    }


def drawn(inputs: Inputs) -> str:
    """Return medians and intervals by region from draws on the ten by six."""
    blocs = inputs.blocs
    variants = {
        "paper": blocs.costs(),
        "Latin America neutral": blocs.moved("gb-lac", "neutral").costs(),
        "India neutral": blocs.moved("gb-ind", "neutral").costs(),
    }
    columns = []
    for model, count, options in (
        ("equilibrium", DRAWS, {}),
        ("diffusion", DYNAMIC_DRAWS, {"step": STEP}),
    ):
        sample = dc.draw(inputs.centres, count, SEED, variants=list(variants))
        income = dc.run_sample(
            inputs.small,
            sample,
            variants,
            model=model,
            path=inputs.cache / f"draws-{model}",
            progress=say,
            **options,
        )
        columns.append(dc.interval(income["real_income_pct"]))
    rows = []
    for region in columns[0]["region"].values:
        cells = []
        for column in columns:
            low, middle, high = column.sel(region=region).values
            cells.append(_bracket(float(middle), float(low), float(high), 1))
        rows.append([named(str(region)), *cells])
    return markdown(["", "static", "to 2040, with diffusion"], rows)


def named(region: str) -> str:
    """Return the name of a region of the paper, or of the world."""
    return PAPER_REGIONS.get(region) or {"WORLD": "World"}.get(region, region)


# ---------------------------------------------------------------------- helpers
def _bracket(middle: float, low: float, high: float, digits: int = 2) -> str:
    return f"{signed(middle, digits)} ({signed(low, digits)} to {signed(high, digits)})"
