"""The labelled multi-region input-output table.

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

import os
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from iomodel.errors import LabelError, TableError
from iomodel.fingerprint import fingerprint
from iomodel.table.identities import CheckReport, check_table
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.concordance import Concordance

__all__ = ["MRIOTable"]


DEFAULT_ATTRS: dict[str, Any] = {
    "name": "unnamed",
    "unit": "currency",
    "year": 0,
    "source": "",
    "citation": "",
    "licence": "",
    "price_basis": "basic prices",
    "classification": "",
}
# Attributes on which numbers depend; the others are words about the table.
NUMERIC_ATTRS = ("unit", "year", "price_basis", "classification")
VARIABLE_DIMS: dict[str, tuple[str, ...]] = {
    "Z": ("region", "sector", "user_region", "user_sector"),
    "Y": ("region", "sector", "user_region", "final_use"),
    "V": ("primary_input", "region", "sector"),
    "x": ("region", "sector"),
    "tariff": ("region", "sector", "user_region"),
    "extensions": ("extension", "region", "sector"),
}


class MRIOTable:
    """A multi-region input-output table with labels, metadata and history.

    Build one with :meth:`from_arrays`, :meth:`from_netcdf`, :func:`iomodel.load` or a reader.
    Operations return a new table; the arrays of a table are read-only.

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
        history: Sequence[str] = (),
        **attrs: Any,
    ) -> MRIOTable:
        """Build a table from plain arrays.

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
            Which primary inputs count as value added at basic prices (the others are taxes and
            margins). Default: all.
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
            What to do with an industry whose intermediate inputs exceed its output.
        history : sequence of str
            Operations that led to these arrays.
        **attrs
            Metadata: name, unit, year, source, citation, licence, price_basis, classification.

        Returns
        -------
        MRIOTable

        Raises
        ------
        TableError
            If shapes do not fit the labels, a cell is not finite, output is negative or an
            identity does not close; the message names the cell.
        LabelError
            If a label is duplicated.
        """
        labels = {
            "region": _labels("region", regions),
            "sector": _labels("sector", sectors),
        }
        R, S = len(labels["region"]), len(labels["sector"])
        n = R * S
        z = _shaped("Z", Z, (R, S, R, S))
        y_cells = np.asarray(Y, dtype=np.float64)
        if y_cells.size % (n * R) or y_cells.size == 0:
            raise TableError(
                f"Y has {y_cells.size} cells, which is no multiple of n x regions = {n} x {R}; "
                "give one column per region and final use"
            )
        U = y_cells.size // (n * R)
        y = _shaped("Y", Y, (R, S, R, U))
        labels["final_use"] = _numbered("final_use", "final", final_uses, U)
        total = z.reshape(n, n).sum(axis=1) + y.reshape(n, -1).sum(axis=1)
        output = total.reshape(R, S) if x is None else _shaped("x", x, (R, S))
        if V is None:
            v = (output.reshape(n) - z.reshape(n, n).sum(axis=0)).reshape(1, R, S)
        else:
            cells = np.asarray(V, dtype=np.float64)
            v = _shaped("V", V, (max(cells.size // n, 1), R, S))
        if V is None and primary_inputs is None:
            primary_inputs = ["VA"]
        labels["primary_input"] = _numbered("primary_input", "primary", primary_inputs, v.shape[0])
        data: dict[str, Float] = {"Z": z, "Y": y, "V": v, "x": output}
        if tariff is not None:
            data["tariff"] = _shaped("tariff", tariff, (R, S, R))
        if extensions:
            labels["extension"] = _labels("extension", extensions)
            rows = [_shaped(f"extension {k}", a, (R, S)) for k, a in extensions.items()]
            data["extensions"] = np.stack(rows)
        coords = _coordinates(labels, value_added_inputs, sector_names, extension_units or {})
        variables = {k: (VARIABLE_DIMS[k], _read_only(a)) for k, a in data.items()}
        meta = {**DEFAULT_ATTRS, **attrs, "history": "\n".join(history)}
        table = cls(xr.Dataset(variables, coords=coords, attrs=meta))
        if validate:
            report = table.check(tolerance)
            report.raise_if_broken(table.name, accept_losses=negative_value_added == "accept")
        return table

    @classmethod
    def from_netcdf(cls, path: str | os.PathLike[str]) -> MRIOTable:
        """Read a table written by :meth:`to_netcdf`; see :mod:`iomodel.table.storage.netcdf`."""
        from iomodel.table.storage.netcdf import read_netcdf

        return read_netcdf(path)

    # ------------------------------------------------------------------ labelled views
    @property
    def dataset(self) -> xr.Dataset:
        """The labelled arrays; read-only by convention and by NumPy's write flag."""
        return self._dataset

    def __contains__(self, variable: Hashable) -> bool:
        """Tell whether the table holds a variable, for example ``"tariff" in table``."""
        return variable in self._dataset.data_vars

    def _variable(self, name: str) -> xr.DataArray:
        if name not in self._dataset:
            held = ", ".join(map(str, self._dataset.data_vars))
            raise TableError(f"table {self.name!r} has no {name}; it holds {held}")
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
        """Input coefficients :math:`a_{ij} = z_{ij} / x_j`, zero where output is zero."""
        inverse = np.divide(1.0, self.x1, out=np.zeros(self.n), where=self.x1 > 0)
        cells = np.multiply(self.Z2, inverse).reshape(self.Z.shape)
        return self.Z.copy(data=_read_only(cells)).rename("A")

    @cached_property
    def value_added(self) -> xr.DataArray:
        """Value added at basic prices (region, sector): primary inputs that count as such."""
        counts = self.V["counts_as_value_added"].values
        cells = _read_only(self.V.values[counts].sum(axis=0))
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

    def with_history(self, text: str, **variables: xr.DataArray) -> MRIOTable:
        """Return a table with some variables replaced and one line added to its history.

        Parameters
        ----------
        text : str
            What was done.
        **variables : xarray.DataArray
            New variables with the labels of this table; the others are shared, not copied.

        Returns
        -------
        MRIOTable
        """
        dataset = self._dataset.assign(variables)
        dataset.attrs = {**self._dataset.attrs, "history": "\n".join([*self.history, text])}
        return MRIOTable(dataset)

    def __repr__(self) -> str:
        R, S = self.shape
        year = f" {self.attrs['year']}" if self.attrs["year"] else ""
        return f"<MRIOTable {self.name!r}{year}: {R} regions x {S} sectors, {self.attrs['unit']}>"

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
        return check_table(self, tolerance)

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


# ---------------------------------------------------------------------- helpers
def _read_only(cells: Float) -> Float:
    """Return a view that cannot be written through; the caller's array keeps its own flag."""
    view = cells.view()
    view.flags.writeable = False
    return view


def _labels(kind: str, values: Iterable[str]) -> list[str]:
    labels = [str(v) for v in values]
    if not labels:
        raise LabelError(f"no {kind} labels given; name at least one")
    seen: set[str] = set()
    repeated = sorted({v for v in labels if v in seen or seen.add(v)})  # type: ignore[func-returns-value]
    if repeated:
        raise LabelError(
            f"duplicated {kind} label {', '.join(map(repr, repeated))}; make it unique"
        )
    return labels


def _numbered(kind: str, stem: str, given: Iterable[str] | None, count: int) -> list[str]:
    if given is None:
        return [stem] if count == 1 else [f"{stem}_{k + 1}" for k in range(count)]
    labels = _labels(kind, given)
    if len(labels) != count:
        raise TableError(f"{len(labels)} {kind} labels for {count} columns or rows of data")
    return labels


def _shaped(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Float:
    cells = np.ascontiguousarray(values, dtype=np.float64)
    if cells.shape != shape and cells.ndim == len(shape):
        raise TableError(f"{name} has shape {cells.shape}; the labels ask for {shape}")
    if cells.size != int(np.prod(shape)):
        raise TableError(f"{name} has {cells.size} cells; the labels ask for {shape}")
    return cells.reshape(shape)


def _coordinates(
    labels: Mapping[str, list[str]],
    value_added_inputs: Iterable[str] | None,
    sector_names: Iterable[str] | None,
    extension_units: Mapping[str, str],
) -> dict[str, Any]:
    primary = labels["primary_input"]
    counted = primary if value_added_inputs is None else list(value_added_inputs)
    strange = [name for name in counted if name not in primary]
    if strange:
        raise LabelError(f"value-added input {strange[0]!r} is not among {', '.join(primary)}")
    coords: dict[str, Any] = {k: np.array(v, dtype=object) for k, v in labels.items()}
    coords["user_region"], coords["user_sector"] = coords["region"], coords["sector"]
    coords["counts_as_value_added"] = ("primary_input", np.array([p in counted for p in primary]))
    names = labels["sector"] if sector_names is None else [str(s) for s in sector_names]
    if len(names) != len(labels["sector"]):
        raise TableError(f"{len(names)} sector names for {len(labels['sector'])} sectors")
    coords["sector_name"] = ("sector", np.array(names, dtype=object))
    if "extension" in labels:
        units = [extension_units.get(k, "") for k in labels["extension"]]
        coords["extension_unit"] = ("extension", np.array(units, dtype=object))
    return coords
