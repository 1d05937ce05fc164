"""The linear system of all markets at a trial: factor markets, then caps that bind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.solver.problem import Problem
from iomodel.equilibrium.solver.tangent import Tangent, tangent
from iomodel.equilibrium.solver.trial import Trial
from iomodel.typing import Bool, Float

__all__ = ["JACOBIAN_TOLERANCE", "MarketSystem", "krylov_step", "system_at"]


JACOBIAN_TOLERANCE = 1e-6
# Of the Krylov solve of a matrix-free step: two digits a step, like Broyden's correction.
KRYLOV_TOLERANCE = 1e-2


@dataclass(frozen=True)
class MarketSystem:
    """Differentials of all residuals with respect to logs of wages by market and of rents.

    Attributes
    ----------
    line : Tangent
    binding : ndarray of bool, shape (G,)
        Caps whose residual is that of the quantity.
    """

    line: Tangent
    binding: Bool

    @property
    def factors(self) -> int:
        """Number of factor markets, those without supply included."""
        S, N = self.line.problem.base.shape
        return {"mobile": N, "specific": S * N, "rigid": 0}[self.line.closure.labour]

    def spread(self, columns: Float) -> Float:
        """Turn wages by market (C, F) into (C, S, N)."""
        S, N = self.line.problem.base.shape
        labour = self.line.closure.labour
        if labour == "rigid":
            return np.zeros((len(columns), S, N))
        if labour == "specific":
            return columns.reshape(len(columns), S, N)
        return np.repeat(columns[:, None, :], S, axis=1)

    def product(self, columns: Float, tolerance: float) -> Float:
        """Return the changes of residuals (C, F + G) along changes of unknowns (C, F + G).

        Groups of regions that trade have a numeraire each: the mean of their wages stays. What has
        no market keeps its wage, and a slack cap its rent.
        """
        wage, rent = columns[:, : self.factors], columns[:, self.factors :]
        member, weight, idle = self._numeraires()
        found = self.line.respond(self.spread(wage), self.line.rents(rent), tolerance)
        factors = found.excess + (wage @ weight.T) @ member.T
        caps = np.where(self.binding, found.quantity, -rent)
        return np.concatenate([np.where(idle, wage, factors), caps], axis=1)

    def matrix(self, tolerance: float) -> Float:
        """Return the whole Jacobian, (F + G, F + G)."""
        identity = np.eye(self.factors + len(self.binding))
        jacobian: Float = np.ascontiguousarray(self.product(identity, tolerance).T)
        return jacobian

    def _numeraires(self) -> tuple[Float, Float, Bool]:
        """Return members (F, M) and weights (M, F) of groups that trade, and idle markets (F,)."""
        line, factors = self.line, self.factors
        N = line.problem.base.shape[1]
        supply = line.supply.sum(axis=0) if factors == N else line.supply.reshape(-1)[:factors]
        component = line.problem.component[0]
        label, groups = np.tile(component, factors // N), np.arange(component.max() + 1)
        idle: Bool = np.asarray(supply == 0.0)
        member = ((label[:, None] == groups) & ~idle[:, None]).astype(np.float64)
        weight = member.T * supply
        return member, weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300), idle


def system_at(problem: Problem, trial: Trial, closure: Closure, b: int) -> MarketSystem:
    """Return the system of one member of a batch at its trial."""
    one = trial.items(slice(b, b + 1))
    line = tangent(problem.item(b).with_rents(one.rent), one.prices, one.levels, closure)
    return MarketSystem(line, one.binding[0])


def krylov_step(system: MarketSystem, excess: Float) -> Float:
    """Return the Newton step (F + G,) without ever forming the matrix."""

    def product(vector: Float) -> Float:
        column = np.asarray(vector, dtype=np.float64).reshape(1, -1)
        size = max(float(np.abs(column).max()), 1e-300)
        image: Float = system.product(column, JACOBIAN_TOLERANCE * size)[0]
        return image

    n = len(excess)
    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    step, _ = gmres(operator, -excess, rtol=KRYLOV_TOLERANCE, atol=0.0, restart=80, maxiter=1)
    return np.asarray(step, dtype=np.float64)
