"""Bracket of a supply cut as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.effects.tables import WORLD
from iomodel.report.headline import banded, undetermined_note
from iomodel.report.names import industry_name, region_name
from iomodel.report.numbers import few_digits, number
from iomodel.report.plain import Plain
from iomodel.report.provenance import table_identity
from iomodel.report.rankings import industries_hit
from iomodel.report.text import band_lines
from iomodel.studies.cut_cases import FAMILIES
from iomodel.studies.cut_headline import cut_headline

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.studies.supply_cuts import CutBracket

__all__ = ["cut_text"]

READING = (
    "The method is the result: accounting asks who loses sales, equilibrium what remains at the "
    "prices that clear all markets, a bottleneck what stops if nobody adjusts. Implied price: the "
    "multiple that the price of what is cut would have to reach for expenditure shares to give the "
    "same loss [BaqaeeFarhi2019, BachmannEtAl2022]."
)
SCARCE = (
    "Sigma: between the scarce input and all else. Rent stays: what is left is sold at the old "
    "price and its scarcity earns rents in the buying region; else they go where the cut says, by "
    "default to sellers and buyers by halves. "
    "Rent abroad: sellers have it all. "
    "New origins: buyers replace one origin by another with an elasticity of 2, else .76."
)
RULE = (
    "Headline: real income, model scarce, elasticity .2 between scarce inputs and all else; band: "
    "elasticity .1 to .5, rents of sellers to buyers. With stocks: GDP, model inventories, where "
    "users hold two months of the scarce input and nothing replaces it. The bracket below has all "
    "methods."
)
# Decimals of a headline.
DECIMALS = 2
INDUSTRIES, METHODS = 4, 3
LABEL = 23


def cut_text(bracket: CutBracket) -> RenderableType:
    """Return the bracket as something that rich can print.

    Parameters
    ----------
    bracket : CutBracket

    Returns
    -------
    rich renderable
        The headline with its band; losses by method and region; loss, multiple of expenditure and
        implied price for one region; the industries hit most; methods that refused.
    """
    attrs = bracket.ensemble.first.dataset.attrs
    lines: list[RenderableType] = [
        Text(bracket.ensemble.first.scenario_title, style="bold"),
        Text(table_identity(attrs), style="dim"),
        Text(_expenditure(bracket)),
        *_headline(bracket),
        _losses(bracket),
        _prices(bracket),
        *_industries(bracket),
        Text(READING, style="dim"),
        *(Text(line, style="dim") for line in _bands(bracket)),
    ]
    if any(case.model == "scarce" for case in bracket.ensemble.cases):
        lines.append(Text(SCARCE, style="dim"))
    lines += [
        Text(f"{label} refuses: {sentence}", style="yellow")
        for label, sentence in bracket.ensemble.refusals.items()
    ]
    return Plain(Group(*lines))


# ---------------------------------------------------------------------- sections
def _unit(bracket: CutBracket) -> str:
    return str(bracket.ensemble.first.dataset["gdp_base"].attrs["units"])


def _expenditure(bracket: CutBracket) -> str:
    """Return the expenditure of the focus region on restricted imports, as a sentence."""
    account = bracket.account(bracket.focus)
    share = few_digits(100 * account["expenditure"] / account["gdp"])
    return (
        f"Expenditure on restricted imports: {region_name(bracket.focus)} "
        f"{account['expenditure']:,.0f} {_unit(bracket)} a year, {share}% of GDP; "
        f"{account['remaining']:.0%} still comes."
    )


def _headline(bracket: CutBracket) -> list[RenderableType]:
    """Return the question, the headline by region with its band, and the rule behind it."""
    answer = cut_headline(bracket)
    if answer is None:
        return []
    table = _table("Headline, percent", ["real income (band)", "with stocks"])
    cells = []
    for name, row in answer.frame.iterrows():
        change, low, high = (float(row[column]) for column in ("change", "low", "high"))
        cells.append(banded(change, low, high, DECIMALS))
        table.add_row(region_name(str(name)), cells[-1], number(row["with_stocks"], DECIMALS))
    gaps = [f"No answer at an end of the band: {', '.join(answer.missing)}."]
    notes = [RULE, *undetermined_note(cells), *(gaps if answer.missing else [])]
    return [
        Padding(Text(f"{answer.question}:", style="bold"), (1, 0, 0, 0)),
        table,
        *(Text(note, style="dim") for note in notes),
    ]


def _bands(bracket: CutBracket) -> list[str]:
    """Return the bands of cases that have one, region by region, and what they are over."""
    lines = []
    ensemble = bracket.ensemble
    for variable in ("real_income_pct", "gdp_pct"):
        for label, ends in ensemble.bands(variable, bracket.regions).items():
            cells = [
                f"{region_name(str(name))} {banded(None, row['low'], row['high'], DECIMALS)}"
                for name, row in ends.iterrows()
            ]
            what = ensemble.measures[variable].removesuffix(", percent").removeprefix("Change in ")
            lines.append(
                f"{label}, change in {what}, {ensemble.band_words(label)}: {'; '.join(cells)}."
            )
    return [f"Band of {line}" for line in lines] or band_lines(ensemble)


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
    columns = [f"loss, {_unit(bracket)}", "times expenditure", "implied price x"]
    return _by_family(region_name(bracket.focus), columns, frame)


def _industries(bracket: CutBracket) -> list[RenderableType]:
    """Return the industries that lose most output under a few methods."""
    cases = bracket.ensemble.answered
    labels = [case.label for case in cases if case.detailed] or [c.label for c in cases[-METHODS:]]
    if not labels:
        return []
    names: dict[tuple[str, str], str] = {}
    for label in labels:
        for record in industries_hit(bracket.ensemble[label], INDUSTRIES).to_dict("records"):
            region, sector = str(record["region"]), str(record["sector"])
            names[region, sector] = industry_name(region, sector, str(record["sector_name"]))
    table = _table("Industries hit most, change of output, percent", labels)
    for (region, sector), name in names.items():
        values = [
            float(bracket.ensemble[label]["output_pct"].sel(region=region, sector=sector))
            for label in labels
        ]
        table.add_row(name, *(few_digits(v) for v in values))
    return [Padding(table, (1, 0, 0, 0), expand=False)]


# ---------------------------------------------------------------------- helpers
def _table(title: str, columns: list[str], *, head: bool = True) -> Table:
    """Return an empty table of fixed column widths, so that several line up."""
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
    """Return one table per family of methods, its heading across."""
    tables: list[RenderableType] = [_table(title, columns)]
    for family in dict.fromkeys(frame.index.get_level_values("family")):
        table = _table("", columns, head=False)
        rows = frame.loc[family]
        for label, row in zip(rows.index, rows.to_numpy(dtype=np.float64), strict=True):
            table.add_row(f" {label}", *(few_digits(float(v), most=4) for v in row))
        tables += [Text(FAMILIES[str(family)], style="dim italic"), table]
    return Padding(Group(*tables), (1, 0, 0, 0), expand=False)
