"""Headline of a run: the variable, columns and rows that a reader sees at the top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iomodel.effects.regions import STANDING, named_regions, present
from iomodel.effects.tables import WORLD
from iomodel.effects.variables import BAND_SUFFIX, CLOSURE_SUFFIX, DRAW_SUFFIX
from iomodel.errors import LabelError
from iomodel.report.numbers import number

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

__all__ = [
    "UNDETERMINED",
    "Headline",
    "banded",
    "by_closure",
    "headline",
    "headline_frame",
    "headline_rows",
    "undetermined_note",
]

UNDETERMINED = "?"
"""Mark of a change whose sign is not determined."""

PRICE_PARTS = {
    "consumer_price_pct": "total",
    "consumer_price_direct_pct": "direct",
    "consumer_price_cascaded_pct": "cascaded",
}
OUTPUT = "Change in output, percent"
PRODUCER_PRICES = "Change in producer prices, percent"


@dataclass(frozen=True)
class Headline:
    """Columns that answer the question of the scenario, for one model.

    Attributes
    ----------
    variable : str
        The variable that ranks regions: real income where the model has it, since real GDP leaves
        out what tariffs do to the terms of trade.
    title : str
        The variable in words, with its unit.
    columns : mapping of str to str
        Columns of ``by_region()`` to their headings.
    industry : str
        The variable over industries that goes with it.
    industry_title : str
        That variable in words, with its unit.
    losses : bool
        Whether the lowest value is the worst (GDP), or the highest (prices).
    """

    variable: str
    title: str
    columns: Mapping[str, str]
    industry: str = "output_pct"
    industry_title: str = OUTPUT
    losses: bool = True
    bands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Columns with the ends of the band of a variable, by its name."""

    @property
    def shown(self) -> dict[str, str]:
        """Headings of the columns in print, by variable: ends of bands stand beside their number.

        A band without a number has a column of its own.
        """
        stems = {low: stem for stem, (low, _) in self.bands.items()}
        ends = {end for pair in self.bands.values() for end in pair}
        shown = {}
        for column, heading in self.columns.items():
            if column not in ends:
                shown[column] = heading
            elif column in stems and stems[column] not in self.columns:
                shown[stems[column]] = heading.removesuffix(", low")
        return shown

    def cells(self, row: pd.Series[Any], decimals: int) -> list[str]:
        """Return the cells of a row in print: ``-0.59 (-1.02 to -0.51)`` where there is a band.

        :data:`UNDETERMINED` ends those whose band spans zero at the printed digits.
        """
        return [self._cell(row, stem, decimals) for stem in self.shown]

    def _cell(self, row: pd.Series[Any], stem: str, decimals: int) -> str:
        if stem not in self.bands:
            return number(row[stem], decimals)
        low, high = (float(row[end]) for end in self.bands[stem])
        return banded(float(row[stem]) if stem in self.columns else None, low, high, decimals)


def banded(value: float | None, low: float, high: float, decimals: int) -> str:
    """Return a change with its band, ``-0.59 (-1.02 to -0.51)``; without a number the band alone.

    :data:`UNDETERMINED` ends it if the band spans zero at the printed digits.
    """
    ends = [number(end, decimals) for end in (low, high)]
    text = " to ".join(ends)
    if value is not None:
        text = f"{number(value, decimals)} ({text})"
    spans_zero = ends[0].startswith("-") and ends[1].startswith("+")
    return f"{text} {UNDETERMINED}" if spans_zero else text


def undetermined_note(cells: Iterable[str]) -> list[str]:
    """Return the sentence on :data:`UNDETERMINED` if one of the cells has it."""
    if not any(cell.endswith(UNDETERMINED) for cell in cells):
        return []
    return [f"{UNDETERMINED} = sign not determined: the band spans zero."]


def headline(effects: Effects, variable: str = "") -> Headline:
    """Return the numbers to show at the top.

    Parameters
    ----------
    effects : Effects
    variable : str
        ``"gdp_pct"``, ``"real_income_pct"`` or ``"consumer_price_pct"``; by default the first that
        the model gives of those below.

    Returns
    -------
    Headline
        GDP, by closure if there are several, and beside it real income, which then ranks regions;
        else real income; else consumer prices with their split; else output.

    Raises
    ------
    LabelError
        If the model gives none of them.
    """
    if variable in ("", "gdp_pct", "real_income_pct") and "gdp_pct" in effects:
        if "real_income_pct" in effects:
            columns, bands = _with_bands(
                effects, {"gdp_pct": "real GDP", "real_income_pct": "real income"}
            )
            words = "Change in real GDP and real income, percent"
            return Headline("real_income_pct", words, columns, bands=bands)
        columns = by_closure(effects, "gdp_pct", "GDP")
        return Headline("gdp_pct", "Change in GDP, percent", columns)
    if variable in ("", "real_income_pct") and "real_income_pct" in effects:
        columns, bands = _with_bands(effects, {"real_income_pct": "real income"})
        return Headline("real_income_pct", "Change in real income, percent", columns, bands=bands)
    if "consumer_price_pct" in effects:
        return Headline(
            "consumer_price_pct",
            "Change in consumer prices, percent",
            {k: v for k, v in PRICE_PARTS.items() if k in effects},
            "price_pct",
            PRODUCER_PRICES,
            losses=False,
        )
    if "output_pct" in effects:
        return Headline("output_pct", OUTPUT, by_closure(effects, "output_pct", "output"))
    raise LabelError(
        f"model {effects.model!r} says nothing about GDP, consumer prices or output, so there is "
        "no headline to show; use to_dataframe()"
    )


def headline_rows(effects: Effects) -> list[str]:
    """Return the rows of the headline table: world, sides, ASEAN, EU, Japan, Korea."""
    standing = [name for name in STANDING if present(name, effects.regions)]
    return list(dict.fromkeys([WORLD, *named_regions(effects), *standing]))


def headline_frame(effects: Effects) -> pd.DataFrame:
    """Return :func:`headline_rows` of ``by_region()``, groups included."""
    rows = headline_rows(effects)
    groups = [name for name in rows if name not in (*effects.regions, WORLD)]
    return effects.by_region(groups=groups).loc[rows]


def by_closure(effects: Effects, variable: str, heading: str) -> dict[str, str]:
    """Return columns and headings of a variable: one per closure, or one alone."""
    if variable + CLOSURE_SUFFIX not in effects:
        return {variable: heading}
    return {f"{variable}_{closure}": closure for closure in effects.closures}


# ---------------------------------------------------------------------- helpers
def _with_bands(
    effects: Effects, columns: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return columns and the ends of their bands, these alone where no number stands for them."""
    band = effects.parameters.get("band", {})
    shown: dict[str, str] = {}
    bands: dict[str, tuple[str, str]] = {}
    for name, heading in columns.items():
        low, high = f"{name}_low", f"{name}_high"
        ends = {low: f"{heading}, low", high: f"{heading}, high"}
        if name + BAND_SUFFIX not in effects and name + DRAW_SUFFIX not in effects:
            shown[name] = heading
            continue
        bands[name] = (low, high)
        shown |= ends if band.get("alone") else {name: heading, **ends}
    return shown, bands
