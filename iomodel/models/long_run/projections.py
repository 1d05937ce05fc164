r"""Population and GDP per head by region, observed and projected to 2040.

Population follows the medium variant of the United Nations [UN2022WPP]_, a published projection.
GDP per head does not: no projection was at hand, so its path is an extrapolation by rule, the
region's own growth of the last ten years over the world's, halved every ten years.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.errors import LabelError
from iomodel.models.long_run.regional_data import BASE, regional_data, source_regions
from iomodel.typing import BY_REGION, BY_YEAR, Float

if TYPE_CHECKING:
    from iomodel.models.long_run.regional_data import RegionalData
    from iomodel.table.mrio import MRIOTable

__all__ = ["PER_HEAD", "labour_path", "labour_productivity", "productivity_path"]


PER_HEAD = "USD per person"
# Years over which the trend of GDP per head is measured.
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


def labour_path(table: MRIOTable, years: Sequence[int]) -> xr.DataArray:
    """Return population by year and region, as a measure of labour.

    Parameters
    ----------
    table : MRIOTable
        Gives the regions: ISO codes, groups of them (as after aggregation), or ROW, the sum of all
        regions of no other label.
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
    data, times = regional_data(), np.asarray(list(years), dtype=np.float64)
    if times.min(initial=np.inf) < data.population_years[0]:
        raise LabelError(
            f"population starts in {data.population_years[0]:.0f}; pass labour= for the years "
            f"from {times.min():.0f}"
        )
    return xr.DataArray(
        data.added_up(data.population_in(times), source_regions(table)).T,
        dims=BY_YEAR,
        coords={"time": [int(y) for y in times], "region": list(table.regions)},
        name="population",
        attrs={
            "units": "thousand persons",
            "citation": "WorldBankWDI; UN2022WPP",
            "note": POPULATION_NOTE.format(last=f"{data.population_years[-1]:.0f}"),
        },
    )


def labour_productivity(table: MRIOTable, exponent: float = 1.0) -> xr.DataArray:
    """Return GDP per head in the year of the table.

    Parameters
    ----------
    table : MRIOTable
        Its year, or the nearest observed (2010-2023).
    exponent : float
        Power of income relative to the world's mean. Market exchange rates overstate gaps in
        productivity (the Penn effect); an exponent near 0.65 brings them near purchasing-power
        parities, as an assumption and not as data.

    Returns
    -------
    xarray.DataArray (region)
        Current USD per person at market exchange rates.

    Raises
    ------
    LabelError
        If a region is unknown.
    """
    data = regional_data()
    table_year = float(table.attrs.get("year") or BASE)
    year = float(np.clip(table_year, data.gdp_years[0], data.gdp_years[-1]))
    income, people = _income_and_people(data, table, year)
    level = 1e3 * income / people
    mean = 1e3 * income.sum() / people.sum()
    penn_note = "" if exponent == 1.0 else PENN_NOTE.format(exponent=exponent)
    return xr.DataArray(
        mean * (level / mean) ** exponent,
        dims=BY_REGION,
        coords={"region": list(table.regions)},
        name="gdp_per_head",
        attrs={
            "units": PER_HEAD,
            "citation": "WorldBankWDI",
            "note": PRODUCTIVITY_NOTE.format(year=f"{year:.0f}") + penn_note,
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
        Increasing, the first being the start of the path.
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
    data = regional_data()
    last_year = float(data.gdp_years[-1])
    first_year = last_year - WINDOW
    first_income, first_world = _gdp_per_head(data, table, first_year)
    last_income, last_world = _gdp_per_head(data, table, last_year)
    trend = (np.log(last_income / first_income) - np.log(last_world / first_world)) / WINDOW
    start = labour_productivity(table)
    span = np.asarray(list(years), dtype=np.float64) - float(years[0])
    decay = 0.5 ** (1.0 / half_life)
    weight = (1.0 - decay**span) / (1.0 - decay)
    note = TREND_NOTE.format(first=f"{first_year:.0f}", last=f"{last_year:.0f}", half=half_life)
    return xr.DataArray(
        start.values * np.exp(weight[:, None] * trend),
        dims=BY_YEAR,
        coords={"time": [int(y) for y in years], "region": list(table.regions)},
        name="gdp_per_head",
        attrs={**start.attrs, "note": f"{start.attrs['note']} {note}"},
    )


# ---------------------------------------------------------------------- helpers
def _income_and_people(data: RegionalData, table: MRIOTable, year: float) -> tuple[Float, Float]:
    """Return GDP (million USD) and population (thousand) by region of the table."""
    groups = source_regions(table)
    income = data.added_up(data.gdp_in(year)[:, None], groups)[:, 0]
    people = data.added_up(data.population_in(np.array([year])), groups)[:, 0]
    return income, people


def _gdp_per_head(data: RegionalData, table: MRIOTable, year: float) -> tuple[Float, float]:
    """Return GDP per head by region of the table, and that of all source regions together."""
    income, people = _income_and_people(data, table, year)
    world = data.gdp_in(year).sum() / data.population_in(np.array([year])).sum()
    return income / people, float(world)
