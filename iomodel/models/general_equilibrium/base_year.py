"""Base year of a scenario: accounts of a table, rebased, under earlier duties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.errors import IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.models.general_equilibrium.lowering import engine_flows
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["BaseYear", "base_year", "economy_of", "ratio"]


@dataclass(frozen=True)
class BaseYear:
    """Economy at the start of a scenario, and that of the table.

    Attributes
    ----------
    economy : Economy
        An exact equilibrium under the closure of trade balances and the duties before; all levels
        of the effects are its own.
    observed : Economy
        Accounts of the table.
    rebased : Solution
        Solution that turned the accounts of the table into an equilibrium.
    """

    economy: ge.Economy
    observed: ge.Economy
    rebased: ge.Solution


def economy_of(
    table: MRIOTable, tariff: Float, import_shares: str = "common", *, linkages: bool = True
) -> ge.Economy:
    """Calibrate the economy of a table.

    Parameters
    ----------
    table : MRIOTable
    tariff : ndarray, shape (R, S, R)
        Ad-valorem rates in the base [exporter, sector, importer].
    import_shares : {"common", "by-user"}
        Import shares common to all users in a region, or specific to each using industry and final
        demand. If a table's users all buy from the same origins the economy has common shares
        either way.
    linkages : bool
        Without, each industry uses materials of its own sector only and its other inputs count as
        value added, :math:`v = 1 - a_{kk}`: the case without input-output linkages of
        [CaliendoParro2015]_, Table 11.

    Returns
    -------
    Economy

    Raises
    ------
    TableError
        If inputs with duty cost more than an industry sells.
    IOModelError
        If import shares by user are asked for without linkages.
    """
    Z, Y = table.Z.values, table.Y.values
    names = ge.Names(tuple(table.sectors), tuple(table.regions))
    if import_shares == "by-user":
        if not linkages:
            raise IOModelError(
                "without linkages there are no users whose imports could differ; choose "
                "import_shares='common' or linkages=True"
            )
        economy = ge.from_flows(Z, Y, tariff, names)
        return ge.with_common_shares(economy) if ge.has_common_shares(economy) else economy
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    use = np.concatenate([Z.sum(axis=0), Y.sum(axis=0)], axis=2).transpose(1, 0, 2)
    economy = ge.from_use(np.maximum(trade, 0.0), use, tariff, names)
    if linkages:
        return economy
    same_sector_share = np.einsum("nkk->kn", economy.input_share)
    value_added_share = 1.0 - (1.0 - economy.value_added_share) * same_sector_share
    own_inputs = ge.own_inputs_only(economy.flow, economy.tariff, value_added_share)
    return replace(own_inputs, names=names)


def base_year(
    workbench: Workbench,
    policy: PolicyArrays,
    elasticities: ge.Elasticities,
    closure: ge.Closure,
    import_shares: str = "common",
    *,
    linkages: bool = True,
) -> BaseYear:
    """Return the economy before the scenario.

    Parameters
    ----------
    workbench : Workbench
    policy : PolicyArrays
        With the duties under which the flows were observed, and those before the scenario.
    elasticities : Elasticities
    closure : Closure
        With mobile factors: the base has had time to adjust.
    import_shares, linkages
        As in :func:`economy_of`.

    Returns
    -------
    BaseYear
    """
    key = fingerprint(
        policy.tariff_observed, policy.tariff_base, elasticities, closure, import_shares, linkages
    )

    def make() -> BaseYear:
        raw = economy_of(workbench.table, policy.tariff_observed, import_shares, linkages=linkages)
        base, rebased = ge.rebase(raw, elasticities, closure)
        if np.array_equal(policy.tariff_base, policy.tariff_observed):
            return BaseYear(base, raw, rebased)
        # Duties imposed between the year of the table and the scenario belong to its baseline.
        duties = ge.Shock(tariff=engine_flows(policy.tariff_base))
        earlier = ge.solve(base, elasticities, duties, closure)
        return BaseYear(earlier.economy(), raw, rebased)

    return workbench.once(("base year", key), make)


def ratio(numerator: Float, denominator: Float, empty: float = 1.0) -> Float:
    """Return quotients, `empty` where the denominator is zero."""
    quotient: Float = np.full(np.shape(numerator), empty)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0.0)
    return quotient
