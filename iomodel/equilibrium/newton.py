r"""Wages that clear factor markets: Newton's method on log excess demand.

Unknown are the logs of factor price hats; the residual of a market is

.. math:: z = \ln\frac{\sum_s v'_{sn}R'_{sn}}{\hat w_n \hat L_n\,w_nL_n}

(one per region, or one per region and sector where factors are specific), with prices and spending
solved exactly inside. The Jacobian is analytic (:mod:`iomodel.equilibrium.linear`), dense where it
is small and matrix-free with GMRES where it is not; the dense inverse is kept from step to step
with Broyden's correction while it contracts. Excess demand is homogeneous of degree zero and obeys
Walras' law within every group of regions that trade with one another, so each group has a numeraire
of its own: its factor income.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, gmres

from iomodel.equilibrium.batching import put
from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.linear import Tangent, tangent
from iomodel.equilibrium.prices import Prices, solve_prices
from iomodel.equilibrium.problem import Problem
from iomodel.equilibrium.spending import Spending, factor_income, solve_spending

__all__ = ["MarketSystem", "Search", "Trial", "evaluate", "market_system", "search"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

DENSE_LIMIT = 400
LONGEST_STEP = 1.5
# The inverse is kept and corrected by rank-one updates; renewed where the residual falls by less.
KEEP = 0.95
JACOBIAN_TOLERANCE = 1e-6
# Of the Krylov solve of a matrix-free step: two digits a step, like Broyden's correction.
KRYLOV_TOLERANCE = 1e-2
# Tolerances of the inner solves: the tightest, the loosest, and as a share of excess demand.
TIGHT, LOOSEST, LOOSENESS = 1e-13, 1e-5, 1e-4


@dataclass(frozen=True)
class Trial:
    """Everything at given wages.

    Attributes
    ----------
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats.
    prices : Prices
    levels : Spending
    excess : ndarray, shape (B, F)
        Log of demand over supply in every factor market; zero where there is no market.
    size : ndarray, shape (B,)
        Largest absolute excess, infinite where the trial makes no sense.
    """

    wage: Float
    prices: Prices
    levels: Spending
    excess: Float
    size: Float

    def items(self, which: slice | list[int]) -> Trial:
        """Return some members of the batch."""
        return Trial(
            self.wage[which],
            self.prices.items(which),
            self.levels.items(which),
            self.excess[which],
            self.size[which],
        )

    def with_items(self, places: NDArray[np.intp], other: Trial) -> Trial:
        """Return this trial with some members replaced."""
        return Trial(
            put(self.wage, places, other.wage),
            self.prices.with_items(places, other.prices),
            self.levels.with_items(places, other.levels),
            put(self.excess, places, other.excess),
            put(self.size, places, other.size),
        )


@dataclass(frozen=True)
class Search:
    """The end of a Newton search.

    Attributes
    ----------
    trial : Trial
        The trial reached.
    steps, jacobians : int
        Newton steps taken and Jacobians formed.
    inverse : ndarray, shape (B, F, F), or (B, F, 0) where matrix-free
        Inverse Jacobians as they stood; zero where none was formed.
    """

    trial: Trial
    steps: int
    jacobians: int
    inverse: Float


def evaluate(
    problem: Problem,
    wage: Float,
    closure: Closure,
    price: Float,
    spending: Float,
    inner: float = TIGHT,
) -> Trial:
    """Solve prices and spending at given wages, and return excess demands.

    Parameters
    ----------
    problem : Problem
    wage : ndarray, shape (B, S, N)
        Logs of factor price hats; rescaled to the numeraire (world factor income as in the base).
    closure : Closure
    price, spending : ndarray, shape (B, S, N)
        Where the inner solves begin.
    inner : float
        Tolerance of the inner solves.

    Returns
    -------
    Trial
    """
    if closure.labour != "rigid":
        wage = _numeraire(problem, wage)
    prices = solve_prices(problem, wage, price, inner)
    levels = solve_spending(problem, prices, closure, spending, inner)
    supply, demand = factor_income(problem, prices), levels.labour_demand
    if closure.labour == "mobile":
        supply, demand = supply.sum(axis=1), demand.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A specific factor whose good nobody buys any more has no market.
        excess = np.where((supply > 0.0) & (demand != 0.0), np.log(demand / supply), 0.0)
    if closure.labour == "rigid":
        excess = np.zeros_like(excess)
    excess = excess.reshape(len(wage), -1)
    size = np.abs(excess).max(axis=1)
    rough = np.maximum(prices.residual, levels.residual)
    size = np.where(np.isfinite(size) & (rough < max(1e-6, 10.0 * inner)), size, np.inf)
    return Trial(wage, prices, levels, excess, size)


def search(
    problem: Problem,
    start: Trial,
    closure: Closure,
    tolerance: float,
    limit: int,
    inverse: Float | None = None,
) -> Search:
    """Search from a trial until every market clears or no progress is made.

    Parameters
    ----------
    problem : Problem
    start : Trial
    closure : Closure
    tolerance : float
        Largest absolute log excess demand.
    limit : int
        Newton steps.
    inverse : ndarray, shape (1, F, F) or (B, F, F), optional
        Inverse Jacobians of a like problem to begin with.

    Returns
    -------
    Search
        The caller judges ``trial.size``.
    """
    trial, steps, formed = start, 0, 0
    markets = trial.excess.shape[1]
    shape = (problem.batch, markets, markets if markets <= DENSE_LIMIT else 0)
    inverse = np.zeros(shape) if inverse is None else np.array(np.broadcast_to(inverse, shape))
    known = np.abs(inverse).sum(axis=(1, 2)) > 0.0
    stuck = np.zeros(problem.batch, dtype=bool)
    inner, precise = TIGHT, False
    while steps < limit:
        active = (trial.size > tolerance) & np.isfinite(trial.size) & ~stuck
        if not active.any():
            if inner == TIGHT:
                break
            # What was found with loose inner solves is confirmed, or not, with tight ones.
            inner = TIGHT
            trial = _again(problem, trial, closure)
            continue
        # Early steps need no more digits inside than they will gain.
        inner = TIGHT if precise else LOOSENESS * float(trial.size[active].min())
        inner = max(TIGHT, min(LOOSEST, inner))
        direction = np.zeros((problem.batch, markets))
        fresh = active & ~known
        for b in np.flatnonzero(active).tolist():
            if markets > DENSE_LIMIT:
                direction[b] = _matrix_free(
                    _tangent_of(problem, trial, closure, b), trial.excess[b]
                )
                formed += 1
                continue
            if not known[b]:
                if steps == 0 and known.any():
                    # Members of a batch are alike: the first one's inverse does for a beginning.
                    inverse[b] = inverse[int(known.argmax())]
                else:
                    line = _tangent_of(problem, trial, closure, b)
                    system = market_system(line, JACOBIAN_TOLERANCE)
                    inverse[b] = np.linalg.pinv(system.matrix, 1e-13)
                    formed += 1
                known[b] = True
            direction[b] = -(inverse[b] @ trial.excess[b])
        longest = np.abs(direction).max(axis=1, keepdims=True)
        direction *= np.minimum(1.0, LONGEST_STEP / np.maximum(longest, 1e-300))
        before = trial
        trial, accepted = _line_search(problem, trial, direction, active, closure, inner)
        steps += 1
        slow = active & (~accepted | (trial.size > KEEP * before.size))
        if inner > TIGHT and not accepted.all():
            # Perhaps only rounding inside was in the way: from here on with all digits.
            precise, trial = True, _again(problem, trial, closure)
        else:
            stuck |= active & ~accepted & fresh
        known &= ~slow
        if markets <= DENSE_LIMIT:
            for b in np.flatnonzero(active & known).tolist():
                _broyden(
                    inverse[b], _markets(trial.wage - before.wage, b, markets), trial, before, b
                )
    return Search(
        trial if inner == TIGHT else _again(problem, trial, closure), steps, formed, inverse
    )


# ---------------------------------------------------------------------- helpers
def _again(problem: Problem, trial: Trial, closure: Closure) -> Trial:
    """Evaluate a trial's wages once more with tight inner solves."""
    return evaluate(problem, trial.wage, closure, trial.prices.price, trial.levels.spending)


