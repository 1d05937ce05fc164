"""A technology that differs in many cells from a factorized baseline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iomodel.leontief.plan import FACTORIZING, Plan
from iomodel.leontief.solvers.preconditioners import BaselineFactors
from iomodel.leontief.system import LeontiefSystem

__all__ = ["NearbySystem"]


class NearbySystem(LeontiefSystem):
    """A system solved by iteration with the factors of a baseline as preconditioner.

    It chooses its solver as any system does; only the preconditioner of iteration differs.
    :func:`iomodel.leontief.updated` returns one for a change of too many rows and columns for a
    low-rank update.
    """

    @classmethod
    def beside(cls, baseline: LeontiefSystem, A: Any) -> NearbySystem:
        """Return the system of coefficients `A` beside a factorized baseline.

        Raises
        ------
        TableError, LabelError, NonProductiveError
            As :meth:`LeontiefSystem.from_coefficients`.
        """
        system = cls.from_coefficients(A, method=baseline.method, tolerance=baseline.tolerance)
        system.solvers.preconditioner = BaselineFactors(baseline.solvers.cheapest_factors())
        return system

    def plan_for(self, columns: int) -> Plan:
        """Return how `columns` right-hand sides in one question would be solved, and why."""
        plan = super().plan_for(columns)
        if plan.method in FACTORIZING:
            return plan
        return replace(plan, reason=f"{plan.reason}, on the factors of a technology nearby")
