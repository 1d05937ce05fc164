"""Labels of industries: from xarray's dimensions to plain arrays and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError
from iomodel.table.alignment import (
    Axis,
    axis_order,
    dimension_labels,
    industry_labels,
    ordered,
    pandas_cells,
)
from iomodel.table.real import is_positional, real_cells
from iomodel.typing import BY_INDUSTRY, Float

__all__ = ["Industries", "read_coefficients", "read_rhs"]

USER = ("user_region", "user_sector")


@dataclass(frozen=True)
class Industries:
    """The n industries of a system, with labels if there are any.

    Industries of one list of names, as of a DataFrame without regions, have `names` alone: labelled
    arrays are put in their order, but answers come back as plain arrays.

    Attributes
    ----------
    n : int
        Number of industries.
    regions, sectors : tuple of str
        Labels; both empty for a system of a plain array.
    names : tuple of str
        Names of industries without regions; else empty.
    """

    n: int
    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def axis(self) -> Axis | None:
        """Dimensions and labels of the industries; None without labels."""
        if self.labelled:
            return dict(zip(BY_INDUSTRY, (self.regions, self.sectors), strict=True))
        return {"industry": self.names} if self.names else None

    @property
    def labelled(self) -> bool:
        """Whether the industries have names."""
        return bool(self.regions)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of regions and sectors."""
        return len(self.regions), len(self.sectors)

    def name(self, index: int) -> str:
        """Return the name of one industry in a message."""
        if not self.labelled:
            return self.names[index] if self.names else f"industry {index}"
        r, s = divmod(int(index), len(self.sectors))
        return f"({self.regions[r]}, {self.sectors[s]})"

    def wrap(self, values: Float, name: str, **attrs: Any) -> Any:
        """Return (n,) or (n, n) values with labels, or unchanged without any."""
        if not self.labelled:
            return values
        dims = BY_INDUSTRY if values.ndim == 1 else BY_INDUSTRY + USER
        labels = (self.regions, self.sectors) * values.ndim
        coords = {d: np.array(v, dtype=object) for d, v in zip(dims, labels, strict=True)}
        return xr.DataArray(
            values.reshape(self.shape * values.ndim), coords, dims, name=name, attrs=attrs
        )


def _require_dims(array: xr.DataArray, required: Sequence[str], subject: str) -> None:
    missing = [d for d in required if d not in array.dims]
    if missing:
        has = ", ".join(map(str, array.dims)) or "none"
        raise LabelError(
            f"{subject} lacks dimension {missing[0]!r}; it has: {has}; "
            f"wanted: {', '.join(required)}"
        )


def read_coefficients(A: ArrayLike | xr.DataArray) -> tuple[Float, Industries]:
    """Return coefficients as a read-only C-contiguous (n, n) view with their industries.

    Parameters
    ----------
    A : array_like, shape (n, n), or DataArray (region, sector, user_region, user_sector)
        Or a DataFrame: its columns are put in the order of its rows. Not copied if C-contiguous
        float64 already.

    Raises
    ------
    TableError
        If the array is not square or is empty.
    LabelError
        If a dimension is missing, a label duplicated, or users differ from sellers.
    """
    if isinstance(A, xr.DataArray):
        _require_dims(A, BY_INDUSTRY + USER, "the coefficient array")
        if A.ndim != 4:
            extra = next(str(d) for d in A.dims if d not in BY_INDUSTRY + USER)
            raise LabelError(f"the coefficient array has a further dimension {extra!r}; select it")
        A = A.transpose(*BY_INDUSTRY, *USER)
        regions, sectors = (dimension_labels(A, d) for d in BY_INDUSTRY)
        for dim, sellers in zip(USER, (regions, sectors), strict=True):
            if dimension_labels(A, dim) != sellers:
                raise LabelError(
                    f"the labels of {dim!r} are not those of its seller dimension in the same "
                    f"order; wanted: {', '.join(sellers)}"
                )
        n = len(regions) * len(sectors)
        industries = Industries(n, regions, sectors)
        cells = real_cells("the coefficient array", A.values).reshape(n, n)
    elif isinstance(A, pd.DataFrame):
        cells, industries = _read_frame(A)
    else:
        cells = real_cells("the coefficient array", A)
        if cells.ndim != 2 or cells.shape[0] != cells.shape[1]:
            raise TableError(f"coefficients must be square; their shape is {cells.shape}")
        industries = Industries(cells.shape[0])
    if industries.n == 0:
        raise TableError("the coefficient array is empty; give at least one industry")
    view = cells.view()
    view.flags.writeable = False
    return view, industries


def _refuse_not_finite(values: Float, industries: Industries) -> None:
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise TableError(
            f"the right-hand side is not finite at {industries.name(row)}; "
            "replace NaN and infinite cells before solving"
        )


