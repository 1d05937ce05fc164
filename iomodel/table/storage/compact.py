r"""Factors of a multi-region table under proportional imports: the compact form.

An embedded multi-region table is kept as three factors: bilateral sales X by product, one use
matrix U per region with imports included, and primary inputs V. Under the proportionality
assumption every user of a region draws on the same origins of a product, and the factors determine
the whole table [MillerBlair2009]_, ch. 3:

.. math:: z_{is,ru} = \frac{x_{isr}}{\sum_k x_{ksr}}\, u_{rsu}

with seller region i, product s, user region r and user u (an industry or a final use).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from iomodel.errors import TableError
from iomodel.table.storage.header import COMPACT, DAMAGED, table_attributes, unreadable
from iomodel.typing import Float

__all__ = [
    "COMPACT_VARIABLES",
    "Factors",
    "expand",
    "factors_of",
    "read_compact_dataset",
    "read_factors",
    "require_variables",
]


COMPACT_VARIABLES = ("trade", "use", "primary_inputs")


@dataclass(frozen=True)
class Factors:
    """The factors of a compact table, in the unit of the table.

    Attributes
    ----------
    trade : ndarray, shape (R, S, R)
        Sales of each region and sector to each region, domestic sales included.
    use : ndarray, shape (R, S, S + U)
        Use of each product, imports included, by the region's sectors and final uses.
    primary : ndarray, shape (p, R, S)
        Primary inputs.
    """

    trade: Float
    use: Float
    primary: Float

    def check(self, tolerance: float = 1e-9) -> None:
        """Check on the factors that rows and columns of the expanded table will close.

        Parameters
        ----------
        tolerance : float
            Largest error relative to absorption (rows) and to output (columns).

        Raises
        ------
        TableError
            If an identity is broken; names the identity and its largest relative error.
        """
        sectors = self.trade.shape[1]
        absorbed = self.trade.sum(axis=0).T
        output = self.trade.sum(axis=2)
        costs = self.use[:, :, :sectors].sum(axis=1) + self.primary.sum(axis=0)
        for identity, total, terms in (
            ("use of each product = absorption", absorbed, self.use.sum(axis=2)),
            ("inputs of each industry = output", output, costs),
        ):
            gap = float(np.max(np.abs(terms - total) / np.maximum(np.abs(total), 1e-300)))
            if not gap <= tolerance:
                raise TableError(
                    f"compact table breaks the identity '{identity}' by {gap:.1e} (relative, "
                    f"at most {tolerance:.0e}); the file is damaged: fetch or build it again"
                )


def expand(factors: Factors) -> tuple[Float, Float]:
    """Z (R, S, R, S) and Y (R, S, R, U) from the factors, each written once in place."""
    trade, use = factors.trade, factors.use
    sectors = trade.shape[1]
    absorbed = trade.sum(axis=0)
    share = np.divide(trade, absorbed, out=np.zeros_like(trade), where=absorbed > 0)[..., None]
    by_product = use.transpose(1, 0, 2)
    Z = np.empty((*trade.shape, sectors))
    np.multiply(share, by_product[None, :, :, :sectors], out=Z)
    Y = np.empty((*trade.shape, use.shape[2] - sectors))
    np.multiply(share, by_product[None, :, :, sectors:], out=Y)
    return Z, Y


def read_factors(path: str | os.PathLike[str]) -> tuple[Factors, xr.Dataset]:
    """Read a compact NetCDF file.

    Parameters
    ----------
    path : path-like
        A file with the variables ``trade`` (region, sector, user_region), ``use`` (user_region,
        sector, user) and ``primary_inputs`` (primary_input, region, sector).

    Returns
    -------
    Factors, xarray.Dataset
        The factors and the whole dataset, with labels, metadata and notes by region.

    Raises
    ------
    TableError
        If the file is missing, truncated, of another form or lacks one of the variables.
    """
    dataset = read_compact_dataset(path)
    require_variables(dataset, path, COMPACT_VARIABLES)
    return factors_of(dataset), dataset


def factors_of(dataset: xr.Dataset) -> Factors:
    """Factors in the variables of a compact file."""
    arrays = [np.ascontiguousarray(dataset[k].values, dtype=np.float64) for k in COMPACT_VARIABLES]
    return Factors(*arrays)


def read_compact_dataset(path: str | os.PathLike[str]) -> xr.Dataset:
    """Variables, labels and attributes of a compact file of any kind.

    Raises
    ------
    TableError
        If the file is missing, truncated or of another form.
    """
    attributes = table_attributes(path)
    if attributes.pop("form") != COMPACT:
        raise TableError(
            f"{os.fspath(path)} is no compact table; read it with MRIOTable.from_netcdf"
        )
    try:
        with xr.open_dataset(path, engine="h5netcdf") as file:
            dataset = file.load()
    except DAMAGED as error:
        raise unreadable(Path(path), error) from error
    dataset.attrs = attributes
    return dataset


def require_variables(
    dataset: xr.Dataset, path: str | os.PathLike[str], names: Sequence[str]
) -> None:
    """Raise TableError for variables that a compact file lacks."""
    missing = [name for name in names if name not in dataset]
    if missing:
        raise TableError(f"{os.fspath(path)} is no compact table: it lacks {', '.join(missing)}")
