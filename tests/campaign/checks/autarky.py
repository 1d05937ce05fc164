"""Autarky of every region of world-2022 at every horizon.

The seed is the number of the case. An equilibrium is one with its certificate and without trade of
the region; a refusal names the region, a product and the reason why there is none: nobody makes it
at home, or goods need more of one another than they yield. No other refusal is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import iomodel as iom
from iomodel.errors import InfeasibleError, IOModelError
from iomodel.models.general_equilibrium import HORIZONS
from iomodel.models.workbench import Workbench
from tests.campaign.checks.library import POSITION
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

CERTIFIED = 1e-8


def check(seed: int) -> Outcome:
    """Close the borders of one region at one horizon."""
    regions, horizons = _world().table.regions, list(HORIZONS)
    horizon = horizons[seed // len(regions) % len(horizons)]
    return autarky(_world(), regions[seed % len(regions)], horizon)


def autarky(bench: Workbench, region: str, horizon: str) -> Outcome:
    """Close all borders of a region; its equilibrium, or the reason why there is none."""
    regions = bench.table.regions
    partners = [name for name in regions if name != region]
    scenario = iom.Scenario((iom.Embargo(between=[region, partners]),), name="autarky")
    case = f"{region} alone, horizon {horizon}"
    try:
        effects = iom.run(bench, scenario, "equilibrium", horizon=horizon, links=1)
    except IOModelError as error:
        if not _is_explained(error, region, bench.table.sectors):
            return wrong(f"{case}: refused without region, product and reason: {error}")
        return refused(error)
    n = regions.index(region)
    if not effects.diagnostics["residual"] < CERTIFIED:
        return wrong(f"{case}: residual {effects.diagnostics['residual']:.1e}")
    trade = [effects[f"{flow}_new"].values[n] for flow in ("exports", "imports")]
    if any(trade):
        return wrong(f"{case}: trade is left")
    # Real income also contains the end of a transfer: of a surplus, in oil say, a gain.
    if not effects["gdp_pct"].values[n] < 0.0:
        return wrong(f"{case}: nothing is lost")
    return RIGHT


# ---------------------------------------------------------------------- helpers
@lru_cache(maxsize=1)
def _world() -> Workbench:
    return Workbench(iom.load("world-2022"))


def _is_explained(error: IOModelError, region: str, sectors: Sequence[str]) -> bool:
    sector = rf"({'|'.join(sectors)})"
    causes = (
        rf"^{sector} in {region} has no supplier left",
        rf"no prices are finite in {region}: .* of {sector} in {region}, the least of all",
    )
    words = str(error)
    is_infeasible = isinstance(error, InfeasibleError) and not POSITION.search(words)
    return is_infeasible and any(re.search(cause, words) for cause in causes)
