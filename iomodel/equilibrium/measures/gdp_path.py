r"""Path of a shock for real GDP: equilibria at its Chebyshev points, and the error of the integral.

:math:`E_k` is the integral over k links (:mod:`iomodel.equilibrium.measures.path_integral`),
:math:`g_k = \lvert E_k - E_{k/2} \rvert` what half of its points change, and :math:`E^-_k` the
integral without the last polynomial. On a smooth path the error falls faster than any power of k.
Links are doubled until in every region the estimate

.. math::
    \begin{cases}
    \max(g_k / 3,\ \lvert E_k - E^-_k \rvert) & g_k < g_{k/2} / 8, \\
    \max(g_k,\ g_{k/2} / 4) & \text{otherwise, or if a cap begins or ceases to bind on the way}
    \end{cases}

is below :math:`\epsilon`. The first is a bound if the error falls to a quarter or less from
doubling to doubling; at the kinks where caps begin to bind it does so on average only, and the
second is a bound if it falls to a half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from iomodel.equilibrium.measures.path_integral import (
    PathPoint,
    base_point,
    chebyshev_parts,
    log_gdp,
    path_point,
    taxed_flows,
)
from iomodel.equilibrium.solution import Solution
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Float, Index

__all__ = ["GDPPath", "gdp_of_ends"]


# A path is smooth if a doubling of its links divides the error by more.
SMOOTH = 8.0


@dataclass(frozen=True)
class GDPPath:
    """Chebyshev points of a path that are solved, and the integral through them.

    Attributes
    ----------
    solve : callable
        Solution at a part of the shock, with another to start from or None.
    points : tuple of PathPoint
        From the beginning to the end.
    solutions : tuple of Solution or None
        Of the points, with the problem of the end: to start others from. None for the base.
    taxed : ndarray of int, shape (K, 3)
        Flows with a new export tax or a cap.
    """

    solve: Callable[[float, Solution | None], Solution]
    points: tuple[PathPoint, ...]
    solutions: tuple[Solution | None, ...]
    taxed: Index

    @classmethod
    def to(
        cls,
        end: Solution,
        solve: Callable[[float, Solution | None], Solution],
        begin: Solution | None = None,
    ) -> GDPPath:
        """Path of one link, from the base or another beginning."""
        taxed = taxed_flows(end)
        origin = base_point(end, taxed) if begin is None else path_point(begin, taxed)
        return cls(solve, (origin, path_point(end, taxed)), (begin, end), taxed)

    @property
    def links(self) -> int:
        """Number of intervals."""
        return len(self.points) - 1

    @property
    def hat(self) -> Float:
        """Real GDP at the end over the beginning, (B, N)."""
        return np.exp(log_gdp(self.points)[0])

    @property
    def error_points(self) -> float | None:
        """Estimated error of `hat` in percentage points, in the worst region. Eq. (30)."""
        if self.links % 2:
            return None
        full, truncated = log_gdp(self.points)
        half, _ = log_gdp(self.points[::2])

        def worst(log_gap: Float) -> float:
            return float(100.0 * (np.exp(full) * np.abs(log_gap)).max())

        gap, last_gap = worst(full - half), 0.0
        if self.links % 4 == 0:
            last_gap = worst(half - log_gdp(self.points[::4])[0])
        if self._caps_change() or gap > last_gap / SMOOTH:
            return max(gap, last_gap / 4.0)
        return max(gap / 3.0, worst(full - truncated))

    def refined(self, links: int) -> GDPPath:
        """Path of another number of links; points that it shares with this one are kept."""
        points, solutions = [self.points[0]], [self.solutions[0]]
        for k, part in enumerate(chebyshev_parts(links)[1:].tolist(), start=1):
            place, between = divmod(k * self.links, links)
            if between:
                start = self._start(part, solutions[-1], self.solutions[place + 1])
                solution = self.solve(part, start)
                points.append(path_point(solution, self.taxed))
                solutions.append(replace(solution, problem=self._end.problem))
            else:
                points.append(self.points[place])
                solutions.append(self.solutions[place])
        return replace(self, points=tuple(points), solutions=tuple(solutions))

    def doubled_to(self, links: int) -> GDPPath:
        """Path of a number of links, by doublings as far as it is divisible."""
        path = self
        while path.links < links:
            double = 2 * path.links
            path = path.refined(double if links % double == 0 else links)
        return path

    @property
    def _end(self) -> Solution:
        end = self.solutions[-1]
        assert end is not None
        return end

    def _caps_change(self) -> bool:
        """Whether a cap begins or ceases to bind on the way."""
        binding = [solution.trial.binding for solution in self.solutions[1:] if solution]
        return any((state != binding[0]).any() for state in binding)

    def _start(
        self, part: float, before: Solution | None, after: Solution | None
    ) -> Solution | None:
        """Trial interpolated between the points, with the Jacobian of the nearer end.

        If the end leaves groups of regions without trade, whose prices have nothing to do with one
        another, the point before.
        """
        end = self._end
        if self.points[-1].component.any():
            return before
        neighbour = before if before is not None and part < 0.5 else after
        neighbour = (neighbour or end).in_world_income()
        weight = _interpolation(self.links, part)
        trials = [s.in_world_income().trial if s else None for s in self.solutions]

        def mixed(value: Callable[[Trial], Float], at_base: Float | float = 0.0) -> Float:
            values = (at_base if trial is None else value(trial) for trial in trials)
            return np.asarray(sum(w * v for w, v in zip(weight, values, strict=True)))

        trial = neighbour.trial
        spending = mixed(lambda t: _log(t.levels.spending), _log(end.base.spending))
        return replace(
            neighbour,
            trial=replace(
                trial,
                wage=mixed(lambda t: t.wage),
                rent=mixed(lambda t: t.rent),
                prices=replace(trial.prices, price=mixed(lambda t: t.prices.price)),
                levels=replace(trial.levels, spending=np.exp(spending)),
            ),
        )


def gdp_of_ends(end: Solution) -> Float:
    """Real GDP over base from both ends of the path alone, (B, N). Eq. (29).

    For draws whose path is like one with a known error.
    """
    taxed = taxed_flows(end)
    return np.exp(log_gdp([base_point(end, taxed), path_point(end, taxed)])[0])


# ---------------------------------------------------------------------- helpers
def _interpolation(links: int, part: float) -> Float:
    """Weights of the values at Chebyshev points in that at a part of the shock, (links + 1,)."""
    points = chebvander(2.0 * chebyshev_parts(links) - 1.0, links)
    return np.linalg.solve(points.T, chebvander([2.0 * part - 1.0], links)[0])


def _log(values: Float) -> Float:
    """Return logs; of zero, that of the smallest normal number."""
    return np.log(np.maximum(values, np.finfo(np.float64).tiny))
