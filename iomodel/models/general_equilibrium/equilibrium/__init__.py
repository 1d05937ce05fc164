"""Model equilibrium: prices, wages, incomes and trade react."""

from iomodel.models.general_equilibrium.equilibrium.model import equilibrium
from iomodel.models.general_equilibrium.equilibrium.options import EquilibriumOptions

__all__ = ["EquilibriumOptions", "equilibrium"]
