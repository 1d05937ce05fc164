r"""Cost push: who pays a tariff, directly and through the chains of inputs.

Producers pass every cost on and nobody substitutes: an upper bound of the price effect. Flows are
valued before duty, so with tariffs :math:`\tau, \tau'`, iceberg factors :math:`d`, the coefficients
at buyers' prices :math:`A \circ (1 + \tau)` and the price factor
:math:`K = \frac{1 + \tau'}{1 + \tau} d` [MillerBlair2009]_ (section 2.6),

.. math::

    p' = (I - M')^{-1} \tilde v, \qquad
    M = A \circ (1 + \tau) \circ K\, \hat g^{-1} = A \circ (1 + \tau') d\, \hat g^{-1},

:math:`\tilde v` being primary inputs without duties, per unit of output (divided by :math:`g` where
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
from iomodel.models.fixed_price import trade
from iomodel.models.fixed_price.quantities import diagnostics, solve
from iomodel.models.kinds import Text
from iomodel.models.model import model
from iomodel.models.options import Options, option
from iomodel.typing import Float, Variables

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
    """Return the effects of tariffs, trade costs and productivity on prices, quantities fixed.

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
        tariff revenue and cumulative tariffs where there are tariffs.

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
    before = 1.0 + policy.tariff_base
    after = (1.0 + policy.tariff_new) * policy.trade_cost
    baseline = workbench.system
    direct, cascaded, report = _producer_prices(table, baseline, policy, before, after)
    variables = _industries(table, direct, cascaded)
    variables |= _consumers(table, columns, before, after, direct + cascaded)
    if policy.tariff_base.any() or policy.tariff_new.any():
        variables |= _tariffs(table, baseline, policy)
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
    table: MRIOTable, system: LeontiefSystem, policy: PolicyArrays, before: Float, after: Float
) -> tuple[Float, Float, SolveReport]:
    """Return direct and cascaded price changes (n,), as fractions, and the solve's report."""
    R, S = table.shape
    A = table.A2.reshape(R, S, R, S)
    g = policy.productivity.reshape(-1)
    pushed = np.einsum("ismc,ism->mc", A, after - before).reshape(-1)
    # Industries without output have no costs and no price.
    direct = np.where(table.x1 > 0, (1.0 + pushed) / g - 1.0, 0.0)
    if not direct.any():
        return direct, np.zeros_like(direct), solve(system, direct)[1]
    costs = _technology(table, after, g)
    try:
        change, report = solve(updated(system, costs), direct, prices=True)
    except NonProductiveError as error:
        raise NonProductiveError(
            "with the duties and trade costs of the scenario passed on in full, prices have no "
            f"limit: {error} (in the price model; use model leontief for costs of this size)"
        ) from error
    return direct, change - direct, report


def _technology(table: MRIOTable, after: Float, g: Float) -> Float:
    """Return the cost shares M = A (1 + t') d / g, (n, n), in one new array."""
    R, S = table.shape
    costs: Float = (table.A2.reshape(R, S, R, S) * after[..., None]).reshape(table.n, table.n)
    if np.any(g != 1.0):
        costs /= g
    return costs


def _industries(table: MRIOTable, direct: Float, cascaded: Float) -> Variables:
    made = (table.x1 > 0).reshape(table.shape)

    def percent(change: Float) -> Float:
        cells: Float = np.where(made, 100.0 * change.reshape(table.shape), np.nan)
        return cells

    dims = ("region", "sector")
    return {
        "price_pct": (dims, percent(direct + cascaded)),
        "price_direct_pct": (dims, percent(direct)),
        "price_cascaded_pct": (dims, percent(cascaded)),
    }


def _consumers(
    table: MRIOTable, columns: list[int], before: Float, after: Float, change: Float
) -> Variables:
    """Return consumer prices: base expenditure at buyers' prices weights the changes."""
    bought = table.Y.values[..., columns].sum(axis=3)
    paid = np.einsum("ism,ism->m", bought, before)
    direct = np.einsum("ism,ism->m", bought, after - before)
    cascaded = np.einsum("ism,ism,is->m", bought, after, change.reshape(table.shape))

    def percent(cost: Float) -> Float:
        # A region without consumption has no consumer price.
        share: Float = np.full_like(paid, np.nan)
        np.divide(100.0 * cost, paid, out=share, where=paid > 0)
        return share

    return {
        "consumer_price_pct": (("region",), percent(direct + cascaded)),
        "consumer_price_direct_pct": (("region",), percent(direct)),
        "consumer_price_cascaded_pct": (("region",), percent(cascaded)),
    }


def _tariffs(table: MRIOTable, system: LeontiefSystem, policy: PolicyArrays) -> Variables:
    cube = trade.trade_cube(table.A2, table.x1, table.Y.values)
    chains = cumulative_tariff_by_industry(
        system, table, np.stack([policy.tariff_base, policy.tariff_new])
    )
    region, industry = ("region",), ("region", "sector")
    return {
        "tariff_revenue_base": (region, np.einsum("ism,ism->m", policy.tariff_base, cube)),
        "tariff_revenue_new": (region, np.einsum("ism,ism->m", policy.tariff_new, cube)),
        "cumulative_tariff_base": (industry, 100.0 * chains[0]),
        "cumulative_tariff_new": (industry, 100.0 * chains[1]),
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
