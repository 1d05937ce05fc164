"""Runs of the recursive model for docs/goes-bekkers.md: tables, specification and choices."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

import iomodel as iom
from datasets.published import WIOD_2013
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.long_run.diffusion import diffusion_paths, goes_bekkers_elasticities
from iomodel.models.long_run.diffusion.options import BETA
from iomodel.models.long_run.projections import labour_path, labour_productivity
from iomodel.models.long_run.regional_data import source_regions
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Tariff, TradeCost
from iomodel.studies.decoupling.goes_bekkers import EAST, GOODS, SECTORS, WEST, trade_weighted
from iomodel.table.groups import REST_OF_WORLD, region_groups
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

Case = tuple[str, float]

PPP = Path(__file__).with_name("ppp-gdp-2020.csv")
REGIONS = (*EAST, "gb-rwu", "gb-lac", "gb-e27", "gb-jpn", "gb-ode", "gb-usa")
# Percent of real income in 2040, read off Figure 10.
PUBLISHED: Mapping[Case, Float] = {
    case: np.array(row)
    for case, row in {
        ("full", BETA): (-8.28, -11.08, -10.52, -10.34, -7.60, -1.75, -4.17, -4.10, -2.91, -1.41),
        ("full", 0.0): (-5.21, -1.17, -9.50, -6.17, -8.15, -1.63, -4.38, -4.19, -2.86, -1.36),
        ("tariff", BETA): (-5.48, -7.67, -7.28, -5.72, -4.86, -0.83, -2.42, -2.48, -1.46, -0.62),
        ("tariff", 0.0): (-3.60, -1.00, -7.00, -3.20, -5.35, -0.78, -2.52, -2.47, -1.49, -0.61),
    }.items()
}
LATER = "trade of 2022 (world-2022), 18 years"
# The year in which the paper appeared; when its policy begins is not known.
BEGUN = 2022
FROM_BEGUN = f"policy from {BEGUN} on"
WITH_LESS_PROFIT = f"{FROM_BEGUN}, profits in value added"
WITH_LESS_OF_ALL = f"{FROM_BEGUN}, profits in value added, a quarter of the ideas"
PRODUCERS = "ideas from producers at large"
PRODUCERS_WITH_LESS_PROFIT = f"{PRODUCERS}, profits in value added"
OUTSIDE = "a tenth of the ideas, the rest of growth from outside (assumed)"
MARKET = "GDP per head at market rates"
# Mean growth of the baseline that the paper reports, percent a year.
GROWN = 3.64


class Base(NamedTuple):
    """A table of ten regions and six sectors, with people and output per head by region."""

    table: MRIOTable
    fine: MRIOTable
    labour: xr.DataArray
    ppp: xr.DataArray
    market: xr.DataArray


class Simulation(NamedTuple):
    """Losses of ten regions in percent by case, those of the policy's first year, and weights."""

    losses: dict[Case, Float]
    static: Float
    growth: Float
    weight: Float
    alpha: Mapping[str, float]

    def world(self, change: Float) -> float:
        """Return the mean at value added of the base year."""
        return float(change @ self.weight)

    def term(self, scenario: str = "full") -> Float:
        """Return what diffusion adds, percentage points by region."""
        return self.losses[scenario, BETA] - self.losses[scenario, 0.0]


def base_of(fine: MRIOTable, rest_of_world: str = "gb-rwc") -> Base:
    """Aggregate a table; its rest of the world goes with a group, or stays by itself ("ROW")."""
    groups = region_groups()
    place = {g: [r for r in fine.regions if r in groups[g] and r != REST_OF_WORLD] for g in REGIONS}
    place[rest_of_world] = [*place.get(rest_of_world, []), REST_OF_WORLD]
    table = fine.aggregate(regions=place, sectors={name: [name] for name in SECTORS})
    place = {str(region): place[str(region)] for region in table.regions}
    heads, ppp = population_and_income(fine, place, int(fine.attrs["year"]))
    productivity = labour_productivity(fine) * labour_path(fine, [int(fine.attrs["year"])])[0]
    market = _grouped(productivity.drop_vars("time"), place) / heads[0]
    return Base(table, fine, heads, ppp, market.drop_vars("time").rename(MARKET))


