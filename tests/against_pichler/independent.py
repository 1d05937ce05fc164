"""Pichler et al. (2022), equations (3) to (20), in plain loops over days.

Written from the equations alone; nothing of the package is imported. Values are flows per day. The
paper has one country; with several, an input is the sum over its origins, orders for it are split
by the shares of the base, and policy limits deliveries between origins and users.

=========  ====================================================================================
(3)        demand d: orders that reach an industry, and final demand
(4)        orders of j: A d + (n Z0 - S) / tau, not below zero
(7)        capacity: x_cap = l / l0 x0; a cut of supply bounds the workforce at once
(8)        output: min(x_cap, x_inp, d)
(9)-(14)   input limit x_inp: S / A of critical inputs, (S / A + x_cap,0) / 2 of half-critical ones
(15)-(17)  deliveries: orders times x / d, or industries before final demand
(18)       stocks: S + deliveries - A x, not below zero
(19)-(20)  labour: 1/30 (hiring) or 2/30 (firing) of l0 / x0 [min(x_inp, d) - x_cap], up to l0
=========  ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

HIRING, FIRING = 1 / 30, 2 / 30


@dataclass
class Closed:
    """Fractions that policy leaves on a day.

    Of base output (n,), and of deliveries to industries (n, n) and to final users (n, m).
    """

    output: np.ndarray
    deliveries: np.ndarray
    final: np.ndarray


def daily_output(
    Z: np.ndarray,
    f: np.ndarray,
    product: np.ndarray,
    rating: np.ndarray,
    cover: np.ndarray,
    policy: Callable[[int], Closed],
    days: int,
    *,
    tau: float,
    intermediate_first: bool,
) -> np.ndarray:
    """Output over base output, (days, n).

    Parameters
    ----------
    Z, f : arrays (n, n) and (n, m)
        Flows of a base day from industries, to industries and to final users by place.
    product : array (n,)
        Number of the product of each industry.
    rating : array (products, n)
        1 critical, 0.5 half-critical, 0 neither, by input and using industry. A mean of ratings
        weights S / A and x_cap,0 accordingly.
    cover : array (products, n)
        n of equation (4): target stock in days of use, held on the first day.
    policy : function of the day
    """
    products = range(int(product.max()) + 1)
    x0 = Z.sum(axis=1) + f.sum(axis=1)
    use = np.array([Z[product == p].sum(axis=0) for p in products])
    # An industry that makes nothing uses nothing, and counts as unchanged.
    size = np.where(x0 > 0, x0, 1.0)
    A = use / size
    pooled = use[product]
    origin_share = np.divide(Z, pooled, out=np.zeros_like(Z), where=pooled > 0)
    S, orders, labour = cover * use, Z.copy(), np.ones(len(x0))
    path = []
    for day in range(days):
        law = policy(day)
        labour = np.minimum(labour, law.output)
        x_cap = labour * x0
        x_inp = np.full(len(x0), np.inf)
        for p in products:
            for j in np.flatnonzero(A[p] > 0):
                g = rating[p, j]
                if g > 0.0:
                    x_inp[j] = min(x_inp[j], g * S[p, j] / A[p, j] + (1.0 - g) * x0[j])
        limited = law.deliveries < 1.0
        reaching = np.where(limited, np.minimum(orders, law.deliveries * Z), orders)
        final = (law.final * f).sum(axis=1)
        d = reaching.sum(axis=1) + final
        x = np.minimum(np.minimum(x_cap, x_inp), d)
        served = reaching.sum(axis=1) if intermediate_first else d
        fraction = np.divide(x, served, out=np.ones_like(x), where=served > x)
        delivered = reaching * fraction[:, None]
        for p in products:
            S[p] = np.maximum(S[p] + delivered[product == p].sum(axis=0) - A[p] * x, 0.0)
        gap = np.minimum(x_inp, d) - x_cap
        labour = labour + np.where(gap > 0, HIRING, FIRING) * gap / size
        labour = np.minimum(labour, 1.0)
        needs = np.maximum(A * d + (cover * use - S) / tau, 0.0)
        orders = origin_share * needs[product]
        path.append(np.where(x0 > 0, x / size, 1.0))
    return np.array(path)
