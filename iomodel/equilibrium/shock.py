"""Shocks: taxes, costs, productivity, endowments and quotas of the new equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.quotas import Quotas
from iomodel.typing import Component, Float

__all__ = ["Shock", "partial_shock"]

Padded = TypeVar("Padded", Float, Float | float, Float | None)


@dataclass(frozen=True)
class Shock:
    r"""New taxes, factors and caps; every array may carry a leading axis of scenarios.

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
    export_tax : ndarray, shape (S, I, N), or None
        New ad-valorem rates on the receipts of the industry, levied by its own region, on domestic
        sales too if the diagonal says so; None leaves them.
    quotas : Quotas or None
        Caps on quantities; their rents come on top of `export_tax`.
    balanced : ndarray of int, shape (N,), or None
        Groups of regions among which deficits as shares of income balance; None: those that still
        trade.
    """

    tariff: Float | None = None
    trade_cost: Float | float = 1.0
    productivity: Float | float = 1.0
    endowment: Float | float = 1.0
    export_tax: Float | None = None
    quotas: Quotas | None = None
    balanced: Component | None = None

    def arrays(self) -> dict[str, tuple[ArrayLike, int]]:
        """Arrays of the shock, each with its number of axes but for scenarios."""
        fields: dict[str, tuple[ArrayLike | None, int]] = {
            "tariff": (self.tariff, 3),
            "trade_cost": (self.trade_cost, 3),
            "productivity": (self.productivity, 2),
            "endowment": (self.endowment, 2),
            "export_tax": (self.export_tax, 3),
            "limit": (None if self.quotas is None else self.quotas.limit, 1),
        }
        return {name: (value, axes) for name, (value, axes) in fields.items() if value is not None}

    def drawn(self, scenarios: slice | Sequence[int]) -> Shock:
        """Select scenarios; arrays common to all stay."""
        selected: dict[str, Any] = {
            name: np.asarray(value, dtype=np.float64)[scenarios]
            for name, (value, axes) in self.arrays().items()
            if np.ndim(value) == axes + 1 and len(np.asarray(value)) > 1
        }
        limit = selected.pop("limit", None)
        shock = replace(self, **selected)
        if limit is None or self.quotas is None:
            return shock
        return replace(shock, quotas=replace(self.quotas, limit=limit))

    def with_home_industries(self, count: int) -> Shock:
        """Shock of an economy with further industries, which have no part in it.

        Endowments must be common to all industries. See
        :func:`iomodel.equilibrium.home_industries.with_home_industries`.
        """
        return replace(
            self,
            tariff=_padded(self.tariff, count, 0.0, axis=-3),
            trade_cost=_padded(self.trade_cost, count, 1.0, axis=-3),
            productivity=_padded(self.productivity, count, 1.0, axis=-2),
            export_tax=_padded(self.export_tax, count, 0.0, axis=-3),
        )


def partial_shock(base: Economy, shock: Shock, part: float) -> Shock:
    r"""Scale a shock: part of the log change of every factor, closed flows closing smoothly.

    A rise of costs, duties or export taxes by :math:`c` in logs comes as

    .. math:: c(p) = \frac{p^{3/2}\,c}{1 + c\,(1 - p)},

    infinite ones as :math:`p^{3/2}/(1-p)`: steps are short where flows are still large, and a
    prohibitive cost is on its way what a closed border is.
    """
    if part >= 1.0:
        return shock
    return Shock(
        tariff=_between(base.tariff, shock.tariff, part),
        trade_cost=_power(np.asarray(shock.trade_cost, dtype=np.float64), part),
        productivity=np.asarray(shock.productivity, dtype=np.float64) ** part,
        endowment=np.asarray(shock.endowment, dtype=np.float64) ** part,
        export_tax=_between(base.export_tax, shock.export_tax, part),
        quotas=None if shock.quotas is None else shock.quotas.partial(part),
        balanced=shock.balanced,
    )


def _between(old: ArrayLike, new: Float | None, part: float) -> Float | None:
    if new is None:
        return None
    log_old = np.log1p(old)
    return np.asarray(np.expm1(log_old + _part(np.log1p(new) - log_old, part)))


def _power(factor: Float, part: float) -> Float:
    """Return a part of the log change of factors, as factors."""
    # Near the end of the path costs without end are more than a float holds: closed.
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(_part(np.log(factor), part)))


def _part(change: Float, part: float) -> Float:
    """Return part of a log change; rises come fast where they are large."""
    rises, pace = change > 0.0, np.where(change > 0.0, part**1.5, part)
    with np.errstate(invalid="ignore"):
        scaled = pace * change / (1.0 + np.where(rises, change, 0.0) * (1.0 - part))
    return np.where(np.isposinf(change), pace / (1.0 - part), scaled)


def _padded(cells: Padded, count: int, value: float, axis: int) -> Padded:
    """Return cells with `count` more sectors of one value; numbers and None as they are."""
    if cells is None or np.ndim(cells) == 0 or count == 0:
        return cells
    array = np.asarray(cells, dtype=np.float64)
    shape = list(array.shape)
    shape[axis] = count
    return np.concatenate([array, np.full(shape, value)], axis=axis)
