"""Population and GDP of the embedded file, added up to the regions of a table."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from iomodel.errors import LabelError
from iomodel.table.catalogue import embedded
from iomodel.table.countries import labels_by_country
from iomodel.table.groups import REST_OF_WORLD, region_groups
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["BASE", "RegionalData", "regional_data", "source_regions"]

BASE = 2022
"""Year with GDP of all regions."""


@dataclass(frozen=True)
class RegionalData:
    """Levels and growth rates by source region (rows) and year (columns).

    Attributes
    ----------
    regions : tuple of str
    population_years, population : ndarray
        Thousand persons.
    gdp_years, gdp : ndarray
        Million USD; NaN for regions observed in the base year alone.
    growth_years, growth : ndarray
        Projected growth of population, percent a year, in some future years.
    """

    regions: tuple[str, ...]
    population_years: Float
    population: Float
    gdp_years: Float
    gdp: Float
    growth_years: Float
    growth: Float

    def population_in(self, years: Float) -> Float:
        """Return thousand persons by source region and year, projected after the last observed."""
        last_year = self.population_years[-1]
        future = np.arange(last_year + 1.0, max(float(years.max()), last_year) + 1.0)
        rates = np.stack([np.interp(future, self.growth_years, row) for row in self.growth]) / 100.0
        projected = self.population[:, -1:] * np.cumprod(1.0 + rates, axis=1)
        all_years = np.concatenate([self.population_years, future])
        levels = np.concatenate([self.population, projected], axis=1)
        return np.stack([np.interp(years, all_years, row) for row in levels])

    def gdp_in(self, year: float) -> Float:
        """Return million USD by source region.

        Regions observed in the base year alone grow like all others together.
        """
        column = int(year - self.gdp_years[0])
        base = int(BASE - self.gdp_years[0])
        is_missing = np.isnan(self.gdp[:, column])
        growth = self.gdp[~is_missing, column].sum() / self.gdp[~is_missing, base].sum()
        return np.where(is_missing, self.gdp[:, base] * growth, self.gdp[:, column])

    def added_up(self, cells: Float, groups: Mapping[str, Sequence[str]]) -> Float:
        """Return sums of rows over the source regions of each region of a table, (R, years)."""
        row = {region: k for k, region in enumerate(self.regions)}
        return np.stack(
            [cells[[row[r] for r in sources]].sum(axis=0) for sources in groups.values()]
        )


@lru_cache(maxsize=1)
def regional_data() -> RegionalData:
    """Read the embedded file."""
    rows: dict[str, dict[str, dict[int, float]]] = {}
    with embedded("long-run.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(line for line in stream if not line.startswith("#")):
            variable, region = row.pop("variable"), row.pop("region")
            del row["basis"]
            rows.setdefault(variable, {})[region] = {int(y): float(v) for y, v in row.items() if v}
    regions = tuple(rows["population"])

    def block(variable: str) -> tuple[Float, Float]:
        years = sorted({y for cells in rows[variable].values() for y in cells})
        cells = [[rows[variable][r].get(y, np.nan) for y in years] for r in regions]
        return np.array(years, dtype=np.float64), np.array(cells)

    return RegionalData(regions, *block("population"), *block("gdp"), *block("population_growth"))


def source_regions(table: MRIOTable) -> dict[str, list[str]]:
    """Return the source regions behind each region of a table.

    Parameters
    ----------
    table : MRIOTable
        Regions are source regions, groups of them, or ROW: all source regions of no other label.

    Returns
    -------
    dict of str to list of str

    Raises
    ------
    LabelError
        If a label is neither a source region nor a group, or two labels share a region.
    """
    available, groups = set(regional_data().regions), region_groups()
    by_country = labels_by_country(tuple(map(str, table.regions)))
    codes = {label: code for code, labels in by_country.items() for label in labels}
    sources: dict[str, list[str]] = {}
    for label in map(str, table.regions):
        if label == REST_OF_WORLD:
            continue
        code = codes.get(label, label)
        if code not in available and label not in groups:
            raise LabelError(
                f"no population or GDP is known for region {label!r}; name it by its ISO code or a "
                "group, or pass labour= and productivity= yourself"
            )
        members = [r for r in groups.get(label, ()) if r in available]
        sources[label] = [code] if code in available else members
    assigned = [region for members in sources.values() for region in members]
    repeated = sorted({r for r in assigned if assigned.count(r) > 1})
    if repeated:
        raise LabelError(f"region {repeated[0]} lies in two regions of the table; map it once")
    if REST_OF_WORLD in map(str, table.regions):
        sources[REST_OF_WORLD] = sorted(available - set(assigned))
    empty = [label for label, members in sources.items() if not members]
    if empty:
        raise LabelError(
            f"no population or GDP is known for region {empty[0]!r}; pass labour= and "
            "productivity= yourself"
        )
    return sources
