"""Options that several models share, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iomodel.errors import TableError, unknown_label
from iomodel.leontief import LeontiefSystem

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["base_system", "closure_of"]


def closure_of(model: str, closure: str, valid: Sequence[str]) -> str:
    """Return the closure, or refuse one that the model does not have.

    Raises
    ------
    LabelError
        Listing the closures of the model.
    """
    if closure not in valid:
        raise unknown_label(f"closure of model {model}", closure, valid)
    return closure


def base_system(table: MRIOTable, system: LeontiefSystem | None) -> LeontiefSystem:
    """Return the Leontief system of a table: the one at hand, or a new one.

    Raises
    ------
    TableError
        If the one at hand belongs to another table.
    """
    if system is None:
        return LeontiefSystem(table)
    # A table caches its coefficients, so the system of the same table holds the same memory.
    if system.table is not table:
        raise TableError(
            f"the system given is not that of table {table.name!r}; pass LeontiefSystem(table), or "
            "leave it out"
        )
    return system
