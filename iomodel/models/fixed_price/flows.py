r"""Technology and final deliveries under a policy, at fixed prices.

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

__all__ = ["PolicyFlows", "delivery_limit", "flows_under_cuts"]


def delivery_limit(policy: PolicyArrays) -> Float:
    """Return the fraction of each base delivery that remains possible, (R, S, R).

    Cuts of exports and of supply multiply; a supply cut falls on users at home and abroad alike.
    """
    limit: Float = policy.delivered * policy.supply[:, :, None]
    return limit


def flows_under_cuts(table: MRIOTable, limit: Float, *, any_origin: bool = False) -> PolicyFlows:
    """Return the flows of a table under cuts of deliveries alone.

    Parameters
    ----------
    table : MRIOTable
        The baseline.
    limit : ndarray, shape (R, S, R)
        Fraction of base deliveries that remains possible.
    any_origin : bool
        Whether users without a remaining supplier buy of the world's other producers.

    Returns
    -------
    PolicyFlows
    """
    R, S = table.shape
    return PolicyFlows(
        table,
        price_factor=np.ones((R, S, R)),
        limit=limit,
        theta=np.zeros(S),
        productivity=np.ones((R, S)),
        demand=np.ones(table.Y.shape),
        any_origin=any_origin,
    )


@dataclass(frozen=True, eq=False)
class PolicyFlows:
    """Flows of a table under a policy, allocated once for both closures.

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
        """Regions with re-sourced purchases; cells of all others stay untouched."""
        is_affected = (self.price_factor != 1.0) | (self.limit < 1.0)
        users: Index = is_affected.any(axis=(0, 1)).nonzero()[0]
        return users

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
        return self._allocate(_purchases(self._coefficients, self.users))

    @cached_property
    def _final(self) -> Allocation:
        return self._allocate(np.maximum(self.table.Y.values[:, :, self.users], 0.0))

    @property
    def _coefficients(self) -> Float:
        R, S = self.table.shape
        return self.table.A2.reshape(R, S, R, S)

    def coefficients(self, *, diverted: bool) -> Float:
        """Return changed input coefficients, (n, n); the table's own array without a change."""
        g, A = self.productivity.reshape(-1), self.table.A2
        changed = (g != 1.0).nonzero()[0]
        if not (self.users.size or changed.size):
            return A
        if self.users.size == self.table.shape[0]:
            new = self._inputs.apply(self._coefficients, diverted=diverted)
        else:
            new = self._coefficients.copy()
            if self.users.size:
                base = _purchases(self._coefficients, self.users)
                new[:, :, self.users] = self._inputs.apply(base, diverted=diverted)
        flat = new.reshape(self.table.n, self.table.n)
        if changed.size:
            flat[:, changed] /= g[changed]
        return flat

    def final_deliveries(self, *, diverted: bool) -> Float:
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
    def unmet_use(self) -> Float:
        """Base value of use without a remaining supplier, (S, R): product and user region."""
        R, S = self.table.shape
        unmet = np.zeros((S, R))
        if self.users.size:
            output = self.table.x.values[self.users]
            unmet[:, self.users] = np.einsum("smc,mc->sm", self._inputs.unmet, output)
            unmet[:, self.users] += self._final.unmet.sum(axis=2)
        return unmet

    @cached_property
    def new_supplier_use(self) -> float:
        """Base value of use met by producers new to the user."""
        if not self.users.size:
            return 0.0
        output = self.table.x.values[self.users]
        inputs = float(np.einsum("smc,mc->", self._inputs.new_supplier_use, output))
        return inputs + float(self._final.new_supplier_use.sum())

    def notes(self) -> list[str]:
        """Return a sentence on use without a remaining supplier; empty without such use."""
        total = float(self.unmet_use.sum())
        if total <= 0:
            return []
        s, m = np.unravel_index(int(self.unmet_use.argmax()), self.unmet_use.shape)
        largest = f"{self.table.sectors[int(s)]} used in {self.table.regions[int(m)]}"
        unit = self.table.attrs["unit"]
        return [
            f"Even with diversion {total:.6g} {unit} of use has no supplier left and is lost, "
            f"most of it {largest} ({float(self.unmet_use[s, m]):.6g})."
        ]


def _purchases(cells: Float, users: Index | Sequence[int]) -> Float:
    """Return the purchases of the user regions; a view if these are all regions."""
    purchases: Float = cells if len(users) == cells.shape[2] else cells[:, :, users]
    return purchases
