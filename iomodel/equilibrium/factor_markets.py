r"""Factor markets of a region: one for all industries that share a factor, one for each other.

Under ``mobile`` the industries of a region share one market, but for the sectors that the economy
names in ``Economy.specific`` (land, natural resources): each of these has a factor of its own.
Under ``specific`` and ``sticky`` every industry has, and under ``rigid`` there are no markets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium.closures import Closure
from iomodel.equilibrium.economy import Economy
from iomodel.typing import Float, Index

__all__ = ["FactorMarkets"]


@dataclass(frozen=True, eq=False)
class FactorMarkets:
    """Markets of a region, in the order of their lowest sector.

    Attributes
    ----------
    market : ndarray of int, shape (S,)
        Market of each sector.
    lowest : ndarray of int, shape (K,)
        Lowest sector of each market; empty if there are no markets.
    """

    market: Index
    lowest: Index

    @classmethod
    def of(cls, base: Economy, closure: Closure) -> FactorMarkets:
        """Markets of an economy under a closure."""
        S = base.shape[0]
        if closure.labour == "rigid":
            return cls(np.zeros(S, dtype=np.intp), np.zeros(0, dtype=np.intp))
        if closure.labour != "mobile":
            return cls(np.arange(S), np.arange(S))
        # The shared market has the number of a sector that nobody else has.
        label = np.full(S, -1, dtype=np.intp)
        label[list(base.specific)] = list(base.specific)
        _, lowest, market = np.unique(label, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(lowest))
        return cls(order[market], np.sort(lowest))

    @property
    def count(self) -> int:
        """Markets in a region."""
        return len(self.lowest)

    def total(self, industries: Float) -> Float:
        """Sum over the industries of each market, (..., S, N) to (..., K, N)."""
        if self.count == len(self.market):
            return industries
        if self.count == 1:
            return np.asarray(industries.sum(axis=-2, keepdims=True), dtype=np.float64)
        members = [industries[..., self.market == k, :].sum(axis=-2) for k in range(self.count)]
        return np.stack(members, axis=-2)

    def spread(self, markets: Float) -> Float:
        """Repeat values of markets (..., K, N) over their industries, (..., S, N)."""
        if not self.count:
            shape = (*markets.shape[:-2], len(self.market), markets.shape[-1])
            return np.zeros(shape)
        return np.take(markets, self.market, axis=-2)
