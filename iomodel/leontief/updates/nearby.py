"""A technology that differs in many cells from one whose factors are at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iomodel.leontief.plan import Plan
from iomodel.leontief.solvers.preconditioners import BaselineFactors
from iomodel.leontief.system import LeontiefSystem

__all__ = ["NearbySystem"]


class NearbySystem(LeontiefSystem):
    """A system that is answered by iteration on the factors of a baseline.

    It chooses as any system does; where that is iteration, the factors of the baseline stand in for
    the national blocks. :func:`iomodel.leontief.updated` returns one where a change touches too
    many rows and columns for a low-rank update.
    """

    _near: BaselineFactors

    @classmethod
    def beside(cls, baseline: LeontiefSystem, A: Any) -> NearbySystem:
        """Return the system of coefficients `A` beside a factorized baseline.

        Raises
        ------
        TableError, LabelError, NonProductiveError
            As :meth:`LeontiefSystem.from_coefficients`.
        """
        system = cls.from_coefficients(A, method=baseline.method, tolerance=baseline.tolerance)
        system._near = BaselineFactors(baseline.at_hand)
        return system

    def plan_for(self, columns: int) -> Plan:
        """Return how `columns` right-hand sides in one question would be answered, and why."""
        plan = super().plan_for(columns)
        if plan.method in ("lu", "mixed"):
            return plan
        return replace(plan, reason=f"{plan.reason}, on the factors of a technology nearby")
