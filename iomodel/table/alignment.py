"""Values that users hand in, in the order of our labels: arrays by position, others by label.

A quantity has one axis (output by industry) or two (flows from industries to users), and an axis
one or more dimensions. An axis is a mapping of its dimensions to their labels, so that a matrix of
flows has the axes ``{"region": ..., "sector": ...}`` and ``{"user_region": ..., ...}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import LabelError, TableError, unknown_label
from iomodel.table.real import is_positional, real_cells
from iomodel.typing import BY_INDUSTRY, Float, Index

__all__ = [
    "Axis",
    "aligned",
    "axis_order",
    "dimension_labels",
    "industry_labels",
    "level_labels",
    "ordered",
    "pandas_cells",
]

Axis: TypeAlias = Mapping[str, list[str] | tuple[str, ...]]
"""Dimensions of one axis with their labels."""

# Between region and sector in the labels of published tables: AUS_D01, AUS/D01.
SEPARATORS = ("_", "/", " ", "-", "|", ":", ".")


def aligned(name: str, values: Any, *axes: Axis) -> Float:
    """Cells in the order of the labels, one dimension of the array for each dimension.

    Parameters
    ----------
    name : str
        The quantity, for messages.
    values : array_like or pandas.Series or pandas.DataFrame or xarray.DataArray
        A plain array counts by position: one dimension for each axis or for each dimension of it,
        an axis of length one left out. So does a pandas object along an index that was never set.
        Every other pandas object and a DataArray are put in order by their labels.
    *axes : Axis
        Axes of the quantity.

    Returns
    -------
    ndarray of float64, C-contiguous, not copied where `values` is one in this order.

    Raises
    ------
    LabelError
        If a label is unknown, missing or duplicated, or there are none.
    TableError
        If the shape does not fit, or cells are masked, complex, missing or no numbers.
    """
    if isinstance(values, xr.DataArray):
        return _aligned_array(name, values, axes)
    shape = tuple(len(labels) for axis in axes for labels in axis.values())
    if isinstance(values, pd.Series | pd.DataFrame):
        return _aligned_pandas(name, values, axes).reshape(shape)
    cells = real_cells(name, values)
    forms = _shapes(axes)
    if cells.shape not in forms:
        shapes = " or ".join(str(form) for form in forms)
        if cells.ndim < len(shape) and cells.size != prod(shape):
            raise TableError(
                f"{name} has {cells.size} cells; the labels ask for {prod(shape)}: {shapes}"
            )
        raise TableError(f"{name} has shape {cells.shape}; the labels ask for {shapes}")
    return cells.reshape(shape)


def axis_order(name: str, index: pd.Index, axis: Axis) -> Index | None:
    """Positions of the labels of an axis in an index, None where it is in their order."""
    size = prod(len(labels) for labels in axis.values())
    if is_positional(index):
        if len(index) != size:
            raise TableError(
                f"{name} has {len(index)} cells by {' and '.join(axis)}; the labels ask for {size}"
            )
        return None
    return _order(name, _keys(name, index, axis), axis)


def dimension_labels(array: xr.DataArray, dim: str) -> tuple[str, ...]:
    """Labels of a dimension of a DataArray; refuses duplicated ones, and a dimension without."""
    if dim not in array.coords:
        raise LabelError(f"dimension {dim!r} has no labels; give it a coordinate of that name")
    labels = tuple(str(v) for v in array[dim].values)
    if len(set(labels)) < len(labels):
        repeated = next(v for v in labels if labels.count(v) > 1)
        raise LabelError(f"duplicated {dim} label {repeated!r}; make it unique")
    return labels


def ordered(name: str, array: xr.DataArray, dims: Axis) -> xr.DataArray:
    """DataArray with some of its dimensions in the order of our labels."""
    for dim, labels in dims.items():
        order = _order(name, [(v,) for v in dimension_labels(array, dim)], {dim: labels})
        if order is not None:
            array = array.isel({dim: order})
    return array


def pandas_cells(name: str, values: pd.Series | pd.DataFrame) -> Float:
    """Cells of a pandas object in its own order; refuses a missing one by its label."""
    missing = np.asarray(values.isna())
    if missing.any():
        cell = np.argwhere(missing)[0]
        labels = [str(axis[k]) for axis, k in zip(values.axes, cell, strict=True)]
        raise TableError(f"{name} is missing at {', '.join(labels)}; give a number")
    return real_cells(name, values.to_numpy())


def industry_labels(name: str, index: pd.Index) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Regions and sectors of an index of industries, in their order of first appearance.

    Raises
    ------
    LabelError
        If it has not two levels.
    """
    if not isinstance(index, pd.MultiIndex) or index.nlevels != 2:
        raise LabelError(f"{name} has no index of region and sector; give a MultiIndex of both")
    by_name = set(BY_INDUSTRY) == set(index.names)
    levels = BY_INDUSTRY if by_name else (0, 1)
    regions, sectors = (
        tuple(dict.fromkeys(str(v) for v in index.get_level_values(level))) for level in levels
    )
    return regions, sectors


