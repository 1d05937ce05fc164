"""What a reader should see first: which regions, which industries, which numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from iomodel.effects.tables import WORLD
from iomodel.effects.variables import CLOSURE_SUFFIX
from iomodel.errors import LabelError
from iomodel.scenario.layers import layer_rows
from iomodel.scenario.shocks import TariffLayer
from iomodel.table.groups import region_groups, resolve_regions

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

__all__ = [
    "SMALLEST_INDUSTRY",
    "Headline",
    "digits",
    "finite",
    "headline",
    "headline_rows",
    "identity",
    "industries_hit",
    "named_regions",
    "present",
    "regions_hit",
    "table_identity",
    "telling_closure",
]

STANDING = ("ASEAN", "EU27", "JPN", "KOR")
PLACES = ("importer", "exporter", "importers", "region", "origin", "between")
MOST_SIDES = 6

PRICE_PARTS = {
    "consumer_price_pct": "total",
    "consumer_price_direct_pct": "direct",
    "consumer_price_cascaded_pct": "cascaded",
}

# Where even the largest number is smaller than this, more decimals are shown.
SMALL_PERCENT, MOST_DIGITS = 0.1, 6

# Percentages that are rounding only.
NOTHING = 1e-9

# Industries below this share of world output are left out of rankings: percentages of next to
# nothing are large and mean nothing.
SMALLEST_INDUSTRY = 1e-4


@dataclass(frozen=True)
class Headline:
    """The columns that answer the scenario's question for one model.

    Attributes
    ----------
    variable : str
        The variable that ranks regions: ``gdp_pct`` or ``consumer_price_pct``.
    what : str
        What the numbers are, with their unit.
    columns : mapping of str to str
        Column of ``by_region()`` to the words over it.
    industry : str
        The variable over industries that goes with it.
    industry_what : str
        What that one is.
    losses : bool
        Whether the lowest value is the worst (GDP), or the highest (prices).
    """

    variable: str
    what: str
    columns: Mapping[str, str]
    industry: str
    industry_what: str
    losses: bool


def headline(effects: Effects, variable: str = "") -> Headline:
    """Choose the numbers to show first.

    Parameters
    ----------
    effects : Effects
    variable : str
        ``"gdp_pct"`` or ``"consumer_price_pct"``, where one is wanted.

    Returns
    -------
    Headline
        GDP where the model speaks about it, by closure where it has several; else real income; else
        consumer prices with their split; else output.

    Raises
    ------
    LabelError
        If the model speaks about none of them.
    """
    if (variable or "gdp_pct") == "gdp_pct" and "gdp_pct" in effects:
        columns = _by_closure(effects, "gdp_pct") or {"gdp_pct": "GDP"}
        what = "Change in GDP, percent"
        if "real_income_pct" in effects:
            columns = {"gdp_pct": "real GDP", "real_income_pct": "real income"}
            what = "Change in real GDP and real income, percent"
        return Headline(
            "gdp_pct",
            what,
            columns,
            "output_pct",
            "Change in output, percent",
            True,
        )
    if "real_income_pct" in effects and not variable:
        return Headline(
            "real_income_pct",
            "Change in real income, percent",
            {"real_income_pct": "real income"},
            "output_pct",
            "Change in output, percent",
            True,
        )
    if "consumer_price_pct" in effects:
        return Headline(
            "consumer_price_pct",
            "Change in consumer prices, percent",
            {k: v for k, v in PRICE_PARTS.items() if k in effects},
            "price_pct",
            "Change in producer prices, percent",
            False,
        )
    if "output_pct" in effects:
        columns = _by_closure(effects, "output_pct") or {"output_pct": "output"}
        words = "Change in output, percent"
        return Headline("output_pct", words, columns, "output_pct", words, True)
    raise LabelError(
        f"model {effects.model!r} says nothing about GDP, consumer prices or output, so there is "
        "no headline to show; use to_dataframe()"
    )


def named_regions(effects: Effects) -> list[str]:
    """Return the regions and groups that the scenario itself names, in its order, few at most."""
    text = yaml.safe_load(effects.dataset.attrs["scenario"])
    shocks = text.get("shocks", []) if isinstance(text, Mapping) else []
    found = dict.fromkeys([*_places(shocks), *_layers(shocks)])
    return [name for name in found if present(name, effects.regions)][:MOST_SIDES]


def headline_rows(effects: Effects) -> list[str]:
    """Return the rows of the headline table: world, sides, ASEAN, EU, Japan, Korea."""
    standing = [name for name in STANDING if present(name, effects.regions)]
    return list(dict.fromkeys([WORLD, *named_regions(effects), *standing]))


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
        How many rows at most.
    without : sequence of str
        Regions shown elsewhere.
    gains : bool
        Rank by the last closure and keep only those that it leaves better off.
    variable : str
        As in :func:`headline`.

    Returns
    -------
    pandas.DataFrame
        Rows of ``by_region()`` in order, the worst (or best) first.
    """
    shown = headline(effects, variable)
    frame = effects.by_region(world=False)
    key = list(shown.columns)[-1] if gains else _chosen(effects, shown)
    frame = frame[~frame.index.isin(without)].sort_values(
        key, ascending=shown.losses != gains, kind="stable"
    )
    better = frame[key] > 0 if shown.losses == gains else frame[key] < 0
    return frame[better].head(count)


