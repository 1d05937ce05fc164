"""Certificate of a solution: the largest residual of every equation.

Budgets and caps are computed from bilateral flows, which the search itself never forms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.solver.flows import bilateral_sales, border_price
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Float

__all__ = ["Certificate", "certify"]


@dataclass(frozen=True)
class Certificate:
    """Residuals of the equations, worst case over scenarios, regions and sectors.

    Attributes
    ----------
    excess_demand : float
        Largest absolute log of demand over supply in a factor market, or residual of a quota or of
        a sticky wage.
    price_residual : float
        Largest log difference between prices and the price equations.
    market_residual : float
        Largest gap of a goods market, relative to the region's final spending.
    budget_residual : float
        Largest gap between exports plus deficit and imports, relative to factor income; computed
        from bilateral flows.
    iterations : int
        Newton steps.
    jacobians : int
        Jacobians formed.
    method : str
        ``newton``, or ``homotopy`` if the direct search failed and the shock was phased in.
    seconds : float
    quota_violation : float
        Largest log of a quantity over its cap, from bilateral flows.
    quota_slackness : float
        Largest of the smaller of rent and slack, both in logs: complements have one at zero.
    employment_violation : float
        Largest log of labour demand over supply in an industry with a sticky wage.
    employment_slackness : float
        Largest of the smaller of rise of the wage and unemployment, both in logs, likewise.
    """

    excess_demand: float
    price_residual: float
    market_residual: float
    budget_residual: float
    iterations: int
    jacobians: int
    method: str
    seconds: float
    quota_violation: float = 0.0
    quota_slackness: float = 0.0
    employment_violation: float = 0.0
    employment_slackness: float = 0.0

    @property
    def worst(self) -> float:
        """The largest residual of all."""
        return max(
            self.excess_demand,
            self.price_residual,
            self.market_residual,
            self.budget_residual,
            self.quota_violation,
            self.quota_slackness,
            self.employment_violation,
            self.employment_slackness,
        )


def certify(
    problem: Problem,
    trial: Trial,
    closure: Closure,
    *,
    iterations: int,
    jacobians: int,
    method: str,
    seconds: float,
) -> Certificate:
    """Compute the certificate of a trial.

    Parameters
    ----------
    problem : Problem
        With the rents of quotas in force, as export taxes.
    trial : Trial
        In any numeraire.
    closure : Closure
    iterations, jacobians : int
    method : str
    seconds : float

    Returns
    -------
    Certificate
    """
    levels = trial.levels
    flow = bilateral_sales(problem, trial.prices, levels.spending)
    sales, purchases = flow.sum(axis=(1, 3)), flow.sum(axis=(1, 2))
    scale = np.maximum(levels.income, 1e-300)
    overshoot = _overshoot(problem, trial, flow)
    slack = np.minimum(trial.rent, np.abs(np.minimum(overshoot, 0.0)))
    shortage, unemployment = _employment(problem, trial, closure)
    idle_rise = np.minimum(trial.wage, unemployment)
    return Certificate(
        excess_demand=float(trial.size.max()),
        price_residual=float(trial.prices.residual.max()),
        market_residual=float(levels.residual.max()),
        budget_residual=float(np.abs((sales + levels.deficit - purchases) / scale).max()),
        iterations=iterations,
        jacobians=jacobians,
        method=method,
        seconds=seconds,
        quota_violation=float(overshoot.max(initial=0.0)),
        quota_slackness=float(slack.max(initial=0.0)),
        employment_violation=float(shortage.max(initial=0.0)),
        employment_slackness=float(idle_rise.max(initial=0.0)) if shortage.size else 0.0,
    )


def _employment(problem: Problem, trial: Trial, closure: Closure) -> tuple[Float, Float]:
    """Shortage and unemployment of sticky labour markets in logs, (B, S, N)."""
    if closure.labour != "sticky":
        return np.zeros(0), np.zeros(1)
    supply = problem.base.value_added * problem.endowment
    demand = trial.levels.labour_demand / np.exp(trial.wage)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(supply > 0.0, np.log(demand / supply), 0.0)
    return np.maximum(gap, 0.0), np.maximum(-gap, 0.0)


def _overshoot(problem: Problem, trial: Trial, flow: Float) -> Float:
    """Excess of quantities over caps in logs, (B, G), from bilateral flows. Eq. (19)."""
    base, caps = problem.base, problem.caps
    if not caps.groups:
        return np.zeros((problem.batch, 0))
    s, i, n = caps.cells.T
    base_tax = np.broadcast_to(np.asarray(base.export_tax, dtype=np.float64), base.tariff.shape)
    price = border_price(problem, trial.prices)[:, s, i, n]
    quantity = caps.gathered(flow[:, s, i, n] / price / (1.0 + base_tax[s, i, n]))
    limit = problem.limit * caps.gathered(caps.quantity[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(quantity / limit)
    return np.where(limit > 0.0, logs, np.where(quantity > 0.0, np.inf, -np.inf))
