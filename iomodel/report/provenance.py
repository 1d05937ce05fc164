"""Provenance of results in one line: model, closure, elasticities, horizon, table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.scenario.reach import ContentReach

__all__ = ["closure_notes", "identity", "reach_identity", "table_identity"]

TABLE_FACTS = ("name", "year", "price_basis", "description")


def identity(effects: Effects) -> list[str]:
    """Return model, closure, elasticities, horizon and table in words."""
    facts = [f"model {effects.model}"]
    if len(effects.closures) > 1:
        facts.append(f"closures {' and '.join(effects.closures)}")
    elif effects.closure:
        facts.append(f"closure {effects.closure}")
    if effects.elasticities:
        facts.append(f"elasticities {effects.elasticities}")
    horizon = effects.parameters.get("horizon")
    if isinstance(horizon, Mapping):
        facts.append(f"horizon {horizon['value']}")
    return [*facts, table_identity(effects.dataset.attrs)]


def closure_notes(effects: Effects) -> tuple[list[str], list[str]]:
    """Return the notes that say what the closures shown beside each other assume, and all others.

    Notes of closures begin with ``Closure NAME:``; a result of one closure has none of the first.
    """
    names = effects.closures if len(effects.closures) > 1 else []
    openings = tuple(f"Closure {name}: " for name in names)
    assumptions = [note for note in effects.notes if note.startswith(openings)]
    return assumptions, [note for note in effects.notes if note not in assumptions]


def table_identity(attrs: Mapping[Any, Any]) -> str:
    """Return name, year, price basis and first sentence of the description of a table."""
    basis = [str(attrs["table_year"]) if attrs["table_year"] else "", attrs["table_price_basis"]]
    stated = ", ".join(str(fact) for fact in basis if fact)
    text = f"table {attrs['table_name']}" + (f" ({stated})" if stated else "")
    sentence = str(attrs["table_description"]).split(". ")[0].rstrip(".")
    # "An estimate" goes on in the middle of a sentence; "OECD tables" keeps its capitals.
    if not sentence[1:2].isupper():
        sentence = sentence[:1].lower() + sentence[1:]
    return f"{text}: {sentence}" if sentence else text


def reach_identity(reach: ContentReach) -> str:
    """Return the way of counting content, and the table."""
    counts = "whole chain" if reach.rule.counts == "chain" else "the maker's own purchases"
    attrs = {f"table_{fact}": reach.table.attrs.get(fact, "") for fact in TABLE_FACTS}
    return f"content through the {counts} · {table_identity(attrs)}"