def population_and_income(
    fine: MRIOTable, place: Mapping[str, Sequence[str]], year: int
) -> tuple[xr.DataArray, xr.DataArray]:
    """Return people from a year to 2040 and GDP per head at PPP of 2020, by group.

    Parameters
    ----------
    fine : MRIOTable
        Of countries.
    place : mapping of str to sequence of str
        Regions of `fine` in each group.
    year : int
        First year.

    Returns
    -------
    DataArray (time, region), DataArray (region)
    """
    then = labour_path(fine, [2020])[0]
    listed = {row["region"]: float(row["gdp"]) for row in _rows(PPP)}
    countries = source_regions(fine)
    income = xr.zeros_like(then, dtype=np.float64)
    income.values = np.array([sum(listed[m] for m in countries[r]) for r in fine.regions])
    heads = _grouped(labour_path(fine, range(year, 2041)), place).transpose("time", "region")
    ppp = _grouped(income, place) / _grouped(then, place)
    return heads.rename("population"), ppp.rename("GDP per head at PPP, 2020")


def blocs(neutral: bool = False, sectors: Sequence[str] = SECTORS) -> list[Scenario]:
    """Return full and tariff decoupling; the rest of the world is in a bloc by its group."""
    west, east, goods = list(WEST), list(EAST), list(sectors)
    duties = tuple(Tariff(a, b, goods, 0.32) for a, b in ((west, east), (east, west)))
    cost = TradeCost(between=[west, east], sectors=goods, increase=1.6)
    return [Scenario((cost,), name="full"), Scenario(duties, name="tariff")]


def solve(base: Base, sectors: Sequence[str] = SECTORS, **options: Any) -> Simulation:
    """Run both scenarios with and without diffusion, as in the paper unless told otherwise."""
    as_in_paper = {"profits": "markup", "labour": base.labour, "productivity": base.ppp}
    paths = diffusion_paths(
        base.table, blocs(sectors=sectors), betas=(BETA, 0.0), **{**as_in_paper, **options}
    )
    paths = paths.sel(region=list(REGIONS))
    income, last = paths["real_income_pct"], paths["gdp_baseline"][:, -1]
    begins = paths.attrs["parameters"]["policy_year"]["value"]
    years = int(paths["time"][-1] - paths["time"][0])
    gdp = base.table.value_added.sum("sector").sel(region=list(REGIONS)).values
    return Simulation(
        {(s, b): income.sel(scenario=s, beta=b)[-1].values for s, b in PUBLISHED},
        income.sel(scenario="full", beta=0.0, time=begins).values,
        100.0 * (last.values ** (1.0 / years) - 1.0),
        gdp / gdp.sum(),
        paths.attrs["parameters"]["alpha"],
    )


def progressing(base: Base, **options: Any) -> Simulation:
    """Run with labour that grows more effective at one rate everywhere, to the paper's growth.

    The rate is found by the secant rule; growth is nearly linear in it.
    """

    def at_rate(rate: float) -> Simulation:
        years = base.labour["time"] - base.labour["time"][0]
        return solve(base, labour=base.labour * (1.0 + rate) ** years, **options)

    rates, runs = [0.0, 0.02], [at_rate(0.0), at_rate(0.02)]
    while abs(gap := GROWN - runs[-1].growth[0].mean()) > 1e-3:
        slope = (runs[-1].growth[0] - runs[-2].growth[0]).mean() / (rates[-1] - rates[-2])
        rates.append(rates[-1] + float(gap / slope))
        runs.append(at_rate(rates[-1]))
    return runs[-1]


