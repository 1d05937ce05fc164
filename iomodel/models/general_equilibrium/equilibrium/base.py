"""The economy from which a scenario starts: a table's accounts, rebased, under earlier duties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.errors import unknown_label
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["IMPORT_SHARES", "Start", "economy_of", "ratio", "start_of"]


IMPORT_SHARES = ("common", "by-user")


@dataclass(frozen=True)
class Start:
    """Where the changes of a scenario start.

    Attributes
    ----------
    economy : Economy
        An exact equilibrium under the closure of trade balances and the duties before.
    trade : ndarray, shape (S, R, R)
        Flows [sector, exporter, importer] on the scale of the table, under the duties before.
    rebased : Solution
        The solve that led from the table's accounts to an equilibrium.
    """

    economy: ge.Economy
    trade: Float
    rebased: ge.Solution


def economy_of(table: MRIOTable, tariff: Float, import_shares: str = "common") -> ge.Economy:
    """Return the economy of a table.

    Parameters
    ----------
    table : MRIOTable
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates in the base [exporter, sector, importer].
    import_shares : {"common", "by-user"}
        Whether all users of a region buy a good of the same origins, in the proportions of its
        bilateral trade, or every industry and final demand of those that the table gives it.

    Returns
    -------
    Economy

    Raises
    ------
    LabelError
        If the kind of import shares is unknown.
    TableError
        If inputs with duty cost more than an industry sells.
    """
    if import_shares not in IMPORT_SHARES:
        raise unknown_label("kind of import shares", import_shares, IMPORT_SHARES)
    Z, Y = table.Z.values, table.Y.values
    if import_shares == "by-user":
        return ge.from_flows(Z, Y, tariff)
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    use = np.concatenate([Z.sum(axis=0), Y.sum(axis=0)], axis=2).transpose(1, 0, 2)
    return ge.from_use(np.maximum(trade, 0.0), use, tariff)


def start_of(
    table: MRIOTable,
    policy: PolicyArrays,
    nested: ge.Elasticities,
    closure: ge.Closure,
    import_shares: str = "common",
) -> Start:
    """Return the economy before the scenario.

    Parameters
    ----------
    table : MRIOTable
    policy : PolicyArrays
        Gives the duties under which the flows were observed, and those before the scenario.
    nested : Elasticities
    closure : Closure
        With factors mobile: what came before has had time.
    import_shares : str
        As in :func:`economy_of`.

    Returns
    -------
    Start
    """
    raw = economy_of(table, policy.tariff_observed, import_shares)
    base, rebased = ge.rebase(raw, nested, closure)
    if np.array_equal(policy.tariff_base, policy.tariff_observed):
        return Start(base, raw.flow, rebased)
    # Duties that came between the table's year and the scenario belong to its baseline.
    duties = ge.Shock(tariff=policy.tariff_base.transpose(1, 0, 2))
    earlier = ge.solve(base, nested, duties, closure)
    growth = ratio(earlier.flow[0] / earlier.cost[0][:, :, None], base.flow)
    return Start(earlier.economy(), raw.flow * growth, rebased)


def ratio(top: Float, below: Float, empty: float = 1.0) -> Float:
    """Return quotients, `empty` where there is nothing below."""
    quotient: Float = np.full(np.shape(top), empty)
    np.divide(top, below, out=quotient, where=below != 0.0)
    return quotient
