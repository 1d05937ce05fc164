"""Names of sectors and regions for sentences about an economy; positions where there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["UNNAMED", "Names"]


@dataclass(frozen=True)
class Names:
    """Names of sectors and regions.

    Attributes
    ----------
    sectors, regions : tuple of str
        Empty if there are only positions.
    """

    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def sector(self, position: int) -> str:
        """Name of a sector."""
        return self.sectors[position] if self.sectors else f"sector {position}"

    def region(self, position: int) -> str:
        """Name of a region."""
        return self.regions[position] if self.regions else f"region {position}"

    def industry(self, sector: int, region: int) -> str:
        """Name of a sector in a region."""
        return f"{self.sector(sector)} in {self.region(region)}"

    def listed(self, regions: Iterable[int], limit: int = 8) -> str:
        """Names of regions, at most `limit` of them."""
        names = [self.region(int(position)) for position in regions]
        return ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")


UNNAMED = Names()
"""Positions only."""
