"""Options of the model ``equilibrium``, and its numeraire in words and for the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import REVENUE
from iomodel.models.general_equilibrium.adjustment import AdjustmentOptions
from iomodel.models.general_equilibrium.import_shares import import_shares_option
from iomodel.models.kinds import Choice, Flag, Number, Text, Whole
from iomodel.models.options import option
from iomodel.table.groups import resolve_region

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["EquilibriumOptions", "closure_of", "numeraire_note"]

NUMERAIRE_WORDS = {
    "world": "world factor income",
    "wage": "the mean factor reward of {}",
    "price": "the consumer price of {}",
}


def _is_numeraire(text: str) -> bool:
    kind, _, region = text.partition(":")
    return kind in NUMERAIRE_WORDS and bool(region) == (kind != "world")


@dataclass(frozen=True)
class EquilibriumOptions(AdjustmentOptions):
    """Options of the model ``equilibrium``."""

    import_shares: str = import_shares_option()
    linkages: bool = option(
        True,
        Flag(),
        "Input-output linkages. Without them each industry uses materials of its own sector only "
        "and its other inputs count as value added.",
        source="CaliendoParro2015",
    )
    revenue: str = option(
        "rebated",
        Choice(REVENUE),
        "Tariff revenue is rebated to households, or spent by governments. Where nominal spending "
        "is fixed (closures sticky and rigid), households save it and governments spend what is "
        "new of it.",
    )
    numeraire: str = option(
        "world",
        Text("world, wage:REGION or price:REGION", _is_numeraire),
        "Numeraire: world factor income, the mean factor reward of a region, or its consumer "
        "price. Only nominal values and prices depend on it.",
    )
    links: int | None = option(
        None,
        Whole(1),
        "Links of real GDP along the path of the shock. Default: as many as bring its "
        "error below .0005 percentage points. Of an even number the error is known; one is the "
        "direct index.",
    )
    tolerance: float | None = option(
        None,
        Number(low=1e-12, high=1e-4),
        "Largest log excess demand in a factor market. Default: 1e-10; of draws solved side by "
        "side with real GDP 1e-7, which keeps all digits that are printed. 1e-5 is enough for a "
        "fan chart.",
        unit="1",
    )
    detail: bool = option(
        False, Flag(), "Report bilateral trade by sector too, in volume and in value."
    )


def closure_of(options: EquilibriumOptions, labour: str, table: MRIOTable) -> ge.Closure:
    """Return the engine's closure for a labour closure and the options of a run."""
    return ge.Closure(
        labour,
        options.balance,
        revenue=options.revenue,
        **_numeraire_of(options.numeraire, table),
    )


def _numeraire_of(numeraire: str, table: MRIOTable) -> dict[str, Any]:
    """Return the engine's numeraire for a text such as ``price:USA``.

    Raises
    ------
    LabelError
        If the table has no such region.
    """
    kind, _, region = numeraire.partition(":")
    if not region:
        return {}
    label = resolve_region(region, table.regions)
    return {"numeraire": kind, "region": table.regions.index(label)}


def numeraire_note(numeraire: str, closure: str) -> str:
    """Return a sentence on the numeraire."""
    if closure == "rigid":
        return "Nominal values and prices are relative to wages, which do not move."
    if closure == "sticky":
        return "Nominal values and prices are relative to the wages of the base."
    kind, _, region = numeraire.partition(":")
    unit = NUMERAIRE_WORDS[kind].format(region)
    return f"Nominal values and prices are relative to {unit}, which is the numeraire."
