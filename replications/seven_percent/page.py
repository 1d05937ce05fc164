"""What decoupling costs, by model, with intervals, and taken apart.

``python -m replications.seven_percent.page [--out docs] [--cache FOLDER]``, from the root of a
checkout, writes ``seven-percent.md``. It takes some minutes, most of them for the diffusion model
on the whole of world-2022; draws and runs are kept in the cache, from which a broken run goes on.
Delete the cache when a model has changed.
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
from replications.pages import DOCS, fill, options, signed, write
from replications.seven_percent.runs import (
    DRAWS,
    DYNAMIC_DRAWS,
    SEED,
    STEP,
    WORLD_DRAWS,
    Inputs,
    drawn,
    headline,
    paper_numbers,
)
from replications.seven_percent.tables import (
    by_region,
    family,
    moved,
    published,
    rungs,
    switching,
)

TEMPLATE = Path(__file__).with_name("page.template.md")
OTHER_ORDER = ("linkages", "blocs", "barriers", "elasticities", "horizon", "diffusion")
DIFFERENCES = (
    "knowledge starts from GDP per head at market rates, not at purchasing-power parity, so that "
    "the poorer regions start farther behind and have more to lose;",
    "the base year is 2022, when the East is a larger part of the world and of its trade;",
    "our rest of East holds the whole rest of the world, and import shares common to all users of "
    "a country may put more foreign ideas into industries that in fact buy at home.",
)


def page(inputs: Inputs) -> str:
    """Return the whole page."""
    small, centres = inputs.small, inputs.centres
    ladder = dc.decompose(small)
    reordered = dc.decompose(small, order=OTHER_ORDER)
    theta, _ = theta_of("GB", small)
    dynamic = dc.tornado(
        small,
        dc.Assumptions(theta, inputs.blocs, options={"beta": 0.44}, model="diffusion"),
        centres=centres,
    )
    static = dc.tornado(small, centres=centres)
    parts = {
        "draws": str(DRAWS),
        "dynamic_draws": str(DYNAMIC_DRAWS),
        "drawn": drawn(inputs),
        "world_draws": str(WORLD_DRAWS),
        "seed": str(SEED),
        "cv": f"{CV:g}",
        "long_run_set": LONG_RUN_SET,
        "beta_low": f"{BETA[0]:g}",
        "beta_high": f"{BETA[1]:g}",
        "step": str(STEP),
        "headline": headline(inputs),
        "differences": "\n".join(f"- {difference}" for difference in DIFFERENCES),
        **paper_numbers(inputs),
        "long_run": long_run.world(),
        "waterfall": long_run.waterfall(),
        "ladder": rungs(ladder),
        "other_order": rungs(reordered),
        "regions": by_region(ladder),
        "tornado": moved(dynamic),
        "tornado_centre": signed(float(dynamic["centre"].iloc[0]), 1),
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
