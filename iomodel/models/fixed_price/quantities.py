r"""Output, value added and trade after a change of technology and final deliveries.

Solved for the change, so that no shock gives the baseline to the last bit and the rounding of a
table's own identities cancels:

.. math:: \Delta x = (I - A')^{-1} \left( \Delta f + (A' - A)\, x \right), \qquad
          x' = x + \Delta x .
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import percent_change
from iomodel.leontief import LeontiefSystem, SolveReport, updated
from iomodel.models.fixed_price.trade import trade_cube, trade_variables
from iomodel.typing import BY_INDUSTRY, BY_REGION, Float, Variables

if TYPE_CHECKING:
    from iomodel.leontief import Solver
    from iomodel.models.fixed_price.flows import PolicyFlows
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "NO_SOLVE",
    "Response",
    "by_closure",
    "diagnostics",
    "flow_variables",
    "primary_coefficients",
    "quantity_variables",
    "respond",
    "solve",
    "value_added_coefficients",
]


NO_SOLVE = SolveReport(0.0, 0, "nothing to solve", 0.0)


@dataclass(frozen=True, eq=False)
class Response:
    """Output and flows after a change of technology and final deliveries.

    Attributes
    ----------
    change : ndarray, shape (n,)
        Change of gross output.
    output : ndarray, shape (n,)
        Gross output.
    cube : ndarray, shape (R, S, R)
        Sales between regions by product, at base prices.
    final : ndarray, shape (R, S, R, U)
        Final deliveries.
    report : SolveReport
        Of the solve.
    """

    change: Float
    output: Float
    cube: Float
    final: Float
    report: SolveReport


def solve(solver: Solver, f: Float, *, prices: bool = False) -> tuple[Float, SolveReport]:
    """Solve for the right-hand side `f`; zeros, without a factorization, if `f` is zero."""
    if not f.any():
        return np.zeros_like(f), NO_SOLVE
    if prices:
        return solver.solve_prices(f, report=True)
    return solver.solve(f, report=True)


def respond(
    table: MRIOTable,
    system: LeontiefSystem,
    flows: PolicyFlows,
    base_cube: Float,
    *,
    diverted: bool,
) -> Response:
    """Solve for output under changed coefficients and final deliveries.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    system : LeontiefSystem
        Of the baseline.
    flows : PolicyFlows
        Changed coefficients and final deliveries.
    base_cube : ndarray, shape (R, S, R)
        Trade cube of the baseline.
    diverted : bool
        Whether other suppliers step in.

    Returns
    -------
    Response
    """
    A = flows.coefficients(diverted=diverted)
    final = flows.final_deliveries(diverted=diverted)
    # New demand at the old output: df + (A' - A) x.
    excess = (trade_cube(A, table.x1, final) - base_cube).sum(axis=2).reshape(-1)
    change, report = solve(updated(system, A), excess) if excess.any() else (excess, NO_SOLVE)
    output = table.x1 + change
    return Response(change, output, trade_cube(A, output, final), final, report)


def value_added_coefficients(table: MRIOTable) -> Float:
    """Return value added per unit of output, (n,); zero for industries without output."""
    x = table.x1
    return np.divide(table.v1, x, out=np.zeros_like(x), where=x > 0)


def primary_coefficients(table: MRIOTable) -> Float:
    """Return all primary inputs per unit of output, (n,): :math:`1 - e'A`; zero without output."""
    coefficients: Float = np.where(table.x1 > 0, 1.0 - table.A2.sum(axis=0), 0.0)
    return coefficients


def quantity_variables(table: MRIOTable, output: Float, intensity: Float) -> Variables:
    """Return output, value added and GDP for the effects.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    output : ndarray, shape (n,)
        New gross output.
    intensity : ndarray, shape (n,)
        Value added per unit of new output, at base prices.
    """
    shape = table.shape
    added = (intensity * output).reshape(shape)
    # Without a change of output, value added must not change by a rounding of v / x * x either.
    unchanged = (output == table.x1) & (intensity == value_added_coefficients(table))
    added = np.where(unchanged.reshape(shape), table.value_added.values, added)
    return {
        "output_base": (BY_INDUSTRY, table.x.values),
        "output_new": (BY_INDUSTRY, output.reshape(shape)),
        "value_added_base": (BY_INDUSTRY, table.value_added.values),
        "value_added_new": (BY_INDUSTRY, added),
        "gdp_base": (BY_REGION, table.value_added.values.sum(axis=1)),
        "gdp_new": (BY_REGION, added.sum(axis=1)),
    }


def flow_variables(table: MRIOTable, base_cube: Float, response: Response) -> Variables:
    """Return trade and final demand for the effects, at base prices."""
    return {
        "final_demand_base": (BY_REGION, table.Y.values.sum(axis=(0, 1, 3))),
        "final_demand_new": (BY_REGION, response.final.sum(axis=(0, 1, 3))),
        **trade_variables(base_cube, response.cube),
    }


def by_closure(quantities: list[Variables]) -> Variables:
    """Return changes of output and GDP under several closures, in their order."""
    changes = {
        stem: np.stack(
            [percent_change(q[f"{stem}_base"][1], q[f"{stem}_new"][1]) for q in quantities]
        )
        for stem in ("output", "gdp")
    }
    return {
        "output_pct_by_closure": (("closure", *BY_INDUSTRY), changes["output"]),
        "gdp_pct_by_closure": (("closure", *BY_REGION), changes["gdp"]),
    }


def diagnostics(report: SolveReport) -> dict[str, Any]:
    """Return a solve report as a dictionary for the effects."""
    return asdict(report)
