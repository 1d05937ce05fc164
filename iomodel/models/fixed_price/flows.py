r"""From policy to technology and final deliveries: what the quantity models solve with.

.. math:: a'_{ij} = \frac{a_{ij}}{g_j}\,\frac{z'_{ij}}{z_{ij}}, \qquad
          y'_{iu} = h_{iu}\,\frac{z'_{iu}}{z_{iu}}\, y_{iu},

with re-sourced deliveries :math:`z'` (:mod:`iomodel.models.fixed_price.origin_switching`),
productivity :math:`g` and the change of final demand :math:`h`. Negative final deliveries (stocks
run down) stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iomodel.models.fixed_price.origin_switching import Allocation, allocate, world_shares
from iomodel.typing import Float, Index

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["Flows", "delivery_limit"]


def delivery_limit(policy: PolicyArrays) -> Float:
    """Return the fraction of each base delivery that remains possible, (R, S, R).

    Cuts of exports and of supply multiply; a supply cut falls on users at home and abroad alike.
    """
    limit: Float = policy.delivered * policy.supply[:, :, None]
    return limit


@dataclass(frozen=True, eq=False)
class Flows:
    """The flows of a table under a policy, worked out once for both closures.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    price_factor : ndarray, shape (R, S, R)
        Factor on delivered prices.
    limit : ndarray, shape (R, S, R)
        Fraction of base deliveries that remains possible.
    theta : ndarray, shape (S,)
        Trade elasticities.
    productivity : ndarray, shape (R, S)
        Factor on productivity.
    demand : ndarray, shape (R, S, R, U)
        Factor on final deliveries.
    any_origin : bool
        Whether users without a remaining supplier buy of the world's other producers.
    """

    table: MRIOTable
    price_factor: Float
    limit: Float
    theta: Float
    productivity: Float
    demand: Float
    any_origin: bool = False

    @cached_property
    def users(self) -> Index:
        """Regions whose purchases are re-sourced; the others keep their cells untouched."""
        touched = (self.price_factor != 1.0) | (self.limit < 1.0)
        hit: Index = touched.any(axis=(0, 1)).nonzero()[0]
        return hit

    @cached_property
    def _fallback(self) -> Float | None:
        if not self.any_origin:
            return None
        return world_shares(self.table.x.values, self.limit)[:, :, self.users]

    def _allocate(self, cells: Float) -> Allocation:
        factor, limit = self.price_factor[:, :, self.users], self.limit[:, :, self.users]
        return allocate(cells, factor, limit, self.theta, self._fallback)

    @cached_property
    def _inputs(self) -> Allocation:
        return self._allocate(_columns(self._coefficients, self.users))

    @cached_property
    def _final(self) -> Allocation:
        return self._allocate(np.maximum(self.table.Y.values[:, :, self.users], 0.0))

    @property
    def _coefficients(self) -> Float:
        R, S = self.table.shape
        return self.table.A2.reshape(R, S, R, S)

    def coefficients(self, *, diverted: bool) -> Float:
        """Return the changed input coefficients, (n, n); the table's own where nothing changes."""
        g, A = self.productivity.reshape(-1), self.table.A2
        changed = (g != 1.0).nonzero()[0]
        if not (self.users.size or changed.size):
            return A
        if self.users.size == self.table.shape[0]:
            new = self._inputs.apply(self._coefficients, diverted=diverted)
        else:
            new = self._coefficients.copy()
            if self.users.size:
                part = _columns(self._coefficients, self.users)
                new[:, :, self.users] = self._inputs.apply(part, diverted=diverted)
        flat = new.reshape(self.table.n, self.table.n)
        if changed.size:
            flat[:, changed] /= g[changed]
        return flat

    def final(self, *, diverted: bool) -> Float:
        """Return the changed final deliveries, (R, S, R, U)."""
        new = self.table.Y.values * self.demand
        if self.users.size:
            base = self.table.Y.values[:, :, self.users]
            positive = np.maximum(base, 0.0)
            bought = self._final.apply(positive, diverted=diverted)
            # In this order cells that do not change come out to the last bit.
            new[:, :, self.users] = (base + (bought - positive)) * self.demand[:, :, self.users]
        return new

    @cached_property
    def unmet(self) -> Float:
        """Base value of use for which no supplier is left, (S, R): product and user region."""
        R, S = self.table.shape
        lost = np.zeros((S, R))
        if self.users.size:
            output = self.table.x.values[self.users]
            lost[:, self.users] = np.einsum("smc,mc->sm", self._inputs.unmet, output)
            lost[:, self.users] += self._final.unmet.sum(axis=2)
        return lost

    @cached_property
    def taken_over(self) -> float:
        """Base value of use for which producers new to the user step in."""
        if not self.users.size:
            return 0.0
        output = self.table.x.values[self.users]
        inputs = float(np.einsum("smc,mc->", self._inputs.taken_over, output))
        return inputs + float(self._final.taken_over.sum())

    def unmet_sentence(self) -> str:
        """Say how much use has no supplier left, empty where none."""
        total = float(self.unmet.sum())
        if total <= 0:
            return ""
        s, m = np.unravel_index(int(self.unmet.argmax()), self.unmet.shape)
        where = f"{self.table.sectors[int(s)]} used in {self.table.regions[int(m)]}"
        unit = self.table.attrs["unit"]
        return (
            f"Even with diversion {total:.6g} {unit} of use has no supplier left and is lost, "
            f"most of it {where} ({float(self.unmet[s, m]):.6g})."
        )


def _columns(cells: Float, users: Index | Sequence[int]) -> Float:
    """Return the purchases of some regions; a view where they are all."""
    part: Float = cells if len(users) == cells.shape[2] else cells[:, :, users]
    return part
