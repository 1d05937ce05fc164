"""Output, GDP and trade of the final year: levels of the base year times hats of volumes."""

from __future__ import annotations

import numpy as np

from iomodel.diffusion import Course
from iomodel.models.general_equilibrium.base_year import BaseYear, ratio
from iomodel.models.general_equilibrium.foreign_trade import foreign_trade, is_foreign
from iomodel.models.general_equilibrium.lowering import table_industries
from iomodel.typing import BY_INDUSTRY, BY_REGION, Float, Variables

__all__ = ["final_year_variables"]


def final_year_variables(start: BaseYear, course: Course, member: int) -> Variables:
    """Return levels and changes of one scenario against the baseline, in the final year.

    Parameters
    ----------
    start : BaseYear
    course : Course
        Member 0 is the baseline.
    member : int
        The scenario.
    """
    last, base = course.solution, start.economy
    # Sectors come first, those of the nest of specific factors after them.
    sectors = slice(0, base.shape[0])
    foreign = is_foreign(base.shape[1])
    base_trade, new_trade = (
        base.flow * _trade_hat(course, m, sectors) * foreign for m in (0, member)
    )
    output_hat = [
        table_industries(ratio(last.output[m] / last.cost[m], last.base.output)[sectors])
        for m in (0, member)
    ]
    output, value_added = table_industries(base.output), table_industries(base.value_added)
    # Wages of a member are comparable with those of its own baseline only through prices.
    real_wage = [last.income[m] / last.final_price[m] for m in (0, member)]
    return {
        "output_base": (BY_INDUSTRY, output * output_hat[0]),
        "output_new": (BY_INDUSTRY, output * output_hat[1]),
        "value_added_base": (BY_INDUSTRY, value_added * output_hat[0]),
        "gdp_base": (BY_REGION, base.income * course.real_gdp[-1, 0]),
        "gdp_new": (BY_REGION, base.income * course.real_gdp[-1, member]),
        "real_wage_pct": (BY_REGION, 100.0 * (ratio(real_wage[1], real_wage[0]) - 1.0)),
        **foreign_trade(base_trade, new_trade),
    }


def _trade_hat(course: Course, member: int, sectors: slice) -> Float:
    """Return hats of the volume of flows, (S, I, N)."""
    last = course.solution
    nominal = ratio(last.flow[member], last.base.flow)
    return np.asarray((nominal / last.cost[member][:, :, None])[sectors], dtype=np.float64)
