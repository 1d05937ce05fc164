"""Options that several models share, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence

from iomodel.errors import unknown_label
from iomodel.leontief import base_system

__all__ = ["base_system", "closure_of"]


def closure_of(model: str, closure: str, valid: Sequence[str]) -> str:
    """Return the closure, or refuse one that the model does not have.

    Raises
    ------
    LabelError
        Listing the closures of the model.
    """
    if closure not in valid:
        raise unknown_label(f"closure of model {model}", closure, valid)
    return closure
