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
from iomodel.models.fixed_price import trade
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.leontief import Solver
    from iomodel.models.fixed_price.flows import Flows
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "NO_SOLVE",
    "Response",
    "by_closure",
    "diagnostics",
    "primary_coefficients",
    "quantity_variables",
    "respond",
    "solve",
    "value_added_coefficients",
]


INDUSTRY = ("region", "sector")
NO_SOLVE = SolveReport(0.0, 0, "nothing to solve", 0.0)


@dataclass(frozen=True, eq=False)
class Response:
    """How an economy answers.

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
    """Return the answer to `f`; zero without a factorization where `f` is zero."""
    if not f.any():
        return np.zeros_like(f), NO_SOLVE
    if prices:
        return solver.solve_prices(f, report=True)
    return solver.solve(f, report=True)


def respond(
    table: MRIOTable, system: LeontiefSystem, flows: Flows, base_cube: Float, *, diverted: bool
) -> Response:
    """Solve for output under changed coefficients and final deliveries.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    system : LeontiefSystem
        Of the baseline.
    flows : Flows
        Changed coefficients and final deliveries.
    base_cube : ndarray, shape (R, S, R)
        Trade cube of the baseline.
    diverted : bool
        Whether other suppliers step in.

    Returns
    -------
    Response
    """
    A, final = flows.coefficients(diverted=diverted), flows.final(diverted=diverted)
    # At the old output this is what is demanded now and was not before: df + (A' - A) x.
    excess = (trade.trade_cube(A, table.x1, final) - base_cube).sum(axis=2).reshape(-1)
    change, report = solve(updated(system, A), excess) if excess.any() else (excess, NO_SOLVE)
    output = table.x1 + change
    return Response(change, output, trade.trade_cube(A, output, final), final, report)


def value_added_coefficients(table: MRIOTable) -> Float:
    """Return value added per unit of output, (n,); zero where there is no output."""
    x = table.x1
    return np.divide(table.v1, x, out=np.zeros_like(x), where=x > 0)


def primary_coefficients(table: MRIOTable) -> Float:
    """Return all primary inputs per unit of output, (n,): :math:`1 - e'A`; zero without output."""
    left: Float = np.where(table.x1 > 0, 1.0 - table.A2.sum(axis=0), 0.0)
    return left


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
    # Where output does not change, value added must not by a rounding of v / x * x either.
    same = (output == table.x1) & (intensity == value_added_coefficients(table))
    added = np.where(same.reshape(shape), table.value_added.values, added)
    return {
        "output_base": (INDUSTRY, table.x.values),
        "output_new": (INDUSTRY, output.reshape(shape)),
        "value_added_base": (INDUSTRY, table.value_added.values),
        "value_added_new": (INDUSTRY, added),
        "gdp_base": (("region",), table.value_added.values.sum(axis=1)),
        "gdp_new": (("region",), added.sum(axis=1)),
    }


def flow_variables(table: MRIOTable, base_cube: Float, response: Response) -> Variables:
    """Return trade and final demand for the effects, at base prices."""
    region, pair = ("region",), ("region", "user_region")
    return {
        "final_demand_base": (region, table.Y.values.sum(axis=(0, 1, 3))),
        "final_demand_new": (region, response.final.sum(axis=(0, 1, 3))),
        "exports_base": (region, trade.exports(base_cube)),
        "exports_new": (region, trade.exports(response.cube)),
        "imports_base": (region, trade.imports(base_cube)),
        "imports_new": (region, trade.imports(response.cube)),
        "trade_base": (pair, trade.partners(base_cube)),
        "trade_new": (pair, trade.partners(response.cube)),
    }


def by_closure(parts: list[Variables]) -> Variables:
    """Return the headlines of several closures beside each other, in the order given."""
    output = [percent_change(p["output_base"][1], p["output_new"][1]) for p in parts]
    gdp = [percent_change(p["gdp_base"][1], p["gdp_new"][1]) for p in parts]
    return {
        "output_pct_by_closure": (("closure", *INDUSTRY), np.stack(output)),
        "gdp_pct_by_closure": (("closure", "region"), np.stack(gdp)),
    }


def diagnostics(report: SolveReport) -> dict[str, Any]:
    """Return a solve report as the effects keep it."""
    return asdict(report)
