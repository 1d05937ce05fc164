"""Headers of table files: form, attributes and dimensions, read without any array."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from iomodel.errors import TableError
from iomodel.table.storage.seal import verify

__all__ = [
    "COMPACT",
    "DAMAGED",
    "JSON",
    "PLAIN",
    "is_table",
    "packed",
    "table_attributes",
    "table_sizes",
    "table_variables",
    "unpacked",
    "unreadable",
]

PLAIN = "plain-1"
COMPACT = "compact-1"
JSON = "json:"

# Raised by h5py, h5netcdf and xarray on a damaged file or one of another kind.
DAMAGED = (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, zlib.error)


def table_attributes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read only the attributes of a table file, without its arrays.

    Parameters
    ----------
    path : path-like
        File written by iomodel.

    Returns
    -------
    dict
        Attributes, among them ``form``.

    Raises
    ------
    TableError
        If the file is missing, truncated or not a table of iomodel.
    """
    source = Path(path)
    raw = _read_header(source).attributes
    form = raw.get("form")
    if form not in (PLAIN, COMPACT):
        content = "no iomodel table" if form is None else f"a table of unknown form {str(form)!r}"
        raise TableError(
            f"{source} holds {content}; read it with the reader of its database, or write it again "
            "with table.to_netcdf"
        )
    return {str(k): unpacked(v) for k, v in raw.items() if not str(k).startswith("_")}


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a NetCDF file holds a table of iomodel and not, say, a tariff layer.

    Parameters
    ----------
    path : path-like
        NetCDF-4 file.

    Returns
    -------
    bool

    Raises
    ------
    TableError
        If the file is missing or truncated.
    """
    return _read_header(Path(path)).attributes.get("form") in (PLAIN, COMPACT)


def table_sizes(path: str | os.PathLike[str]) -> dict[str, int]:
    """Read only the lengths of the dimensions of a table file.

    Parameters
    ----------
    path : path-like
        NetCDF-4 file.

    Returns
    -------
    dict of str to int

    Raises
    ------
    TableError
        If the file is missing or truncated.
    """
    return _read_header(Path(path)).sizes


def table_variables(path: str | os.PathLike[str]) -> frozenset[str]:
    """Read only the names of the variables of a table file.

    Parameters
    ----------
    path : path-like
        NetCDF-4 file.

    Returns
    -------
    frozenset of str

    Raises
    ------
    TableError
        If the file is missing or truncated.
    """
    return _read_header(Path(path)).variables


# ---------------------------------------------------------------------- helpers
class _Header(NamedTuple):
    """Attributes, lengths of dimensions and names of variables."""

    attributes: dict[str, Any]
    sizes: dict[str, int]
    variables: frozenset[str]


def _read_header(source: Path) -> _Header:
    """Header of a file; no array is read."""
    import h5netcdf  # type: ignore[import-untyped]

    if not source.is_file():
        raise TableError(f"there is no file {source}; give the path of a table written by iomodel")
    try:
        verify(source)
        with h5netcdf.File(source, "r") as file:
            sizes = {str(k): int(d.size) for k, d in file.dimensions.items()}
            return _Header(dict(file.attrs), sizes, frozenset(map(str, file.variables)))
    except DAMAGED as error:
        raise unreadable(source, error) from error


def unreadable(source: Path, error: BaseException) -> TableError:
    """Error for a file that cannot be read, with the reason in one line."""
    reason = str(error).strip().split("\n")[0].strip("'\"") or type(error).__name__
    return TableError(
        f"cannot read {source}: it is truncated, damaged or no NetCDF-4 file ({reason}); "
        "write or fetch it again"
    )


def packed(name: str, value: object) -> str | int | float:
    """Attribute as text or a number, all that a NetCDF file holds; other values as JSON."""
    if isinstance(value, str) and not value.startswith(JSON):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        return JSON + json.dumps(value, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise TableError(
            f"attribute {name!r} has type {type(value).__name__}, which a file cannot hold; make "
            "it text, a number, a list or a mapping"
        ) from error


def unpacked(value: Any) -> Any:
    """Attribute of a table from its value in a file."""
    if isinstance(value, str) and value.startswith(JSON):
        return json.loads(value.removeprefix(JSON))
    return value.item() if isinstance(value, np.generic) else value
