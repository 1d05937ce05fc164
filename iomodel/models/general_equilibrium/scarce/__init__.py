"""General equilibrium with scarce inputs in a nest of their own."""

from iomodel.models.general_equilibrium.scarce.model import (
    HANDLES,
    SIGMA,
    scarce,
)

__all__ = [
    "HANDLES",
    "SIGMA",
    "scarce",
]
