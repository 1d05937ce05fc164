"""What decoupling costs, by model, with intervals, and taken apart.

``python -m replications.seven_percent.page [--out docs] [--cache FOLDER]``, from the root of a
checkout, writes ``seven-percent.md``. It takes some minutes, most of them for draws, which are kept
in the cache, from which a broken run goes on. Delete the cache when a model has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import iomodel as iom
import iomodel.studies.decoupling as dc
from iomodel.models.elasticities import LONG_RUN_SET
from iomodel.models.long_run.diffusion.inputs import theta_of
from iomodel.studies.decoupling.draws import BETA
from iomodel.studies.elasticity_draws import CV
from replications.long_run import page as long_run
from replications.long_run import waterfall
from replications.long_run.runs import POLICY_YEAR, VARIANT_STEP
from replications.pages import DOCS, fill, options, signed, write
from replications.seven_percent.runs import (
    DRAWS,
    DYNAMIC_DRAWS,
    OTHER_ORDER,
    SEED,
    WORLD_DRAWS,
    WORLD_PATH_DRAWS,
    WORLD_PATH_STEP,
    Inputs,
    drawn,
    headline,
    ladder,
)
from replications.seven_percent.tables import (
    by_region,
    family,
    lower_elasticities,
    moved,
    published,
    rungs,
    switching,
)

TEMPLATE = Path(__file__).with_name("page.template.md")


def page(inputs: Inputs) -> str:
    """Return the whole page."""
    small, centres = inputs.small, inputs.centres
    printed = ladder(inputs)
    world = printed["real_income_pct"].sel(region="WORLD")
    by_draw, unsolved = drawn(inputs)
    headlines, unsolved_world = headline(inputs)
    theta, _ = theta_of("GB", small)
    dynamic = dc.tornado(
        small,
        dc.Assumptions(theta, inputs.blocs, options=inputs.long_run, model="diffusion"),
        centres=centres,
    )
    static = dc.tornado(small, centres=centres)
    parts = {
        "draws": str(DRAWS),
        "dynamic_draws": str(DYNAMIC_DRAWS),
        "drawn": by_draw,
        "unsolved": str(unsolved),
        "world_draws": str(WORLD_DRAWS),
        "seed": str(SEED),
        "cv": f"{CV:g}",
        "long_run_set": LONG_RUN_SET,
        "beta_low": f"{BETA[0]:g}",
        "beta_high": f"{BETA[1]:g}",
        "step": str(VARIANT_STEP),
        "policy_year": str(POLICY_YEAR),
        "headline": headlines,
        "unsolved_world": unsolved_world,
        "path_draws": str(WORLD_PATH_DRAWS),
        "path_step": str(WORLD_PATH_STEP),
        "with_ideas": signed(float(world.sel(step="diffusion"))),
        "without_ideas": signed(float(world.sel(step="horizon"))),
        **lower_elasticities(inputs),
        "long_run": long_run.world(),
        "waterfall": waterfall.steps_table(),
        "image": waterfall.image(),
        "ladder": rungs(printed),
        "other_order": rungs(ladder(inputs, OTHER_ORDER)),
        "regions": by_region(printed),
        "tornado": moved(dynamic),
        "tornado_centre": signed(float(dynamic["centre"].iloc[0]), 2),
        "static_tornado": moved(static),
        "static_centre": signed(float(static["centre"].iloc[0]), 1),
        "switching": switching(inputs),
        "family": family(inputs),
        "published": published(),
    }
    return fill(TEMPLATE, parts)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page from the command line."""
    parser = options(__doc__)
    parser.add_argument("--cache", type=Path, default=DOCS.parent / "results" / "seven-percent")
    arguments = parser.parse_args(argv)
    world = iom.load("world-2022")
    inputs = Inputs(
        world,
        dc.goes_bekkers_table(world),
        dc.elasticity_centres(world, paper=True),
        arguments.cache,
    )
    write(arguments.out / "seven-percent.md", page(inputs))


if __name__ == "__main__":
    main()
