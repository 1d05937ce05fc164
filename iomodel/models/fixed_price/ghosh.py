r"""The supply-driven model of Ghosh: a comparator from the textbook, with known limits.

With allocation coefficients :math:`B = \hat x^{-1} Z` and primary inputs :math:`v` [Ghosh1958]_,

.. math:: x' = v' G, \qquad G = (I - B)^{-1} = \hat x^{-1} L \hat x .

By that similarity no second factorization is needed: relative changes are those of the price model,

.. math:: \frac{\Delta x_j}{x_j} = \sum_i \frac{\Delta v_i}{x_i}\, l_{ij} .

A supply cut scales the primary inputs of the industry; an export cut or an embargo scales its
deliveries in :math:`B`, and what is withheld is lost.

Limits. Output is made without some of its inputs and primary inputs downstream do not react, so
value added per unit of output moves for no reason [Oosterhaven1988]_; the model only makes sense as
a price model [Dietzenbacher1997]_, which is what the equation above says.
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
from iomodel.models.fixed_price.flows import Flows
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
    """Return what supply and delivery cuts do downstream in the supply-driven model.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts and supply cuts. Final deliveries that are withheld have no effect
        on anyone's output here.

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
    kept = Flows(
        table,
        np.ones((R, S, R)),
        policy.delivered,
        np.zeros(S),
        np.ones((R, S)),
        np.ones(table.Y.shape),
    ).coefficients(diverted=False)
    # Inputs no longer received, and primary inputs no longer put in, per unit of output.
    received = np.einsum(
        "ismc,ism->mc", table.A2.reshape(R, S, R, S), policy.delivered - 1.0
    ).reshape(-1)
    put_in = primary_coefficients(table) * (policy.supply.reshape(-1) - 1.0)
    baseline = workbench.system
    push = received + put_in
    solver = updated(baseline, kept) if push.any() else baseline
    relative, report = solve(solver, push, prices=True)
    output = table.x1 * (1.0 + relative)
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
    r"""Return the Ghosh answer to given changes of some industries' output.

    Primary inputs of these industries adjust so that their output is what is given; for one
    industry k this is :math:`\Delta x' = (g_{k\cdot} / g_{kk}) \Delta x_k` [MillerBlair2009]_.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    changes : mapping of (region, sector) to float
        Change of gross output, in the table's unit.
    system : LeontiefSystem, optional
        Of the table, where one is at hand.

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
    chosen = industry_indices(table, list(changes))
    output = table.x1
    idle = [name for name, k in zip(changes, chosen, strict=True) if output[k] <= 0]
    if idle:
        raise TableError(f"industry {' '.join(idle[0])} has no output to change; leave it out")
    baseline = base_system(table, system)
    wanted = np.array(list(changes.values()), dtype=np.float64) / output[chosen]
    marks = np.zeros((table.n, len(chosen)))
    marks[chosen, range(len(chosen))] = 1.0
    # Rows k of L, as columns.
    rows = baseline.solve_prices(marks)
    relative = rows @ np.linalg.solve(rows[chosen], wanted)
    change = (relative * output).reshape(table.shape)
    return table.x.copy(data=change).rename("output_change")
