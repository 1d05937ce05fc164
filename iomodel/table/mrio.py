"""The multi-region input-output table: labelled arrays and the operations on them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from iomodel.table.labelled import LabelledTable

if TYPE_CHECKING:
    from iomodel.table.concordance import Concordance

__all__ = ["MRIOTable"]


class MRIOTable(LabelledTable):
    """A multi-region input-output table with labels, metadata and history.

    Build one with :meth:`from_arrays`, :meth:`from_netcdf`, :func:`iomodel.load` or a reader.
    Operations return a new table; the arrays of a table are read-only.

    Parameters
    ----------
    dataset : xarray.Dataset
        Variables ``Z, Y, V, x`` and optionally ``tariff`` and ``extensions`` with the dimensions
        of :mod:`iomodel.table.labelled`. It is taken as it is: no validation, no copy.

    Notes
    -----
    Industry ``(region r, sector s)`` has index ``r * S + s`` in every two-dimensional view. The
    accounting identities are, with :math:`e` a vector of ones [MillerBlair2009]_:
    :math:`x = Z e + Y e` along rows and :math:`x' = e' Z + e' V` along columns.
    """

    @classmethod
    def from_netcdf(cls, path: str | os.PathLike[str]) -> MRIOTable:
        """Read a table written by :meth:`to_netcdf`; see :mod:`iomodel.table.storage.netcdf`."""
        from iomodel.table.storage.netcdf import read_netcdf

        return cls(read_netcdf(path).dataset)

    def aggregate(
        self,
        regions: Concordance | None = None,
        sectors: Concordance | None = None,
        *,
        unmapped: str = "error",
    ) -> MRIOTable:
        """Add regions and sectors together; see :func:`iomodel.table.aggregation.aggregate`."""
        from iomodel.table.aggregation import aggregate

        return aggregate(self, regions, sectors, unmapped=unmapped)

    def split(self, sector: str, parts: Sequence[str], **knowledge: Any) -> MRIOTable:
        """Split a sector into parts; see :func:`iomodel.table.splitting.split.split`."""
        from iomodel.table.splitting.split import split

        return split(self, sector, parts, **knowledge)

    def balance(self, method: Literal["ras", "gras"] = "gras", **targets: Any) -> MRIOTable:
        """Make rows and columns meet totals; see :mod:`iomodel.table.balancing.balance`."""
        from iomodel.table.balancing.balance import balance

        return balance(self, method, **targets)

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write the table with all metadata; see :mod:`iomodel.table.storage.netcdf`."""
        from iomodel.table.storage.netcdf import write_netcdf

        return write_netcdf(self, path)
