"""Productivity of a technology: the Hawkins-Simon condition by way of the spectral radius.

For a non-negative A the following are equivalent [MillerBlair2009]_ (section 2.4),
[BermanPlemmons1994]_ (chapter 6): all principal minors of I - A are positive (Hawkins and
Simon); (I - A)^-1 exists and is non-negative; rho(A) < 1. Two cheap certificates come first: column
sums below one, and the Collatz-Wielandt bounds

    min_i (A x)_i / x_i  <=  rho(A)  <=  max_i (A x)_i / x_i        for any x > 0,

the upper one for every A, the lower one for irreducible A. So A is decomposed into its strongly
connected components, and its radius is the largest of theirs.

A computed bound proves something only where it stays clear of one by its rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import NonProductiveError, SolverError, TableError
from iomodel.leontief.certificate import heaviest, largest_proof, productive
from iomodel.leontief.forms.operators import Dense, Operator
from iomodel.leontief.labels import read_coefficients
from iomodel.leontief.threads import in_spans
from iomodel.typing import Float, Index

__all__ = [
    "SpectralBounds",
    "check_operator",
    "check_productive",
    "refuse_bad_cells",
    "refuse_unless",
    "spectral_radius",
]

# Power steps are one product each. Real tables settle the question within a few dozen; for two
# close eigenvalues (regions that hardly trade), Noda's iteration takes over.
POWER_STEPS = 60
NODA_STEPS = 30
# Bounds this close are as good as equal: with rho(A) within 1e-10 of one, (I - A)^-1 has entries
# of 1e10 and no answer drawn from it means anything.
GAP = 1e-10
NAMED_INDUSTRIES = 5
# Up to this size the exact bounds, of order n^3, take less than a second.
SMALL = 600
# Cells in a strip of rows: 8 MB.
STRIP = 2**20


@dataclass(frozen=True)
class SpectralBounds:
    """Proven bounds of a spectral radius.

    Attributes
    ----------
    lower, upper : float
        Collatz-Wielandt bounds (up to rounding).
    """

    lower: float
    upper: float

    @property
    def value(self) -> float:
        """Midpoint of the bounds."""
        return 0.5 * (self.lower + self.upper)


def refuse_bad_cells(A: Float, name: Callable[[int], str]) -> tuple[Float, Float]:
    """Return the row and column sums of A, or refuse cells that are negative or not finite.

    Raises
    ------
    TableError
        Naming seller and user of the first bad cell.
    """
    n = A.shape[0]
    rows, height = np.empty(n), max(1, STRIP // max(n, 1))

    def scan(span: slice) -> tuple[Float, float]:
        columns, lowest = np.zeros(n), np.inf
        # One pass over memory for all three: each strip of rows stays in the cache meanwhile.
        with np.errstate(invalid="ignore", over="ignore"):
            for start in range(span.start, span.stop, height):
                strip_rows = slice(start, min(start + height, span.stop))
                strip = A[strip_rows]
                lowest = np.minimum(lowest, strip.min())
                np.add.reduce(strip, axis=1, out=rows[strip_rows])
                columns += np.add.reduce(strip, axis=0)
        return columns, float(lowest)

    spans = in_spans(scan, n, A.size)
    with np.errstate(invalid="ignore", over="ignore"):
        columns = np.sum([c for c, _ in spans], axis=0)
    lowest = np.min([low for _, low in spans], initial=np.inf)
    # minimum() keeps NaN, and infinite cells make infinite sums.
    if not (lowest >= 0 and np.isfinite(columns).all()):
        i, j = (int(k) for k in np.argwhere(~(np.isfinite(A) & (A >= 0)))[0])
        raise TableError(
            f"the input coefficient from {name(i)} to {name(j)} is {A[i, j]:.6g}; coefficients "
            "must be finite and not negative: correct or rebalance that cell"
        )
    return rows, columns


def check_productive(
    A: Float,
    column_sums: Float,
    name: Callable[[int], str],
    subject: str = "the technology",
) -> None:
    """Raise unless rho(A) < 1.

    Parameters
    ----------
    A : ndarray, shape (n, n)
        Non-negative and finite.
    column_sums : ndarray, shape (n,)
        Its column sums.
    name : callable
        Label of the industry with a given index.
    subject : str
        Subject of the message.

    Raises
    ------
    NonProductiveError
        Naming the industries with the largest weights in the circuits at fault: the largest
        products of right and left Perron vectors, the derivatives of the radius.
    """
    limit = largest_proof(A.shape[0])
    if column_sums.max() < limit:
        return
    _, upper, _ = _power(A, np.ones(A.shape[0]), stop_below=limit)
    if upper < limit:
        return
    if A.shape[0] > SMALL:
        operator = Dense(A)
        verdict = productive(operator, A.sum(axis=1), column_sums)
        if verdict is not None:
            refuse_unless(verdict, operator, column_sums, name, subject)
            return
    bounds = spectral_radius(A, stop_below=limit)
    if bounds.upper < limit:
        return
    raise _not_productive(bounds.value, _offenders(A), column_sums, name, subject)


def check_operator(
    operator: Operator, row_sums: Float, column_sums: Float, name: Callable[[int], str]
) -> None:
    """Raise unless rho(A) < 1, by products alone.

    Raises
    ------
    TableError
        If a sum is not finite.
    NonProductiveError
        Naming the industries that weigh most.
    SolverError
        If products do not decide the question.
    """
    if not (np.isfinite(row_sums).all() and np.isfinite(column_sums).all()):
        raise TableError("a sum of the coefficients is not finite; correct the cells behind it")
    if min(column_sums.max(), row_sums.max()) < largest_proof(operator.n):
        return
    verdict = productive(operator, row_sums, column_sums)
    if verdict is None:
        raise SolverError(
            "the technology is too close to one that uses up all it makes for products to decide "
            f"whether it is productive; largest column sum {column_sums.max():.6g} at "
            f"{name(int(column_sums.argmax()))}: check that column"
        )
    refuse_unless(verdict, operator, column_sums, name)


def refuse_unless(
    verdict: bool,
    operator: Operator,
    column_sums: Float,
    name: Callable[[int], str],
    subject: str = "the technology",
) -> None:
    """Raise unless the verdict is that the technology is productive; products alone are made.

    Raises
    ------
    NonProductiveError
        Naming the industries that weigh most, as :func:`check_productive`.
    """
    if verdict:
        return
    radius, weight = heaviest(operator)
    top = np.argsort(-weight, kind="stable")[:NAMED_INDUSTRIES]
    offenders = [int(k) for k in top if weight[k] >= 0.1 * weight[top[0]]]
    raise _not_productive(radius, offenders, column_sums, name, subject)


def _not_productive(
    radius: float, industries: list[int], sums: Float, name: Callable[[int], str], subject: str
) -> NonProductiveError:
    named = [f"{name(i)} (column sum {sums[i]:.4g})" for i in industries]
    return NonProductiveError(
        f"{subject} is not productive: the spectral radius of A is {radius:.6g} and must be "
        f"below 1, so more is used up than made in the circuits through {', '.join(named)}; "
        "check the inputs and the output of these"
    )


def spectral_radius(
    A: ArrayLike | xr.DataArray, *, tolerance: float = GAP, stop_below: float = 0.0
) -> SpectralBounds:
    """Return proven bounds of the spectral radius of a non-negative matrix.

    Parameters
    ----------
    A : array_like, shape (n, n), or DataArray (region, sector, user_region, user_sector)
        Non-negative; it may be reducible and have zero rows and columns.
    tolerance : float
        Relative width of the bounds to reach.
    stop_below : float
        Stop early once the radius is known to be below this.

    Returns
    -------
    SpectralBounds

    Raises
    ------
    TableError
        If a cell is negative or not finite, or A is not square.

    Notes
    -----
    Component by component: power iteration on I + A (the shift makes periodic components
    converge), then Noda's inverse iteration [Noda1971]_, of quadratic order. Memory: several times
    that of A for the graph of components.
    """
    cells, industries = read_coefficients(A)
    refuse_bad_cells(cells, industries.name)
    lower = upper = 0.0
    for members in _components(cells):
        block = _block(cells, members)
        low, high, _ = _perron(block, tolerance, stop_below)
        lower, upper = max(lower, low), max(upper, high)
    return SpectralBounds(lower, upper)


def _block(A: Float, members: Index) -> Float:
    return A if members.size == A.shape[0] else A[np.ix_(members, members)]


def _components(A: Float) -> Iterator[Index]:
    """Yield the strongly connected components that can have a positive radius."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(csr_array(A), directed=True, connection="strong")
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(1, count))
    for members in np.split(order, bounds):
        if members.size > 1 or A[members[0], members[0]] > 0:
            yield members


