"""Tables as NetCDF-4 files: every array, label, attribute and line of history, bit for bit.

A file carries the attribute ``form``: ``plain-1`` is the layout of :func:`write_netcdf`, one
variable per array of the table; ``compact-1`` is the layout of
:mod:`iomodel.table.storage.compact`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from iomodel._io import atomic_path
from iomodel.errors import TableError
from iomodel.table.arrays import VARIABLE_DIMS
from iomodel.table.labelled import LabelledTable
from iomodel.table.storage.compact_table import read_compact
from iomodel.table.storage.header import (
    COMPACT,
    DAMAGED,
    PLAIN,
    packed,
    table_attributes,
    unreadable,
)
from iomodel.table.storage.seal import seal
from iomodel.table.storage.writing import write_dataset
from iomodel.typing import Float

__all__ = ["read_netcdf", "write_netcdf"]

REQUIRED = ("Z", "Y", "V", "x")
LABELS = ("region", "sector", "user_region", "user_sector", "final_use", "primary_input")

# Inflating costs more time than reading the bytes that it saves unless the array shrinks well.
WORTHWHILE = 0.7
SAMPLE_CELLS = 1 << 17
SMALLEST_COMPRESSED = 1 << 12


def write_netcdf(table: LabelledTable, path: str | os.PathLike[str]) -> Path:
    """Write a table to one NetCDF-4 file that any NetCDF reader opens.

    Parameters
    ----------
    table : LabelledTable
        Table to write.
    path : path-like
        File to write or to replace. It appears complete or not at all.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    TableError
        If an attribute is neither text, a number nor something that JSON can hold.

    Notes
    -----
    Cells are float64. An array is compressed (zlib level 1 with byte shuffle, one seller region
    per chunk) only where a sample of it shrinks below 70%: tables rounded to whole numbers or full
    of zeros do, estimated ones do not. The same table gives the same bytes. A checksum of the whole
    file follows it; see :mod:`iomodel.table.storage.seal`.
    """
    dataset = table.dataset.copy(deep=False)
    dataset.attrs = {str(k): packed(str(k), v) for k, v in dataset.attrs.items()}
    dataset.attrs["form"] = PLAIN
    encoding: dict[Hashable, dict[str, Any]] = {}
    for name, variable in dataset.variables.items():
        variable.encoding = {}
        if variable.dtype.kind == "f":
            encoding[name] = {"_FillValue": None, **_compression(variable.values)}
    target = Path(path)
    with atomic_path(target) as temporary:
        write_dataset(dataset, temporary, encoding)
        seal(temporary)
    return target


def read_netcdf(path: str | os.PathLike[str], *, tolerance: float = 1e-6) -> LabelledTable:
    """Read a table written by :func:`write_netcdf`, or one in compact form, and check it.

    Parameters
    ----------
    path : path-like
        File to read.
    tolerance : float
        Largest relative error of an accounting identity that is accepted. Industries whose inputs
        exceed their output are accepted: they were when the table was written.

    Returns
    -------
    LabelledTable
        With read-only C-contiguous float64 arrays.

    Raises
    ------
    TableError
        If the file is missing, truncated, of another kind, or holds a table that does not close.

    Notes
    -----
    The checksum of the whole file is verified before NetCDF opens it. A file without one, from an
    earlier version or changed by another program, is read first by a process of its own within
    bounds of time and memory, which costs about a second; refused if it does not end there.
    """
    source = Path(path)
    attributes = table_attributes(source)
    if attributes["form"] == COMPACT:
        return read_compact(source)
    try:
        with xr.open_dataset(
            source, engine="h5netcdf", mask_and_scale=False, decode_times=False
        ) as opened:
            dataset = opened.load()
    except DAMAGED as error:
        raise unreadable(source, error) from error
    dataset = _normalised(dataset, source)
    dataset.attrs = {k: v for k, v in attributes.items() if k != "form"}
    table = LabelledTable(dataset)
    table.check(tolerance).raise_if_broken(table.name, accept_losses=True)
    return table


# ---------------------------------------------------------------------- helpers
def _compression(cells: Float) -> dict[str, Any]:
    """Choose the HDF5 filters of one array by trying them on evenly spaced cells."""
    if cells.nbytes < SMALLEST_COMPRESSED:
        return {}
    flat = cells.reshape(-1)
    # Runs of neighbours, not single cells: zlib finds repetition only where it is kept.
    runs = max(flat.size // SAMPLE_CELLS, 1)
    starts = np.linspace(0, flat.size, num=min(runs, 16), endpoint=False, dtype=np.intp)
    length = min(SAMPLE_CELLS // len(starts), flat.size)
    sample = np.concatenate([flat[a : a + length] for a in starts])
    shuffled = np.ascontiguousarray(sample.view(np.uint8).reshape(-1, 8).T).tobytes()
    if len(zlib.compress(shuffled, 1)) > WORTHWHILE * len(shuffled):
        return {}
    chunks = (1, *cells.shape[1:])
    return {"zlib": True, "complevel": 1, "shuffle": True, "chunksizes": chunks}


def _normalised(dataset: xr.Dataset, source: Path) -> xr.Dataset:
    """Give arrays and labels the layout that `LabelledTable.from_arrays` gives them."""
    _check_layout(dataset, source)
    variables: dict[Hashable, tuple[tuple[Hashable, ...], NDArray[Any], Mapping[Any, Any]]] = {}
    for name, variable in dataset.variables.items():
        cells = variable.values
        if cells.dtype.kind in "UTO":
            cells = cells.astype(object)
        elif cells.dtype.kind == "f":
            cells = np.ascontiguousarray(cells, dtype=np.float64)
            cells.flags.writeable = False
        variables[name] = (variable.dims, cells, variable.attrs)
    coords = {name: variables.pop(name) for name in dataset.coords}
    return xr.Dataset(variables, coords=coords)


def _check_layout(dataset: xr.Dataset, source: Path) -> None:
    layout = {name: VARIABLE_DIMS[name] for name in REQUIRED}
    layout |= {name: dims for name, dims in VARIABLE_DIMS.items() if name in dataset}
    for name, dims in layout.items():
        if name not in dataset or dataset[name].dims != dims:
            raise TableError(
                f"{source} lacks variable {name} over {', '.join(dims)}; write the table again"
            )
    names = [*LABELS, "counts_as_value_added", "sector_name"]
    missing = [name for name in names if name not in dataset.coords]
    if missing:
        raise TableError(f"{source} lacks the labels {', '.join(missing)}; write the table again")
    for dim in LABELS:
        labels = dataset[dim].values
        if len(set(labels.tolist())) < labels.size:
            raise TableError(f"{source} has a duplicated {dim} label; write the table again")
    for dim in ("region", "sector"):
        if dataset[dim].values.tolist() != dataset[f"user_{dim}"].values.tolist():
            raise TableError(f"{source} has a {dim} order for users of its own; write it again")
