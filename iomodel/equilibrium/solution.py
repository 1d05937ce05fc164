"""What a solve returns: hats and levels of the new equilibrium."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.measures.certificate import Certificate
from iomodel.equilibrium.measures.units import restated
from iomodel.equilibrium.solver.nests import input_shares
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial
from iomodel.equilibrium.world import world_mean
from iomodel.typing import Float

__all__ = ["Solution"]


@dataclass(frozen=True)
class Solution:
    r"""The new equilibrium of B scenarios or draws.

    Hats are new over base; levels are in the unit of the base.

    Attributes
    ----------
    base : Economy
    problem : Problem
        With the rents of quotas in force, as export taxes.
    closure : Closure
    trial : Trial
        Logs and levels, in the numeraire of the closure.
    certificate : Certificate
    inverse : ndarray, shape (B, M, M) or (B, M, 0)
        Inverse Jacobians of the markets, for a warm start.
    unit : ndarray, shape (B,)
        Nominal values over those with world factor income as in the base.
    """

    base: Economy
    problem: Problem
    closure: Closure
    trial: Trial
    certificate: Certificate
    inverse: Float
    unit: Float

    @property
    def wage(self) -> Float:
        r"""Factor price hats :math:`\hat w`, (B, S, N); equal across sectors where mobile."""
        return np.exp(self.trial.wage)

    @property
    def price(self) -> Float:
        r"""Price hats to users :math:`\hat P`, (B, S, D)."""
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
        """Spending with duty, (B, S, D)."""
        return self.trial.levels.spending

    @property
    def output(self) -> Float:
        """What each industry receives, (B, S, N)."""
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
    def rents(self) -> Float:
        """Revenue of export taxes and rents of quotas of each region, (B, N)."""
        return self.trial.levels.rents

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
        r"""Shares of origins :math:`\lambda'`, (B, S, I, D)."""
        prices = self.trial.prices
        top = prices.supply_term[..., None] * self.problem.kernel
        share: Float = top / prices.demand_term[:, :, None, :]
        return share

    @cached_property
    def flow(self) -> Float:
        """Bilateral sales before duty, with export tax, (B, S, I, N)."""
        spent = by_user(self.share * self.spending[:, :, None, :], self.base.shape[1]).sum(axis=3)
        flow: Float = spent / (1.0 + self.problem.tariff)
        return flow

    @property
    def border_price(self) -> Float:
        r"""Hats of prices before duty, with export tax, (B, S, I, N)."""
        tax = (1.0 + self.problem.export_tax) / (1.0 + np.asarray(self.base.export_tax))
        return np.asarray(self.cost[..., None] * tax, dtype=np.float64)

    @property
    def quota_price(self) -> Float:
        """Price multiples that enforce quotas, (B, G): one where slack, infinite where closed.

        What a buyer pays at the border over what the industry receives.
        """
        return np.where(self.problem.limit == 0.0, np.inf, np.exp(self.trial.rent))

    @property
    def household(self) -> Float:
        """Final spending of households, (B, N): without revenue that the government spends."""
        spent = self.revenue if self.closure.revenue == "spent" else 0.0
        return np.asarray(self.expenditure - spent, dtype=np.float64)

    @property
    def household_base(self) -> Float:
        """The same in the base, (N,)."""
        spent = self.base.revenue if self.closure.revenue == "spent" else 0.0
        return np.asarray(self.base.expenditure - spent, dtype=np.float64)

    @property
    def real_income(self) -> Float:
        r"""Exact real income hats, (B, N): :math:`\hat W_n = \hat E_n / \hat P^C_n`.

        Nominal income of households, with rebated tariff revenue, rents and deficit, over the price
        index of final demand: what the trade literature calls welfare.
        """
        return np.asarray(self.household / self.household_base / self.final_price, dtype=np.float64)

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
        """World mean of real income hats, weighted by base GDP, (B,)."""
        return world_mean(self.real_income, self.base.income)

    def in_world_income(self) -> Solution:
        """Return the solution with world factor income as the numeraire."""
        if self.closure.numeraire == "world":
            return self
        trial = restated(self.trial, 1.0 / self.unit)
        closure = replace(self.closure, numeraire="world")
        return replace(self, closure=closure, trial=trial, unit=np.ones_like(self.unit))

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
        one = problem.item(b)
        inputs = input_shares(one, prices.price[b : b + 1], prices.bundle[b : b + 1])[0]
        share = self.share[b]
        tax = problem.export_tax[b]
        return Economy(
            spending=levels.spending[b],
            share=share / np.where(problem.bought, share.sum(axis=1), 1.0)[:, None, :],
            tariff=np.array(problem.tariff[b]),
            value_added_share=levels.value_added_share[b],
            input_share=np.ascontiguousarray(inputs.transpose(2, 0, 1)),
            final_share=levels.final_share[b],
            value_added=levels.labour_demand[b],
            deficit=levels.deficit[b],
            export_tax=np.array(tax) if tax.any() else 0.0,
        )
