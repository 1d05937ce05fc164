"""The tables of docs/seven-percent.md that take seconds: rungs, levers, sides, published sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

import iomodel as iom
import iomodel.studies.decoupling as dc
from iomodel.models.long_run.diffusion import goes_bekkers_elasticities
from iomodel.report.figures.waterfall import step_words
from iomodel.scenario.scenario import Scenario
from iomodel.studies.decoupling.goes_bekkers import EAST, GOODS, WEST
from replications.pages import markdown, signed
from replications.seven_percent.runs import Inputs, named


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
    return markdown(header, rows, text_columns=3)


def lower_elasticities(inputs: Inputs) -> dict[str, str]:
    """Return the effect of elasticities of two on the loss from duties and from iceberg costs."""
    orders = {
        "low_duties": ("linkages", "blocs", "elasticities"),
        "low_barriers": ("linkages", "blocs", "barriers", "elasticities"),
    }
    added = {
        name: dc.decompose(inputs.small, inputs.blocs, order=order)["contribution_pct"]
        for name, order in orders.items()
    }
    return {
        name: signed(float(change.sel(region="WORLD", step="elasticities")))
        for name, change in added.items()
    }


def by_region(ladder: xr.Dataset) -> str:
    """Return contributions by region as a table."""
    steps = [str(s) for s in ladder["step"].values]
    rows = []
    for region in ladder["region"].values:
        part = ladder.sel(region=region)
        cells = [signed(float(v), 2) for v in part["contribution_pct"].values]
        whole = signed(float(part["real_income_pct"].isel(step=-1)), 2)
        rows.append([named(str(region)), *cells, whole])
    return markdown(["", *(step_words(s) for s in steps), "together"], rows)


def moved(frame: pd.DataFrame) -> str:
    """Return a tornado as a table."""
    rows = [
        [r["assumption"], r["alternative"], signed(r["world_pct"], 1), signed(r["difference"], 1)]
        for r in frame.to_dict("records")
    ]
    return markdown(["assumption", "moved to", "loss", "difference"], rows, text_columns=2)


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
    rows = [[named(str(r)), *(signed(float(v), 2) for v in frame.loc[r])] for r in frame.index]
    return markdown(["", *map(str, frame.columns)], rows)


def family(inputs: Inputs) -> str:
    """Return the family of decouplings as a table."""
    small, blocs = inputs.small, inputs.blocs
    theta = goes_bekkers_elasticities(small)
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
        effects = iom.run(small, scenario, "equilibrium", elasticities=theta, links=1)
        income = effects.by_region()["real_income_pct"]
        worst = str(income.drop("WORLD").idxmin())
        rows.append(
            [name, signed(float(income["WORLD"]), 2), f"{named(worst)} {signed(income[worst], 1)}"]
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
    return markdown(header, rows, text_columns=6)
