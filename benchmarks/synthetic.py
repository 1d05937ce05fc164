"""Synthetic technologies that look like real multi-region tables.

Real tables are heavy-tailed (a few cells carry most of the value), 60-95 % domestic, and have
column sums between .3 and .8. A matrix of uniform random numbers has none of this and flatters
iterative methods: its second eigenvalue is next to zero, a real table's is next to the first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iomodel.typing import Float, Float32


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


def strips(regions: int, sectors: int, height: int, seed: int = 0) -> Iterator[Float32]:
    """Yield coefficients in strips of rows, float32, of a matrix that is never whole in memory.

    Cells are squares of exponential numbers times log-normal sizes of sellers; a column is expected
    to sum to between .25 and .6, and .6 to .95 of it to be domestic.
    """
    R, S, n = regions, sectors, regions * sectors
    rng = np.random.default_rng(seed)
    size = (np.outer(rng.lognormal(0, 1.5, R), rng.lognormal(0, 1.0, S))).reshape(n)
    column, share = rng.uniform(0.25, 0.6, n), np.repeat(rng.uniform(0.6, 0.95, R), S)
    # The square of an exponential number is 2 on average: expected sums are known beforehand.
    at_home = np.repeat(size.reshape(R, S).sum(axis=1), S)
    home = (column * share / (2 * at_home)).astype(np.float32)
    abroad = (column * (1 - share) / (2 * (size.sum() - at_home))).astype(np.float32)
    nation = np.arange(n) // S
    for first in range(0, n, height):
        rows = np.arange(first, min(first + height, n))
        cells = np.random.default_rng([seed, first]).standard_exponential(
            (rows.size, n), dtype=np.float32
        )
        cells *= cells
        # Independent draws scatter: no column may come near to a sum of one.
        np.minimum(cells, 20, out=cells)
        cells *= size[rows, None].astype(np.float32)
        domestic = nation[rows][:, None] == nation
        cells *= np.where(domestic, home, abroad)
        yield cells


def final_demand(n: int, columns: int, seed: int = 1) -> Float:
    """Return log-normal final demand, shape (n, columns)."""
    return np.random.default_rng(seed).lognormal(0.0, 1.5, (n, columns))
