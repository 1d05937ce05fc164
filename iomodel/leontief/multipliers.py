"""Multipliers: requirements of a unit of final demand, direct and along all its chains.

With c the intensity per unit of output (ones for output itself), m = (I - A')^-1 c, type I; with
households endogenous, type II, see :mod:`iomodel.leontief.household`
[MillerBlair2009]_ (sections 2.5 and 6.2).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import IOModelError, TableError, unknown_label
from iomodel.leontief.household import Households
from iomodel.leontief.interface import Solver
from iomodel.leontief.labels import read_rhs
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["intensity", "multipliers", "per_unit_of_output"]


def per_unit_of_output(levels: Float, table: MRIOTable) -> Float:
    """Return levels (n,) over gross output, zero without output."""
    x = table.x1
    return np.divide(levels, x, out=np.zeros(table.n), where=x > 0)


def intensity(system: Solver, extension: str | ArrayLike | xr.DataArray) -> Float:
    """Return an intensity per unit of output as an (n,) array.

    Parameters
    ----------
    system : Solver
        Its table is searched for names.
    extension : str or array_like, shape (n,), or DataArray (region, sector)
        ``"output"``, ``"value_added"``, the name of an extension or of a primary input of the
        table (looked up in this order), or the intensity itself.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    LabelError
        If the name is unknown; the message lists the valid ones.
    TableError
        If a name needs a table and the system has none, or an array does not fit.
    """
    if not isinstance(extension, str):
        values, _ = read_rhs(extension, system.industries)
        if values.ndim != 1:
            raise TableError(f"an intensity must be one vector; its shape is {values.shape}")
        return values
    if extension == "output":
        return np.ones(system.n)
    table = system.table
    if table is None:
        raise TableError(
            f"the system was built from coefficients and knows no extension {extension!r}; "
            "valid: output, or the intensity as an array"
        )
    if extension == "value_added":
        return per_unit_of_output(table.v1, table)
    rows: dict[str, Float] = {}
    if "extensions" in table:
        names = [str(e) for e in table.extensions["extension"].values]
        rows = dict(zip(names, table.extensions.values.reshape(-1, table.n), strict=True))
    for name, row in zip(table.V["primary_input"].values, table.V2, strict=True):
        rows.setdefault(str(name), row)
    if extension not in rows:
        raise unknown_label("extension", extension, ["output", "value_added", *rows])
    return per_unit_of_output(rows[extension], table)


def multipliers(
    system: Solver,
    extension: str | ArrayLike | xr.DataArray = "output",
    closure: Literal["simple", "household"] = "simple",
    *,
    households: Households | None = None,
) -> Any:
    """Return the multiplier of each industry per unit of final demand for it.

    Parameters
    ----------
    system : Solver
        The technology.
    extension : str or array_like, shape (n,), or DataArray (region, sector)
        Quantity per unit of output; see :func:`intensity`.
    closure : {"simple", "household"}
        Type I, or type II with endogenous households.
    households : Households, optional
        Their earnings and spending. Default: ``Households()``. Only with
        ``closure="household"``.

    Returns
    -------
    ndarray, shape (n,), or DataArray (region, sector)
        Labelled if the system has labels. Units: of the extension per unit of final demand.

    Raises
    ------
    IOModelError
        If the closure is unknown or `households` comes with the simple one.
    LabelError, TableError, NonProductiveError, SolverError
        From the intensity, the closure and the solve.
    """
    if closure not in ("simple", "household"):
        raise IOModelError(f"unknown closure {closure!r}; valid: simple, household")
    direct = intensity(system, extension)
    extension_name = extension if isinstance(extension, str) else "given"
    if closure == "simple":
        if households is not None:
            raise IOModelError('households given with closure="simple"; ask for "household"')
        values = system.solve_prices(direct)
    else:
        if households is None:
            households = Households()
        households = households.in_order(system.industries)
        closed = households.close(system)
        of_income = np.broadcast_to(np.asarray(households.intensity, np.float64), closed.groups)
        values, _, _ = closed.solve_prices(direct, of_income)
    return system.industries.wrap(
        values,
        "multiplier",
        long_name=f"{extension_name} multiplier, {closure} closure",
        extension=extension_name,
        closure=closure,
    )
