"""Types of arrays, named once for the whole package."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["AnyFloat", "Bool", "Float", "Float32", "Index", "Nest", "Variables"]

Float: TypeAlias = NDArray[np.float64]
"""Double precision: every result."""

Float32: TypeAlias = NDArray[np.float32]
"""Single precision: factors and products that are refined afterwards."""

AnyFloat: TypeAlias = NDArray[np.floating[Any]]
"""Single or double precision."""

Bool: TypeAlias = NDArray[np.bool_]
"""Masks."""

Index: TypeAlias = NDArray[np.intp]
"""Positions along an axis."""

Nest: TypeAlias = tuple[float, float, float]
"""Elasticities of substitution: value added with intermediates, across inputs, final goods."""

Variables: TypeAlias = dict[str, tuple[tuple[str, ...], Any]]
"""Named arrays with the names of their dimensions, as xarray takes them."""
