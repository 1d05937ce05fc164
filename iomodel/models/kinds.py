"""Kinds of option values: types and ranges in words, and the reading of a value."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import in_short
from iomodel.table.real import is_positional

__all__ = [
    "AnyOf",
    "Array",
    "Choice",
    "Date",
    "Elasticity",
    "EntryError",
    "File",
    "Flag",
    "Kind",
    "ManyNumbers",
    "Names",
    "Number",
    "Table",
    "Text",
    "Whole",
    "docstring_type",
    "forms",
    "known_words",
    "shown",
]


class EntryError(TypeError):
    """One entry of a mapping does not fit; the message follows the name of the option."""


class Kind(Protocol):
    """Kind of value. ``read`` returns the value, or raises TypeError if it does not fit."""

    @property
    def words(self) -> str:
        """Type and range, to follow "give"."""

    def read(self, value: Any) -> Any:
        """Return the value in its plain Python form; TypeError if it is of another kind."""


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    @property
    def words(self) -> str:
        """The words."""
        return " or ".join([", ".join(self.values[:-1]), self.values[-1]]).removeprefix(" or ")

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.values:
            raise TypeError
        return str(value)


@dataclass(frozen=True)
class Number:
    """Finite number within bounds; `above` and `below` are strict bounds."""

    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    @property
    def words(self) -> str:
        """The bounds."""
        return "a number" + self.bounds

    @property
    def bounds(self) -> str:
        """The bounds in words, empty without any."""
        limits = (
            ("from", self.low, -math.inf),
            ("above", self.above, -math.inf),
            ("to" if self.low > -math.inf else "up to", self.high, math.inf),
            ("below", self.below, math.inf),
        )
        bounds = [f"{word} {limit:g}" for word, limit, unbounded in limits if limit != unbounded]
        return " " + " ".join(bounds) if bounds else ""

    def read(self, value: Any) -> float:
        """Return the number, NumPy's own included; booleans and text are refused."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
            raise TypeError
        try:
            number = float(value)
        except OverflowError:
            raise TypeError from None
        within = self.low <= number <= self.high and self.above < number < self.below
        if not within or math.isinf(number):
            raise TypeError
        return number


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    low: int = 0
    high: int | None = None

    @property
    def words(self) -> str:
        """The bounds."""
        upper = "" if self.high is None else f" to {self.high}"
        return f"a whole number from {self.low}{upper}"

    def read(self, value: Any) -> int:
        """Return the whole number, NumPy's own included; 3.0 is refused."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
            raise TypeError
        number = int(value)
        if number < self.low or (self.high is not None and number > self.high):
            raise TypeError
        return number


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    @property
    def words(self) -> str:
        """The two values."""
        return "true or false"

    def read(self, value: Any) -> bool:
        """Return the truth value."""
        if not isinstance(value, bool | np.bool_):
            raise TypeError
        return bool(value)


@dataclass(frozen=True)
class Date:
    """A day."""

    @property
    def words(self) -> str:
        """Way to write a day."""
        return "a date such as 2025-11-10"

    def read(self, value: Any) -> dt.date:
        """Return the day, from text in ISO format, NumPy's and pandas' own too."""
        if isinstance(value, np.datetime64):
            value = value.item()
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                raise TypeError from None
        if isinstance(value, dt.datetime):
            if value != value or value.time() != dt.time():
                # No time at all (NaT), or an hour that a day would lose.
                raise TypeError
            return value.date()
        if isinstance(value, dt.date):
            return value
        raise TypeError


@dataclass(frozen=True)
class Text:
    """Word of a stated form; the model compares it with the table."""

    form: str
    fits: Callable[[str], bool] = bool

    @property
    def words(self) -> str:
        """The form."""
        return self.form

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or not self.fits(value):
            raise TypeError
        return str(value)


@dataclass(frozen=True)
class File:
    """Path of a file, with a stated ending if one is needed.

    Attributes
    ----------
    ending : str
    written : bool
        Whether the model writes it, so that no answer depends on it.
    """

    ending: str = ""
    written: bool = False

    @property
    def words(self) -> str:
        """The kind of file."""
        return f"the path of a {self.ending} file" if self.ending else "the path of a file"

    def read(self, value: Any) -> Path:
        """Return the path."""
        if not isinstance(value, str | os.PathLike) or not os.fspath(value):
            raise TypeError
        path = Path(value)
        if not path.name.endswith(self.ending):
            raise TypeError
        return path


@dataclass(frozen=True)
class Names:
    """One or several labels or groups; the model compares them with the table."""

    items: str

    @property
    def words(self) -> str:
        """The named items."""
        return f"a label or group of {self.items}, or a list of them"

    def read(self, value: Any) -> str | tuple[str, ...]:
        """Return the name, or the names as a tuple."""
        if isinstance(value, str) and value:
            return str(value)
        if isinstance(value, pd.Index | pd.Series | np.ndarray) and value.ndim == 1:
            value = list(value)
        is_list = isinstance(value, list | tuple) and len(value) > 0
        if is_list and all(isinstance(name, str) and name for name in value):
            return tuple(str(name) for name in value)
        raise TypeError


@dataclass(frozen=True)
class ManyNumbers:
    """A fixed count of numbers."""

    names: tuple[str, ...]
    each: Number

    @property
    def words(self) -> str:
        """Their names."""
        return f"{len(self.names)} numbers ({', '.join(self.names)})" + self.each.bounds

    def read(self, value: Any) -> tuple[float, ...]:
        """Return the numbers."""
        if not isinstance(value, list | tuple | np.ndarray) or len(value) != len(self.names):
            raise TypeError
        return tuple(self.each.read(cell) for cell in value)


@dataclass(frozen=True)
class Array:
    """DataArray of numbers over one of several sets of dimensions.

    If `each` is None, the model compares the values with their range, for the table's labels only.
    """

    dims: tuple[tuple[str, ...], ...]
    each: Number | None = None

    @property
    def words(self) -> str:
        """The dimensions and the range of the values."""
        over = " or ".join(f"({', '.join(dims)})" for dims in self.dims)
        bounds = self.each.bounds if self.each else ""
        return f"a DataArray over {over}" + (f" with values{bounds}" if bounds else "")

    def read(self, value: Any) -> xr.DataArray:
        """Return the array as it is; the model aligns it with the table's labels."""
        if not isinstance(value, xr.DataArray) or value.dtype.kind not in "iuf" or not value.size:
            raise TypeError
        if sorted(map(str, value.dims)) not in [sorted(dims) for dims in self.dims]:
            raise TypeError
        if self.each is not None:
            # NaN spreads to both ends.
            self.each.read(float(np.min(value.values)))
            self.each.read(float(np.max(value.values)))
        return value


