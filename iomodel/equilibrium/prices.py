r"""Prices given wages: the nests of costs and the aggregation over origins, in logs of hats.

.. math::
    \hat Q_{sn} &= \Big(\textstyle\sum_k m_{nks}\hat P_{kn}^{1-\sigma_m}\Big)^{1/(1-\sigma_m)}, \\
    \hat c_{sn} = \frac{1}{\hat A_{sn}}\Big(v_{sn}\hat w_{sn}^{1-\sigma_v}
                  + (1-v_{sn})\hat Q_{sn}^{1-\sigma_v}\Big)^{1/(1-\sigma_v)}, \\
    \hat P_{sn} &= \Big(\textstyle\sum_i\lambda_{isn}
                  (\hat\kappa_{isn}\hat c_{si})^{-\theta_s}\Big)^{-1/\theta_s}.

Each is geometric where its elasticity of substitution is one. Given wages the map from prices to
prices contracts in the largest log difference, with the largest cost share of intermediates as its
modulus: the solution exists and is unique.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iomodel.equilibrium.anderson import anderson
from iomodel.equilibrium.batching import Batched
from iomodel.equilibrium.problem import Problem

__all__ = ["Prices", "final_price", "price_map", "solve_prices", "trade_terms"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Prices(Batched):
    r"""Logs of hats, (B, S, N), and what the trade kernels need.

    Attributes
    ----------
    wage, bundle, cost, price : ndarray, shape (B, S, N)
        Wage, intermediate bundle, unit cost and price to users.
    final : ndarray, shape (B, N)
        Price index of final demand.
    supply_term, demand_term : ndarray, shape (B, S, N)
        e and d of shares :math:`\lambda' = e_i K_{in} / d_n`.
    residual : ndarray, shape (B,)
    iterations : int
    """

    wage: Float
    bundle: Float
    cost: Float
    price: Float
    final: Float
    supply_term: Float
    demand_term: Float
    residual: Float
    iterations: int


def log_mean(weight: Float, log_price: Float, sigma: Float) -> Float:
    r"""Return the log of a CES index over inputs, for every user.

    Parameters
    ----------
    weight : ndarray, shape (N, K, S)
        Base shares; columns sum to one or are zero.
    log_price : ndarray, shape (B, K, N)
    sigma : ndarray, shape (B, 1, 1)

    Returns
    -------
    ndarray, shape (B, S, N)
    """
    power = 1.0 - sigma
    geometric = power == 0.0
    # expm1 and log1p keep the digits where the power is small.
    term = np.where(geometric, log_price, np.expm1(power * log_price))
    mean = (weight.transpose(0, 2, 1) @ term.transpose(2, 1, 0)).transpose(2, 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        curved = np.log1p(mean) / power
    return np.where(geometric, mean, curved)


def log_pair(share: Float, first: Float, second: Float, sigma: Float) -> Float:
    """Return the log of a CES index of two inputs, the first with the base share given."""
    power = 1.0 - sigma
    geometric = power == 0.0
    flat = share * first + (1.0 - share) * second
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = share * np.expm1(power * first) + (1.0 - share) * np.expm1(power * second)
        curved = np.log1p(mean) / power
    return np.where(geometric, flat, curved)


def final_price(problem: Problem, log_price: Float) -> Float:
    """Return the log of the price index of final demand, (B, N)."""
    weight = problem.base.final_share.T[:, :, None]
    return log_mean(weight, log_price, problem.sigma_c)[:, 0]


def unit_cost(problem: Problem, wage: Float, price: Float) -> tuple[Float, Float]:
    """Return logs of the intermediate bundle's price and of unit cost, (B, S, N) each."""
    bundle = log_mean(problem.base.input_share, price, problem.sigma_m)
    cost = log_pair(problem.base.value_added_share, wage, bundle, problem.sigma_v)
    return bundle, cost - problem.log_productivity


def trade_terms(problem: Problem, cost: Float) -> tuple[Float, Float, Float]:
    """Return the supply and demand terms of shares and the log price to users, (B, S, N) each."""
    signed = np.where(problem.theta >= 0.0, cost, -cost)
    # Measured from the cheapest origin (dearest where goods are complements): no power overflows.
    anchor = signed.min(axis=2, keepdims=True) * np.where(problem.theta >= 0.0, 1.0, -1.0)
    supply = np.exp(-problem.theta * (cost - anchor))
    demand = (supply[:, :, None, :] @ problem.kernel)[:, :, 0]
    demand = np.where(problem.bought, demand, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        curved = anchor - (problem.log_scale + np.log(demand)) / problem.theta
    flat = problem.log_mean_cost
    if problem.cobb_douglas.any():
        flat = flat + (cost[:, :, None, :] @ problem.base.share)[:, :, 0]
    price = np.where(problem.cobb_douglas, flat, curved)
    return supply, demand, np.where(problem.bought, price, 0.0)


def price_map(problem: Problem, wage: Float, price: Float) -> Float:
    """Return the prices that follow from wages and the prices of inputs, (B, S, N)."""
    return trade_terms(problem, unit_cost(problem, wage, price)[1])[2]


def solve_prices(problem: Problem, wage: Float, start: Float, tolerance: float = 1e-13) -> Prices:
    """Solve for prices given wages.

    Parameters
    ----------
    problem : Problem
    wage : ndarray, shape (B, S, N)
        Log of factor price hats.
    start : ndarray, shape (B, S, N)
        Log prices to begin from.
    tolerance : float
        Largest log difference between prices and their map.

    Returns
    -------
    Prices
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = anderson(
            lambda price: price_map(problem, wage, price), start, tolerance=tolerance, limit=600
        )
        bundle, cost = unit_cost(problem, wage, found.x)
        supply, demand, price = trade_terms(problem, cost)
    return Prices(
        wage=wage,
        bundle=bundle,
        cost=cost,
        price=price,
        final=final_price(problem, price),
        supply_term=supply,
        demand_term=demand,
        residual=found.residual,
        iterations=found.iterations,
    )
