"""Random technologies for the tests of this room."""

import numpy as np


def technology(seed, n, top=0.95, density=0.6):
    """Heavy-tailed and productive, with a zero row, a zero column and an industry of neither."""
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < density)
    A *= rng.lognormal(0, 2, n)[:, None]
    sums = A.sum(axis=0)
    A *= rng.uniform(0.1, top, n) / np.where(sums > 0, sums, 1)
    if n > 3:
        A[:, n // 2] = 0.0
        A[n // 3] = 0.0
        A[-1], A[:, -1] = 0.0, 0.0
    return A


def with_radius(A, radius):
    """Rescale A to a spectral radius, in units that make some column sums exceed one."""
    A = A * radius / np.abs(np.linalg.eigvals(A)).max()
    unit = np.random.default_rng(0).lognormal(0, 1, A.shape[0])
    return A * unit[:, None] / unit
