"""Embedded tables in the regions that scenarios name, and a rest of the world."""

from __future__ import annotations

from collections.abc import Sequence

import iomodel as iom

__all__ = ["NAMED", "merged"]

# Germany stands for the EU and NATO, India for the rest of the East, Brazil for the neutral.
NAMED = ["USA", "CHN", "JPN", "KOR", "TWN", "AUS", "NZL", "DEU", "GBR", "IND", "BRA"]


def merged(name: str, regions: Sequence[str]) -> iom.MRIOTable:
    """Return an embedded table with all regions but some added up to ROW."""
    table = iom.load(name)
    return table.aggregate(regions={r: r if r in regions else "ROW" for r in table.regions})