def _numeraire(problem: Problem, wage: Float) -> Float:
    """Scale wages so that the factor income of every group that trades is that of the base."""
    income = (problem.base.value_added * problem.endowment * np.exp(wage)).sum(axis=1)
    shift = np.zeros_like(income)
    for group in range(int(problem.component.max()) + 1):
        member = problem.component == group
        before = (member * problem.base.income).sum(axis=1)
        after = (member * income).sum(axis=1)
        some = (before > 0.0) & (after > 0.0)
        ratio = np.where(some, after, 1.0) / np.where(some, before, 1.0)
        shift += member * np.log(ratio)[:, None]
    return np.asarray(wage - shift[:, None, :], dtype=np.float64)


def _markets(wage: Float, b: int, markets: int) -> Float:
    """Return wages by market of one member, (F,)."""
    return np.asarray(
        wage[b].reshape(-1) if markets == wage[b].size else wage[b, 0], dtype=np.float64
    )


def _broyden(inverse: Float, step: Float, after: Trial, before: Trial, b: int) -> None:
    """Update an inverse in place so that it maps the last change of excess to the last step."""
    change = after.excess[b] - before.excess[b]
    image = inverse @ change
    weight = float(step @ image)
    if abs(weight) > 1e-3 * float(step @ step):
        inverse += np.outer((step - image) / weight, step @ inverse)


