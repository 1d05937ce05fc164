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

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import LabelError
from iomodel.models.shortage.criticality import Criticality
from iomodel.models.shortage.inventories.calendar import calendar, first_day
from iomodel.models.shortage.inventories.days import simulate
from iomodel.models.shortage.inventories.economy import economy_of
from iomodel.models.shortage.inventories.effects import effects_of
from iomodel.models.shortage.inventories.options import (
    LINEAR,
    MONTH,
    Buffers,
    Stocks,
    behaviour,
    cover_days,
    held_by_region,
    weights,
)

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Stocks", "cover_days", "inventories", "inventories_batch"]

CELLS = 2**18


def inventories(
    table: MRIOTable,
    scenario: Scenario,
    *,
    variant: str = "contracts",
    days: int = 365,
    start: dt.date | None = None,
    criticality: Criticality = "analysts",
    important: float = 0.5,
    stocks: Stocks = "data",
    stockpiles: Buffers | None = None,
    recycling: Buffers | None = None,
    recycling_days: float = 365.0,
    rationing: str = "intermediate",
    origins: str = "region",
    restocking_days: float | None = None,
    psi: float = 0.8,
    overproduction: float | None = None,
    overproduction_days: float = 365.0,
    resourcing: float = 0.0,
    resourcing_days: float = 90.0,
    progress: Callable[[str], None] | None = None,
) -> Effects:
    """Return the path of output and GDP when supplies are cut for a time.

    Parameters
    ----------
    table : MRIOTable
        The baseline; its flows are those of a year.
    scenario : Scenario
        Embargoes, export cuts, content controls, supply cuts and changes of final demand, each from
        its start to its end.
    variant : {"contracts", "pichler", "ario"}
        How industries behave.
    days : int
        Length of the run; a step is a day.
    start : datetime.date, optional
        First day. Default: the earliest start of a shock; without dates, all shocks hold all the
        time and days are numbered.
    criticality, important
        As in :func:`iomodel.models.shortage.bottleneck.bottleneck`; also ``"linear"``, where any
        input stands in for any other. With `important` 1, 0.5 and 0 inputs rated important count as
        in the strongly, half and weakly critical reading of [PichlerEtAl2022]_, and a criticality
        of 1.0 is Leontief's.
    stocks : "data", float or mapping
        Months of cover: by sector as surveyed, one number, or months by user or by (input, user)
        upon the data; labels or groups. Less than a day counts as one day.
    stockpiles : mapping, optional
        Public stockpiles that cover what does not arrive: months of the region's use by product, or
        by (region, product); labels or groups.
    recycling : mapping, optional
        Part of the use that recycling can cover of what does not arrive, likewise.
    recycling_days : float
        Days to build it up, in a straight line from the first day of a cut.
    rationing : {"intermediate", "proportional"}
        Whether industries are served before final demand, or all alike. Under proportional
        rationing a shortage goes round in circles, as in the bottleneck model; [PichlerEtAl2022]_
        and ARIO use it.
    origins : {"region", "user"}
        Whether users of a region share their origins of a product; own origins cost n x n work.
    restocking_days : float, optional
        Days over which a gap to target stocks is ordered. Default: 10 (pichler), 60 (ario);
        contracts do not restock.
    psi : float
        ARIO: part of the target stock below which production suffers.
    overproduction : float, optional
        Highest capacity relative to base. Default: 1; 1.25 (ario).
    overproduction_days : float
        Days to build it up: from the first day of a cut, in a straight line (contracts), or as
        scarcity asks for (ario).
    resourcing : float
        Part of the orders refused at a border that in the end goes to other origins.
    resourcing_days : float
        Days to find them, in a straight line from the first day of a cut.
    progress : callable, optional
        Called with a few words every thirty days.

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
    options = {k: v for k, v in locals().items() if k not in ("table", "scenario")}
    return inventories_batch(table, [scenario], **options)[0]


def inventories_batch(
    table: MRIOTable,
    scenarios: Sequence[Scenario],
    *,
    variant: str = "contracts",
    days: int = 365,
    start: dt.date | None = None,
    criticality: Criticality = "analysts",
    important: float = 0.5,
    stocks: Stocks = "data",
    stockpiles: Buffers | None = None,
    recycling: Buffers | None = None,
    recycling_days: float = 365.0,
    rationing: str = "intermediate",
    origins: str = "region",
    restocking_days: float | None = None,
    psi: float = 0.8,
    overproduction: float | None = None,
    overproduction_days: float = 365.0,
    resourcing: float = 0.0,
    resourcing_days: float = 90.0,
    progress: Callable[[str], None] | None = None,
) -> list[Effects]:
    """Run several scenarios side by side, over the same days; see :func:`inventories`."""
    if days < 1:
        raise LabelError(f"days is {days!r}; give at least one")
    rule = behaviour(
        variant,
        rationing,
        origins,
        restocking_days,
        overproduction,
        linear=criticality == LINEAR if isinstance(criticality, str) else False,
        psi=psi,
        overproduction_days=overproduction_days,
        resourcing=resourcing,
        resourcing_days=resourcing_days,
        recycling_days=recycling_days,
    )
    gamma, record = weights(table, criticality, important)
    cover, held = cover_days(table, stocks)
    economy = economy_of(
        table,
        gamma,
        cover,
        origins=origins,
        reserve_days=MONTH * held_by_region(table, "stockpiles", stockpiles, np.inf),
        recycled_share=held_by_region(table, "recycling", recycling, 1.0),
    )
    begin = first_day(scenarios, start)
    parameters = {
        "criticality": record,
        "stocks": held,
        "stockpiles, months": {str(k): float(v) for k, v in (stockpiles or {}).items()},
        "recycling": {str(k): float(v) for k, v in (recycling or {}).items()},
        "rationing": rationing,
        "origins": origins,
        **{k: v for k, v in vars(rule).items() if k != "intermediate_first" and v != np.inf},
        "days": days,
    }
    # As many at a time as leave the arrays of a day in the processor's cache.
    wide = max(1, CELLS // economy.use.size)
    answers: list[Effects] = []
    for first in range(0, len(scenarios), wide):
        some = scenarios[first : first + wide]
        plan, notes = calendar(table, economy, some, begin, days)
        clock = time.perf_counter()
        found = simulate(economy, rule, plan, progress=progress)
        diagnostics = {
            "method": "daily steps",
            "iterations": days,
            "residual": found.imbalance,
            "seconds": time.perf_counter() - clock,
            "scenarios": len(some),
        }
        answers += [
            effects_of(table, scenario, found, b, begin, parameters, diagnostics, notes)
            for b, scenario in enumerate(some)
        ]
    return answers
