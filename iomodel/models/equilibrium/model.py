r"""General equilibrium: prices, wages, incomes and trade after tariffs, costs and embargoes.

The engine of :mod:`iomodel.equilibrium` on a table: nested CES with input-output linkages in exact
hat algebra [CaliendoParro2015]_ [BaqaeeFarhi2024]_, import shares common to all users of a region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import iomodel.equilibrium as ge
from iomodel.effects import Effects
from iomodel.equilibrium.closures import BALANCE, LABOUR
from iomodel.equilibrium.volumes import real_gdp
from iomodel.errors import IOModelError, unknown_label
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.options import closure_of

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CLOSURES", "HANDLES", "NESTS", "economy_of", "equilibrium"]

Float = NDArray[np.float64]

CLOSURES = LABOUR
HANDLES = frozenset({"tariff", "trade_cost", "embargo", "productivity"})
NESTS: Mapping[str, tuple[tuple[float, float, float], str]] = {
    "cobb-douglas": ((1.0, 1.0, 1.0), "CaliendoParro2015"),
    "baqaee-farhi": ((0.5, 0.2, 0.9), "BaqaeeFarhi2024"),
}
NOTES = (
    "Nominal values and prices are relative to world factor income, which is the numeraire.",
    "Output, exports, imports and trade under the scenario are volumes at base prices; GDP is "
    "chained volume at market prices, real income also counts the terms of trade.",
    "Taxes on products other than tariffs count as factor income; all final uses are one consumer.",
)
LATER = (
    "Changes start from the equilibrium under the duties in force before the scenario; base output "
    "and GDP are the table's."
)
REBASED = "Changes start from the base re-solved with balanced trade in every region."


def equilibrium(
    table: MRIOTable,
    scenario: Scenario,
    *,
    closure: str = "mobile",
    balance: str = "zero",
    elasticities: str | float | xr.DataArray = "CP",
    nest: str | tuple[float, float, float] = "cobb-douglas",
    links: int = 4,
) -> Effects:
    r"""Return the general-equilibrium effects of a scenario.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Tariffs, trade costs, embargoes and productivity.
    closure : {"mobile", "specific", "rigid"}
        Factors move between sectors; do not; or wages stay and employment adjusts.
    balance : {"zero", "fixed", "share"}
        Trade balances (:mod:`iomodel.equilibrium.closures`).
    elasticities : str, float or DataArray (sector)
        Trade elasticities :math:`\theta = \sigma - 1`.
    nest : str or (sigma_v, sigma_m, sigma_c)
        ``cobb-douglas``, ``baqaee-farhi``, or three elasticities: value added with intermediates,
        across inputs, across final goods.
    links : int
        Points of the path along which real GDP is chained; one is the direct index.

    Returns
    -------
    Effects
        Real income, real wage, real GDP, prices, output, trade and tariff revenue.

    Raises
    ------
    LabelError
        If the closure, balance, nest or set of elasticities is unknown.
    InfeasibleError
        If a region loses every supplier of something it uses.
    SolverError
        If no equilibrium is found to tolerance.
    """
    chosen = ge.Closure(
        closure_of("equilibrium", closure, CLOSURES), closure_of("balance", balance, BALANCE)
    )
    theta, record = resolve_elasticities(elasticities, table)
    sigma, source = _nest(nest)
    nested = ge.Elasticities(theta, *sigma)
    policy = scenario.lower(table)
    if links < 1:
        raise IOModelError("links must be at least one")
    later = bool(np.any(policy.tariff_base != policy.tariff_observed))
    base, before, rebased = _baseline(table, policy, nested, ge.Closure(balance=balance))
    closed = policy.delivered.transpose(1, 0, 2) == 0.0
    shock = ge.Shock(
        tariff=policy.tariff_new.transpose(1, 0, 2),
        trade_cost=np.where(closed, np.inf, policy.trade_cost.transpose(1, 0, 2)),
        productivity=policy.productivity.T,
    )
    solution = ge.solve(base, nested, shock, chosen)
    path = [solution]
    if links > 1:
        path = [*ge.homotopy(base, nested, shock, chosen, steps=links)[:-1], solution]
    return Effects.build(
        table,
        scenario,
        model="equilibrium",
        closure=closure,
        variables=_variables(table, before, solution, real_gdp(path)[0]),
        parameters={
            "elasticities": record,
            "nest": {"value": list(sigma), "citation": source},
            "closure": closure,
            "balance": balance,
            "links": links,
        },
        diagnostics={
            **asdict(solution.certificate),
            "residual": solution.certificate.worst,
            "rebasing": asdict(rebased.certificate),
        },
        notes=[
            *policy.notes,
            *NOTES,
            *([REBASED] if balance == "zero" else []),
            *([LATER] if later else []),
        ],
    )


def economy_of(table: MRIOTable, tariff: Float) -> ge.Economy:
    """Return the economy of a table: bilateral sales and one use matrix per region.

    Parameters
    ----------
    table : MRIOTable
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates in the base [exporter, sector, importer].

    Returns
    -------
    Economy
    """
    Z, Y = table.Z.values, table.Y.values
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    use = np.concatenate([Z.sum(axis=0), Y.sum(axis=0)], axis=2).transpose(1, 0, 2)
    return ge.from_use(np.maximum(trade, 0.0), use, tariff)


# ---------------------------------------------------------------------- helpers
def _baseline(
    table: MRIOTable, policy: PolicyArrays, nested: ge.Elasticities, closure: ge.Closure
) -> tuple[ge.Economy, Float, ge.Solution]:
    """Return the economy before the scenario, its flows on the table's scale, and the rebasing."""
    start = economy_of(table, policy.tariff_observed)
    base, rebased = ge.rebase(start, nested, closure)
    if np.array_equal(policy.tariff_base, policy.tariff_observed):
        return base, start.flow, rebased
    # Duties that came between the table's year and the scenario belong to its baseline.
    duties = ge.Shock(tariff=policy.tariff_base.transpose(1, 0, 2))
    earlier = ge.solve(base, nested, duties, closure)
    growth = _ratio(earlier.flow[0] / earlier.cost[0][:, :, None], base.flow)
    return earlier.economy(), start.flow * growth, rebased


