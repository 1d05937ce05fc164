"""Choosing and replacing members of a batch, for dataclasses of arrays with a leading axis."""

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

    def items(self: Self, which: slice | Sequence[int]) -> Self:
        """Return some members."""
        cut: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            cut[field.name] = value[which] if isinstance(value, np.ndarray) else value
        return type(self)(**cut)

    def with_items(self: Self, places: Index, other: Self) -> Self:
        """Return a copy with the members of `other` at some places."""
        new: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            old, value = getattr(self, field.name), getattr(other, field.name)
            new[field.name] = (
                put(old, places, value) if isinstance(old, np.ndarray) else old + value
            )
        return type(self)(**new)


def put(old: NDArray[Scalar], places: Index, new: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a copy of `old` with rows replaced."""
    copy = np.array(old)
    copy[places] = new
    return copy
