"""Shocks to an economy itself: supply, final demand and productivity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from iomodel.scenario.checks import ProductShare, flag, fraction, number, shares
from iomodel.scenario.shock import Shock
from iomodel.typing import Labels

__all__ = ["DemandChange", "Productivity", "SupplyCut"]


# Largest change of productivity or of final demand that needs no word: twice as much.
USUAL_CHANGE = 1.0


@dataclass(frozen=True)
class SupplyCut(Shock):
    """A share of output that can no longer be made, for users at home and abroad alike.

    Parameters
    ----------
    region, sectors : str or sequence of str
        The industries.
    share : float
        Fraction of output that is lost, in [0, 1].
    product_share : float or mapping of str to float
        Fraction of the industry's output that is the product in question.
    """

    kind: ClassVar[str] = "supply_cut"
    lowers_to: ClassVar[str] = "supply_cut"

    region: Labels
    sectors: Labels
    share: float
    product_share: ProductShare = 1.0

    def _validate(self) -> None:
        self._labels("region", "sectors")
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))


@dataclass(frozen=True)
class DemandChange(Shock):
    """A change of final demand in a region, for goods of every origin.

    Parameters
    ----------
    region : str or sequence of str
        Regions of the final demand.
    sectors : str or sequence of str
        Products demanded.
    change : float
        Relative change, at least -1.
    final_uses : str or sequence of str
        Final uses.
    extreme : bool
        Whether a change above 100 percent is meant. Without it such a value is refused, as it
        looks like a percentage.
    """

    kind: ClassVar[str] = "demand"
    lowers_to: ClassVar[str] = "demand"

    region: Labels
    sectors: Labels
    change: float
    final_uses: Labels = "all"
    extreme: bool = field(default=False, kw_only=True)

    def _validate(self) -> None:
        self._labels("region", "sectors", "final_uses")
        self._set("extreme", flag("extreme", self.extreme))
        self._set("change", fraction("change", self.change, -1.0, USUAL_CHANGE, self.extreme))


@dataclass(frozen=True)
class Productivity(Shock):
    """A change of total factor productivity.

    Parameters
    ----------
    region, sectors : str or sequence of str
        The industries.
    change : float
        Relative change, above -1: 0.01 makes one percent more from the same inputs.
    extreme : bool
        Whether a change above 100 percent is meant. Without it such a value is refused, as it
        looks like a percentage.
    """

    kind: ClassVar[str] = "productivity"
    lowers_to: ClassVar[str] = "productivity"

    region: Labels
    sectors: Labels
    change: float
    extreme: bool = field(default=False, kw_only=True)

    def _validate(self) -> None:
        self._labels("region", "sectors")
        self._set("extreme", flag("extreme", self.extreme))
        number("change", self.change, above=-1.0)
        change = fraction("change", self.change, -1.0, USUAL_CHANGE, self.extreme)
        self._set("change", change)
