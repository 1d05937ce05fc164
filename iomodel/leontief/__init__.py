"""The linear core: one factorization of I - A and everything that is asked of it."""

from iomodel.leontief.household import HouseholdClosure, Households
from iomodel.leontief.indicators import (
    domestic_value_added_in_exports,
    gross_exports,
    value_added_absorbed,
    vax,
    vax_ratio,
)
from iomodel.leontief.lowrank import LowRankUpdate, updated
from iomodel.leontief.productive import SpectralBounds, spectral_radius
from iomodel.leontief.residual import SolveReport
from iomodel.leontief.system import LeontiefSystem

__all__ = [
    "HouseholdClosure",
    "Households",
    "LeontiefSystem",
    "LowRankUpdate",
    "SolveReport",
    "SpectralBounds",
    "domestic_value_added_in_exports",
    "gross_exports",
    "spectral_radius",
    "updated",
    "value_added_absorbed",
    "vax",
    "vax_ratio",
]
