"""Long-run losses on world-2022, by scenario, specification and variant.

``python -m replications.long_run.runs [--out FOLDER] [--only NAME ...]``, from the root of a
checkout, writes ``results.csv``. With ``--only`` the variants named are computed anew and all other
rows stay. The last two columns are seconds of the whole variant; variants with equal options share
a baseline and their seconds.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import xarray as xr

import iomodel as iom
from iomodel._io import atomic_path
from iomodel.effects.tables import WORLD
from iomodel.errors import InfeasibleError, SolverError
from iomodel.models.elasticities import SOURCES
from iomodel.models.long_run.diffusion import diffusion_paths
from iomodel.models.long_run.diffusion.options import BETA
from iomodel.scenario.scenario import Scenario
from iomodel.studies.decoupling.goes_bekkers import EAST, WEST
from iomodel.table.mrio import MRIOTable
from replications.goes_bekkers_2022.runs import INFERRED, PRINTED, population_and_income
from replications.goes_bekkers_2022.ten_by_six import MEMBERSHIPS, countries_of
from replications.pages import facts, options

__all__ = [
    "MAIN",
    "MEMBERSHIP",
    "POLICY_YEAR",
    "RESULTS",
    "SCENARIOS",
    "VARIANTS",
    "Variant",
    "distinct_memberships",
    "losses",
    "purchasing_power",
    "scenarios_of",
    "sides",
]

RESULTS = Path(__file__).with_name("results.csv")
POLICY_YEAR = 2026
# Scenarios that start from the same duties share a baseline and are solved side by side.
SCENARIOS: Sequence[Sequence[str]] = (
    (
        "us-china-decoupling",
        "two-bloc-decoupling",
        "two-bloc-decoupling-neutral",
        "two-bloc-electronics",
    ),
    ("us-china-tariff-100",),
)
# Scenarios of the variants.
VARIED: Sequence[Sequence[str]] = (("us-china-decoupling", "two-bloc-decoupling"),)
TITLES: Mapping[str, str] = {PRINTED: "printed", INFERRED: "inferred"}
REGIONS = ("USA", "CHN", "IND", "JPN", "KOR", "DEU", "VNM", "RUS")
NUMBERS = ("static", "cumulative", "level", "diffusion")
SECONDS = ("wall_seconds", "process_seconds")
COLUMNS = ("variant", "specification", "scenario", "region", *NUMBERS, *SECONDS)
MAIN, MEMBERSHIP = "main", "membership"
# The embargo has two members under every membership.
TWO_BLOCS: Sequence[Sequence[str]] = (("two-bloc-decoupling",),)
# Half the points of time: the cumulative change moves by less than .05 points.
VARIANT_STEP = 2


class Variant(NamedTuple):
    """One change of a specification: its kind, the specification, options, and the blocs."""

    kind: str
    specification: str
    options: Mapping[str, Any]
    membership: str = "reading"


def sides(membership: str) -> dict[str, list[str]]:
    """Return the regions of the western and the eastern bloc under a membership.

    Parameters
    ----------
    membership : str
        One of :data:`replications.goes_bekkers_2022.ten_by_six.MEMBERSHIPS`.
    """
    countries = countries_of(membership)
    return {
        bloc: sorted(code for group in groups for code in countries[group])
        for bloc, groups in (("west", WEST), ("east", EAST))
    }


def distinct_memberships() -> dict[str, list[str]]:
    """Return memberships that differ in their blocs, each with those that have the same blocs."""
    same_blocs: dict[tuple[str, ...], list[str]] = {}
    for membership in MEMBERSHIPS:
        same_blocs.setdefault(tuple(sides(membership)["east"]), []).append(membership)
    return {names[0]: names[1:] for names in same_blocs.values()}


def scenarios_of(variant: Variant) -> Sequence[Sequence[str]]:
    """Return the scenarios of a variant, side by side where they share a baseline."""
    return {MAIN: SCENARIOS, MEMBERSHIP: TWO_BLOCS}.get(variant.kind, VARIED)


def _variants() -> dict[str, Variant]:
    """Name the variants by what they change."""
    beta = {f"beta {value:g}": ("beta", {"beta": value}) for value in (0.34, 0.54)}
    sets = {name: ("elasticities", {"elasticities": name}) for name in SOURCES}
    market = {"market rates": ("knowledge", {"productivity": "data"})}
    changes: Mapping[str, Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        PRINTED: {
            **beta,
            **sets,
            "ideas add 1 point": ("arrival", {"ideas_growth": 1.0}),
            "ideas add 2 points": ("arrival", {"ideas_growth": 2.0}),
            **market,
        },
        INFERRED: {
            "exponent .7": ("exponent", {"exponent": 0.7}),
            "alpha .0074": ("arrival", {"alpha": 0.0074}),
            **beta,
            **sets,
            **market,
        },
    }
    variants = {
        f"{MAIN}, {TITLES[specification]}": Variant(MAIN, specification, {})
        for specification in changes
    }
    for specification, rows in changes.items():
        for name, (kind, changed) in rows.items():
            varied = {"step": VARIANT_STEP, **changed}
            variants[f"{name}, {TITLES[specification]}"] = Variant(kind, specification, varied)
        for membership in list(distinct_memberships())[1:]:
            variants[f"{membership}, {TITLES[specification]}"] = Variant(
                MEMBERSHIP, specification, {"step": VARIANT_STEP}, membership
            )
    return variants


VARIANTS: Mapping[str, Variant] = _variants()


def purchasing_power(table: MRIOTable) -> xr.DataArray:
    """Return GDP per head at purchasing-power parity by region, thousand dollars of 2020."""
    place = {str(region): [str(region)] for region in table.regions}
    return population_and_income(table, place, int(table.attrs["year"]))[1]


def losses(
    table: MRIOTable, scenarios: Sequence[Scenario], variant: Variant, **more: Any
) -> dict[tuple[str, str], dict[str, float]]:
    """Compute changes of real income of scenarios side by side.

    Parameters
    ----------
    table : MRIOTable
    scenarios : sequence of Scenario
        All start from the same duties and have names of their own.
    variant : Variant
    **more
        Further options of the model.

    Returns
    -------
    dict
        By name of the scenario and region, the world among them: ``static`` (beta 0, the policy's
        first year), ``cumulative`` (sum over the policy's years), ``level`` (last year), percent,
        and ``diffusion`` (the part of the cumulative change due to ideas, percentage points). The
        world is the mean at value added of the base year.

    Raises
    ------
    ScenarioError
        If the scenarios start from different duties.
    SolverError
        If a period has no equilibrium to tolerance.
    """
    settings = {"productivity": purchasing_power(table), **variant.options, **more}
    beta = settings.pop("beta", BETA)
    paths = diffusion_paths(
        table,
        scenarios,
        betas=(beta, 0.0),
        specification=variant.specification,
        policy_year=POLICY_YEAR,
        **settings,
    )
    weight = table.value_added.sum("sector")
    weight = weight / weight.sum()
    summed, income = paths["real_income_cumulative_pct"], paths["real_income_pct"]
    columns = {
        "static": income.sel(beta=0.0, time=POLICY_YEAR),
        "cumulative": summed.sel(beta=beta),
        "level": income.sel(beta=beta).isel(time=-1),
        "diffusion": summed.sel(beta=beta) - summed.sel(beta=0.0),
    }
    return {
        (scenario.name, region): {
            column: float(
                (change.sel(scenario=scenario.name) * weight).sum()
                if region == WORLD
                else change.sel(scenario=scenario.name, region=region)
            )
            for column, change in columns.items()
        }
        for scenario in scenarios
        for region in (WORLD, *REGIONS)
    }


def compute(table: MRIOTable, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of variants that share specification and options, solved side by side.

    Numbers are empty where a period has no equilibrium.
    """
    variant = VARIANTS[names[0]]
    wall, process = time.perf_counter(), time.process_time()
    computed: dict[tuple[str, str], dict[str, float]] = {}
    policies: dict[str, tuple[str, str]] = {}
    for group in scenarios_of(variant):
        scenarios = []
        for name in names:
            for title in group:
                blocs = {} if variant.kind != MEMBERSHIP else sides(VARIANTS[name].membership)
                key = f"{title}.{len(policies)}"
                scenarios.append(replace(Scenario.load(title, **blocs), name=key))
                policies[key] = (name, title)
        try:
            computed |= losses(table, scenarios, variant)
        except (InfeasibleError, SolverError):
            # Barriers may cost more than there is: one by one, what has an equilibrium.
            for scenario in scenarios:
                try:
                    computed |= losses(table, [scenario], variant)
                except (InfeasibleError, SolverError):
                    computed[str(scenario.name), WORLD] = {}
    spent = (time.perf_counter() - wall, time.process_time() - process)
    for (policy, region), numbers in computed.items():
        name, title = policies[policy]
        yield {
            "variant": name,
            "specification": variant.specification,
            "scenario": title,
            "region": region,
            **{key: f"{numbers[key]:.4f}" if numbers else "" for key in NUMBERS},
            **{key: f"{value / len(names):.0f}" for key, value in zip(SECONDS, spent, strict=True)},
        }


def store(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Write rows in the order of the variants."""
    order = list(VARIANTS)
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: order.index(row["variant"])))


def main(argv: Sequence[str] | None = None) -> None:
    """Compute variants and write the results after each."""
    parser = options(__doc__)
    parser.set_defaults(out=RESULTS.parent)
    parser.add_argument("--only", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    arguments = parser.parse_args(argv)
    path = arguments.out / RESULTS.name
    rows = facts(path) if path.exists() else []
    table = iom.load("world-2022")
    ordered = sorted(arguments.only, key=list(VARIANTS).index)
    for _, group in groupby(ordered, lambda name: VARIANTS[name]._replace(membership="")):
        names = list(group)
        rows = [row for row in rows if row["variant"] not in names]
        rows += compute(table, names)
        store(rows, path)
        print(", ".join(names), rows[-1]["wall_seconds"], rows[-1]["process_seconds"], flush=True)


if __name__ == "__main__":
    main()
