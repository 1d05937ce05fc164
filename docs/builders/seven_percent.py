"""What decoupling costs, by model, with intervals, and taken apart.

``python docs/builders/seven_percent.py [--out docs] [--cache FOLDER]`` writes
``seven-percent.md``. It takes some minutes, most of them for the diffusion model on the whole of
world-2022; draws and runs are kept in the cache, from which a broken run goes on. Delete the cache
when a model has changed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import iomodel as iom
import iomodel.decoupling as dc
from iomodel._io import atomic_path
from iomodel.decoupling.draws import BETA, CV
from iomodel.decoupling.dynamic import final_income
from iomodel.decoupling.goes_bekkers import EAST, GOODS, WEST
from iomodel.longrun.paths import labour_productivity
from iomodel.models.diffusion import diffusion_paths
from iomodel.models.diffusion.inputs import theta_of
from iomodel.models.elasticities import SETS
from iomodel.report.waterfall import PAPER_REGIONS, step_words
from iomodel.scenario.scenario import Scenario
from iomodel.table.mrio import MRIOTable

DRAWS, DYNAMIC_DRAWS, WORLD_DRAWS, SEED = 400, 100, 64, 2022
STEP = 6
TEMPLATE = Path(__file__).with_name("seven-percent.template.md")
OTHER_ORDER = ("linkages", "blocs", "barriers", "elasticities", "horizon", "diffusion")
DIFFERENCES = (
    "knowledge starts from GDP per head at market rates, not at purchasing-power parity, so that "
    "the poorer regions start farther behind and have more to lose;",
    "the base year is 2022, when the East is a larger part of the world and of its trade;",
    "our rest of East holds the whole rest of the world, and import shares common to all users of "
    "a country may put more foreign ideas into industries that in fact buy at home.",
)


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
    theta, _ = theta_of("CP", inputs.world)
    sample = dc.draw(dc.elasticity_centres(inputs.world), WORLD_DRAWS, SEED)
    paths = world_paths(inputs)
    rows = []
    for k, (name, scenario) in enumerate(inputs.scenarios.items()):
        centre = dc.static_income(inputs.world, scenario, theta).world
        drawn = dc.run_sample(
            inputs.world,
            sample,
            {"as given": scenario},
            path=inputs.cache / f"static-{scenario.name}.nc",
            progress=True,
        )["real_income_pct"]
        low, _, high = dc.interval(drawn.sel(region="WORLD")).values
        row = [name, _bracket(centre, low, high)]
        for betas in ((0.0,), (0.44, *BETA)):
            part = paths.isel(scenario=k).sel(beta=list(betas))
            middle = float(part.sel(set="CP", beta=betas[0]))
            row.append(_bracket(middle, float(part.min()), float(part.max())))
        rows.append(row)
    header = ["", "static", "to 2040, no diffusion", "to 2040, with diffusion"]
    return markdown(header, rows)


def world_paths(inputs: Inputs) -> xr.DataArray:
    """Return the world's loss in 2040 by set, scenario and beta, on the whole table."""
    betas = (0.44, *BETA, 0.0)
    found = []
    for name in SETS:
        path = inputs.cache / f"diffusion-{name}.csv"
        if not path.exists():
            run = diffusion_paths(
                inputs.world,
                list(inputs.scenarios.values()),
                betas=betas,
                elasticities=name,
                step=STEP,
            )
            cells = [
                [float(final_income(run.isel(scenario=k, beta=b), inputs.world)[0])
                 for b in range(len(betas))]
                for k in range(len(inputs.scenarios))
            ]  # fmt: skip
            with atomic_path(path) as temporary:
                pd.DataFrame(cells).to_csv(temporary, index=False)
            print(f"diffusion on world-2022 with elasticities {name}: done", flush=True)
        found.append(pd.read_csv(path).to_numpy())
    return xr.DataArray(
        np.stack(found),
        dims=("set", "scenario", "beta"),
        coords={"set": list(SETS), "beta": list(betas)},
    )


