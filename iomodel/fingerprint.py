"""Content fingerprints: one digest for values that are equal, another for any that differ.

Every value is written as its kind, its length and its bytes, so that no two values share a text:

========================= ======================================================================
kind                      what enters the digest
========================= ======================================================================
None, bool, int, str      the value
float                     its shortest exact decimal (``repr``)
date                      ISO 8601
array of numbers          dtype, shape and bytes in C order, whatever the layout in memory
array of text or objects  shape and every element
DataArray                 name, dims, values and coordinates; attributes do not enter
mapping, set              the items, in an order that does not depend on theirs
sequence                  the items in order; a list and a tuple of equal items are equal
dataclass                 name of the class and every field
========================= ======================================================================
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["fingerprint"]


class _Digest(Protocol):
    def update(self, data: Any, /) -> None: ...


def fingerprint(*parts: object) -> str:
    """Digest of values by content: SHA-256 in hexadecimal.

    Parameters
    ----------
    *parts : object
        None, bool, int, float, str, bytes, date, NumPy array or scalar, DataArray, mapping, set,
        sequence or dataclass, nested at will.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError
        For a value of any other type: its bytes would not say what it holds.

    Examples
    --------
    >>> fingerprint(1.0, "a") == fingerprint(1.0, "a")
    True
    >>> fingerprint([1, 2]) == fingerprint([12])
    False
    """
    digest = hashlib.sha256()
    _add(digest, parts)
    return digest.hexdigest()


def _add(digest: _Digest, value: object) -> None:
    if isinstance(value, np.bool_ | np.integer):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        _add_bytes(digest, type(value).__name__, str(value).encode())
    elif isinstance(value, float):
        _add_bytes(digest, "float", float.__repr__(value).encode())
    elif isinstance(value, str):
        _add_bytes(digest, "str", value.encode())
    elif isinstance(value, bytes):
        _add_bytes(digest, "bytes", value)
    elif isinstance(value, dt.date):
        _add_bytes(digest, "date", value.isoformat().encode())
    elif isinstance(value, np.ndarray | np.generic):
        _add_array(digest, np.asarray(value))
    elif isinstance(value, xr.DataArray):
        coordinates = {str(k): (c.dims, c.values) for k, c in value.coords.items()}
        _add_items(digest, "DataArray", [value.name, value.dims, value.values, coordinates])
    elif isinstance(value, Mapping):
        by_key = {fingerprint(key): item for key, item in value.items()}
        _add_items(digest, "mapping", [(key, by_key[key]) for key in sorted(by_key)])
    elif isinstance(value, Set):
        _add_items(digest, "set", sorted(map(fingerprint, value)))
    elif isinstance(value, Sequence):
        _add_items(digest, "sequence", value)
    elif is_dataclass(value) and not isinstance(value, type):
        contents = [(item.name, getattr(value, item.name)) for item in fields(value)]
        _add_items(digest, f"dataclass {type(value).__qualname__}", contents)
    else:
        raise TypeError(
            f"no fingerprint of a {type(value).__qualname__}; give numbers, text, dates, arrays, "
            "or mappings, sequences and dataclasses of them"
        )


def _add_bytes(digest: _Digest, kind: str, content: bytes) -> None:
    digest.update(f"{kind} {len(content)}:".encode())
    digest.update(content)


def _add_items(digest: _Digest, kind: str, items: Iterable[object]) -> None:
    members = list(items)
    digest.update(f"{kind} {len(members)}:".encode())
    for item in members:
        _add(digest, item)


def _add_array(digest: _Digest, array: NDArray[Any]) -> None:
    if array.dtype.kind in "OSUT":
        # Text has one meaning in arrays of any width; an object array holds addresses only.
        _add_items(digest, f"labels {array.shape}", array.reshape(-1).tolist())
        return
    if array.dtype.hasobject or array.dtype.names:
        raise TypeError(f"no fingerprint of an array of {array.dtype}; give its columns one by one")
    cells = np.ascontiguousarray(array).reshape(-1)
    digest.update(f"array {array.dtype.str} {array.shape} {cells.nbytes}:".encode())
    digest.update(cells.view(np.uint8))
