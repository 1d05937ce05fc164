"""The effects as text for a terminal: the headline table, who is hit most, where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.effects.tables import WORLD
from iomodel.report.headline import (
    digits,
    headline,
    headline_rows,
    identity,
    industries_hit,
    regions_hit,
)
from iomodel.report.names import region_name

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.studies.ensemble import Ensemble

__all__ = ["comparison_text", "effects_text", "left_out_text", "number"]

HIT, GAINERS = 6, 4
# Models and closures side by side in 80 characters.
COLUMNS = 5


def effects_text(effects: Effects, opening: str = "") -> RenderableType:
    """Return the effects of one run as something that rich can print.

    Parameters
    ----------
    effects : Effects
    opening : str
        A sentence before the notes, such as the choice of the model.

    Returns
    -------
    rich renderable
        Title, what the numbers stand on, headline rows, most hit regions and industries, notes.
    """
    shown = headline(effects)
    rows = headline_rows(effects)
    groups = [name for name in rows if name not in (*effects.regions, WORLD)]
    frame = effects.by_region(groups=groups)
    worst = regions_hit(effects, HIT, without=rows)
    table = _table(shown.what, shown.columns.values())
    places = digits(frame.loc[rows, list(shown.columns)])
    _add(table, frame.loc[rows].iterrows(), shown.columns, places)
    if len(worst):
        _section(table, "most hit")
        _add(table, worst.iterrows(), shown.columns, places)
    if len(effects.closures) > 1:
        best = regions_hit(effects, GAINERS, without=[*rows, *worst.index], gains=True)
        if len(best):
            _section(table, f"gain most if {effects.closures[-1]}")
            _add(table, best.iterrows(), shown.columns, places)
    parts: list[RenderableType] = [Text(effects.scenario_title, style="bold"), *_origin(effects)]
    parts.append(Padding(table, (1, 0, 0, 0), expand=False))
    hit = industries_hit(effects, HIT)
    if len(hit):
        values = [c for c in hit.columns if c not in ("region", "sector", "sector_name")]
        industries = _table(shown.industry_what, ["" if v == "value" else v for v in values])
        places = digits(hit[values])
        for record in hit.to_dict("records"):
            code, words = record["sector"], record["sector_name"]
            sector = code if words == code else f"{code} {words}"
            name = f"{region_name(record['region'])}, {sector}"
            industries.add_row(name, *(number(record[v], places) for v in values))
        parts.append(Padding(industries, (1, 0, 0, 0), expand=False))
    if len(effects.closures) > 1:
        between = " and ".join(effects.closures)
        parts.append(Text(f"The truth lies between {between}.", style="bold"))
    notes = [opening, *effects.notes] if opening else effects.notes
    parts += [Text(f"Note: {note}", style="dim") for note in notes]
    return Group(*parts)


def comparison_text(ensemble: Ensemble) -> RenderableType:
    """Return the bracket over models as something that rich can print.

    Parameters
    ----------
    ensemble : Ensemble

    Returns
    -------
    rich renderable
        One table per measure (GDP, consumer prices), then the models that refused and why.
    """
    first = next(iter(ensemble.effects.values()), None)
    parts: list[RenderableType] = []
    if first is not None:
        parts.append(Text(first.scenario_title, style="bold"))
        stands_on = [identity(first)[-1], *ensemble.elasticities]
        parts.append(Text(" · ".join(stands_on), style="dim"))
    for variable, what in ensemble.measures.items():
        frame = ensemble.to_dataframe(variable)
        for start in range(0, frame.shape[1], COLUMNS):
            part = frame.iloc[:, start : start + COLUMNS]
            table = _table(what, [str(c).replace(":", "\n") for c in part.columns])
            _add(table, part.iterrows(), {str(c): "" for c in part.columns}, digits(frame))
            parts.append(Padding(table, (1, 0, 0, 0), expand=False))
    parts += [
        Text(f"{label} refuses: {sentence}", style="yellow")
        for label, sentence in ensemble.refusals.items()
    ]
    return Group(*parts)


def left_out_text(ensemble: Ensemble) -> list[RenderableType]:
    """Return one line for each model that was not asked, with the reason."""
    return [
        Text(f"Left out: {name} {reason}.", style="dim")
        for name, reason in ensemble.left_out.items()
    ]


def number(value: float, places: int = 2) -> str:
    """Return a change with its sign; a dash where it is undefined."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:+.{places}f}"
    return text if float(text) else f"{0:.{places}f}"


# ---------------------------------------------------------------------- helpers
def _origin(effects: Effects) -> list[RenderableType]:
    return [Text(" · ".join(identity(effects)), style="dim")]


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="")
    table.add_column(title, overflow="fold", min_width=22)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=False, min_width=6)
    return table


def _section(table: Table, words: str) -> None:
    table.add_row(Text(words, style="dim italic"))


def _add(
    table: Table, rows: Iterable[tuple[Any, Any]], columns: Mapping[str, str], places: int
) -> None:
    for name, row in rows:
        style = "bold" if name == WORLD else ""
        cells = (number(row[c], places) for c in columns)
        table.add_row(region_name(str(name)), *cells, style=style)
