r"""Changes of single rows of A: all cells by one share, or cell by cell.

A row that is cut by a share c changes by :math:`d' = -c\,a_i'`. Its products need no cells: from
:math:`(I - A) x = f` follows :math:`a_i' x = x_i - f_i`, up to the residual of x.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iomodel.errors import TableError
from iomodel.leontief.updates.indices import COEFFICIENT_ROUNDING
from iomodel.typing import Float, Index

__all__ = ["STRIP", "RowChanges", "RowsByCell", "ScaledRows", "refuse_negative_rows"]

# Scenarios per block.
STRIP = 16


@dataclass(frozen=True, eq=False)
class RowChanges(ABC):
    """Changes of the rows of A, one row in each of m scenarios.

    Attributes
    ----------
    A : ndarray, shape (n, n)
        Coefficients of the baseline.
    rows : ndarray of int, shape (m,)
        The row that changes in each scenario.
    """

    A: Float
    rows: Index

    @property
    @abstractmethod
    def slack(self) -> Float:
        """Parts of the residuals of x and z that enter the products below as errors, (m,)."""

    @abstractmethod
    def cells(self) -> Float:
        """Return the changes d of the rows, (m, n)."""

    @abstractmethod
    def times_output(self, x: Float, f: Float) -> Float:
        """Return d'x for each scenario, (m,), with x the solution of (I - A) x = f."""

    @abstractmethod
    def times_columns(self, z: Float) -> Float:
        """Return d'z for each scenario, (m,), with z (n, m) its columns of the inverse."""

    @abstractmethod
    def refuse_negative(self, name: Callable[[int], str]) -> None:
        """Raise TableError if a changed coefficient is negative or not finite."""


@dataclass(frozen=True, eq=False)
class ScaledRows(RowChanges):
    """Rows that lose a share of every cell.

    Attributes
    ----------
    share : ndarray, shape (m,)
        Share of the row that is lost; negative for a gain.
    """

    share: Float

    @property
    def slack(self) -> Float:
        """The share: d'x and d'z come from x and z themselves."""
        return np.abs(self.share)

    def cells(self) -> Float:
        """Return -share times the rows of A."""
        # In place: first touching a new array of this size costs more than the arithmetic.
        changes: Float = self.A[self.rows]
        changes *= -self.share[:, None]
        return changes

    def times_output(self, x: Float, f: Float) -> Float:
        """Return -share (x_i - f_i)."""
        return -self.share * (x[self.rows] - f[self.rows])

    def times_columns(self, z: Float) -> Float:
        """Return -share (z_i - 1)."""
        return -self.share * (z[self.rows, np.arange(self.rows.size)] - 1.0)

    def refuse_negative(self, name: Callable[[int], str]) -> None:
        """Raise TableError if a changed coefficient is negative or not finite."""
        # Rows that are not negative stay so for shares up to one.
        doubtful = np.flatnonzero(~((self.share <= 1.0) & np.isfinite(self.share)))
        scaled = ScaledRows(self.A, self.rows[doubtful], self.share[doubtful])
        refuse_negative_rows(self.A, scaled.rows, scaled.cells(), doubtful, name)


@dataclass(frozen=True, eq=False)
class RowsByCell(RowChanges):
    """Rows that change cell by cell.

    Attributes
    ----------
    changes : ndarray, shape (m, n)
        Change of the row in each scenario.
    """

    changes: Float

    @property
    def slack(self) -> Float:
        """Zero: d'x and d'z are formed from the cells."""
        return np.zeros(self.rows.size)

    def cells(self) -> Float:
        """Return the changes."""
        return self.changes

    def times_output(self, x: Float, f: Float) -> Float:
        """Return d'x."""
        return np.asarray(self.changes @ x)

    def times_columns(self, z: Float) -> Float:
        """Return d'z."""
        return np.asarray(np.einsum("sj,js->s", self.changes, z))

    def refuse_negative(self, name: Callable[[int], str]) -> None:
        """Raise TableError if a changed coefficient is negative or not finite."""
        refuse_negative_rows(self.A, self.rows, self.changes, np.arange(self.rows.size), name)


def refuse_negative_rows(
    A: Float, rows: Index, changes: Float, scenarios: Index, name: Callable[[int], str]
) -> None:
    """Raise TableError if a coefficient of A[rows] + changes is negative or not finite.

    Parameters
    ----------
    A : ndarray, shape (n, n)
    rows : ndarray of int, shape (m,)
    changes : ndarray, shape (m, n)
    scenarios : ndarray of int, shape (m,)
        Numbers of the scenarios, for the message.
    name : callable
        Label of the industry with a given index.
    """
    # Block by block: all cells at once would be a third array of their size.
    for start in range(0, rows.size, STRIP):
        block = slice(start, start + STRIP)
        cells = A[rows[block]] + changes[block]
        # A NaN fails the comparison, infinite cells the next line.
        if cells.min(initial=0.0) >= -COEFFICIENT_ROUNDING and cells.max(initial=0.0) < np.inf:
            continue
        s, j = (
            int(k) for k in np.argwhere(~(np.isfinite(cells) & (cells >= -COEFFICIENT_ROUNDING)))[0]
        )
        raise TableError(
            f"scenario {scenarios[start + s]} would make the coefficient from "
            f"{name(int(rows[start + s]))} to {name(j)} {cells[s, j]:.6g}; it must stay "
            "finite and not negative"
        )
