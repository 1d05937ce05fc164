"""Balancing of a table: rows and columns meet their totals with the least change of cells."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.table.alignment import Axis, aligned
from iomodel.table.balancing.ras import gras, ras
from iomodel.table.labelled import LabelledTable, Table
from iomodel.table.real import cell_count
from iomodel.typing import Float

__all__ = ["balance"]


# Totals of final demand that the caller gives may miss the world identity by their rounding only.
CLOSURE_TOLERANCE = 1e-6


# Totals that are not finite, or overflow, are no matter for a warning: they are refused as such.
@np.errstate(over="ignore", invalid="ignore")
def balance(
    table: Table,
    method: Literal["ras", "gras"] = "gras",
    *,
    x: ArrayLike | xr.DataArray | None = None,
    primary_inputs: ArrayLike | xr.DataArray | None = None,
    final_demand: ArrayLike | xr.DataArray | None = None,
    tolerance: float = 1e-11,
    max_iterations: int = 2000,
) -> Table:
    r"""Adjust intermediate flows and final demand until every accounting identity closes.

    The matrix :math:`[Z\;Y]` is balanced to row sums :math:`x`, to column sums
    :math:`x - V' e` under `Z` and to given totals under `Y`, by RAS or GRAS (see
    :mod:`iomodel.table.balancing.ras`). Zero cells stay zero and no cell changes its sign.

    Parameters
    ----------
    table : MRIOTable
        Table, its identities closed or not (``MRIOTable.from_arrays(..., validate=False)``).
    method : {"gras", "ras"}
        ``"ras"`` refuses negative cells, such as drawn-down inventories.
    x : array_like, shape (n,) or (R, S), optional
        Gross output to meet. Default: that of the table.
    primary_inputs : array_like, optional
        Of the shape of `V`: takes its place. Of shape (n,) or (R, S): total by industry, to which
        the rows of `V` are scaled. Default: `V` stays as it is.
    final_demand : array_like, shape (R, U), optional
        Total of each final use of each region. Default: the present totals, all scaled by one
        factor so that world final demand equals world primary inputs.
    tolerance : float
        Largest relative gap of a row at which to stop; columns are met to rounding.
    max_iterations : int
        Sweeps after which to give up.

    Returns
    -------
    MRIOTable
        Its history says how many sweeps it took and which cell changed most. Tariffs and
        extensions are unchanged.

    Raises
    ------
    TableError
        If totals do not fit the labels or each other, or a row or column cannot meet its total with
        the signs of its cells; the message names it.
    SolverError
        If the totals are not met within `max_iterations`.
    """
    if method not in ("ras", "gras"):
        raise TableError(f"unknown balancing method {method!r}; valid: ras, gras")
    R, S = table.shape
    n, U = table.n, len(table.final_uses)
    sellers = [f"{r}/{s}" for r in table.regions for s in table.sectors]
    users = [f"{r}/{u}" for r in table.regions for u in table.final_uses]
    output = table.x1 if x is None else _target("x", x, _industries(table))
    primary = _primary_inputs(table, primary_inputs, sellers)
    inputs = output - primary.sum(axis=0)
    final = _final_totals(table, final_demand, float(primary.sum()))
    unbalanced = np.hstack([table.Z2, table.Y2])
    solve = ras if method == "ras" else gras
    result = solve(
        unbalanced,
        output,
        np.concatenate([inputs, final]),
        tolerance=tolerance,
        max_iterations=max_iterations,
        row_labels=sellers,
        column_labels=[*sellers, *users],
    )
    balanced_cells = result.matrix
    variables = {
        "Z": _like(table.Z, balanced_cells[:, :n].reshape(R, S, R, S)),
        "Y": _like(table.Y, balanced_cells[:, n:].reshape(R, S, R, U)),
    }
    if x is not None:
        variables["x"] = _like(table.x, output.reshape(R, S))
    if primary_inputs is not None:
        variables["V"] = _like(table.V, primary.reshape(-1, R, S))
    change = np.abs(np.subtract(balanced_cells, unbalanced))
    i, j = (int(k) for k in np.unravel_index(int(np.argmax(change)), change.shape))
    text = (
        f"balance: {method.upper()}, {result.iterations} sweeps, residual {result.residual:.1e}; "
        f"largest change at {sellers[i]} -> {[*sellers, *users][j]}, "
        f"from {unbalanced[i, j]:.6g} to {balanced_cells[i, j]:.6g}"
    )
    balanced = table.with_history(text, **variables)
    balanced.check(max(1e-9, 10 * tolerance)).raise_if_broken(table.name, accept_losses=True)
    return balanced


# ---------------------------------------------------------------------- helpers
def _like(template: xr.DataArray, cells: Float) -> xr.DataArray:
    copied = np.array(cells, dtype=np.float64, order="C")
    copied.flags.writeable = False
    return template.copy(data=copied)


def _industries(table: LabelledTable) -> Axis:
    return {"region": table.regions, "sector": table.sectors}


def _target(name: str, values: ArrayLike | xr.DataArray, *axes: Axis) -> Float:
    """Totals in the order of the table's labels, flat."""
    cells = aligned(name, values, *axes)
    if not np.isfinite(cells).all():
        position = np.argwhere(~np.isfinite(cells))[0]
        names = [labels for axis in axes for labels in axis.values()]
        cell = ", ".join(labels[k] for labels, k in zip(names, position, strict=True))
        raise TableError(f"{name} is missing or not finite at {cell}; give every total")
    return cells.reshape(-1)


def _primary_inputs(
    table: LabelledTable, values: ArrayLike | xr.DataArray | None, sellers: list[str]
) -> Float:
    """Primary inputs (p, n) that meet the caller's totals."""
    if values is None:
        return table.V2
    size = cell_count("primary_inputs", values)
    if np.ndim(values) == table.V.ndim or size == table.V.size:
        rows = {"primary_input": [str(p) for p in table.V["primary_input"].values]}
        return _target("primary_inputs", values, rows, _industries(table)).reshape(-1, table.n)
    totals = _target("primary_inputs", values, _industries(table))
    present = table.V2.sum(axis=0)
    unscalable = (present == 0) & (totals != 0)
    if unscalable.any():
        k = int(np.argmax(unscalable))
        raise TableError(
            f"primary_inputs asks for {totals[k]:.6g} in {sellers[k]}, which has none to scale; "
            "give them row by row, in the shape of V"
        )
    scale: Float = np.divide(totals, present, out=np.zeros(table.n), where=present != 0)
    return np.multiply(table.V2, scale)


def _final_totals(
    table: LabelledTable, values: ArrayLike | xr.DataArray | None, world: float
) -> Float:
    """Totals of final demand by region and use that add up to world primary inputs."""
    totals = table.Y2.sum(axis=0)
    if values is not None:
        buyers = {"user_region": table.regions, "final_use": table.final_uses}
        totals = _target("final_demand", values, buyers)
    total = float(totals.sum())
    is_open = values is not None and abs(total - world) > CLOSURE_TOLERANCE * abs(world)
    if total <= 0 < world or is_open:
        raise TableError(
            f"final demand adds up to {total:.10g} and primary inputs to {world:.10g}; make them "
            "equal, or leave final_demand out to have its present totals scaled"
        )
    factor = world / total if total else 1.0
    return np.asarray(totals * factor, dtype=np.float64)
