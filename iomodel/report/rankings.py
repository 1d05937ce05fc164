"""Rankings of regions and industries by the size of their losses or gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects.variables import CLOSURE_SUFFIX
from iomodel.report.headline import by_closure, headline, headline_frame
from iomodel.report.numbers import digits, finite, number

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

__all__ = [
    "SMALLEST_INDUSTRY",
    "RankedRegions",
    "industries_hit",
    "ranked_regions",
    "ranking_closure",
    "regions_hit",
]

SMALLEST_INDUSTRY = 1e-4
"""Share of world output below which industries are not ranked: percentages of next to nothing are
large and mean nothing."""

GAINERS = 4
# Percentages that are rounding only.
NOTHING = 1e-9


@dataclass(frozen=True)
class RankedRegions:
    """Headline rows, the largest losers and the largest gainers among all other regions.

    Attributes
    ----------
    headline : DataFrame
        Rows of :func:`iomodel.report.headline.headline_rows`.
    losers, gainers : DataFrame
        The largest first; none that is printed as zero.
    decimals : int
        Decimals that keep the numbers readable.
    gain_words : str
        Heading of the gainers.
    """

    headline: pd.DataFrame
    losers: pd.DataFrame
    gainers: pd.DataFrame
    decimals: int
    gain_words: str


def ranked_regions(
    effects: Effects, losers: int, gainers: int = GAINERS, *, variable: str = ""
) -> RankedRegions:
    """Return the regions that text, page and figure show, the same in each.

    Parameters
    ----------
    effects : Effects
    losers, gainers : int
        Rows at most.
    variable : str
        As in :func:`iomodel.report.headline.headline`.
    """
    rows, columns = headline_frame(effects), list(headline(effects, variable).columns)
    worst = regions_hit(effects, losers, without=list(rows.index), variable=variable)
    shown = [*rows.index, *worst.index]
    best = regions_hit(effects, gainers, without=shown, gains=True, variable=variable)
    decimals = digits(np.vstack([frame[columns] for frame in (rows, worst, best)]))
    words = "gain most"
    if len(effects.closures) > 1:
        words += f" if {effects.closures[-1]}"
    return RankedRegions(
        rows,
        _printed(worst, _ranking_key(effects, variable), decimals),
        _printed(best, _ranking_key(effects, variable, gains=True), decimals),
        decimals,
        words,
    )


def regions_hit(
    effects: Effects,
    count: int,
    *,
    without: Sequence[str] = (),
    gains: bool = False,
    variable: str = "",
) -> pd.DataFrame:
    """Return the regions with the largest losses, or gains, in the headline columns.

    Parameters
    ----------
    effects : Effects
    count : int
        Rows at most.
    without : sequence of str
        Regions left out.
    gains : bool
        Keep only gains; of several closures, under the last.
    variable : str
        As in :func:`iomodel.report.headline.headline`.

    Returns
    -------
    pandas.DataFrame
        Rows of ``by_region()`` in order, the worst (or best) first.
    """
    summary = headline(effects, variable)
    frame = effects.by_region(world=False)
    key = _ranking_key(effects, variable, gains=gains)
    frame = frame[~frame.index.isin(without)].sort_values(
        key, ascending=summary.losses != gains, kind="stable"
    )
    ranked = frame[key] > 0 if summary.losses == gains else frame[key] < 0
    return frame[ranked].head(count)


def industries_hit(effects: Effects, count: int) -> pd.DataFrame:
    """Return the industries with the largest change for the worse.

    Returns
    -------
    pandas.DataFrame
        Columns ``region``, ``sector``, ``sector_name`` and the values by closure, or ``value`` if
        there is one closure; industries of at least 0.01% of world output.
    """
    summary = headline(effects)
    frame = effects.by_region_sector().reset_index()
    if summary.industry not in effects:
        return frame.head(0)
    large = frame["output_base"] >= SMALLEST_INDUSTRY * frame["output_base"].sum()
    columns = by_closure(effects, summary.industry, "value")
    key = _ranking_column(effects, summary.industry, list(columns))
    frame = frame[large].sort_values(key, ascending=summary.losses, kind="stable")
    worse = frame[key] < 0 if summary.losses else frame[key] > 0
    ranked = frame.loc[worse, ["region", "sector", "sector_name", *columns]]
    ranked = ranked.head(count)
    ranked = _printed(ranked, key, digits(ranked[list(columns)]))
    return ranked.rename(columns=columns)


def ranking_closure(effects: Effects) -> str:
    """Return the closure of the effects, or the one with the largest change if it has none."""
    changes = {
        closure: float(np.abs(finite(effects[name].sel(closure=closure))).max(initial=0.0))
        for name in (v + CLOSURE_SUFFIX for v in ("gdp_pct", "output_pct"))
        if name in effects
        for closure in effects.closures
    }
    if changes.get(effects.closure, 0.0) > NOTHING or not changes:
        return effects.closure
    return max(changes, key=lambda closure: changes[closure])


def _ranking_key(effects: Effects, variable: str, *, gains: bool = False) -> str:
    """Return the column by which regions are ranked."""
    summary = headline(effects, variable)
    columns = list(summary.columns)
    if gains and len(effects.closures) > 1 and summary.variable not in columns:
        return columns[-1]
    return _ranking_column(effects, summary.variable, columns)


def _printed(frame: pd.DataFrame, key: str, decimals: int) -> pd.DataFrame:
    """Return the rows whose value differs from zero once it is rounded for print."""
    return frame.loc[np.array([float(number(v, decimals)) != 0.0 for v in frame[key]], dtype=bool)]


def _ranking_column(effects: Effects, variable: str, columns: Sequence[str]) -> str:
    """Return the column of the variable, or of its ranking closure, or the first."""
    for name in (variable, f"{variable}_low"):
        if name in columns:
            return name
    key = f"{variable}_{ranking_closure(effects)}"
    return key if key in columns else columns[0]
