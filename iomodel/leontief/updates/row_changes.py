r"""How the rows of A change in scenarios of single rows: all cells by one share, or cell by cell.

Where a row is cut by a share c, its change :math:`d' = -c\,a_i'` need not be made to be multiplied:
from :math:`(I - A) x = f` follows :math:`a_i' x = x_i - f_i`, up to the residual of x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float, Index

__all__ = ["STRIP", "GivenRows", "RowChanges", "ScaledRows"]

ROUNDING = 1e-12
# Scenarios looked at together.
STRIP = 16


class RowChanges(Protocol):
    """Changes of the rows of A, one row in each of m scenarios."""

    @property
    def slack(self) -> Float:
        """Parts of the residuals of x and z that enter the products below as errors, (m,)."""
        ...

    def cells(self) -> Float:
        """Return the changes d of the rows, (m, n)."""
        ...

    def of_answer(self, x: Float, f: Float) -> Float:
        """Return d'x for each scenario, (m,), where (I - A) x = f."""
        ...

    def of_columns(self, z: Float) -> Float:
        """Return d'z for each scenario, (m,), where z (n, m) holds its columns of the inverse."""
        ...


@dataclass(frozen=True, eq=False)
class ScaledRows:
    """Rows that lose a share of every cell.

    Attributes
    ----------
    A : ndarray, shape (n, n)
        Coefficients of the baseline.
    rows : ndarray of int, shape (m,)
        The row that changes in each scenario.
    share : ndarray, shape (m,)
        What is lost; negative for a gain.
    """

    A: Float
    rows: Index
    share: Float

    @property
    def slack(self) -> Float:
        """See :class:`RowChanges`."""
        return np.abs(self.share)

    def cells(self) -> Float:
        """See :class:`RowChanges`."""
        # In place: first touching a new array of this size costs more than the arithmetic.
        changes: Float = self.A[self.rows]
        changes *= -self.share[:, None]
        return changes

    def of_answer(self, x: Float, f: Float) -> Float:
        """See :class:`RowChanges`."""
        return -self.share * (x[self.rows] - f[self.rows])

    def of_columns(self, z: Float) -> Float:
        """See :class:`RowChanges`."""
        return -self.share * (z[self.rows, np.arange(self.rows.size)] - 1.0)

    def refuse_negative(self, name: Callable[[int], str]) -> None:
        """Raise TableError if a share leaves a coefficient negative or not finite."""
        # Rows that are not negative stay so unless more is lost than there is.
        doubtful = np.flatnonzero(~((self.share <= 1.0) & np.isfinite(self.share)))
        part = ScaledRows(self.A, self.rows[doubtful], self.share[doubtful])
        GivenRows(self.A, part.rows, part.cells()).refuse_negative(name, doubtful)


@dataclass(frozen=True, eq=False)
class GivenRows:
    """Rows that change cell by cell.

    Attributes
    ----------
    A : ndarray, shape (n, n)
        Coefficients of the baseline.
    rows : ndarray of int, shape (m,)
        The row that changes in each scenario.
    changes : ndarray, shape (m, n)
        What is added to it.
    """

    A: Float
    rows: Index
    changes: Float

    @property
    def slack(self) -> Float:
        """See :class:`RowChanges`."""
        return np.zeros(self.rows.size)

    def cells(self) -> Float:
        """See :class:`RowChanges`."""
        return self.changes

    def of_answer(self, x: Float, f: Float) -> Float:
        """See :class:`RowChanges`."""
        return np.asarray(self.changes @ x)

    def of_columns(self, z: Float) -> Float:
        """See :class:`RowChanges`."""
        return np.asarray(np.einsum("sj,js->s", self.changes, z))

    def refuse_negative(self, name: Callable[[int], str], numbers: Index | None = None) -> None:
        """Raise TableError if a coefficient would be negative or not finite.

        `numbers` are those of the scenarios, where they are not 0 to m - 1.
        """
        # Strip by strip: all cells at once would be a third array of their size.
        for first in range(0, self.rows.size, STRIP):
            part = slice(first, first + STRIP)
            cells = self.A[self.rows[part]] + self.changes[part]
            # A NaN fails the comparison, infinite cells the next line.
            if cells.min(initial=0.0) >= -ROUNDING and cells.max(initial=0.0) < np.inf:
                continue
            s, j = (int(k) for k in np.argwhere(~(np.isfinite(cells) & (cells >= -ROUNDING)))[0])
            scenario = first + s if numbers is None else int(numbers[first + s])
            raise TableError(
                f"scenario {scenario} would make the coefficient from "
                f"{name(int(self.rows[first + s]))} to {name(j)} {cells[s, j]:.6g}; it must stay "
                "finite and not negative"
            )
