r"""Existence of finite prices, where goods need more of one another than they yield.

Once goods are so dear that factor prices no longer count, unit costs are homogeneous of degree one,

.. math::
    \hat c^\infty_{sn} = \frac{(1-v_{sn})^{1/(1-\sigma_v)}}{\hat A_{sn}}\,\hat Q_{sn}
    \quad\text{if } \sigma_v < 1 \text{ or } v_{sn} = 0, \qquad 0 \text{ else,}

and so are the prices :math:`H(\hat P)` that follow from them. The price equations
:math:`\hat P = T(\hat P)` ask for no less, :math:`T \ge H`. If :math:`H(z) > z` for prices z of
some set of goods, all others being free, no prices are finite: at the largest t with
:math:`\hat P \ge tz` on the set, :math:`\hat P \ge H(\hat P) \ge tH(z) > tz`. For fixed input
coefficients this is the failure of the Hawkins-Simon condition [BermanPlemmons1994]_. Neither
factor prices nor the closure matter. Candidates for z are powers of H.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from iomodel.equilibrium.economy import by_user
from iomodel.equilibrium.solver.problem import Problem
from iomodel.errors import InfeasibleError
from iomodel.typing import Bool, Float

__all__ = ["check_finite_prices", "far_prices", "runaway_goods"]


# Log of a price that is nothing beside the others.
FREE = -1e3
# Powers of H between two looks at the growth of prices, and looks.
POWERS, LOOKS = 20, 20
# Growth of log prices beyond rounding.
GROWTH = 1e-9


def check_finite_prices(problem: Problem) -> None:
    """Check that no set of goods needs more of itself than it yields.

    Parameters
    ----------
    problem : Problem

    Raises
    ------
    InfeasibleError
        Names the regions, and the product of which least is left of what was bought.
    """
    runaway = runaway_goods(problem)
    if not runaway.any():
        return
    b = int(runaway.any(axis=(1, 2)).argmax())
    names, N = problem.base.names, problem.base.shape[1]
    log_supply = problem.log_scale[b] + np.log(problem.full(problem.kernel)[b].sum(axis=1))
    log_supply = np.where(runaway[b] & ~problem.cobb_douglas[b], log_supply, np.inf)
    sector, user = (int(k) for k in np.unravel_index(int(log_supply.argmin()), log_supply.shape))
    supply = np.exp(log_supply[sector, user])
    regions = names.listed(np.flatnonzero(runaway[b].any(axis=0).reshape(-1, N).any(axis=0)))
    raise InfeasibleError(
        f"no prices are finite in {regions}: inputs replace one another so little that its goods "
        "would need more of one another than they yield; suppliers that remain made "
        f"{100.0 * supply:.2g} percent of {names.industry(sector, user % N)}, the least of all; "
        "leave a flow open, take higher elasticities or a longer horizon"
    )


def runaway_goods(problem: Problem) -> Bool:
    r"""Find goods without finite prices: a set with :math:`H(z) > z`.

    Eq. (60).

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    ndarray of bool, shape (B, S, D)
        All false if no set is found; then prices are finite, or grow too slowly to tell.
    """
    price = np.where(problem.bought, np.zeros((problem.batch, *problem.bought.shape)), -np.inf)
    runaway: Bool = np.zeros(price.shape, dtype=bool)
    for _ in range(LOOKS):
        for _ in range(POWERS):
            # The mean damps cycles; it has the same fixed sets.
            price = _scaled(0.5 * (price + far_prices(problem, price)))
        growth = _growth(problem, price)
        runaway = _growing(problem, price, growth > GROWTH)
        if runaway.any() or not (growth > -GROWTH).any():
            break
    return runaway


def far_prices(problem: Problem, price: Float) -> Float:
    """Prices that follow from those of inputs where factors cost nothing, (B, S, D), in logs.

    Eq. (60).
    """
    cost = _far_cost(problem, price)[:, :, :, None]
    theta = problem.theta[..., None]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        kernel = problem.full(problem.kernel)
        sold = np.where(kernel > 0.0, np.log(kernel) - theta * cost, -np.inf)
        curved = -(problem.log_scale + logsumexp(sold, axis=2)) / problem.theta
        weighted = np.where(problem.base.share > 0.0, problem.base.share * cost, 0.0)
        prices = np.where(
            problem.cobb_douglas, problem.log_mean_cost + weighted.sum(axis=2), curved
        )
    return np.where(problem.bought, prices, -np.inf)


# ---------------------------------------------------------------------- helpers
def _far_cost(problem: Problem, price: Float) -> Float:
    """Log unit costs (B, S, N) at log prices (B, S, D) beside which factors cost nothing."""
    base = problem.base
    share, power = 1.0 - base.value_added_share, 1.0 - problem.sigma_v
    users = by_user(price, base.shape[1])
    paid = users if users.shape[2] == 1 else users[:, :, :-1]
    bundle = _index(base.input_use, paid, (1.0 - problem.sigma_m)[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(power > 0.0, np.log(share) / power, -np.inf) + bundle
    return np.asarray(np.where(share == 1.0, bundle, scaled) - problem.log_productivity)


def _index(weight: Float, logs: Float, power: Float) -> Float:
    """Log of CES indices over axis 1, weights (K, S, N), logs (B, K, S, N) and their power."""
    used = weight > 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        curved = logsumexp(np.where(used, power * logs, -np.inf), axis=1, b=weight) / power[:, 0]
        geometric = np.where(used, weight * logs, 0.0).sum(axis=1)
    index: Float = np.where(power[:, 0] == 0.0, geometric, curved)
    return np.where(used.any(axis=0), index, -np.inf)


def _scaled(price: Float) -> Float:
    """Log prices with the highest at zero; those far below it are free."""
    highest = price.max(axis=(1, 2), keepdims=True)
    scaled = price - np.where(np.isfinite(highest), highest, 0.0)
    return np.where(scaled > FREE, scaled, -np.inf)


def _growth(problem: Problem, price: Float) -> Float:
    """Growth of log prices from one power to the next, minus infinity where a good is free."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(price), far_prices(problem, price) - price, -np.inf)


def _growing(problem: Problem, price: Float, candidates: Bool) -> Bool:
    """Largest set of candidates (B, S, D) whose prices grow though all others are free."""
    while candidates.any():
        alone = np.where(candidates, price, -np.inf)
        remaining: Bool = candidates & (_growth(problem, alone) > GROWTH)
        if (remaining == candidates).all():
            break
        candidates = remaining
    return candidates
