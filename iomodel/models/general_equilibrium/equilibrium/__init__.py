"""General equilibrium: prices, wages, incomes and trade react."""

from iomodel.models.general_equilibrium.equilibrium.model import (
    CLOSURES,
    HANDLES,
    NESTS,
    economy_of,
    equilibrium,
)

__all__ = [
    "CLOSURES",
    "HANDLES",
    "NESTS",
    "economy_of",
    "equilibrium",
]
