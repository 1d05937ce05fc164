"""Certificate by products that a technology is productive, or that it is not.

For A not negative and any y > 0 with (I - A) y > 0 the spectral radius is below one: the upper
bound of Collatz and Wielandt, max_i (A y)_i / y_i < 1. For a productive A, y = (I - A)^-1 e is
such a y and at least e; if the solution of (I - A) y = e has a cell that is not positive, A is not
productive [BermanPlemmons1994]_ (chapter 6). GMRES finds y in some dozens of products; the power
method, with a radius near one, needs thousands.
"""

from __future__ import annotations

import numpy as np

from iomodel.errors import SolverError
from iomodel.leontief.forms.operators import Operator
from iomodel.leontief.solvers.iterative import Iterative
from iomodel.leontief.solvers.preconditioners import national_blocks
from iomodel.typing import Float

__all__ = ["heaviest", "largest_proof", "productive"]

# The proof needs y to a few digits only; without them the question stays undecided.
TOLERANCE = 1e-6
STEPS = 200


def largest_proof(n: int) -> float:
    """Return the largest computed bound of n industries that proves a radius below one.

    Sums of n terms that are not negative are right to n units of rounding, whatever the units of
    the industries: coefficients whose exact columns add up to one may add up to less in float64.
    """
    return 1.0 - n * float(np.finfo(np.float64).eps)


def productive(operator: Operator, row_sums: Float, column_sums: Float) -> bool | None:
    """Return whether rho(A) < 1; None if products alone do not decide it.

    Parameters
    ----------
    operator : Operator
        Coefficients that are finite and not negative.
    row_sums, column_sums : ndarray, shape (n,)
        Their sums.
    """
    norms = (float(row_sums.max()), float(column_sums.max()))
    # No preconditioner: national blocks of a technology that fails may be singular themselves.
    solver = Iterative(operator, row_sums, column_sums, norms, national_blocks(operator, 1))
    try:
        y, _ = solver.solve(np.ones(operator.n), TOLERANCE)
    except SolverError:
        return None
    if y.min() > 0 and (operator.times(y[None])[0] < largest_proof(operator.n) * y).all():
        return True
    # Only a clear sign counts as proof of the contrary.
    return False if y.min() < -TOLERANCE * np.abs(y).max() else None


def heaviest(operator: Operator) -> tuple[float, Float]:
    """Return the radius, roughly, and the weight of each industry in the circuits behind it.

    Power iteration on I + A from both sides; the weights are the products of the two vectors,
    the derivatives of the radius.
    """
    vectors, radius = [], 0.0
    for transposed in (False, True):
        x = np.ones((1, operator.n))
        for _ in range(STEPS):
            y = operator.times(x, transposed=transposed)
            radius = float(np.linalg.norm(y) / np.linalg.norm(x))
            x = x + y
            x /= x.max()
        vectors.append(x[0])
    weight: Float = vectors[0] * vectors[1]
    return radius, weight / weight.sum()
