"""The Leontief system of a table: the one at hand, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomodel.errors import TableError
from iomodel.leontief.system import LeontiefSystem

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["base_system"]


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
