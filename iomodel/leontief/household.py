"""Household closure: the endogenous households of type II multipliers.

One row (household earnings per unit of output) and one column (purchases per unit of income)
for each region are added to A [MillerBlair2009]_ (section 2.5):

    A_closed = [[A, h_c], [h_r, h_h]].

They are eliminated by blocks, so the factorization of the open model serves. With Z = L h_c and
K = h_h + h_r Z, the closed model is productive if and only if A is and rho(K) < 1, and

    households:  (I - K) x_h = f_h + h_r L f,        x = L f + Z x_h,
    prices:      (I - K') p_h = c_h + Z' c,          p = L' (c + h_r' p_h).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError, unknown_label
from iomodel.leontief.interface import Solver
from iomodel.leontief.labels import UNLABELLED, Industries
from iomodel.leontief.productive import check_productive, refuse_bad_cells
from iomodel.leontief.solvers.backward_error import SolveReport, checked_solve
from iomodel.leontief.solvers.dense_lu import DenseLU, identity_minus
from iomodel.table.alignment import Axis, aligned
from iomodel.table.mrio import MRIOTable
from iomodel.table.real import is_labelled
from iomodel.typing import Float

__all__ = ["HouseholdClosure", "Households"]


@dataclass(frozen=True)
class Households:
    """Earnings and spending of the households of each region.

    Attributes
    ----------
    consumption : str or ndarray, shape (n, R)
        Final use that is their consumption, or purchases per unit of their income.
    income : str or ndarray, shape (R, n)
        Primary input that is their income, or their earnings per unit of an industry's output.
        A region's industries pay the households of that region.
    income_share : float or array_like, shape (R,) or (R, S)
        Share of that primary input received by households, for example the labour share in a
        table with no more detail than value added.
    total_income : array_like, shape (R,), optional
        Level of their whole income, in the units of the table, if they have other sources.
        Default: the income from industries. Consumption is divided by it; the remainder leaks.
    transfers : float or array_like, shape (R,) or (R, R)
        Purchases from households (domestic service) per unit of income. A scalar or vector
        applies within each region; seller in rows of a matrix.
    intensity : float or array_like, shape (R,)
        Weight of a unit of household income itself in a multiplier: 0 for the truncated
        multipliers over industries, 1 for the total output multipliers over industries and
        households, or their direct emissions and the like.

    Notes
    -----
    Plain arrays count by position. A Series, DataFrame or DataArray is put in the order of the
    system's labels: industries as region and sector, households as ``user_region`` beside them, and
    as ``region`` where they stand alone.

    The default, all value added earned and household consumption spent in each region, is the
    widest closure; the textbook's counts wages only: an `income_share` below one comes near it.
    """

    consumption: str | Float = "HFCE"
    income: str | Float = "VA"
    income_share: float | ArrayLike = 1.0
    total_income: ArrayLike | None = None
    transfers: float | ArrayLike = 0.0
    intensity: float | ArrayLike = 0.0

    def close(self, system: Solver) -> HouseholdClosure:
        """Return the closed model of a system.

        Raises
        ------
        LabelError
            If the final use or primary input does not exist, or a label of an array does not fit.
        TableError
            If names are given but the system has no table, shapes do not fit, or a coefficient is
            negative or not finite.
        NonProductiveError
            If households and industries together use up more than they make.
        """
        return self.in_order(system.industries)._close(system)

    def in_order(self, industries: Industries) -> Households:
        """Return the same with every labelled array as a plain one in the order of a system.

        Raises
        ------
        LabelError
            If a label is unknown, missing or duplicated, or the system has no labels.
        """
        regions, users = {"region": industries.regions}, {"user_region": industries.regions}
        axis = {"region": industries.regions, "sector": industries.sectors}
        forms: Mapping[str, tuple[tuple[Axis, ...], ...]] = {
            "consumption": ((axis, users),),
            "income": ((users, axis),),
            "income_share": ((regions,), (axis,)),
            "total_income": ((regions,),),
            "transfers": ((regions,), (regions, users)),
            "intensity": ((regions,),),
        }
        arrays = {name: getattr(self, name) for name in forms}
        labelled = {name: values for name, values in arrays.items() if is_labelled(values)}
        if labelled and not industries.labelled:
            raise LabelError(UNLABELLED)
        return replace(self, **{k: _in_order(k, v, forms[k]) for k, v in labelled.items()})

    def _close(self, system: Solver) -> HouseholdClosure:
        if isinstance(self.income, str) or isinstance(self.consumption, str):
            if system.table is None:
                raise TableError(
                    "the system was built from coefficients and knows no final uses or primary "
                    "inputs; give consumption and income as arrays"
                )
            income, consumption = self._from_table(system.table)
        else:
            income, consumption = (
                np.array(h, dtype=np.float64, ndmin=2) for h in (self.income, self.consumption)
            )
            if consumption.shape[0] == 1 and system.n > 1:
                consumption = consumption.T
        R = income.shape[0]
        transfers = np.asarray(self.transfers, dtype=np.float64)
        if transfers.ndim < 2:
            transfers = np.diag(np.broadcast_to(transfers, R))
        return HouseholdClosure(system, consumption, income, transfers)

    def _from_table(self, table: MRIOTable) -> tuple[Float, Float]:
        R, S = table.shape
        if isinstance(self.income, str):
            names = [str(p) for p in table.V["primary_input"].values]
            level = table.V.values[_position("primary input", self.income, names)]
            share = np.asarray(self.income_share, dtype=np.float64)
            household_income = level * (share[:, None] if share.ndim == 1 else share)
            x = table.x.values
            rates = np.divide(household_income, x, out=np.zeros((R, S)), where=x > 0)
            by_region = np.zeros((R, R, S))
            by_region[np.arange(R), np.arange(R)] = rates
            income: Float = by_region.reshape(R, R * S)
        else:
            income = np.array(self.income, dtype=np.float64, ndmin=2)
        if not isinstance(self.consumption, str):
            return income, np.array(self.consumption, dtype=np.float64, ndmin=2)
        use = _position("final use", self.consumption, table.final_uses)
        purchases = table.Y.values[..., use].reshape(table.n, R)
        total = income @ table.x1 if self.total_income is None else np.asarray(self.total_income)
        if total.shape != (R,):
            raise TableError(f"total_income has shape {total.shape}; give one level per region")
        # Households without income cannot spend out of it: their consumption stays exogenous.
        return income, np.divide(purchases, total, out=np.zeros((table.n, R)), where=total > 0)


def _in_order(name: str, values: Any, forms: Sequence[tuple[Axis, ...]]) -> Float:
    """Cells of a labelled array in the first form with as many dimensions, industries as one."""
    levels = values.ndim
    if isinstance(values, pd.Series | pd.DataFrame):
        levels = sum(index.nlevels for index in values.axes)
    fitting = (axes for axes in forms if sum(map(len, axes)) == levels)
    axes = next(fitting, forms[0])
    cells = aligned(f"household {name}", values, *axes)
    if len(axes) == 1:
        return cells
    return cells.reshape([prod(len(labels) for labels in axis.values()) for axis in axes])


def _position(kind: str, label: str, valid: Sequence[str]) -> int:
    if label not in valid:
        raise unknown_label(kind, label, valid)
    return list(valid).index(label)


class HouseholdClosure:
    """A Leontief model closed for H groups of households, on the factors of the open one.

    Parameters
    ----------
    system : Solver
        The open model.
    consumption : ndarray, shape (n, H)
        Purchases from industries per unit of household income.
    income : ndarray, shape (H, n)
        Household income per unit of output.
    transfers : ndarray, shape (H, H)
        Household income per unit of household income, seller in rows.

    Raises
    ------
    TableError, NonProductiveError
        As for :meth:`Households.close`.
    """

    def __init__(self, system: Solver, consumption: Float, income: Float, transfers: Float) -> None:
        self.system, self.consumption, self.income = system, consumption, income
        self.transfers, self.groups = transfers, income.shape[0]
        H, n = self.groups, system.n
        required_shapes = {
            "income": (income, (H, n)),
            "consumption": (consumption, (n, H)),
            "transfers": (transfers, (H, H)),
        }
        for name, (array, shape) in required_shapes.items():
            if array.shape != shape:
                raise TableError(f"household {name} has shape {array.shape}; wanted {shape}")
            bad = ~(np.isfinite(array) & (array >= 0))
            if bad.any():
                i, j = (int(k) for k in np.argwhere(bad)[0])
                raise TableError(
                    f"household {name} coefficient [{i}, {j}] is {array[i, j]:.6g}; coefficients "
                    "must be finite and not negative"
                )
        _, sums = refuse_bad_cells(self._K, self._name)
        check_productive(self._K, sums, self._name, "the technology closed for households")

    def _name(self, group: int) -> str:
        regions = self.system.industries.regions
        region = regions[group] if len(regions) == self.groups else str(group)
        return f"households of {region}"

    @cached_property
    def _Z(self) -> Float:
        return self.system.solve(self.consumption)

    @cached_property
    def _K(self) -> Float:
        return np.ascontiguousarray(self.transfers + self.income @ self._Z)

    @cached_property
    def _small(self) -> DenseLU:
        return DenseLU.overwrite(identity_minus(self._K))

    def solve(self, f: Float, f_households: Float) -> tuple[Float, Float, SolveReport]:
        """Return outputs (n,) or (n, k), household incomes (H,) or (H, k), and the report."""
        return self._answer(f, f_households, transposed=False)

    def solve_prices(self, c: Float, c_households: Float) -> tuple[Float, Float, SolveReport]:
        """Return multipliers of industries and of household income, and the report."""
        return self._answer(c, c_households, transposed=True)

    def _answer(
        self, industries: Float, households: Float, *, transposed: bool
    ) -> tuple[Float, Float, SolveReport]:
        n = self.system.n
        solution, report = checked_solve(
            np.concatenate([industries, households]),
            self._prices if transposed else self._outputs,
            lambda x: self._product(x, transposed=transposed),
            self._coefficient_norm(transposed=transposed),
            self.system.tolerance,
            "lu + households",
        )
        return solution[:n], solution[n:], report

    def _outputs(self, rhs: Float) -> Float:
        n = self.system.n
        y = self.system.answer(rhs[:n])[0]
        household_income = self._small.solve(rhs[n:] + self.income @ y)
        return np.concatenate([y + self._Z @ household_income, household_income])

    def _prices(self, rhs: Float) -> Float:
        n = self.system.n
        p_h = self._small.solve(rhs[n:] + self._Z.T @ rhs[:n], transposed=True)
        p, _ = self.system.answer(rhs[:n] + self.income.T @ p_h, transposed=True)
        return np.concatenate([p, p_h])

    def _product(self, x: Float, *, transposed: bool) -> Float:
        n = self.system.n
        column, row = self.consumption, self.income
        inner = self.transfers
        if transposed:
            column, row, inner = row.T, column.T, inner.T
        top = self.system.product(x[:n], transposed=transposed) - column @ x[n:]
        return np.concatenate([top, x[n:] - row @ x[:n] - inner @ x[n:]])

    def _coefficient_norm(self, *, transposed: bool) -> float:
        ones = np.ones(self.system.n + self.groups)
        # The closed matrix is not negative: its largest row sum is its norm.
        return float(np.max(ones - self._product(ones, transposed=transposed)))