# Bounds that overflow are no matter for a warning: they prove nothing, and the next step is tried.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _power(
    A: Float, x: Float, stop_below: float = 0.0, tolerance: float = GAP
) -> tuple[float, float, Float]:
    """Power iteration on I + A from x > 0: lower and upper bound and the last vector."""
    lower, upper = 0.0, np.inf
    for _ in range(POWER_STEPS):
        y = A @ x
        ratio = y / x
        lower, upper = max(lower, float(ratio.min())), min(upper, float(ratio.max()))
        if upper < stop_below or upper - lower <= tolerance * upper:
            break
        x = x + y
        x /= x.max()
    return lower, upper, x


def _perron(A: Float, tolerance: float, stop_below: float = 0.0) -> tuple[float, float, Float]:
    """Bounds and right Perron vector of an irreducible block."""
    if A.shape[0] == 1:
        return float(A[0, 0]), float(A[0, 0]), np.ones(1)
    lower, upper, x = _power(A, np.ones(A.shape[0]), stop_below, tolerance)
    for _ in range(NODA_STEPS):
        if upper < stop_below or upper - lower <= tolerance * upper:
            break
        shifted = np.negative(A)
        shifted.reshape(-1)[:: A.shape[0] + 1] += upper
        try:
            z = np.linalg.solve(shifted, x).astype(np.float64, copy=False)
        except np.linalg.LinAlgError:  # upper is the radius to the last bit
            break
        z /= z[np.argmax(np.abs(z))]
        if not z.min() > 0:  # lost to rounding; the bounds so far remain valid
            break
        ratio = (A @ z) / z
        low, high = max(lower, float(ratio.min())), min(upper, float(ratio.max()))
        if low == lower and high == upper:
            break
        lower, upper, x = low, high, z
    return lower, upper, x


def _offenders(A: Float) -> list[int]:
    """Return the industries that weigh most in components with a radius not below one."""
    weights: list[tuple[float, int]] = []
    limit = largest_proof(A.shape[0])
    for members in _components(A):
        block = _block(A, members)
        _, upper, right_vector = _perron(block, GAP, stop_below=limit)
        if upper < limit:
            continue
        _, _, left_vector = _perron(np.ascontiguousarray(block.T), GAP)
        weight = right_vector * left_vector
        weight = weight / weight.sum()
        top = np.argsort(-weight, kind="stable")[:NAMED_INDUSTRIES]
        # A member of a large circuit may weigh next to nothing; naming it would mislead.
        heavy = [k for k in top if weight[k] >= 0.1 * weight[top[0]]]
        weights += [(float(weight[k]), int(members[k])) for k in heavy]
    weights.sort(key=lambda pair: (-pair[0], pair[1]))
    return [index for _, index in weights[:NAMED_INDUSTRIES]]
