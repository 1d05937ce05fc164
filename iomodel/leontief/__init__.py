"""The Leontief model: solutions of I - A and its transpose, and updates of them.

``system`` answers; ``plan`` chooses a solver; ``technology`` holds the coefficients; ``labels`` and
``interface`` turn labelled arrays into plain ones and back; ``productive`` and ``certificate`` test
that the technology is productive; ``multipliers`` and ``household`` are the textbook's types I and
II; ``threads`` passes over memory in parallel. Packages: ``forms`` of A, ``solvers``, ``updates``.
"""

from iomodel.leontief.forms.cluster import OnCluster
from iomodel.leontief.forms.disk import OnDisk, RawMatrix, write_raw
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.forms.shared_imports import SharedImports
from iomodel.leontief.forms.sparse import Sparse
from iomodel.leontief.household import HouseholdClosure, Households
from iomodel.leontief.interface import Solver
from iomodel.leontief.multipliers import intensity, per_unit_of_output
from iomodel.leontief.plan import Method, Plan
from iomodel.leontief.productive import SpectralBounds, spectral_radius
from iomodel.leontief.solvers.backward_error import (
    DEFAULT_TOLERANCE,
    SolveReport,
    backward_error,
    checked_solve,
)
from iomodel.leontief.system import LeontiefSystem, base_system
from iomodel.leontief.updates.low_rank import LowRankUpdate, updated
from iomodel.leontief.updates.nearby import NearbySystem
from iomodel.leontief.updates.single_rows import RowScenarios

__all__ = [
    "DEFAULT_TOLERANCE",
    "HouseholdClosure",
    "Households",
    "LeontiefSystem",
    "LowRankUpdate",
    "Method",
    "NearbySystem",
    "OnCluster",
    "OnDisk",
    "Operator",
    "Plan",
    "RawMatrix",
    "RowScenarios",
    "SharedImports",
    "SolveReport",
    "Solver",
    "Sparse",
    "SpectralBounds",
    "backward_error",
    "base_system",
    "checked_solve",
    "intensity",
    "per_unit_of_output",
    "spectral_radius",
    "updated",
    "write_raw",
]
