"""Cells that users hand in, as real numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import LabelError, TableError
from iomodel.typing import Float

__all__ = ["cell_count", "is_labelled", "is_positional", "real_cells", "refuse_complex"]


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
        If they are complex (NumPy would drop their imaginary part), text, dates or other objects,
        or masked: NumPy would read the number under the mask.
    LabelError
        If they carry labels: :func:`iomodel.table.alignment.aligned` reads such objects.
    """
    if is_labelled(values):
        raise LabelError(
            f"{name} carries labels, which are not read here; give its numbers in the order of the "
            "table, as with .to_numpy()"
        )
    cells = values if isinstance(values, np.ndarray) else _array(name, values)
    refuse_complex(name, cells)
    if isinstance(cells, np.ma.MaskedArray):
        if np.ma.is_masked(cells):
            cell = tuple(int(k) for k in np.argwhere(np.ma.getmaskarray(cells))[0])
            raise TableError(f"{name} is masked at {cell}; fill it, as with .filled(0)")
        cells = cells.data
    if cells.dtype.kind == "O":
        cells = _numbers(name, cells)
    elif cells.dtype.kind not in "biuf":
        raise TableError(f"{name} holds values of type {cells.dtype}; give real numbers")
    real: Float = np.ascontiguousarray(cells, dtype=np.float64)
    return real


def cell_count(name: str, values: Any) -> int:
    """Return the number of cells of an array, with labels or without.

    Raises
    ------
    TableError
        If they are rows of several lengths.
    """
    has_size = isinstance(values, np.ndarray | pd.Series | pd.DataFrame | xr.DataArray)
    return int(values.size if has_size else _array(name, values).size)


def refuse_complex(name: str, values: Any) -> None:
    """Raise TableError for complex cells."""
    if np.iscomplexobj(values):
        raise TableError(f"{name} is complex; give real numbers, as with values.real")


def is_positional(index: pd.Index) -> bool:
    """Whether an index is the one that pandas sets where a user gives none: 0, 1, 2, ..."""
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1


def is_labelled(values: Any) -> bool:
    """Whether a pandas object or DataArray has labels that somebody set."""
    if isinstance(values, pd.Series | pd.DataFrame):
        return not all(is_positional(index) for index in values.axes)
    return isinstance(values, xr.DataArray) and any(dim in values.coords for dim in values.dims)


def _array(name: str, values: Any) -> Any:
    try:
        return np.asarray(values)
    except ValueError:
        raise TableError(f"{name} is no array of numbers; give rows of one length") from None


def _numbers(name: str, cells: Any) -> Float:
    """Cells of type object as numbers; refuses complex ones, text and missing values."""
    numbers = np.empty(cells.shape)
    for cell, value in np.ndenumerate(cells):
        refuse_complex(name, value)
        try:
            if isinstance(value, str | bytes):
                raise TypeError
            numbers[cell] = np.nan if value is None else float(value)
        except (TypeError, ValueError):
            raise TableError(f"{name} holds {value!r} at {cell}; give real numbers") from None
    return numbers
