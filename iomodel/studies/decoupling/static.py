"""Real income after a scenario in the static model, with or without input-output linkages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.equilibrium import economy_of
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Outcome", "base_economy", "shock_of", "static_income"]


COBB_DOUGLAS = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Outcome:
    """Changes of real income.

    Attributes
    ----------
    region : ndarray, shape (R,)
        Percent.
    world : float
        Percent, weighted by the final spending of the base.
    """

    region: Float
    world: float


def base_economy(
    table: MRIOTable,
    elasticities: ge.Elasticities,
    *,
    linkages: bool = True,
    balance: str = "zero",
) -> ge.Economy:
    r"""Return the economy of a table at its own tariffs, balanced as asked.

    Parameters
    ----------
    table : MRIOTable
    elasticities : Elasticities
    linkages : bool
        Without, each industry uses materials of its own sector only and the rest of its inputs
        counts as value added, :math:`v = 1 - a_{kk}`: the case without input-output linkages of
        [CaliendoParro2015]_, Table 11.
    balance : {"zero", "fixed", "share"}

    Returns
    -------
    Economy
    """
    R, S = table.shape
    tariff = table.tariff.values if "tariff" in table else np.zeros((R, S, R))
    economy = economy_of(table, tariff)
    if not linkages:
        own = (1.0 - economy.value_added_share) * np.einsum("nkk->kn", economy.input_share)
        economy = ge.own_inputs_only(economy.flow, economy.tariff, 1.0 - own)
    return ge.rebase(economy, elasticities, ge.Closure(balance=balance))[0]


def shock_of(table: MRIOTable, scenario: Scenario) -> ge.Shock:
    """Return a scenario as the engine takes it: tariffs, iceberg factors, closed flows."""
    policy = scenario.lower(table)
    closed = policy.delivered.transpose(1, 0, 2) == 0.0
    return ge.Shock(
        tariff=policy.tariff_new.transpose(1, 0, 2),
        trade_cost=np.where(closed, np.inf, policy.trade_cost.transpose(1, 0, 2)),
    )


def static_income(
    table: MRIOTable,
    scenario: Scenario,
    theta: Float,
    *,
    linkages: bool = True,
    nest: tuple[float, float, float] = COBB_DOUGLAS,
    labour: str = "mobile",
    balance: str = "zero",
) -> Outcome:
    """Return the changes of real income after a scenario.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario
        Tariffs, trade costs and embargoes.
    theta : ndarray, shape (S,)
        Trade elasticities.
    linkages : bool
        See :func:`base_economy`.
    nest : tuple of float
        Elasticities of value added with intermediates, across inputs, across final goods.
    labour, balance : str
        Closure (:mod:`iomodel.equilibrium.closures`).

    Returns
    -------
    Outcome

    Raises
    ------
    InfeasibleError
        If a region loses every supplier of something it uses.
    """
    elasticities = ge.Elasticities(np.asarray(theta, dtype=np.float64), *nest)
    base = base_economy(table, elasticities, linkages=linkages, balance=balance)
    closure = ge.Closure(labour, balance)
    solution = ge.solve(base, elasticities, shock_of(table, scenario), closure)
    return Outcome(
        100.0 * (solution.real_income[0] - 1.0),
        100.0 * (float(solution.world_real_income[0]) - 1.0),
    )