@dataclass(frozen=True)
class Table:
    """Numbers by label or by pairs of labels; the model compares them with the table."""

    keys: str
    each: Number
    pairs_only: bool = False

    @property
    def words(self) -> str:
        """Keys and numbers."""
        return f"a mapping of {self.keys} to numbers" + self.each.bounds

    def read(self, value: Any) -> dict[str | tuple[str, str], float]:
        """Return a plain dictionary."""
        if not isinstance(value, Mapping) or not value:
            raise TypeError
        return {self._key(key): self._cell(key, cell) for key, cell in value.items()}

    def _cell(self, key: Any, cell: Any) -> float:
        try:
            return self.each.read(cell)
        except TypeError:
            raise EntryError(f"has {shown(cell)} for {shown(key)}") from None

    def _key(self, key: Any) -> str | tuple[str, str]:
        if isinstance(key, str) and key and not self.pairs_only:
            return str(key)
        if isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, str) and k for k in key):
            return (str(key[0]), str(key[1]))
        raise EntryError(f"has the key {shown(key)}")


@dataclass(frozen=True)
class AnyOf:
    """One of several kinds; the first that fits reads the value."""

    kinds: tuple[Kind, ...]

    @property
    def words(self) -> str:
        """All of them."""
        return ", or ".join(kind.words for kind in self.kinds)

    def read(self, value: Any) -> Any:
        """Return the reading of the first kind that fits."""
        refusal = TypeError()
        for kind in self.kinds:
            try:
                return kind.read(value)
            except EntryError as error:
                refusal = error
            except TypeError:
                continue
        raise refusal


@dataclass(frozen=True)
class Elasticity:
    r"""Trade elasticities :math:`\theta = \sigma - 1`: a set, one number, or by sector."""

    sets: tuple[str, ...]

    @property
    def words(self) -> str:
        """The forms."""
        return f"a set ({', '.join(self.sets)}), or {BY_VALUE.words}{LIKEWISE}"

    def read(self, value: Any) -> str | float | xr.DataArray:
        """Return it; the model aligns an array with the table's labels and checks its values."""
        if isinstance(value, str) and value in self.sets:
            return str(value)
        value = _by_sector(value)
        elasticity: float | xr.DataArray = BY_VALUE.read(value)
        return elasticity


LIKEWISE = " (or a dict or Series by sector, or an array in the order of the sectors)"
BY_VALUE = AnyOf((Number(above=-1.0), Array((("sector",),))))


def _by_sector(value: Any) -> Any:
    """Return a mapping or Series by sector, or an array in their order, as a DataArray."""
    if isinstance(value, Mapping) and value:
        numeric = all(isinstance(cell, numbers.Real) for cell in value.values())
        if numeric and all(isinstance(sector, str) and sector for sector in value):
            value = pd.Series(dict(value))
    if isinstance(value, pd.Series) and value.dtype.kind in "iuf":
        cells = np.asarray(value, dtype=np.float64)
        if is_positional(value.index):
            return xr.DataArray(cells, dims="sector")
        return xr.DataArray(cells, {"sector": [str(v) for v in value.index]}, "sector")
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.size > 1:
        return xr.DataArray(value, dims="sector")
    return value


def known_words(kind: Kind) -> tuple[str, ...]:
    """Return the words that a kind of value knows, in their order."""
    if isinstance(kind, Choice):
        return kind.values
    if isinstance(kind, Elasticity):
        return kind.sets
    if isinstance(kind, AnyOf):
        return tuple(word for each in kind.kinds for word in known_words(each))
    return ()


def forms(kind: Kind) -> str:
    """Return in words what a kind of value may be beside the words that it knows."""
    if isinstance(kind, Choice):
        return ""
    if isinstance(kind, Elasticity):
        return BY_VALUE.words + LIKEWISE
    if isinstance(kind, AnyOf):
        return ", or ".join(each.words for each in kind.kinds if not isinstance(each, Choice))
    return kind.words


def docstring_type(kind: Kind) -> str:
    """Return a kind as docstrings state types: choices as a set, all others in words."""
    match kind:
        case Choice(values):
            return "{" + ", ".join(map(repr, values)) + "}"
        case Flag():
            return "bool"
        case AnyOf(kinds):
            return ", or ".join(map(docstring_type, kinds))
    return kind.words


def shown(value: Any) -> str:
    """Return a value as a refusal repeats it, in one short line."""
    if isinstance(value, xr.DataArray):
        over = f"a DataArray over ({', '.join(map(str, value.dims))})"
        if value.dtype.kind not in "iuf" or not value.size:
            return f"{over} of type {value.dtype}, size {value.size}"
        return f"{over} with values from {value.values.min():g} to {value.values.max():g}"
    return in_short(" ".join(repr(value).split()))
