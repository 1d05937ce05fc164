"""The bracket of a supply cut as text: losses, multiples of the bill, prices, industries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.effects.tables import WORLD
from iomodel.report.headline import industries_hit, table_identity
from iomodel.report.names import region_name
from iomodel.studies.cut_cases import FAMILIES

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.studies.supply_cuts import CutBracket

__all__ = ["cut_text", "few_digits"]

READING = (
    "The method is the result: accounting asks who loses sales, equilibrium what remains once all "
    "have adjusted, a bottleneck what stops if nobody does. Implied price: the multiple that the "
    "price of what is cut would have to reach for expenditure shares to give the same loss "
    "[BaqaeeFarhi2019, BachmannEtAl2022]."
)
SCARCE = (
    "Sigma: between the scarce input and all else. Rent stays: what is left is sold at the old "
    "price and its scarcity earns rents in the buying region; else the seller's region has them. "
    "New origins: buyers replace one origin by another with an elasticity of 2, else .76."
)
INDUSTRIES, METHODS = 4, 3
LABEL = 23


def few_digits(value: float, digits: int = 2, most: int = 7) -> str:
    """Return a number with few significant digits and few decimals; a dash where undefined."""
    if not math.isfinite(value):
        return "-"
    if value == 0.0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, min(places, most)):,.{min(max(places, 0), most)}f}"
    return text if float(text.replace(",", "")) else "0"


def cut_text(bracket: CutBracket) -> RenderableType:
    """Return the bracket as something that rich can print.

    Parameters
    ----------
    bracket : CutBracket

    Returns
    -------
    rich renderable
        Losses by method and region; loss, multiple of the bill and implied price for one region;
        the industries hit most; methods that refused.
    """
    first = bracket.ensemble.first
    focus, own = bracket.focus, bracket.account(bracket.focus)
    unit = str(first.dataset["gdp_base"].attrs["units"])
    parts: list[RenderableType] = [
        Text(first.scenario_title, style="bold"),
        Text(table_identity(first.dataset.attrs), style="dim"),
        Text(
            f"What is cut cost {region_name(focus)} {own['expenditure']:,.0f} {unit} a year, "
            f"{few_digits(100 * own['expenditure'] / own['gdp'])}% of GDP; "
            f"{own['remaining']:.0%} still comes."
        ),
        _losses(bracket),
        _prices(bracket),
        *_industries(bracket),
        Text(READING, style="dim"),
    ]
    if any(case.model == "scarce" for case in bracket.ensemble.cases):
        parts.append(Text(SCARCE, style="dim"))
    parts += [
        Text(f"{label} refuses: {sentence}", style="yellow")
        for label, sentence in bracket.ensemble.refusals.items()
    ]
    return Group(*parts)


# ---------------------------------------------------------------------- parts
def _losses(bracket: CutBracket) -> RenderableType:
    frame = bracket.losses()
    names = [region_name(str(c)) if c == WORLD else str(c) for c in frame.columns]
    return _by_family("Change of GDP, percent", names, frame)


def _prices(bracket: CutBracket) -> RenderableType:
    focus = [bracket.focus]
    loss = bracket.losses(focus).iloc[:, 0] / -100.0 * bracket.account(bracket.focus)["gdp"]
    frame = loss.to_frame("loss")
    frame["times"] = bracket.multiples(focus).iloc[:, 0]
    frame["price"] = bracket.implied_prices(focus).iloc[:, 0]
    unit = str(bracket.ensemble.first.dataset["gdp_base"].attrs["units"])
    columns = [f"loss, {unit}", "times the bill", "implied price x"]
    return _by_family(region_name(bracket.focus), columns, frame)


def _industries(bracket: CutBracket) -> list[RenderableType]:
    """Return the industries that lose most output under a few methods."""
    found = bracket.ensemble.answered
    shown = [case.label for case in found if case.detailed] or [c.label for c in found[-METHODS:]]
    if not shown:
        return []
    rows: dict[tuple[str, str], str] = {}
    for label in shown:
        for record in industries_hit(bracket.ensemble[label], INDUSTRIES).to_dict("records"):
            code, words = str(record["sector"]), str(record["sector_name"])
            name = code if code == words else f"{code} {words}"
            rows[str(record["region"]), code] = f"{region_name(str(record['region']))}, {name}"
    table = _table("Industries hit most, change of output, percent", shown)
    for (region, sector), name in rows.items():
        values = [
            float(bracket.ensemble[label]["output_pct"].sel(region=region, sector=sector))
            for label in shown
        ]
        table.add_row(name, *(few_digits(v) for v in values))
    return [Padding(table, (1, 0, 0, 0), expand=False)]


# ---------------------------------------------------------------------- helpers
def _table(title: str, columns: list[str], *, head: bool = True) -> Table:
    """Return a table whose columns line up with those of the next."""
    table = Table(
        box=box.SIMPLE_HEAD if head else None,
        padding=(0, 1, 0, 0),
        show_edge=False,
        show_header=head,
        header_style="",
    )
    table.add_column(title, overflow="fold", width=LABEL)
    width = max((80 - LABEL) // max(len(columns), 1) - 1, 7)
    for name in columns:
        table.add_column(name, justify="right", width=width)
    return table


def _by_family(title: str, columns: list[str], frame: pd.DataFrame) -> RenderableType:
    """Return one table a family, its heading across."""
    parts: list[RenderableType] = [_table(title, columns)]
    for family in dict.fromkeys(frame.index.get_level_values("family")):
        table = _table("", columns, head=False)
        rows = frame.loc[family]
        for label, row in zip(rows.index, rows.to_numpy(dtype=np.float64), strict=True):
            table.add_row(f" {label}", *(few_digits(float(v), most=4) for v in row))
        parts += [Text(FAMILIES[str(family)], style="dim italic"), table]
    return Padding(Group(*parts), (1, 0, 0, 0), expand=False)
