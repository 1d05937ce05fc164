r"""The calibrated economy: what the engine knows of the base year, as plain arrays.

Axes come in the order (sector, exporter, importer): the trade kernels are then one matrix product
per sector, and no array is ever larger than sectors x regions x regions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iomodel.errors import TableError

__all__ = ["Economy", "Elasticities", "Shock"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    r"""Shares and levels of the base.

    Attributes
    ----------
    spending : ndarray, shape (S, N)
        :math:`X_{sn}`, spending of region n on good s at prices with duty.
    share : ndarray, shape (S, I, N)
        :math:`\lambda_{isn}`, share of origin i in it; columns sum to one, or are zero where
        nothing is bought. Common to all users of a region.
    tariff : ndarray, shape (S, I, N)
        Ad-valorem rates, fractions.
    value_added_share : ndarray, shape (S, N)
        :math:`v_{sn}`, share of value added in costs.
    input_share : ndarray, shape (N, K, S)
        :math:`m_{nks}`, share of input k in the intermediate bundle of industry s in region n;
        columns sum to one, or are zero where no inputs are bought. Small negative cells
        (by-products, as in the data of [CaliendoParro2015]_) are let through.
    final_share : ndarray, shape (S, N)
        :math:`\beta_{sn}`, shares in final spending.
    value_added : ndarray, shape (S, N)
        :math:`w L_{sn}`, factor income by industry.
    deficit : ndarray, shape (N,)
        Spending over income of each region; sums to zero.
    """

    spending: Float
    share: Float
    tariff: Float
    value_added_share: Float
    input_share: Float
    final_share: Float
    value_added: Float
    deficit: Float

    @property
    def shape(self) -> tuple[int, int]:
        """Sectors and regions."""
        sectors, regions = self.spending.shape
        return sectors, regions

    @cached_property
    def flow(self) -> Float:
        r"""Sales before duty :math:`\lambda X/(1+t)`, (S, I, N)."""
        return self.share * self.spending[:, None, :] / (1.0 + self.tariff)

    @cached_property
    def output(self) -> Float:
        """Sales of each industry before duty, (S, N)."""
        return np.asarray(self.flow.sum(axis=2), dtype=np.float64)

    @cached_property
    def income(self) -> Float:
        """Factor income of each region, (N,)."""
        return np.asarray(self.value_added.sum(axis=0), dtype=np.float64)

    @cached_property
    def revenue(self) -> Float:
        """Tariff revenue of each region, (N,)."""
        return np.asarray(np.einsum("sin,sin->n", self.tariff, self.flow), dtype=np.float64)

    @property
    def expenditure(self) -> Float:
        """Final spending of each region: factor income, tariff revenue and deficit, (N,)."""
        return self.income + self.revenue + self.deficit

    def imbalance(self) -> float:
        """Return the largest relative gap in the accounts of the base.

        Zero (to rounding) for an economy that is itself an equilibrium. Calibrations that clip
        negative final demand, or whose value added does not fit their output, are not until they
        have been solved once.
        """
        inputs = (1.0 - self.value_added_share) * self.output
        bought = np.einsum("nks,sn->kn", self.input_share, inputs)
        gap = bought + self.final_share * self.expenditure - self.spending
        labour = self.value_added_share * self.output - self.value_added
        scale = np.maximum(self.expenditure, 1e-300)
        return float(max(np.abs(gap / scale).max(), np.abs(labour / scale).max()))

    def check(self) -> None:
        """Refuse shares that are no shares.

        Raises
        ------
        TableError
            Naming the array and the place of its worst cell.
        """
        S, N = self.shape
        for name, array, shape in (
            ("share", self.share, (S, N, N)),
            ("tariff", self.tariff, (S, N, N)),
            ("value_added_share", self.value_added_share, (S, N)),
            ("input_share", self.input_share, (N, S, S)),
            ("final_share", self.final_share, (S, N)),
            ("value_added", self.value_added, (S, N)),
            ("deficit", self.deficit, (N,)),
        ):
            if array.shape != shape:
                raise TableError(f"{name} has shape {array.shape}; the economy needs {shape}")
            if not np.isfinite(array).all():
                raise TableError(f"{name} has a cell that is no number; clean the data first")
            if name not in ("tariff", "deficit", "input_share") and array.min() < 0.0:
                place = np.unravel_index(int(array.argmin()), shape)
                raise TableError(
                    f"{name} is negative ({array.min():.3g}) at {tuple(map(int, place))}; clip and "
                    "renormalise it first"
                )
        for name, sums in (
            ("share", self.share.sum(axis=1)),
            ("input_share", self.input_share.sum(axis=1)),
            ("final_share", self.final_share.sum(axis=0)),
        ):
            off = np.minimum(np.abs(sums - 1.0), np.abs(sums))
            if off.max() > 1e-9:
                place = np.unravel_index(int(off.argmax()), off.shape)
                raise TableError(
                    f"{name} sums to {sums[place]:.6g} at {tuple(map(int, place))}; shares must "
                    "sum to one, or be zero throughout"
                )
        if self.tariff.min() <= -1.0:
            raise TableError("a tariff of -100 percent or less leaves no price; check the rates")


@dataclass(frozen=True)
class Elasticities:
    r"""Elasticities of the nests; each may carry a leading axis of draws.

    Attributes
    ----------
    theta : ndarray, shape (S,) or (B, S)
        Trade elasticity :math:`\theta = \sigma - 1` across origins; 0 is Cobb-Douglas and -1
        Leontief.
    value_added : float or ndarray, shape (B,)
        :math:`\sigma_v`, between value added and the intermediate bundle.
    inputs : float or ndarray, shape (B,)
        :math:`\sigma_m`, across input sectors.
    final : float or ndarray, shape (B,)
        :math:`\sigma_c`, across sectors in final demand.

    Notes
    -----
    One is Cobb-Douglas and zero Leontief; both are branches of their own, not limits. With all
    three at one the model is that of [CaliendoParro2015]_; (.5, .2, .9) is the benchmark of
    [BaqaeeFarhi2024]_.
    """

    theta: Float
    value_added: float | Float = 1.0
    inputs: float | Float = 1.0
    final: float | Float = 1.0

    @classmethod
    def caliendo_parro(cls, theta: ArrayLike) -> Elasticities:
        """Return the preset of [CaliendoParro2015]_: Cobb-Douglas but for origins."""
        return cls(np.asarray(theta, dtype=np.float64))

    @classmethod
    def baqaee_farhi(cls, theta: ArrayLike) -> Elasticities:
        """Return the benchmark of [BaqaeeFarhi2024]_: .5, .2 and .9."""
        return cls(np.asarray(theta, dtype=np.float64), 0.5, 0.2, 0.9)


@dataclass(frozen=True)
class Shock:
    r"""What changes; every array may carry a leading axis of scenarios.

    Attributes
    ----------
    tariff : ndarray, shape (S, I, N), or None
        New ad-valorem rates; None leaves them.
    trade_cost : ndarray, shape (S, I, N), or float
        Iceberg factor :math:`\hat d`; infinity closes a flow altogether.
    productivity : ndarray, shape (S, N), or float
        Factor :math:`\hat A` on output per unit of inputs.
    endowment : ndarray, shape (S, N) or (N,), or float
        Factor :math:`\hat L` on the supply of primary factors.
    """

    tariff: Float | None = None
    trade_cost: Float | float = 1.0
    productivity: Float | float = 1.0
    endowment: Float | float = 1.0
