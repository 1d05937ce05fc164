"""Real GDP of a shock: its integral along the path, with points added until its error is small."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from iomodel._threads import one_blas_thread
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.counterfactuals import TOLERANCE, solve
from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.measures.ended_transfers import balancing, ended_transfers
from iomodel.equilibrium.measures.gdp_path import GDPPath
from iomodel.equilibrium.measures.volumes import link
from iomodel.equilibrium.shock import Shock, partial_shock
from iomodel.equilibrium.solution import Solution
from iomodel.errors import IOModelError, SolverError
from iomodel.typing import Float

__all__ = ["ERROR_POINTS", "MOST_LINKS", "GDPChain", "gdp_chain"]


# Half of the last digit of three decimals, in percentage points.
ERROR_POINTS = 5e-4
FEWEST_LINKS, MOST_LINKS = 4, 128
# Of points on the way: their residuals enter GDP times changes of shares from point to point.
WAY_TOLERANCE = 1e-8


@dataclass(frozen=True)
class GDPChain:
    """Real GDP of a shock, with the error of its integral.

    Attributes
    ----------
    solution : Solution
        Of the whole shock.
    hat : ndarray, shape (B, N)
        Real GDP over base.
    links : int
        Number of links of the path: equilibria solved.
    error_points : float or None
        Estimated error of `hat` in percentage points, in the worst region; None for an odd number
        of links, whose error nothing measures.
    """

    solution: Solution
    hat: Float
    links: int
    error_points: float | None


@one_blas_thread()
def gdp_chain(
    base: Economy,
    elasticities: Elasticities,
    shock: Shock,
    closure: Closure | None = None,
    *,
    start: Solution | None = None,
    links: int | None = None,
    error_points: float = ERROR_POINTS,
    most_links: int = MOST_LINKS,
    tolerance: float = TOLERANCE,
) -> GDPChain:
    """Solve for a shock and integrate real GDP along the path to it.

    Eq. (30). Where trade ends between groups of regions, the transfers between them that pay for
    deficits end first: on the way to closed borders nothing could pay for them.

    Parameters
    ----------
    base, elasticities, shock, closure, start, tolerance
        As in :func:`iomodel.equilibrium.solve`; `start` is for the whole shock.
    links : int, optional
        A fixed number of links; one is the direct index. Default: 4, 8, 16 and so on until the
        error is small enough.
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
    if links is not None and links < 1:
        raise IOModelError("a chain needs at least one link")
    closure = closure or Closure()

    def solved(part: float, start: Solution | None) -> Solution:
        if part == 1.0:
            return solve(base, elasticities, shock, closure, start=start, tolerance=tolerance)
        return solve(
            base,
            elasticities,
            partial_shock(base, shock, part),
            closure,
            start=start,
            tolerance=max(tolerance, WAY_TOLERANCE),
        )

    end = solved(1.0, start)
    ended = ended_transfers(end)
    # A cap is a fraction of the base, which the transfers would move.
    if links == 1 or (ended.any() and shock.quotas is not None):
        return GDPChain(end, np.exp(link(None, end)), 1, None)
    if ended.any():
        groups = end.problem.component[0]
        balanced = balancing(base, elasticities, closure, ended, groups)
        after = gdp_chain(
            balanced.economy, elasticities, replace(shock, balanced=groups), closure, links=links,
            error_points=error_points, most_links=most_links,
            tolerance=tolerance,
        )  # fmt: skip
        error = after.error_points
        total_error = None if error is None else error + balanced.error_points
        return GDPChain(end, balanced.hat * after.hat, after.links, total_error)
    path = GDPPath.to(end, solved)
    if links is not None:
        path = path.doubled_to(links)
        return GDPChain(end, path.hat, links, path.error_points)
    while True:
        path = path.refined(2 * path.links)
        if path.links < FEWEST_LINKS:
            continue
        error = path.error_points
        assert error is not None
        if error < error_points:
            return GDPChain(end, path.hat, path.links, error)
        if 2 * path.links > most_links:
            raise SolverError(
                f"real GDP is uncertain by {error:.1e} percentage points after {path.links} links "
                f"of its chain (at most {error_points:.0e}); real income does not depend on the "
                "chain: links=1 gives it, beside a rough index of GDP"
            )
