"""Economy under capacity, border and input constraints, with base sales and rationing rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["ConstrainedEconomy", "constrained_economy"]


@dataclass(frozen=True, eq=False)
class ConstrainedEconomy:
    """Base flows of an economy and the constraints on production and deliveries.

    Attributes
    ----------
    Z : ndarray, shape (R, S, R, S)
        Intermediate flows.
    final : ndarray, shape (R, S, R)
        Final deliveries that can be rationed: negative cells left out.
    output : ndarray, shape (R, S)
        Base output.
    delivered : ndarray, shape (R, S, R)
        Fraction of deliveries that may still cross the border.
    capacity : ndarray, shape (R, S)
        Fraction of base output that remains possible.
    gamma : ndarray, shape (S, S)
        Criticality, input by user.
    resourcing : float
        Fraction of base output that origins without any cut can add for users in short supply.
    rule : str
        One of :data:`iomodel.models.shortage.allocation.rules.RULES`.
    """

    Z: Float
    final: Float
    output: Float
    delivered: Float
    capacity: Float
    gamma: Float
    resourcing: float = 0.0
    rule: str = "proportional"

    @cached_property
    def use(self) -> Float:
        """Use of each product by each industry, origins pooled, (S, R, S)."""
        use: Float = self.Z.sum(axis=0)
        return use

    @cached_property
    def intermediate(self) -> Float:
        """Intermediate sales by product between regions, (R, S, R)."""
        intermediate: Float = self.Z.sum(axis=3)
        return intermediate

    @cached_property
    def uncut_output(self) -> Float:
        """Base output of origins that no cut touches, zero elsewhere, (R, S)."""
        uncut = (self.delivered >= 1.0).all(axis=2) & (self.capacity >= 1.0)
        return np.where(uncut, self.output, 0.0)

    @cached_property
    def stock_withdrawal(self) -> Float:
        """Withdrawals from stocks in the base: sales beyond output, (R, S)."""
        total_sales = self.intermediate.sum(axis=2) + self.final.sum(axis=2)
        withdrawal: Float = np.maximum(total_sales - self.output, 0.0)
        return withdrawal

    @cached_property
    def blocked_sales(self) -> Float:
        """Base sales that may not cross the border, by exporter, (R, S)."""
        blocked: Float = ((1.0 - self.delivered) * (self.intermediate + self.final)).sum(axis=2)
        return blocked

    @cached_property
    def later_sales(self) -> tuple[Float, Float]:
        """Sales to customers later in the order of size, for each customer.

        Of industries (R, S, R, S), of final users (R, S, R).
        """
        R, S = self.output.shape
        size = np.concatenate([self.Z.reshape(R * S, R * S), self.final.reshape(R * S, R)], axis=1)
        order = np.argsort(-size, axis=1, kind="stable")
        sums = np.cumsum(np.take_along_axis(size, order, axis=1)[:, ::-1], axis=1)[:, ::-1]
        later = np.empty_like(size)
        np.put_along_axis(later, order[:, :-1], sums[:, 1:], axis=1)
        np.put_along_axis(later, order[:, -1:], np.zeros((R * S, 1)), axis=1)
        return later[:, : R * S].reshape(self.Z.shape), later[:, R * S :].reshape(R, S, R)


def constrained_economy(
    table: MRIOTable,
    policy: PolicyArrays,
    gamma: Float,
    resourcing: float = 0.0,
    rule: str = "proportional",
) -> ConstrainedEconomy:
    """Return the economy of a table under a policy; options are checked by the models."""
    R, S = table.shape
    return ConstrainedEconomy(
        Z=table.Z2.reshape(R, S, R, S),
        final=np.maximum(table.Y.values, 0.0).sum(axis=3),
        output=table.x.values,
        delivered=policy.delivered,
        capacity=policy.supply,
        gamma=gamma,
        resourcing=float(resourcing),
        rule=rule,
    )