def paper_numbers(inputs: Inputs) -> dict[str, str]:
    """Return losses with the paper's elasticities under several starts of knowledge."""
    scenario, small = inputs.blocs.costs(), inputs.small
    weight = small.value_added.values.sum(axis=1)

    def losses(beta: float, **options: Any) -> tuple[str, str]:
        run = diffusion_paths(small, [scenario], betas=(beta,), **options)
        income = final_income(run.isel(scenario=0, beta=0), small)
        return signed(float(income[0]), 1), signed(float(income[1:] @ weight / weight.sum()), 1)

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
        found = dc.run_sample(
            inputs.small,
            sample,
            variants,
            model=model,
            path=inputs.cache / f"draws-{model}.nc",
            progress=True,
            **options,
        )
        columns.append(dc.interval(found["real_income_pct"]))
    rows = []
    for region in columns[0]["region"].values:
        cells = []
        for column in columns:
            low, middle, high = column.sel(region=region).values
            cells.append(_bracket(float(middle), float(low), float(high), 1))
        rows.append([_name(str(region)), *cells])
    return markdown(["", "static", "to 2040, with diffusion"], rows)


def rungs(ladder: xr.Dataset) -> str:
    """Return a decomposition as a table."""
    world = ladder.sel(region="WORLD")
    rows = []
    for step in ladder["step"].values:
        one = world.sel(step=step)
        rows.append(
            [
                step_words(str(step)),
                str(one["model"].item()),
                str(one["citation"].item()),
                signed(float(one["contribution_pct"]), 2),
                signed(float(one["real_income_pct"]), 2),
            ]
        )
    header = ["assumption", "model", "source", "adds", "together"]
    return markdown(header, rows, left=3)


def by_region(ladder: xr.Dataset) -> str:
    """Return contributions by region as a table."""
    steps = [str(s) for s in ladder["step"].values]
    rows = []
    for region in ladder["region"].values:
        part = ladder.sel(region=region)
        cells = [signed(float(v), 2) for v in part["contribution_pct"].values]
        whole = signed(float(part["real_income_pct"].isel(step=-1)), 2)
        rows.append([_name(str(region)), *cells, whole])
    return markdown(["", *(step_words(s) for s in steps), "together"], rows)


def moved(frame: pd.DataFrame) -> str:
    """Return a tornado as a table."""
    rows = [
        [r["assumption"], r["alternative"], signed(r["world_pct"], 1), signed(r["difference"], 1)]
        for r in frame.to_dict("records")
    ]
    return markdown(["assumption", "moved to", "loss", "difference"], rows, left=2)


def switching(inputs: Inputs) -> str:
    """Return what changing sides does as a table."""
    table = dc.goes_bekkers_table(inputs.world, apart=["ASEAN"])
    labels = [str(r) for r in table.regions]
    blocs = dc.Blocs.of(
        labels,
        [r for r in labels if r in WEST],
        [r for r in labels if r in (*EAST, "ASEAN")],
        "GoesBekkers2022",
    )
    frame = dc.switch_blocs(table, blocs)
    rows = [[_name(str(r)), *(signed(float(v), 2) for v in frame.loc[r])] for r in frame.index]
    return markdown(["", *map(str, frame.columns)], rows)


