r"""Linearised equilibrium system at a trial: responses of prices and spending to small shocks.

Differentials of logs, for wages :math:`d\ln w` and shocks (costs :math:`d\ln\kappa`, duties
:math:`d\ln\tau` with :math:`\tau = 1 + t`, export taxes :math:`d\ln\epsilon` with
:math:`\epsilon = 1 + e`, productivity, endowments), as in [BaqaeeFarhi2024]_ with a CES aggregator
for every user, every region and every origin nest:

.. math::
    d\ln c &= v'\,d\ln w + (1-v')\textstyle\sum_k m'_k\,d\ln P_k - d\ln A, \qquad
    d\ln P_{sd} = \textstyle\sum_i\lambda'_{isd}(d\ln\kappa_{isn} + d\ln c_{si}), \\
    d\ln\lambda'_{isd} &= -\theta_s(d\ln\kappa_{isn} + d\ln c_{si} - d\ln P_{sd}), \quad
    d\ln v' = (1-\sigma_v)(d\ln w - d\ln c - d\ln A), \\
    d\ln m'_{k} &= (1-\sigma_m)(d\ln P_k - d\ln Q), \qquad
    d\ln\beta'_k = (1-\sigma_c)(d\ln P_k - d\ln P^C).

Both linear systems, of prices and of spending, are solved with the structured products of the
solver.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from iomodel.equilibrium.closures import Closure, deficit_change
from iomodel.equilibrium.economy import by_user, joined
from iomodel.equilibrium.factor_markets import FactorMarkets
from iomodel.equilibrium.solver.anderson import settle
from iomodel.equilibrium.solver.impulse import Impulse, rent_impulse
from iomodel.equilibrium.solver.nests import input_shares
from iomodel.equilibrium.solver.prices import Prices
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.spending import Spending, factor_income
from iomodel.typing import Float

__all__ = ["Differential", "Tangent", "bought_rents", "tangent"]


@dataclass(frozen=True)
class Differential:
    """Differentials of log prices, of levels, and of residuals.

    Attributes
    ----------
    price, spending : ndarray, shape (C, S, D)
    cost, output : ndarray, shape (C, S, N)
    final_price, expenditure, income : ndarray, shape (C, N)
    excess : ndarray, shape (C, F)
        Log excess demand in factor markets.
    quantity : ndarray, shape (C, G)
        Log quantities under caps.
    """

    price: Float
    cost: Float
    final_price: Float
    spending: Float
    output: Float
    expenditure: Float
    income: Float
    excess: Float
    quantity: Float


@dataclass(frozen=True)
class PriceChange:
    """Differentials of log prices: to users, of the bundle, of costs, of final demand."""

    price: Float
    bundle: Float
    cost: Float
    final: Float


@dataclass(frozen=True)
class Tangent:
    """Linearisation at one trial (a batch of one), with its shares formed.

    Attributes
    ----------
    share, flow, sold : ndarray, shape (S, I, D)
        Shares of origins, sales at border prices, and receipts of industries from them.
    bought : ndarray, shape (S, I, D), or None
        Rents of the buyers' regions on capped flows.
    input_share : ndarray, shape (N, K, S), or (K, S, N) if industries are destinations
    supply : ndarray, shape (S, N)
        Factor income at full employment.
    """

    problem: Problem
    prices: Prices
    levels: Spending
    closure: Closure
    share: Float
    flow: Float
    sold: Float
    bought: Float | None
    input_share: Float
    supply: Float

    def rents(self, columns: Float) -> Impulse:
        """Impulse of changes of quota rents (C, G), logs."""
        return rent_impulse(self.problem, self.share, self.flow, self.sold, columns)

    def respond(self, wage: Float, impulse: Impulse, tolerance: float) -> Differential:
        """Solve for the response to wages (C, S, N) and to a shock.

        Parameters
        ----------
        wage : ndarray, shape (C, S, N)
            Differentials of log factor prices.
        impulse : Impulse
            Shock, with the same leading axis or none.
        tolerance : float
            Of the inner linear solves, on the scale of the columns.

        Returns
        -------
        Differential
        """
        change = self.price_change(wage, impulse, tolerance)
        return self._spending_change(wage, impulse, change, tolerance)

    def gaps(
        self, wage: Float, impulse: Impulse, cost: Float, output: Float, expenditure: Float
    ) -> tuple[Float, Float, Float, Differential]:
        """Gaps of costs, sales and final spending that are not solved for, one pass of each.

        Parameters
        ----------
        wage, impulse
            As in :meth:`respond`.
        cost, output : ndarray, shape (C, S, N)
            Differentials of log unit costs and of receipts.
        expenditure : ndarray, shape (C, N)
            Differentials of final spending.

        Returns
        -------
        ndarray, ndarray, ndarray
            Each less what follows from the others, in the shapes of `cost`, `output` and
            `expenditure`.
        Differential
            At all of them, equilibrium or not.
        """
        price = self.over_origins(self.share, cost) + impulse.price
        change = replace(self._at_price(price, wage, impulse), cost=cost)
        at_spending = self._sales_change(wage, impulse, change)
        spending = at_spending.spending(output, expenditure)
        return (
            cost - self._cost(wage, change.bundle, impulse),
            output - at_spending.output(spending),
            expenditure - at_spending.expenditure(spending),
            at_spending.differential(spending, output, expenditure),
        )

    def price_change(self, wage: Float, impulse: Impulse, tolerance: float) -> PriceChange:
        """Solve for prices, the shock and wages given. Eq. (40), Eq. (41)."""
        price = settle(
            lambda p: (
                self.over_origins(self.share, self._cost(wage, self.bundle(p), impulse))
                + impulse.price
            ),
            np.zeros((len(wage), *self.levels.spending.shape[1:])),
            tolerance,
        )
        return self._at_price(price, wage, impulse)

    def _at_price(self, price: Float, wage: Float, impulse: Impulse) -> PriceChange:
        """Differentials of bundles, costs and the index of final demand that follow from prices."""
        bundle, final = self.bundle(price), price[..., -self.problem.base.shape[1] :]
        return PriceChange(
            price,
            bundle,
            self._cost(wage, bundle, impulse),
            np.einsum("sn,csn->cn", self.levels.final_share[0], final),
        )

    def _cost(self, wage: Float, bundle: Float, impulse: Impulse) -> Float:
        """Differentials of log unit costs, (C, S, N). Eq. (40)."""
        v = self.levels.value_added_share[0]
        return np.asarray(v * wage + (1.0 - v) * bundle - impulse.productivity, dtype=np.float64)

    def _spending_change(
        self, wage: Float, impulse: Impulse, change: PriceChange, tolerance: float
    ) -> Differential:
        """Solve for spending at changed prices; then sales, incomes and residuals."""
        at_spending = self._sales_change(wage, impulse, change)
        scale = np.tile(
            np.maximum(np.abs(self.levels.expenditure[0]), 1e-300), self.problem.base.users
        )

        def step(spending: Float) -> Float:
            return at_spending.spending(
                at_spending.output(spending), at_spending.expenditure(spending)
            )

        spending = scale * settle(
            lambda x: step(x * scale) / scale, np.zeros_like(change.price), tolerance
        )
        return at_spending.differential(
            spending, at_spending.output(spending), at_spending.expenditure(spending)
        )

    def _sales_change(self, wage: Float, impulse: Impulse, change: PriceChange) -> _SalesChange:
        """Sales, payments and rents of changed prices at unchanged spending. Eq. (42)."""
        problem, levels = self.problem, self.levels
        theta, taxed = problem.theta[0], list(problem.taxed)
        price, cost = change.price, change.cost
        sold_substitution, paid_substitution = self.substitution(change)
        rent = self.rent
        gained = self.over_users(rent, price[:, taxed]) - rent.sum(axis=2) * cost[:, taxed]
        earned = self.supply * (wage + impulse.endowment + self._deepening(wage, price))
        income = earned.sum(axis=1)
        final = np.zeros_like(income)
        if not self.closure.fixes_spending:
            final = income + impulse.rents + (theta[taxed] * gained).sum(axis=1)
            final += deficit_change(
                problem.base, self.closure, levels.income, income, problem.balanced
            )
        return _SalesChange(
            tangent=self,
            wage=wage,
            impulse=impulse,
            change=change,
            sold=impulse.sold + theta * sold_substitution,
            paid=impulse.paid + theta * paid_substitution,
            earned=earned,
            final=final,
            switching=self._switching(change, impulse.productivity),
        )

    def substitution(self, change: PriceChange) -> tuple[Float, Float]:
        """Sales (C, S, N) and purchases before duty (C, S, D) per unit of trade elasticity.

        At unchanged spending.
        """
        price, cost = change.price, change.cost
        sold = self.over_users(self.sold, price) - self.levels.output[0] * cost
        paid = self.net_spending * price - self.over_origins(self.flow, cost)
        return sold, paid

    @cached_property
    def per_spent(self) -> Float:
        """One over spending, zero where nothing is spent, (S, D)."""
        X = self.levels.spending[0]
        inverse: Float = np.divide(1.0, X, out=np.zeros_like(X), where=X > 0.0)
        return inverse

    @cached_property
    def sold_share(self) -> Float:
        """Receipts of industries per unit spent, (S, I, D)."""
        return np.asarray(self.sold * self.per_spent[:, None, :], dtype=np.float64)

    @cached_property
    def net_share(self) -> Float:
        """Spending without duty per unit spent, (S, D)."""
        spent = self.levels.spending[0] > 0.0
        return np.where(spent, self.net_spending * self.per_spent, 1.0)

    @cached_property
    def returning_sales(self) -> Float:
        """Receipts of industries weighted by their shares where they sell, (S, N)."""
        return np.asarray(np.einsum("sid,sid->si", self.sold, self.share), dtype=np.float64)

    @cached_property
    def net_spending(self) -> Float:
        """Spending before duty, (S, D)."""
        return np.asarray(self.flow.sum(axis=1), dtype=np.float64)

    @cached_property
    def rent(self) -> Float:
        """Export taxes and sellers' rents, of sectors that have some, (T, I, D)."""
        taxed = list(self.problem.taxed)
        return np.asarray(self.flow[taxed] - self.sold[taxed], dtype=np.float64)

    @cached_property
    def rent_share(self) -> Float:
        """Export taxes and sellers' rents per unit spent, of sectors that have some, (T, I, D)."""
        per_spent = self.per_spent[list(self.problem.taxed), None, :]
        return np.asarray(self.rent * per_spent, dtype=np.float64)

    def _bought_change(self, growth: Float, impulse: Impulse, change: PriceChange) -> Float | float:
        """Differential of the rents that buyers hold at growth of spending (C, S, D), (C, N)."""
        if self.bought is None:
            return 0.0
        theta, N = self.problem.theta[0], self.problem.base.shape[1]
        rents = self.bought.sum(axis=1)
        at_spending = theta * (rents * change.price - self.over_origins(self.bought, change.cost))
        by_sector = by_user(rents * growth + at_spending, N)
        return np.asarray(impulse.bought + by_sector.sum(axis=(1, 2)), dtype=np.float64)

    def _deepening(self, wage: Float, price: Float) -> Float | float:
        """Differential of the log of the composite factor, (C, 1, N), if capital is steady."""
        capital = self.problem.base.capital
        if capital is None:
            return 0.0
        return capital.deepening(wage, price[..., -self.problem.base.shape[1] :])[:, None, :]

    def _switching(self, change: PriceChange, productivity: Float) -> Float:
        """Expenditure switching in the nests of users at unchanged sales, (C, S, D).

        Eq. (43), Eq. (44), Eq. (45).
        """
        levels, (S, N) = self.levels, self.problem.base.shape
        E, b = levels.expenditure[0], levels.final_share[0]
        over_wage, over_input = 1.0 - self.problem.sigma_v[0], 1.0 - self.problem.sigma_m[0]
        over_final = float(1.0 - self.problem.sigma_c[0, 0, 0])
        inputs = (1.0 - levels.value_added_share[0]) * levels.output[0]
        gross = change.cost + productivity
        by_input = inputs * (over_wage * (change.bundle - gross) - over_input * change.bundle)
        price_effect = joined(self._inputs_of((over_input * inputs)[None]), np.zeros((1, S, N)))
        return np.asarray(
            change.price * price_effect
            + joined(
                self._inputs_of(by_input),
                over_final * b * E * (change.price[..., -N:] - change.final[:, None, :]),
            )
        )

    # ------------------------------------------------------------------ structured products
    def bundle(self, price: Float) -> Float:
        """Means of input prices (C, S, D) by industry, (C, S, N)."""
        if self.problem.base.users > 1:
            paid = by_user(price, self.problem.base.shape[1])[:, :, :-1]
            return np.asarray(np.einsum("ksn,cksn->csn", self.input_share, paid))
        return (self.input_share.transpose(0, 2, 1) @ price.transpose(2, 1, 0)).transpose(2, 1, 0)

    def _inputs_of(self, inputs: Float) -> Float:
        if self.problem.base.users > 1:
            return np.asarray(self.input_share * inputs[:, None], dtype=np.float64)
        return (self.input_share @ inputs.transpose(2, 1, 0)).transpose(2, 1, 0)

    @staticmethod
    def over_origins(weight: Float, values: Float) -> Float:
        """Sum values (C, S, I) over origins with weights (S, I, D), (C, S, D)."""
        return (values.transpose(1, 0, 2) @ weight).transpose(1, 0, 2)

    @staticmethod
    def over_users(weight: Float, values: Float) -> Float:
        """Sum values (C, S, D) over users with weights (S, I, D), (C, S, I)."""
        return (values.transpose(1, 0, 2) @ weight.transpose(0, 2, 1)).transpose(1, 0, 2)

    def _excess(self, demand: Float, earned: Float) -> Float:
        """Differential of log demand over supply, (C, F)."""
        markets = FactorMarkets.of(self.problem.base, self.closure)
        if not markets.count:
            return np.zeros((len(demand), 0))
        level, supply = markets.total(self.levels.labour_demand[0]), markets.total(self.supply)
        demand, earned = markets.total(demand), markets.total(earned)
        active = (supply > 0.0) & (level > 0.0)
        excess = np.zeros_like(demand)
        excess[:, active] = demand[:, active] / level[active] - earned[:, active] / supply[active]
        return excess.reshape(len(excess), -1)

    def _quantity(self, price: Float, cost: Float, growth: Float, impulse: Impulse) -> Float:
        """Differentiate log quantities under caps, (C, G)."""
        caps, N = self.problem.caps, self.problem.base.shape[1]
        if not caps.groups:
            return np.zeros((len(price), 0))
        s, i, n = caps.cells.T
        theta, log_cost = self.problem.theta[0, :, 0], self.prices.cost[0]
        # A fancy index around a slice puts the flows before the columns: (K, U) and (K, C, U).
        log_unit = log_cost[s, i] + caps.log_licence_cost(self.problem.rent)[0]
        by_buyer = by_user(self.sold, N)[s, i, :, n] / np.exp(log_unit)[:, None]
        demand_change = by_user(theta[:, None] * price + growth, N)[:, s, :, n]
        quantity = by_buyer.sum(axis=1)
        change = (by_buyer[:, None] * demand_change).sum(axis=2).T
        change = change + quantity * (impulse.push - (1.0 + theta[s]) * cost[:, s, i])
        total = caps.gathered(quantity[None])
        return np.asarray(caps.gathered(change) / np.where(total > 0.0, total, 1.0))


