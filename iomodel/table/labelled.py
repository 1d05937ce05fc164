"""Arrays of a multi-region input-output table, with labels, views and metadata.

A table is one immutable :class:`xarray.Dataset` with fixed dimension names and C-contiguous
arrays, so that the n x n matrix of the textbook is a view of it and never a copy:

====== ============================================== ==============================
name   dimensions                                     what
====== ============================================== ==============================
Z      region, sector, user_region, user_sector       intermediate flows
Y      region, sector, user_region, final_use         final demand
V      primary_input, region, sector                  value added, taxes, margins
x      region, sector                                 gross output
====== ============================================== ==============================
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import TableError
from iomodel.fingerprint import fingerprint
from iomodel.table.alignment import aligned, level_labels
from iomodel.table.arrays import (
    DEFAULT_ATTRS,
    NUMERIC_ATTRS,
    VARIABLE_DIMS,
    coordinates,
    numbered_labels,
    read_only,
    unique_labels,
)
from iomodel.table.duties import refuse_unusual_duties
from iomodel.table.identities import CheckReport, check_dataset
from iomodel.table.real import cell_count
from iomodel.typing import Float

__all__ = ["LabelledTable", "Table"]

Table = TypeVar("Table", bound="LabelledTable")
"""Class of a table, kept by every operation on it."""


class LabelledTable:
    """Arrays of a multi-region input-output table with labels, metadata and history.

    The arrays are read-only; :class:`iomodel.MRIOTable` adds the operations on them.

    Parameters
    ----------
    dataset : xarray.Dataset
        Variables ``Z, Y, V, x`` and optionally ``tariff`` and ``extensions`` with the dimensions
        of the module's docstring. It is taken as it is: no validation, no copy.

    Notes
    -----
    Industry ``(region r, sector s)`` has index ``r * S + s`` in every two-dimensional view. The
    accounting identities are, with :math:`e` a vector of ones [MillerBlair2009]_:
    :math:`x = Z e + Y e` along rows and :math:`x' = e' Z + e' V` along columns.
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    # ------------------------------------------------------------------ construction
    @classmethod
    def from_arrays(
        cls,
        Z: ArrayLike,
        Y: ArrayLike,
        V: ArrayLike | None = None,
        x: ArrayLike | None = None,
        *,
        regions: Iterable[str],
        sectors: Iterable[str],
        final_uses: Iterable[str] | None = None,
        primary_inputs: Iterable[str] | None = None,
        value_added_inputs: Iterable[str] | None = None,
        sector_names: Iterable[str] | None = None,
        tariff: ArrayLike | None = None,
        extensions: Mapping[str, ArrayLike] | None = None,
        extension_units: Mapping[str, str] | None = None,
        tolerance: float = 1e-6,
        validate: bool = True,
        negative_value_added: Literal["refuse", "accept"] = "refuse",
        unusual_tariffs: Literal["refuse", "accept"] = "refuse",
        history: Sequence[str] = (),
        **attrs: Any,
    ) -> Self:
        """Build a table from plain arrays, or from pandas and xarray objects by their labels.

        A plain array, or a DataFrame whose index was never set, counts by position. Every other
        DataFrame, Series and DataArray is put in the order of the labels: industries as a
        MultiIndex of region and sector, or as ``AUS_D01``.

        Parameters
        ----------
        Z : array_like, shape (n, n) or (R, S, R, S)
            Intermediate flows, seller in rows, region-major. Used as it is, without a copy, where
            it is a C-contiguous float64 array.
        Y : array_like, shape (n, R * U), (n,) or (R, S, R, U)
            Final demand; columns region-major.
        V : array_like, shape (p, n), (n,) or (p, R, S), optional
            Primary inputs. Default: one row ``VA``, the residual :math:`x' - e'Z`.
        x : array_like, shape (n,) or (R, S), optional
            Gross output. Default: the row sums of `Z` and `Y`.
        regions, sectors : iterable of str
            Labels, unique.
        final_uses : iterable of str, optional
            Labels of the U final uses. Default: ``final`` or ``final_1``, ``final_2``, ...
        primary_inputs : iterable of str, optional
            Labels of the rows of `V`. Default: ``VA`` or ``primary_1``, ...
        value_added_inputs : iterable of str, optional
            Primary inputs that count as value added at basic prices; the others are taxes and
            margins. Default: all.
        sector_names : iterable of str, optional
            Long names, in the order of `sectors`.
        tariff : array_like, shape (R, S, R), optional
            Ad-valorem rate on the flow, as a fraction: exporter, sector, importer.
        extensions : mapping of str to array_like, optional
            Satellite rows such as jobs, each of shape (n,) or (R, S).
        extension_units : mapping of str to str, optional
            Unit of each extension.
        tolerance : float
            Largest relative error of an accounting identity that is accepted.
        validate : bool
            Whether to check the identities now.
        negative_value_added : {"refuse", "accept"}
            Treatment of an industry with intermediate inputs above its output.
        unusual_tariffs : {"refuse", "accept"}
            Treatment of duties that look like percentages or powers (one above 1,000 percent, or
            a median of 100 percent and more), and of duties on a region's own sales.
        history : sequence of str
            Operations that led to these arrays.
        **attrs
            Metadata: name, unit, year, source, citation, licence, price_basis, classification.

        Returns
        -------
        LabelledTable

        Raises
        ------
        TableError
            If shapes do not fit the labels, a cell is not finite, output is negative or an
            identity does not close; the message names the cell.
        LabelError
            If a label is duplicated.
        """
        labels = {
            "region": unique_labels("region", regions),
            "sector": unique_labels("sector", sectors),
        }
        R, S = len(labels["region"]), len(labels["sector"])
        n = R * S
        industries: dict[str, list[str]] = dict(labels)
        users = {f"user_{dim}": names for dim, names in labels.items()}
        z = aligned("Z", Z, industries, users)
        y_size = cell_count("Y", Y)
        if y_size % (n * R) or y_size == 0:
            raise TableError(
                f"Y has {y_size} cells, which is no multiple of n x regions = {n} x {R}; "
                "give one column per region and final use"
            )
        U = y_size // (n * R)
        final_uses = final_uses if final_uses is not None else _own_labels(Y, "final_use", 1, U)
        labels["final_use"] = numbered_labels("final_use", "final", final_uses, U)
        buyers = {"user_region": labels["region"], "final_use": labels["final_use"]}
        y = aligned("Y", Y, industries, buyers)
        # Sums of cells that are not finite, or overflow, are refused by the check below.
        with np.errstate(over="ignore", invalid="ignore"):
            sold = z.reshape(n, n).sum(axis=1) + y.reshape(n, -1).sum(axis=1)
        output = sold.reshape(R, S) if x is None else aligned("x", x, industries)
        count = 1 if V is None else max(cell_count("V", V) // n, 1)
        if primary_inputs is None:
            primary_inputs = ["VA"] if V is None else _own_labels(V, "primary_input", 0, count)
        labels["primary_input"] = numbered_labels("primary_input", "primary", primary_inputs, count)
        if V is None:
            with np.errstate(over="ignore", invalid="ignore"):
                v = (output.reshape(n) - z.reshape(n, n).sum(axis=0)).reshape(1, R, S)
        else:
            v = aligned("V", V, {"primary_input": labels["primary_input"]}, industries)
        data: dict[str, Float] = {"Z": z, "Y": y, "V": v, "x": output}
        if tariff is not None:
            importers = {"user_region": labels["region"]}
            data["tariff"] = aligned("tariff", tariff, industries, importers)
        if extensions:
            labels["extension"] = unique_labels("extension", extensions)
            rows = [aligned(f"extension {k}", a, industries) for k, a in extensions.items()]
            data["extensions"] = np.stack(rows)
        coords = coordinates(labels, value_added_inputs, sector_names, extension_units or {})
        variables = {k: (VARIABLE_DIMS[k], read_only(a)) for k, a in data.items()}
        meta = {**DEFAULT_ATTRS, **attrs, "history": "\n".join(history)}
        table = cls(xr.Dataset(variables, coords=coords, attrs=meta))
        if validate:
            report = table.check(tolerance)
            report.raise_if_broken(table.name, accept_losses=negative_value_added == "accept")
        if "tariff" in data and unusual_tariffs != "accept":
            refuse_unusual_duties(data["tariff"], labels["region"], labels["sector"])
        return table

    # ------------------------------------------------------------------ labelled views
    @property
    def dataset(self) -> xr.Dataset:
        """The labelled arrays; read-only by convention and by NumPy's write flag."""
        return self._dataset

    def __contains__(self, variable: Hashable) -> bool:
        """Whether the table holds a variable, for example ``"tariff" in table``."""
        return variable in self._dataset.data_vars

    def _variable(self, name: str) -> xr.DataArray:
        if name not in self._dataset:
            variables = ", ".join(map(str, self._dataset.data_vars))
            raise TableError(f"table {self.name!r} has no {name}; it holds {variables}")
        return self._dataset[name]

    @property
    def Z(self) -> xr.DataArray:
        """Intermediate flows (region, sector, user_region, user_sector)."""
        return self._variable("Z")

    @property
    def Y(self) -> xr.DataArray:
        """Final demand (region, sector, user_region, final_use)."""
        return self._variable("Y")

    @property
    def V(self) -> xr.DataArray:
        """Primary inputs (primary_input, region, sector)."""
        return self._variable("V")

    @property
    def x(self) -> xr.DataArray:
        """Gross output (region, sector)."""
        return self._variable("x")

    @property
    def tariff(self) -> xr.DataArray:
        """Ad-valorem tariffs (region, sector, user_region); TableError where there are none."""
        return self._variable("tariff")

    @property
    def extensions(self) -> xr.DataArray:
        """Satellite rows (extension, region, sector); TableError where there are none."""
        return self._variable("extensions")

    @cached_property
    def A(self) -> xr.DataArray:
        """Input coefficients :math:`a_{ij} = z_{ij} / x_j`, zero where output is zero.

        Raises
        ------
        TableError
            If an output is positive and too small to divide by, below 2.3e-308.
        """
        tiny = (self.x1 > 0) & (self.x1 < np.finfo(np.float64).tiny)
        if tiny.any():
            r, s = divmod(int(np.argmax(tiny)), self.shape[1])
            raise TableError(
                f"the output of {self.regions[r]}/{self.sectors[s]} is {self.x1[tiny][0]:.3g}, too "
                "small to divide by; set it and its inputs to zero"
            )
        inverse = np.divide(1.0, self.x1, out=np.zeros(self.n), where=self.x1 > 0)
        # Coefficients that overflow are refused by those who solve with them.
        with np.errstate(over="ignore", invalid="ignore"):
            cells = np.multiply(self.Z2, inverse).reshape(self.Z.shape)
        return self.Z.copy(data=read_only(cells)).rename("A")

    @cached_property
    def value_added(self) -> xr.DataArray:
        """Value added at basic prices (region, sector): primary inputs that count as such."""
        counts = self.V["counts_as_value_added"].values
        cells = read_only(self.V.values[counts].sum(axis=0))
        return self.x.copy(data=cells).rename("value_added")

    @property
    def gdp(self) -> xr.DataArray:
        """Value added at basic prices by region. Not GDP at purchasers' prices."""
        return self.value_added.sum("sector", skipna=False).rename("gdp")

    # ------------------------------------------------------------------ numerical views
    @property
    def regions(self) -> list[str]:
        """Region labels."""
        return [str(r) for r in self._dataset["region"].values]

    @property
    def sectors(self) -> list[str]:
        """Sector labels."""
        return [str(s) for s in self._dataset["sector"].values]

    @property
    def final_uses(self) -> list[str]:
        """Final-use labels."""
        return [str(u) for u in self._dataset["final_use"].values]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of regions R and of sectors S."""
        return self._dataset.sizes["region"], self._dataset.sizes["sector"]

    @property
    def n(self) -> int:
        """Number of industries, R * S."""
        return self.shape[0] * self.shape[1]

    @property
    def Z2(self) -> Float:
        """`Z` as an (n, n) view."""
        return self.Z.values.reshape(self.n, self.n)

    @property
    def Y2(self) -> Float:
        """`Y` as an (n, R * U) view."""
        return self.Y.values.reshape(self.n, -1)

    @property
    def V2(self) -> Float:
        """`V` as a (p, n) view."""
        return self.V.values.reshape(-1, self.n)

    @property
    def A2(self) -> Float:
        """`A` as an (n, n) view."""
        return self.A.values.reshape(self.n, self.n)

    @property
    def x1(self) -> Float:
        """`x` as an (n,) view."""
        return self.x.values.reshape(self.n)

    @property
    def v1(self) -> Float:
        """Value added as an (n,) view (levels)."""
        return self.value_added.values.reshape(self.n)

    # ------------------------------------------------------------------ metadata
    @property
    def name(self) -> str:
        """Name of the table."""
        return str(self._dataset.attrs["name"])

    @property
    def history(self) -> list[str]:
        """Every operation applied, oldest first."""
        return [line for line in str(self._dataset.attrs["history"]).split("\n") if line]

    @property
    def attrs(self) -> dict[str, Any]:
        """Metadata as a new dictionary; `history` as a list."""
        return {**{str(k): v for k, v in self._dataset.attrs.items()}, "history": self.history}

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the content: SHA-256 of every array and label, of unit, year and the like.

        Tables with equal numbers, labels, unit, year, price basis and classification share it,
        whatever their name, history, order of variables or layout in memory.
        """
        arrays = {
            str(name): (array.dims, array.values)
            for name, array in {**self._dataset.coords, **self._dataset.data_vars}.items()
        }
        attrs = {name: self._dataset.attrs.get(name) for name in NUMERIC_ATTRS}
        return fingerprint(arrays, attrs)

    def with_history(self, text: str, **variables: xr.DataArray) -> Self:
        """Table with some variables replaced and one line added to its history.

        Parameters
        ----------
        text : str
            The operation.
        **variables : xarray.DataArray
            New variables with the labels of this table; the others are shared, not copied.

        Returns
        -------
        LabelledTable
        """
        dataset = self._dataset.assign(variables)
        dataset.attrs = {**self._dataset.attrs, "history": "\n".join([*self.history, text])}
        return type(self)(dataset)

    def __repr__(self) -> str:
        R, S = self.shape
        year = f" {self.attrs['year']}" if self.attrs["year"] else ""
        size = f"{R} regions x {S} sectors, {self.attrs['unit']}"
        return f"<{type(self).__name__} {self.name!r}{year}: {size}>"

    # ------------------------------------------------------------------ operations
    def check(self, tolerance: float = 1e-9) -> CheckReport:
        """Report every accounting identity with its worst cell.

        Parameters
        ----------
        tolerance : float
            Largest relative error that counts as closed.

        Returns
        -------
        CheckReport
        """
        return check_dataset(self._dataset, tolerance)


# ---------------------------------------------------------------------- helpers
def _own_labels(values: ArrayLike, dim: str, dimension: int, count: int) -> list[str] | None:
    """Labels of a dimension as a labelled object gives them; None for another number of them."""
    names = level_labels(values, dim, dimension)
    return names if names is not None and len(names) == count else None