def read_rhs(
    rhs: ArrayLike | xr.DataArray, industries: Industries
) -> tuple[Float, Callable[[Float], Any]]:
    """Return a right-hand side as (n,) or (n, k) and the way back to the form it came in.

    Parameters
    ----------
    rhs : array_like, shape (n,) or (n, k), or DataArray (region, sector, ...)
        Further dimensions of a DataArray (scenario, final_use, ...) become columns. Or a Series or
        DataFrame with an index of industries.
    industries : Industries
        Labels of the rows.

    Returns
    -------
    values : ndarray, shape (n,) or (n, k)
    restore : callable
        Takes an array of the same shape and returns it as `rhs` came: ndarray, DataArray with
        the dimensions of `rhs` in their order and the system's order of industries, or Series or
        DataFrame with the index of `rhs`.

    Raises
    ------
    TableError
        If the number of rows is not n, or a cell is not finite.
    LabelError
        If a dimension is missing or a label is unknown, missing or duplicated.
    """
    if isinstance(rhs, pd.Series | pd.DataFrame):
        return _read_pandas(rhs, industries)
    if not isinstance(rhs, xr.DataArray):
        values = real_cells("the right-hand side", rhs)
        if values.ndim not in (1, 2) or values.shape[0] != industries.n:
            raise TableError(
                f"a right-hand side of shape {values.shape} does not fit {industries.n} "
                f"industries; give ({industries.n},) or ({industries.n}, k)"
            )
        _refuse_not_finite(values, industries)
        return values, lambda solution: solution
    if not industries.labelled:
        raise LabelError(UNLABELLED)
    _require_dims(rhs, BY_INDUSTRY, "the right-hand side")
    dims = dict(zip(BY_INDUSTRY, (industries.regions, industries.sectors), strict=True))
    aligned = ordered("the right-hand side", rhs, dims).transpose(*BY_INDUSTRY, ...)
    extra = aligned.shape[2:]
    shape = (industries.n,) if not extra else (industries.n, int(np.prod(extra)))
    values = real_cells("the right-hand side", aligned.values).reshape(shape)
    _refuse_not_finite(values, industries)

    def restore(solution: Float) -> xr.DataArray:
        cells = solution.reshape(industries.shape + extra)
        return xr.DataArray(cells, aligned.coords, aligned.dims).transpose(*rhs.dims)

    return values, restore


# ---------------------------------------------------------------------- pandas
UNLABELLED = (
    "the system was built from an array without labels; pass an ndarray, or build it from a "
    "DataFrame or a DataArray with dimensions region, sector, user_region, user_sector"
)


def _read_frame(A: pd.DataFrame) -> tuple[Float, Industries]:
    """Coefficients of a DataFrame, region-major; columns in the order of rows."""
    name = "the coefficient array"
    cells = pandas_cells(name, A)
    if cells.shape[0] != cells.shape[1]:
        raise TableError(f"coefficients must be square; their shape is {cells.shape}")
    if is_positional(A.index) and is_positional(A.columns):
        return cells, Industries(cells.shape[0])
    if is_positional(A.index) or is_positional(A.columns):
        raise LabelError(f"{name} has labels on one side only; give both rows and columns labels")
    if isinstance(A.index, pd.MultiIndex):
        regions, sectors = industry_labels(name, A.index)
        industries = Industries(len(regions) * len(sectors), regions, sectors)
    else:
        industries = Industries(A.shape[0], names=tuple(str(v) for v in A.index))
    axis = industries.axis or {}
    for dimension, index in enumerate(A.axes):
        order = axis_order(name, index, axis)
        if order is not None:
            cells = np.ascontiguousarray(cells.take(order, axis=dimension))
    return cells, industries


def _read_pandas(
    rhs: pd.Series | pd.DataFrame, industries: Industries
) -> tuple[Float, Callable[[Float], Any]]:
    """Right-hand side of a pandas object and the way back to its own index and columns."""
    name = "the right-hand side"
    if industries.axis is not None:
        order = axis_order(name, rhs.index, industries.axis)
    elif is_positional(rhs.index) and len(rhs.index) == industries.n:
        order = None
    else:
        raise LabelError(UNLABELLED)
    if order is None:
        order = np.arange(industries.n)
    values = pandas_cells(name, rhs)[order]
    _refuse_not_finite(values, industries)

    def restore(solution: Float) -> Any:
        cells = np.empty_like(solution)
        cells[order] = solution
        if isinstance(rhs, pd.Series):
            return pd.Series(cells, index=rhs.index)
        return pd.DataFrame(cells, index=rhs.index, columns=rhs.columns)

    return values, restore
