r"""Daily model of inventories: stocks, bottlenecks, orders, rationing and capacity.

Stocks delay a shortage and orders transmit it. One engine serves three behaviours
(:mod:`iomodel.models.shortage.inventories.behaviour`): ``contracts``, the default, with orders of
current needs and no restocking at the cost of other users; ``pichler`` [PichlerEtAl2022]_, with
orders to restock and a workforce that follows output; and ``ario`` [Hallegatte2008]_, with
production cut as soon as stocks fall below a fraction of their target. Only inputs that are rated
critical bind (:mod:`iomodel.models.shortage.criticality`); origins of a product are pooled. With a
cover of m months and a cut of the fraction :math:`\theta` of an input over T months, a user without
other sources loses :math:`\max(0, \theta - m / T)` on average. Final demand is that of the
scenario: there is no feedback from incomes to consumption.

Monotonicity in stocks: in the published models more stock can raise losses. Target stocks grow with
the initial ones, so that users with larger stocks order more when they restock, and crowd out the
needs of others. Under contracts orders do not depend on stocks, and the output of every industry on
every day rises with every stock, unless an industry lacks two critical inputs in turn. In that
case, more of the first input lets it use up the second earlier; its sales to consumers then are
missing later for its industrial customers. The tests have a smallest case of each. Under
proportional rationing, with demand as in the base, cumulative output never falls with a stock,
however many inputs are fully critical.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from iomodel.effects import Effects
from iomodel.models.industry_values import values_by_industry
from iomodel.models.model import model
from iomodel.models.shortage.inventories.calendar import calendar, first_day
from iomodel.models.shortage.inventories.calibration import (
    MONTH,
    behaviour_of,
    cover_days,
    input_weights,
)
from iomodel.models.shortage.inventories.economy import daily_economy
from iomodel.models.shortage.inventories.effects import effects_of
from iomodel.models.shortage.inventories.options import InventoriesOptions
from iomodel.models.shortage.inventories.simulation import simulate
from iomodel.models.shortage.ratings import is_rated
from iomodel.scenario.policy import CUTS

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario

__all__ = ["inventories", "inventories_batch"]

# Largest size of a day's arrays that stay in the processor's cache.
CELLS = 2**18


@model(
    "daily paths: stocks, orders, rationing, dated policies",
    CUTS | {"demand"},
    knows=is_rated,
)
def inventories(workbench: Workbench, scenario: Scenario, options: InventoriesOptions) -> Effects:
    """Return the path of output and GDP when supplies are cut for a time.

    Parameters
    ----------
    table : MRIOTable
        The baseline; its flows are those of a year.
    scenario : Scenario
        Embargoes, export cuts, content controls, supply cuts and changes of final demand, each from
        its start to its end.

    Returns
    -------
    Effects
        Means over the run of output, value added, GDP and final demand, beside the base: gdp_pct is
        the loss in percent of the GDP of as many days, that is of a year's GDP if `days` is 365.
        gdp_cumulative_pct is the loss over the whole run in percent of a year's GDP, whatever its
        length. Paths lie over ``time``.

    Raises
    ------
    LabelError
        If an option cannot be used.
    ScenarioError
        If the scenario cannot be dated.
    """
    return inventories_batch(workbench, [scenario], options)[0]


def inventories_batch(
    workbench: Workbench, scenarios: Sequence[Scenario], options: InventoriesOptions
) -> list[Effects]:
    """Return the effects of several scenarios over the same days; see :func:`inventories`."""
    table, days = workbench.table, options.days
    behaviour = behaviour_of(options)
    weight, criticality_record = input_weights(table, options.criticality, options.important)
    cover, stocks_record = cover_days(table, options.stocks)
    reserves = values_by_industry(table, options.stockpiles)
    economy = daily_economy(
        table,
        weight,
        cover,
        origins=options.origins,
        reserve_days=MONTH * reserves,
        recycled_share=values_by_industry(table, options.recycling),
    )
    begin = first_day(scenarios, options.start)
    parameters = {
        "criticality": criticality_record,
        "stocks": stocks_record,
        "stockpiles, months": {str(k): v for k, v in (options.stockpiles or {}).items()},
        "recycling": {str(k): v for k, v in (options.recycling or {}).items()},
        "rationing": options.rationing,
        "origins": options.origins,
        **behaviour.parameters,
        "days": days,
    }
    group_size = max(1, CELLS // economy.use.size)
    effects: list[Effects] = []
    for position in range(0, len(scenarios), group_size):
        members = scenarios[position : position + group_size]
        plan, notes = calendar(table, economy, members, begin, days)
        clock = time.perf_counter()
        paths = simulate(economy, behaviour, plan, progress=workbench.progress)
        diagnostics = {
            "method": "daily steps",
            "iterations": days,
            "residual": paths.imbalance,
            "seconds": time.perf_counter() - clock,
            "scenarios": len(members),
        }
        effects += [
            effects_of(table, scenario, paths, b, begin, parameters, diagnostics, notes)
            for b, scenario in enumerate(members)
        ]
    return effects
