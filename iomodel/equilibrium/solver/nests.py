r"""CES nests of users: value added with materials, materials across goods, final demand.

.. math::
    \hat Q_{sn} &= \Big(\textstyle\sum_k m_{nks}\hat P_{kn}^{1-\sigma_m}\Big)^{1/(1-\sigma_m)}, \\
    \hat c_{sn} &= \frac{1}{\hat A_{sn}}\Big(v_{sn}\hat w_{sn}^{1-\sigma_v}
                  + (1-v_{sn})\hat Q_{sn}^{1-\sigma_v}\Big)^{1/(1-\sigma_v)}.

Each is geometric if its elasticity is one, industry by industry. If all industries share one
elasticity and the prices of their region, the sum over inputs is a matrix product; else powers
differ by user and the sum is taken element by element.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.problem import Problem
from iomodel.typing import Float

__all__ = ["bundle_price", "final_price", "input_demand", "input_shares", "unit_cost"]


def bundle_price(problem: Problem, log_price: Float) -> Float:
    """Log price of the intermediate bundle of each industry.

    Eq. (4).

    Parameters
    ----------
    problem : Problem
    log_price : ndarray, shape (B, S, D)

    Returns
    -------
    ndarray, shape (B, S, N)
    """
    base = problem.base
    if problem.pooled:
        return _pooled(base.input_share, log_price, problem.sigma_m)
    power = 1.0 - problem.sigma_m
    term = _power_term(_paid(problem, log_price), power[:, None])
    return _index(np.einsum("ksn,bksn->bsn", base.input_use, term), power)


def unit_cost(problem: Problem, wage: Float, price: Float) -> tuple[Float, Float]:
    """Log prices of the bundle and of output (unit cost), (B, S, N) each. Eq. (5)."""
    bundle = bundle_price(problem, price)
    share, power = problem.base.value_added_share, 1.0 - problem.sigma_v
    mean = share * _power_term(wage, power) + (1.0 - share) * _power_term(bundle, power)
    return bundle, _index(mean, power) - problem.log_productivity


def final_price(problem: Problem, log_price: Float) -> Float:
    """Log price index of final demand, (B, N), of prices (B, S, D). Eq. (8)."""
    price = log_price[..., -problem.base.shape[1] :]
    return _pooled(problem.base.final_share.T[:, :, None], price, problem.sigma_c)[:, 0]


def input_shares(problem: Problem, price: Float, bundle: Float) -> Float:
    """Input shares of intermediate bundles, (B, K, S, N), at new log prices. Eq. (11)."""
    power = (1.0 - problem.sigma_m)[:, None]
    shares: Float = problem.base.input_use * np.exp(
        power * (_paid(problem, price) - bundle[:, None])
    )
    return shares


def input_demand(problem: Problem, price: Float, bundle: Float) -> Callable[[Float], Float]:
    """Map from spending on materials by industry to spending on goods.

    Parameters
    ----------
    problem : Problem
    price : ndarray, shape (B, S, D)
        Logs.
    bundle : ndarray, shape (B, S, N)
        Logs.

    Returns
    -------
    callable
        Of (B, S, N); returns (B, K, N), or (B, K, S, N) if industries are destinations.
    """
    if problem.pooled:
        power = 1.0 - problem.sigma_m
        seller, buyer = np.exp(power * price), np.exp(-power * bundle)
        weight = problem.base.input_share

        def pooled_demand(spending: Float) -> Float:
            inputs = (buyer * spending).transpose(2, 1, 0)
            return np.asarray(seller * (weight @ inputs).transpose(2, 1, 0), dtype=np.float64)

        return pooled_demand
    shares = input_shares(problem, price, bundle)
    if problem.base.users > 1:
        return lambda spending: shares * spending[:, None]
    return lambda spending: np.einsum("bksn,bsn->bkn", shares, spending)


# ---------------------------------------------------------------------- helpers
def _paid(problem: Problem, price: Float) -> Float:
    """Prices that industries pay, (B, K, S, N), or (B, K, 1, N) if all pay the same."""
    users = by_user(price, problem.base.shape[1])
    return users if users.shape[2] == 1 else users[:, :, :-1]


def _pooled(weight: Float, log_price: Float, sigma: Float) -> Float:
    """Log of CES indices with weights (N, K, S) over (B, K, N), one elasticity each."""
    power = 1.0 - sigma
    term = _power_term(log_price, power)
    mean = (weight.transpose(0, 2, 1) @ term.transpose(2, 1, 0)).transpose(2, 1, 0)
    return _index(mean, power)


def _power_term(logs: Float, power: Float) -> Float:
    """Box-Cox term of a CES index: exp(power x) - 1, or x itself if the power is zero."""
    # expm1 and log1p keep the digits if the power is small.
    geometric = power == 0.0
    if geometric.all():
        return logs
    term = np.expm1(power * logs)
    return np.where(geometric, logs, term) if geometric.any() else term


def _index(mean: Float, power: Float) -> Float:
    """Log of a CES index from the mean of its power terms."""
    geometric = power == 0.0
    if geometric.all():
        return mean
    logs: Float = np.log1p(mean) / np.where(geometric, 1.0, power)
    return np.where(geometric, mean, logs) if geometric.any() else logs
