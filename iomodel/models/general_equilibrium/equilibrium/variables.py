"""Variables of the model equilibrium: levels of the base that was solved, and of the solution."""

from __future__ import annotations

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.base_shift import base_shift
from iomodel.models.general_equilibrium.base_year import BaseYear, ratio
from iomodel.models.general_equilibrium.foreign_trade import foreign_trade, is_foreign
from iomodel.models.general_equilibrium.lowering import table_flows, table_industries
from iomodel.typing import (
    BY_FLOW,
    BY_INDUSTRY,
    BY_PARTNER,
    BY_REGION,
    Bool,
    Float,
    Variables,
)

__all__ = ["HEADLINES", "headline_variables", "variables_of", "welfare_terms"]


# Variables of :func:`headline_variables`; of levels L also ``L_base``, ``L_new``.
HEADLINES = frozenset(
    {
        *("real_income_pct", "gni_pct", "real_wage_pct", "consumer_price_pct", "price_pct"),
        *(
            f"{level}_{form}"
            for level in ("gdp", "output", "exports", "imports", "trade")
            for form in ("base", "new", "pct")
        ),
    }
)


def headline_variables(
    solution: ge.Solution, gdp: Float | None, *, trade: bool, output: bool
) -> Variables:
    """Return incomes, prices, output and volumes of trade.

    Parameters
    ----------
    solution : Solution
        A single one.
    gdp : ndarray, shape (R,), or None
        Hats of real GDP, if they were computed.
    trade, output : bool
        Whether to report trade between regions, and output and prices of industries.

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    base, cost = solution.base, solution.cost[0]
    variables: Variables = {
        "gdp_base": (BY_REGION, base.income),
        "real_income_pct": (BY_REGION, 100.0 * (solution.real_income[0] - 1.0)),
        "gni_pct": (BY_REGION, 100.0 * (solution.real_national_income[0] - 1.0)),
        "real_wage_pct": (BY_REGION, 100.0 * (solution.real_wage[0] - 1.0)),
        "consumer_price_pct": (BY_REGION, 100.0 * (solution.final_price[0] - 1.0)),
    }
    if gdp is not None:
        variables["gdp_new"] = (BY_REGION, base.income * gdp)
    if output:
        variables |= {
            "output_base": (BY_INDUSTRY, table_industries(base.output)),
            "output_new": (BY_INDUSTRY, table_industries(solution.output[0] / cost)),
            "price_pct": (BY_INDUSTRY, 100.0 * (table_industries(cost) - 1.0)),
        }
    if trade:
        base_flow, volume, _ = _foreign_flows(solution)
        variables |= foreign_trade(base_flow, volume)
    return variables


def variables_of(start: BaseYear, solution: ge.Solution, gdp: Float, *, detail: bool) -> Variables:
    """Return the variables common to all scenarios.

    Parameters
    ----------
    start : BaseYear
    solution : Solution
        A single one.
    gdp : ndarray, shape (R,)
        Hats of real GDP.
    detail : bool
        Whether to report trade by sector.

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    return {
        **headline_variables(solution, gdp, trade=False, output=True),
        **_factors(solution),
        **_capital(solution),
        **_trade(solution, detail=detail),
        **_revenue(solution),
        **_scarcity(solution),
        **base_shift(solution.base, start.observed),
    }


def welfare_terms(solution: ge.Solution) -> Variables:
    """Return the first-order terms of welfare, for changes of duties alone."""
    terms = ge.decompose(solution)
    return {
        "welfare_terms_of_trade_pct": (BY_REGION, 100.0 * terms.terms_of_trade[0]),
        "welfare_volume_of_trade_pct": (BY_REGION, 100.0 * terms.volume_of_trade[0]),
        "welfare_transfer_pct": (BY_REGION, 100.0 * terms.transfer[0]),
        "welfare_first_order_pct": (BY_REGION, 100.0 * terms.first_order_welfare[0]),
    }


