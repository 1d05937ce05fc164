r"""The path in time: stocks, production bottlenecks, orders, rationing and capacity, day by day.

Stocks put off a shortage and orders pass it on. One engine serves three behaviours
(:mod:`iomodel.models.shortage.inventories.rules`): ``contracts``, the default, where everybody
orders his current needs and nobody restocks at the cost of others; ``pichler`` [PichlerEtAl2022]_,
with orders to restock and a workforce that follows output; and ``ario`` [Hallegatte2008]_, where
production is cut as soon as stocks fall below a part of their target. Only inputs that are rated
critical bind (:mod:`iomodel.models.shortage.criticality`); origins of a product are pooled. With a
cover of m months and a cut of the part :math:`\theta` of an input over T months, a user without
other sources loses :math:`\max(0, \theta - m / T)` on average. Final demand is that of the
scenario: there is no feedback from incomes to consumption.

Is more stock never worse? Not in the published models: target stocks grow with the initial ones, so
that the better stocked order more when they restock, and crowd out the needs of others. Under
contracts orders do not depend on stocks, and the output of every industry on every day rises with
every stock wherever no industry lacks two critical inputs in turn. Where one does, more of the one
lets it use up the other earlier, and what it then sold to consumers its industrial customers miss
later; the tests hold a smallest case of each. Under proportional rationing, with demand as in the
base, what has been made so far never falls with a stock, however many inputs are fully critical.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.models.model import model
from iomodel.models.shortage.inventories.calendar import calendar, first_day
from iomodel.models.shortage.inventories.days import simulate
from iomodel.models.shortage.inventories.economy import economy_of
from iomodel.models.shortage.inventories.effects import effects_of
from iomodel.models.shortage.inventories.options import (
    MONTH,
    InventoriesOptions,
    behaviour,
    buffers_by_region,
    cover_days,
    weights,
)
from iomodel.models.shortage.ratings import is_rated
from iomodel.scenario.policy import CUTS

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario

__all__ = ["inventories", "inventories_batch"]

# Numbers of a day's arrays that stay in the processor's cache.
CELLS = 2**18


@model(
    "the path in time: stocks, orders, rationing, dated policies",
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
        the loss in percent of the GDP of as many days, that is of a year's GDP where `days` is 365.
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
    """Run several scenarios side by side, over the same days; see :func:`inventories`."""
    table, days = workbench.table, options.days
    rule = behaviour(options)
    gamma, criticality_record = weights(table, options.criticality, options.important)
    cover, stocks_record = cover_days(table, options.stocks)
    reserves = buffers_by_region(table, options.stockpiles)
    economy = economy_of(
        table,
        gamma,
        cover,
        origins=options.origins,
        reserve_days=MONTH * reserves,
        recycled_share=buffers_by_region(table, options.recycling),
    )
    begin = first_day(scenarios, options.start)
    parameters = {
        "criticality": criticality_record,
        "stocks": stocks_record,
        "stockpiles, months": {str(k): v for k, v in (options.stockpiles or {}).items()},
        "recycling": {str(k): v for k, v in (options.recycling or {}).items()},
        "rationing": options.rationing,
        "origins": options.origins,
        **{k: v for k, v in vars(rule).items() if k != "intermediate_first" and v != np.inf},
        "days": days,
    }
    group = max(1, CELLS // economy.use.size)
    effects: list[Effects] = []
    for position in range(0, len(scenarios), group):
        members = scenarios[position : position + group]
        plan, notes = calendar(table, economy, members, begin, days)
        clock = time.perf_counter()
        course = simulate(economy, rule, plan, progress=workbench.progress)
        diagnostics = {
            "method": "daily steps",
            "iterations": days,
            "residual": course.imbalance,
            "seconds": time.perf_counter() - clock,
            "scenarios": len(members),
        }
        effects += [
            effects_of(table, scenario, course, b, begin, parameters, diagnostics, notes)
            for b, scenario in enumerate(members)
        ]
    return effects
