"""Members of a batch, selected and replaced in dataclasses of arrays with a leading axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from iomodel.typing import Index

__all__ = ["Batched", "put"]

Scalar = TypeVar("Scalar", bound=np.generic)
Self = TypeVar("Self", bound="Batched")


class Batched:
    """A frozen dataclass whose arrays share a leading axis; counts (int) are added up."""

    def items(self: Self, members: slice | Sequence[int]) -> Self:
        """Select members."""
        selected: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            selected[field.name] = value[members] if isinstance(value, np.ndarray) else value
        return type(self)(**selected)

    def with_items(self: Self, places: Index, new: Self) -> Self:
        """Replace members at some places."""
        merged: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            old, value = getattr(self, field.name), getattr(new, field.name)
            merged[field.name] = (
                put(old, places, value) if isinstance(old, np.ndarray) else old + value
            )
        return type(self)(**merged)


def put(old: NDArray[Scalar], places: Index, new: NDArray[Scalar]) -> NDArray[Scalar]:
    """Copy `old` with rows replaced."""
    copy = np.array(old)
    copy[places] = new
    return copy
