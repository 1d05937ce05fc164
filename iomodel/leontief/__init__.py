"""The linear core: answers from I - A, and everything that is built on them."""

from iomodel.leontief.cluster import OnCluster
from iomodel.leontief.cuts import RowScenarios
from iomodel.leontief.disk import OnDisk, RawMatrix, write_raw
from iomodel.leontief.household import HouseholdClosure, Households
from iomodel.leontief.indicators import (
    domestic_value_added_in_exports,
    gross_exports,
    value_added_absorbed,
    vax,
    vax_ratio,
)
from iomodel.leontief.lowrank import LowRankUpdate, updated
from iomodel.leontief.nearby import NearbySystem
from iomodel.leontief.plan import Plan
from iomodel.leontief.productive import SpectralBounds, spectral_radius
from iomodel.leontief.residual import SolveReport
from iomodel.leontief.sparse import Sparse
from iomodel.leontief.structured import SharedImports
from iomodel.leontief.system import LeontiefSystem

__all__ = [
    "HouseholdClosure",
    "Households",
    "LeontiefSystem",
    "LowRankUpdate",
    "NearbySystem",
    "OnCluster",
    "OnDisk",
    "Plan",
    "RawMatrix",
    "RowScenarios",
    "SharedImports",
    "SolveReport",
    "Sparse",
    "SpectralBounds",
    "domestic_value_added_in_exports",
    "gross_exports",
    "spectral_radius",
    "updated",
    "value_added_absorbed",
    "vax",
    "vax_ratio",
    "write_raw",
]
