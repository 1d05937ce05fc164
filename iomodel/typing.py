"""Types of arrays and dimensions of variables, named once for the whole package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BY_FLOW",
    "BY_INDUSTRY",
    "BY_PARTNER",
    "BY_REGION",
    "BY_YEAR",
    "AnyFloat",
    "Arrays",
    "Bool",
    "Component",
    "Float",
    "Float32",
    "Index",
    "LabelledArrays",
    "Labels",
    "Nest",
    "Positions",
    "Record",
    "Variables",
]

Float: TypeAlias = NDArray[np.float64]
"""Double precision: every result."""

Float32: TypeAlias = NDArray[np.float32]
"""Single precision: factors and products that are refined afterwards."""

AnyFloat: TypeAlias = NDArray[np.floating[Any]]
"""Single or double precision."""

Bool: TypeAlias = NDArray[np.bool_]
"""Masks."""

Component: TypeAlias = NDArray[np.int64]
"""Number of the connected group that a region belongs to."""

Index: TypeAlias = NDArray[np.intp]
"""Positions along an axis."""

Positions: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]
"""Positions along an axis as a user gives them."""

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays by name."""

LabelledArrays: TypeAlias = dict[str, tuple[tuple[str, ...], NDArray[Any]]]
"""Arrays by name, with the names of their dimensions."""

Labels: TypeAlias = str | Sequence[str]
"""One label or group, or several."""

Record: TypeAlias = dict[str, Any]
"""One row of a report, or the record of a parameter: values by name, as JSON holds them."""

Nest: TypeAlias = tuple[float, float, float]
"""Elasticities of substitution: value added with intermediates, across inputs, final goods."""

Variables: TypeAlias = dict[str, tuple[tuple[str, ...], Any]]
"""Named arrays with the names of their dimensions, as xarray takes them."""

BY_REGION = ("region",)
"""One value for each region."""

BY_YEAR = ("time", "region")
"""One value for each year and region."""

BY_INDUSTRY = ("region", "sector")
"""One value for each industry of each region."""

BY_PARTNER = ("region", "user_region")
"""One value for each seller's and user's region."""

BY_FLOW = ("region", "sector", "user_region")
"""One value for each product, its region and the user's."""
