"""Two closures of one change of flows: without other suppliers, and with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iomodel.models.fixed_price.quantities import (
    Response,
    by_closure,
    diagnostics,
    flow_variables,
    quantity_variables,
    respond,
)
from iomodel.models.fixed_price.trade import trade_cube
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.models.fixed_price.flows import PolicyFlows
    from iomodel.models.workbench import Workbench
    from iomodel.table.mrio import MRIOTable

__all__ = ["ClosureResponses", "respond_by_closure"]


@dataclass(frozen=True, eq=False)
class ClosureResponses:
    """Responses of one economy to the same flows, by closure.

    Attributes
    ----------
    table : MRIOTable
    flows : PolicyFlows
    base_cube : ndarray, shape (R, S, R)
        Trade cube of the baseline.
    responses : mapping of str to Response
    quantities : mapping of str to variables
        Output, value added and GDP.
    """

    table: MRIOTable
    flows: PolicyFlows
    base_cube: Float
    responses: Mapping[str, Response]
    quantities: Mapping[str, Variables]

    def variables(self, closure: str) -> Variables:
        """Return quantities and trade under one closure."""
        return {
            **self.quantities[closure],
            **flow_variables(self.table, self.base_cube, self.responses[closure]),
        }

    def headlines(self) -> Variables:
        """Return the changes of output and GDP under all closures, in their order."""
        return by_closure(list(self.quantities.values()))

    def diagnostics(self, closure: str) -> dict[str, Any]:
        """Return the solve reports, that of one closure in front, and unmet use."""
        return {
            **diagnostics(self.responses[closure].report),
            "unmet_use": float(self.flows.unmet_use.sum()),
            "closures": {
                name: diagnostics(response.report) for name, response in self.responses.items()
            },
        }


def respond_by_closure(
    workbench: Workbench, flows: PolicyFlows, closures: tuple[str, str], intensity: Float
) -> ClosureResponses:
    """Solve for output under both closures.

    Parameters
    ----------
    workbench : Workbench
    flows : PolicyFlows
    closures : tuple of str
        Names of the closures without other suppliers and with them, in this order.
    intensity : ndarray, shape (n,)
        Value added per unit of new output, at base prices.

    Returns
    -------
    ClosureResponses
    """
    table, (_, diverted) = workbench.table, closures
    base_cube = trade_cube(table.A2, table.x1, table.Y.values)
    responses = {
        closure: respond(table, workbench.system, flows, base_cube, diverted=closure == diverted)
        for closure in closures
    }
    quantities = {
        closure: quantity_variables(table, response.output, intensity)
        for closure, response in responses.items()
    }
    return ClosureResponses(table, flows, base_cube, responses, quantities)