def level_labels(values: Any, dim: str, dimension: int) -> list[str] | None:
    """Labels that a DataArray or DataFrame itself gives to one of its dimensions.

    Parameters
    ----------
    values : object
    dim : str
        The dimension.
    dimension : int
        Position of its index in a DataFrame; of a MultiIndex it is the last level, unless named.

    Returns
    -------
    list of str or None
        Distinct labels in their order; None where `values` gives none.
    """
    if isinstance(values, xr.DataArray) and dim in values.coords:
        return list(dict.fromkeys(str(v) for v in np.atleast_1d(values[dim].values)))
    if not isinstance(values, pd.DataFrame) or is_positional(values.axes[dimension]):
        return None
    index = values.axes[dimension]
    level = dim if dim in index.names else index.nlevels - 1
    return list(dict.fromkeys(str(v) for v in index.get_level_values(level)))


# ---------------------------------------------------------------------- helpers
def _shapes(axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    """Shapes of a plain array: each axis as one dimension, or as its own dimensions."""
    forms: list[tuple[int, ...]] = [()]
    for axis in axes:
        sizes = tuple(len(labels) for labels in axis.values())
        options = [(prod(sizes),), sizes] + ([()] if prod(sizes) == 1 and len(axes) > 1 else [])
        forms = [form + option for form in forms for option in options]
    return list(dict.fromkeys(form for form in forms if form))


def _aligned_pandas(name: str, values: pd.Series | pd.DataFrame, axes: Sequence[Axis]) -> Float:
    """Cells of a Series or DataFrame, its index and columns put in the order of the labels."""
    values, axes = _matched(name, values, axes)
    orders = [axis_order(name, i, axis) for i, axis in zip(values.axes, axes, strict=True)]
    cells = pandas_cells(name, values)
    for dimension, order in enumerate(orders):
        if order is not None:
            cells = cells.take(order, axis=dimension)
    return np.ascontiguousarray(cells)


def _matched(
    name: str, values: pd.Series | pd.DataFrame, axes: Sequence[Axis]
) -> tuple[pd.Series | pd.DataFrame, Sequence[Axis]]:
    """Pair a pandas object with the axis of each of its indices."""
    if isinstance(values, pd.DataFrame) and len(axes) == 1:
        dims = list(axes[0].items())
        if len(dims) == 2 and (values.shape[1] > 1 or len(dims[1][1]) == 1):
            axes = [dict([dim]) for dim in dims]
        elif values.shape[1] == 1:
            values = values.iloc[:, 0]
    if isinstance(values, pd.Series) and len(axes) > 1:
        sizes = [prod(len(labels) for labels in axis.values()) for axis in axes]
        long = [axis for axis, size in zip(axes, sizes, strict=True) if size > 1]
        by_industry = [axis for axis in axes if "sector" in axis]
        axes = long or by_industry[:1]
    if values.ndim != len(axes):
        raise TableError(
            f"{name} is a {type(values).__name__} of shape {values.shape}; give one with "
            + " against ".join(" and ".join(axis) for axis in axes)
        )
    return values, axes


def _keys(name: str, index: pd.Index, axis: Axis) -> list[tuple[str, ...]]:
    """Labels of an index as tuples with one label for each dimension of an axis."""
    dims = tuple(axis)
    if isinstance(index, pd.MultiIndex):
        if index.nlevels != len(dims):
            raise LabelError(
                f"{name} has an index of {index.nlevels} levels; give {len(dims)}: "
                f"{', '.join(dims)}"
            )
        names = {str(n).removeprefix("user_"): k for k, n in enumerate(index.names)}
        short = [dim.removeprefix("user_") for dim in dims]
        levels = [names[dim] for dim in short] if set(short) == set(names) else range(len(dims))
        columns = [index.get_level_values(level) for level in levels]
        return [tuple(str(v) for v in labels) for labels in zip(*columns, strict=True)]
    labels = [str(v) for v in index]
    long = [dim for dim in dims if len(axis[dim]) > 1] or [dims[-1]]
    if len(long) == 1:
        return [tuple(v if dim == long[0] else axis[dim][0] for dim in dims) for v in labels]
    joined = {sep.join(key): key for key in product(*axis.values()) for sep in SEPARATORS}
    if labels and labels[0] not in joined:
        example = "_".join(names[0] for names in axis.values())
        raise LabelError(
            f"{name} has the label {labels[0]!r}, which is no {' and '.join(dims)}; give a "
            f"MultiIndex of {' and '.join(dims)}, or labels such as {example!r}"
        )
    return [joined.get(v, (v,) + ("",) * (len(dims) - 1)) for v in labels]


def _order(name: str, keys: Sequence[tuple[str, ...]], axis: Axis) -> Index | None:
    valid = list(product(*axis.values()))
    if list(keys) == valid:
        return None
    position = {key: k for k, key in enumerate(keys)}
    valid_keys = set(valid)
    for key in keys:
        if key not in valid_keys:
            dim, label = next(
                (d, v) for d, v in zip(axis, key, strict=True) if v not in set(axis[d])
            )
            raise LabelError(f"{name}: {unknown_label(dim, label, axis[dim])}")
    if len(position) < len(keys):
        repeated = next(key for k, key in enumerate(keys) if position[key] != k)
        raise LabelError(f"{name} has {_in_words(axis, repeated)} twice; make its labels unique")
    for key in valid:
        if key not in position:
            each = f" for each of: {', '.join(v for (v,) in valid)}" if len(axis) == 1 else ""
            raise LabelError(
                f"{name} lacks {_in_words(axis, key)}; give a value (0 is one){each or ' for it'}"
            )
    return np.array([position[key] for key in valid], dtype=np.intp)


def _in_words(axis: Axis, key: tuple[str, ...]) -> str:
    return ", ".join(f"{dim} {label!r}" for dim, label in zip(axis, key, strict=True))


def _aligned_array(name: str, array: xr.DataArray, axes: Sequence[Axis]) -> Float:
    """Cells of a DataArray, its dimensions and their labels put in order."""
    dims = {dim: labels for axis in axes for dim, labels in axis.items()}
    for dim, labels in dims.items():
        if dim not in array.dims and len(labels) == 1:
            # A dimension of length one that was selected keeps its label as a scalar coordinate.
            array = array.expand_dims(dim if dim in array.coords else {dim: [labels[0]]})
    if set(array.dims) != set(dims):
        has = ", ".join(map(str, array.dims)) or "none"
        raise LabelError(f"{name} has dimensions {has}; wanted: {', '.join(dims)}")
    array = array.transpose(*dims)
    return real_cells(name, ordered(name, array, dims).values)
