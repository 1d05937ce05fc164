"""All shocks by kind: the elements of a policy, as small frozen dataclasses.

Every shock is checked when it is made (types, ranges, dates in order) and against the labels of a
table when it is lowered (:mod:`iomodel.scenario.lowering`). A group name stands wherever a region
or a sector stands. Rates, shares and increases are fractions: 0.25 is 25 percent.
"""

from __future__ import annotations

from collections.abc import Mapping

from iomodel.scenario.economy_shocks import DemandChange, Productivity, SupplyCut
from iomodel.scenario.shock import Shock
from iomodel.scenario.tariff_shocks import Tariff, TariffLayer
from iomodel.scenario.trade_shocks import ContentControl, Embargo, ExportCut, TradeCost

__all__ = [
    "SHOCKS",
    "ContentControl",
    "DemandChange",
    "Embargo",
    "ExportCut",
    "Productivity",
    "Shock",
    "SupplyCut",
    "Tariff",
    "TariffLayer",
    "TradeCost",
]

_CLASSES: tuple[type[Shock], ...] = (
    Tariff,
    ExportCut,
    SupplyCut,
    TradeCost,
    Embargo,
    ContentControl,
    DemandChange,
    Productivity,
    TariffLayer,
)
SHOCKS: Mapping[str, type[Shock]] = {cls.kind: cls for cls in _CLASSES}
