"""Rankings of regions and industries by the size of their losses or gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects.variables import CLOSURE_SUFFIX
from iomodel.report.headline import by_closure, headline
from iomodel.report.numbers import finite

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

__all__ = ["SMALLEST_INDUSTRY", "industries_hit", "ranking_closure", "regions_hit"]

SMALLEST_INDUSTRY = 1e-4
"""Share of world output below which industries are not ranked: percentages of next to nothing are
large and mean nothing."""

# Percentages that are rounding only.
NOTHING = 1e-9


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
        Rank by the last closure and keep only gains under it.
    variable : str
        As in :func:`iomodel.report.headline.headline`.

    Returns
    -------
    pandas.DataFrame
        Rows of ``by_region()`` in order, the worst (or best) first.
    """
    summary = headline(effects, variable)
    frame = effects.by_region(world=False)
    columns = list(summary.columns)
    key = columns[-1] if gains else _ranking_column(effects, summary.variable, columns)
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
    return ranked.rename(columns=columns).head(count)


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


def _ranking_column(effects: Effects, variable: str, columns: Sequence[str]) -> str:
    """Return the column of the ranking closure, or the first."""
    key = f"{variable}_{ranking_closure(effects)}"
    return key if key in columns else columns[0]