@dataclass(frozen=True)
class _SalesChange:
    """Affine map from changes of spending to those of sales and incomes, at changed prices.

    Attributes
    ----------
    tangent : Tangent
    wage : ndarray, shape (C, S, N)
    impulse : Impulse
    change : PriceChange
    sold : ndarray, shape (C, S, N)
        Differentials of receipts at unchanged spending.
    paid : ndarray, shape (C, S, D)
        Of purchases before duty at unchanged spending.
    earned : ndarray, shape (C, S, N)
        Of factor income at full employment.
    final : ndarray, shape (C, N)
        Of final spending without revenue at changed spending.
    switching : ndarray, shape (C, S, D)
        Of spending at unchanged sales and incomes.
    """

    tangent: Tangent
    wage: Float
    impulse: Impulse
    change: PriceChange
    sold: Float
    paid: Float
    earned: Float
    final: Float
    switching: Float

    def output(self, spending: Float) -> Float:
        """Differentials of receipts, (C, S, N), at those of spending (C, S, D)."""
        return self.tangent.over_users(self.tangent.sold_share, spending) + self.sold

    def expenditure(self, spending: Float) -> Float:
        """Differentials of final spending, (C, N), at those of spending (C, S, D)."""
        tangent, (_, N) = self.tangent, self.tangent.problem.base.shape
        if not tangent.closure.spends_revenue:
            return self.final
        duty = by_user(spending * (1.0 - tangent.net_share) - self.paid, N).sum(axis=(1, 2))
        taxed = list(tangent.problem.taxed)
        if tangent.closure.fixes_spending:
            growth = spending * tangent.per_spent
            duty = duty - tangent._bought_change(growth, self.impulse, self.change)
        elif taxed:
            rents = tangent.over_users(tangent.rent_share, spending[:, taxed])
            duty = duty + rents.sum(axis=1)
        return np.asarray(self.final + duty, dtype=np.float64)

    def spending(self, output: Float, expenditure: Float) -> Float:
        """Differentials of spending, (C, S, D), at those of receipts and of final spending."""
        levels = self.tangent.levels
        materials = (1.0 - levels.value_added_share[0]) * output
        final = levels.final_share[0] * expenditure[:, None, :]
        return np.asarray(joined(self.tangent._inputs_of(materials), final) + self.switching)

    def differential(self, spending: Float, output: Float, expenditure: Float) -> Differential:
        """Differentials of all prices, levels and residuals."""
        tangent, levels = self.tangent, self.tangent.levels
        v, R = levels.value_added_share[0], levels.output[0]
        gross = self.change.cost + self.impulse.productivity
        demand = v * output + v * R * (1.0 - tangent.problem.sigma_v[0]) * (self.wage - gross)
        has_fixed_spending = tangent.closure.fixes_spending
        return Differential(
            price=self.change.price,
            cost=self.change.cost,
            final_price=self.change.final,
            spending=spending,
            output=output,
            expenditure=expenditure,
            income=(demand if has_fixed_spending else self.earned).sum(axis=1),
            excess=tangent._excess(demand, self.earned),
            quantity=tangent._quantity(
                self.change.price, self.change.cost, spending * tangent.per_spent, self.impulse
            ),
        )


