r"""Nest of scarce inputs: cores that sell at home only, to one industry each.

The cost of an industry that buys scarce inputs :math:`k \in K` becomes

.. math:: \hat c_s = \Big( a_0\, \hat c_{0s}^{1-\sigma_r}
          + \sum_{k \in K} a_k\, \hat P_k^{1-\sigma_r} \Big)^{1/(1-\sigma_r)},

with :math:`a` shares of its base costs and :math:`\hat c_{0s}` the cost of everything else, nested
as before. To the engine, everything else is one more industry, the *core* of s: it has the value
added and the other inputs of s, and s is its only buyer. In return s has no value added of its own
and buys its core and the scarce inputs [BaqaeeFarhi2024]_. In the base nothing changes: the same
flows, prices and incomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import iomodel.equilibrium as ge
from iomodel.typing import Bool, Float, Index, Nest

__all__ = ["NestedEconomy", "nest_scarce"]


@dataclass(frozen=True, eq=False)
class NestedEconomy:
    """Economy with a core for every industry that buys scarce inputs.

    Attributes
    ----------
    economy : Economy
        S industries as before, then C cores.
    users : ndarray of int, shape (C,)
        The industry of each core.
    """

    economy: ge.Economy
    users: Index

    @property
    def sectors(self) -> int:
        """Industries without the cores."""
        return self.economy.shape[0] - len(self.users)

    def with_cores(self, cells: Float) -> Float:
        """Add cells of cores (S + C, N) to those of their users, (S, N)."""
        total = np.array(cells[: self.sectors])
        total[self.users] += cells[self.sectors :]
        return total

    def elasticities(self, theta: Float, nest: Nest, sigma: float) -> ge.Elasticities:
        """Return elasticities with cores.

        Parameters
        ----------
        theta : ndarray, shape (S,)
            Trade elasticities; cores are not traded.
        nest : (sigma_v, sigma_m, sigma_c)
            Of the usual nests.
        sigma : float
            Between scarce inputs and the core, and among scarce inputs.
        """
        inputs = np.full((self.economy.shape[0], 1), nest[1])
        inputs[self.users] = sigma
        return ge.Elasticities(
            np.concatenate([theta, np.ones(len(self.users))]), nest[0], inputs, nest[2]
        )


def nest_scarce(economy: ge.Economy, scarce: Bool) -> NestedEconomy:
    """Return an economy with scarce inputs in a nest of their own.

    Parameters
    ----------
    economy : Economy
        One set of import shares per region.
    scarce : ndarray of bool, shape (S,)

    Returns
    -------
    NestedEconomy
        The same equilibrium, with a core for every industry that buys scarce inputs anywhere.
    """
    S, N = economy.shape
    use, added = economy.input_share, economy.value_added_share
    materials = np.where(use.sum(axis=1).T != 0.0, 1.0 - added, 0.0)
    # Share of scarce inputs in base costs.
    bought = use[:, scarce].sum(axis=1).T * materials
    users = np.flatnonzero((bought > 0.0).any(axis=1))
    C = len(users)
    core = 1.0 - bought[users]
    inputs = np.zeros((N, S + C, S + C))
    inputs[:, :S, :S] = use
    inputs[:, :S, users] = np.where(
        scarce[None, :, None], use[:, :, users] * materials[users].T[:, None, :], 0.0
    )
    inputs[:, S + np.arange(C), users] = core.T
    ample = np.where(scarce[None, :, None], 0.0, use[:, :, users])
    total = ample.sum(axis=1)
    inputs[:, :S, S:] = _quotient(ample, np.broadcast_to(total[:, None, :], ample.shape))
    value_share = np.concatenate(
        [added, np.where(total.T > 0.0, _quotient(added[users], core), 1.0)]
    )
    value_share[users] = 0.0
    value = np.concatenate([economy.value_added, economy.value_added[users]])
    value[users] = 0.0
    at_home = np.broadcast_to(np.eye(N), (C, N, N))
    nested = ge.with_home_industries(
        economy,
        [f"all but scarce inputs of {economy.names.sector(user)}" for user in users.tolist()],
        spending=np.concatenate([economy.spending, core * economy.output[users]]),
        share=np.concatenate([economy.share, at_home]),
        value_added_share=np.minimum(value_share, 1.0),
        input_share=inputs,
        value_added=value,
    )
    return NestedEconomy(nested, users)


def _quotient(numerator: Float, denominator: Float) -> Float:
    """Return quotients, zero unless the denominator is positive."""
    return np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=denominator > 0.0)
