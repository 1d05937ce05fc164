"""The linear core: answers from I - A, and everything that is built on them."""

from iomodel.indicators.value_added_trade import (
    domestic_value_added_in_exports,
    gross_exports,
    value_added_absorbed,
    vax,
    vax_ratio,
)
from iomodel.leontief.forms.cluster import OnCluster
from iomodel.leontief.forms.disk import OnDisk, RawMatrix, write_raw
from iomodel.leontief.forms.shared_imports import SharedImports
from iomodel.leontief.forms.sparse import Sparse
from iomodel.leontief.household import HouseholdClosure, Households
from iomodel.leontief.plan import Plan
from iomodel.leontief.productive import SpectralBounds, spectral_radius
from iomodel.leontief.solvers.backward_error import SolveReport
from iomodel.leontief.system import LeontiefSystem
from iomodel.leontief.updates.low_rank import LowRankUpdate, updated
from iomodel.leontief.updates.nearby import NearbySystem
from iomodel.leontief.updates.single_rows import RowScenarios

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
