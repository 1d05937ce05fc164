"""Scenarios of the library on the embedded tables, at every horizon and closure and in every model.

The seed is the number of the case: as many seeds as there are cases cover them all, in an order in
which few seeds cover many scenarios. What is answered must be finite and, in general equilibrium,
belong to one economy: exports within output, bilateral trade adding up to exports and imports,
revenue being rate times flow.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np

import iomodel as iom
from iomodel.effects import Effects
from iomodel.equilibrium.closures import LABOUR
from iomodel.errors import IOModelError
from iomodel.models.general_equilibrium import HORIZONS
from iomodel.models.workbench import Workbench
from iomodel.scenario.catalogue import scenario_names
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

TABLES = ("world-2022", "world-2022-ree")
# Of accounts: rounding of sums over a hundred thousand flows; a millionth of a dollar is nothing.
CLOSE, NOTHING = 1e-9, 1e-12
# Percent: rounding of the inner solves through the nests.
NO_RISE = 1e-6
# Of a flow; the table's own balance closes to 1e-9 of an industry, and a flow below a millionth of
# the largest has few digits left after it.
SAME_FLOW, NOTHING_OF_TRADE = 1e-6, 1e-6
# Some eight units in the last place.
ROUNDING = 8.0 * np.finfo(float).eps
# The recursive model has tests of its own; two periods show that a scenario is taken.
SHORT: dict[str, dict[str, Any]] = {"diffusion": {"horizon": 2024}, "inventories": {"days": 30}}
POSITION = re.compile(r"\b(sector|region|industry) \d+\b")

Case = tuple[str, str, str, dict[str, Any]]


@lru_cache(maxsize=1)
def cases() -> list[Case]:
    """Return table, scenario, model and options of every case of a model that applies."""
    settings: list[tuple[str, dict[str, Any]]] = [
        ("equilibrium", {"horizon": horizon, "closure": closure})
        for horizon in HORIZONS
        for closure in LABOUR
    ]
    settings += [("scarce", {"horizon": horizon}) for horizon in HORIZONS]
    settings += [
        (model, SHORT.get(model, {}))
        for model in iom.models.available_models().index
        if model not in ("equilibrium", "scarce")
    ]
    fitting = {
        (table, name): iom.applicable(workbench(table).table, iom.Scenario.load(name))
        for table in TABLES
        for name in scenario_names()
    }
    return [
        (table, name, model, options)
        for model, options in settings
        for (table, name), models in fitting.items()
        if model in models
    ]


@lru_cache(maxsize=2)
def workbench(table: str) -> Workbench:
    """Return the workbench of a table, common to its cases."""
    return Workbench(iom.load(table))


def check(seed: int) -> Outcome:
    """Run one case and check its accounts."""
    count = len(cases())
    # A stride that shares no divisor with the count visits every case once.
    stride = next(k for k in range(int(0.618 * count), count) if math.gcd(k, count) == 1)
    table, name, model, options = cases()[seed * stride % count]
    bench, scenario = workbench(table), iom.Scenario.load(name)
    if model == "equilibrium":
        options = {**options, "links": 1, "detail": True}
    case = f"{name} on {table}, {model} {options}"
    try:
        effects = iom.run(bench.table, scenario, model, **options)
    except IOModelError as error:
        if POSITION.search(str(error)):
            return wrong(f"{case}: position where a name is known: {error}")
        return refused(error)
    fault = _not_finite(effects)
    if model == "equilibrium" and not fault:
        # Revenue on the whole tables alone: regions merged into one levy duties on each other.
        fault = economy_fault(effects, bench, scenario) or _revenue_fault(effects, bench, scenario)
    return wrong(f"{case}: {fault}") if fault else RIGHT


def economy_fault(effects: Effects, bench: Workbench, scenario: iom.Scenario) -> str:
    """First property of general equilibrium that a run with detail lacks; else empty."""
    return (
        account_fault(effects)
        or _levier_fault(effects)
        or _employment_fault(effects)
        or _base_fault(effects, bench, scenario)
    )


def account_fault(effects: Effects) -> str:
    """First account of trade and output that does not hold, in base or scenario; else empty."""
    for moment in ("base", "new"):
        exports, imports, output, trade = (
            effects[f"{name}_{moment}"].values for name in ("exports", "imports", "output", "trade")
        )
        sums = [("exports", exports, trade.sum(axis=1)), ("imports", imports, trade.sum(axis=0))]
        if (exports > output.sum(axis=1) * (1.0 + CLOSE)).any():
            return f"exports_{moment} exceed output"
        if f"trade_by_sector_{moment}" in effects:
            by_sector = effects[f"trade_by_sector_{moment}"].values
            sums.append(("trade", trade, by_sector.sum(axis=1)))
            if (by_sector.sum(axis=2) > output * (1.0 + CLOSE) + NOTHING).any():
                return f"exports of a sector exceed its output_{moment}"
        for name, total, summed in sums:
            if not np.allclose(summed, total, rtol=CLOSE, atol=NOTHING):
                return f"{name}_{moment} is not the sum of bilateral trade"
    return ""


def _revenue_fault(effects: Effects, bench: Workbench, scenario: iom.Scenario) -> str:
    policy = bench.policy(scenario)
    for moment, tariff in (("base", policy.tariff_base), ("new", policy.tariff_new)):
        revenue = (tariff * effects[f"trade_value_by_sector_{moment}"].values).sum(axis=(0, 1))
        reported = effects[f"tariff_revenue_{moment}"].values
        # Where buyers hold rents, revenue is the wedge less them: a difference of sums over what a
        # region buys, exact to the rounding of these, so that a zero is one only to that.
        rounding = ROUNDING * effects[f"imports_{moment}"].values
        gap = np.abs(reported - revenue)
        if (gap > CLOSE * np.abs(revenue) + rounding).any():
            gap = gap.max()
            return f"tariff_revenue_{moment} is not rate times flow: off by {gap:.1e}"
    return ""


def _levier_fault(effects: Effects) -> str:
    """Imports of the products on which a region raises duties fall in volume: no note denies it.

    The note judges wherever no duty on the same products falls (tests/equilibrium/test_model.py).
    """
    return next((note for note in effects.notes if note.startswith("Check: imports")), "")


def _employment_fault(effects: Effects) -> str:
    highest = effects.diagnostics.get("highest_employment_pct", 0.0)
    if effects.closure == "sticky" and highest > NO_RISE:
        return f"an industry employs {highest:.2g} percent more than there are"
    return ""


def _base_fault(effects: Effects, bench: Workbench, scenario: iom.Scenario) -> str:
    """Foreign flows of the base are the table's, unless duties changed in between."""
    table = bench.table
    if effects.parameters["balance"] == "zero" or not np.array_equal(
        bench.policy(scenario).tariff_base, table.tariff.values
    ):
        return ""
    foreign = ~np.eye(len(table.regions), dtype=bool)[:, None, :]
    flows = (table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)) * foreign
    base = effects["trade_value_by_sector_base"].values * foreign
    gap = np.abs(base - flows) / np.maximum(flows, NOTHING_OF_TRADE * flows.max())
    return f"flows of the base differ by {gap.max():.1e}" if gap.max() > SAME_FLOW else ""


def _not_finite(effects: Effects) -> str:
    """First variable with an infinite value, or one that is missing everywhere; else empty."""
    for name, array in effects.dataset.data_vars.items():
        values = array.values
        if np.issubdtype(values.dtype, np.floating) and (
            np.isinf(values).any() or (values.size and np.isnan(values).all())
        ):
            return f"{name} is not finite"
    return ""
