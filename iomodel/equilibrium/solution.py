"""What a solve returns: hats and levels of the new equilibrium, with its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.newton import Trial
from iomodel.equilibrium.problem import Problem

__all__ = ["Certificate", "Solution", "certify"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Certificate:
    """How well the equations hold, worst case over scenarios, regions and sectors.

    Attributes
    ----------
    excess_demand : float
        Largest absolute log of demand over supply in a factor market.
    price_residual : float
        Largest log difference between prices and the price equations.
    market_residual : float
        Largest gap of a goods market, relative to the region's final spending.
    budget_residual : float
        Largest gap between exports plus deficit and imports, relative to factor income; worked out
        from bilateral flows, which the solver itself never forms.
    iterations : int
        Newton steps.
    jacobians : int
        Jacobians formed.
    method : str
        ``newton``, or ``homotopy`` where the direct search failed and the shock was phased in.
    seconds : float
    """

    excess_demand: float
    price_residual: float
    market_residual: float
    budget_residual: float
    iterations: int
    jacobians: int
    method: str
    seconds: float

    @property
    def worst(self) -> float:
        """The largest residual of the four."""
        return max(
            self.excess_demand, self.price_residual, self.market_residual, self.budget_residual
        )


@dataclass(frozen=True)
class Solution:
    r"""The new equilibrium of B scenarios or draws, numeraire world factor income.

    Hats are new over base; levels are in the unit of the base.

    Attributes
    ----------
    base : Economy
    problem : Problem
    closure : Closure
    trial : Trial
        Logs and levels as the solver has them.
    certificate : Certificate
    inverse : ndarray, shape (B, F, F) or (B, F, 0)
        Inverse Jacobians of the factor markets, for a warm start.
    """

    base: Economy
    problem: Problem
    closure: Closure
    trial: Trial
    certificate: Certificate
    inverse: Float

    @property
    def wage(self) -> Float:
        r"""Factor price hats :math:`\hat w`, (B, S, N); equal across sectors where mobile."""
        return np.exp(self.trial.wage)

    @property
    def price(self) -> Float:
        r"""Price hats to users :math:`\hat P`, (B, S, N)."""
        return np.exp(self.trial.prices.price)

    @property
    def cost(self) -> Float:
        r"""Unit cost hats :math:`\hat c`, (B, S, N): producer prices."""
        return np.exp(self.trial.prices.cost)

    @property
    def final_price(self) -> Float:
        """Hats of the price index of final demand, (B, N)."""
        return np.exp(self.trial.prices.final)

    @property
    def spending(self) -> Float:
        """Spending with duty, (B, S, N)."""
        return self.trial.levels.spending

    @property
    def output(self) -> Float:
        """Sales of each industry, (B, S, N)."""
        return self.trial.levels.output

    @property
    def value_added(self) -> Float:
        """Factor income by industry, (B, S, N)."""
        return self.trial.levels.labour_demand

    @property
    def income(self) -> Float:
        """Factor income of each region, (B, N)."""
        return self.trial.levels.income

    @property
    def revenue(self) -> Float:
        """Tariff revenue of each region, (B, N)."""
        return self.trial.levels.revenue

    @property
    def deficit(self) -> Float:
        """Spending over income of each region, (B, N)."""
        return self.trial.levels.deficit

    @property
    def expenditure(self) -> Float:
        """Final spending of each region, (B, N)."""
        return self.trial.levels.expenditure

    @cached_property
    def share(self) -> Float:
        r"""Shares of origins :math:`\lambda'`, (B, S, I, N)."""
        prices = self.trial.prices
        top = prices.supply_term[..., None] * self.problem.kernel
        share: Float = top / prices.demand_term[:, :, None, :]
        return share

    @cached_property
    def flow(self) -> Float:
        """Bilateral sales before duty, (B, S, I, N)."""
        flow: Float = self.share * self.spending[:, :, None, :] / (1.0 + self.problem.tariff)
        return flow

    @property
    def real_income(self) -> Float:
        r"""Exact real income hats, (B, N): :math:`\hat W_n = \hat E_n / \hat P^C_n`.

        Nominal income with rebated tariff revenue and deficit over the price index of final
        demand: what the trade literature calls welfare.
        """
        return self.expenditure / self.base.expenditure / self.final_price

    @property
    def real_wage(self) -> Float:
        """Hats of mean factor reward over the price index of final demand, (B, N)."""
        supply = (self.base.value_added * self.problem.endowment).sum(axis=1)
        if self.closure.labour == "rigid":
            return 1.0 / self.final_price
        reward = np.divide(self.income, supply, out=np.ones_like(supply), where=supply > 0.0)
        return np.asarray(reward / self.final_price, dtype=np.float64)

    @property
    def employment(self) -> Float:
        r"""Factor use hats by industry, (B, S, N): :math:`\hat L = v'R'/(\hat w\,wL)`."""
        base = np.broadcast_to(self.base.value_added, self.value_added.shape)
        return np.divide(
            self.value_added, base * self.wage, out=np.ones_like(self.wage), where=base > 0.0
        )

    @property
    def world_real_income(self) -> Float:
        """Real income hats weighted by base final spending, (B,)."""
        weight = self.base.expenditure
        return np.asarray(self.real_income @ weight / weight.sum(), dtype=np.float64)

    def economy(self, b: int = 0) -> Economy:
        """Return one new equilibrium as the base of further experiments.

        Parameters
        ----------
        b : int
            Which of the batch.

        Returns
        -------
        Economy
            An exact equilibrium: its :meth:`~Economy.imbalance` is rounding.
        """
        prices, levels, problem = self.trial.prices, self.trial.levels, self.problem
        power = 1.0 - problem.sigma_m[b, 0, 0]
        relative = prices.price[b].T[:, :, None] - prices.bundle[b].T[:, None, :]
        share = self.share[b]
        inputs = self.base.input_share * np.exp(power * relative)
        return Economy(
            spending=levels.spending[b],
            share=share / np.where(problem.bought, share.sum(axis=1), 1.0)[:, None, :],
            tariff=np.array(problem.tariff[b]),
            value_added_share=levels.value_added_share[b],
            input_share=inputs,
            final_share=levels.final_share[b],
            value_added=levels.labour_demand[b],
            deficit=levels.deficit[b],
        )


def certify(
    problem: Problem,
    closure: Closure,
    trial: Trial,
    inverse: Float,
    *,
    iterations: int,
    jacobians: int,
    method: str,
    seconds: float,
) -> Solution:
    """Wrap the last trial and check it by equations that the solver did not use."""
    blank = Certificate(np.inf, np.inf, np.inf, np.inf, iterations, jacobians, method, seconds)
    solution = Solution(problem.base, problem, closure, trial, blank, inverse)
    sold, bought = solution.flow.sum(axis=(1, 3)), solution.flow.sum(axis=(1, 2))
    scale = np.maximum(solution.income, 1e-300)
    certificate = Certificate(
        excess_demand=float(trial.size.max()),
        price_residual=float(trial.prices.residual.max()),
        market_residual=float(trial.levels.residual.max()),
        budget_residual=float(np.abs((sold + solution.deficit - bought) / scale).max()),
        iterations=iterations,
        jacobians=jacobians,
        method=method,
        seconds=seconds,
    )
    return Solution(problem.base, problem, closure, trial, certificate, inverse)
