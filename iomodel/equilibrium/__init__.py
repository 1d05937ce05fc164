"""General equilibrium of trade with input-output linkages, in exact hat algebra.

One engine for nested CES economies: value added with intermediates, across input sectors, across
origins, and across sectors in final demand. The functions take plain arrays whose axes are
(sector, exporter, importer); labels live in the models that call them.

Calibrate an :class:`Economy`, solve it once under the closure wanted (:func:`rebase`), and
:func:`solve` for shocks.
"""

from iomodel.equilibrium.calibration import (
    calibrate,
    from_use,
    own_inputs_only,
    without_materials,
)
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.decomposition import Decomposition, decompose
from iomodel.equilibrium.economy import Economy, Elasticities, Shock
from iomodel.equilibrium.first_order import FirstOrder, first_order
from iomodel.equilibrium.gains import (
    gains_from_trade,
    gains_multi_sector,
    gains_one_sector,
    gains_roundabout,
    gains_with_tariffs,
    own_shares,
    real_income_ex_post,
)
from iomodel.equilibrium.many import solve_many
from iomodel.equilibrium.solution import Certificate, Solution
from iomodel.equilibrium.solve import homotopy, rebase, solve
from iomodel.equilibrium.volumes import real_gdp

__all__ = [
    "Certificate",
    "Closure",
    "Decomposition",
    "Economy",
    "Elasticities",
    "FirstOrder",
    "Shock",
    "Solution",
    "calibrate",
    "decompose",
    "first_order",
    "from_use",
    "gains_from_trade",
    "gains_multi_sector",
    "gains_one_sector",
    "gains_roundabout",
    "gains_with_tariffs",
    "homotopy",
    "own_inputs_only",
    "own_shares",
    "real_gdp",
    "real_income_ex_post",
    "rebase",
    "solve",
    "solve_many",
    "without_materials",
]
