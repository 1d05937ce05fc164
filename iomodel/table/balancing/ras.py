"""RAS and GRAS: the nearest matrix with given row and column sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.table.alignment import axis_order, pandas_cells
from iomodel.table.balancing.sweeps import BalanceResult, Sweeps, line_name
from iomodel.table.real import is_positional, real_cells
from iomodel.typing import Float

__all__ = ["BalanceResult", "BalanceSettings", "gras", "ras"]


LINES = ("row", "column")


class BalanceSettings(TypedDict, total=False):
    """Settings that :func:`ras` and :func:`gras` share.

    Attributes
    ----------
    tolerance : float
        Largest relative gap of a row sum at which to stop. Default: 1e-11.
    max_iterations : int
        Sweeps after which to give up. Default: 2000.
    row_labels, column_labels : sequence of str, optional
        Names of rows and columns for messages. Default: their numbers from 0.
    """

    tolerance: float
    max_iterations: int
    row_labels: Sequence[str] | None
    column_labels: Sequence[str] | None


def ras(
    matrix: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    **settings: Unpack[BalanceSettings],
) -> BalanceResult:
    r"""Balance a non-negative matrix by the biproportional method.

    The result is :math:`\hat r P \hat s` with row sums `row_totals` and column sums
    `column_totals`, the matrix of least relative entropy to `matrix` [Bacharach1970]_. Zeros
    stay zero.

    Parameters
    ----------
    matrix : array_like, shape (..., m, n)
        Matrix :math:`P` without negative cells. Leading axes are a batch; they broadcast against
        those of the totals.
    row_totals : array_like, shape (..., m)
        Row sums to meet.
    column_totals : array_like, shape (..., n)
        Column sums to meet.
    **settings
        See :class:`BalanceSettings`: when to stop, and labels for messages.

    Returns
    -------
    BalanceResult

    Raises
    ------
    TableError
        If a cell is negative or not finite, shapes or the sums of both totals differ, or a row or
        column cannot meet its total with the cells that it has.
    SolverError
        If the totals are not met within `max_iterations`.
    """
    settings = _with_labels(matrix, settings)
    cells, rows, columns = _by_label(matrix, row_totals, column_totals)
    if cells.ndim >= 2 and (cells < 0).any():
        cell = tuple(np.argwhere(cells < 0)[0])
        row = line_name(settings.get("row_labels"), cell[-2])
        column = line_name(settings.get("column_labels"), cell[-1])
        raise TableError(f"RAS: negative cell at row {row}, column {column}; use GRAS")
    return _balanced("RAS", cells, rows, columns, settings)


def gras(
    matrix: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    **settings: Unpack[BalanceSettings],
) -> BalanceResult:
    r"""Balance a matrix that has negative cells; every cell keeps its sign and every zero stays.

    With :math:`P = \max(X, 0)` and :math:`N = \max(-X, 0)` the result is
    :math:`\hat r P \hat s - \hat r^{-1} N \hat s^{-1}` [JuniusOosterhaven2003]_, with the objective
    of [LenzenWoodGallego2007]_. Each sweep solves, for the columns and likewise for the rows,

    .. math:: p_j s_j - n_j / s_j = v_j, \quad p = P' r, \quad n = N' r^{-1},

    whose root for a column without positive cells is :math:`s_j = -n_j / v_j`
    [TemurshoevMillerBouwmeester2013]_.

    Parameters
    ----------
    matrix : array_like, shape (..., m, n)
        Matrix :math:`X`, with leading axes as in :func:`ras`.
    row_totals, column_totals, **settings
        As :func:`ras`.

    Returns
    -------
    BalanceResult

    Raises
    ------
    TableError
        If a cell is not finite, shapes or the sums of both totals differ, or a row or column cannot
        meet its total with the signs that its cells have.
    SolverError
        If the totals are not met within `max_iterations`.
    """
    settings = _with_labels(matrix, settings)
    return _balanced("GRAS", *_by_label(matrix, row_totals, column_totals), settings)


def _with_labels(matrix: ArrayLike, settings: BalanceSettings) -> BalanceSettings:
    """Add the labels of a DataFrame for messages, unless the caller names rows and columns."""
    if not isinstance(matrix, pd.DataFrame):
        return settings
    rows, columns = ([str(label) for label in index] for index in matrix.axes)
    labels: BalanceSettings = {"row_labels": rows, "column_labels": columns}
    return {**labels, **settings}


def _by_label(
    matrix: ArrayLike, row_totals: ArrayLike, column_totals: ArrayLike
) -> tuple[Float, Float, Float]:
    """Matrix and totals as arrays; totals of a DataFrame are put in the order of its labels."""
    totals: list[ArrayLike] = [row_totals, column_totals]
    cells: ArrayLike = matrix
    if isinstance(matrix, pd.DataFrame):
        cells = pandas_cells("the matrix", matrix)
        for k, (line, index) in enumerate(zip(LINES, matrix.axes, strict=True)):
            values = totals[k]
            if isinstance(values, pd.Series) and not is_positional(values.index):
                labels = pd.Index([str(v) for v in values.index])
                axis = {line: [str(v) for v in index]}
                order = axis_order(f"{line} totals", labels, axis)
                numbers = pandas_cells(f"{line} totals", values)
                totals[k] = numbers if order is None else numbers[order]
    row_cells, column_cells = (
        real_cells(f"{line} totals", values) for line, values in zip(LINES, totals, strict=True)
    )
    return real_cells("the matrix", cells), row_cells, column_cells


def _balanced(
    method: str,
    cells: Float,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    settings: BalanceSettings,
) -> BalanceResult:
    labels = settings.get("row_labels"), settings.get("column_labels")
    sweeps = Sweeps(method, cells, row_totals, column_totals, *labels)
    return sweeps.run(settings.get("tolerance", 1e-11), settings.get("max_iterations", 2000))
