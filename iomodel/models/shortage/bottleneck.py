r"""Least substitution: an industry stands as long as its scarcest critical input.

.. math:: q_j = \min\Big( \kappa_j,\; \min_i \big[ 1 - \gamma_{ij} (1 - s_{ij}) \big] \Big), \qquad
          s_{ij} = \sum_r \sigma^j_r\, q_{ri}\, d_{r,i,m}

with criticality :math:`\gamma` (:mod:`iomodel.models.shortage.criticality`), capacity
:math:`\kappa`, shares of origins :math:`\sigma` and the part :math:`d` of deliveries to the user's
region that is let through. What was really produced is passed on. An export cut stops the border,
not the mine: the exporter's own users keep their supply, and what is withheld stands in for what
they miss. The minimum over *all* inputs is wrong, since every table has traces of almost everything
everywhere; only rated inputs bind. In the tradition of [PichlerFarmer2022]_; with all inputs
critical, one origin and proportional rationing every industry loses what the first one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import LabelError, unknown_label
from iomodel.models.fixed_price import trade
from iomodel.models.fixed_price.quantities import (
    by_closure,
    quantity_variables,
    value_added_coefficients,
)
from iomodel.models.options import closure_of
from iomodel.models.shortage.allocation import RULES, Shortage, Supply, sales, shortage
from iomodel.models.shortage.criticality import Criticality, resolve_criticality
from iomodel.typing import Float, Variables

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["CLOSURES", "allocation_variables", "bottleneck", "supply_of"]


CLOSURES = ("possible", "sold")
NOTES = (
    "An upper bound where the criticality is honest: no stocks, no substitution and no time to "
    "adapt; inputs that are not rated critical never stop an industry.",
    "Closure possible: industries produce what their inputs allow, and what nobody buys goes to "
    "stock. Closure sold: they produce only what is bought.",
)
NAMED = 5


def bottleneck(
    table: MRIOTable,
    scenario: Scenario,
    *,
    closure: str = "possible",
    criticality: Criticality = "analysts",
    important: float = 0.5,
    rationing: str = "intermediate",
    resourcing: float = 0.0,
) -> Effects:
    """Return what output remains possible when critical inputs run short.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    scenario : Scenario
        Embargoes, export cuts, content controls and supply cuts.
    closure : {"possible", "sold"}
        What the plain variables speak for; the headlines of both are always given.
    criticality : str, float, mapping or DataArray
        ``"analysts"``, one value for all pairs, values by (input, user) upon the analysts', or all
        values over (sector, user_sector).
    important : float
        Weight of inputs that analysts rate important.
    rationing : {"intermediate", "proportional", "priority"}
        Whether producers who run short serve industries before final demand, all users alike, or
        customers in order of size (:mod:`iomodel.models.shortage.allocation.supply`).
        Under proportional rationing a shortage goes round in circles among products that are
        critical for each other, and grows at every border until little is left, however small the
        cut was: the extreme that [PichlerFarmer2022]_ warn of, kept as a comparator.
    resourcing : float
        Fraction of base output that origins without any cut can deliver on top, from idle capacity
        whose own inputs are not modelled; shared by all users who run short.

    Returns
    -------
    Effects
        Output, value added, GDP, final demand, exports and imports at base prices.

    Raises
    ------
    LabelError
        If the closure, the rule of rationing or the criticality cannot be used.
    SolverError
        If the losses do not converge.
    """
    chosen = closure_of("bottleneck", closure, CLOSURES)
    gamma, record = resolve_criticality(criticality, table, important)
    policy = scenario.lower(table)
    supply = supply_of(table, policy, gamma, resourcing, rationing)
    found = shortage(supply)
    intensity = value_added_coefficients(table)
    answers = {name: sales(supply, found, sold_only=name == "sold") for name in CLOSURES}
    parts = {
        name: quantity_variables(table, table.x1 * answer.activity.reshape(-1), intensity)
        for name, answer in answers.items()
    }
    return Effects.build(
        table,
        scenario,
        model="bottleneck",
        closure=chosen,
        coords={"closure": CLOSURES},
        variables={
            **parts[chosen],
            **allocation_variables(
                table, answers[chosen].lost, answers[chosen].lost_final.sum(axis=(0, 1))
            ),
            **by_closure([parts[name] for name in CLOSURES]),
        },
        parameters={
            "closure": chosen,
            "criticality": record,
            "rationing": rationing,
            "resourcing": resourcing,
        },
        diagnostics={
            "method": "least fixed point",
            "passes": found.passes,
            "residual": found.residual,
            "binding": _binding(table, supply, found),
        },
        notes=[*policy.notes, *NOTES],
    )


def supply_of(
    table: MRIOTable,
    policy: PolicyArrays,
    gamma: Float,
    resourcing: float = 0.0,
    rule: str = "proportional",
) -> Supply:
    """Return what may be produced and delivered under a policy.

    Raises
    ------
    LabelError
        If `resourcing` is negative or the rule unknown.
    """
    if rule not in RULES:
        raise unknown_label("rule of rationing", rule, RULES)
    if not resourcing >= 0.0:
        raise LabelError(f"resourcing is {resourcing!r}; it must not be negative")
    R, S = table.shape
    return Supply(
        Z=table.Z2.reshape(R, S, R, S),
        final=np.maximum(table.Y.values, 0.0).sum(axis=3),
        output=table.x.values,
        delivered=policy.delivered,
        capacity=policy.supply,
        gamma=gamma,
        resourcing=float(resourcing),
        rule=rule,
    )


def allocation_variables(table: MRIOTable, lost: Float, lost_final: Float) -> Variables:
    """Return trade and final demand for the effects; solved for the change, like output.

    Parameters
    ----------
    table : MRIOTable
    lost : ndarray, shape (R, S, R)
        Fall of sales by product between regions.
    lost_final : ndarray, shape (R,)
        Fall of final demand by region.
    """
    region, pair = ("region",), ("region", "user_region")
    cube = trade.trade_cube(table.A2, table.x1, table.Y.values)
    base_final = table.Y.values.sum(axis=(0, 1, 3))
    return {
        "final_demand_base": (region, base_final),
        "final_demand_new": (region, base_final - lost_final),
        "exports_base": (region, trade.exports(cube)),
        "exports_new": (region, trade.exports(cube - lost)),
        "imports_base": (region, trade.imports(cube)),
        "imports_new": (region, trade.imports(cube - lost)),
        "trade_base": (pair, trade.partners(cube)),
        "trade_new": (pair, trade.partners(cube - lost)),
    }


def _binding(table: MRIOTable, supply: Supply, found: Shortage) -> list[dict[str, Any]]:
    """Name the industries that lose most value added and the input that holds each back."""
    weighted = supply.gamma[:, None, :] * found.gap
    fall = found.loss * table.value_added.values
    worst = np.argsort(-fall, axis=None, kind="stable")[:NAMED]
    named = []
    for r, s in zip(*np.unravel_index(worst, fall.shape), strict=True):
        if fall[r, s] > 0:
            own = 1.0 - supply.capacity[r, s] >= found.loss[r, s]
            held = "capacity" if own else table.sectors[int(weighted[:, r, s].argmax())]
            industry = f"{table.regions[int(r)]} {table.sectors[int(s)]}"
            loss = float(100 * found.loss[r, s])
            named.append({"industry": industry, "held_back_by": held, "loss_percent": loss})
    return named
