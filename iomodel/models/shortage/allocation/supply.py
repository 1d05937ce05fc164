r"""What may be produced and delivered, and who goes short where a producer cannot serve all.

With output possible, :math:`(1 - \delta) x` and what is drawn from stocks, against base sales:

Proportional
    all customers lose the same part.
Intermediate
    industries are served before final users, alike among themselves.
Priority
    customers are served in order of size, largest first [PichlerFarmer2022]_. A customer is an
    industry, or the final users of a region; of two of the same size the one first in the table is
    served first, industries before final users. The smallest bear the shortage:
    with :math:`s` missing and sales :math:`a_k` to those served after customer k, he loses
    :math:`\min(z_k, (s - a_k)^+)`.

Deliveries are rationed before the border: what it stops of a customer's part nobody else gets but
the exporter's own users.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iomodel.typing import Float

__all__ = ["RULES", "Supply"]


RULES = ("proportional", "intermediate", "priority")


@dataclass(frozen=True, eq=False)
class Supply:
    """An economy and what may be produced and delivered in it.

    Attributes
    ----------
    Z : ndarray, shape (R, S, R, S)
        Intermediate flows.
    final : ndarray, shape (R, S, R)
        Final deliveries that can be rationed: negative cells left out.
    output : ndarray, shape (R, S)
        Base output.
    delivered : ndarray, shape (R, S, R)
        Fraction of deliveries that may still cross.
    capacity : ndarray, shape (R, S)
        Fraction of base output that remains possible.
    gamma : ndarray, shape (S, S)
        Criticality, input by user.
    resourcing : float
        Fraction of base output that origins without any cut can add for users who run short.
    rule : str
        One of RULES.
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
    def total(self) -> Float:
        """Use of each product by each industry, origins pooled, (S, R, S)."""
        total: Float = self.Z.sum(axis=0)
        return total

    @cached_property
    def sold(self) -> Float:
        """Intermediate sales by product between regions, (R, S, R)."""
        sold: Float = self.Z.sum(axis=3)
        return sold

    @cached_property
    def free(self) -> Float:
        """Base output of origins that no cut touches, (R, S)."""
        open_ = (self.delivered >= 1.0).all(axis=2) & (self.capacity >= 1.0)
        return np.where(open_, self.output, 0.0)

    @cached_property
    def drawn(self) -> Float:
        """What is drawn from stocks in the base: sales beyond output, (R, S)."""
        sales = self.sold.sum(axis=2) + self.final.sum(axis=2)
        drawn: Float = np.maximum(sales - self.output, 0.0)
        return drawn

    @cached_property
    def stopped(self) -> Float:
        """Base sales that may not cross the border, by exporter, (R, S)."""
        held: Float = ((1.0 - self.delivered) * (self.sold + self.final)).sum(axis=2)
        return held

    @cached_property
    def after(self) -> tuple[Float, Float]:
        """Sales to customers served later, of industries (R, S, R, S) and final users (R, S, R)."""
        R, S = self.output.shape
        size = np.concatenate([self.Z.reshape(R * S, R * S), self.final.reshape(R * S, R)], axis=1)
        order = np.argsort(-size, axis=1, kind="stable")
        sums = np.cumsum(np.take_along_axis(size, order, axis=1)[:, ::-1], axis=1)[:, ::-1]
        later = np.empty_like(size)
        np.put_along_axis(later, order[:, :-1], sums[:, 1:], axis=1)
        np.put_along_axis(later, order[:, -1:], np.zeros((R * S, 1)), axis=1)
        return later[:, : R * S].reshape(self.Z.shape), later[:, R * S :].reshape(R, S, R)

    def short(self, loss: Float) -> Float:
        """Return what of base sales cannot be served, (R, S)."""
        sales = self.sold.sum(axis=2) + self.final.sum(axis=2)
        missing = sales - ((1.0 - loss) * self.output + self.drawn)
        # Who loses nothing serves all: rounding of sums must not ration anybody.
        return np.where(loss > 0, np.maximum(missing, 0.0), 0.0)

    def withheld(self, loss: Float) -> Float:
        """Return what is made for other regions and may not cross, by exporter, (R, S)."""
        if self.rule != "priority" or not self.stopped.any():
            return self.stopped * (1.0 - loss)
        lost, lost_final = self._in_order(loss)
        made = self.sold - np.einsum("rpmc,rpmc->rpm", self.Z, lost) + self.final * (1 - lost_final)
        held: Float = ((1.0 - self.delivered) * made).sum(axis=2)
        return held

    def unserved(self, missing: Float) -> Float:
        """Add up over origins what industries miss, (S, R, S)."""
        if missing.ndim == 3:
            return np.asarray(np.einsum("rpmc,rpm->pmc", self.Z, missing))
        return np.asarray(np.einsum("rpmc,rpmc->pmc", self.Z, missing))

    def unsold(self, missing: Float, left: Float) -> Float:
        """Return the fall of sales to industries that leave a part of their share, (R, S, R)."""
        if missing.ndim == 3:
            return np.asarray(
                self.sold * missing + (1.0 - missing) * np.einsum("rpmc,pmc->rpm", self.Z, left)
            )
        return np.asarray(
            np.einsum("rpmc,rpmc->rpm", self.Z, missing)
            + np.einsum("rpmc,pmc->rpm", self.Z * (1.0 - missing), left)
        )

    def missing(self, loss: Float) -> tuple[Float, Float]:
        """Return the part of base sales that customers lose.

        Of industries (R, S, R), or (R, S, R, S) where the rule tells them apart; of final users
        (R, S, R).
        """
        if self.rule == "priority":
            lost, lost_final = self._in_order(loss)
            # delivered (1 - lost), written so that nothing lost is nothing to the last bit.
            stop = 1.0 - self.delivered
            return (
                lost * self.delivered[..., None] + stop[..., None],
                lost_final * self.delivered + stop,
            )
        possible = 1.0 - loss
        if self.rule == "proportional":
            lost = 1.0 - self.delivered * possible[:, :, None]
            return lost, lost
        made, need = possible * self.output + self.drawn, self.sold.sum(axis=2)
        served = np.divide(made, need, out=np.ones_like(made), where=need > made)
        left = np.maximum(made - served * need, 0.0)
        wanted = self.final.sum(axis=2)
        rest = np.divide(left, wanted, out=np.ones_like(made), where=wanted > left)
        # Who loses nothing serves all: rounding of sums must not ration anybody.
        served, rest = (np.where(loss > 0, part, 1.0)[:, :, None] for part in (served, rest))
        return 1.0 - self.delivered * served, 1.0 - self.delivered * rest

    def _in_order(self, loss: Float) -> tuple[Float, Float]:
        """Return the part that customers lose before the border under rule priority."""
        short = self.short(loss)
        parts = []
        for size, after in zip((self.Z, self.final), self.after, strict=True):
            missed = short.reshape(short.shape + (1,) * (size.ndim - 2)) - after
            np.clip(missed, 0.0, size, out=missed)
            parts.append(np.divide(missed, size, out=missed, where=size > 0))
        return parts[0], parts[1]