def industries_hit(effects: Effects, count: int) -> pd.DataFrame:
    """Return the industries with the largest change for the worse.

    Returns
    -------
    pandas.DataFrame
        Columns ``region``, ``sector``, ``sector_name`` and the values by closure or, where there
        is one closure, ``value``; industries of at least 0.01% of world output.
    """
    shown = headline(effects)
    if shown.industry not in effects:
        return effects.by_region_sector().reset_index().head(0)
    frame = effects.by_region_sector().reset_index()
    large = frame["output_base"] >= SMALLEST_INDUSTRY * frame["output_base"].sum()
    columns = _by_closure(effects, shown.industry) or {shown.industry: "value"}
    key = f"{shown.industry}_{telling_closure(effects)}"
    key = key if key in columns else next(iter(columns))
    frame = frame[large].sort_values(key, ascending=shown.losses, kind="stable")
    worse = frame[key] < 0 if shown.losses else frame[key] > 0
    kept = frame.loc[worse, ["region", "sector", "sector_name", *columns]]
    return kept.rename(columns=dict(columns)).head(count)


def table_identity(attrs: Mapping[Any, Any]) -> str:
    """Say which table the numbers stand on: name, year, price basis, and what it is."""
    about = [str(attrs["table_year"]) if attrs["table_year"] else "", attrs["table_price_basis"]]
    stated = ", ".join(str(part) for part in about if part)
    text = f"table {attrs['table_name']}" + (f" ({stated})" if stated else "")
    first = str(attrs["table_description"]).split(". ")[0].rstrip(".")
    # "An estimate" goes on in the middle of a sentence; "OECD tables" keeps its capitals.
    first = first if first[1:2].isupper() else first[:1].lower() + first[1:]
    return f"{text}: {first}" if first else text


def identity(effects: Effects) -> list[str]:
    """Say what the numbers stand on: model, closure, elasticities, table."""
    parts = [f"model {effects.model}"]
    if len(effects.closures) > 1:
        parts.append(f"closures {' and '.join(effects.closures)}")
    elif effects.closure:
        parts.append(f"closure {effects.closure}")
    if effects.elasticities:
        parts.append(f"elasticities {effects.elasticities}")
    horizon = effects.parameters.get("horizon")
    if isinstance(horizon, Mapping):
        parts.append(f"horizon {horizon['value']}")
    return [*parts, table_identity(effects.dataset.attrs)]


# ---------------------------------------------------------------------- helpers
def _by_closure(effects: Effects, variable: str) -> dict[str, str]:
    if variable + CLOSURE_SUFFIX not in effects:
        return {}
    return {f"{variable}_{closure}": closure for closure in effects.closures}


def telling_closure(effects: Effects) -> str:
    """Return the closure by which to rank: the chosen one, unless nothing changes under it."""
    changes = {
        closure: float(np.abs(finite(effects[name].sel(closure=closure))).max(initial=0.0))
        for name in (v + CLOSURE_SUFFIX for v in ("gdp_pct", "output_pct"))
        if name in effects
        for closure in effects.closures
    }
    if changes.get(effects.closure, 0.0) > NOTHING or not changes:
        return effects.closure
    return max(changes, key=lambda closure: changes[closure])


def _chosen(effects: Effects, shown: Headline) -> str:
    key = f"{shown.variable}_{telling_closure(effects)}"
    return key if key in shown.columns else next(iter(shown.columns))


def _places(node: Any) -> Iterator[str]:
    """Yield every name that stands at a place of a shock, wherever the text holds it."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in PLACES:
                yield from _names(value)
            else:
                yield from _places(value)
    elif isinstance(node, list):
        for item in node:
            yield from _places(item)


def _layers(shocks: Any) -> Iterator[str]:
    """Yield the two sides of the tariff layers named; a layer on many partners has one side."""
    for shock in shocks if isinstance(shocks, list) else []:
        layer = shock.get(TariffLayer.kind) if isinstance(shock, Mapping) else None
        if isinstance(layer, Mapping):
            rows = [row for row in layer_rows() if row.layer == layer.get("name")]
            yield from dict.fromkeys(row.importer for row in rows)
            partners = dict.fromkeys(p for row in rows for p in _names(row.exporter))
            yield from partners if len(partners) <= 2 else ()


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str):
        yield value


def present(name: str, regions: Sequence[str]) -> bool:
    """Tell whether a label is among the regions, or is a group with a member among them."""
    if name in regions:
        return True
    if name not in region_groups():
        return False
    try:
        return bool(resolve_regions(name, regions))
    except LabelError:
        return False


def finite(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the finite values as an array."""
    cells = np.asarray(values, dtype=np.float64)
    return cells[np.isfinite(cells)]


def digits(values: Any) -> int:
    """Return how many decimals keep the largest of some percentages readable: two or more."""
    largest = float(np.abs(finite(values)).max(initial=0.0))
    if largest >= SMALL_PERCENT or largest == 0:
        return 2
    return min(2 + int(np.ceil(np.log10(SMALL_PERCENT / largest))), MOST_DIGITS)
