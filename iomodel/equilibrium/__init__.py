"""General equilibrium of trade with input-output linkages, in exact hat algebra.

One engine for nested CES economies: value added with intermediates, across input sectors, across
origins, and across sectors in final demand. The functions take plain arrays whose axes are
(sector, exporter, importer); labels live in the models that call them.

Calibrate an :class:`Economy`, solve it once under a closure (:func:`rebase`), and :func:`solve`
for shocks. Data flow one way: economy, elasticities, shock, closure and quotas; ``solver/``; the
solution; counterfactuals and batches of them; ``measures/``. ``formulas/`` stand alone.
"""

from iomodel.equilibrium.batches import DrawStart, group_size, in_groups, solve_many
from iomodel.equilibrium.calibration import (
    calibrate,
    from_flows,
    from_use,
    own_inputs_only,
    without_materials,
)
from iomodel.equilibrium.capital import SteadyCapital
from iomodel.equilibrium.closures import BALANCE, LABOUR, NUMERAIRE, REVENUE, Closure
from iomodel.equilibrium.common_shares import has_common_shares, with_common_shares
from iomodel.equilibrium.counterfactuals import TOLERANCE, homotopy, rebase, solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.formulas.gains import (
    gains_from_trade,
    gains_multi_sector,
    gains_one_sector,
    gains_roundabout,
    gains_with_tariffs,
    own_shares,
    real_income_ex_post,
)
from iomodel.equilibrium.formulas.scale_effects import gains_with_scale
from iomodel.equilibrium.home_industries import with_home_industries
from iomodel.equilibrium.measures.decomposition import Decomposition, decompose
from iomodel.equilibrium.measures.ended_transfers import ended_transfers
from iomodel.equilibrium.measures.first_order import FirstOrder, first_order
from iomodel.equilibrium.measures.gdp_chain import GDPChain, gdp_chain
from iomodel.equilibrium.measures.gdp_path import GDPPath, gdp_of_ends
from iomodel.equilibrium.measures.incidence import Incidence, incidence
from iomodel.equilibrium.measures.volumes import chained_gdp, real_gdp
from iomodel.equilibrium.names import Names
from iomodel.equilibrium.quotas import Quotas
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.certificate import Certificate
from iomodel.equilibrium.specific_factors import SpecificFactorNest, nest_specific_factors
from iomodel.equilibrium.world import world_mean

__all__ = [
    "BALANCE",
    "LABOUR",
    "NUMERAIRE",
    "REVENUE",
    "TOLERANCE",
    "Certificate",
    "Closure",
    "Decomposition",
    "DrawStart",
    "Economy",
    "Elasticities",
    "FirstOrder",
    "GDPChain",
    "GDPPath",
    "Incidence",
    "Names",
    "Quotas",
    "Shock",
    "Solution",
    "SpecificFactorNest",
    "SteadyCapital",
    "calibrate",
    "chained_gdp",
    "decompose",
    "ended_transfers",
    "first_order",
    "from_flows",
    "from_use",
    "gains_from_trade",
    "gains_multi_sector",
    "gains_one_sector",
    "gains_roundabout",
    "gains_with_scale",
    "gains_with_tariffs",
    "gdp_chain",
    "gdp_of_ends",
    "group_size",
    "has_common_shares",
    "homotopy",
    "in_groups",
    "incidence",
    "nest_specific_factors",
    "own_inputs_only",
    "own_shares",
    "partial_shock",
    "real_gdp",
    "real_income_ex_post",
    "rebase",
    "solve",
    "solve_many",
    "with_common_shares",
    "with_home_industries",
    "without_materials",
    "world_mean",
]
