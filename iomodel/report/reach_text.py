"""Reach of a content rule as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.report.names import region_name
from iomodel.report.plain import Plain
from iomodel.report.provenance import reach_identity

if TYPE_CHECKING:
    from iomodel.scenario.reach import ContentReach

__all__ = ["reach_text"]

ROWS = 8
LICENCE_DAYS = 45.0


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
        Trade by threshold; at the threshold of the rule by exporter, importer and product;
        deliveries held back by a ban and by a licence.
    """
    rule, unit = reach.rule, reach.unit
    restricted_trade = float(reach.by_importer()["trade"].sum())
    lines: list[RenderableType] = [
        Text(title, style="bold"),
        Text(reach_identity(reach), style="dim"),
        _block(_thresholds(reach)),
        _block(_ranking(f"Exporters, at {rule.threshold:.3g}", reach.by_exporter(), unit)),
        _block(_ranking("Importers", reach.by_importer(), unit)),
        _block(_ranking("Products", _named(reach, reach.by_sector()), unit)),
        Text(
            f"A ban stops {restricted_trade:,.0f} {unit} of deliveries a year; a licence that "
            f"takes {LICENCE_DAYS:g} working days holds back {reach.held_back(LICENCE_DAYS):,.0f} "
            "of them. What follows from that: `iomodel run` and `iomodel compare`."
        ),
        Text(
            "Content is a sector average: single products lie above and below it. Embodied content "
            "counts every controlled product once.",
            style="dim",
        ),
    ]
    lines += [Text(f"Note: {note}", style="dim") for note in reach.notes]
    return Plain(Group(*lines))


# ---------------------------------------------------------------------- helpers
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
        is_rule = bool(threshold == reach.rule.threshold)
        table.add_row(
            f"{100 * float(threshold):g}%" + (" (the rule)" if is_rule else ""),  # type: ignore[arg-type]
            f"{row['flows']:,.0f}",
            f"{row['trade']:,.0f}",
            f"{row['share_pct']:.1f}%",
            f"{row['direct']:,.0f}",
            style="bold" if is_rule else "",
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
