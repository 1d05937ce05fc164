"""Synthetic technologies that look like real multi-region tables.

Real tables are heavy-tailed (a few cells carry most of the value), 60-95 % domestic, and have
column sums between .3 and .8. A matrix of uniform random numbers has none of this and flatters
iterative methods: its second eigenvalue is next to zero, a real table's is next to the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def technology(regions: int, sectors: int, seed: int = 0) -> Float:
    """Return input coefficients, shape (n, n) with n = regions x sectors, region-major.

    Region sizes, sector sizes and single cells are log-normal; each user region has a domestic
    share in [.6, .95] and each industry a column sum in [.3, .8], both exact.
    """
    rng = np.random.default_rng(seed)
    R, S, n = regions, sectors, regions * sectors
    A = rng.lognormal(0.0, 2.0, (n, n))
    A *= np.outer(rng.lognormal(0.0, 1.5, R), rng.lognormal(0.0, 1.0, S)).reshape(n, 1)
    blocks = A.reshape(R, S, R, S)
    own = np.arange(R)
    bought = np.add.reduce(blocks, axis=1)  # (seller region, user region, user sector)
    domestic = bought[own, own]
    foreign = bought.sum(axis=0) - domestic
    column = rng.uniform(0.3, 0.8, (R, S))
    share = rng.uniform(0.6, 0.95, (R, 1)) if R > 1 else np.ones((1, 1))
    scale = np.empty((R, R, S))
    scale[:] = column * (1 - share) / np.where(foreign > 0, foreign, 1.0)
    scale[own, own] = column * share / domestic
    blocks *= scale[:, None]
    return A


def final_demand(n: int, columns: int, seed: int = 1) -> Float:
    """Return log-normal final demand, shape (n, columns)."""
    return np.random.default_rng(seed).lognormal(0.0, 1.5, (n, columns))
