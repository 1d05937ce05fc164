"""Output, GDP and trade of the final year: the table's own levels times hats of volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.diffusion import Course
from iomodel.models.general_equilibrium.base_year import ratio
from iomodel.models.general_equilibrium.lowering import table_industries
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["level_variables"]


def level_variables(
    table: MRIOTable, flow: Float, course: Course, member: int
) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Return variables of one scenario against the baseline, in the final year.

    Parameters
    ----------
    table : MRIOTable
    flow : ndarray, shape (S, I, N)
        Bilateral sales of the base year in the table's unit.
    course : Course
        Member 0 is the baseline.
    member : int
        The scenario.
    """
    last = course.solution
    foreign = ~np.eye(flow.shape[1], dtype=bool)
    before, after = ((flow * _trade(course, m) * foreign) for m in (0, member))
    output = [
        table_industries(ratio(last.output[m] / last.cost[m], last.base.output))
        for m in (0, member)
    ]
    gdp = table.value_added.values.sum(axis=1)
    # Wages of a member are comparable with those of its own baseline only through prices.
    wage = [last.income[m] / last.final_price[m] for m in (0, member)]
    region, industry = ("region",), ("region", "sector")
    return {
        "output_base": (industry, table.x.values * output[0]),
        "output_new": (industry, table.x.values * output[1]),
        "value_added_base": (industry, table.value_added.values * output[0]),
        "gdp_base": (region, gdp * course.real_gdp[-1, 0]),
        "gdp_new": (region, gdp * course.real_gdp[-1, member]),
        "real_wage_pct": (region, 100.0 * (ratio(wage[1], wage[0]) - 1.0)),
        "exports_base": (region, before.sum(axis=(0, 2))),
        "exports_new": (region, after.sum(axis=(0, 2))),
        "imports_base": (region, before.sum(axis=(0, 1))),
        "imports_new": (region, after.sum(axis=(0, 1))),
        "trade_base": (("region", "user_region"), before.sum(axis=0)),
        "trade_new": (("region", "user_region"), after.sum(axis=0)),
    }


def _trade(course: Course, member: int) -> Float:
    """Return hats of the volume of flows, (S, I, N)."""
    last = course.solution
    nominal = ratio(last.flow[member], last.base.flow)
    return np.asarray(nominal / last.cost[member][:, :, None], dtype=np.float64)
