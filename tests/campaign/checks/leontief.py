r"""Leontief systems against ``numpy.linalg.solve``, within a bound from the condition number.

An answer with normwise backward error :math:`\eta` is exact for coefficients A and a right-hand
side f changed by :math:`\eta`, so that [Higham2002]_ (theorem 7.2, infinity norm, with weights A
and f, and :math:`\|f\| \le (1 + \|A\|) \|x\|`)

.. math:: \frac{\|\hat x - x\|}{\|x\|} \le \frac{\eta \kappa}{1 - \eta \kappa},
          \qquad \kappa = \|(I - A)^{-1}\| (1 + 2 \|A\|) .

The reference has a backward error of some n units of rounding in :math:`I - A`, hence a bound by
the usual condition number, which is not larger than :math:`\kappa`. The residual itself is computed
in extended precision and must be below the tolerance of the system.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from iomodel.errors import IOModelError, NonProductiveError
from iomodel.leontief import LeontiefSystem, updated
from iomodel.typing import Float
from tests.campaign.generators import draw_technology
from tests.campaign.outcomes import RIGHT, Outcome, refused, wrong

TOLERANCE, ROUNDING = 1e-12, float(np.finfo(np.float64).eps)
METHODS = ("auto", "lu", "krylov", "mixed")
# Beyond this condition number a solver may say that it cannot reach the tolerance.
HARD = 1e10


def check(seed: int) -> Outcome:
    """Compare one random technology: productive, not productive, or productive after a change."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 41)) if rng.random() < 0.9 else int(rng.integers(100, 260))
    A = draw_technology(rng, n)
    if rng.random() < 0.15:
        return _unproductive(rng, A)
    condition = float(np.linalg.cond(np.eye(n) - A, np.inf))
    try:
        method: Any = str(rng.choice(METHODS))
        system = LeontiefSystem.from_coefficients(
            sparse.csr_array(A) if rng.random() < 0.2 and method == "auto" else A, method=method
        )
        questions = (_answers, _changed_rows) if system.technology.in_one_array else (_answers,)
        for question in questions:
            if words := question(rng, system, A):
                return wrong(f"{words} (n={n}, method={method}, condition={condition:.1e})")
    except IOModelError as error:
        return refused(error) if condition > HARD else wrong(f"productive, but refused: {error}")
    return RIGHT


def _unproductive(rng: np.random.Generator, A: Float) -> Outcome:
    """Scale a technology to a spectral radius above one: it must be refused."""
    radius = float(np.abs(np.linalg.eigvals(A)).max())
    # Unlike a radius, which is a root of high order at zero, this one is well separated from it.
    if radius < 1e-2:
        A[0, 0], radius = 1.0, max(1.0, radius)
    try:
        LeontiefSystem.from_coefficients(A * (rng.uniform(1.01, 3.0) / radius)).solve(
            np.ones(len(A))
        )
    except NonProductiveError as error:
        return refused(error)
    return wrong(f"not productive, but solved (n={len(A)})")


def _answers(rng: np.random.Generator, system: LeontiefSystem, A: Float) -> str:
    """Compare outputs, prices, the inverse and multipliers."""
    n = len(A)
    M = np.eye(n) - A
    f = _right_hand_side(rng, n)
    words = _fault("solve", system.solve(f), M, f) or _fault(
        "prices", system.solve_prices(f), M.T, f
    )
    if words or not system.technology.in_one_array:
        return words
    inverse, unit_vectors = system.inverse(), np.eye(n)
    # The inverse is probed by a column of ones, not column by column.
    return _fault("inverse", inverse @ np.ones(n), M, np.ones(n)) or _fault(
        "inverse", inverse, M, unit_vectors, tolerance=None
    ) or _fault("multipliers", system.multipliers(f[:, 0] if f.ndim == 2 else f), M.T,
                f[:, 0] if f.ndim == 2 else f)  # fmt: skip


def _changed_rows(rng: np.random.Generator, system: LeontiefSystem, A: Float) -> str:
    """Compare an update: some rows cut, some columns cut."""
    n = len(A)
    changed, rank = A.copy(), int(rng.integers(1, max(2, n // 8)))
    changed[rng.choice(n, rank)] *= rng.choice([0.0, rng.random(), 1.0])
    changed[:, rng.choice(n, rank)] *= rng.choice([0.0, rng.random(), 1.0])
    update, f, M = updated(system, changed), _right_hand_side(rng, n), np.eye(n) - changed
    return _fault("updated solve", update.solve(f), M, f) or _fault(
        "updated prices", update.solve_prices(f), M.T, f
    )


def _right_hand_side(rng: np.random.Generator, n: int) -> Float:
    shape = (n,) if rng.random() < 0.5 else (n, int(rng.integers(1, 5)))
    values: Float = rng.lognormal(0.0, 3.0, shape) * (rng.random(shape) < 0.8)
    values *= 10.0 ** rng.uniform(-9.0, 9.0)
    return values


def _fault(name: str, x: Float, M: Float, f: Float, tolerance: float | None = TOLERANCE) -> str:
    """Words on a residual above tolerance, or on a distance from the reference beyond its bound."""
    if not np.isfinite(x).all():
        return f"{name}: not finite"
    n = len(M)
    # Coefficients from M by its own rounding; they are not negative.
    norm = float(np.abs(np.eye(n) - M).sum(axis=1).max())
    M_long, x_long = M.astype(np.longdouble), x.astype(np.longdouble)
    residual = np.abs(f - M_long @ x_long).reshape(n, -1).max(axis=0)
    sizes = np.abs(x).reshape(n, -1).max(axis=0)
    scale = norm * sizes + np.abs(f).reshape(n, -1).max(axis=0)
    error = float(np.divide(residual, scale, out=np.zeros_like(residual), where=scale > 0).max())
    if tolerance is not None and error > 1.01 * tolerance:
        return f"{name}: backward error {error:.1e}"
    condition = float(np.abs(np.linalg.inv(M)).sum(axis=1).max()) * (1.0 + 2.0 * norm)
    limit = (TOLERANCE + 10 * n * ROUNDING) * condition
    if not limit < 0.1:
        return ""
    reference = np.linalg.solve(M, f)
    distance = np.abs(x - reference).reshape(n, -1).max(axis=0)
    if (distance > 2.0 * limit / (1.0 - limit) * np.maximum(sizes, 1e-300)).any():
        return f"{name}: {float(distance.max()):.3e} from the reference"
    return ""