def _spread(line: Tangent, columns: Float) -> Float:
    """Turn columns of market wages (C, F) into (C, S, N)."""
    S, N = line.problem.base.shape
    if line.closure.labour == "specific":
        return columns.reshape(len(columns), S, N)
    return np.repeat(columns[:, None, :], S, axis=1)


def _tangent_of(problem: Problem, trial: Trial, closure: Closure, b: int) -> Tangent:
    one = trial.items(slice(b, b + 1))
    return tangent(problem.item(b), one.prices, one.levels, closure)


def _numeraire_rows(line: Tangent) -> tuple[Float, Float, Bool]:
    """Return members (F, G) and weights (G, F) of the groups that trade, and idle markets (F,)."""
    S = line.problem.base.shape[0]
    specific = line.closure.labour == "specific"
    supply = line.supply.reshape(-1) if specific else line.supply.sum(axis=0)
    label = np.tile(line.problem.component[0], S if specific else 1)
    idle: Bool = np.asarray(supply == 0.0)
    member = ((label[:, None] == np.arange(label.max() + 1)) & ~idle[:, None]).astype(np.float64)
    weight = member.T * supply
    return member, weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300), idle


@dataclass(frozen=True)
class MarketSystem:
    """The Jacobian of log excess demand (F, F), numeraires held, and how markets spread out."""

    line: Tangent
    matrix: Float

    def spread(self, columns: Float) -> Float:
        """Turn wages by market (C, F) into (C, S, N)."""
        return _spread(self.line, columns)


def market_system(line: Tangent, tolerance: float) -> MarketSystem:
    """Return the Jacobian of the factor markets at a trial.

    Parameters
    ----------
    line : Tangent
    tolerance : float
        Of the inner linear solves.

    Returns
    -------
    MarketSystem
    """
    member, weight, idle = _numeraire_rows(line)
    columns = _spread(line, np.eye(len(idle)))
    jacobian: Float = np.array(line.respond(columns, None, tolerance).excess.T)
    # No market: the wage stays where it is.
    jacobian[idle, idle] = 1.0
    return MarketSystem(line, jacobian + member @ weight)


def _matrix_free(line: Tangent, excess: Float) -> Float:
    member, weight, idle = _numeraire_rows(line)

    def product(vector: Float) -> Float:
        column = np.asarray(vector, dtype=np.float64).reshape(1, -1)
        size = max(float(np.abs(column).max()), 1e-300)
        answer = line.respond(_spread(line, column), None, JACOBIAN_TOLERANCE * size).excess[0]
        full: Float = np.where(idle, column[0], answer + member @ (weight @ column[0]))
        return full

    n = len(idle)
    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    step, _ = gmres(operator, -excess, rtol=KRYLOV_TOLERANCE, atol=0.0, restart=80, maxiter=1)
    return np.asarray(step, dtype=np.float64)


def _line_search(
    problem: Problem,
    trial: Trial,
    direction: Float,
    active: Bool,
    closure: Closure,
    inner: float,
) -> tuple[Trial, Bool]:
    """Shorten each step until the largest excess falls; members that never gain stay put."""
    S, N = problem.base.shape
    full = np.broadcast_to(direction.reshape(problem.batch, -1, N), (problem.batch, S, N))
    accepted = ~active
    best, length = trial, 1.0
    for _ in range(8):
        pending = np.flatnonzero(~accepted)
        whole = len(pending) == problem.batch
        part = problem if whole else problem.items(pending.tolist())
        old = trial if whole else trial.items(pending.tolist())
        new = evaluate(
            part,
            old.wage + length * full[pending],
            closure,
            old.prices.price,
            old.levels.spending,
            inner,
        )
        gained = new.size < old.size * (1.0 - 1e-4 * length)
        if whole and gained.all():
            return new, np.ones_like(accepted)
        best = best.with_items(pending[gained], new.items(np.flatnonzero(gained).tolist()))
        accepted[pending[gained]] = True
        if accepted.all():
            break
        length *= 0.4
    return best, accepted
