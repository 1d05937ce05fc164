r"""The equations linearised at a trial, solved with the same structured products.

Differentials of logs, for wages :math:`d\ln w` and shocks (costs :math:`d\ln\kappa`, duties
:math:`d\ln\tau` with :math:`\tau = 1 + t`, productivity, endowments), as in [BaqaeeFarhi2024]_ with
a CES aggregator for every user, every region and every origin nest:

.. math::
    d\ln c &= v'\,d\ln w + (1-v')\textstyle\sum_k m'_k\,d\ln P_k - d\ln A, \qquad
    d\ln P_{sn} = \textstyle\sum_i\lambda'_{isn}(d\ln\kappa_{isn} + d\ln c_{si}), \\
    d\ln\lambda'_{isn} &= -\theta_s(d\ln\kappa_{isn} + d\ln c_{si} - d\ln P_{sn}), \quad
    d\ln v' = (1-\sigma_v)(d\ln w - d\ln c - d\ln A), \\
    d\ln m'_{k} &= (1-\sigma_m)(d\ln P_k - d\ln Q), \qquad
    d\ln\beta'_k = (1-\sigma_c)(d\ln P_k - d\ln P^C).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.anderson import anderson
from iomodel.equilibrium.closures import Closure, deficit_change
from iomodel.equilibrium.prices import Prices
from iomodel.equilibrium.problem import Problem
from iomodel.equilibrium.spending import Spending, factor_income

__all__ = ["Differential", "Forcing", "Tangent", "tangent"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Forcing:
    """Differentials of a shock, (C, S, I, N) or (C, S, N); logs."""

    cost: Float
    duty: Float
    productivity: Float
    endowment: Float


@dataclass(frozen=True)
class Differential:
    """What follows: differentials of logs (C, S, N), of levels, and of log excess demand."""

    price: Float
    cost: Float
    final_price: Float
    spending: Float
    output: Float
    expenditure: Float
    income: Float
    excess: Float


@dataclass(frozen=True)
class Tangent:
    """One trial (a batch of one) with its shares formed."""

    problem: Problem
    prices: Prices
    levels: Spending
    closure: Closure
    share: Float
    flow: Float
    input_share: Float
    supply: Float

    def respond(self, wage: Float, forcing: Forcing | None, tolerance: float) -> Differential:
        """Return the response to wages (C, S, N) and to a shock.

        Parameters
        ----------
        wage : ndarray, shape (C, S, N)
            Differentials of log factor prices.
        forcing : Forcing or None
            Shock, with the same leading axis.
        tolerance : float
            Of the inner linear solves, on the scale of the columns.

        Returns
        -------
        Differential
        """
        problem, levels = self.problem, self.levels
        theta = problem.theta[0]
        v, R, X = levels.value_added_share[0], levels.output[0], levels.spending[0]
        productivity = forcing.productivity if forcing else np.zeros_like(wage)
        push = np.zeros_like(wage)
        sold, paid = np.zeros_like(wage), np.zeros_like(wage)
        if forcing:
            push = np.einsum("sin,csin->csn", self.share, forcing.cost)
            moved = self.flow * (-theta[:, :, None] * forcing.cost - forcing.duty)
            sold, paid = moved.sum(axis=3), moved.sum(axis=2)

        def costs(price: Float) -> Float:
            return np.asarray(
                v * wage + (1.0 - v) * self._bundle(price) - productivity, dtype=np.float64
            )

        price = _settle(
            lambda p: self._over_origins(self.share, costs(p)) + push,
            np.zeros_like(wage),
            tolerance,
        )
        bundle, cost = self._bundle(price), costs(price)
        gross = cost + productivity
        final_price = np.einsum("sn,csn->cn", levels.final_share[0], price)
        over_wage = float(1.0 - problem.sigma_v[0, 0, 0])
        over_input = float(1.0 - problem.sigma_m[0, 0, 0])
        over_final = float(1.0 - problem.sigma_c[0, 0, 0])
        # Sales and payments at unchanged spending.
        sold = sold - theta * R * cost + theta * self._over_users(self.flow, price)
        paid = paid - theta * self._over_origins(self.flow, cost)
        paid = paid + theta * self.flow.sum(axis=1) * price
        earned = self.supply * (wage + (forcing.endowment if forcing else 0.0))
        income = earned.sum(axis=1)
        final = income + deficit_change(problem.base, self.closure, levels.income[0], income)
        inputs = (1.0 - v) * R
        switching = inputs * (over_wage * (bundle - gross) - over_input * bundle)
        fixed = self._inputs_of(switching) + over_input * price * self._inputs_of(inputs[None])
        E, b = levels.expenditure[0], levels.final_share[0]
        fixed = fixed + over_final * b * E * (price - final_price[:, None, :])
        net = np.divide(self.flow.sum(axis=1), X, out=np.ones_like(X), where=X > 0.0)
        net_share = self.share / (1.0 + problem.tariff[0])

        def step(spending: Float) -> Float:
            sales = self._over_users(net_share, spending) + sold
            rebate = (spending * (1.0 - net) - paid).sum(axis=1)
            new: Float = self._inputs_of((1.0 - v) * sales) + fixed
            return np.asarray(new + b * (final + rebate)[:, None, :], dtype=np.float64)

        scale = np.maximum(np.abs(E), 1e-300)
        spending = scale * _settle(
            lambda x: step(x * scale) / scale, np.zeros_like(wage), tolerance
        )
        output = self._over_users(net_share, spending) + sold
        demand = v * output + v * R * over_wage * (wage - gross)
        rebate = (spending * (1.0 - net) - paid).sum(axis=1)
        return Differential(
            price=price,
            cost=cost,
            final_price=final_price,
            spending=spending,
            output=output,
            expenditure=final + rebate,
            income=income,
            excess=self._excess(demand, earned),
        )

    # ------------------------------------------------------------------ structured products
    def _bundle(self, price: Float) -> Float:
        return (self.input_share.transpose(0, 2, 1) @ price.transpose(2, 1, 0)).transpose(2, 1, 0)

    def _inputs_of(self, inputs: Float) -> Float:
        return (self.input_share @ inputs.transpose(2, 1, 0)).transpose(2, 1, 0)

    @staticmethod
    def _over_origins(weight: Float, values: Float) -> Float:
        return (values.transpose(1, 0, 2) @ weight).transpose(1, 0, 2)

    @staticmethod
    def _over_users(weight: Float, values: Float) -> Float:
        return (values.transpose(1, 0, 2) @ weight.transpose(0, 2, 1)).transpose(1, 0, 2)

    def _excess(self, demand: Float, earned: Float) -> Float:
        """Return the differential of log demand over supply, (C, F)."""
        level = self.levels.labour_demand[0]
        if self.closure.labour == "specific":
            parts = (demand, level, earned, self.supply)
        else:
            parts = (demand.sum(axis=1), level.sum(axis=0), earned.sum(axis=1), self.supply.sum(0))
        top, below, change, supply = parts
        active = (supply > 0.0) & (below > 0.0)
        ratio = np.zeros_like(top)
        ratio[:, active] = top[:, active] / below[active] - change[:, active] / supply[active]
        return ratio.reshape(len(ratio), -1)


def tangent(problem: Problem, prices: Prices, levels: Spending, closure: Closure) -> Tangent:
    """Form the shares at a trial of a batch of one.

    Parameters
    ----------
    problem : Problem
        With ``batch`` one.
    prices : Prices
    levels : Spending
    closure : Closure

    Returns
    -------
    Tangent
    """
    bound = (prices.supply_term[0][:, :, None] * problem.kernel[0]) / prices.demand_term[0][:, None]
    over = float(1.0 - problem.sigma_m[0, 0, 0])
    relative = prices.price[0].T[:, :, None] - prices.bundle[0].T[:, None, :]
    return Tangent(
        problem=problem,
        prices=prices,
        levels=levels,
        closure=closure,
        share=bound,
        flow=bound * levels.spending[0][:, None, :] / (1.0 + problem.tariff[0]),
        input_share=problem.base.input_share * np.exp(over * relative),
        supply=factor_income(problem, prices)[0],
    )


def _settle(step: Callable[[Float], Float], start: Float, tolerance: float) -> Float:
    """Solve x = step(x) for an affine contraction, columns on the leading axis."""
    if len(start) <= 4:
        return anderson(step, start, tolerance=tolerance, memory=20, limit=2000).x
    # With many columns the bare iteration is bound by matrix products, and beats any bookkeeping.
    x = step(start)
    for _ in range(2000):
        following = step(x)
        moved = np.abs(following - x).max()
        x = following
        if moved <= tolerance:
            break
    return x
