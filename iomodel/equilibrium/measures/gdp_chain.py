r"""Real GDP of a shock: a chain along its path, with links added until its error is small.

The chain of :math:`k` links falls short of the integral by an error of second order in
:math:`1/k`; the chain over every second point measures it (Richardson's extrapolation):

.. math:: E_{2k} = \ln Y_{2k} + \tfrac{1}{3} (\ln Y_{2k} - \ln Y_k) .

Links are doubled, each interval of the path being halved, until in every region

.. math:: \max\big( \lvert E_{2k} - E_k \rvert, \tfrac{1}{8} \lvert E_k - E_{k/2} \rvert \big)
          < \epsilon .

That is a bound of the error if it falls to a half or less from doubling to doubling; it falls to a
sixteenth in the end. The second term guards against two chains that agree by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.counterfactuals import TOLERANCE, solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.measures.volumes import extrapolated, link
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.certificate import Certificate
from iomodel.equilibrium.solver.preparation import prepare
from iomodel.equilibrium.solver.trial import Trial
from iomodel.errors import IOModelError, SolverError
from iomodel.typing import Float

__all__ = ["ERROR_POINTS", "MOST_LINKS", "GDPChain", "gdp_chain"]


# Half of the last digit of three decimals, in percentage points.
ERROR_POINTS = 5e-4
FEWEST_LINKS, MOST_LINKS = 4, 512
# Of points on the way: their residuals enter GDP with two links, and nearly cancel.
WAY_TOLERANCE = 1e-7


@dataclass(frozen=True)
class GDPChain:
    """Real GDP of a shock, with the error of the chain.

    Attributes
    ----------
    solution : Solution
        Of the whole shock.
    hat : ndarray, shape (B, N)
        Real GDP over base.
    links : int
        Number of links of the finest chain.
    error_points : float or None
        Estimated error of `hat` in percentage points, in the worst region; None for an odd number
        of links, whose error nothing measures.
    """

    solution: Solution
    hat: Float
    links: int
    error_points: float | None


def gdp_chain(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    links: int | None = None,
    error_points: float = ERROR_POINTS,
    most_links: int = MOST_LINKS,
    tolerance: float = TOLERANCE,
) -> GDPChain:
    """Solve for a shock and chain real GDP along the path to it.

    Eq. (30).

    Parameters
    ----------
    base, elasticities, shock, closure, tolerance
        As in :func:`iomodel.equilibrium.solve`.
    links : int, optional
        A fixed number of links. Default: 4, 8, 16 and so on until the error is small enough.
    error_points : float
        Largest estimated error, in percentage points; for chains without fixed links.
    most_links : int
        The number of links at which the search for a smaller error ends.

    Returns
    -------
    GDPChain

    Raises
    ------
    SolverError
        If a point on the path is not found, or the error is still too large with `most_links`.
    """
    path = _Path(base, elasticities, shock, closure or Closure(), tolerance)
    if links is None:
        return _adaptive(path, error_points, most_links)
    if links < 1:
        raise IOModelError("a chain needs at least one link")
    return _even(path, links)


@dataclass(frozen=True)
class _Milestone:
    """Point of the path without its flows, from which its solution is formed again."""

    trial: Trial
    certificate: Certificate
    inverse: Float
    unit: Float


@dataclass(frozen=True)
class _Path:
    """Equilibria from none of a shock to all of it."""

    base: Economy
    elasticities: Elasticities
    shock: Shock
    closure: Closure
    tolerance: float

    def solved(self, part: float, start: Solution | None) -> Solution:
        return solve(
            self.base,
            self.elasticities,
            partial_shock(self.base, self.shock, part),
            self.closure,
            start=start,
            tolerance=self.tolerance if part == 1.0 else max(self.tolerance, WAY_TOLERANCE),
        )

    def formed(self, part: float, milestone: _Milestone) -> Solution:
        partial = partial_shock(self.base, self.shock, part)
        problem = prepare(self.base, self.elasticities, partial)
        return Solution(
            self.base,
            problem.with_rents(milestone.trial.rent),
            self.closure,
            milestone.trial,
            milestone.certificate,
            milestone.inverse,
            milestone.unit,
        )


def _milestone(solution: Solution) -> _Milestone:
    return _Milestone(solution.trial, solution.certificate, solution.inverse, solution.unit)


def _even(path: _Path, links: int) -> GDPChain:
    """Chain of a fixed number of links, solved from the base onwards."""
    strides = [stride for stride in (1, 2, 4, 8) if links % stride == 0]
    sums: dict[int, Float | float] = dict.fromkeys(strides, 0.0)
    previous: dict[int, Solution | None] = dict.fromkeys(strides)
    point: Solution | None = None
    for k in range(1, links + 1):
        point = path.solved(k / links, point)
        for stride in strides:
            if k % stride == 0:
                sums[stride] = sums[stride] + link(previous[stride], point)
                previous[stride] = point
    assert point is not None
    chains = [np.asarray(sums[stride]) for stride in strides]
    if links % 2:
        return GDPChain(point, np.exp(chains[0]), links, None)
    # A chain of one or two links, or of twice an odd number, has no coarser one to be removed.
    coarsest = chains[-1]
    estimates = [extrapolated(fine, coarse) for fine, coarse in pairwise(chains)]
    return GDPChain(
        point, np.exp(estimates[0]), links, _error([coarsest, coarsest, *reversed(estimates)])
    )


def _adaptive(path: _Path, error_points: float, most_links: int) -> GDPChain:
    """Chain of as many links as the error needs, each doubling halving all intervals."""
    solution = path.solved(1.0, None)
    points, sums = [_milestone(solution)], [link(None, solution)]
    estimates = [sums[0]]
    while True:
        points, log_hat = _halved(path, points)
        sums.append(log_hat)
        estimates.append(extrapolated(sums[-1], sums[-2]))
        if len(points) < FEWEST_LINKS:
            continue
        error = _error(estimates)
        if error < error_points:
            return GDPChain(solution, np.exp(estimates[-1]), len(points), error)
        if 2 * len(points) > most_links:
            raise SolverError(
                f"real GDP is uncertain by {error:.1e} percentage points after {len(points)} links "
                f"of its chain (at most {error_points:.0e}); real income does not depend on the "
                "chain: links=1 gives it, beside a rough index of GDP"
            )


def _halved(path: _Path, points: list[_Milestone]) -> tuple[list[_Milestone], Float]:
    """Solve for the middle of every interval; return all points and the chain over them."""
    intervals = len(points)
    finer: list[_Milestone] = []
    log_hat: Float | float = 0.0
    left: Solution | None = None
    for k, milestone in enumerate(points):
        middle = path.solved((k + 0.5) / intervals, left)
        right = path.formed((k + 1.0) / intervals, milestone)
        log_hat = log_hat + link(left, middle) + link(middle, right)
        finer += [_milestone(middle), milestone]
        left = right
    return finer, np.asarray(log_hat)


def _error(estimates: list[Float]) -> float:
    """Estimated error of the last of three chains, in percentage points, in the worst region."""
    coarse, middle, fine = estimates[-3:]
    gap = np.maximum(np.abs(fine - middle), np.abs(middle - coarse) / 8.0)
    return float(100.0 * (np.exp(fine) * gap).max())
