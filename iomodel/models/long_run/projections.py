r"""Population and GDP per head by region, observed and carried on to 2040.

Population follows the medium variant of the United Nations [UN2022WPP]_, a published projection.
GDP per head does not: no projection was at hand, so its path is an extrapolation by rule, the
region's own growth of the last ten years over the world's, halved every ten years.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.table.catalogue import embedded
from iomodel.table.groups import region_groups
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["labour_path", "labour_productivity", "members", "productivity_path"]


REST = "ROW"
BASE = 2022
WINDOW = 10
POPULATION_NOTE = (
    "Population stands for labour: World Bank to {last}, then the growth rates of the United "
    "Nations' World Population Prospects 2022, medium variant, linear between 2025, 2030, 2035 "
    "and 2040 and constant after."
)
PRODUCTIVITY_NOTE = (
    "GDP per head of population in current USD at market exchange rates, {year}; not at "
    "purchasing-power parity, and not per worker. Taiwan and the rest of the world from the value "
    "added of world-2022."
)
PENN_NOTE = " Relative to the world's mean raised to the power {exponent:g}, an assumption."
TREND_NOTE = (
    "An extrapolation by rule, not a published projection: growth of GDP per head in current USD "
    "over that of the world, {first}-{last}, goes on from {last} and is halved every {half:g} "
    "years; the growth of the world itself is left out."
)


@dataclass(frozen=True)
class _File:
    """The embedded file: levels and rates by region and year."""

    regions: tuple[str, ...]
    population_years: Float
    population: Float
    gdp_years: Float
    gdp: Float
    knots: Float
    growth: Float


def labour_path(table: MRIOTable, years: Sequence[int]) -> xr.DataArray:
    """Return population by year and region, which stands for labour.

    Parameters
    ----------
    table : MRIOTable
        Gives the regions: ISO codes, groups of them (as after aggregation), or ROW, which is all
        that no other label of the table stands for.
    years : sequence of int
        Calendar years from 2010 on.

    Returns
    -------
    xarray.DataArray (time, region)
        Thousand persons; attributes ``citation``, ``note`` and ``units``.

    Raises
    ------
    LabelError
        If a region is unknown, or a year lies before the first observed.
    """
    file, wanted = _file(), np.asarray(list(years), dtype=np.float64)
    if wanted.min(initial=np.inf) < file.population_years[0]:
        raise LabelError(
            f"population starts in {file.population_years[0]:.0f}; pass labour= for the years "
            f"from {wanted.min():.0f}"
        )
    return xr.DataArray(
        _grouped(_population(file, wanted), members(table)).T,
        dims=("time", "region"),
        coords={"time": [int(y) for y in wanted], "region": list(table.regions)},
        name="population",
        attrs={
            "units": "thousand persons",
            "citation": "WorldBankWDI; UN2022WPP",
            "note": POPULATION_NOTE.format(last=f"{file.population_years[-1]:.0f}"),
        },
    )


def labour_productivity(table: MRIOTable, exponent: float = 1.0) -> xr.DataArray:
    """Return GDP per head in the year of the table.

    Parameters
    ----------
    table : MRIOTable
        Its year, or the nearest observed (2010-2023).
    exponent : float
        Power to which income relative to the world's mean is raised. Market exchange rates
        overstate gaps in productivity (the Penn effect); an exponent near 0.65 brings them near
        purchasing-power parities, which is an assumption and not data.

    Returns
    -------
    xarray.DataArray (region)
        Current USD per person at market exchange rates.

    Raises
    ------
    LabelError
        If a region is unknown.
    """
    file = _file()
    asked = float(table.attrs.get("year") or BASE)
    year = float(np.clip(asked, file.gdp_years[0], file.gdp_years[-1]))
    groups = members(table)
    income = _grouped(_gdp(file, year)[:, None], groups)[:, 0]
    people = _grouped(_population(file, np.array([year])), groups)[:, 0]
    level = 1e3 * income / people
    mean = 1e3 * income.sum() / people.sum()
    shrunk = "" if exponent == 1.0 else PENN_NOTE.format(exponent=exponent)
    return xr.DataArray(
        mean * (level / mean) ** exponent,
        dims=("region",),
        coords={"region": list(table.regions)},
        name="gdp_per_head",
        attrs={
            "units": "USD per person",
            "citation": "WorldBankWDI",
            "note": PRODUCTIVITY_NOTE.format(year=f"{year:.0f}") + shrunk,
        },
    )


def productivity_path(
    table: MRIOTable, years: Sequence[int], half_life: float = 10.0
) -> xr.DataArray:
    r"""Return GDP per head relative to the world, extrapolated by rule from the table's year.

    With :math:`g` the mean growth of the last ten years over the world's and :math:`h` the
    half-life, :math:`y_t = y_0\exp\big(g \sum_{s<t} 2^{-s/h}\big)`.

    Parameters
    ----------
    table : MRIOTable
    years : sequence of int
        Increasing, the first being where the path starts.
    half_life : float
        Years in which the difference from the world's growth is halved.

    Returns
    -------
    xarray.DataArray (time, region)
        GDP per head, starting at :func:`labour_productivity`.

    Raises
    ------
    LabelError
        If a region is unknown.
    """
    file, groups = _file(), members(table)
    last = float(file.gdp_years[-1])
    first = last - WINDOW
    heads = np.stack(
        [
            _grouped(_gdp(file, year)[:, None], groups)[:, 0]
            / _grouped(_population(file, np.array([year])), groups)[:, 0]
            for year in (first, last)
        ]
    )
    world = [
        _gdp(file, year).sum() / _population(file, np.array([year])).sum() for year in (first, last)
    ]
    trend = (np.log(heads[1] / heads[0]) - np.log(world[1] / world[0])) / WINDOW
    start = labour_productivity(table)
    span = np.asarray(list(years), dtype=np.float64) - float(years[0])
    decay = 0.5 ** (1.0 / half_life)
    weight = (1.0 - decay**span) / (1.0 - decay)
    note = TREND_NOTE.format(first=f"{first:.0f}", last=f"{last:.0f}", half=half_life)
    return xr.DataArray(
        start.values * np.exp(weight[:, None] * trend),
        dims=("time", "region"),
        coords={"time": [int(y) for y in years], "region": list(table.regions)},
        name="gdp_per_head",
        attrs={**start.attrs, "note": f"{start.attrs['note']} {note}"},
    )


def members(table: MRIOTable) -> dict[str, list[str]]:
    """Return the regions of the embedded file behind each region of a table.

    Parameters
    ----------
    table : MRIOTable

    Returns
    -------
    dict of str to list of str

    Raises
    ------
    LabelError
        If a label is neither a region of the file nor a group, or two labels share a region.
    """
    known, groups = set(_file().regions), region_groups()
    found: dict[str, list[str]] = {}
    for label in map(str, table.regions):
        if label == REST:
            continue
        if label not in known and label not in groups:
            raise LabelError(
                f"no population or GDP is known for region {label!r}; name it by its ISO code or a "
                "group, or pass labour= and productivity= yourself"
            )
        found[label] = [label] if label in known else [r for r in groups[label] if r in known]
    taken = [region for regions in found.values() for region in regions]
    twice = sorted({r for r in taken if taken.count(r) > 1})
    if twice:
        raise LabelError(f"region {twice[0]} lies in two regions of the table; map it once")
    if REST in map(str, table.regions):
        found[REST] = sorted(known - set(taken))
    empty = [label for label, regions in found.items() if not regions]
    if empty:
        raise LabelError(
            f"no population or GDP is known for region {empty[0]!r}; pass labour= and "
            "productivity= yourself"
        )
    return found


# ---------------------------------------------------------------------- helpers
def _grouped(cells: Float, groups: Mapping[str, Iterable[str]]) -> Float:
    """Add up rows of the file by region of the table, (R, years)."""
    place = {region: k for k, region in enumerate(_file().regions)}
    return np.stack([cells[[place[r] for r in regions]].sum(axis=0) for regions in groups.values()])


def _population(file: _File, years: Float) -> Float:
    """Return thousand persons by region of the file and year."""
    last = file.population_years[-1]
    every = np.arange(last + 1.0, max(float(years.max()), last) + 1.0)
    rates = np.stack([np.interp(every, file.knots, row) for row in file.growth]) / 100.0
    beyond = file.population[:, -1:] * np.cumprod(1.0 + rates, axis=1)
    known = np.concatenate([file.population_years, every])
    levels = np.concatenate([file.population, beyond], axis=1)
    return np.stack([np.interp(years, known, row) for row in levels])


def _gdp(file: _File, year: float) -> Float:
    """Return million USD by region; where one year alone is known, it moves as all others do."""
    column = int(year - file.gdp_years[0])
    base = int(BASE - file.gdp_years[0])
    alone = np.isnan(file.gdp[:, column])
    growth = file.gdp[~alone, column].sum() / file.gdp[~alone, base].sum()
    return np.where(alone, file.gdp[:, base] * growth, file.gdp[:, column])


@lru_cache(maxsize=1)
def _file() -> _File:
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

    return _File(regions, *block("population"), *block("gdp"), *block("population_growth"))
