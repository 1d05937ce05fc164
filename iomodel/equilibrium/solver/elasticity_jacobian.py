r"""Jacobian of factor markets as a function of trade elasticities, at one equilibrium.

At given shares the trade elasticities :math:`\theta_s` enter the linearised system
(:mod:`iomodel.equilibrium.solver.tangent`) in one place, the sales and purchases
:math:`d\ln\lambda'` at unchanged spending. The Jacobian is therefore affine in them,

.. math::
    J(\theta) = J(\bar\theta) + \sum_s (\theta_s - \bar\theta_s)\, A_s B_s,

with :math:`B_s` the sales of sector s per unit of :math:`\theta_s` after changes of wages, and
:math:`A_s` the excess demand after changes of these sales: the transposed spending system, one
solve for all sectors. It costs as much as one Jacobian and serves every draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.solver.anderson import settle
from iomodel.equilibrium.solver.impulse import Impulse
from iomodel.equilibrium.solver.jacobians import DENSE_LIMIT
from iomodel.equilibrium.solver.markets import MarketSystem, system_at
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.tangent import Tangent
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Float

__all__ = ["ElasticityJacobian", "elasticity_jacobian"]


# Shares differ by more between draws and the trial.
TOLERANCE = 1e-4


@dataclass(frozen=True)
class ElasticityJacobian:
    """Jacobian at one equilibrium, affine in the trade elasticities.

    Attributes
    ----------
    theta : ndarray, shape (S,)
        Of the equilibrium.
    jacobian : ndarray, shape (M, M)
        At these elasticities.
    slope : ndarray, shape (S, M, M)
        Derivative with respect to each of them.
    """

    theta: Float
    jacobian: Float
    slope: Float

    def at(self, theta: Float) -> Float:
        """Jacobians (B, M, M) at elasticities (B, S)."""
        return self.jacobian + np.tensordot(theta - self.theta, self.slope, axes=1)


def elasticity_jacobian(
    problem: Problem, trial: Trial, closure: Closure
) -> ElasticityJacobian | None:
    """Jacobian at a trial as a function of trade elasticities.

    Parameters
    ----------
    problem : Problem
        With ``batch`` one.
    trial : Trial
        With world factor income as in the base.
    closure : Closure

    Returns
    -------
    ElasticityJacobian or None
        None where Jacobians are matrix-free, users have import shares of their own, factors are
        not all mobile, or there are caps or export taxes: their revenue depends on elasticities.
    """
    base, regions = problem.base, problem.base.shape[1]
    has_more_terms = base.users > 1 or problem.taxed or problem.caps.groups
    has_more_markets = closure.labour != "mobile" or base.specific
    if has_more_terms or has_more_markets or regions > DENSE_LIMIT:
        return None
    system = system_at(problem, trial, closure, 0)
    return ElasticityJacobian(
        theta=problem.theta[0, :, 0],
        jacobian=system.quantity_matrix(TOLERANCE),
        slope=_slope(system),
    )


# ---------------------------------------------------------------------- helpers
def _slope(system: MarketSystem) -> Float:
    """Excess demand (S, F, F) after changes of wages, per unit of each sector's elasticity."""
    tangent = system.tangent
    regions = system.factors
    wage = system.spread(np.eye(regions))
    change = tangent.price_change(wage, _no_impulse(), TOLERANCE)
    sold, paid = tangent.substitution(change)
    sold_weight, paid_weight = _weights(tangent)
    # (S, F, N) times (S, N, columns).
    at_sales = sold_weight.transpose(1, 0, 2) @ sold.transpose(1, 2, 0)
    return np.asarray(at_sales + paid_weight @ paid.transpose(1, 2, 0), dtype=np.float64)


def _weights(tangent: Tangent) -> tuple[Float, Float]:
    """Excess demand per unit of sales (F, S, N) and of purchases before duty (F, N).

    By the transpose of the spending system of :meth:`Tangent.respond`.
    """
    levels = tangent.levels
    v, b = levels.value_added_share[0], levels.final_share[0]
    level, duty_share = levels.labour_demand[0].sum(axis=0), 1.0 - tangent.net_share
    active = (tangent.supply.sum(axis=0) > 0.0) & (level > 0.0)
    per_income = np.diag(np.divide(1.0, level, out=np.zeros_like(level), where=active))
    at_sales = v * per_income[:, None, :]

    def transposed(value: Float) -> Float:
        inputs = (1.0 - v) * tangent.bundle(value)
        rebated = (b * value).sum(axis=1)
        at_inputs = tangent.over_origins(tangent.sold_share, at_sales + inputs)
        return np.asarray(at_inputs + duty_share * rebated[:, None])

    # The value of a unit of spending is what it adds to factor income, over that of a region.
    scale = (1.0 / np.where(level > 0.0, level, 1.0))[:, None, None]
    value = scale * settle(
        lambda x: transposed(x * scale) / scale, np.zeros_like(at_sales), TOLERANCE
    )
    sold_weight: Float = at_sales + (1.0 - v) * tangent.bundle(value)
    return sold_weight, np.asarray(-(b * value).sum(axis=1))


def _no_impulse() -> Impulse:
    """Impulse of no shock but that of wages."""
    cube = np.zeros((1, 1, 1))
    return Impulse(cube, cube, cube, cube[0], cube[0], cube, cube, np.zeros((1, 0)))
