"""Cells that users hand in, as real numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = ["real_cells", "refuse_complex"]


def real_cells(name: str, values: Any) -> Float:
    """Cells as a C-contiguous float64 array, not copied where they are one.

    Parameters
    ----------
    name : str
        What they are, for the message.
    values : array_like

    Raises
    ------
    TableError
        If they are complex: NumPy would drop their imaginary part.
    """
    refuse_complex(name, values)
    cells: Float = np.ascontiguousarray(values, dtype=np.float64)
    return cells


def refuse_complex(name: str, values: Any) -> None:
    """Raise TableError for complex cells."""
    if np.iscomplexobj(values):
        raise TableError(f"{name} is complex; give real numbers, as with values.real")
