r"""Problem of a solve: an economy, elasticities and a shock with the trade kernels formed.

.. math:: K_{isd} = \lambda_{isd}\hat\kappa_{isn}^{-\theta_s}

does not change while the solver iterates. Prices, shares and sales of any trial are products of
:math:`K` with vectors, scaled on either side, and no power of a full array is taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.solver.restrictions import Restrictions
from iomodel.typing import Bool, Component, Float, Index

__all__ = ["Problem", "mean_cost"]


COMMON = ("base", "mix_weight", "bought", "taxed", "caps")


@dataclass(frozen=True)
class Problem:
    r"""Arrays of B scenarios or draws over one base.

    Attributes
    ----------
    base : Economy
    theta : ndarray, shape (B, S, 1)
    sigma_v, sigma_m : ndarray, shape (B, S, N) or (B, 1, 1)
    sigma_c : ndarray, shape (B, 1, 1)
    log_cost : ndarray, shape (B, S, I, N)
        :math:`\ln\hat\kappa`, of taxes and iceberg costs; infinite if a flow is closed.
    kernel : ndarray, shape (B, S, I, M)
        :math:`\lambda\hat\kappa^{-\theta}`, over a scale of each column: its largest cell, or the
        largest :math:`\hat\kappa^{-\theta}`. Columns are those of :attr:`mix_weight`, else
        destinations.
    mix_weight : ndarray, shape (S, K, U, N), or None
        Weights of K import mixes by region, M = K N, in the shares of users
        (:mod:`iomodel.equilibrium.origin_mixes`); None if columns are destinations.
    kernel_net, kernel_sold : ndarray, shape (B, S, I, M)
        The same over what buyers pay per unit of border prices, and of receipts of industries:
        :math:`1 + t'` and :math:`(1 + t')(1 + e')` where sellers hold all rents.
    log_scale : ndarray, shape (B, S, D)
        Log of those scales.
    log_mean_cost : ndarray, shape (B, S, D)
        :math:`\sum_i\lambda\ln\hat\kappa`, for sectors that are Cobb-Douglas across origins.
    cobb_douglas : ndarray of bool, shape (B, S, 1)
        Sectors with :math:`\theta = 0`.
    tariff : ndarray, shape (B, S, I, N)
        Rates :math:`t'` of duties.
    export_tax : ndarray, shape (B, S, I, N)
        Rates :math:`e'` of border prices over unit costs, with the rents in force.
    log_productivity, endowment : ndarray, shape (B, S, N)
    limit : ndarray, shape (B, G)
        Largest quantities of capped groups, as a fraction of the base.
    rent : ndarray, shape (B, G)
        Log rents in force, :math:`\ln(1+e_g)`.
    component : ndarray of int, shape (B, N)
        Group of regions that still trade with one another, directly or through third ones. Wages of
        different groups are incomparable: each group has its own numeraire.
    balanced : ndarray of int, shape (B, N)
        Group of regions among which deficits as shares of income balance.
    bought : ndarray of bool, shape (S, D)
        Goods that a destination buys at all.
    taxed : tuple of int
        Sectors with an export tax or a cap on any flow.
    caps : Restrictions
        Groups of flows that share a cap.
    """

    base: Economy
    theta: Float
    sigma_v: Float
    sigma_m: Float
    sigma_c: Float
    log_cost: Float
    kernel: Float
    mix_weight: Float | None
    kernel_net: Float
    kernel_sold: Float
    log_scale: Float
    log_mean_cost: Float
    cobb_douglas: Bool
    tariff: Float
    export_tax: Float
    log_productivity: Float
    endowment: Float
    limit: Float
    rent: Float
    component: Component
    balanced: Component
    bought: Bool
    taxed: tuple[int, ...]
    caps: Restrictions

    @property
    def bought_rent(self) -> Float:
        """Rents that buyers earn on capped flows, per unit of border prices, (B, K)."""
        return np.expm1(-self.caps.log_border_share(self.rent))

    @property
    def licence_income(self) -> Float:
        """Rents that buyers earn per unit of border prices, at prices with duty, (B, K). Eq. (59).

        Duties are levied on border prices; what buyers pay over price and duty is the rent.
        """
        s, i, n = self.caps.cells.T
        return np.asarray((1.0 + self.tariff[:, s, i, n]) * self.bought_rent, dtype=np.float64)

    @property
    def import_wedge(self) -> Float:
        """Buyers' prices over border prices, less one, (B, S, I, N): duties and buyers' rents."""
        if self.caps.sellers_hold_all:
            return self.tariff
        wedge = np.array(self.tariff)
        s, i, n = self.caps.cells.T
        wedge[:, s, i, n] += (1.0 + wedge[:, s, i, n]) * self.bought_rent
        return wedge

    @property
    def receipts_tax(self) -> Float:
        """Border prices over receipts per unit that crosses it, less one, (B, S, I, N).

        Export taxes and sellers' rents, without what licences burn.
        """
        if self.caps.sellers_hold_all:
            return self.export_tax
        tax = np.array(self.export_tax)
        s, i, n = self.caps.cells.T
        received = np.exp(-self.caps.log_licence_cost(self.rent))
        tax[:, s, i, n] = (1.0 + tax[:, s, i, n]) * received - 1.0
        return tax

    @property
    def batch(self) -> int:
        """Number of scenarios or draws."""
        return int(self.kernel.shape[0])

    @property
    def pooled(self) -> bool:
        """Whether input nests share an elasticity and prices: one matrix product for all."""
        return self.base.users == 1 and self.sigma_m.shape[1:] == (1, 1)

    def by_destination(self, columns: Float, sectors: Sequence[int] | None = None) -> Float:
        """Values of destinations (..., S, D) from those of columns of kernels (..., S, M).

        Of some sectors, if they are named.
        """
        if self.mix_weight is None:
            return columns
        weight = self.mix_weight if sectors is None else self.mix_weight[list(sectors)]
        _, K, U, N = weight.shape
        by_mix = columns.reshape(*columns.shape[:-1], K, N)
        values = np.einsum("skun,...skn->...sun", weight, by_mix)
        return np.asarray(values.reshape(*columns.shape[:-1], U * N), dtype=np.float64)

    def by_column(self, values: Float, sectors: Sequence[int] | None = None) -> Float:
        """Sum values of destinations (..., S, D) by column of kernels, (..., S, M)."""
        if self.mix_weight is None:
            return values
        weight = self.mix_weight if sectors is None else self.mix_weight[list(sectors)]
        _, K, U, N = weight.shape
        by_user_of_good = values.reshape(*values.shape[:-1], U, N)
        sums = np.einsum("skun,...sun->...skn", weight, by_user_of_good)
        return np.asarray(sums.reshape(*values.shape[:-1], K * N), dtype=np.float64)

    def full(self, kernel: Float) -> Float:
        """Kernel by destination, (B, S, I, D)."""
        if self.mix_weight is None:
            return kernel
        return self.by_destination(kernel.swapaxes(1, 2)).swapaxes(1, 2)

    def at_cells(self, kernel: Float, s: Index, i: Index, n: Index) -> Float:
        """Kernel of users at flows (sector, exporter, importer), (K, B, U)."""
        # A fancy index around a slice puts the flows before the batch.
        cells = by_user(kernel, self.base.shape[1])[:, s, i, :, n]
        if self.mix_weight is None:
            return cells
        return np.asarray(cells @ self.mix_weight[s, :, :, n], dtype=np.float64)

    def item(self, b: int) -> Problem:
        """Select one member, as a batch of one."""
        return self.items(slice(b, b + 1))

    def items(self, members: slice | Sequence[int]) -> Problem:
        """Select members."""
        places = members if isinstance(members, slice) else list(members)
        selected = {
            name: getattr(self, name)[places]
            for name in self.__dataclass_fields__
            if name not in COMMON
        }
        return replace(self, **selected)

    def with_rents(self, rent: Float) -> Problem:
        r"""Put quota rents in force: as export taxes, rebated duties and iceberg costs by holder.

        Parameters
        ----------
        rent : ndarray, shape (B, G)
            :math:`\ln(1+e_g)` of each group.
        """
        caps = self.caps
        if not caps.groups:
            return self
        s, i, n = caps.cells.T
        log_rent = caps.spread(rent)
        log_paid, log_burnt = caps.log_border_share(rent), caps.log_licence_cost(rent)
        power = (self.theta[:, s, 0] * log_rent).T[:, :, None]
        power_net = power - log_paid.T[:, :, None]
        power_sold = power + (log_rent - log_burnt).T[:, :, None]
        N = self.base.shape[1]

        def scaled(kernel: Float, logs: Float) -> Float:
            copy = by_user(np.array(kernel), N)
            copy[:, s, i, :, n] *= np.exp(-logs)
            return copy.reshape(kernel.shape)

        cost, tax = np.array(self.log_cost), np.array(self.export_tax)
        cost[:, s, i, n] += log_rent
        tax[:, s, i, n] = (1.0 + tax[:, s, i, n]) * np.exp(log_rent + log_paid) - 1.0
        mean = self.log_mean_cost
        if self.cobb_douglas.any():
            rent_cost = np.zeros_like(cost)
            rent_cost[:, s, i, n] = log_rent
            mean = mean + mean_cost(self.base, rent_cost)
        return replace(
            self,
            log_cost=cost,
            export_tax=tax,
            kernel=scaled(self.kernel, power),
            kernel_net=scaled(self.kernel_net, power_net),
            kernel_sold=scaled(self.kernel_sold, power_sold),
            log_mean_cost=mean,
            rent=rent,
        )


def mean_cost(base: Economy, cost: Float) -> Float:
    """Mean of costs (B, S, I, N) over origins, weighted by base shares, (B, S, D)."""
    share = by_user(base.share, base.shape[1])
    mean = np.einsum("siun,bsin->bsun", share, cost)
    return np.asarray(mean.reshape(len(cost), len(share), -1), dtype=np.float64)
