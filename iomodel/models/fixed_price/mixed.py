r"""Mixed model: exogenous output of some industries, exogenous final demand of all others.

With constrained industries s and the others k [MillerBlair2009]_ (section 13.2),

.. math:: x_k = (I - A_{kk})^{-1} (f_k + A_{ks} x_s), \qquad f_s = (I - A_{ss}) x_s - A_{sk} x_k ,

written through the Leontief inverse alone,

.. math:: \Delta f_s = L_{ss}^{-1} \Delta x_s, \qquad \Delta x = L_{\cdot s} \Delta f_s .

The model moves only upstream. Users of the scarce product are untouched: final demand of the
constrained industries absorbs everything; there is no answer if it would turn negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import InfeasibleError
from iomodel.leontief import LeontiefSystem, SolveReport
from iomodel.models.fixed_price.quantities import (
    NO_SOLVE,
    diagnostics,
    quantity_variables,
    solve,
    value_added_coefficients,
)
from iomodel.models.fixed_price.trade import trade_cube
from iomodel.models.model import model
from iomodel.models.options import Options
from iomodel.typing import BY_INDUSTRY, Float, Index

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MixedOptions", "mixed", "mixed_outputs"]


NOTES = (
    "Output of the constrained industries is given; their final demand absorbs the whole loss and "
    "users of their products are untouched. The model moves only upstream.",
)
# Final demand this far below zero, relative to output, is rounding.
DEMAND_ROUNDING = 1e-12
# Industries that a refusal names.
MOST_NAMED = 3


class MixedOptions(Options):
    """The model ``mixed`` has no options."""


# Not content rules: an exporter whose deliveries they close sells elsewhere, so that output is not
# exogenous.
@model(
    "supply-constrained industries: effects upstream, final demand absorbs the loss",
    frozenset({"export_cut", "supply_cut"}),
)
def mixed(workbench: Workbench, scenario: Scenario, options: MixedOptions) -> Effects:
    """Effects upstream of a loss of output, absorbed by final demand.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Supply cuts: output falls by the share. Export cuts: it falls by the withheld deliveries.

    Returns
    -------
    Effects
        Output, value added, GDP and sales to final demand.

    Raises
    ------
    InfeasibleError
        If final demand of a constrained industry would turn negative; names it.
    SolverError
        If a residual stays above tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    loss = _output_loss(table, policy)
    constrained = loss.nonzero()[0]
    change, sales, report = mixed_outputs(workbench.system, constrained, -loss[constrained])
    base_sales = table.Y2.sum(axis=1)
    new_sales = base_sales.copy()
    new_sales[constrained] += sales
    _refuse_negative(table, constrained, base_sales, new_sales)
    return Effects.build(
        table,
        scenario,
        model="mixed",
        variables={
            **quantity_variables(table, table.x1 + change, value_added_coefficients(table)),
            "final_sales_base": (BY_INDUSTRY, base_sales.reshape(table.shape)),
            "final_sales_new": (BY_INDUSTRY, new_sales.reshape(table.shape)),
        },
        diagnostics={**diagnostics(report), "constrained_industries": int(constrained.size)},
        notes=[*policy.notes, *NOTES],
    )


def mixed_outputs(
    system: LeontiefSystem, constrained: Index, change: Float
) -> tuple[Float, Float, SolveReport]:
    """Return effects upstream of exogenous changes of some industries' output.

    Parameters
    ----------
    system : LeontiefSystem
        The technology.
    constrained : ndarray of int, shape (k,)
        Industries with exogenous output.
    change : ndarray, shape (k,)
        Change of their output.

    Returns
    -------
    output : ndarray, shape (n,)
        Change of output of every industry.
    final : ndarray, shape (k,)
        Change of final demand of the constrained ones, not checked for feasibility.
    report : SolveReport
        Of the solve.
    """
    if constrained.size == 0:
        return np.zeros(system.n), np.zeros(0), NO_SOLVE
    unit_vectors = np.zeros((system.n, constrained.size))
    unit_vectors[constrained, np.arange(constrained.size)] = 1.0
    columns = system.solve(unit_vectors)
    final: Float = np.linalg.solve(columns[constrained], change).astype(np.float64, copy=False)
    demand = np.zeros(system.n)
    demand[constrained] = final
    output, report = solve(system, demand)
    return output, final, report


def _output_loss(table: MRIOTable, policy: PolicyArrays) -> Float:
    """Return the loss of output, (n,): supply cut, then deliveries withheld of the remainder."""
    loss = (1.0 - policy.supply) * table.x.values
    if np.any(policy.delivered < 1.0):
        cube = np.maximum(trade_cube(table.A2, table.x1, table.Y.values), 0.0)
        withheld = np.einsum("ism,ism->is", 1.0 - policy.delivered, cube)
        loss = loss + policy.supply * withheld
    return np.asarray(loss.reshape(-1), dtype=np.float64)


def _refuse_negative(table: MRIOTable, constrained: Index, base: Float, new: Float) -> None:
    """Raise if final demand turns negative, or more negative than in the table."""
    floor = np.minimum(base, 0.0) - DEMAND_ROUNDING * table.x1
    negative = constrained[new[constrained] < floor[constrained]]
    if negative.size == 0:
        return
    worst = negative[np.argsort(new[negative], kind="stable")][:MOST_NAMED]
    unit, S = table.attrs["unit"], table.shape[1]
    industries = "; ".join(
        f"{table.regions[k // S]} {table.sectors[k % S]} from {base[k]:.6g} to {new[k]:.6g} {unit}"
        for k in worst
    )
    more = f" and {negative.size - worst.size} more" if negative.size > worst.size else ""
    raise InfeasibleError(
        "the mixed model has no answer: with all users of the scarce products supplied in full, "
        f"final demand would turn negative ({industries}{more}); use model extraction instead"
    )
