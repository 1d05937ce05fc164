r"""The calibrated economy: shares and levels of the base year, as plain arrays.

Axes come in the order (sector, exporter, destination): the trade kernels are then one matrix
product per sector. Destinations D are the N regions if import shares are common to all users of a
region; if every user has shares of its own they are the (user, region) pairs, users being the S
industries and then final demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iomodel.equilibrium.capital import SteadyCapital
from iomodel.equilibrium.names import UNNAMED, Names
from iomodel.equilibrium.origin_mixes import OriginMixes, origin_mixes
from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = ["Economy", "by_user", "joined"]


def by_user(values: Float, regions: int) -> Float:
    """View values (..., D) as (..., U, N): one user, or the industries and then final demand."""
    return values.reshape(*values.shape[:-1], -1, regions)


def joined(industry: Float, final: Float) -> Float:
    """Join purchases of industries, (..., N) or (..., S, N), with those of households, (..., D)."""
    if industry.ndim == final.ndim:
        return industry + final
    purchases = np.concatenate([industry, final[..., None, :]], axis=-2)
    return purchases.reshape(*purchases.shape[:-2], -1)


@dataclass(frozen=True)
class Economy:
    r"""Shares and levels of the base.

    Attributes
    ----------
    spending : ndarray, shape (S, D)
        :math:`X_{sd}`, spending of destination d on good s at prices with duty.
    share : ndarray, shape (S, I, D)
        :math:`\lambda_{isd}`, share of origin i in it; columns sum to one, or are zero without
        purchases.
    tariff : ndarray, shape (S, I, N)
        Ad-valorem rates, fractions; the same for all users of a region.
    value_added_share : ndarray, shape (S, N)
        :math:`v_{sn}`, share of value added in costs. Zero makes the industry a nest.
    input_share : ndarray, shape (N, K, S)
        :math:`m_{nks}`, share of input k in the intermediate bundle of industry s in region n;
        columns sum to one, or are zero without inputs. Small negative cells
        (by-products, as in the data of [CaliendoParro2015]_) are let through.
    final_share : ndarray, shape (S, N)
        :math:`\beta_{sn}`, shares in final spending.
    value_added : ndarray, shape (S, N)
        :math:`w L_{sn}`, factor income by industry.
    deficit : ndarray, shape (N,)
        Spending over income of each region; sums to zero.
    export_tax : ndarray, shape (S, I, N), or float
        Ad-valorem rates on the receipts of the industry, levied by its own region; quota rents are
        such taxes.
    names : Names
        Of sectors and regions, for refusals.
    capital : SteadyCapital or None
        Labour shares and investment, if capital accumulates to its steady state; None leaves
        factors in fixed supply. Factors must then be mobile.
    specific : tuple of int
        Sectors whose factor does not leave its industry where others are mobile (land, natural
        resources).
    """

    spending: Float
    share: Float
    tariff: Float
    value_added_share: Float
    input_share: Float
    final_share: Float
    value_added: Float
    deficit: Float
    export_tax: Float | float = 0.0
    names: Names = UNNAMED
    capital: SteadyCapital | None = None
    specific: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Sectors and regions."""
        sectors, regions = self.value_added.shape
        return sectors, regions

    @property
    def users(self) -> int:
        """Users of a region with shares of their own: one, or industries and final demand."""
        return int(self.spending.shape[1] // self.value_added.shape[1])

    @cached_property
    def flow(self) -> Float:
        r"""Sales before duty :math:`\lambda X/(1+t)`, with export tax, (S, I, N). Eq. (1)."""
        N = self.shape[1]
        spent = np.einsum("siun,sun->sin", by_user(self.share, N), by_user(self.spending, N))
        flow: Float = spent / (1.0 + self.tariff)
        return flow

    @cached_property
    def output(self) -> Float:
        """Receipts of each industry, (S, N). Eq. (2)."""
        return np.asarray((self.flow / (1.0 + self.export_tax)).sum(axis=2), dtype=np.float64)

    @cached_property
    def income(self) -> Float:
        """Factor income of each region, (N,)."""
        return np.asarray(self.value_added.sum(axis=0), dtype=np.float64)

    @cached_property
    def revenue(self) -> Float:
        """Tariff revenue of each region, (N,). Eq. (14)."""
        return np.asarray(np.einsum("sin,sin->n", self.tariff, self.flow), dtype=np.float64)

    @cached_property
    def rents(self) -> Float:
        """Revenue of export taxes of each region, (N,). Eq. (15)."""
        return np.asarray(self.flow.sum(axis=(0, 2)) - self.output.sum(axis=0), dtype=np.float64)

    @property
    def expenditure(self) -> Float:
        """Final spending of each region: factor income, revenue, rents and deficit, (N,).

        Eq. (16).
        """
        rents = self.rents if np.any(self.export_tax) else 0.0
        return self.income + self.revenue + rents + self.deficit

    @cached_property
    def log_tariff_factor(self) -> Float:
        """Log of one plus the rates of duties, (S, I, N)."""
        return np.log1p(self.tariff)

    @cached_property
    def input_use(self) -> Float:
        """Shares in the intermediate bundle once more, laid out (K, S, N)."""
        return np.ascontiguousarray(self.input_share.transpose(1, 2, 0))

    @cached_property
    def mixes(self) -> OriginMixes | None:
        """Shares of origins by import mix, where users have few; None of one user."""
        return origin_mixes(by_user(self.share, self.shape[1])) if self.users > 1 else None

    def imbalance(self) -> float:
        """Largest relative gap in the accounts of the base.

        Zero (to rounding) for an economy that is itself an equilibrium. Calibrations that clip
        negative final demand, or whose value added does not fit their output, are not until they
        have been solved once.
        """
        inputs = self.input_use * (1.0 - self.value_added_share) * self.output
        purchases = joined(
            inputs if self.users > 1 else inputs.sum(axis=1), self.final_share * self.expenditure
        )
        labour = self.value_added_share * self.output - self.value_added
        scale = np.maximum(self.expenditure, 1e-300)
        gap = by_user(purchases - self.spending, len(scale)) / scale
        return float(max(np.abs(gap).max(), np.abs(labour / scale).max()))

    def check(self) -> None:
        """Check shapes, signs and sums of all shares.

        Raises
        ------
        TableError
            Naming the array and the place of its worst cell.
        """
        S, N = self.shape
        if self.users not in (1, S + 1):
            raise TableError(
                f"spending has {self.spending.shape[1]} destinations; {N} regions have that many, "
                f"or {(S + 1) * N} where each industry and final demand has shares of its own"
            )
        D = N * self.users
        for name, array, shape in (
            ("spending", self.spending, (S, D)),
            ("share", self.share, (S, N, D)),
            ("tariff", self.tariff, (S, N, N)),
            ("export_tax", np.broadcast_to(self.export_tax, (S, N, N)), (S, N, N)),
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
            signed = ("spending", "tariff", "export_tax", "deficit", "input_share")
            if name not in signed and array.min() < 0.0:
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
            gap = np.minimum(np.abs(sums - 1.0), np.abs(sums))
            if gap.max() > 1e-9:
                place = np.unravel_index(int(gap.argmax()), gap.shape)
                raise TableError(
                    f"{name} sums to {sums[place]:.6g} at {tuple(map(int, place))}; shares must "
                    "sum to one, or be zero throughout"
                )
        if self.capital is not None:
            self.capital.check(self.shape)
        unknown = [s for s in self.specific if not 0 <= s < S]
        if unknown:
            raise TableError(f"no sector {unknown[0]} for a specific factor; there are {S}")
        if min(self.tariff.min(), np.min(self.export_tax)) <= -1.0:
            raise TableError("a tax of -100 percent or less leaves no price; check the rates")
