r"""Value added in trade.

With v value added per unit of output, L the Leontief inverse, and y_j the final demand of region j
for all products, the value added of region r absorbed in region j is
:math:`d_{rj} = v_r' (L y_j)_r`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from iomodel.leontief import (
    DEFAULT_TOLERANCE,
    LeontiefSystem,
    checked_solve,
    per_unit_of_output,
)
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = [
    "domestic_value_added_in_exports",
    "gross_exports",
    "value_added_absorbed",
    "vax",
    "vax_ratio",
]


def _by_region(
    table: MRIOTable, values: Float, name: str, long_name: str, unit: str = ""
) -> xr.DataArray:
    coords = {"region": np.array(table.regions, dtype=object)}
    attrs = {"long_name": long_name, "unit": unit or table.attrs["unit"]}
    return xr.DataArray(values, coords, ("region",), name=name, attrs=attrs)


def _to_other_regions(flows: Float) -> Float:
    """Return row sums of flows (R, R) without the diagonal."""
    abroad: Float = flows.sum(axis=1) - flows.diagonal()
    return abroad


def value_added_absorbed(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    r"""Value added of each industry by region of absorption, :math:`\hat v L Y`.

    Parameters
    ----------
    table : MRIOTable
        The table.
    system : LeontiefSystem, optional
        Its system, to reuse a factorization.

    Returns
    -------
    DataArray (region, sector, user_region)
        In the unit of the table; all final uses together. Its sum over `user_region` is the value
        added of the table [JohnsonNoguera2012]_.
    """
    leontief = LeontiefSystem(table) if system is None else system
    R, S = table.shape
    final_demand = table.Y.values.sum(axis=3).reshape(table.n, R)
    output = leontief.solve(final_demand)
    value_added = per_unit_of_output(table.v1, table)[:, None] * output
    regions = np.array(table.regions, dtype=object)
    coords = {
        "region": regions,
        "sector": np.array(table.sectors, dtype=object),
        "user_region": regions,
    }
    return xr.DataArray(
        value_added.reshape(R, S, R),
        coords,
        tuple(coords),
        name="value_added_absorbed",
        attrs={"long_name": "value added by place of absorption", "unit": table.attrs["unit"]},
    )


def vax(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    r"""Value-added exports (VAX), :math:`\sum_{j \ne r} d_{rj}`.

    A region's value added absorbed in all other regions [JohnsonNoguera2012]_.

    Parameters
    ----------
    table : MRIOTable
        The table.
    system : LeontiefSystem, optional
        Its system, to reuse a factorization.

    Returns
    -------
    DataArray (region)
        In the unit of the table.
    """
    absorbed = value_added_absorbed(table, system).values.sum(axis=1)
    return _by_region(table, _to_other_regions(absorbed), "vax", "value added absorbed abroad")


def gross_exports(table: MRIOTable) -> xr.DataArray:
    r"""Gross exports, :math:`\sum_{j \ne r} (Z_{rj} + Y_{rj})`, intermediate and final.

    [MillerBlair2009]_ (chapter 3).

    Parameters
    ----------
    table : MRIOTable
        The table.

    Returns
    -------
    DataArray (region)
        In the unit of the table.
    """
    flows = table.Z.values.sum(axis=(1, 3)) + table.Y.values.sum(axis=(1, 3))
    return _by_region(table, _to_other_regions(flows), "gross_exports", "gross exports")


def vax_ratio(table: MRIOTable, system: LeontiefSystem | None = None) -> xr.DataArray:
    """Value-added exports over gross exports [JohnsonNoguera2012]_.

    Parameters
    ----------
    table : MRIOTable
        The table.
    system : LeontiefSystem, optional
        Its system, to reuse a factorization.

    Returns
    -------
    DataArray (region)
        Unit 1; NaN for a region that exports nothing.
    """
    gross = gross_exports(table).values
    ratio = np.divide(
        vax(table, system).values, gross, out=np.full(gross.shape, np.nan), where=gross > 0
    )
    return _by_region(table, ratio, "vax_ratio", "value-added exports over gross exports", "1")


def domestic_value_added_in_exports(
    table: MRIOTable, *, tolerance: float = DEFAULT_TOLERANCE
) -> xr.DataArray:
    r"""Domestic value added in gross exports: the loss of GDP without them.

    The sum of terms 1 to 5 of [KoopmanWangWei2014]_, by hypothetical extraction of a region's
    exports [LosTimmerdeVries2016]_:

    .. math:: \mathrm{DVA}_r = v_r' \left( x_r - (I - A_{rr})^{-1} y_{rr} \right).

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
    The extraction leaves the domestic block alone in the region's rows, so its output no longer
    depends on that of other regions and no world system need be solved.
    """
    R, S = table.shape
    region = np.arange(R)
    domestic_blocks = np.eye(S) - table.A.values[region, :, region, :]
    domestic_demand = table.Y.values[region, :, region, :].sum(axis=2)

    def solver(f: Float) -> Float:
        columns: Float = np.linalg.solve(domestic_blocks, f.reshape(R, S, 1))
        return columns.reshape(-1)

    def product(x: Float) -> Float:
        columns: Float = np.matmul(domestic_blocks, x.reshape(R, S, 1))
        return columns.reshape(-1)

    norm = float(np.abs(domestic_blocks).sum(axis=2).max())
    output_without_exports, _ = checked_solve(
        domestic_demand.reshape(-1), solver, product, norm, tolerance, "domestic blocks"
    )
    loss = per_unit_of_output(table.v1, table) * (table.x1 - output_without_exports)
    values = loss.reshape(R, S).sum(axis=1)
    return _by_region(table, values, "dva_in_exports", "domestic value added in gross exports")
