"""Record of a run's options: written as plain values of JSON, read back through the declarations.

Numbers keep every digit; arrays keep dimensions, labels and attributes; a file that an option names
is recorded with the digest of its content.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from iomodel.errors import TableError
from iomodel.models.kinds import File
from iomodel.models.options import Options
from iomodel.typing import Record

__all__ = ["recorded", "restored"]

# Keys of values that JSON does not know.
ARRAY, TABLE, FILE = "array", "table", "file"


def recorded(options: Options) -> Record:
    """Return all options, defaults included, as plain values of JSON.

    Working files, such as checkpoints, are left out: they are no part of the question.
    """
    return {
        name: _plain(getattr(options, name))
        for name, declaration in options.declared().items()
        if not (isinstance(declaration.kind, File) and declaration.kind.written)
    }


def restored(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by name, to be read by ``Options.of``.

    Raises
    ------
    TableError
        If the record is damaged, or a file that an option names has changed or is missing.
    """
    try:
        return {name: _value(name, value) for name, value in record.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TableError(f"the record of options is damaged ({error}); run the scenario") from error


# ---------------------------------------------------------------------- helpers
def _plain(value: Any) -> Any:
    if isinstance(value, xr.DataArray):
        return {ARRAY: _plain_array(value)}
    if isinstance(value, Mapping):
        return {TABLE: [[_plain(key), _plain(cell)] for key, cell in value.items()]}
    if isinstance(value, Path):
        return {FILE: str(value), "sha256": _digest(value)}
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"no record of an option of type {type(value).__name__}")


def _plain_array(array: xr.DataArray) -> Record:
    attrs = {str(k): v for k, v in array.attrs.items() if isinstance(v, str | int | float)}
    return {
        "name": None if array.name is None else str(array.name),
        "dims": [str(d) for d in array.dims],
        "labels": {str(d): array[d].values.tolist() for d in array.dims if d in array.coords},
        "dtype": array.dtype.str,
        "values": array.values.tolist(),
        "attrs": attrs,
    }


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(name, item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if ARRAY in value:
        array = value[ARRAY]
        return xr.DataArray(
            np.array(array["values"], dtype=array["dtype"]),
            dims=array["dims"],
            coords=array["labels"],
            name=array["name"],
            attrs=array["attrs"],
        )
    if TABLE in value:
        return {_value(name, key): cell for key, cell in value[TABLE]}
    path = Path(value[FILE])
    if _digest(path) != value["sha256"]:
        raise TableError(
            f"option {name} of this run was the file {path}, which is missing or has changed; put "
            "it back to repeat the run"
        )
    return path


def _digest(path: Path) -> str:
    """Return the digest of a file, empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
