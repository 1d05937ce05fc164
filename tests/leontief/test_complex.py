"""Complex cells are refused where users hand in arrays: NumPy would drop the imaginary part."""

import numpy as np
import pytest
import xarray as xr
from scipy import sparse

from iomodel import MRIOTable
from iomodel.errors import TableError
from iomodel.leontief import LeontiefSystem, LowRankUpdate, OnDisk
from tests.leontief.technologies import technology

N = 8
A = technology(1, N)
Z = A * 10 + 0j
LABELS = {"regions": ["A", "B"], "sectors": ["a", "b", "c", "d"]}


def system():
    return LeontiefSystem.from_coefficients(A)


@pytest.mark.parametrize(
    "hand_in",
    [
        lambda: LeontiefSystem.from_coefficients(A + 0j),
        lambda: LeontiefSystem.from_coefficients(sparse.csr_array(A + 0j)),
        lambda: OnDisk(A + 0j),
        lambda: system().solve(np.ones(N) + 1j),
        lambda: system().solve([1j] * N),
        lambda: system().solve_prices(np.ones((N, 2)) + 1j),
        lambda: LowRankUpdate.from_rows(system(), [0], np.full((1, N), 0.01j)),
        lambda: MRIOTable.from_arrays(Z, np.ones((N, 2)), **LABELS),
        lambda: MRIOTable.from_arrays(Z.real, np.ones((N, 2)) + 1j, **LABELS),
        lambda: MRIOTable.from_arrays(Z.real, np.ones((N, 2)), V=np.ones((1, N)) + 1j, **LABELS),
    ],
)
def test_complex_cells_are_refused(hand_in):
    with pytest.raises(TableError, match=r"is complex; give real numbers"):
        hand_in()


def test_complex_labelled_arrays_are_refused():
    table = MRIOTable.from_arrays(Z.real, np.full((N, 2), 40.0), **LABELS)
    demand = xr.ones_like(table.x) * (1 + 1j)
    with pytest.raises(TableError, match="the right-hand side is complex"):
        LeontiefSystem(table).solve(demand)
    with pytest.raises(TableError, match="the coefficient array is complex"):
        LeontiefSystem.from_coefficients(table.A + 0j)
