"""Files of effects: NetCDF read and written, CSV written; the same bytes each time.

As for tables, a checksum of all bytes follows the last one (:mod:`iomodel.table.storage.seal`).
Numbers lie in blocks with checksums (fletcher32), and an attribute holds the digest of the whole
content, text included: changed bits are seen in a file, too, that has lost its checksum.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel._io import atomic_path
from iomodel._text import cell_text
from iomodel.effects.schema import CONTENT, check_schema, content_digest, header
from iomodel.errors import TableError
from iomodel.table.storage.header import DAMAGED
from iomodel.table.storage.seal import seal, verify
from iomodel.table.storage.writing import write_dataset

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORM", "read", "without_clock", "write", "write_csv"]

FORM = "effects-2"
EARLIER = ("effects-1",)
CLOCK = ("seconds",)


def write(dataset: xr.Dataset, path: str | os.PathLike[str], form: str = FORM) -> Path:
    """Write effects to one NetCDF-4 file; see :meth:`iomodel.effects.Effects.to_netcdf`."""
    # One order of labels, however the dataset was made: else the bytes would depend on it.
    plain = xr.Dataset(
        {name: dataset[name].variable.copy(deep=False) for name in dataset.data_vars},
        coords={k: dataset.coords[k].variable for k in sorted(map(str, dataset.coords))},
        attrs={**dataset.attrs, "form": form},
    )
    plain.attrs = without_clock(plain.attrs)
    if form == FORM:
        plain.attrs[CONTENT] = content_digest(plain)
    encoding: dict[Any, dict[str, Any]] = {}
    for name, variable in plain.variables.items():
        variable.encoding = {}
        if variable.dtype.kind == "f":
            encoding[name] = {"_FillValue": None}
            if variable.ndim and variable.size:
                encoding[name] |= {"fletcher32": True}
            if variable.size > 256:
                encoding[name] |= {"zlib": True, "complevel": 1, "shuffle": True}
    target = Path(path)
    with atomic_path(target) as temporary:
        write_dataset(plain, temporary, encoding)
        seal(temporary)
    return target


def read(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a file of :func:`write`; see :meth:`iomodel.effects.Effects.from_netcdf`."""
    source = Path(path)
    if not source.is_file():
        raise TableError(f"there is no file {source}; give the effects.nc of a run")
    try:
        verify(source)
        form, fault = header(source)
        dataset = None if fault or form != FORM else _loaded(source)
    except DAMAGED as error:
        raise _damaged(source) from error
    if form in EARLIER:
        raise TableError(
            f"{source} holds effects of an earlier version of iomodel; run the scenario again"
        )
    if form != FORM:
        raise TableError(f"{source} holds no effects of iomodel; give the effects.nc of a run")
    if dataset is None:
        raise TableError(
            f"{source} does not hold {fault!r} itself; effects are read from one file that holds "
            "everything"
        )
    check_schema(dataset, source)
    try:
        is_whole = dataset.attrs[CONTENT] == content_digest(dataset)
    except DAMAGED as error:
        raise _damaged(source) from error
    if not is_whole:
        raise _damaged(source)
    dataset.attrs = {k: v for k, v in dataset.attrs.items() if k not in ("form", CONTENT)}
    return dataset


def _loaded(source: Path) -> xr.Dataset:
    """Return the dataset of a file with plain labels and attributes."""
    with xr.open_dataset(
        source, engine="h5netcdf", mask_and_scale=False, decode_times=False
    ) as opened:
        dataset = opened.load()
    for name, variable in dataset.variables.items():
        variable.encoding = {}
        if variable.dtype.kind in "UTO":
            labels = variable.values.astype(object)
            dataset = dataset.assign_coords({name: (variable.dims, labels, variable.attrs)})
    dataset.attrs = {
        k: v.item() if isinstance(v, np.generic) else v for k, v in dataset.attrs.items()
    }
    return dataset


def _damaged(source: Path) -> TableError:
    return TableError(
        f"cannot read {source}: it is truncated, damaged or no NetCDF-4 file; run the scenario "
        "again"
    )


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table with its index: nine digits, undefined changes as empty cells.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers do not.
    """
    plain = frame.rename(index=_cell, columns=_cell)
    for name in plain.select_dtypes(exclude="number").columns:
        plain[name] = plain[name].map(_cell)
    with atomic_path(path) as temporary:
        plain.to_csv(temporary, float_format="%.9g")
    return path


def _cell(value: Any) -> Any:
    return cell_text(value) if isinstance(value, str) else value


def without_clock(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of effects whose diagnostics hold no times of the clock."""
    if "diagnostics" not in attrs:
        return dict(attrs)
    diagnostics = _timeless(json.loads(attrs["diagnostics"]))
    return {**attrs, "diagnostics": json.dumps(diagnostics, sort_keys=True)}


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if k not in CLOCK}
    return [_timeless(v) for v in value] if isinstance(value, list) else value
