"""Lowering of policies to the engine: the one place that turns axes and makes shocks.

Tables and policies order flows as (exporter, sector, importer) and industries as (region, sector);
the engine as (sector, exporter, importer) and (sector, region).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays

__all__ = [
    "caps_of",
    "engine_flows",
    "engine_industries",
    "no_shock",
    "shock_of",
    "stacked",
    "table_flows",
    "table_industries",
]


def engine_flows(flows: Float) -> Float:
    """Turn flows (exporter, sector, importer) to (sector, exporter, importer)."""
    return flows.transpose(1, 0, 2)


def table_flows(flows: Float) -> Float:
    """Turn flows (sector, exporter, importer) to (exporter, sector, importer)."""
    return flows.transpose(1, 0, 2)


def engine_industries(cells: Float) -> Float:
    """Turn industries (region, sector) to (sector, region)."""
    return cells.T


def table_industries(cells: Float) -> Float:
    """Turn industries (sector, region) to (region, sector)."""
    return cells.T


def caps_of(policy: PolicyArrays) -> ge.Quotas | None:
    """Return the caps on deliveries and output withheld in part, None without caps.

    A closed flow has an infinite cost. Rents of capped flows go to the holders that the policy
    names, those of capped output to the industry's region.
    """
    delivered, supply = engine_flows(policy.delivered), engine_industries(policy.supply)
    capped = (delivered > 0.0) & (delivered < 1.0)
    sellers, buyers = engine_flows(policy.seller_share), engine_flows(policy.buyer_share)
    quotas = ge.Quotas.on_flows(np.where(capped, delivered, np.inf), sellers, buyers)
    if (supply < 1.0).any():
        quotas = quotas.together(ge.Quotas.on_output(np.where(supply < 1.0, supply, np.inf)))
    return quotas if quotas.groups else None


def shock_of(policy: PolicyArrays, untraded: int = 0) -> ge.Shock:
    """Return the shock of a policy.

    Duties after the scenario, iceberg factors (infinite for a closed flow), productivity, and caps
    on quantities withheld in part.

    Parameters
    ----------
    policy : PolicyArrays
    untraded : int
        Number of industries after those of the table, without any shock.
    """
    closed = policy.delivered == 0.0
    shock = ge.Shock(
        tariff=engine_flows(policy.tariff_new),
        trade_cost=engine_flows(np.where(closed, np.inf, policy.trade_cost)),
        productivity=engine_industries(policy.productivity),
        quotas=caps_of(policy),
    )
    return shock.with_home_industries(untraded)


def no_shock(policy: PolicyArrays) -> ge.Shock:
    """Return the baseline of a policy: the duties before it and nothing else."""
    return ge.Shock(
        tariff=engine_flows(policy.tariff_base),
        trade_cost=np.ones_like(engine_flows(policy.trade_cost)),
        productivity=np.ones_like(engine_industries(policy.productivity)),
    )


def stacked(shocks: Sequence[ge.Shock], copies: int = 1) -> ge.Shock:
    """Return shocks without caps side by side, on a leading axis.

    Parameters
    ----------
    shocks : sequence of Shock
    copies : int
        Repetitions of each in a row, for as many sets of parameters.
    """

    def along(name: str) -> Float:
        return np.repeat(np.stack([getattr(shock, name) for shock in shocks]), copies, axis=0)

    return ge.Shock(
        tariff=along("tariff"), trade_cost=along("trade_cost"), productivity=along("productivity")
    )