def _nest(nest: str | tuple[float, float, float]) -> tuple[tuple[float, float, float], str]:
    if isinstance(nest, str):
        if nest not in NESTS:
            raise unknown_label("nest", nest, NESTS)
        return NESTS[nest]
    if len(nest) != 3:
        raise IOModelError(f"a nest has three elasticities (sigma_v, sigma_m, sigma_c); got {nest}")
    first, second, third = (float(value) for value in nest)
    return (first, second, third), ""


def _variables(
    table: MRIOTable, before: Float, solution: ge.Solution, gdp: Float
) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Scale the table's own levels by the hats of the solution."""
    base, cost = solution.base, solution.cost[0]
    nominal = _ratio(solution.flow[0], base.flow)
    after = before * nominal / cost[:, :, None]
    foreign = ~np.eye(before.shape[1], dtype=bool)
    output = _ratio(solution.output[0] / cost, base.output).T
    region, industry = ("region",), ("region", "sector")
    table_gdp = table.value_added.values.sum(axis=1)
    rates = solution.problem.tariff[0]
    variables: dict[str, tuple[tuple[str, ...], Any]] = {
        "output_base": (industry, table.x.values),
        "output_new": (industry, table.x.values * output),
        "price_pct": (industry, 100.0 * (cost.T - 1.0)),
        "gdp_base": (region, table_gdp),
        "gdp_new": (region, table_gdp * gdp),
        "real_income_pct": (region, 100.0 * (solution.real_income[0] - 1.0)),
        "real_wage_pct": (region, 100.0 * (solution.real_wage[0] - 1.0)),
        "consumer_price_pct": (region, 100.0 * (solution.final_price[0] - 1.0)),
        "terms_of_trade_pct": (region, 100.0 * (_terms_of_trade(solution, foreign) - 1.0)),
        "exports_base": (region, (before * foreign).sum(axis=(0, 2))),
        "exports_new": (region, (after * foreign).sum(axis=(0, 2))),
        "imports_base": (region, (before * foreign).sum(axis=(0, 1))),
        "imports_new": (region, (after * foreign).sum(axis=(0, 1))),
        "trade_base": (("region", "user_region"), (before * foreign).sum(axis=0)),
        "trade_new": (("region", "user_region"), (after * foreign).sum(axis=0)),
    }
    if base.tariff.any() or rates.any():
        variables["tariff_revenue_base"] = (region, (base.tariff * before).sum(axis=(0, 1)))
        variables["tariff_revenue_new"] = (region, (rates * before * nominal).sum(axis=(0, 1)))
    return variables


def _terms_of_trade(solution: ge.Solution, foreign: NDArray[np.bool_]) -> Float:
    """Return hats of export over import prices before duty, with mean shares of both years."""
    log_cost = solution.trial.prices.cost[0][:, :, None]
    logs = []
    for axes in ((0, 2), (0, 1)):
        parts = []
        for flow in (solution.base.flow * foreign, solution.flow[0] * foreign):
            total = flow.sum(axis=axes)
            parts.append(_ratio((flow * log_cost).sum(axis=axes), total, 0.0))
        logs.append((parts[0] + parts[1]) / 2.0)
    return np.asarray(np.exp(logs[0] - logs[1]), dtype=np.float64)


def _ratio(top: Float, below: Float, empty: float = 1.0) -> Float:
    quotient: Float = np.full(np.shape(top), empty)
    np.divide(top, below, out=quotient, where=below != 0.0)
    return quotient