def tangent(problem: Problem, prices: Prices, levels: Spending, closure: Closure) -> Tangent:
    """Linearise the equilibrium at a trial of a batch of one.

    Parameters
    ----------
    problem : Problem
        With ``batch`` one, rents in force.
    prices : Prices
    levels : Spending
    closure : Closure

    Returns
    -------
    Tangent
    """
    supply_term, demand_term = prices.supply_term[0][:, :, None], prices.demand_term[0][:, None]
    scaled = levels.spending[0][:, None, :] / demand_term
    flow = supply_term * problem.full(problem.kernel_net)[0] * scaled
    inputs = input_shares(problem, prices.price, prices.bundle)[0]
    if problem.base.users == 1:
        inputs = np.ascontiguousarray(inputs.transpose(2, 0, 1))
    return Tangent(
        problem=problem,
        prices=prices,
        levels=levels,
        closure=closure,
        share=supply_term * problem.full(problem.kernel)[0] / demand_term,
        flow=flow,
        sold=supply_term * problem.full(problem.kernel_sold)[0] * scaled if problem.taxed else flow,
        bought=bought_rents(problem, flow),
        input_share=inputs,
        supply=factor_income(problem, prices)[0],
    )


def bought_rents(problem: Problem, flow: Float) -> Float | None:
    """Rents of buyers on flows at border prices (S, I, D); None if there are none."""
    if problem.caps.sellers_hold_all:
        return None
    s, i, n = problem.caps.cells.T
    N = problem.base.shape[1]
    rate = np.zeros(by_user(flow, N).shape)
    rate[s, i, :, n] = problem.licence_income[0][:, None]
    return np.asarray(flow * rate.reshape(flow.shape), dtype=np.float64)