def rungs(base: Base, main: Simulation) -> dict[str, Simulation]:
    """Return results of one choice changed at a time, and of some together."""
    theta, fine = goes_bekkers_elasticities(base.table), base.fine
    relative = base.ppp / float(base.ppp.mean())
    caliendo = trade_weighted(_resolved(fine), fine)
    made = base.table.Y.sel(final_use="GCF").sum(("region", "sector"))
    invested = made.rename(user_region="region") / base.table.value_added.sum("sector")
    return {
        "as above": main,
        LATER: solve(base_of(iom.load("world-2022"))),
        "trade of 2011 (WIOD), 29 years": solve(base_of(iom.read_wiod(WIOD_2013, 2011))),
        "until 2032 only, 18 years": solve(base, horizon=2032),
        "rest of the world in the West": solve(base_of(fine, "gb-rwu")),
        "rest of the world in neither bloc": solve(base_of(fine, REST_OF_WORLD)),
        "goods only": solve(base, GOODS),
        "deficits kept, shares of own income": solve(base, balance="share"),
        "deficits kept, shares of world income": solve(base, balance="fixed"),
        "profits in value added": solve(base, profits="value-added"),
        "elasticities `CP-99`, profits in value added": solve(
            base, profits="value-added", elasticities=caliendo
        ),
        "capital fixed": solve(base, capital="fixed"),
        "investment of the table over capital of three GDPs (assumed)": solve(
            base, investment_rate=invested / 3.0
        ),
        "labour share .5": solve(base, labour_share=0.5),
        "knowledge by GDP per head at market rates": solve(base, productivity=base.market),
        "knowledge equal": solve(base, productivity="equal"),
        "knowledge by the square (assumed)": solve(base, productivity=relative**2),
        "knowledge by the power theta": solve(base, productivity=relative**theta),
        "beta_ij scaled by theta, capped": solve(base, pairing="scaled-capped"),
        "knowledge keeps to its baseline": solve(base, arrival="baseline"),
        "baseline grows by 2.5 percent": solve(base, growth=2.5),
        "a quarter of the ideas": solve(base, alpha=main.alpha["beta 0.44"] / 4.0),
        "a tenth of the ideas": solve(base, alpha=main.alpha["beta 0.44"] / 10.0),
        "no ideas": solve(base, alpha=0.0),
        "no ideas, capital fixed": solve(base, alpha=0.0, capital="fixed"),
        "no ideas, profits in value added": solve(base, alpha=0.0, profits="value-added"),
        "a tenth of the ideas, profits in value added": solve(
            base, alpha=main.alpha["beta 0.44"] / 10.0, profits="value-added"
        ),
        OUTSIDE: progressing(base, alpha=main.alpha["beta 0.44"] / 10.0),
        PRODUCERS: solve(base, insight="producers"),
        PRODUCERS_WITH_LESS_PROFIT: solve(base, insight="producers", profits="value-added"),
        f"{PRODUCERS_WITH_LESS_PROFIT}, market rates": solve(
            base, insight="producers", profits="value-added", productivity=base.market
        ),
        FROM_BEGUN: solve(base, policy_year=BEGUN),
        WITH_LESS_PROFIT: solve(base, policy_year=BEGUN, profits="value-added"),
        WITH_LESS_OF_ALL: solve(
            base,
            policy_year=BEGUN,
            profits="value-added",
            alpha=main.alpha["beta 0.44"] / 4.0,
        ),
    }


def spearman(x: Float, y: Float) -> float:
    """Return the rank correlation of two rows without ties."""
    x_rank, y_rank = (np.argsort(np.argsort(values)).astype(np.float64) for values in (x, y))
    return float(np.corrcoef(x_rank, y_rank)[0, 1])


# ---------------------------------------------------------------------- helpers
def _grouped(cells: xr.DataArray, place: Mapping[str, Sequence[str]]) -> xr.DataArray:
    """Add up the regions of each group."""
    sums = [cells.sel(region=list(members)).sum("region") for members in place.values()]
    return xr.concat(sums, "region").assign_coords(region=list(place))


def _resolved(table: MRIOTable) -> xr.DataArray:
    """Return the set ``CP-99`` by sector of a table."""
    theta = resolve_elasticities("CP-99", table)[0]
    return xr.DataArray(theta, dims=("sector",), coords={"sector": list(table.sectors)})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))
