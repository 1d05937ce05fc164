r"""First-order effects of a shock: the equations linearised at the base and solved once.

The linear system in factor prices of [BaqaeeFarhi2024]_: expenditure switching in every nest,
tariff revenue as wedges, and one clearing condition per factor market. The engine's derivatives
must equal it, and large shocks are to be compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iomodel._threads import one_blas_thread
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.shock import Shock
from iomodel.equilibrium.solver.impulse import shock_impulse
from iomodel.equilibrium.solver.markets import MarketSystem
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.tangent import tangent
from iomodel.equilibrium.solver.trial import evaluate
from iomodel.errors import IOModelError, NotApplicableError
from iomodel.typing import Float

__all__ = ["FirstOrder", "first_order"]


TIGHT = 1e-14


@dataclass(frozen=True)
class FirstOrder:
    """Differentials of the equilibrium along a shock, numeraire world factor income.

    Attributes
    ----------
    wage, cost : ndarray, shape (S, N)
        Logs.
    price : ndarray, shape (S, D)
        Logs.
    final_price, real_income : ndarray, shape (N,)
        Logs.
    output : ndarray, shape (S, N)
        Levels, in the unit of the base.
    spending : ndarray, shape (S, D)
        Levels, in the unit of the base.
    expenditure, income : ndarray, shape (N,)
        Levels.
    """

    wage: Float
    price: Float
    cost: Float
    final_price: Float
    real_income: Float
    output: Float
    spending: Float
    expenditure: Float
    income: Float


@one_blas_thread()
def first_order(
    base: Economy,
    elasticities: Elasticities,
    *,
    duty: ArrayLike = 0.0,
    trade_cost: ArrayLike = 0.0,
    export_tax: ArrayLike = 0.0,
    productivity: ArrayLike = 0.0,
    endowment: ArrayLike = 0.0,
    closure: Closure | None = None,
) -> FirstOrder:
    r"""Differentiate the equilibrium along a direction of shocks.

    Parameters
    ----------
    base : Economy
        An equilibrium (see :func:`iomodel.equilibrium.rebase`).
    elasticities : Elasticities
        Without draws.
    duty : array-like, shape (S, I, N)
        :math:`d\ln(1+t)`.
    trade_cost : array-like, shape (S, I, N)
        :math:`d\ln d`, iceberg.
    export_tax : array-like, shape (S, I, N)
        :math:`d\ln(1+e)`.
    productivity : array-like, shape (S, N)
        :math:`d\ln A`.
    endowment : array-like, shape (S, N)
        :math:`d\ln L`.
    closure : Closure, optional
        Default: mobile factors, balanced trade.

    Returns
    -------
    FirstOrder

    Raises
    ------
    NotApplicableError
        With rigid wages, as no factor market clears, and with sticky ones, as rises and falls of
        demand differ in their effect.
    IOModelError
        If the elasticities carry draws.
    """
    closure = closure or Closure()
    if closure.fixes_spending:
        raise NotApplicableError(
            f"first_order has nothing to say about {closure.labour} wages; use solve with a small "
            "shock"
        )
    S, N = base.shape
    problem = prepare(base, elasticities, Shock())
    if problem.batch != 1:
        raise IOModelError("first_order takes one set of elasticities; loop over the draws")
    zero = np.zeros((1, S, N))
    trial = evaluate(
        problem,
        zero,
        np.zeros((1, 0)),
        closure,
        np.zeros_like(base.spending)[None],
        base.spending[None],
    )
    linearised = tangent(problem, trial.prices, trial.levels, closure)
    impulse = shock_impulse(
        problem,
        linearised.share,
        linearised.flow,
        linearised.sold,
        duty=duty,
        trade_cost=trade_cost,
        export_tax=export_tax,
        productivity=productivity,
        endowment=endowment,
    )
    system = MarketSystem(linearised, trial.binding[0])
    excess = linearised.respond(zero, impulse, TIGHT).excess[0]
    # World factor income stays: wages fall on average by what endowments rise.
    weight = linearised.supply / linearised.supply.sum()
    wage = system.spread(np.linalg.solve(system.matrix(TIGHT), -excess)[None])[0]
    wage = wage - float((weight * (wage + impulse.endowment[0])).sum())
    response = linearised.respond(wage[None], impulse, TIGHT)
    return FirstOrder(
        wage=wage,
        price=response.price[0],
        cost=response.cost[0],
        final_price=response.final_price[0],
        real_income=response.expenditure[0] / base.expenditure - response.final_price[0],
        output=response.output[0],
        spending=response.spending[0],
        expenditure=response.expenditure[0],
        income=response.income[0],
    )
