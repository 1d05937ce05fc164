"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

__all__ = ["closure", "elasticities", "option", "out", "quiet", "scenario", "setting", "table"]


def pairs(
    _context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> dict[str, object]:
    """Turn KEY=VALUE texts into a dictionary; a value is read as YAML: 0.3, true, [USA, JPN]."""
    import yaml

    found: dict[str, object] = {}
    for text in values:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise click.BadParameter(f"{text!r} is not KEY=VALUE", param=parameter)
        if key.strip() in found:
            raise click.BadParameter(f"{key.strip()!r} is given twice", param=parameter)
        try:
            found[key.strip()] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise click.BadParameter(
                f"the value of {text!r} cannot be read; quote it", param=parameter
            ) from None
    return found


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

scenario: Decorator = click.argument("scenario")
table: Decorator = click.option(
    "--table",
    help="One of `iomodel tables`, or the path of a table's .nc file.  [default: world-2022; "
    "world-2022-ree for a scenario on the rare-earth chain]",
)
closure: Decorator = click.option("--closure", help="Closure of the model; see `iomodel models`.")
elasticities: Decorator = click.option(
    "--elasticities", metavar="SET", help="Set of trade elasticities, for example CP."
)
setting: Decorator = click.option(
    "--set",
    "setting",
    multiple=True,
    metavar="KEY=VALUE",
    callback=pairs,
    help="Value of a parameter of the scenario; may be repeated.",
)
option: Decorator = click.option(
    "--option",
    multiple=True,
    metavar="KEY=VALUE",
    callback=pairs,
    help="Option of the model; may be repeated.",
)
out: Decorator = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the files.  [default: ./results/SCENARIO]",
)
quiet: Decorator = click.option(
    "--quiet", is_flag=True, help="Print no progress and no table, only where the files are."
)
