"""Committed results of the long run: losses by variant, and their ranges by cause."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from iomodel.effects.tables import WORLD
from replications.long_run.runs import MAIN, NUMBERS, RESULTS, TITLES, VARIANTS, scenarios_of
from replications.pages import facts

__all__ = ["CAUSES", "Losses", "Range", "loss_range", "main_losses", "results", "without_solution"]

Losses = Mapping[str, float]
# Kinds of variants, in words.
CAUSES: Mapping[str, str] = {
    "elasticities": "trade elasticities",
    "beta": "beta",
    "exponent": "exponent of knowledge",
    "arrival": "arrival rate of ideas",
    "knowledge": "knowledge at the start",
    "membership": "membership of the blocs",
}


class Range(NamedTuple):
    """Smallest and largest change, and number of variants without an equilibrium."""

    low: float
    high: float
    unsolved: int


@cache
def results() -> Mapping[tuple[str, str, str], Losses]:
    """Return results with an equilibrium by variant, scenario and region."""
    return {
        (row["variant"], row["scenario"], row["region"]): {n: float(row[n]) for n in NUMBERS}
        for row in facts(RESULTS)
        if row[NUMBERS[0]]
    }


def main_losses(specification: str, scenario: str, region: str = WORLD) -> Losses:
    """Return the losses of a specification without a change."""
    return results()[f"{MAIN}, {TITLES[specification]}", scenario, region]


def loss_range(specification: str, scenario: str, column: str, cause: str = "") -> Range | None:
    """Return the range of a world loss over a specification and its variants.

    Parameters
    ----------
    specification, scenario, column : str
    cause : str
        One of :data:`CAUSES`; default: all.

    Returns
    -------
    Range or None
        None without a variant of that cause.
    """
    variants = _varied(specification, scenario, cause)
    if not variants:
        return None
    solved = [name for name in variants if (name, scenario, WORLD) in results()]
    changes = [results()[name, scenario, WORLD][column] for name in solved]
    changes.append(main_losses(specification, scenario)[column])
    return Range(min(changes), max(changes), len(variants) - len(solved))


def without_solution() -> list[tuple[str, str]]:
    """Return variants and scenarios without an equilibrium."""
    return [
        (name, scenario)
        for name, variant in VARIANTS.items()
        for group in scenarios_of(variant)
        for scenario in group
        if (name, scenario, WORLD) not in results()
    ]


def _varied(specification: str, scenario: str, cause: str) -> list[str]:
    """Names of the variants of a specification and a cause that a scenario was run with."""
    return [
        name
        for name, variant in VARIANTS.items()
        if variant.specification == specification
        and variant.kind != MAIN
        and cause in ("", variant.kind)
        and any(scenario in group for group in scenarios_of(variant))
    ]
