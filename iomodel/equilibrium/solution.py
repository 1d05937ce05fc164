"""Solution of a solve: hats and levels of the new equilibrium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.equilibrium.capital import SteadyCapital
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.solver.certificate import Certificate
from iomodel.equilibrium.solver.flows import bilateral_sales, border_price, origin_shares
from iomodel.equilibrium.solver.nests import input_shares
from iomodel.equilibrium.solver.numeraire import restated
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial
from iomodel.equilibrium.world import world_mean
from iomodel.typing import Float

__all__ = ["Solution"]


class _OfTrial(property):
    """Property of a solution that is one array of its trial."""

    def __init__(self, values: Callable[[Trial], Float], meaning: str) -> None:
        super().__init__(lambda solution: values(solution.trial), doc=meaning)

    if TYPE_CHECKING:
        # A property is typed as Any: here it is an array.
        def __get__(  # type: ignore[override]
            self, instance: Any, owner: type | None = None, /
        ) -> Float: ...


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
    jacobian : ndarray, shape (B, M, M) or (B, M, 0)
        Derivatives of quantities in all markets, for a warm start.
    unit : ndarray, shape (B,)
        Nominal values over those with world factor income as in the base.
    """

    base: Economy
    problem: Problem
    closure: Closure
    trial: Trial
    certificate: Certificate
    jacobian: Float
    unit: Float

    wage = _OfTrial(
        lambda trial: np.exp(trial.wage),
        r"Factor price hats :math:`\hat w`, (B, S, N); equal across sectors where mobile.",
    )
    price = _OfTrial(
        lambda trial: np.exp(trial.prices.price), r"Price hats to users :math:`\hat P`, (B, S, D)."
    )
    cost = _OfTrial(
        lambda trial: np.exp(trial.prices.cost),
        r"Unit cost hats :math:`\hat c`, (B, S, N): producer prices.",
    )
    final_price = _OfTrial(
        lambda trial: np.exp(trial.prices.final),
        "Hats of the price index of final demand, (B, N).",
    )
    spending = _OfTrial(lambda trial: trial.levels.spending, "Spending with duty, (B, S, D).")
    output = _OfTrial(lambda trial: trial.levels.output, "Receipts of industries, (B, S, N).")
    value_added = _OfTrial(
        lambda trial: trial.levels.labour_demand, "Factor income by industry, (B, S, N)."
    )
    income = _OfTrial(lambda trial: trial.levels.income, "Factor income of each region, (B, N).")
    revenue = _OfTrial(lambda trial: trial.levels.revenue, "Tariff revenue, (B, N).")
    rents = _OfTrial(
        lambda trial: trial.levels.rents,
        "Revenue of export taxes and rents of quotas at the region of their holders, (B, N).",
    )
    deficit = _OfTrial(
        lambda trial: trial.levels.deficit, "Spending over income of each region, (B, N)."
    )
    expenditure = _OfTrial(
        lambda trial: trial.levels.expenditure, "Final spending of each region, (B, N)."
    )

    @cached_property
    def share(self) -> Float:
        r"""Shares of origins :math:`\lambda'`, (B, S, I, D)."""
        return origin_shares(self.problem, self.trial.prices)

    @cached_property
    def flow(self) -> Float:
        """Bilateral sales at border prices, (B, S, I, N): before duty, with export tax.

        With rents of sellers and burnt ones, without those that buyers hold.
        """
        return bilateral_sales(self.problem, self.trial.prices, self.spending)

    @property
    def border_price(self) -> Float:
        r"""Hats of prices before duty, with export tax, (B, S, I, N)."""
        return border_price(self.problem, self.trial.prices)

    @property
    def quota_price(self) -> Float:
        """Price multiples that enforce quotas, (B, G): one if slack, infinite if closed.

        The buyer's price before duty over unit cost, whoever holds the rent.
        """
        return np.where(self.problem.limit == 0.0, np.inf, np.exp(self.trial.rent))

    @property
    def national_income(self) -> Float:
        """Factor income, tariff revenue and rents, (B, N)."""
        return np.asarray(self.income + self.revenue + self.rents, dtype=np.float64)

    @property
    def household(self) -> Float:
        """Income of households, (B, N): without revenue that the government spends.

        With the deficit, or without where spending is fixed and the deficit follows from it.
        """
        public = self.revenue if self.closure.revenue == "spent" else 0.0
        income = self.national_income if self.closure.fixes_spending else self.expenditure
        return np.asarray(income - public, dtype=np.float64)

    @property
    def household_base(self) -> Float:
        """Income of households in the base, (N,)."""
        public = self.base.revenue if self.closure.revenue == "spent" else 0.0
        income = self.base.expenditure
        if self.closure.fixes_spending:
            income = income - self.base.deficit
        return np.asarray(income - public, dtype=np.float64)

    @property
    def real_income(self) -> Float:
        r"""Exact real income hats, (B, N): :math:`\hat U_n = \hat E_n / \hat P^C_n`.

        Eq. (23).

        Nominal income of households, with rebated tariff revenue, rents and deficit, over the price
        index of final demand: the welfare of the trade literature. Where nominal spending is fixed
        by assumption it says nothing of welfare, and national income takes its place.
        """
        return np.asarray(self.household / self.household_base / self.final_price, dtype=np.float64)

    @property
    def real_national_income(self) -> Float:
        r"""Hats of factor income, revenue and rents over the price index of final demand, (B, N).

        Eq. (53).
        """
        base = self.base.expenditure - self.base.deficit
        return np.asarray(self.national_income / base / self.final_price, dtype=np.float64)

    @property
    def real_wage(self) -> Float:
        """Hats of mean factor reward over the price index of final demand, (B, N). Eq. (25)."""
        supply = (self.base.value_added * self.problem.endowment).sum(axis=1)
        if self.closure.fixes_spending:
            # The unemployed have no wage.
            supply = (self.value_added / self.wage).sum(axis=1)
        reward = np.divide(self.income, supply, out=np.ones_like(supply), where=supply > 0.0)
        return np.asarray(reward / self.final_price, dtype=np.float64)

    @property
    def employment(self) -> Float:
        r"""Factor use hats by industry, (B, S, N): :math:`\hat L = v'R'/(\hat w\,wL)`. Eq. (26)."""
        base = np.broadcast_to(self.base.value_added, self.value_added.shape)
        return np.divide(
            self.value_added, base * self.wage, out=np.ones_like(self.wage), where=base > 0.0
        )

    @property
    def capital(self) -> Float:
        r"""Hats of capital :math:`\hat K`, (B, N), one without a steady state. Eq. (48)."""
        capital, prices = self.base.capital, self.trial.prices
        if capital is None:
            return np.ones_like(self.income)
        return np.exp(capital.capital(prices.wage, self._log_final_price))

    @property
    def real_consumption(self) -> Float:
        r"""Hats of final spending without investment, in prices of final demand, (B, N). Eq. (50).

        Real investment follows capital. Without a steady state it is real income.
        """
        capital = self.base.capital
        if capital is None:
            return self.real_income
        spent = capital.investment
        spent_new = spent * self.capital * np.exp(capital.price(self._log_final_price))
        consumed, consumed_new = self.household_base - spent, self.household - spent_new
        # A region that consumes nothing has no change of consumption.
        hat = np.full_like(consumed_new, np.nan)
        np.divide(consumed_new, consumed * self.final_price, out=hat, where=consumed > 0.0)
        return hat

    @property
    def _log_final_price(self) -> Float:
        """Log hats of prices of final goods, (B, S, N)."""
        return self.trial.prices.price[..., -self.base.shape[1] :]

    @property
    def regional_employment(self) -> Float:
        """Factor use hats of regions, (B, N), weighted by base factor income. Eq. (54)."""
        base = self.base.value_added
        return np.asarray((self.employment * base).sum(axis=1) / base.sum(axis=0))

    @property
    def world_real_income(self) -> Float:
        """World mean of real income hats, weighted by base GDP, (B,)."""
        return world_mean(self.real_income, self.base.income)

    def item(self, b: int) -> Solution:
        """Select one member of the batch, as a batch of one."""
        member = slice(b, b + 1)
        return replace(
            self,
            problem=self.problem.item(b),
            trial=self.trial.items(member),
            jacobian=self.jacobian[member],
            unit=self.unit[member],
        )

    def in_world_income(self) -> Solution:
        """Restate the solution with world factor income as the numeraire."""
        if self.closure.numeraire == "world":
            return self
        trial = restated(self.trial, 1.0 / self.unit)
        closure = replace(self.closure, numeraire="world")
        return replace(self, closure=closure, trial=trial, unit=np.ones_like(self.unit))

    def economy(self, b: int = 0) -> Economy:
        """Economy of one new equilibrium, the base of further experiments.

        Parameters
        ----------
        b : int
            Member of the batch.

        Returns
        -------
        Economy
            An exact equilibrium: its :meth:`~Economy.imbalance` is rounding. Rents of buyers are
            duties of it, those of sellers export taxes, and burnt ones costs of its industries.
        """
        prices, levels, problem = self.trial.prices, self.trial.levels, self.problem
        member = problem.item(b)
        inputs = input_shares(member, prices.price[b : b + 1], prices.bundle[b : b + 1])[0]
        share = origin_shares(member, prices.items(slice(b, b + 1)))[0]
        share /= np.where(problem.bought, share.sum(axis=1), 1.0)[:, None, :]
        tax = problem.receipts_tax[b]
        return Economy(
            spending=levels.spending[b],
            share=share,
            tariff=np.array(problem.import_wedge[b]),
            value_added_share=levels.value_added_share[b],
            input_share=np.ascontiguousarray(inputs.transpose(2, 0, 1)),
            final_share=levels.final_share[b],
            value_added=levels.labour_demand[b],
            deficit=levels.deficit[b],
            export_tax=np.array(tax) if tax.any() else 0.0,
            names=self.base.names,
            capital=self._new_capital(b),
            specific=self.base.specific,
        )

    def _new_capital(self, b: int) -> SteadyCapital | None:
        """Labour shares and investment of one new equilibrium."""
        capital = self.base.capital
        if capital is None:
            return None
        spending_hat = self.capital[b] * np.exp(capital.price(self._log_final_price[b : b + 1])[0])
        return replace(capital, investment=capital.investment * spending_hat)
