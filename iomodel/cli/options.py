"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from iomodel.scenario.tables import DEFAULT_TABLE, SUITED_TABLES

__all__ = [
    "OutputPath",
    "closure",
    "draws",
    "elasticities",
    "interval",
    "merged",
    "option",
    "out",
    "quiet",
    "scenario",
    "setting",
    "table",
]

# Signs with which YAML begins something other than a plain word or number.
INDICATORS = "[{'\"&*!|>%@`"


class OutputPath(click.Path):
    """A path to write to; an empty text is none, and not the working folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("an empty text is no path", param, ctx)
        return super().convert(value, param, ctx)


def merged(*options: Mapping[str, object]) -> dict[str, object]:
    """Options of a model from several options of the command.

    Raises
    ------
    click.UsageError
        If two of them set the same one.
    """
    values: dict[str, object] = {}
    for group in options:
        for name, value in group.items():
            if name in values:
                raise click.UsageError(f"option {name!r} is given twice")
            values[name] = value
    return values


# ---------------------------------------------------------------------- callbacks
def _pairs(
    _context: click.Context, parameter: click.Parameter, texts: Sequence[str]
) -> dict[str, object]:
    """Names and values from texts KEY=VALUE."""
    values: dict[str, object] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        name = key.strip()
        if not sign or not name:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE", param=parameter)
        if name in values:
            raise click.BadParameter(f"{name!r} is given twice", param=parameter)
        values[name] = _read(value, parameter)
    return values


def _word(
    _context: click.Context, parameter: click.Parameter, text: str | None
) -> dict[str, object]:
    """Name of the option with its text, empty where it is not used."""
    return {} if text is None else {str(parameter.name): text}


def _word_or_number(
    _context: click.Context, parameter: click.Parameter, text: str | None
) -> dict[str, object]:
    """Name of the option with its value, empty where it is not used."""
    return {} if text is None else {str(parameter.name): _read(text, parameter)}


def _read(text: str, parameter: click.Parameter) -> object:
    """Value of a text in YAML as scenario files have it: 0.3, true, [USA, JPN], 2025-11-10."""
    from iomodel.errors import ScenarioError
    from iomodel.scenario.yaml_nodes import parse

    word = text.strip()
    if not word:
        return ""
    try:
        return parse(word, "the value").plain()
    except (ScenarioError, RecursionError):
        if word[0] not in INDICATORS:
            # No value of its own, such as the date 2025-13-45: the model says what to give.
            return word
        raise click.BadParameter(
            f"the value of {text!r} cannot be read; quote it", param=parameter
        ) from None


# ---------------------------------------------------------------------- decorators
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

scenario: Decorator = click.argument("scenario")
table: Decorator = click.option(
    "--table",
    help="One of `iomodel tables`, or the path of a table's .nc file.  "
    f"[default: {DEFAULT_TABLE}; "
    + "; ".join(f"{table} for a scenario on {group}" for group, table in SUITED_TABLES.items())
    + "]",
)
closure: Decorator = click.option(
    "--closure", callback=_word, help="Closure of the model; see `iomodel show MODEL`."
)
elasticities: Decorator = click.option(
    "--elasticities",
    metavar="SET|NUMBER",
    callback=_word_or_number,
    help="Trade elasticities: a set, for example median, or one number for all sectors.",
)
setting: Decorator = click.option(
    "--set",
    "setting",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_pairs,
    help="Value of a parameter of the scenario; may be repeated.",
)
option: Decorator = click.option(
    "--option",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_pairs,
    help="Option of the model; may be repeated. `iomodel show MODEL` lists them with their ranges "
    "and defaults.",
)
interval: Decorator = click.option(
    "--interval/--no-interval",
    default=True,
    help="Band of real GDP and real income over trade elasticities.  [default: --interval]",
)
draws: Decorator = click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="Draws of trade elasticities for the band.",
)
out: Decorator = click.option(
    "--out",
    type=OutputPath(),
    metavar="DIR",
    help="Folder for the files.  [default: ./results/SCENARIO]",
)
quiet: Decorator = click.option(
    "--quiet", is_flag=True, help="Print no progress and no table, only where the files are."
)
