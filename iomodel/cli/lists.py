"""Commands that list scenarios, tables and models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from iomodel.cli.screen import stdout

__all__ = ["list_models", "list_scenarios", "list_tables", "print_rows"]


def list_scenarios() -> None:
    """Print the scenarios of the library, by theme."""
    from iomodel.scenario.catalogue import scenarios

    for theme, rows in scenarios().groupby("theme"):
        stdout().print(Text(f"\n{theme}", style="bold"))
        print_rows({"name": "scenario", "title": "what happens"}, rows.to_dict("records"))
    stdout().print(
        "\n`iomodel show SCENARIO` prints one whole, with the parameters that --set changes."
    )


def list_tables() -> None:
    """Print the embedded tables."""
    from iomodel.table.catalogue import datasets

    rows = [
        {**row, "size": f"{row['regions']} x {row['sectors']}", "year": row["year"] or ""}
        for row in datasets().to_dict("records")
    ]
    names = {"name": "table", "size": "regions x sectors", "year": "year"}
    print_rows(names | {"price_basis": "prices", "title": "what it is"}, rows)


def list_models() -> None:
    """Print the models."""
    from iomodel.models import available_models

    columns = {"name": "model", "summary": "what it answers", "handles": "kinds of shock"}
    print_rows(columns | {"closures": "closures"}, available_models().to_dict("records"))
    stdout().print("\n`iomodel show MODEL` prints what one does, with its options.")


def print_rows(columns: Mapping[str, str], rows: Iterable[Mapping[Any, Any]]) -> None:
    """Print rows as a table that folds to the width of the terminal.

    Parameters
    ----------
    columns : mapping of str to str
        Key in the rows to the words over the column.
    rows : iterable of mapping
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for position, words in enumerate(columns.values()):
        # The name must stay in one piece: it is what a reader copies.
        table.add_column(words, no_wrap=position == 0, overflow="fold")
    for row in rows:
        table.add_row(*(_text(row[key]) for key in columns))
    stdout().print(table)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(
            sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
        )
    return "" if value is None else str(value)
