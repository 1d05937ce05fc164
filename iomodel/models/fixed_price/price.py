r"""Cost-push price model: tariffs passed on, directly and through chains of inputs.

Producers pass every cost on and nobody substitutes: an upper bound of the price effect. Flows are
valued before duty, so with tariffs :math:`\tau, \tau'`, iceberg factors :math:`d`, the coefficients
at buyers' prices :math:`A \circ (1 + \tau)` and the price factor
:math:`K = \frac{1 + \tau'}{1 + \tau} d` [MillerBlair2009]_ (section 2.6),

.. math::

    p' = (I - M')^{-1} \tilde v, \qquad
    M = A \circ (1 + \tau) \circ K\, \hat g^{-1} = A \circ (1 + \tau') d\, \hat g^{-1},

:math:`\tilde v` being primary inputs without duties, per unit of output (divided by :math:`g` if
productivity changes). Base prices are one, so the change solves

.. math:: (I - M')\, \Delta p = \delta, \qquad
          \delta_j = \frac{1 + \sum_i a_{ij} [(1 + \tau'_{ij}) d_{ij} - (1 + \tau_{ij})]}{g_j} - 1 .

:math:`\delta` is the direct part, first round on an industry's own inputs; the rest cascades.
Consumers of region m pay directly for duties on imported final goods, and the rest through prices.
The sum of direct costs, intermediate and final, is the change of tariff revenue at base quantities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import NonProductiveError, unknown_label
from iomodel.indicators import cumulative_tariff_by_industry
from iomodel.leontief import LeontiefSystem, SolveReport, updated
from iomodel.models.fixed_price.quantities import diagnostics, solve
from iomodel.models.fixed_price.trade import trade_cube
from iomodel.models.kinds import Text
from iomodel.models.model import model
from iomodel.models.options import Options, option
from iomodel.typing import BY_INDUSTRY, BY_REGION, Float, Variables

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["PriceOptions", "price"]


NOTES = (
    "Full pass-through without substitution: an upper bound of price increases, and silent about "
    "quantities and GDP.",
    "Direct: duties and costs on an industry's own inputs, or on imported final goods. Cascaded: "
    "what suppliers pass on.",
    "Flows are taken as valued before duty. Tariff revenue is at base quantities: first order.",
)


@dataclass(frozen=True)
class PriceOptions(Options):
    """Options of the model ``price``."""

    consumers: str = option(
        "first",
        Text("first, all, or the label of a final use"),
        "Basket of the consumer price: the table's first final use (household consumption), all "
        "final uses, or one of them.",
    )


@model(
    "cost push: who pays a tariff, directly and cascading through chains",
    frozenset({"tariff", "trade_cost", "productivity"}),
)
def price(workbench: Workbench, scenario: Scenario, options: PriceOptions) -> Effects:
    """Effects of tariffs, trade costs and productivity on prices at fixed quantities.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Tariffs, trade costs and productivity; nothing else.

    Returns
    -------
    Effects
        Producer prices by industry and consumer prices by region, in total, direct and cascaded;
        tariff revenue and cumulative tariffs if there are tariffs.

    Raises
    ------
    NonProductiveError
        If costs grow so far that passing them on never ends.
    LabelError
        If the final use is unknown.
    SolverError
        If a residual stays above tolerance.
    """
    table, policy = workbench.table, workbench.policy(scenario)
    columns = _basket(table, options.consumers)
    base_factor = 1.0 + policy.tariff_base
    new_factor = (1.0 + policy.tariff_new) * policy.trade_cost
    baseline = workbench.system
    direct, cascaded, report = _producer_prices(table, baseline, policy, base_factor, new_factor)
    variables = _producer_variables(table, direct, cascaded)
    variables |= _consumer_variables(table, columns, base_factor, new_factor, direct + cascaded)
    if policy.tariff_base.any() or policy.tariff_new.any():
        variables |= _tariff_variables(table, baseline, policy)
    return Effects.build(
        table,
        scenario,
        model="price",
        variables=variables,
        parameters={"consumers": [table.final_uses[k] for k in columns]},
        diagnostics=diagnostics(report),
        notes=[*policy.notes, *NOTES],
    )


def _producer_prices(
    table: MRIOTable,
    system: LeontiefSystem,
    policy: PolicyArrays,
    base_factor: Float,
    new_factor: Float,
) -> tuple[Float, Float, SolveReport]:
    """Return direct and cascaded price changes (n,), as fractions, with the report of the solve."""
    R, S = table.shape
    A = table.A2.reshape(R, S, R, S)
    g = policy.productivity.reshape(-1)
    cost_change = np.einsum("ismc,ism->mc", A, new_factor - base_factor).reshape(-1)
    # Industries without output have no costs and no price.
    direct = np.where(table.x1 > 0, (1.0 + cost_change) / g - 1.0, 0.0)
    if not direct.any():
        return direct, np.zeros_like(direct), solve(system, direct)[1]
    cost_shares = _cost_shares(table, new_factor, g)
    try:
        change, report = solve(updated(system, cost_shares), direct, prices=True)
    except NonProductiveError as error:
        raise NonProductiveError(
            "with the duties and trade costs of the scenario passed on in full, prices have no "
            f"limit: {error} (in the price model; use model leontief for costs of this size)"
        ) from error
    return direct, change - direct, report


def _cost_shares(table: MRIOTable, new_factor: Float, g: Float) -> Float:
    """Return the cost shares M = A (1 + t') d / g, (n, n), in one new array."""
    R, S = table.shape
    shares: Float = (table.A2.reshape(R, S, R, S) * new_factor[..., None]).reshape(table.n, table.n)
    if np.any(g != 1.0):
        shares /= g
    return shares


def _producer_variables(table: MRIOTable, direct: Float, cascaded: Float) -> Variables:
    has_output = (table.x1 > 0).reshape(table.shape)

    def percent(change: Float) -> Float:
        cells: Float = np.where(has_output, 100.0 * change.reshape(table.shape), np.nan)
        return cells

    return {
        "price_pct": (BY_INDUSTRY, percent(direct + cascaded)),
        "price_direct_pct": (BY_INDUSTRY, percent(direct)),
        "price_cascaded_pct": (BY_INDUSTRY, percent(cascaded)),
    }


def _consumer_variables(
    table: MRIOTable,
    columns: list[int],
    base_factor: Float,
    new_factor: Float,
    price_change: Float,
) -> Variables:
    """Return consumer prices: changes weighted by base expenditure at buyers' prices."""
    quantity = table.Y.values[..., columns].sum(axis=3)
    expenditure = np.einsum("ism,ism->m", quantity, base_factor)
    direct = np.einsum("ism,ism->m", quantity, new_factor - base_factor)
    cascaded = np.einsum("ism,ism,is->m", quantity, new_factor, price_change.reshape(table.shape))

    def percent(cost: Float) -> Float:
        # A region without consumption has no consumer price.
        share: Float = np.full_like(expenditure, np.nan)
        np.divide(100.0 * cost, expenditure, out=share, where=expenditure > 0)
        return share

    return {
        "consumer_price_pct": (BY_REGION, percent(direct + cascaded)),
        "consumer_price_direct_pct": (BY_REGION, percent(direct)),
        "consumer_price_cascaded_pct": (BY_REGION, percent(cascaded)),
    }


def _tariff_variables(table: MRIOTable, system: LeontiefSystem, policy: PolicyArrays) -> Variables:
    cube = trade_cube(table.A2, table.x1, table.Y.values)
    cumulative = cumulative_tariff_by_industry(
        system, table, np.stack([policy.tariff_base, policy.tariff_new])
    )
    return {
        "tariff_revenue_base": (BY_REGION, np.einsum("ism,ism->m", policy.tariff_base, cube)),
        "tariff_revenue_new": (BY_REGION, np.einsum("ism,ism->m", policy.tariff_new, cube)),
        "cumulative_tariff_base": (BY_INDUSTRY, 100.0 * cumulative[0]),
        "cumulative_tariff_new": (BY_INDUSTRY, 100.0 * cumulative[1]),
    }


def _basket(table: MRIOTable, consumers: str) -> list[int]:
    uses = table.final_uses
    if consumers == "all":
        return list(range(len(uses)))
    if consumers == "first":
        return [0]
    if consumers not in uses:
        raise unknown_label("final use", consumers, [*uses, "first", "all"])
    return [uses.index(consumers)]
