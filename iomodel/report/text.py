"""Effects and comparisons as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iomodel.effects.tables import WORLD
from iomodel.models.fixed_price.leontief import DUTY_STIMULUS
from iomodel.report.headline import Headline, banded, headline, undetermined_note
from iomodel.report.names import industry_name, region_name
from iomodel.report.numbers import digits, number
from iomodel.report.plain import Plain
from iomodel.report.provenance import closure_notes, identity
from iomodel.report.rankings import industries_hit, ranked_regions

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.studies.ensembles.ensemble import Ensemble

__all__ = ["band_lines", "comparison_text", "effects_text", "left_out_text"]

HIT = 6
# Characters for models and closures side by side, of a number, and of one with its band.
WIDTH, PLAIN, BANDED = 56, 11, 25


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
        Title, provenance, headline rows, most hit regions and industries, what the closures
        assume, notes.
    """
    summary = headline(effects)
    lines: list[RenderableType] = [
        Text(effects.scenario_title, style="bold"),
        Text(" · ".join(identity(effects)), style="dim"),
        *_by_region(effects, summary),
        *_industries(effects, summary),
    ]
    assumptions, notes = closure_notes(effects)
    lines += [Text(assumption) for assumption in assumptions]
    lines += [Text(f"Note: {note}", style="dim") for note in ([opening] if opening else []) + notes]
    return Plain(Group(*lines))


def comparison_text(ensemble: Ensemble) -> RenderableType:
    """Return the bracket over models as something that rich can print.

    Parameters
    ----------
    ensemble : Ensemble

    Returns
    -------
    rich renderable
        One table per measure (GDP, consumer prices) with bands, over what they are and why other
        models have none, then the models that refused and why.
    """
    lines: list[RenderableType] = []
    if ensemble.effects:
        effects = ensemble.first
        lines.append(Text(effects.scenario_title, style="bold"))
        provenance = [identity(effects)[-1], *ensemble.elasticities]
        lines.append(Text(" · ".join(provenance), style="dim"))
    columns = [(title, _cells(ensemble, variable)) for variable, title in ensemble.measures.items()]
    for title, cells in columns:
        for page in _pages(cells):
            table = _table(title, [label.replace(":", "\n") for label in page])
            rows = zip(*page.values(), strict=True)
            _add(table, zip(ensemble.rows, rows, strict=True))
            lines.append(_spaced(table))
    lines += [Text(line, style="dim") for line in band_lines(ensemble)]
    marked = [cell for _, cells in columns for column in cells.values() for cell in column]
    lines += [Text(line, style="dim") for line in undetermined_note(marked)]
    if any(ensemble.outside_range(variable) for variable in ensemble.measures):
        lines.append(Text(f"Note: leontief. {DUTY_STIMULUS}", style="dim"))
    lines += [
        Text(f"{label} refuses: {sentence}", style="yellow")
        for label, sentence in ensemble.refusals.items()
    ]
    return Plain(Group(*lines))


def band_lines(ensemble: Ensemble) -> list[str]:
    """Return what the bands of a comparison are over, and why the other cases have none."""
    keys: dict[str, list[str]] = {}
    for case in ensemble.answered:
        words = ensemble.band_words(case.key).replace(f"model {case.model} ", "the model ")
        keys.setdefault(words, []).append(case.label)
    lines = []
    for words, labels in keys.items():
        reason = words.removeprefix("none").removeprefix(": ")
        if not words.startswith("none"):
            lines.append(f"Band of {', '.join(labels)}: {words}.")
        elif reason:
            lines.append(f"No band over elasticities: {', '.join(labels)} ({reason}).")
    return lines


def left_out_text(ensemble: Ensemble) -> list[RenderableType]:
    """Return one line for each model that was not asked, with the reason."""
    return [
        Plain(Text(f"Left out: {name} {reason}.", style="dim"))
        for name, reason in ensemble.left_out.items()
    ]


# ---------------------------------------------------------------------- helpers
def _cells(ensemble: Ensemble, variable: str) -> dict[str, list[str]]:
    """Return the printed column of every model and closure, with its band where it has one."""
    frame, bands = ensemble.to_dataframe(variable), ensemble.bands(variable)
    decimals = digits(frame)
    cells = {}
    for label, case, _ in ensemble.columns(variable):
        values = frame[label].tolist()
        if label not in bands:
            cells[label] = [number(value, decimals) for value in values]
            continue
        alone = ensemble.is_band_alone(case.key)
        ends = zip(values, *bands[label].to_numpy().T.tolist(), strict=True)
        cells[label] = [banded(None if alone else v, low, hi, decimals) for v, low, hi in ends]
    return cells


def _pages(cells: dict[str, list[str]]) -> Iterator[dict[str, list[str]]]:
    """Yield columns that fit side by side."""
    page: dict[str, list[str]] = {}
    width = 0
    for label, column in cells.items():
        needed = BANDED if any(" to " in cell for cell in column) else PLAIN
        if page and width + needed > WIDTH:
            yield page
            page, width = {}, 0
        page[label], width = column, width + needed
    if page:
        yield page


def _by_region(effects: Effects, summary: Headline) -> list[RenderableType]:
    """Return the headline rows, the most hit regions, and those that gain most."""
    ranked = ranked_regions(effects, HIT)
    table, cells = _table(summary.title, summary.shown.values()), []
    for words, frame in (
        ("", ranked.headline),
        ("most hit", ranked.losers),
        (ranked.gain_words, ranked.gainers),
    ):
        if words and len(frame):
            _section(table, words)
        rows = [(str(name), summary.cells(row, ranked.decimals)) for name, row in frame.iterrows()]
        _add(table, rows)
        cells += [cell for _, row in rows for cell in row]
    return [_spaced(table), *(Text(note, style="dim") for note in undetermined_note(cells))]


def _industries(effects: Effects, summary: Headline) -> list[RenderableType]:
    """Return the table of the most hit industries, if there are any."""
    frame = industries_hit(effects, HIT)
    if not len(frame):
        return []
    columns = [c for c in frame.columns if c not in ("region", "sector", "sector_name")]
    table = _table(summary.industry_title, ["" if c == "value" else c for c in columns])
    decimals = digits(frame[columns])
    for record in frame.to_dict("records"):
        name = industry_name(record["region"], record["sector"], record["sector_name"])
        table.add_row(name, *(number(record[c], decimals) for c in columns))
    return [_spaced(table)]


def _spaced(table: Table) -> RenderableType:
    return Padding(table, (1, 0, 0, 0), expand=False)


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="")
    table.add_column(title, overflow="fold", min_width=22)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=False, min_width=6)
    return table


def _section(table: Table, words: str) -> None:
    table.add_row(Text(words, style="dim italic"))


def _add(table: Table, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
    for name, cells in rows:
        table.add_row(region_name(name), *cells, style="bold" if name == WORLD else "")
