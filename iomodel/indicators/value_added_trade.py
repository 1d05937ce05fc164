"""Value added in trade.

VAX [JohnsonNoguera2012]_ counts a country's value added absorbed abroad; domestic value added in
exports [LosTimmerdeVries2016]_ counts what its GDP would lose without its exports, the sum of terms
1 to 5 of [KoopmanWangWei2014]_.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from iomodel.leontief.multipliers import per_unit_of_output
from iomodel.leontief.solvers.backward_error import DEFAULT_TOLERANCE, checked_solve
from iomodel.leontief.system import LeontiefSystem
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = [
    "domestic_value_added_in_exports",
    "gross_exports",
    "value_added_absorbed",
    "vax",
    "vax_ratio",
]


def _by_region(table: MRIOTable, values: Float, name: str, long_name: str) -> xr.DataArray:
    coords = {"region": np.array(table.regions, dtype=object)}
    attrs = {"long_name": long_name, "unit": table.attrs["unit"]}
    return xr.DataArray(values, coords, ("region",), name=name, attrs=attrs)


def value_added_absorbed(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    r"""Return the value added of each industry by the region whose final demand absorbs it.

    Parameters
    ----------
    table : MRIOTable
        The table.
    system : LeontiefSystem, optional
        Its system, to reuse a factorization.

    Returns
    -------
    DataArray (region, sector, user_region)
        :math:`\hat v L Y` in the unit of the table; all final uses together. Its sum over
        `user_region` is the value added of the table.
    """
    core = LeontiefSystem(table) if system is None else system
    R, S = table.shape
    demand = table.Y.values.sum(axis=3).reshape(table.n, R)
    output = core.solve(demand)
    cells = per_unit_of_output(table.v1, table)[:, None] * output
    labels = np.array(table.regions, dtype=object)
    coords = {
        "region": labels,
        "sector": np.array(table.sectors, dtype=object),
        "user_region": labels,
    }
    return xr.DataArray(
        cells.reshape(R, S, R),
        coords,
        tuple(coords),
        name="value_added_absorbed",
        attrs={"long_name": "value added by place of absorption", "unit": table.attrs["unit"]},
    )


def vax(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    """Return value-added exports: a region's value added absorbed in all other regions.

    Parameters
    ----------
    table : MRIOTable
        The table.
    system : LeontiefSystem, optional
        Its system, to reuse a factorization.

    Returns
    -------
    DataArray (region)
        In the unit of the table [JohnsonNoguera2012]_.
    """
    flows = value_added_absorbed(table, system).values.sum(axis=1)
    abroad = flows.sum(axis=1) - flows.diagonal()
    return _by_region(table, abroad, "vax", "value added absorbed abroad")


def gross_exports(table: MRIOTable) -> xr.DataArray:
    """Return gross exports of each region, intermediate and final, in the unit of the table."""
    flows = table.Z.values.sum(axis=(1, 3)) + table.Y.values.sum(axis=(1, 3))
    abroad = flows.sum(axis=1) - flows.diagonal()
    return _by_region(table, abroad, "gross_exports", "gross exports")


def vax_ratio(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    """Return value-added exports over gross exports; NaN for a region that exports nothing."""
    gross = gross_exports(table).values
    ratio = np.divide(
        vax(table, system).values, gross, out=np.full(gross.shape, np.nan), where=gross > 0
    )
    result = _by_region(table, ratio, "vax_ratio", "value-added exports over gross exports")
    result.attrs["unit"] = "1"
    return result


def domestic_value_added_in_exports(
    table: MRIOTable, *, tolerance: float = DEFAULT_TOLERANCE
) -> xr.DataArray:
    r"""Return what the GDP of each region would lose if it exported nothing.

    Parameters
    ----------
    table : MRIOTable
        The table.
    tolerance : float
        Largest normwise backward error of the solve.

    Returns
    -------
    DataArray (region)
        In the unit of the table.

    Raises
    ------
    SolverError
        If the backward error stays above `tolerance`.

    Notes
    -----
    Hypothetical extraction of a region's exports leaves in its rows the domestic block alone, so
    its output no longer depends on anyone else's and no world system need be solved
    [LosTimmerdeVries2016]_:

    .. math:: \mathrm{DVA}_r = v_r' \left( x_r - (I - A_{rr})^{-1} y_{rr} \right).
    """
    R, S = table.shape
    own = np.arange(R)
    blocks = np.eye(S) - table.A.values[own, :, own, :]
    demand = table.Y.values[own, :, own, :].sum(axis=2)

    def solver(f: Float) -> Float:
        columns: Float = np.linalg.solve(blocks, f.reshape(R, S, 1))
        return columns.reshape(-1)

    def product(x: Float) -> Float:
        columns: Float = np.matmul(blocks, x.reshape(R, S, 1))
        return columns.reshape(-1)

    norm = float(np.abs(blocks).sum(axis=2).max())
    closed, _ = checked_solve(
        demand.reshape(-1), solver, product, norm, tolerance, "domestic blocks"
    )
    lost = per_unit_of_output(table.v1, table) * (table.x1 - closed)
    values = lost.reshape(R, S).sum(axis=1)
    return _by_region(table, values, "dva_in_exports", "domestic value added in gross exports")
