r"""Supply-driven model of Ghosh: a textbook comparator with known limits.

With allocation coefficients :math:`B = \hat x^{-1} Z` and primary inputs :math:`v` [Ghosh1958]_,

.. math:: x' = v' G, \qquad G = (I - B)^{-1} = \hat x^{-1} L \hat x .

By that similarity no second factorization is needed: relative changes are those of the price model,

.. math:: \frac{\Delta x_j}{x_j} = \sum_i \frac{\Delta v_i}{x_i}\, l_{ij} .

A supply cut scales the primary inputs of the industry; an export cut or an embargo scales its
deliveries in :math:`B`, and withheld deliveries are lost.

Limits. Output is made without some of its inputs and primary inputs downstream do not react, so
value added per unit of output moves for no reason [Oosterhaven1988]_. The model only makes sense as
a price model [Dietzenbacher1997]_, as the equation above says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from iomodel.effects import Effects
from iomodel.errors import TableError
from iomodel.indicators import industry_indices
from iomodel.leontief import LeontiefSystem, base_system, updated
from iomodel.models.fixed_price.flows import flows_under_cuts
from iomodel.models.fixed_price.quantities import (
    diagnostics,
    primary_coefficients,
    quantity_variables,
    solve,
    value_added_coefficients,
)
from iomodel.models.model import model
from iomodel.models.options import Options
from iomodel.scenario.policy import CUTS

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["GhoshOptions", "fixed_output", "ghosh"]


NOTES = (
    "A comparator: the Ghosh model lets output be made without some of its inputs and primary "
    "inputs downstream stay as they are [Oosterhaven1988]; it is consistent only as a price model "
    "[Dietzenbacher1997].",
    "It moves only downstream. GDP is new output at the base's value added per unit of output.",
)


class GhoshOptions(Options):
    """The model ``ghosh`` has no options."""


@model("supply-driven comparator: effects downstream, with known limits", CUTS)
def ghosh(workbench: Workbench, scenario: Scenario, options: GhoshOptions) -> Effects:
    """Effects of supply and delivery cuts downstream, in the supply-driven model.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts and supply cuts. Withheld final deliveries have no effect on
        anyone's output here.

    Returns
    -------
    Effects
        Output, value added and GDP. Use it as a comparator only; see the module's docstring.

    Raises
    ------
    SolverError
        If a residual stays above tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    R, S = table.shape
    coefficients = flows_under_cuts(table, policy.delivered).coefficients(diverted=False)
    # Changes per unit of output: inputs received, and primary inputs of the industries cut.
    input_change = np.einsum(
        "ismc,ism->mc", table.A2.reshape(R, S, R, S), policy.delivered - 1.0
    ).reshape(-1)
    primary_change = primary_coefficients(table) * (policy.supply.reshape(-1) - 1.0)
    cost_change = input_change + primary_change
    baseline = workbench.system
    solver = updated(baseline, coefficients) if cost_change.any() else baseline
    relative_change, report = solve(solver, cost_change, prices=True)
    output = table.x1 * (1.0 + relative_change)
    return Effects.build(
        table,
        scenario,
        model="ghosh",
        variables=quantity_variables(table, output, value_added_coefficients(table)),
        diagnostics=diagnostics(report),
        notes=[*policy.notes, *NOTES],
    )


def fixed_output(
    table: MRIOTable,
    changes: Mapping[tuple[str, str], float],
    *,
    system: LeontiefSystem | None = None,
) -> xr.DataArray:
    r"""Return the effects downstream of exogenous changes of some industries' output.

    Primary inputs of these industries adjust to their output; for one industry k the change is
    :math:`\Delta x' = (g_{k\cdot} / g_{kk}) \Delta x_k` [MillerBlair2009]_.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    changes : mapping of (region, sector) to float
        Change of gross output, in the table's unit.
    system : LeontiefSystem, optional
        Of the table, if there is one already.

    Returns
    -------
    xarray.DataArray (region, sector)
        Change of gross output of every industry.

    Raises
    ------
    LabelError
        If an industry is unknown.
    TableError
        If an industry has no output.
    """
    exogenous = industry_indices(table, list(changes))
    output = table.x1
    idle = [name for name, k in zip(changes, exogenous, strict=True) if output[k] <= 0]
    if idle:
        raise TableError(f"industry {' '.join(idle[0])} has no output to change; leave it out")
    baseline = base_system(table, system)
    exogenous_change = np.array(list(changes.values()), dtype=np.float64) / output[exogenous]
    unit_vectors = np.zeros((table.n, len(exogenous)))
    unit_vectors[exogenous, range(len(exogenous))] = 1.0
    # Rows k of L, as columns.
    rows = baseline.solve_prices(unit_vectors)
    relative_change = rows @ np.linalg.solve(rows[exogenous], exogenous_change)
    change = (relative_change * output).reshape(table.shape)
    return table.x.copy(data=change).rename("output_change")
