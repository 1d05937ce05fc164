"""How far a content rule reaches, as text and as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.report.figures.canvas import (
    BLUE,
    FAINT,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    SMALL,
    TEXT,
    Chart,
    label_width,
    sheet,
)
from iomodel.report.headline import table_identity
from iomodel.report.names import region_name

if TYPE_CHECKING:
    from iomodel.scenario.reach import ContentReach

__all__ = ["reach_figure", "reach_text"]

ROWS, BARS = 8, 10
LICENCE_DAYS = 45.0
LINE = 0.3


def reach_text(reach: ContentReach, title: str) -> RenderableType:
    """Return the reach of a rule as something that rich can print.

    Parameters
    ----------
    reach : ContentReach
    title : str
        Of the scenario.

    Returns
    -------
    rich renderable
        Trade by threshold, at the rule's own by exporter, importer and product, and what a ban and
        a licence hold back.
    """
    rule, unit = reach.rule, reach.unit
    caught = float(reach.by_importer()["trade"].sum())
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        Text(_stands_on(reach), style="dim"),
        _block(_thresholds(reach)),
        _block(_ranking(f"Exporters, at {rule.threshold:.3g}", reach.by_exporter(), unit)),
        _block(_ranking("Importers", reach.by_importer(), unit)),
        _block(_ranking("Products", _named(reach, reach.by_sector()), unit)),
        Text(
            f"A ban stops {caught:,.0f} {unit} of deliveries a year; a licence that takes "
            f"{LICENCE_DAYS:g} working days holds back {reach.held_back(LICENCE_DAYS):,.0f} of "
            "them. What follows from that: `iomodel run` and `iomodel compare`."
        ),
        Text(
            "Content is a sector average: single products lie above and below it. Embodied content "
            "counts every controlled product once.",
            style="dim",
        ),
    ]
    return Group(*parts, *(Text(f"Note: {note}", style="dim") for note in reach.notes))


def reach_figure(reach: ContentReach, title: str) -> Chart:
    """Draw trade by threshold on the left, and who sends what falls under the rule on the right.

    Parameters
    ----------
    reach : ContentReach
    title : str

    Returns
    -------
    Chart
    """
    rule = reach.rule
    body = BARS * LINE + 1.35
    page = sheet(
        11.4,
        body,
        title,
        f"Trade of third countries by content: at {100 * rule.threshold:g}% of value and more it "
        "falls under the rule",
        [_stands_on(reach)],
    )
    middle = 5.4
    _curve(page.axes(0.95, middle - 0.35, 0.25, 0.6), reach)
    exporters = reach.by_exporter().head(BARS)
    exporters = exporters[exporters["trade"] > 0]
    names = [region_name(str(r)) for r in exporters.index]
    axes = page.axes(middle + label_width(names), page.width - MARGIN - 0.9, 0.25, 0.6)
    _bars(axes, names, exporters, reach.unit)
    return page.chart


# ---------------------------------------------------------------------- text
def _stands_on(reach: ContentReach) -> str:
    counts = "whole chain" if reach.rule.counts == "chain" else "the maker's own purchases"
    attrs = {f"table_{k}": reach.table.attrs.get(k, "") for k in _IDENTITY}
    return f"content through the {counts} · {table_identity(attrs)}"


_IDENTITY = ("name", "year", "price_basis", "description")


def _block(table: Table) -> RenderableType:
    return Padding(table, (1, 0, 0, 0), expand=False)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="")
    for k, name in enumerate(columns):
        table.add_column(name, justify="right" if k else "left", overflow="fold")
    return table


def _thresholds(reach: ContentReach) -> Table:
    table = _table(
        "Content at least", "flows", f"trade, {reach.unit}", "share", "by direct content alone"
    )
    for threshold, row in reach.by_threshold().iterrows():
        own = bool(threshold == reach.rule.threshold)
        table.add_row(
            f"{100 * float(threshold):g}%" + (" (the rule)" if own else ""),  # type: ignore[arg-type]
            f"{row['flows']:,.0f}",
            f"{row['trade']:,.0f}",
            f"{row['share_pct']:.1f}%",
            f"{row['direct']:,.0f}",
            style="bold" if own else "",
        )
    return table


def _ranking(title: str, frame: pd.DataFrame, unit: str) -> Table:
    table = _table(title, f"trade under the rule, {unit}", "of its trade in reach")
    for name, row in frame[frame["trade"] > 0].head(ROWS).iterrows():
        table.add_row(region_name(str(name)), f"{row['trade']:,.0f}", f"{row['share_pct']:.0f}%")
    return table


def _named(reach: ContentReach, frame: pd.DataFrame) -> pd.DataFrame:
    words = dict(zip(reach.table.sectors, reach.table.dataset["sector_name"].values, strict=True))
    return frame.rename(index=lambda code: f"{code} {words[code]}")


# ---------------------------------------------------------------------- figure
def _curve(axes: Axes, reach: ContentReach) -> None:
    """Draw the share of trade with at least so much content, for both ways to count."""
    trade = reach.caught.trade.sum(axis=2).reshape(-1)
    total = trade.sum()
    for content, colour, words in (
        (reach.caught.embodied, BLUE, "whole chain"),
        (reach.caught.direct, ORANGE, "own purchases alone"),
    ):
        order = np.argsort(-content.reshape(-1), kind="stable")
        level = content.reshape(-1)[order]
        seen = level > 0
        share = 100.0 * np.cumsum(trade[order]) / (total or 1.0)
        axes.step(100.0 * level[seen], share[seen], where="post", color=colour, lw=2, label=words)
    axes.axvline(100.0 * reach.rule.threshold, color=INK, lw=0.9, ls=":")
    axes.set_xscale("log")
    axes.set_xlim(1e-3, 100)
    axes.set_ylim(0, 102)
    axes.set_xlabel("content, percent of value (log scale)", fontsize=SMALL, color=GREY)
    axes.set_ylabel("percent of trade with at least that content", fontsize=SMALL, color=GREY)
    axes.grid(visible=True, color=FAINT, lw=0.8)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    axes.tick_params(colors=GREY, labelsize=SMALL)
    axes.legend(frameon=False, fontsize=TEXT, loc="upper right")


def _bars(axes: Axes, names: list[str], frame: pd.DataFrame, unit: str) -> None:
    places = np.arange(len(names))
    values = frame["trade"].to_numpy(dtype=np.float64)
    axes.barh(places, values, height=0.66, color=BLUE)
    span = float(values.max(initial=0.0)) or 1.0
    style: dict[str, Any] = {"fontsize": SMALL, "va": "center", "color": INK}
    for at, (value, share) in enumerate(zip(values, frame["share_pct"], strict=True)):
        axes.text(value + 0.015 * span, at, f"{value:,.0f} ({share:.0f}%)", **style)
    axes.set_yticks(places, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, span)
    axes.set_xticks([])
    axes.set_xlabel(
        f"{unit} under the rule, and percent of the exporter's trade in reach",
        fontsize=SMALL,
        color=GREY,
    )
