"""Build long-run.csv: population, its projected growth, and GDP, for paths to 2040.

Population and GDP are those of the World Bank, growth of population the medium variant of the
United Nations [UN2022WPP]_. Taiwan is in the second source only; ROW is the world less the regions
named, so that its growth is what the world's leaves. No projection of GDP was at hand: whoever
needs one extrapolates, and says so (:mod:`iomodel.models.long_run.projections`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder, read_icio, read_macro
from iomodel.errors import TableError
from iomodel.table.catalogue import load

GROWTH = Path(__file__).with_name("data") / "population_growth.csv"
FIRST_YEAR, LAST_YEAR, LAST_GDP_YEAR = 2010, 2024, 2023
KNOTS = (2025, 2030, 2035, 2040)
# Thousand persons, 2022. The source leaves Taiwan out; this figure is from memory, not re-read.
TAIWAN = 23_300.0

HEADER = """\
# What long-run paths start from. `population` in thousand persons and `gdp` in million current USD
# at market rates: World Bank, World Development Indicators (CC BY 4.0), 2010-2024 and 2010-2023.
# `population_growth` in percent a year: United Nations, World Population Prospects 2022, medium
# variant (CC BY 3.0 IGO), as tabulated in the R package wpp2022. basis: published; residual = the
# world less the regions named; recalled = from memory; table = value added of world-2022, where the
# source has no GDP (that of ROW may or may not hold Taiwan, so the residual is not used).
"""


def population(macro: pd.DataFrame, regions: Sequence[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Thousand persons by region and year, and the basis of each row."""
    years = list(range(FIRST_YEAR, LAST_YEAR + 1))
    persons = macro.reindex(list(regions))[years] / 1e3
    basis = dict.fromkeys(regions, "published")
    growth = pd.read_csv(GROWTH, index_col=0)
    # Taiwan's population hardly moved: it is carried from 2022 at the growth rate of 2025.
    rate = float(growth[str(KNOTS[0])]["TWN"]) / 100.0
    persons.loc["TWN"] = [TAIWAN * (1.0 + rate) ** (year - 2022) for year in years]
    listed = persons.drop(index=["ROW"])
    if listed.isna().any(axis=None):
        raise TableError(f"population is missing for {listed.index[listed.isna().any(axis=1)][0]}")
    # The world of the source leaves Taiwan out too.
    persons.loc["ROW"] = macro.loc["WLD", years] / 1e3 - listed.drop(index=["TWN"]).sum()
    return persons, basis | {"TWN": "recalled", "ROW": "residual"}


def growth_rates(people: pd.DataFrame) -> pd.DataFrame:
    """Percent a year by region and knot; ROW is the residual of the growth of the world."""
    rates = pd.read_csv(GROWTH, index_col=0)
    rates.columns = pd.Index([int(year) for year in rates.columns])
    regions = [str(r) for r in people.index if r != "ROW"]
    regional = rates.loc[regions].to_numpy(dtype=np.float64)
    world = rates.loc["WORLD"].to_numpy(dtype=np.float64)
    level = people.loc[regions, LAST_YEAR].to_numpy(dtype=np.float64)
    total, year = float(people[LAST_YEAR].to_numpy().sum()), LAST_YEAR
    residual = []
    for k, knot in enumerate(KNOTS):
        # Carried to the year before at the rates of the knot: only ROW's share of the world counts.
        span = knot - 1 - year
        level = level * (1.0 + regional[:, k] / 100.0) ** span
        total *= (1.0 + world[k] / 100.0) ** span
        year = knot - 1
        increase = world[k] * total - regional[:, k] @ level
        residual.append(round(float(increase / (total - level.sum())), 3))
    rates.loc["ROW"] = residual
    return rates.loc[list(people.index)]


def gdp(macro: pd.DataFrame, regions: Sequence[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Million USD by region and year, and the basis of each row."""
    years = list(range(FIRST_YEAR, LAST_GDP_YEAR + 1))
    income = macro.reindex(list(regions))[years]
    basis = dict.fromkeys(regions, "published")
    table = load("world-2022")
    value_added = dict(
        zip(table.regions, table.value_added.values.sum(axis=1).tolist(), strict=True)
    )
    for region in ("TWN", "ROW"):
        income.loc[region] = np.nan
        income.loc[region, 2022] = value_added[region]
        basis[region] = "table"
    published = income.drop(index=["TWN", "ROW"])
    if published.isna().any(axis=None):
        raise TableError(f"GDP is missing for {published.index[published.isna().any(axis=1)][0]}")
    return income, basis


def build(raw: Path, out: Path) -> Path:
    """Write the file under ``out/embedded``; the same raw data give the same bytes."""
    regions, macro = read_icio(raw).regions, read_macro(raw)
    people, people_basis = population(macro.population, regions)
    income, income_basis = gdp(macro.gdp, regions)
    rates = growth_rates(people)
    rate_basis = dict.fromkeys(regions, "published") | {"ROW": "residual"}
    years = [*range(FIRST_YEAR, LAST_YEAR + 1), *KNOTS]
    columns = ["variable", "region", "basis", *map(str, years)]
    rows = []
    for variable, frame, basis, digits in (
        ("population", people, people_basis, 0),
        ("gdp", income, income_basis, 0),
        ("population_growth", rates, rate_basis, 3),
    ):
        for region in regions:
            values = frame.loc[region].reindex(years).to_numpy(dtype=np.float64).tolist()
            cells = ["" if np.isnan(v) else f"{v:.{digits}f}" for v in values]
            rows.append([variable, region, basis[region], *cells])
    return write_csv(out / "embedded" / "long-run.csv", HEADER, columns, rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Build the file from the command line."""
    options = raw_folder(argv, __doc__ or "")
    print(build(options.raw, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