def family(inputs: Inputs) -> str:
    """Return the family of decouplings as a table."""
    small, blocs = inputs.small, inputs.blocs
    theta, _ = theta_of("GB", small)
    services = [s for s in small.sectors if s not in GOODS]
    cases: Mapping[str, Scenario] = {
        "32 points of duty on goods": blocs.tariffs(sectors=GOODS),
        "32 points of duty on goods and services": blocs.tariffs(sectors="all"),
        "rivalry: duties, non-tariff costs on goods and services": blocs.rivalry(
            goods=GOODS, services=services
        ),
        "electronics alone, iceberg +160%": blocs.costs(sectors=["gb-elm"]),
        "goods alone, iceberg +160%": blocs.costs(sectors=GOODS),
        "everything, iceberg +160%": blocs.costs(),
        "everything, no trade at all": blocs.embargo(),
        "everything, Latin America and India neutral": blocs.moved("gb-lac", "neutral")
        .moved("gb-ind", "neutral")
        .costs(),
    }
    rows = []
    for name, scenario in cases.items():
        found = dc.static_income(small, scenario, theta)
        worst = int(np.argmin(found.region))
        rows.append(
            [
                name,
                signed(found.world, 2),
                f"{_name(str(small.regions[worst]))} {signed(float(found.region[worst]), 1)}",
            ]
        )
    return markdown(["between the blocs", "world", "most hit"], rows)


def published() -> str:
    """Return the published estimates as a table."""
    rows: list[Sequence[str]] = []
    for r in dc.published_estimates().to_dict("records"):
        size = f"{r['low']:g}" if r["low"] == r["high"] else f"{r['low']:g} to {r['high']:g}"
        size = f"up to {size}" if r["bound"] == "upper" else size
        words = ("study", "citation", "shock", "model", "horizon", "scope")
        rows.append([*(r[name] for name in words), size])
    header = ["study", "key", "shock", "model", "horizon", "scope", "loss"]
    return markdown(header, rows, left=6)


def page(inputs: Inputs) -> str:
    """Return the whole page."""
    small, centres = inputs.small, inputs.centres
    ladder = dc.decompose(small)
    other = dc.decompose(small, order=OTHER_ORDER)
    theta, _ = theta_of("GB", small)
    dynamic = dc.tornado(small, dc.Case(theta, inputs.blocs, beta=0.44), centres=centres)
    static = dc.tornado(small, centres=centres)
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        draws=DRAWS,
        dynamic_draws=DYNAMIC_DRAWS,
        drawn=drawn(inputs),
        world_draws=WORLD_DRAWS,
        seed=SEED,
        cv=f"{CV:g}",
        beta_low=f"{BETA[0]:g}",
        beta_high=f"{BETA[1]:g}",
        step=STEP,
        headline=headline(inputs),
        differences=_list(DIFFERENCES),
        **paper_numbers(inputs),
        ladder=rungs(ladder),
        other_order=rungs(other),
        regions=by_region(ladder),
        tornado=moved(dynamic),
        tornado_centre=signed(float(dynamic["centre"].iloc[0]), 1),
        static_tornado=moved(static),
        static_centre=signed(float(static["centre"].iloc[0]), 1),
        switching=switching(inputs),
        family=family(inputs),
        published=published(),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page from the command line."""
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=root / "docs")
    parser.add_argument("--cache", type=Path, default=root / "results" / "seven-percent")
    options = parser.parse_args(argv)
    world = iom.load("world-2022")
    inputs = Inputs(
        world,
        dc.goes_bekkers_table(world),
        dc.elasticity_centres(world, paper=True),
        options.cache,
    )
    text, path = page(inputs), options.out / "seven-percent.md"
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    print(path)
    return 0


# ---------------------------------------------------------------------- helpers
def signed(value: float, digits: int) -> str:
    """Return a number as the other pages print it, a zero without a sign."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text.lstrip("+-")


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return a Markdown table whose first `left` columns are text and the rest numbers."""
    rule = ["---"] * left + ["---:"] * (len(header) - left)
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


def _bracket(middle: float, low: float, high: float, digits: int = 2) -> str:
    return f"{signed(middle, digits)} ({signed(low, digits)} to {signed(high, digits)})"


def _name(region: str) -> str:
    return PAPER_REGIONS.get(region) or {"WORLD": "World"}.get(region, region)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


if __name__ == "__main__":
    sys.exit(main())
