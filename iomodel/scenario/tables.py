"""Embedded tables for scenarios: the default, and those with sectors of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario

__all__ = ["DEFAULT_TABLE", "SUITED_TABLES", "suited_table"]

DEFAULT_TABLE = "world-2022"
# Groups of sectors that only one table has as sectors of their own.
SUITED_TABLES = {"rare-earth-chain": "world-2022-ree"}


def suited_table(scenario: Scenario) -> str:
    """Name of the embedded table that suits a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        For :func:`iomodel.load`: the table whose own sectors a shock names, else the default.

    Examples
    --------
    >>> import iomodel as iom
    >>> iom.suited_table(iom.Scenario.load("rare-earth-80"))
    'world-2022-ree'
    """
    for shock in scenario.shocks:
        sectors = getattr(shock, "sectors", ())
        for name in [sectors] if isinstance(sectors, str) else sectors:
            if name in SUITED_TABLES:
                return SUITED_TABLES[name]
    return DEFAULT_TABLE
