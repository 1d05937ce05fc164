"""Model scarce: general equilibrium with scarce inputs in a nest of their own."""

from iomodel.models.general_equilibrium.scarce.model import ScarceOptions, scarce

__all__ = ["ScarceOptions", "scarce"]
