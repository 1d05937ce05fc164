"""How well the equations hold, checked by quantities that the solver itself never forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.equilibrium.solution import Solution

__all__ = ["UNCHECKED", "Certificate", "certify"]


@dataclass(frozen=True)
class Certificate:
    """How well the equations hold, worst case over scenarios, regions and sectors.

    Attributes
    ----------
    excess_demand : float
        Largest absolute log of demand over supply in a factor market, or residual of a quota.
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
    quota_violation : float
        Largest log of a quantity over its cap, from bilateral flows.
    quota_slackness : float
        Largest of the smaller of rent and slack, both in logs: complements have one at zero.
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
        )


UNCHECKED = Certificate(np.inf, np.inf, np.inf, np.inf, 0, 0, "", 0.0)


def certify(
    solution: Solution, *, iterations: int, jacobians: int, method: str, seconds: float
) -> Certificate:
    """Return the certificate of a solution.

    Parameters
    ----------
    solution : Solution
    iterations, jacobians : int
    method : str
    seconds : float

    Returns
    -------
    Certificate
    """
    trial, flow = solution.trial, solution.flow
    sold, bought = flow.sum(axis=(1, 3)), flow.sum(axis=(1, 2))
    scale = np.maximum(solution.income, 1e-300)
    over = _over_caps(solution, flow)
    slack = np.minimum(trial.rent, np.abs(np.minimum(over, 0.0)))
    return Certificate(
        excess_demand=float(trial.size.max()),
        price_residual=float(trial.prices.residual.max()),
        market_residual=float(trial.levels.residual.max()),
        budget_residual=float(np.abs((sold + solution.deficit - bought) / scale).max()),
        iterations=iterations,
        jacobians=jacobians,
        method=method,
        seconds=seconds,
        quota_violation=float(over.max(initial=0.0)),
        quota_slackness=float(slack.max(initial=0.0)),
    )


def _over_caps(solution: Solution, flow: Float) -> Float:
    """Return logs of quantities over caps, (B, G)."""
    problem, base = solution.problem, solution.base
    caps = problem.caps
    if not caps.groups:
        return np.zeros((problem.batch, 0))
    s, i, n = caps.cells.T
    old = np.broadcast_to(np.asarray(base.export_tax, dtype=np.float64), base.tariff.shape)
    quantity = flow[:, s, i, n] / solution.border_price[:, s, i, n] / (1.0 + old[s, i, n])
    allowed = problem.limit * caps.gathered(caps.quantity[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(caps.gathered(quantity) / allowed)
    return np.where(allowed > 0.0, logs, np.where(caps.gathered(quantity) > 0.0, np.inf, -np.inf))