# ---------------------------------------------------------------------- helpers
def _factors(solution: ge.Solution) -> Variables:
    """Return factor incomes and, unless factors are specific, their use by industry."""
    labour = solution.closure.labour
    value_added = table_industries(solution.base.value_added)
    use_hat = table_industries(solution.employment[0])
    variables: Variables = {
        "value_added_base": (BY_INDUSTRY, value_added),
        "factor_income_base": (BY_INDUSTRY, value_added),
        "factor_income_new": (BY_INDUSTRY, table_industries(solution.value_added[0])),
    }
    # Productivity adds volume that factor use does not show.
    if labour != "specific" and not solution.problem.log_productivity.any():
        variables["value_added_new"] = (BY_INDUSTRY, value_added * use_hat)
    if solution.closure.fixes_spending:
        variables["employment_pct"] = (BY_INDUSTRY, 100.0 * (use_hat - 1.0))
    return variables


def _capital(solution: ge.Solution) -> Variables:
    """Return capital and consumption; empty if capital is fixed."""
    if solution.base.capital is None:
        return {}
    return {
        "capital_pct": (BY_REGION, 100.0 * (solution.capital[0] - 1.0)),
        "real_consumption_pct": (BY_REGION, 100.0 * (solution.real_consumption[0] - 1.0)),
    }


def _trade(solution: ge.Solution, *, detail: bool) -> Variables:
    base, volume, value = _foreign_flows(solution)
    foreign = is_foreign(solution.base.shape[1])
    variables: Variables = {
        "terms_of_trade_pct": (BY_REGION, 100.0 * (_terms_of_trade(solution, foreign) - 1.0)),
        **foreign_trade(base, volume),
        "trade_value_base": (BY_PARTNER, base.sum(axis=0)),
        "trade_value_new": (BY_PARTNER, value.sum(axis=0)),
    }
    if detail:
        for name, cells in (("trade_by_sector", volume), ("trade_value_by_sector", value)):
            variables[f"{name}_base"] = (BY_FLOW, table_flows(base))
            variables[f"{name}_new"] = (BY_FLOW, table_flows(cells))
    return variables


def _foreign_flows(solution: ge.Solution) -> tuple[Float, Float, Float]:
    """Return flows abroad (S, R, R): of the base, new volumes at base prices, new values."""
    foreign = is_foreign(solution.base.shape[1])
    value = solution.flow[0] * foreign
    return solution.base.flow * foreign, value / solution.border_price[0], value


def _revenue(solution: ge.Solution) -> Variables:
    """Return tariff revenue; empty without tariffs."""
    if not (solution.base.tariff.any() or solution.problem.tariff.any()):
        return {}
    return {
        "tariff_revenue_base": (BY_REGION, solution.base.revenue),
        "tariff_revenue_new": (BY_REGION, solution.revenue[0]),
    }


def _scarcity(solution: ge.Solution) -> Variables:
    """Return the rent on capped deliveries, at the importer who pays most."""
    if not solution.problem.caps.groups:
        return {}
    caps, cells = solution.problem.caps, solution.problem.caps.cells
    rent = np.zeros(solution.base.tariff.shape)
    base_tax = np.broadcast_to(solution.base.export_tax, rent.shape)[tuple(cells.T)]
    log_rent = caps.spread(solution.problem.rent)[0]
    rent[tuple(cells.T)] = (1.0 + base_tax) * np.expm1(log_rent)
    return {"scarcity_rent": (BY_INDUSTRY, 100.0 * table_industries(rent.max(axis=2)))}


def _terms_of_trade(solution: ge.Solution, foreign: Bool) -> Float:
    """Return hats of export over import prices before duty, with mean shares of both years."""
    log_price = np.log(solution.border_price[0])
    base_flow, new_flow = solution.base.flow * foreign, solution.flow[0] * foreign

    def mean_log_price(flow: Float, axes: tuple[int, int]) -> Float:
        return ratio((flow * log_price).sum(axis=axes), flow.sum(axis=axes), 0.0)

    export_price, import_price = (
        (mean_log_price(base_flow, axes) + mean_log_price(new_flow, axes)) / 2.0
        for axes in ((0, 2), (0, 1))
    )
    return np.asarray(np.exp(export_price - import_price), dtype=np.float64)
