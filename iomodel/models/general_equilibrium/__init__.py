"""Models in which prices, wages and trade react: equilibrium, scarce."""

from iomodel.models.general_equilibrium.base_year import BaseYear, base_year, economy_of
from iomodel.models.general_equilibrium.equilibrium import EquilibriumOptions, equilibrium
from iomodel.models.general_equilibrium.horizons import (
    HORIZONS,
    NESTS,
    Horizon,
    default_horizon,
    horizon_elasticities,
    trade_elasticity_at,
)
from iomodel.models.general_equilibrium.scarce import ScarceOptions, scarce

__all__ = [
    "HORIZONS",
    "NESTS",
    "BaseYear",
    "EquilibriumOptions",
    "Horizon",
    "ScarceOptions",
    "base_year",
    "default_horizon",
    "economy_of",
    "equilibrium",
    "horizon_elasticities",
    "scarce",
    "trade_elasticity_at",
]
